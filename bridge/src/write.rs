//! What this house writes into osTicket. Every write carries a key of ours; a way in that can remember keys does each once.

use crate::{EffectKey, TicketRef};

/// A file to be shown in a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    /// `application/pdf`
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// A follow-up of the reporter's, shown as their message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    pub key: EffectKey,
    pub ticket: TicketRef,
    pub body: String,
    /// Whose message it is. An address osTicket does not know speaks as the ticket's owner; the text names who it was.
    pub reporter_address: String,
    pub attachments: Vec<Attachment>,
}

/// An internal note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNote {
    pub key: EffectKey,
    pub ticket: TicketRef,
    pub title: String,
    pub body: String,
    pub attachments: Vec<Attachment>,
}

/// An answer that left by our own mail, shown in the ticket; osTicket mails nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReply {
    pub key: EffectKey,
    pub ticket: TicketRef,
    pub body: String,
    pub attachments: Vec<Attachment>,
}

/// One field of a ticket, and what it is to become. Ids are osTicket's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setting {
    Status(i64),
    /// The first of these names that osTicket has, whatever their letters' case.
    StatusNamed(Vec<String>),
    /// Back to the status osTicket reopens with.
    Reopen,
    Priority(i64),
    Topic(i64),
    Department(i64),
    Agent(i64),
    Field {
        name: String,
        value: String,
    },
}

/// A change of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChange {
    pub key: EffectKey,
    pub ticket: TicketRef,
    pub set: Setting,
    /// Only where the field still is what we last saw, as people read it (a priority's or status's name, a custom field's value;
    /// digits name an id). `None` writes whatever it is now.
    pub if_still: Option<String>,
}

/// What a change came to, read back from osTicket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    Written {
        now: String,
    },
    /// Somebody else had changed it meanwhile; nothing was written, and this is what it is now.
    Kept {
        now: String,
    },
}
