//! The only module that touches our database: one table, one file; one statement, one function.
//!
//! The same SQL text runs on SQLite and on PostgreSQL. Times are milliseconds, JSON is text, placeholders are `$n`.

mod books;
mod cases;
mod channels;
mod desk;
mod instance;
mod journal;
mod judging;
mod lease;
mod letters;
mod open;
mod operator;
mod outbox;
mod packed;
mod readings;
mod schema;
mod sightings;
mod sql;
mod staff;
mod unfetched;
mod views;

use std::fs::File;
use std::sync::Arc;

use sqlx::AnyPool;

pub use books::{BookRow, Broken, Span, Verified};
pub use cases::{CaseFacts, CaseId};
pub use channels::ChannelState;
pub use desk::{DeskTicket, Position, Seen, TakenIn, TicketStanding};
pub use journal::{Arrival, EntryId, Kept, RawMail};
pub use judging::{Judging, NewCase, Pointers, Unread};
pub use letters::{LetterCounts, NewLetter};
pub use outbox::{Claimed, NewOrder, OrderState, OrderView, Recorded, backoff};
pub use packed::{Packed, Packer};
pub use readings::{Fate, Reading};
pub use unfetched::Unfetched;
pub use views::{CaseView, EventView, MailView, ReadView};

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "basis data {path} sedang dipakai tanggap lain; hentikan yang itu dahulu, atau pakai berkas lain"
    )]
    InUse { path: String },
    #[error(
        "skema basis data (versi {found}) lebih baru daripada program ini (versi {known}); pasang tanggap yang lebih baru"
    )]
    Newer { found: i64, known: i64 },
    #[error("basis data {path} tidak dapat dibuka: {why}")]
    Unusable { path: String, why: String },
    #[error("{doing} failed")]
    Database {
        doing: &'static str,
        #[source]
        source: sqlx::Error,
    },
    #[error("migrating the database failed")]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("compressing or reading back a mail failed")]
    Compression(#[source] std::io::Error),
    #[error("the database holds {what} that this program cannot read")]
    Unreadable { what: String },
    #[error(transparent)]
    Illegal(#[from] crate::case::Illegal),
    /// Another daemon took over meanwhile; nothing was written.
    #[error("the lease {0} was lost to another daemon; nothing was written")]
    LeaseLost(&'static str),
    #[error("{0}")]
    Refused(String),
}

/// Who opens the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// `tanggap run`: brings the schema up to date; on SQLite only one at a time.
    Daemon,
    /// A command beside the daemon: expects the schema to be right.
    Visitor,
}

/// Our database.
#[derive(Clone)]
pub struct Store {
    /// One connection on SQLite: there is one writer.
    writer: AnyPool,
    reader: AnyPool,
    postgres: bool,
    secret: [u8; 32],
    /// Names this process in leases.
    holder: String,
    /// Held for as long as the daemon lives.
    _lock: Arc<Option<File>>,
}
