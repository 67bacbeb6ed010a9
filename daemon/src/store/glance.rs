//! A glance at the database's files instead of into them: whether anybody wrote since. It costs two `stat` calls, no statement.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::Store;

/// Size, and seconds and nanoseconds of the last change.
type Look = (u64, i64, i64);

/// What a database's files looked like: the file itself, and its log, where every commit goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glance([Option<Look>; 2]);

impl Store {
    /// What the files look like now. Two glances that differ say that somebody wrote, in this process or another; equal ones say
    /// so only within the grain of the file system's clock. `None` where the database is not a file here (PostgreSQL).
    pub fn glance(&self) -> Option<Glance> {
        let path = self.path.as_deref()?;
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Some(Glance([look(path), look(Path::new(&log))]))
    }
}

fn look(path: &Path) -> Option<Look> {
    let data = fs::metadata(path).ok()?;
    Some((data.len(), data.mtime(), data.mtime_nsec()))
}
