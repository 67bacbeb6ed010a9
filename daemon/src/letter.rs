//! Letters: whether a reporter is answered, what the letter says, and how it leaves.
//!
//! Everything here but [`post`] is a pure function of the report and the case, so that a retry sends the same bytes.

mod budget;
mod clean;
mod compose;
pub mod dates;
mod dispatch;
mod facts;
mod kinds;
mod packet;
mod post;
mod press;
mod publication;
mod recipient;
mod report;
mod rotary;
mod shelf;
pub mod signed;
mod suppress;
mod withheld;
mod wording;

use serde::{Deserialize, Serialize};
use tanggap_rules::Report;

use crate::clock::Timestamp;
use crate::config::Team;

pub use budget::within_budget;
pub use dispatch::{Attachment, Dispatch, DispatchFacts, Notice, dispatch, notice};
pub use facts::{Head, LetterFacts, data, incident_name, kop, level, page, sample, signatory};
pub use kinds::{Kind, Part, Wording, WordingError, wording};
pub use packet::{Evidence, Files, Moment, PacketFacts};
pub use post::{Patience, Post, PostError, PostId};
pub use press::{Press, PressError};
pub use publication::{publication_data, spoken, unspeakable};
pub use recipient::Recipient;
pub use report::{Chart, Cover, Inserts, NoSuchInsert, report_page};
pub use rotary::{Roll, roll};
pub use shelf::{Shelf, ShelfError};
pub use suppress::answerable;
pub use withheld::Withheld;

/// A finished letter, as the outbox keeps it and the post sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedLetter {
    /// Envelope sender; `None` is `<>`, so that nobody's bounce or vacation notice answers a machine (RFC 3834 section 3.3).
    pub from: Option<String>,
    /// Envelope recipient.
    pub to: String,
    /// Without angle brackets.
    pub message_id: String,
    /// The whole message (RFC 5322): ASCII, CRLF.
    pub text: String,
}

/// What a receipt is made of.
#[derive(Debug, Clone, Copy)]
pub struct ReceiptFacts<'a> {
    /// `INS-2026-0042`
    pub register: &'a str,
    pub team: &'a Team,
    pub report: &'a Report,
    pub recipient: &'a Recipient,
    /// When the report became durable here; also the letter's Date.
    pub received: Timestamp,
    /// The key of this letter's order; its Message-ID is made of it.
    pub key: [u8; 15],
}

/// The receipt for a report (SOP step 1), finished. Asked again with the same facts, it gives the same bytes.
pub fn receipt(facts: &ReceiptFacts<'_>) -> SealedLetter {
    let text = compose::message(facts);
    from_nobody((facts.team, facts.key), facts.recipient, text)
}

/// What a machine sends by itself has no return path, so that no other machine answers it (RFC 3834 section 3.3).
fn from_nobody((team, key): (&Team, [u8; 15]), to: &Recipient, text: String) -> SealedLetter {
    SealedLetter {
        from: None,
        to: to.address.clone(),
        message_id: compose::message_id(team, key),
        text,
    }
}

#[cfg(test)]
mod tests;
