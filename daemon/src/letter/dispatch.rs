//! A letter that a person released, finished: the mail, the file that goes along byte for byte, and what the books will say of it.

use serde::{Deserialize, Serialize};

use super::{Recipient, SealedLetter, compose, from_nobody};
use crate::case::{Event, LetterDeed, Lettered, SentLetter};
use crate::clock::Timestamp;
use crate::config::Team;

/// What goes along with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    /// `application/pdf`
    pub kind: &'static str,
    pub bytes: Vec<u8>,
}

/// What the mail is made of.
#[derive(Debug, Clone, Copy)]
pub struct DispatchFacts<'a> {
    pub team: &'a Team,
    pub to: &'a Recipient,
    pub subject: &'a str,
    pub text: &'a str,
    pub attachments: &'a [Attachment],
    pub date: Timestamp,
    /// The key of this letter's order; its Message-ID is made of it.
    pub key: [u8; 15],
    /// The letter of ours that the other side knows, so that this one stands in its thread.
    pub answers: Option<&'a str>,
}

/// A machine's word to somebody of the team.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    pub team: &'a Team,
    pub to: &'a Recipient,
    pub subject: &'a str,
    pub text: &'a str,
    pub date: Timestamp,
    /// The key of its order; its Message-ID is made of it.
    pub key: [u8; 15],
}

/// The notice, finished; from nobody, so that no machine answers it (RFC 3834 section 3.3).
pub fn notice(facts: &Notice<'_>) -> SealedLetter {
    from_nobody((facts.team, facts.key), facts.to, compose::notice(facts))
}

/// A released letter as its order carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    #[serde(flatten)]
    pub sealed: SealedLetter,
    pub letter: i64,
    pub kind: String,
    /// What the agenda says once it has left.
    pub entry: SentLetter,
}

impl Dispatch {
    /// The event of its leaving, under the name that the mail server gave it.
    pub fn sent(&self, id: &str) -> Event {
        let sent = SentLetter {
            id: id.to_owned(),
            ..self.entry.clone()
        };
        Event::Lettered(Lettered {
            letter: self.letter,
            kind: self.kind.clone(),
            deed: LetterDeed::Sent(Box::new(sent)),
        })
    }
}

/// The mail, finished. Its envelope sender is ours, so that a bounce comes home and is matched to its letter.
pub fn dispatch(facts: &DispatchFacts<'_>) -> SealedLetter {
    SealedLetter {
        from: Some(facts.team.address.clone()),
        to: facts.to.address.clone(),
        message_id: compose::message_id(facts.team, facts.key),
        text: compose::with_attachments(facts),
    }
}
