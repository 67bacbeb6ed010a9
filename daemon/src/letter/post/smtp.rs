//! Letters by SMTP (RFC 5321), over a few connections that stay open.
//!
//! lettre's own pool leaves Nagle's algorithm on and takes 44 ms a letter; so the connections are opened here, without it.
//! The commands are sent one by one, because what a failure means depends on how far the letter had got.

mod dial;
mod starttls;
mod verdict;

use std::iter;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::response::{Response, Severity};
use tanggap_bridge::Outcome;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::PostId;
use crate::letter::{SealedLetter, clean};
use crate::tongue::{say, word};

pub(super) use dial::Dialler;
use verdict::{Failure, Stage, Trouble};

/// Letters over one connection, at most: many servers end a longer one with a 421 in the middle.
const LETTERS: u32 = 100;
/// For the answer to RSET, by which a resting connection shows that it lives, and to QUIT.
const MANNERS: Duration = Duration::from_secs(5);
/// Of a server's words at most so many characters are kept.
const SAID: usize = 300;

/// A mail server that we hand letters to.
#[derive(Clone)]
pub struct Smtp {
    inside: Arc<Inside>,
}

struct Inside {
    dialler: Dialler,
    places: Semaphore,
    resting: Mutex<Vec<Line>>,
}

/// An open connection, and what it has carried.
struct Line {
    connection: AsyncSmtpConnection,
    letters: u32,
}

impl Smtp {
    pub(super) fn new(dialler: Dialler, connections: usize) -> Self {
        Self {
            inside: Arc::new(Inside {
                dialler,
                places: Semaphore::new(connections.max(1)),
                resting: Mutex::default(),
            }),
        }
    }

    pub(super) async fn send(&self, letter: &SealedLetter) -> Outcome<PostId> {
        let (from, to) = match addressed(letter) {
            Ok(envelope) => envelope,
            Err(why) => return Outcome::Never { why },
        };
        let Ok(_place) = self.inside.places.acquire().await else {
            let trouble = Trouble::Lost(
                word("program sedang berhenti", "the program is stopping").to_owned(),
            );
            return Failure::at(Stage::Connect, trouble).outcome();
        };
        let mut line = match self.line().await {
            Ok(line) => line,
            Err(failure) => return failure.outcome(),
        };
        line.letters += 1;
        let sent = self
            .converse(&mut line.connection, (from, to), &letter.text)
            .await;
        let usable = sent.as_ref().err().is_none_or(Failure::leaves_the_line);
        self.put_away(line, usable).await;
        sent.map_or_else(Failure::outcome, |said| Outcome::Done(PostId(said)))
    }

    /// A connection that rested and lives, or a new one. A letter is never the one to find out that a connection is dead.
    async fn line(&self) -> Result<Line, Failure> {
        while let Some(mut line) = self.rested() {
            let alive = timeout(MANNERS, line.connection.command(Rset)).await;
            if matches!(alive, Ok(Ok(_))) {
                return Ok(line);
            }
        }
        let connection = self.inside.dialler.dial().await?;
        Ok(Line {
            connection,
            letters: 0,
        })
    }

    fn rested(&self) -> Option<Line> {
        let mut resting = self
            .inside
            .resting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        resting.pop()
    }

    async fn put_away(&self, mut line: Line, usable: bool) {
        if !usable {
            return;
        }
        if line.letters >= LETTERS {
            let _ = timeout(MANNERS, line.connection.quit()).await;
            return;
        }
        let mut resting = self
            .inside
            .resting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        resting.push(line);
    }

    /// The conversation for one letter. Everything up to the final dot leaves the letter undelivered for certain.
    async fn converse(
        &self,
        connection: &mut AsyncSmtpConnection,
        (from, to): (Option<Address>, Address),
        text: &str,
    ) -> Result<String, Failure> {
        let patience = self.inside.dialler.patience().answer;
        let mail = timeout(patience, connection.command(Mail::new(from, Vec::new())));
        answered(Stage::Mail, mail.await)?;
        let rcpt = timeout(patience, connection.command(Rcpt::new(to, Vec::new())));
        answered(Stage::Rcpt, rcpt.await)?;
        let data = timeout(patience, connection.command(Data));
        answered(Stage::Data, data.await)?;
        self.hand_over(connection, text).await
    }

    async fn hand_over(
        &self,
        connection: &mut AsyncSmtpConnection,
        text: &str,
    ) -> Result<String, Failure> {
        // The last line's end is sent together with the dot.
        let text = text.strip_suffix("\r\n").unwrap_or(text).as_bytes();
        // Asked for more than the text, it has been written whole, and the dot is next: from here on nobody can be certain.
        let whole = AtomicBool::new(false);
        let end = iter::from_fn(|| {
            whole.store(true, Ordering::Relaxed);
            None
        });
        let parts = iter::once(text).chain(end);
        let patience = self.inside.dialler.patience().last_answer;
        let answer = timeout(patience, connection.message_iter(parts)).await;
        let stage = if whole.load(Ordering::Relaxed) {
            Stage::Dot
        } else {
            Stage::Text
        };
        let response = answered(stage, answer)?;
        let said: Vec<&str> = response.message().collect();
        Ok(clean::one_line(&said.join(" "), SAID))
    }
}

/// Sender and recipient, both one plain address; and a text that nobody can end early (S6, S10).
fn addressed(letter: &SealedLetter) -> Result<(Option<Address>, Address), String> {
    let plain = |address: &str| {
        let ascii = address.is_ascii() && !address.contains(|c: char| c.is_control() || c == ' ');
        address.parse::<Address>().ok().filter(|_| ascii)
    };
    let to = plain(&letter.to).ok_or(word(
        "alamat penerima tidak sah",
        "the recipient's address is not valid",
    ))?;
    let from = match &letter.from {
        Some(from) => Some(plain(from).ok_or(word(
            "alamat pengirim sampul tidak sah",
            "the envelope sender's address is not valid",
        ))?),
        None => None,
    };
    let bare = letter.text.replace("\r\n", "").contains(['\r', '\n', '\0']);
    if bare || !letter.text.is_ascii() {
        return Err(word(
            "isi surat bukan baris-baris ASCII yang diakhiri CRLF",
            "the letter is not lines of ASCII that end in CRLF",
        )
        .to_owned());
    }
    Ok((from, to))
}

/// An answer of the class that this stage waits for (RFC 5321 section 4.3.2), or what went wrong.
fn answered(
    stage: Stage,
    answer: Result<Result<Response, Error>, tokio::time::error::Elapsed>,
) -> Result<Response, Failure> {
    let wanted = match stage {
        Stage::Data => Severity::PositiveIntermediate,
        _ => Severity::PositiveCompletion,
    };
    match answer {
        Ok(Ok(response)) if response.code().severity == wanted => Ok(response),
        Ok(Ok(response)) => {
            let strange = say!(
                "jawaban yang tidak dimengerti ({})",
                "an answer that was not understood ({})",
                response.code()
            );
            Err(Failure::at(stage, Trouble::Lost(strange)))
        }
        Ok(Err(error)) => Err(Failure::at(stage, Trouble::from(&error))),
        Err(_) => Err(Failure::at(stage, Trouble::Silent)),
    }
}
