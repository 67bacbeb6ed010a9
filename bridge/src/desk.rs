//! The one contract between the daemon and osTicket.

use crate::Outcome;

/// A key of ours for one effect, made by the daemon from its instance secret; the sender controls none of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EffectKey(pub [u8; 15]);

/// osTicket's ticket number, digits only, as osTicket prints it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TicketNumber(pub String);

/// A ticket to open, composed by us: every string is already plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTicket {
    pub key: EffectKey,
    pub subject: String,
    pub body: String,
    pub reporter_name: String,
    pub reporter_address: String,
    pub topic: Option<i64>,
    pub priority: Option<i64>,
}

/// What a look-up of an unknown outcome found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Ticket(TicketNumber),
    /// Half made: no entry, or no status (`osticket.md`, husks).
    Partial(TicketNumber),
    Absent,
    /// This way into osTicket cannot look things up.
    Unable {
        why: String,
    },
}

/// A follow-up to be shown in an existing ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    pub key: EffectKey,
    pub ticket: TicketNumber,
    pub body: String,
}

/// Where the desk is and how to talk to it.
#[derive(Clone)]
pub struct DeskSettings {
    /// Base URL of osTicket (`https://helpdesk.example/`).
    pub url: String,
    /// Secret; never printed.
    pub api_key: String,
    /// For the whole request, connect to last byte.
    pub timeout: std::time::Duration,
}

/// osTicket as the daemon sees it.
#[derive(Clone)]
pub enum Desk {
    Stock(crate::stock::Stock),
}

impl Desk {
    /// Opens a ticket.
    pub async fn open(&self, ticket: &NewTicket) -> Outcome<TicketNumber> {
        match self {
            Self::Stock(stock) => stock.open(ticket).await,
        }
    }
}
