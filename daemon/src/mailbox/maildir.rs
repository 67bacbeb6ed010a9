//! A Maildir, as an MTA on this machine fills it.
//!
//! A file's unique name (up to `:2,`) is its identity: it stays when the file goes from `new` to `cur` or changes flags.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep};

use super::{BATCH, BATCH_BYTES, Batch, LARGE, Look, MailboxError, Taken};
use crate::config::After;
use crate::store::{Packed, RawMail};

/// How often a waiting Maildir is glanced at: two `stat` calls.
const GLANCE: Duration = Duration::from_millis(250);
/// A directory's time says nothing about changes within its clock's grain; after this long it does.
const GRAIN: Duration = Duration::from_secs(2);
/// A full look at least this often, whatever the directory's time says.
const FULL_LOOK: Duration = Duration::from_hours(1);

/// One folder of a Maildir.
pub struct Maildir {
    folder: PathBuf,
    root: PathBuf,
    /// Where the last look found each mail.
    paths: BTreeMap<i64, PathBuf>,
    looked: Option<(Stamp, Instant)>,
    taken: Option<(Stamp, Instant)>,
}

/// When `new` and `cur` last changed.
type Stamp = [(i64, i64); 2];

impl Maildir {
    pub(super) fn new(root: &Path, folder: &str) -> Self {
        let place = subfolder(root, folder);
        Self {
            folder: place,
            root: root.to_owned(),
            paths: BTreeMap::new(),
            looked: None,
            taken: None,
        }
    }

    pub(super) async fn look(&mut self) -> Result<Option<Look>, MailboxError> {
        let stamp = stamp(&self.folder).map_err(|source| self.failed(source))?;
        if let Some((known, since)) = self.taken
            && known == stamp
            && since.elapsed() < FULL_LOOK
        {
            return Ok(None);
        }
        self.looked = Some((stamp, Instant::now()));
        let folder = self.folder.clone();
        let listed = spawn_blocking(move || list(&folder))
            .await
            .map_err(io::Error::other)
            .and_then(|listed| listed);
        self.paths = listed.map_err(|source| self.failed(source))?;
        Ok(Some(Look {
            uidvalidity: 0,
            uids: oldest_first(&self.paths),
        }))
    }

    /// Only a stamp that has had time to settle proves that nothing came after the look.
    pub(super) fn all_taken(&mut self) {
        self.taken = self.looked.filter(|(stamp, since)| {
            let newest = stamp
                .iter()
                .map(|(seconds, _)| *seconds)
                .max()
                .unwrap_or_default();
            since.elapsed() > GRAIN || is_old(&self.folder, newest)
        });
    }

    pub(super) async fn take(&mut self, uids: &[i64], limit: usize) -> Result<Batch, MailboxError> {
        let wanted: Vec<(i64, PathBuf)> = uids
            .iter()
            .take(limit.clamp(1, BATCH))
            .map(|uid| (*uid, self.paths.get(uid).cloned().unwrap_or_default()))
            .collect();
        let folder = self.folder.clone();
        let read = spawn_blocking(move || read_all(&folder, wanted)).await;
        read.map_err(|error| self.failed(io::Error::other(error)))
    }

    pub(super) async fn settle(
        &mut self,
        after: &After,
        uids: &[i64],
    ) -> Result<Vec<i64>, MailboxError> {
        let target = match after {
            After::Keep => return Ok(uids.to_vec()),
            After::Mark => self.folder.clone(),
            After::Move { folder } => subfolder(&self.root, folder),
        };
        let (folder, uids) = (self.folder.clone(), uids.to_vec());
        let settled = spawn_blocking(move || settle_all(&folder, &target, &uids)).await;
        // A courtesy, like the flags of an IMAP server: a folder we may not write to stops nothing (I13).
        let settled = settled
            .map_err(io::Error::other)
            .and_then(|settled| settled);
        Ok(settled.unwrap_or_else(|error| {
            tracing::error!(path = %self.folder.display(), %error, "mail cannot be marked or moved; it is safe in the journal, and left as it is");
            Vec::new()
        }))
    }

    pub(super) async fn wait(&mut self, at_most: Duration) {
        let until = Instant::now() + at_most;
        let before = stamp(&self.folder).ok();
        while Instant::now() < until {
            sleep(GLANCE.min(at_most)).await;
            let settled = self.taken.is_some();
            if stamp(&self.folder).ok() != before || !settled {
                return;
            }
        }
    }

    fn failed(&self, source: io::Error) -> MailboxError {
        MailboxError::Files {
            path: self.folder.display().to_string(),
            source,
        }
    }
}

/// Maildir++: the inbox is the root, every other folder a dotted directory in it.
fn subfolder(root: &Path, folder: &str) -> PathBuf {
    if folder.eq_ignore_ascii_case("INBOX") {
        root.to_owned()
    } else {
        root.join(format!(".{folder}"))
    }
}

fn stamp(folder: &Path) -> io::Result<Stamp> {
    let time = |name: &str| {
        fs::metadata(folder.join(name)).map(|data: Metadata| (data.mtime(), data.mtime_nsec()))
    };
    Ok([time("new")?, time("cur")?])
}

/// Whether this moment lies in the past by the file system's own clock, which may not be ours: a fresh file tells its time.
fn is_old(folder: &Path, seconds: i64) -> bool {
    let probe = folder.join("tmp").join(".tanggap-clock");
    let now = File::create(&probe)
        .and_then(|file| file.metadata())
        .map(|data| data.mtime());
    let _ = fs::remove_file(&probe);
    now.is_ok_and(|now| now > seconds + 1)
}

/// By the time of delivery, which begins every unique name (`1700000000.M123P4.host`): no file need be touched for it.
fn oldest_first(paths: &BTreeMap<i64, PathBuf>) -> Vec<i64> {
    let mut mails: Vec<((u64, u64, &str), i64)> = paths
        .iter()
        .map(|(uid, path)| {
            let name = path.file_name().and_then(|name| name.to_str());
            (delivered(name.unwrap_or_default()), *uid)
        })
        .collect();
    mails.sort_unstable();
    mails.into_iter().map(|(_, uid)| uid).collect()
}

/// Seconds, microseconds, and the name itself for whatever carries neither.
fn delivered(name: &str) -> (u64, u64, &str) {
    let mut parts = name.split('.');
    let seconds = parts.next().and_then(|part| part.parse().ok());
    let micros = parts.next().and_then(|part| part.strip_prefix('M'));
    let digits = micros.and_then(|part| part.split(|c: char| !c.is_ascii_digit()).next());
    let micros = digits.and_then(|digits| digits.parse().ok());
    (seconds.unwrap_or(0), micros.unwrap_or(0), name)
}

/// Every mail of the folder. Nothing is followed, nothing but plain files counts.
fn list(folder: &Path) -> io::Result<BTreeMap<i64, PathBuf>> {
    let mut mails = BTreeMap::new();
    for place in ["new", "cur"] {
        for file in fs::read_dir(folder.join(place))? {
            let file = file?;
            let name = file.file_name();
            let name = name.to_string_lossy();
            if !name.starts_with('.') && file.file_type()?.is_file() {
                mails.insert(identity(&name), file.path());
            }
        }
    }
    Ok(mails)
}

/// 63 bits of the SHA-256 of the unique name.
fn identity(name: &str) -> i64 {
    let digest = Sha256::digest(unique(name).as_bytes());
    digest
        .iter()
        .take(8)
        .fold(0_i64, |number, byte| number << 8 | i64::from(*byte))
        & i64::MAX
}

fn unique(name: &str) -> &str {
    name.split_once(":2,").map_or(name, |(unique, _)| unique)
}

fn read_all(folder: &Path, wanted: Vec<(i64, PathBuf)>) -> Batch {
    let mut batch = Batch::default();
    let mut bytes = 0;
    for (uid, path) in wanted {
        match read(folder, uid, &path) {
            Ok((raw, size, internal_ms)) => {
                bytes += size;
                batch.mails.push(Taken {
                    uid,
                    raw,
                    internal_ms: Some(internal_ms),
                });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => batch.vanished.push(uid),
            Err(source) => {
                batch.broken = Some(MailboxError::Files {
                    path: path.display().to_string(),
                    source,
                });
                return batch;
            }
        }
        if bytes >= BATCH_BYTES {
            break;
        }
    }
    batch
}

/// A mail program may have moved the file since the look; then it is found again by its identity.
fn read(folder: &Path, uid: i64, path: &Path) -> io::Result<(RawMail, u64, i64)> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let moved = list(folder)?.remove(&uid).ok_or(error)?;
            File::open(moved)?
        }
        other => other?,
    };
    let data = file.metadata()?;
    let internal_ms = data.mtime().saturating_mul(1000);
    let raw = if data.len() > LARGE {
        packed(file)?
    } else {
        RawMail::Whole(whole(file)?)
    };
    Ok((raw, data.len(), internal_ms))
}

fn whole(file: File) -> io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    file.take(LARGE + 1).read_to_end(&mut raw)?;
    Ok(raw)
}

fn packed(mut file: File) -> io::Result<RawMail> {
    let mut packer = Packed::builder();
    let mut chunk = vec![0; 256 << 10];
    loop {
        let count = file.read(&mut chunk)?;
        if count == 0 {
            return packer
                .finish()
                .map(RawMail::Parts)
                .map_err(io::Error::other);
        }
        packer
            .push(chunk.get(..count).unwrap_or_default())
            .map_err(io::Error::other)?;
    }
}

/// Renames each mail to its marked or moved place; one that is gone has nothing left to settle.
fn settle_all(folder: &Path, target: &Path, uids: &[i64]) -> io::Result<Vec<i64>> {
    for place in ["new", "cur", "tmp"] {
        fs::create_dir_all(target.join(place))?;
    }
    let paths = list(folder)?;
    for uid in uids {
        let Some(path) = paths.get(uid) else { continue };
        match fs::rename(path, target.join("cur").join(seen(path))) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(uids.to_vec())
}

/// The file's name with the flag `S`, in alphabetical order among the others as the Maildir rules want it.
fn seen(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let flags = name.split_once(":2,").map_or("", |(_, flags)| flags);
    let mut flags: Vec<char> = flags.chars().chain(['S']).collect();
    flags.sort_unstable();
    flags.dedup();
    format!(
        "{}:2,{}",
        unique(&name),
        flags.into_iter().collect::<String>()
    )
}
