//! The one contract between the daemon and osTicket.

use std::time::Duration;

use crate::stock::Stock;
use crate::{DeskError, Outcome, words};

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
    /// Our own address, for a reporter whose address osTicket refuses.
    pub stand_in_address: String,
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
    /// It can, but not at this moment.
    AskAgain {
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
    pub timeout: Duration,
}

/// What this way into osTicket can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// Look up what became of a request whose answer was lost.
    pub lookup: bool,
    /// Show a follow-up in an existing ticket.
    pub append: bool,
}

/// osTicket as the daemon sees it.
#[derive(Clone)]
pub enum Desk {
    /// An unmodified osTicket, by its HTTP API: it can open tickets, and nothing else.
    Stock(Stock),
}

impl Desk {
    /// Sets the desk up; connects to nobody yet.
    pub fn new(settings: &DeskSettings) -> Result<Self, DeskError> {
        Ok(Self::Stock(Stock::new(settings)?))
    }

    pub fn capabilities(&self) -> Capabilities {
        match self {
            Self::Stock(_) => Capabilities {
                lookup: false,
                append: false,
            },
        }
    }

    /// Opens a ticket.
    pub async fn open(&self, ticket: &NewTicket) -> Outcome<TicketNumber> {
        match self {
            Self::Stock(stock) => stock.open(ticket).await,
        }
    }

    /// Shows a follow-up in its ticket.
    #[expect(
        clippy::unused_async,
        reason = "the ways that can append do so over the network"
    )]
    pub async fn append(&self, message: &NewMessage) -> Outcome<()> {
        match self {
            Self::Stock(_) => Outcome::Never {
                why: words::stock_cannot_append(&message.ticket.0),
            },
        }
    }

    /// Looks for a ticket of ours whose answer was lost.
    #[expect(
        clippy::unused_async,
        reason = "the ways that can look up do so over the network"
    )]
    pub async fn lookup(&self, _key: EffectKey) -> Found {
        match self {
            Self::Stock(_) => Found::Unable {
                why: words::stock_cannot_look_up(),
            },
        }
    }
}
