//! What the machine wants done in the outside world, and which way each goes out.

use serde::{Deserialize, Serialize};

/// What is to be done about it, in the outside world. Closed: every effect has one order, one key and one way to be carried out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    OpenTicket,
    /// Show a follow-up in the ticket.
    AppendMessage {
        entry: i64,
    },
    /// Tell the reporter that the report has arrived.
    SendReceipt,
    /// Send a letter that a person released.
    SendLetter {
        letter: i64,
        turn: i64,
    },
    /// Tell a role that a deadline comes near.
    SendWarning {
        which: String,
        due_ms: i64,
        percent: i64,
        role: String,
    },
    /// Tell staff something, inside the ticket.
    AddNote {
        about: String,
    },
    /// Show a changed severity as the ticket's priority.
    SetSeverity {
        severity: String,
        turn: i64,
    },
    /// Show as the ticket's status how far the case has come.
    SetStatus {
        step: String,
        turn: i64,
    },
}

impl Effect {
    /// The effect's part of an order's key: `INS-2026-0042/ticket`.
    pub fn key(&self) -> String {
        match self {
            Self::OpenTicket => "ticket".to_owned(),
            Self::AppendMessage { entry } => format!("message/{entry}"),
            Self::SendReceipt => "receipt".to_owned(),
            Self::SendLetter { letter, turn: 1 } => format!("letter/{letter}"),
            Self::SendLetter { letter, turn } => format!("letter/{letter}/{turn}"),
            Self::SendWarning {
                which,
                due_ms,
                percent,
                role,
            } => format!("warning/{which}/{due_ms}/{percent}/{role}"),
            Self::AddNote { about } => format!("note/{about}"),
            Self::SetSeverity { turn, .. } => format!("severity/{turn}"),
            Self::SetStatus { turn, .. } => format!("status/{turn}"),
        }
    }

    /// Which way the effect goes out.
    pub fn channel(&self) -> Channel {
        match self {
            Self::OpenTicket
            | Self::AppendMessage { .. }
            | Self::AddNote { .. }
            | Self::SetSeverity { .. }
            | Self::SetStatus { .. } => Channel::Desk,
            Self::SendReceipt | Self::SendLetter { .. } | Self::SendWarning { .. } => Channel::Post,
        }
    }
}

/// A way out of the house.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// osTicket.
    Desk,
    /// Mail.
    Post,
}

impl Channel {
    pub const ALL: [Self; 2] = [Self::Desk, Self::Post];

    pub fn name(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Post => "post",
        }
    }
}
