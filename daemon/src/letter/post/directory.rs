//! Letters as `.eml` files in a directory. The file's name is the letter's Message-ID, so the same letter twice is one file.

use std::io;
use std::path::{Path, PathBuf};

use tanggap_bridge::{Outcome, Scope};
use tokio::fs;
use tokio::io::AsyncWriteExt;

use super::PostId;
use crate::letter::SealedLetter;
use crate::tongue::say;

/// A directory that letters are put into.
#[derive(Clone)]
pub struct Directory {
    path: PathBuf,
}

impl Directory {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(super) async fn send(&self, letter: &SealedLetter) -> Outcome<PostId> {
        let name = file_name(letter);
        let put = match self.found(&name).await {
            Ok(None) => self.write(&name, letter.text.as_bytes()).await,
            // It may be there and not yet durable: whoever put it there may have been killed before the last step.
            Ok(Some(bytes)) if bytes == letter.text.as_bytes() => sync_directory(&self.path).await,
            Ok(Some(_)) => {
                return Outcome::Never {
                    why: say!(
                        "surat lain sudah ada di {}/{name}",
                        "another letter is there already: {}/{name}",
                        self.path.display()
                    ),
                };
            }
            Err(error) => Err(error),
        };
        match put {
            Ok(()) => Outcome::Done(PostId(name)),
            Err(error) => Outcome::Later {
                why: say!(
                    "surat tidak dapat ditulis ke {}: {error}",
                    "the letter cannot be written to {}: {error}",
                    self.path.display()
                ),
                after: None,
                scope: Scope::Channel,
            },
        }
    }

    /// Whether this very letter is here; `None` where the directory cannot be read.
    pub(super) async fn holds(&self, letter: &SealedLetter) -> Option<bool> {
        let found = self.found(&file_name(letter)).await.ok()?;
        Some(found.is_some_and(|bytes| bytes == letter.text.as_bytes()))
    }

    async fn found(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.path.join(name)).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
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
