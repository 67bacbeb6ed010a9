//! Where mail comes from: an IMAP server or a Maildir, one folder each.
//!
//! A mailbox says what it holds ([`Mailbox::look`]) and hands it out ([`Mailbox::take`]). What is new is not its business:
//! that is the difference with our own record, never `\Seen`, never a position.

mod imap;
mod maildir;
mod utf7;

use std::time::Duration;

use crate::clock::Clock;
use crate::config::{After, MailboxSettings, Source};
use crate::store::{RawMail, StoreError};
use crate::tls::TlsError;
use crate::tongue::say;

pub use imap::Imap;
pub use maildir::Maildir;

/// Where a mail stood when we saw it: our identity for "new".
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Place {
    pub account: String,
    pub folder: String,
    /// IMAP UIDVALIDITY; 0 for a Maildir.
    pub uidvalidity: i64,
    /// IMAP UID; for a Maildir 63 bits of the SHA-256 of the file's unique name.
    pub uid: i64,
}

/// Mails handed out at once, at most.
const BATCH: usize = 200;
/// Bytes of mail handed out at once, about; a larger mail comes alone.
const BATCH_BYTES: u64 = 4 << 20;
/// A mail over this size is never in memory as a whole.
const LARGE: u64 = 2 << 20;

/// Why a mailbox could not be read.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    #[error("{}", say!("server {place} tidak dapat dihubungi", "the server {place} cannot be reached"))]
    Unreachable {
        place: String,
        #[source]
        source: std::io::Error,
    },
    #[error("{}", say!("server tidak menjawab dalam {} detik", "the server did not answer within {} s", .0.as_secs()))]
    Silent(Duration),
    #[error("{}", say!("server menolak nama atau kata sandi: {0}. Periksa user dan password di [[mailbox]]", "the server refuses name or password: {0}. Check user and password in [[mailbox]]", _0))]
    Refused(String),
    #[error("{}", say!("server tidak mau melayani: {0}", "the server will not serve us: {0}", _0))]
    Protocol(String),
    /// A command was refused; the session stands.
    #[error("{}", say!("server menolak perintah: {0}", "the server refuses a command: {0}", _0))]
    Declined(String),
    #[error("{}", say!("folder {folder} tidak dapat dibuka: {why}. Periksa folders di [[mailbox]]", "the folder {folder} cannot be opened: {why}. Check folders in [[mailbox]]"))]
    Folder { folder: String, why: String },
    #[error("{}", say!("folder {0} tidak memberi UIDVALIDITY; surel di dalamnya tidak dapat dikenali kembali", "the folder {0} has no UIDVALIDITY; mail in it could not be recognised again", _0))]
    NoIdentity(String),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("{}", say!("Maildir {path} tidak dapat dibaca", "the Maildir {path} cannot be read"))]
    Files {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a folder holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub uidvalidity: i64,
    /// The oldest first.
    pub uids: Vec<i64>,
}

/// A mail that was handed out.
#[derive(Debug, Clone)]
pub struct Taken {
    pub uid: i64,
    pub raw: RawMail,
    /// When the server says it arrived.
    pub internal_ms: Option<i64>,
}

/// What one `take` brought.
#[derive(Debug, Default)]
pub struct Batch {
    pub mails: Vec<Taken>,
    /// Listed a moment ago and gone now: somebody removed them (I3). Not mail, and not an error.
    pub vanished: Vec<i64>,
    /// The connection broke before everything asked for had come; what came whole is in `mails`.
    pub broken: Option<MailboxError>,
}

impl Batch {
    /// How many of the UIDs asked for are dealt with.
    pub fn dealt_with(&self) -> usize {
        self.mails.len() + self.vanished.len()
    }
}

/// One folder of one account.
pub enum Mailbox {
    Imap(Box<Imap>),
    Maildir(Maildir),
}

impl Mailbox {
    /// Sets it up; connects to nobody yet.
    pub fn new(settings: &MailboxSettings, folder: &str, clock: &Clock) -> Self {
        match &settings.source {
            Source::Imap {
                server,
                user,
                password,
                ..
            } => {
                let imap = Imap::new(server, (user, password), folder, clock);
                Self::Imap(Box::new(match settings.after {
                    After::Keep => imap.read_only(),
                    After::Mark | After::Move { .. } => imap,
                }))
            }
            Source::Maildir { path, .. } => Self::Maildir(Maildir::new(path, folder)),
        }
    }

    /// Everything the folder holds; `None` while it cannot have changed since the last [`Self::all_taken`].
    pub async fn look(&mut self) -> Result<Option<Look>, MailboxError> {
        match self {
            Self::Imap(imap) => imap.look().await,
            Self::Maildir(maildir) => maildir.look().await,
        }
    }

    /// Everything the last look showed is in the journal: until something changes there is nothing to look for.
    pub fn all_taken(&mut self) {
        match self {
            Self::Imap(imap) => imap.all_taken(),
            Self::Maildir(maildir) => maildir.all_taken(),
        }
    }

    /// Hands out the first of these mails, as many as fit into one batch and at most `limit`.
    pub async fn take(&mut self, uids: &[i64], limit: usize) -> Result<Batch, MailboxError> {
        match self {
            Self::Imap(imap) => imap.take(uids, limit).await,
            Self::Maildir(maildir) => maildir.take(uids, limit).await,
        }
    }

    /// Marks or moves mails that are durable here. Returns those the server has settled; the others are tried again later.
    pub async fn settle(&mut self, after: &After, uids: &[i64]) -> Result<Vec<i64>, MailboxError> {
        match self {
            Self::Imap(imap) => imap.settle(after, uids).await,
            Self::Maildir(maildir) => maildir.settle(after, uids).await,
        }
    }

    /// Rests until mail may have come, at most so long.
    pub async fn wait(&mut self, at_most: Duration) {
        match self {
            Self::Imap(imap) => imap.wait(at_most).await,
            Self::Maildir(maildir) => maildir.wait(at_most).await,
        }
    }

    /// Takes leave of the server, for good.
    pub async fn leave(&mut self) {
        if let Self::Imap(imap) = self {
            imap.leave().await;
        }
    }

    /// Drops the connection; the next look makes a new one.
    pub fn disconnect(&mut self) {
        if let Self::Imap(imap) = self {
            imap.disconnect();
        }
    }
}
