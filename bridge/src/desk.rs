//! The one contract between the daemon and osTicket.
//!
//! Three ways in, one contract. What a way cannot do it answers in words ([`Outcome::Never`], [`ReadError::Unable`]) and never
//! skips silently; [`Capabilities`] says it beforehand.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use crate::database::{Database, DatabaseSettings};
use crate::plugin::{Plugin, Search};
use crate::stock::Stock;
use crate::{
    Attachment, Catalogue, Changed, Changes, Cursor, DeskError, Facts, NewChange, NewMessage,
    NewNote, NewReply, Outcome, ReadError, Scope, Snapshot, TicketId, TicketRef, words,
};

/// A key of ours for one effect, made by the daemon from its instance secret; the sender controls none of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EffectKey(pub [u8; 15]);

impl EffectKey {
    /// Thirty hexadecimal digits, as the plugin's table keeps it.
    pub fn hex(self) -> String {
        self.0.iter().fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

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
    pub department: Option<i64>,
    pub sla: Option<i64>,
    /// Custom fields by their name, and what people would read there.
    pub fields: BTreeMap<String, String>,
    pub attachments: Vec<Attachment>,
}

/// What a look-up of an unknown outcome found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Ticket(TicketRef),
    /// Half made: no entry, or no status (`osticket.md`, husks).
    Partial(TicketRef),
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

/// Where the desk is and how to talk to it.
#[derive(Clone)]
pub struct DeskSettings {
    /// Base URL of osTicket (`https://helpdesk.example/`).
    pub url: String,
    /// Secret; never printed.
    pub api_key: String,
    /// For the whole request, connect to last byte.
    pub timeout: Duration,
    /// Its database, where a reader may look into it.
    pub database: Option<DatabaseSettings>,
}

/// What can be done about a write whose outcome nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recourse {
    /// Nothing: it waits for a human.
    Human,
    /// After the fence the ticket can be looked up by its key.
    LookUp,
    /// Every write may be repeated under its key at any time: it is done once.
    Repeat,
    /// That is not known yet: osTicket has not answered since the start.
    Wait,
}

/// What this way into osTicket can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    pub in_doubt: Recourse,
    /// Show a follow-up, a note or a reply in an existing ticket; set its status, priority and fields.
    pub writes: bool,
    /// Tell what changed, list tickets, and show the catalogue.
    pub reads: bool,
}

/// Who tells what staff did.
enum Reader<'a> {
    Plugin(&'a Plugin),
    Database(&'a Database),
}

/// osTicket as the daemon sees it.
#[derive(Clone)]
pub enum Desk {
    /// An unmodified osTicket, by its HTTP API: it can open tickets, and nothing else.
    Stock(Stock),
    /// The same, with an account that may read its database.
    StockDatabase(Stock, Database),
    /// osTicket did not say yet whether our plugin is there: nothing is written, nothing is refused, everything waits.
    Waiting {
        settings: Box<DeskSettings>,
        why: String,
    },
    /// Our plugin inside osTicket writes and tells what staff did; of an old one the database tells it, where one is given.
    Plugin(Box<Plugin>, Option<Database>),
}

impl Desk {
    /// Sets the desk up; connects to nobody yet.
    pub fn new(settings: &DeskSettings) -> Result<Self, DeskError> {
        let stock = Stock::new(settings)?;
        Ok(match &settings.database {
            Some(database) => Self::StockDatabase(stock, Database::new(database)),
            None => Self::Stock(stock),
        })
    }

    /// The best way in that answers now: the plugin where its health does, else what [`Desk::new`] sets up.
    pub async fn find(settings: &DeskSettings) -> Result<Self, DeskError> {
        let stock = Stock::new(settings)?;
        let plugin = match Plugin::find(&stock).await {
            Search::Found(plugin) => plugin,
            Search::Absent => return Self::new(settings),
            Search::Unanswered(why) => {
                return Ok(Self::Waiting {
                    settings: Box::new(settings.clone()),
                    why,
                });
            }
        };
        let database = settings
            .database
            .as_ref()
            .map(|database| Database::new(database).knowing_us_as(plugin.agent));
        Ok(Self::Plugin(plugin, database))
    }

    /// Asks once more where osTicket has not answered yet. A daemon that started while it was down would else take it for one
    /// without a plugin, and hold for a human what the plugin would have done.
    pub async fn settle(&mut self) {
        if let Self::Waiting { settings, .. } = self
            && let Ok(found) = Self::find(&settings.clone()).await
        {
            *self = found;
        }
    }

    /// osTicket has answered, and this is the way for good.
    pub fn is_settled(&self) -> bool {
        !matches!(self, Self::Waiting { .. })
    }

    /// Who tells what staff did: the plugin, for it holds a request back until there is news; else the database.
    fn reader(&self) -> Option<Reader<'_>> {
        match self {
            Self::Plugin(plugin, _) if plugin.is_whole() => Some(Reader::Plugin(plugin)),
            Self::StockDatabase(_, database) | Self::Plugin(_, Some(database)) => {
                Some(Reader::Database(database))
            }
            Self::Stock(_) | Self::Waiting { .. } | Self::Plugin(_, None) => None,
        }
    }

    /// The answer to a write where nothing can be written, for good or for now.
    fn cannot<T>(&self, why: String) -> Outcome<T> {
        match self {
            Self::Waiting { why, .. } => Outcome::Later {
                why: words::not_answered_yet(why),
                after: None,
                scope: Scope::Channel,
            },
            _ => Outcome::Never { why },
        }
    }

    /// The same for a question.
    fn unable(&self) -> ReadError {
        match self {
            Self::Waiting { why, .. } => ReadError::NotNow {
                why: words::not_answered_yet(why),
                after: None,
            },
            _ => ReadError::Unable {
                why: words::stock_cannot_read(),
            },
        }
    }

    pub fn capabilities(&self) -> Capabilities {
        match self {
            Self::Stock(_) => Capabilities {
                in_doubt: Recourse::Human,
                writes: false,
                reads: false,
            },
            Self::Waiting { .. } => Capabilities {
                in_doubt: Recourse::Wait,
                writes: true,
                reads: false,
            },
            Self::StockDatabase(..) => Capabilities {
                in_doubt: Recourse::LookUp,
                writes: false,
                reads: true,
            },
            Self::Plugin(plugin, database) => Capabilities {
                in_doubt: Recourse::Repeat,
                writes: true,
                reads: database.is_some() || plugin.is_whole(),
            },
        }
    }

    /// Opens a ticket.
    pub async fn open(&self, ticket: &NewTicket) -> Outcome<TicketRef> {
        match self {
            Self::Stock(stock) | Self::StockDatabase(stock, _) => stock.open(ticket).await,
            Self::Plugin(plugin, _) => plugin.open(ticket).await,
            Self::Waiting { why, .. } => self.cannot(why.clone()),
        }
    }

    /// Looks for a ticket of ours whose answer was lost.
    pub async fn lookup(&self, key: EffectKey) -> Found {
        match self {
            Self::Stock(_) => Found::Unable {
                why: words::stock_cannot_look_up(),
            },
            Self::StockDatabase(_, database) => database.lookup(key).await,
            Self::Plugin(plugin, _) => plugin.lookup(key).await,
            Self::Waiting { why, .. } => Found::AskAgain {
                why: words::not_answered_yet(why),
            },
        }
    }
}

/// Writes to tickets that exist.
impl Desk {
    /// Shows a follow-up in its ticket.
    pub async fn append(&self, message: &NewMessage) -> Outcome<()> {
        match self {
            Self::Stock(_) | Self::StockDatabase(..) | Self::Waiting { .. } => {
                self.cannot(words::stock_cannot_append(&message.ticket.number.0))
            }
            Self::Plugin(plugin, _) => plugin.append(message).await,
        }
    }

    /// Adds an internal note.
    pub async fn note(&self, note: &NewNote) -> Outcome<()> {
        match self {
            Self::Stock(_) | Self::StockDatabase(..) | Self::Waiting { .. } => {
                self.cannot(words::stock_cannot_note(&note.ticket.number.0))
            }
            Self::Plugin(plugin, _) => plugin.note(note).await,
        }
    }

    /// Shows an answer that left by our own mail.
    pub async fn reply(&self, reply: &NewReply) -> Outcome<()> {
        match self {
            Self::Stock(_) | Self::StockDatabase(..) | Self::Waiting { .. } => {
                self.cannot(words::stock_cannot_note(&reply.ticket.number.0))
            }
            Self::Plugin(plugin, _) => plugin.reply(reply).await,
        }
    }

    /// Changes one field, and reads it back.
    pub async fn change(&self, change: &NewChange) -> Outcome<Changed> {
        match self {
            Self::Stock(_) | Self::StockDatabase(..) | Self::Waiting { .. } => {
                self.cannot(words::stock_cannot_change(&change.ticket.number.0))
            }
            Self::Plugin(plugin, _) => plugin.change(change).await,
        }
    }
}

/// What staff did.
impl Desk {
    /// The head of osTicket's logs: what is before it, reconciliation finds.
    pub async fn head(&self) -> Result<Cursor, ReadError> {
        match self.reader() {
            Some(Reader::Plugin(plugin)) => plugin.head().await,
            Some(Reader::Database(database)) => database.head().await,
            None => Err(self.unable()),
        }
    }

    /// What has happened since `cursor`, oldest first, and once more what happened shortly before it. Where there is nothing new
    /// it may wait for news, at most so long.
    pub async fn changes(&self, cursor: Cursor, wait: Duration) -> Result<Changes, ReadError> {
        match self.reader() {
            Some(Reader::Plugin(plugin)) => plugin.changes(cursor, wait).await,
            Some(Reader::Database(database)) => database.changes(cursor, wait).await,
            None => Err(self.unable()),
        }
    }

    /// These tickets as they are now; one that is not answered is gone. At most 200 at once.
    pub async fn snapshots(&self, ids: &[TicketId]) -> Result<Vec<Snapshot>, ReadError> {
        match self.reader() {
            Some(Reader::Plugin(plugin)) => plugin.snapshots(ids).await,
            Some(Reader::Database(database)) => database.snapshots(ids).await,
            None => Err(self.unable()),
        }
    }

    /// Tickets that bear a key of ours, with ids above the first argument, lowest first, at most `limit`, and the highest id that was looked
    /// at: where there is none above it, that is the end.
    pub async fn listing(
        &self,
        after: TicketId,
        limit: u32,
    ) -> Result<(Vec<Snapshot>, TicketId), ReadError> {
        match self.reader() {
            Some(Reader::Plugin(plugin)) => plugin.listing(after, limit).await,
            Some(Reader::Database(database)) => database.listing(after, limit).await,
            None => Err(self.unable()),
        }
    }

    /// What there is to choose from.
    pub async fn catalogue(&self) -> Result<Catalogue, ReadError> {
        match self.reader() {
            Some(Reader::Plugin(plugin)) => plugin.catalogue().await,
            Some(Reader::Database(database)) => database.catalogue().await,
            None => match self {
                Self::Plugin(plugin, _) => plugin.catalogue().await,
                _ => Err(self.unable()),
            },
        }
    }

    /// How this osTicket is set up.
    pub async fn facts(&self) -> Result<Facts, ReadError> {
        let (plugin, database) = match self {
            Self::Stock(_) | Self::Waiting { .. } => return Err(self.unable()),
            Self::StockDatabase(_, database) => (None, Some(database)),
            Self::Plugin(plugin, database) => (Some(plugin), database.as_ref()),
        };
        let told = match plugin {
            Some(plugin) if plugin.is_whole() => return plugin.facts().await,
            Some(plugin) => plugin.facts().await?,
            None => Facts::default(),
        };
        let Some(database) = database else {
            return Ok(told);
        };
        Ok(Facts {
            osticket: told.osticket,
            plugin: told.plugin,
            saw_us_as: told.saw_us_as,
            ..database.facts().await?
        })
    }
}
