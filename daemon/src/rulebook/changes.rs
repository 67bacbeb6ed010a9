//! Notices that a rule file was changed, added or taken away.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::Rulebook;
use crate::lifecycle::Reload;
use crate::pace::{Progress, Tick};

/// What a folder looks like from outside, file by file: name, inode, length, and when it was written (seconds, nanoseconds).
pub(super) type Looks = Vec<(PathBuf, u64, u64, (i64, i64))>;

/// Looks at the folder of the site's own rules. A change counts once it has stood from one look to the next: an editor, or a
/// copy of several files, is let finish.
pub struct Changes {
    rulebook: Arc<Rulebook>,
    /// As it was when the rules were last read.
    read: Looks,
    /// As it was at the last look.
    last: Looks,
}

impl Changes {
    pub fn new(rulebook: Arc<Rulebook>) -> Self {
        Self {
            read: rulebook.at_start.clone(),
            last: rulebook.at_start.clone(),
            rulebook,
        }
    }
}

impl Tick for Changes {
    type Error = std::io::Error;

    async fn tick(&mut self) -> Result<Progress, std::io::Error> {
        let Some(folder) = self.rulebook.folder.clone() else {
            return Ok(Progress::default());
        };
        let now = tokio::task::spawn_blocking(move || looks(&folder))
            .await
            .map_err(std::io::Error::other)?;
        let settled = now == self.last;
        self.last = now;
        if settled && self.last != self.read {
            self.read.clone_from(&self.last);
            self.rulebook.reload().await;
        }
        Ok(Progress::default())
    }

    /// Without a folder there is nothing to look at, ever.
    async fn rest(&mut self, at_most: Duration) {
        match self.rulebook.folder {
            Some(_) => sleep(at_most).await,
            None => std::future::pending().await,
        }
    }
}

/// A folder that cannot be read looks empty: reading the rules then says why.
pub(super) fn looks(folder: &Path) -> Looks {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut looks: Looks = files
        .filter_map(|file| {
            let about = file.metadata().ok()?;
            let written = (about.mtime(), about.mtime_nsec());
            Some((file.path(), about.ino(), about.len(), written))
        })
        .collect();
    looks.sort();
    looks
}
