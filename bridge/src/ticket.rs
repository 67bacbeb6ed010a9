//! A ticket as osTicket holds it, read and never guessed at.

use std::collections::BTreeMap;

use crate::{EffectKey, TicketNumber};

/// osTicket's internal id of a ticket. Numbers can be drawn twice; ids cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TicketId(pub i64);

/// osTicket's id of a ticket's thread. It outlives a hard delete in the event log, where the ticket's id does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ThreadId(pub i64);

/// A ticket by its number and, once it is known, by its id.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TicketRef {
    pub number: TicketNumber,
    pub id: Option<TicketId>,
}

/// Something of osTicket's with an id and the name that people see: a priority, a topic, a department, an agent, a team.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Named {
    pub id: i64,
    pub name: String,
}

/// What a status means to osTicket, whatever staff have named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    Open,
    Closed,
    Archived,
    Deleted,
}

/// A status of osTicket's list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Status {
    pub id: i64,
    pub name: String,
    pub standing: Standing,
}

/// Everything of a ticket that this house follows, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub id: TicketId,
    pub thread: ThreadId,
    pub number: TicketNumber,
    /// The key it was created under, where it is one of ours.
    pub key: Option<EffectKey>,
    /// `false` for a husk: no status yet, no thread, or no entry (`osticket.md`, O5).
    pub whole: bool,
    pub subject: String,
    pub status: Option<Status>,
    pub priority: Option<Named>,
    pub topic: Option<Named>,
    pub department: Option<Named>,
    pub agent: Option<Named>,
    pub team: Option<Named>,
    /// Custom fields by their name (by their label where they have none), as people read the values.
    pub fields: BTreeMap<String, String>,
    pub merged_into: Option<TicketId>,
}

/// A custom field of the ticket form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDefinition {
    pub name: String,
    pub label: String,
    /// What a list field offers; empty for free text.
    pub choices: Vec<String>,
}

/// What this osTicket offers to choose from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    pub statuses: Vec<Status>,
    pub priorities: Vec<Named>,
    pub topics: Vec<Named>,
    pub departments: Vec<Named>,
    pub agents: Vec<Named>,
    pub fields: Vec<FieldDefinition>,
}

/// How this osTicket is set up, as far as this way in can see; what it cannot see is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// osTicket's own version.
    pub osticket: Option<String>,
    /// The version of our plugin.
    pub plugin: Option<String>,
    /// osTicket's clock, seconds since 1970-01-01 UTC.
    pub clock: Option<i64>,
    /// The address osTicket saw us come from.
    pub saw_us_as: Option<String>,
    /// Mailboxes that osTicket polls itself, by address.
    pub polls: Option<Vec<String>>,
    /// Whether osTicket answers the reporter of a new ticket itself.
    pub answers: Option<bool>,
    /// `verify_email_addrs`: reporters of domains that do not resolve are refused (O16).
    pub verifies_addresses: Option<bool>,
    /// Open tickets one reporter may have; 0: no limit.
    pub max_open_tickets: Option<i64>,
    /// The largest file osTicket takes, in bytes.
    pub max_file_size: Option<i64>,
}
