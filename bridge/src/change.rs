//! What happened in osTicket, in osTicket's order, and how far it has been read.

use std::time::Duration;

use crate::{EffectKey, Named, Status, ThreadId, TicketId};

/// How far osTicket's logs have been read: the highest primary key seen in each. Only grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// `thread_event.id`.
    pub event: i64,
    /// `thread_entry.id`.
    pub entry: i64,
    /// The plugin's own log of what osTicket logs nowhere; 0 where there is no plugin.
    pub log: i64,
}

/// Which log a change stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    Event,
    Entry,
    Log,
}

impl Source {
    pub fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Entry => "entry",
            Self::Log => "log",
        }
    }
}

/// A change's identity. Changes near the cursor are handed out more than once, because a row may appear after one with a
/// higher id; whoever takes them in tells them apart by this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Mark {
    pub source: Source,
    pub id: i64,
}

/// Who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// This house: the plugin's agent, or the first message of a ticket that bears our key. The key of the write, where known.
    Us(Option<EffectKey>),
    Agent(Named),
    /// A reporter or collaborator.
    User(Named),
    /// osTicket itself, or nobody it names.
    System,
}

/// A message, reply or note. The text is plain: markup is gone, entities are read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entry {
    pub id: i64,
    pub title: String,
    pub text: String,
    /// The entry that this one replaces: osTicket edits by writing a new one.
    pub replaces: Option<i64>,
}

/// A field of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Field {
    Subject,
    Priority,
    Topic,
    Department,
    /// By its name, or its label where it has none.
    Custom(String),
    /// Source, due date, owner, SLA: kept as history, followed by nobody.
    Other(String),
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    Created,
    /// `None` where the log does not say which; the ticket's present status then tells.
    Status(Option<Status>),
    Reopened,
    Assigned {
        agent: Option<Named>,
        team: Option<Named>,
    },
    Released,
    Edited {
        field: Field,
        from: String,
        to: String,
    },
    /// By a reporter.
    Message(Entry),
    /// By staff, to the reporter.
    Reply(Entry),
    /// Internal.
    Note(Entry),
    /// The other ticket that this one went into, or that came into this one.
    Merged {
        with: Option<TicketId>,
        number: String,
    },
    Linked {
        with: Option<TicketId>,
        number: String,
    },
    Unlinked {
        with: Option<TicketId>,
        number: String,
    },
    Deleted,
    /// Logged by osTicket and of no meaning here, by its name there.
    Other(String),
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub mark: Mark,
    /// Gone where the ticket is.
    pub ticket: Option<TicketId>,
    pub thread: ThreadId,
    /// The key its ticket was created under, where it is one of ours.
    pub key: Option<EffectKey>,
    /// osTicket's clock, seconds since 1970-01-01 UTC.
    pub at: i64,
    pub by: Author,
    pub deed: Deed,
}

/// What has happened since a cursor, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    pub changes: Vec<Change>,
    /// Where to go on; hand it back once the changes are kept.
    pub cursor: Cursor,
    /// There is more to read right now.
    pub more: bool,
}

/// Why osTicket could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Not at this moment.
    #[error("{why}")]
    NotNow {
        why: String,
        after: Option<Duration>,
    },
    /// Not by this way in, however often it is tried.
    #[error("{why}")]
    Unable { why: String },
}
