//! The fetch tick: makes durable what is new in one folder of one mailbox, oldest first, and only then marks it there.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

use crate::clock::Clock;
use crate::config::{After, MailboxSettings, Source};
use crate::failpoint;
use crate::mailbox::Place;
use crate::pace::{Progress, Tick};
use crate::store::{Arrival, RawMail, Store, StoreError};

/// Mails in one transaction, at most.
const BATCH: usize = 100;
/// Mails marked in one go, at most.
const SETTLE: i64 = 1000;

/// Fetches one folder of one mailbox.
pub struct Fetch {
    store: Store,
    clock: Clock,
    settings: MailboxSettings,
    folder: String,
}

/// Why a folder could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("reading {} failed", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("marking {} failed", path.display())]
    Settle { path: PathBuf, source: io::Error },
    #[error("mailbox {0} is not a Maildir")]
    NotMaildir(String),
}

/// A file of the Maildir.
struct Found {
    uid: i64,
    modified_ms: i64,
    path: PathBuf,
}

impl Tick for Fetch {
    type Error = FetchError;

    /// One look: everything new made durable, then everything durable marked.
    async fn tick(&mut self) -> Result<Progress, FetchError> {
        let found = list(&self.root()?)?;
        let known = self
            .store
            .known_uids(&self.settings.name, &self.folder, 0)
            .await?;
        let new: Vec<&Found> = found
            .iter()
            .filter(|mail| !known.contains(&mail.uid))
            .collect();
        for batch in new.chunks(BATCH) {
            let arrivals: Result<Vec<Arrival>, FetchError> =
                batch.iter().map(|mail| self.arrival(mail)).collect();
            failpoint::pass("fetch.before_keep");
            self.store.keep(arrivals?).await?;
            failpoint::pass("fetch.after_keep");
        }
        self.settle(&found).await?;
        Ok(Progress {
            done: new.len() as u64,
            more: false,
        })
    }
}

impl Fetch {
    /// Sets the fetch up; looks at nothing yet.
    pub fn new(store: Store, clock: Clock, settings: MailboxSettings, folder: &str) -> Self {
        let folder = folder.to_owned();
        Self {
            store,
            clock,
            settings,
            folder,
        }
    }

    fn root(&self) -> Result<PathBuf, FetchError> {
        match &self.settings.source {
            Source::Maildir { path, .. } => Ok(folder_path(path, &self.folder)),
            Source::Imap { .. } => Err(FetchError::NotMaildir(self.settings.name.clone())),
        }
    }

    fn arrival(&self, mail: &Found) -> Result<Arrival, FetchError> {
        let raw = std::fs::read(&mail.path).map_err(|source| FetchError::Read {
            path: mail.path.clone(),
            source,
        })?;
        let place = Place {
            account: self.settings.name.clone(),
            folder: self.folder.clone(),
            uidvalidity: 0,
            uid: mail.uid,
        };
        let seen = self.clock.now();
        Ok(Arrival {
            place,
            raw: RawMail::Whole(raw),
            internal_ms: Some(mail.modified_ms),
            seen,
        })
    }

    async fn settle(&self, found: &[Found]) -> Result<(), FetchError> {
        if self.settings.after == After::Keep {
            return Ok(());
        }
        let waiting = self
            .store
            .unsettled(&self.settings.name, &self.folder, 0, SETTLE)
            .await?;
        if waiting.is_empty() {
            return Ok(());
        }
        failpoint::pass("fetch.before_settle");
        let by_uid: HashMap<i64, &Path> = found
            .iter()
            .map(|mail| (mail.uid, mail.path.as_path()))
            .collect();
        for path in waiting.iter().filter_map(|uid| by_uid.get(uid)) {
            self.mark(path).map_err(|source| FetchError::Settle {
                path: path.to_path_buf(),
                source,
            })?;
        }
        failpoint::pass("fetch.after_settle");
        self.store
            .settled(&self.settings.name, &self.folder, 0, &waiting)
            .await?;
        Ok(())
    }

    /// A mail that is seen stands in `cur` with the flag `S`.
    fn mark(&self, path: &Path) -> io::Result<()> {
        let Source::Maildir { path: root, .. } = &self.settings.source else {
            return Ok(());
        };
        let target = match &self.settings.after {
            After::Move { folder } => folder_path(root, folder),
            After::Keep | After::Mark => folder_path(root, &self.folder),
        };
        std::fs::create_dir_all(target.join("cur"))?;
        std::fs::rename(
            path,
            target
                .join("cur")
                .join(format!("{}:2,S", unique_name(path))),
        )
    }
}

/// Maildir++: a folder is a directory whose name begins with a dot.
fn folder_path(root: &Path, folder: &str) -> PathBuf {
    if folder == "INBOX" {
        root.to_owned()
    } else {
        root.join(format!(".{folder}"))
    }
}

fn list(root: &Path) -> Result<Vec<Found>, FetchError> {
    let mut found = Vec::new();
    for part in ["new", "cur"] {
        let folder = root.join(part);
        let failed = |source| FetchError::Read {
            path: folder.clone(),
            source,
        };
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let modified = entry
                .metadata()
                .and_then(|facts| facts.modified())
                .map_err(failed)?;
            let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
            let modified_ms = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
            found.push(Found {
                uid: uid(&entry.path()),
                modified_ms,
                path: entry.path(),
            });
        }
    }
    found.sort_by(|a, b| (a.modified_ms, &a.path).cmp(&(b.modified_ms, &b.path)));
    Ok(found)
}

/// The file's unique name, without the flags that change.
fn unique_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split(":2,").next().unwrap_or_default().to_owned()
}

/// 63 bits of the unique name's SHA-256.
fn uid(path: &Path) -> i64 {
    let digest: [u8; 32] = Sha256::digest(unique_name(path)).into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    i64::from_be_bytes([a, b, c, d, e, f, g, h]) & i64::MAX
}
