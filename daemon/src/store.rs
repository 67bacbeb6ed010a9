//! The only module that touches our database: one table, one file; one statement, one function.
//!
//! The same SQL text runs on SQLite and on PostgreSQL. Times are milliseconds, JSON is text, placeholders are `$n`.

mod books;
mod cases;
mod channels;
mod counting;
mod desk;
mod file;
mod glance;
mod instance;
mod journal;
mod judging;
mod lease;
mod letters;
mod mails;
mod marks;
mod numbers;
mod open;
mod operator;
mod outbox;
mod packed;
mod papers;
mod past;
mod readings;
mod retention;
mod schema;
mod sightings;
mod sql;
mod staff;
mod unfetched;
mod unread;
mod views;
mod way;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use sqlx::AnyPool;

use crate::tongue::say;

pub use books::{BookRow, Broken, Span, Verified};
pub use cases::{CaseFacts, CaseId};
pub use channels::ChannelState;
pub use desk::{DeskTicket, Position, Seen, TakenIn, TicketStanding};
pub use journal::{Arrival, EntryId, Kept, RawMail};
pub use judging::{Judging, NewCase, Outlook, Pointers};
pub use letters::{LetterCounts, NewLetter};
pub use mails::CaseMail;
pub use marks::Related;
pub use numbers::NumberClaim;
pub use outbox::{Claimed, NewOrder, OrderState, OrderView, Payloads, Recorded, backoff};
pub use packed::{Packed, Packer};
pub use papers::{Drafted, LetterDone, LetterWork, PaperFile, PaperView};
pub use past::{PastCase, PastMail};
pub use readings::{Fate, Reading, kind_name};
pub use retention::{Disposal, KeptMail};
pub use staff::Acts;
pub use unfetched::Unfetched;
pub use unread::Unread;
pub use views::{CaseView, EventView, MailView, ReadView};

/// Why the store could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "{}", say!("basis data {path} sedang dipakai tanggap lain; hentikan yang itu dahulu, atau pakai berkas lain", "another tanggap uses the database {path}; stop that one first, or use another file"))]
    InUse { path: String },
    #[error(
        "{}", say!("skema basis data (versi {found}) lebih baru daripada program ini (versi {known}); pasang tanggap yang lebih baru", "the database's schema (version {found}) is newer than this program (version {known}); install a newer tanggap"))]
    Newer { found: i64, known: i64 },
    #[error("{}", say!("basis data {path} tidak dapat dibuka: {why}", "the database {path} cannot be opened: {why}"))]
    Unusable { path: String, why: String },
    #[error(
        "{}", say!("basis data {path} rusak: {why}. Jangan dipakai lagi: pindahkan berkas itu (dan -wal, -shm di sampingnya), pulihkan cadangan terakhir atau hasil `sqlite3 … .recover`, lalu periksa `tanggap queue` sebelum surat dan tiket berjalan lagi", "the database {path} is damaged: {why}. Use it no more: move the file away (and -wal, -shm beside it), restore the last backup or what `sqlite3 … .recover` saves, then look at `tanggap queue` before letters and tickets go on"))]
    Damaged { path: String, why: String },
    #[error("{}", say!("basis data {path} {what}: isinya laporan rahasia. Perbaiki dahulu: {instead}", "the database {path} {what}: it holds confidential reports. Mend this first: {instead}"))]
    Exposed {
        path: String,
        what: &'static str,
        instead: String,
    },
    #[error(
        "{}", say!("{doing}: disk basis data penuh. Surel tetap di server dan tidak hilang; kosongkan ruang, tanggap melanjutkan sendiri", "{doing}: the database's disk is full. Mail stays on the server and is not lost; make room, tanggap goes on by itself"))]
    Full {
        doing: &'static str,
        #[source]
        source: sqlx::Error,
    },
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

impl StoreError {
    /// Whether the store as a whole is in trouble, whatever was being written: a full disk, a server that went away, a lock
    /// that another holds. Such an error blames no mail.
    pub fn blames_no_mail(&self) -> bool {
        match self {
            Self::Full { .. } | Self::LeaseLost(_) => true,
            Self::Database { source, .. } => trouble_of_the_whole(source),
            _ => false,
        }
    }
}

fn trouble_of_the_whole(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => error.code().is_some_and(|code| code_of_trouble(&code)),
        _ => false,
    }
}

/// PostgreSQL's classes of connections, transactions rolled back, resources, locks, operators and the system; SQLite's busy,
/// locked, out of memory, disk failure, full, and cannot open.
fn code_of_trouble(code: &str) -> bool {
    if code.len() == 5 {
        return ["08", "40", "53", "55", "57", "58"]
            .iter()
            .any(|class| code.starts_with(class));
    }
    let primary = code.parse::<u32>().map(|code| code & 0xff);
    matches!(primary, Ok(5 | 6 | 7 | 10 | 13 | 14))
}

/// Whether the disk itself failed (SQLite's `SQLITE_IOERR`, code 10 with its extensions), anywhere in the chain of causes: what a
/// commit said cannot be believed then, and a second time even less (`faults.md` D3).
pub fn is_disk_failure(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.any(|cause| {
        let database = cause.downcast_ref::<sqlx::Error>();
        let code = database.and_then(|error| error.as_database_error()?.code());
        code.and_then(|code| code.parse::<u32>().ok())
            .is_some_and(|code| code & 0xff == 10)
    })
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
    /// The file, where it is one.
    path: Option<Arc<Path>>,
    postgres: bool,
    secret: [u8; 32],
    /// Names this process in leases.
    holder: String,
    /// Held for as long as the daemon lives.
    _lock: Arc<Option<File>>,
}
