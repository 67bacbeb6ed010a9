//! The case machine as a table: every stage against every event.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fmt::Write;

use tanggap::case::{Case, Event, Stage, step};

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
}

fn case_at(stage: Stage) -> Case {
    let ticket = (stage == Stage::Open).then(|| "123456".to_owned());
    Case { stage, ticket }
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

/// What the deliver tick reports back never orders anything new: an outcome cannot start a loop.
#[test]
fn outcomes_order_nothing() {
    for stage in Stage::ALL {
        for event in events() {
            let from_outside = matches!(event, Event::Registered { .. } | Event::FollowedUp { .. });
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
    let live = || {
        life.iter().try_fold(Case::unborn(), |case, event| {
            step(&case, event).map(|step| step.case)
        })
    };
    assert_eq!(live().unwrap(), live().unwrap());
    assert_eq!(live().unwrap().stage, Stage::Open);
}
