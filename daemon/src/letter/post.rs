//! How letters leave: by SMTP, or into a directory.

mod directory;
mod smtp;
mod tls;

use tanggap_bridge::Outcome;

use super::SealedLetter;
use crate::config::PostSettings;
use crate::tls::TlsError;

pub use directory::Directory;
pub use smtp::Smtp;

/// What the other side calls the letter now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostId(pub String);

/// Why the post could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("sertifikat untuk server surat tidak dapat dimuat")]
    Certificates(#[source] std::io::Error),
    #[error("STARTTLS ke server surat tidak dapat disiapkan")]
    StartTls(#[source] lettre::transport::smtp::Error),
}

/// A way for letters out of the house.
#[derive(Clone)]
pub enum Post {
    Smtp(Smtp),
    Directory(Directory),
}

impl Post {
    /// Sets the post up; connects to nobody yet.
    pub fn open(settings: &PostSettings) -> Result<Self, PostError> {
        Ok(match settings {
            PostSettings::Directory { path } => Self::Directory(Directory::new(path.clone())),
            PostSettings::Smtp {
                server,
                user,
                password,
                connections,
            } => {
                let account = user.clone().zip(password.clone());
                Self::Smtp(Smtp::new(server, account, *connections)?)
            }
        })
    }

    /// Tries once to send a letter.
    pub async fn send(&self, letter: &SealedLetter) -> Outcome<PostId> {
        match self {
            Self::Smtp(smtp) => smtp.send(letter).await,
            Self::Directory(directory) => directory.send(letter).await,
        }
    }

    /// Whether a letter has left before; `None` where nobody can be asked (SMTP).
    pub async fn already_sent(&self, letter: &SealedLetter) -> Option<bool> {
        match self {
            Self::Smtp(_) => None,
            Self::Directory(directory) => Some(directory.holds(letter).await),
        }
    }
}
