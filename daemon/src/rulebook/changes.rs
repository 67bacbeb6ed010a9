//! Notices that a rule file or a list of the site was changed, added or taken away.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::Rulebook;
use crate::config::Lists;
use crate::lifecycle::Reload;
use crate::pace::{Progress, Tick};

/// What files look like from outside, one by one: name, inode, length, and when it was written (seconds, nanoseconds).
pub(super) type Looks = Vec<(PathBuf, u64, u64, (i64, i64))>;

/// Looks at the folder of the site's own rules, and at its lists. A change counts once it has stood from one look to the next: an editor, or a
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
        let rulebook = self.rulebook.clone();
        let look = move || looks(rulebook.folder.as_deref(), &rulebook.lists);
        let now = tokio::task::spawn_blocking(look)
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

    /// Where neither folder nor list is named there is nothing to look at, ever.
    async fn rest(&mut self, at_most: Duration) {
        let listed = self.rulebook.lists.files().next().is_some();
        if listed || self.rulebook.folder.is_some() {
            sleep(at_most).await;
        } else {
            std::future::pending::<()>().await;
        }
    }
}

/// What cannot be read looks as if it were not there: reading it then says why.
pub(super) fn looks(folder: Option<&Path>, lists: &Lists) -> Looks {
    let files = folder.map(std::fs::read_dir).into_iter().flatten();
    let rules = files.flatten().flatten().map(|file| file.path());
    let lists = lists.files().map(Path::to_owned);
    let mut looks: Looks = rules.chain(lists).filter_map(look).collect();
    looks.sort();
    looks
}

fn look(path: PathBuf) -> Option<(PathBuf, u64, u64, (i64, i64))> {
    let about = std::fs::metadata(&path).ok()?;
    let written = (about.mtime(), about.mtime_nsec());
    Some((path, about.ino(), about.len(), written))
}
