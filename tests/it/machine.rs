//! The case machine as a table: every stage against every event.

use std::fmt::Write;

use tanggap::case::{
    Act, Case, Deed, Event, Exit, InDesk, Intake, Phase, Progress, Stage, Way, step,
};

fn events() -> Vec<Event> {
    let text = || "…".to_owned();
    vec![
        Event::Registered {
            entry: 1,
            receipt: true,
        },
        Event::Registered {
            entry: 1,
            receipt: false,
        },
        Event::FollowedUp { entry: 2 },
        Event::DuplicateSeen { entry: 3 },
        Event::TicketOpened {
            number: "123456".to_owned(),
        },
        Event::TicketOpened {
            number: "999999".to_owned(),
        },
        Event::TicketRefused { why: text() },
        Event::MessageAppended { entry: 2 },
        Event::MessageRefused {
            entry: 2,
            why: text(),
        },
        Event::ReceiptSent { id: text() },
        Event::ReceiptRefused { why: text() },
        Event::LetterBounced {
            entry: 4,
            message_id: text(),
        },
        Event::OrderDropped {
            order: text(),
            reason: text(),
        },
    ]
    .into_iter()
    .chain(between_us_and_the_desk())
    .collect()
}

fn between_us_and_the_desk() -> Vec<Event> {
    let text = || "…".to_owned();
    let seen = InDesk {
        deed: Deed::Status { to: text() },
        by: text(),
        at_ms: 1,
    };
    vec![
        Event::InDesk(seen),
        Event::NoteOrdered { about: text() },
        Event::NoteShown { about: text() },
        Event::NoteRefused {
            about: text(),
            why: text(),
        },
        Event::SeverityOrdered {
            severity: text(),
            turn: 1,
        },
        Event::SeverityShown { severity: text() },
        Event::SeverityKept {
            severity: text(),
            now: text(),
        },
        Event::StatusOrdered {
            step: text(),
            turn: 1,
        },
        Event::StatusShown { step: text() },
        Event::StatusKept {
            step: text(),
            now: text(),
        },
        Event::StatusRefused {
            step: text(),
            why: text(),
        },
    ]
}

fn case_at(stage: Stage) -> Case {
    let ticket = (stage == Stage::Open).then(|| "123456".to_owned());
    Case {
        stage,
        ticket,
        progress: Progress::default(),
    }
}

/// One of each act of the staff.
fn acts() -> Vec<Act> {
    let text = || "…".to_owned();
    vec![
        Act::TakenDown {
            intake: Intake::Telepon,
            name: text(),
            contact: text(),
            office: text(),
            system: text(),
        },
        Act::Triaged {
            severity: text(),
            incident: text(),
            priority: 0,
            reason: text(),
        },
        Act::Raised {
            severity: text(),
            entry: 7,
            reason: text(),
        },
        Act::Reclassified {
            severity: text(),
            incident: text(),
            reason: text(),
        },
        Act::Disposed {
            from: text(),
            to: text(),
            instruction: text(),
        },
        Act::Decided {
            way: Way::Own,
            reason: text(),
        },
        Act::Decided {
            way: Way::Bssn,
            reason: text(),
        },
        Act::Assigned { to: text() },
        Act::Identified { findings: text() },
        Act::NationalAnswer {
            reference: text(),
            advice: text(),
        },
        Act::Detected {
            weaknesses: text(),
            detection: text(),
        },
        Act::Handled { done: text() },
        Act::Recovered {
            at_ms: 1,
            confirmed_by: text(),
        },
        Act::Analysed {
            cause: text(),
            impact: text(),
            recommendation: text(),
        },
        Act::Closed { result: text() },
        Act::Reopened { reason: text() },
        Act::Drafted { sha256: text() },
        Act::Reported { period: text() },
        Act::Dismissed {
            exit: Exit::OutOfScope,
            of: text(),
            reason: text(),
        },
        Act::Linked {
            register: text(),
            how: text(),
        },
        Act::Waiting { asked: text() },
        Act::Found { at_ms: 1 },
        Act::Deadline {
            which: text(),
            at_ms: 1,
        },
        Act::Noted { text: text() },
        Act::Affected {
            system: text(),
            office: text(),
            impact: text(),
        },
        Act::Preserved {
            held: true,
            reason: text(),
        },
    ]
}

fn skips() -> impl Iterator<Item = Act> {
    Phase::STEPS.into_iter().map(|step| Act::Skipped {
        step,
        reason: "…".to_owned(),
    })
}

fn every_progress() -> Vec<Progress> {
    let mut all = Vec::new();
    for phase in Phase::STEPS.into_iter().chain(Phase::EXITS) {
        for escalated in [false, true] {
            all.push(Progress {
                phase,
                waiting: false,
                escalated,
            });
        }
    }
    all
}

fn acted(progress: Progress, act: &Act) -> Option<Progress> {
    let case = Case {
        stage: Stage::Open,
        ticket: Some("123456".to_owned()),
        progress,
    };
    let step = step(&case, &Event::Acted(act.clone())).ok()?;
    assert_eq!(
        (step.case.stage, step.case.ticket),
        (case.stage, case.ticket),
        "the staff do not touch the ticket's life"
    );
    Some(step.case.progress)
}

fn progress_name(progress: Progress) -> String {
    format!(
        "{}{}{}",
        progress.phase.name(),
        if progress.escalated { "+bssn" } else { "" },
        if progress.waiting { "+waiting" } else { "" }
    )
}

/// The SOP's steps: every phase against every act of the staff. What is not listed is refused.
fn progress_grid() -> String {
    let mut grid = String::new();
    for progress in every_progress() {
        for act in acts().into_iter().chain(skips()) {
            let words = format!("{act:?}").replace("\"…\"", "…");
            let Some(next) = acted(progress, &act).map(progress_name) else {
                continue;
            };
            writeln!(
                grid,
                "{:<17} + {words:<92} = {next}",
                progress_name(progress)
            )
            .unwrap();
        }
        grid.push('\n');
    }
    grid
}

/// Nothing goes back or passes a step over: only what is next, what was done, a skip with its reason, or a way out.
#[test]
fn no_step_is_passed_over_in_silence() {
    for progress in every_progress() {
        for act in acts().into_iter().chain(skips()) {
            let Some(next) = acted(progress, &act) else {
                continue;
            };
            let reopened = matches!(act, Act::Reopened { .. });
            let out = matches!(act, Act::Dismissed { .. });
            if let (false, false, Some(here), Some(there)) =
                (reopened, out, progress.phase.rank(), next.phase.rank())
            {
                assert!(there >= here, "{progress:?} + {act:?} went back");
                let passed = there - here > 1 && !progress.missing(next.phase).is_empty();
                assert!(!passed, "{progress:?} + {act:?} passed a step over");
            }
        }
    }
}

/// Whatever a case came through, skips with a reason lead to the end; nothing is ever stuck.
#[test]
fn every_case_can_be_closed() {
    for progress in every_progress()
        .into_iter()
        .filter(|at| !at.phase.is_over())
    {
        let mut at = progress;
        for step in progress.missing(Phase::Closed) {
            let skip = Act::Skipped {
                step,
                reason: "uji".to_owned(),
            };
            at = acted(at, &skip).unwrap();
        }
        let closed = Act::Closed {
            result: "uji".to_owned(),
        };
        assert_eq!(acted(at, &closed).unwrap().phase, Phase::Closed);
    }
}

fn cell(stage: Stage, event: &Event) -> String {
    match step(&case_at(stage), event) {
        Ok(step) if step.effects.is_empty() => step.case.stage.name().to_owned(),
        Ok(step) => format!("{} → {:?}", step.case.stage.name(), step.effects),
        Err(_) => "✗".to_owned(),
    }
}

fn grid() -> String {
    let mut grid = String::new();
    for stage in Stage::ALL {
        for event in events() {
            writeln!(
                grid,
                "{:<9} + {:<62} = {}",
                stage.name(),
                format!("{event:?}"),
                cell(stage, &event)
            )
            .unwrap();
        }
        grid.push('\n');
    }
    grid
}

/// Set `TANGGAP_BLESS=1` to write the snapshot anew, then read the difference.
#[test]
fn the_whole_grid_is_as_reviewed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/it/machine.grid");
    if std::env::var_os("TANGGAP_BLESS").is_some() {
        std::fs::write(path, grid()).unwrap();
    }
    assert_eq!(
        grid(),
        std::fs::read_to_string(path).unwrap(),
        "the machine changed; is that meant?"
    );
}

#[test]
fn the_sop_grid_is_as_reviewed() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/it/progress.grid");
    if std::env::var_os("TANGGAP_BLESS").is_some() {
        std::fs::write(path, progress_grid()).unwrap();
    }
    assert_eq!(
        progress_grid(),
        std::fs::read_to_string(path).unwrap(),
        "the SOP's steps changed; is that meant?"
    );
}

/// What the deliver tick reports back never orders anything new: an outcome cannot start a loop.
#[test]
fn outcomes_order_nothing() {
    for stage in Stage::ALL {
        for event in events() {
            let from_outside = matches!(
                event,
                Event::Registered { .. }
                    | Event::FollowedUp { .. }
                    | Event::NoteOrdered { .. }
                    | Event::SeverityOrdered { .. }
                    | Event::StatusOrdered { .. }
            );
            if let (false, Ok(step)) = (from_outside, step(&case_at(stage), &event)) {
                assert!(
                    step.effects.is_empty(),
                    "{stage:?} + {event:?} ordered {:?}",
                    step.effects
                );
            }
        }
    }
}

/// Replaying a life gives the same life: the machine has no memory but the case.
#[test]
fn replay_is_the_same_function() {
    let life = [
        Event::Registered {
            entry: 1,
            receipt: true,
        },
        Event::FollowedUp { entry: 2 },
        Event::TicketOpened {
            number: "123456".to_owned(),
        },
        Event::TicketOpened {
            number: "123456".to_owned(),
        },
        Event::ReceiptSent {
            id: "a@b".to_owned(),
        },
    ];
    let replay = || {
        life.iter().try_fold(Case::unborn(), |case, event| {
            step(&case, event).map(|step| step.case)
        })
    };
    assert_eq!(replay().unwrap(), replay().unwrap());
    assert_eq!(replay().unwrap().stage, Stage::Open);
}
