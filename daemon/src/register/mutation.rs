//! Which acts of the staff stand in a book, and what the row says. Pure; every way an event comes in ends here.

use super::{Book, NewRow, Which};
use crate::case::{Act, Event, LetterDeed, Lettered, SentLetter};
use crate::tongue::Tongue;

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
        Event::Lettered(told) => letter(register, told),
        _ => Vec::new(),
    }
}

/// The register of letters follows a numbered letter; the outgoing agenda has all that left (`domain.md` 5.7).
fn letter(register: &str, told: &Lettered) -> Vec<NewRow> {
    let letter = Some(told.letter).filter(|letter| *letter > 0);
    let letter = letter.map(|letter| letter.to_string()).unwrap_or_default();
    let row = |state: &str, [number, to, subject, sha256]: [&String; 4]| {
        NewRow::new(
            Book::Letters,
            [
                ("letter", letter.clone()),
                ("kind", told.kind.clone()),
                ("letter_number", number.clone()),
                ("state", state.to_owned()),
                ("recipient", to.clone()),
                ("subject", subject.clone()),
                ("register", register.to_owned()),
                ("sha256", sha256.clone()),
            ],
        )
    };
    match &told.deed {
        LetterDeed::Numbered {
            number,
            to,
            subject,
            sha256,
        } => {
            let mut first = row("bernomor", [number, to, subject, sha256]);
            first.once = once_numbered(number);
            vec![first]
        }
        LetterDeed::Signed {
            number,
            to,
            subject,
            sha256,
            ..
        } => vec![row("ditandatangani", [number, to, subject, sha256])],
        LetterDeed::Sent(sent) => {
            let facts = [&sent.number, &sent.to, &sent.subject, &sent.sha256];
            let numbered = (!sent.number.is_empty()).then(|| row("dikirim", facts));
            let agenda = outgoing(register, told.letter, sent);
            numbered.into_iter().chain([agenda]).collect()
        }
        LetterDeed::Cancelled { .. } | LetterDeed::Released { .. } | LetterDeed::Refused { .. } => {
            Vec::new()
        }
    }
}

/// The mark under which a number is entered once, whoever asks for it.
pub fn once_numbered(number: &str) -> String {
    format!("letter number {number}")
}

fn outgoing(register: &str, letter: i64, sent: &SentLetter) -> NewRow {
    let or =
        |text: &str, otherwise: &str| if text.is_empty() { otherwise } else { text }.to_owned();
    let mut row = NewRow::new(
        Book::AgendaOut,
        [
            ("letter_number", or(&sent.number, "-")),
            ("letter_date", sent.date.clone()),
            ("recipient", sent.to.clone()),
            ("address", or(&sent.address, "diantar")),
            ("subject", sent.subject.clone()),
            ("security", sent.security.clone()),
            ("register", register.to_owned()),
            ("sha256", sent.sha256.clone()),
        ],
    );
    row.once = format!("letter sent {register}/{letter}/{}", sent.turn);
    row
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
        Act::Raised {
            severity, reason, ..
        } => ("dinaikkan karena susulan", severity.as_str(), "", reason),
        Act::Closed { result } => ("ditutup", "", "", result),
        Act::Reopened { reason } => ("dibuka lagi", "", "", reason),
        Act::Dismissed { exit, reason, .. } => {
            (exit.phase().in_words(Tongue::Indonesian), "", "", reason)
        }
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
