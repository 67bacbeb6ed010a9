//! Which acts of the staff stand in a book, and what the row says. Pure; every way an event comes in ends here.

use super::{Book, NewRow, Which};
use crate::case::{Act, Event};

/// Whether an event is entered in a book: the chain must then be locked before the case.
pub fn is_booked(event: &Event) -> bool {
    !rows_of("", event).is_empty()
}

/// The rows that an event adds.
pub fn rows_of(register: &str, event: &Event) -> Vec<NewRow> {
    match event {
        Event::Acted(Act::Disposed {
            from,
            to,
            instruction,
        }) => vec![NewRow::new(
            Book::Disposition,
            [
                ("register", register.to_owned()),
                ("from", from.clone()),
                ("to", to.clone()),
                ("instruction", instruction.clone()),
            ],
        )],
        Event::Acted(act) => mutation(register, act).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// A counter-entry in the register: the first row stays as it was.
fn mutation(register: &str, act: &Act) -> Option<NewRow> {
    let (what, severity, incident, why) = match act {
        Act::Triaged {
            severity,
            incident,
            reason,
            ..
        } => ("ditetapkan", severity.as_str(), incident.as_str(), reason),
        Act::Reclassified {
            severity,
            incident,
            reason,
        } => ("diubah", severity.as_str(), incident.as_str(), reason),
        Act::Closed { result } => ("ditutup", "", "", result),
        Act::Reopened { reason } => ("dibuka lagi", "", "", reason),
        Act::Dismissed { exit, reason, .. } => (exit.phase().in_words(), "", "", reason),
        _ => return None,
    };
    let row = NewRow::new(
        Book::Register,
        [
            ("register", register.to_owned()),
            ("severity", level(severity)),
            ("incident", incident.to_owned()),
            ("mutation", what.to_owned()),
            ("note", why.clone()),
        ],
    );
    Some(row.correcting(Which::FirstOfCase))
}

/// As the SOP writes it.
fn level(stored: &str) -> String {
    let mut letters = stored.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
