//! The case machine: one incident's life as a pure, total function.
//!
//! [`step`] is asked what an event means for a case and answers with the next stage and the effects to be ordered.
//! It is the only place that decides; replay after a crash asks the same function. It knows no store, no mail, no network.

mod act;
mod deadline;
pub mod desk;
mod effect;
mod hours;
pub mod lettered;
pub mod meaning;
mod progress;
mod sheet;
pub mod warned;

use serde::{Deserialize, Serialize};

pub use act::{Act, Exit, Intake, Way};
pub use deadline::{ClockRule, Deadline, Length, Running, deadlines, running_clocks};
pub use desk::{Deed, InDesk};
pub use effect::{Channel, Effect};
pub use hours::{Hours, Shift, by_the_wall};
pub use lettered::{LetterDeed, LetterState, Lettered, SentLetter};
pub use meaning::{Meaning, Sop};
pub use progress::{Phase, Progress};
pub use sheet::{Sheet, Told};
pub use warned::{Stand, Warned};

/// Where a case's ticket stands. How far the case has come in the SOP is its [`Progress`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Nothing is registered yet: the stage before the first event.
    New,
    /// In the register (SOP step 1); its ticket is ordered.
    Recorded,
    /// Staff have it in osTicket.
    Open,
    /// osTicket refused the ticket; a human must look.
    Refused,
}

impl Stage {
    pub const ALL: [Self; 4] = [Self::New, Self::Recorded, Self::Open, Self::Refused];

    /// As stored, and as printed in the grid.
    pub fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Recorded => "recorded",
            Self::Open => "open",
            Self::Refused => "refused",
        }
    }

    /// The stage stored under this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

/// What the machine knows of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub stage: Stage,
    /// osTicket's number, once known.
    pub ticket: Option<String>,
    /// The SOP's ten steps.
    pub progress: Progress,
}

impl Case {
    /// A case before its first event.
    pub fn unborn() -> Self {
        Self {
            stage: Stage::New,
            ticket: None,
            progress: Progress::default(),
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Event {
    /// A mail became a case (SOP steps 1 and 2). `receipt` says whether its sender is answered.
    Registered {
        entry: i64,
        receipt: bool,
    },
    /// A later mail belongs to the case.
    FollowedUp {
        entry: i64,
    },
    /// The same mail arrived once more by another way.
    DuplicateSeen {
        entry: i64,
    },
    TicketOpened {
        number: String,
    },
    TicketRefused {
        why: String,
    },
    MessageAppended {
        entry: i64,
    },
    MessageRefused {
        entry: i64,
        why: String,
    },
    ReceiptSent {
        id: String,
    },
    ReceiptRefused {
        why: String,
    },
    /// A letter of ours came back.
    LetterBounced {
        entry: i64,
        message_id: String,
    },
    /// A letter that a person must look at: from an act of the staff, or by hand.
    LetterDrafted {
        /// `penutupan`, `susulan`, …
        kind: String,
        /// What it is to say beside the template's own words.
        note: String,
    },
    /// A deadline comes near, and a role is told; or what became of that.
    Warned(Warned),
    /// What became of such a letter.
    Lettered(Lettered),
    /// An operator gave an order up, and said why.
    OrderDropped {
        order: String,
        reason: String,
    },
    /// A member of the team did something.
    Acted(Act),
    /// Something happened to the ticket in osTicket.
    InDesk(InDesk),
    /// Staff are to be told something in the ticket: why it was judged so, or the answer to a command of theirs.
    NoteOrdered {
        about: String,
    },
    NoteShown {
        about: String,
    },
    NoteRefused {
        about: String,
        why: String,
    },
    /// The severity was changed here, and nobody has touched the ticket's priority.
    SeverityOrdered {
        severity: String,
        /// Counts them, so that each has an order of its own.
        turn: i64,
    },
    SeverityShown {
        severity: String,
    },
    /// A person in osTicket had the last word.
    SeverityKept {
        severity: String,
        now: String,
    },
    /// The case moved on here, and its ticket is to show it.
    StatusOrdered {
        /// In the words of the configuration: `selesai`, `pulih`, …
        step: String,
        /// Counts them, so that each has an order of its own.
        turn: i64,
    },
    StatusShown {
        step: String,
    },
    /// A person in osTicket had moved it meanwhile, and has the last word.
    StatusKept {
        step: String,
        now: String,
    },
    StatusRefused {
        step: String,
        why: String,
    },
}

/// The machine's answer: the stage that follows, and what to order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub case: Case,
    pub effects: Vec<Effect>,
}

/// An event that cannot happen at this stage. It is never applied; whoever brought it has a bug or a stale view.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("event {event:?} cannot happen to a case that is {}", stage.name())]
pub struct Illegal {
    pub stage: Stage,
    pub event: Box<Event>,
}

/// A case as its events made it, first to last; one that cannot happen is passed over.
pub fn replay<'e>(events: impl IntoIterator<Item = &'e Event>) -> Case {
    let mut case = Case::unborn();
    for event in events {
        case = step(&case, event).map_or(case, |step| step.case);
    }
    case
}

/// What `event` means for `case`. Pure and total: the same question always gets the same answer.
pub fn step(case: &Case, event: &Event) -> Result<Step, Illegal> {
    match (case.stage, event) {
        (Stage::New, Event::Registered { receipt, .. }) => Ok(registered(*receipt)),
        (Stage::New, _)
        | (_, Event::Registered { .. })
        | (Stage::Open, Event::TicketRefused { .. }) => Err(illegal(case, event)),
        (_, Event::FollowedUp { entry }) => Ok(answered(case, *entry)),
        (_, Event::Acted(act)) => match case.progress.after(act) {
            Some(progress) => Ok(progressed(case, progress)),
            None => Err(illegal(case, event)),
        },
        (_, Event::Warned(warned)) => Ok(stay(case, warning_to_send(warned))),
        (_, Event::Lettered(told)) => Ok(stay(case, letter_to_send(told))),
        (_, Event::NoteOrdered { about }) => Ok(stay(
            case,
            vec![Effect::AddNote {
                about: about.clone(),
            }],
        )),
        (_, Event::SeverityOrdered { severity, turn }) => Ok(stay(
            case,
            vec![Effect::SetSeverity {
                severity: severity.clone(),
                turn: *turn,
            }],
        )),
        (_, Event::StatusOrdered { step, turn }) => Ok(stay(
            case,
            vec![Effect::SetStatus {
                step: step.clone(),
                turn: *turn,
            }],
        )),
        (_, Event::TicketOpened { number }) => {
            opened(case, number).ok_or_else(|| illegal(case, event))
        }
        (_, Event::TicketRefused { .. }) => Ok(moved(case, Stage::Refused)),
        (
            _,
            Event::DuplicateSeen { .. }
            | Event::MessageAppended { .. }
            | Event::MessageRefused { .. }
            | Event::ReceiptSent { .. }
            | Event::ReceiptRefused { .. }
            | Event::LetterBounced { .. }
            | Event::LetterDrafted { .. }
            | Event::OrderDropped { .. }
            | Event::InDesk(_)
            | Event::NoteShown { .. }
            | Event::NoteRefused { .. }
            | Event::SeverityShown { .. }
            | Event::SeverityKept { .. }
            | Event::StatusShown { .. }
            | Event::StatusKept { .. }
            | Event::StatusRefused { .. },
        ) => Ok(stay(case, Vec::new())),
    }
}

/// A new case wants a ticket; its reporter is answered where that is allowed.
fn registered(receipt: bool) -> Step {
    let mut effects = vec![Effect::OpenTicket];
    effects.extend(receipt.then_some(Effect::SendReceipt));
    Step {
        case: Case {
            stage: Stage::Recorded,
            ticket: None,
            progress: Progress::default(),
        },
        effects,
    }
}

/// The same number twice is a replay; another number would be a double ticket, which no event may hide.
fn opened(case: &Case, number: &str) -> Option<Step> {
    match &case.ticket {
        Some(known) if known != number => None,
        _ => Some(Step {
            case: Case {
                stage: Stage::Open,
                ticket: Some(number.to_owned()),
                progress: case.progress,
            },
            effects: Vec::new(),
        }),
    }
}

fn warning_to_send(warned: &Warned) -> Vec<Effect> {
    let order = (warned.stand == Stand::Ordered).then(|| Effect::SendWarning {
        which: warned.which.clone(),
        due_ms: warned.due_ms,
        percent: warned.percent,
        role: warned.role.clone(),
    });
    order.into_iter().collect()
}

/// A letter that goes by mail is ordered; one that is carried by hand needs nobody.
fn letter_to_send(told: &Lettered) -> Vec<Effect> {
    match &told.deed {
        LetterDeed::Released { address, turn } if !address.is_empty() => vec![Effect::SendLetter {
            letter: told.letter,
            turn: *turn,
        }],
        _ => Vec::new(),
    }
}

fn stay(case: &Case, effects: Vec<Effect>) -> Step {
    Step {
        case: case.clone(),
        effects,
    }
}

fn moved(case: &Case, stage: Stage) -> Step {
    Step {
        case: Case {
            stage,
            ticket: case.ticket.clone(),
            progress: case.progress,
        },
        effects: Vec::new(),
    }
}

/// Whoever was waited for has answered.
fn answered(case: &Case, entry: i64) -> Step {
    let progress = Progress {
        waiting: false,
        ..case.progress
    };
    Step {
        effects: vec![Effect::AppendMessage { entry }],
        ..progressed(case, progress)
    }
}

fn progressed(case: &Case, progress: Progress) -> Step {
    Step {
        case: Case {
            progress,
            ..case.clone()
        },
        effects: Vec::new(),
    }
}

fn illegal(case: &Case, event: &Event) -> Illegal {
    Illegal {
        stage: case.stage,
        event: Box::new(event.clone()),
    }
}
