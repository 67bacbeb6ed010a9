//! How letters leave: by SMTP, or into a directory.

mod directory;
mod smtp;
mod tls;

use std::time::Duration;

use tanggap_bridge::Outcome;

use super::SealedLetter;
use crate::config::PostSettings;
use crate::tls::TlsError;

pub use directory::Directory;
pub use smtp::Smtp;

/// What the other side calls the letter now: the mail server's own words, or the file's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostId(pub String);

/// Why the post could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// How long a mail server is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// To connect, greet, and log in.
    pub connect: Duration,
    /// For any answer before the letter's last byte.
    pub answer: Duration,
    /// For the answer to the final dot: given up too early, a letter that arrived would be in doubt.
    pub last_answer: Duration,
}

impl Default for Patience {
    /// RFC 5321 section 4.5.3.2: five minutes for a command, ten for the final dot. A connection is given up sooner, since
    /// nothing is lost by it.
    fn default() -> Self {
        Self {
            connect: Duration::from_mins(1),
            answer: Duration::from_mins(5),
            last_answer: Duration::from_mins(10),
        }
    }
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
        Self::open_with(settings, Patience::default())
    }

    /// Sets the post up with another patience than RFC 5321's.
    pub fn open_with(settings: &PostSettings, patience: Patience) -> Result<Self, PostError> {
        Ok(match settings {
            PostSettings::Directory { path } => Self::Directory(Directory::new(path.clone())),
            PostSettings::Smtp {
                server,
                user,
                password,
                connections,
            } => {
                let account = user.clone().zip(password.clone());
                let dialler = smtp::Dialler::new(server, account, patience)?;
                Self::Smtp(Smtp::new(dialler, *connections))
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
            Self::Directory(directory) => directory.holds(letter).await,
        }
    }
}
