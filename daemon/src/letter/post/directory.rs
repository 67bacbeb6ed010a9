//! Letters as `.eml` files in a directory. The file's name is the letter's Message-ID, so the same letter twice is one file.

use std::io;
use std::path::{Path, PathBuf};

use tanggap_bridge::{Outcome, Scope};
use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::PostId;
use crate::letter::SealedLetter;

/// A directory that letters are put into.
#[derive(Clone)]
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) async fn send(&self, letter: &SealedLetter) -> Outcome<PostId> {
        let name = file_name(letter);
        match self.write(&name, letter.text.as_bytes()).await {
            Ok(()) => Outcome::Done(PostId(name)),
            Err(error) => Outcome::Later {
                why: format!(
                    "surat tidak dapat ditulis ke {}: {error}",
                    self.path.display()
                ),
                after: None,
                scope: Scope::Channel,
            },
        }
    }

    pub(super) async fn holds(&self, letter: &SealedLetter) -> bool {
        fs::try_exists(self.path.join(file_name(letter)))
            .await
            .unwrap_or(false)
    }

    /// tmp, fsync, rename, fsync of the directory: a letter is there whole or not at all, also after a power cut.
    async fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.path).await?;
        let tmp = self.path.join(format!(".{name}.tmp"));
        let mut file = fs::File::create(&tmp).await?;
        file.write_all(bytes).await?;
        file.sync_all().await?;
        fs::rename(&tmp, self.path.join(name)).await?;
        sync_directory(&self.path).await
    }
}

async fn sync_directory(path: &Path) -> io::Result<()> {
    fs::File::open(path).await?.sync_all().await
}

/// Our own Message-IDs are plain; whatever is not is replaced, so that no name can leave the directory.
fn file_name(letter: &SealedLetter) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '@') {
            c
        } else {
            '_'
        }
    };
    let name: String = letter.message_id.chars().map(plain).collect();
    format!("{}.eml", name.trim_start_matches('.'))
}
