//! One conversation with a server: a command is said, and its answer heard to the end.
//!
//! A tagged refusal, the end of the connection and silence are three different things here, and none of them is "no such mail".

use std::time::Duration;

use async_imap::Session;
use async_imap::imap_proto::{MailboxDatum, Outcome, RequestId, Response, ResponseCode, Status};
use tokio::time::{Instant, timeout, timeout_at};

use super::guard::Guard;
use crate::mailbox::MailboxError;

/// For the next response, however long the whole answer is.
const PIECE: Duration = Duration::from_mins(1);
/// For a whole answer: whoever sends a line now and then, or a byte a second, is not waited for without end (I21).
const WHOLE: Duration = Duration::from_mins(5);
/// A dead connection does not answer DONE.
const DONE: Duration = Duration::from_secs(10);
/// The goodbye takes no longer than this: a stop waits for it.
const PARTING: Duration = Duration::from_secs(3);
/// Responses to one command; whoever sends more, never ends.
const RESPONSES: usize = 1_000_000;
/// News in one rest that are no mail; whoever has more to say is not listened to while we rest (I11).
const NEWS: usize = 10_000;

/// A session in which commands are said one by one.
pub(super) struct Talk {
    session: Session<Guard>,
    /// The IDLE that is running.
    idling: Option<RequestId>,
    /// A command is half said or its answer half heard: whoever stopped in the middle leaves a session nobody can use.
    midway: bool,
    /// Mail arrived while something else was talked about.
    stirred: bool,
}

impl Talk {
    pub(super) fn new(session: Session<Guard>) -> Self {
        Self {
            session,
            idling: None,
            midway: false,
            stirred: false,
        }
    }

    pub(super) fn is_usable(&self) -> bool {
        !self.midway
    }

    /// What stirred before this is known: a folder was just opened anew.
    pub(super) fn calm(&mut self) {
        self.stirred = false;
    }

    /// Says a command; every untagged response goes to `hear`. A refusal is [`MailboxError::Declined`], and the session stands.
    pub(super) async fn say(
        &mut self,
        command: &str,
        hear: impl FnMut(&Response<'_>),
    ) -> Result<(), MailboxError> {
        self.end_idle().await?;
        self.midway = true;
        let tag = self.begin(command).await?;
        let ended = self.hear_out(&tag, PIECE, hear).await;
        self.midway = !matches!(ended, Ok(()) | Err(MailboxError::Declined(_)));
        ended
    }

    async fn begin(&mut self, command: &str) -> Result<RequestId, MailboxError> {
        timeout(PIECE, self.session.run_command(command))
            .await
            .map_err(|_| MailboxError::Silent(PIECE))?
            .map_err(|error| MailboxError::Protocol(error.to_string()))
    }

    async fn hear_out(
        &mut self,
        tag: &RequestId,
        piece: Duration,
        mut hear: impl FnMut(&Response<'_>),
    ) -> Result<(), MailboxError> {
        let end = Instant::now() + WHOLE;
        for _ in 0..RESPONSES {
            let until = end.min(Instant::now() + piece);
            let read = timeout_at(until, self.session.read_response()).await;
            let response = read
                .map_err(|_| MailboxError::Silent(piece))?
                .map_err(|error| MailboxError::Protocol(error.to_string()))?
                .ok_or_else(closed)?;
            match response.parsed() {
                Response::Done {
                    tag: this,
                    status,
                    outcome,
                } if this == tag => return ended(status, outcome),
                untagged => {
                    self.stirred |= is_arrival(untagged);
                    note(untagged)?;
                    hear(untagged);
                }
            }
        }
        Err(MailboxError::Protocol("an answer without end".to_owned()))
    }

    /// Rests in IDLE until mail may have come, at most so long. The IDLE goes on until the next command.
    pub(super) async fn idle(&mut self, at_most: Duration) -> Result<(), MailboxError> {
        let until = Instant::now() + at_most;
        if self.idling.is_none() && !self.stirred {
            self.begin_idle().await?;
        }
        for _ in 0..NEWS {
            if self.stirred {
                return Ok(());
            }
            let Ok(read) = timeout_at(until, self.session.read_response()).await else {
                return Ok(());
            };
            let response = read
                .map_err(|error| MailboxError::Protocol(error.to_string()))?
                .ok_or_else(closed)?;
            note(response.parsed())?;
            self.stirred |= is_arrival(response.parsed());
        }
        Err(MailboxError::Protocol(
            "news without end, and no mail among them".to_owned(),
        ))
    }

    /// News may come before the server says that it idles; they are not lost.
    async fn begin_idle(&mut self) -> Result<(), MailboxError> {
        self.midway = true;
        let tag = self.begin("IDLE").await?;
        loop {
            let read = timeout(DONE, self.session.read_response()).await;
            let response = read
                .map_err(|_| MailboxError::Silent(DONE))?
                .map_err(|error| MailboxError::Protocol(error.to_string()))?
                .ok_or_else(closed)?;
            match response.parsed() {
                Response::Continue { .. } => break,
                Response::Done { outcome, .. } => {
                    self.midway = false;
                    return Err(MailboxError::Declined(words(outcome)));
                }
                other => note(other)?,
            }
            self.stirred |= is_arrival(response.parsed());
        }
        (self.idling, self.midway) = (Some(tag), false);
        Ok(())
    }

    /// LOGOUT, and whatever the server says to that; a server that says nothing is not waited for.
    pub(super) async fn part(mut self) {
        let goodbye = async {
            self.end_idle().await?;
            self.begin("LOGOUT").await?;
            while let Ok(Some(response)) = self.session.read_response().await {
                if matches!(response.parsed(), Response::Done { .. }) {
                    break;
                }
            }
            Ok::<(), MailboxError>(())
        };
        // Whether it heard us or not, the connection ends here.
        let _ = timeout(PARTING, goodbye).await;
    }

    async fn end_idle(&mut self) -> Result<(), MailboxError> {
        let Some(tag) = self.idling.take() else {
            return Ok(());
        };
        self.midway = true;
        let said = timeout(DONE, self.session.run_command_untagged("DONE")).await;
        said.map_err(|_| MailboxError::Silent(DONE))?
            .map_err(|error| MailboxError::Protocol(error.to_string()))?;
        self.hear_out(&tag, DONE, |_| {}).await?;
        self.midway = false;
        Ok(())
    }
}

fn closed() -> MailboxError {
    MailboxError::Protocol("the server closed the connection".to_owned())
}

fn is_arrival(response: &Response<'_>) -> bool {
    matches!(response, Response::MailboxData(MailboxDatum::Exists(_)))
}

fn ended(status: &Status, outcome: &Outcome<'_>) -> Result<(), MailboxError> {
    match status {
        Status::Ok => Ok(()),
        _ => Err(MailboxError::Declined(words(outcome))),
    }
}

/// BYE ends a session (UIDVALIDITY changed, somebody kicked us, the server stops); an ALERT is for people (RFC 3501 section 7.1).
fn note(response: &Response<'_>) -> Result<(), MailboxError> {
    let Response::Data { status, outcome } = response else {
        return Ok(());
    };
    if outcome.code == Some(ResponseCode::Alert) {
        tracing::warn!(alert = %words(outcome), "the mail server has a word for people");
    }
    match status {
        Status::Bye => Err(MailboxError::Protocol(format!("BYE {}", words(outcome)))),
        _ => Ok(()),
    }
}

/// What the server said, code and text, cut to a length a log can bear.
pub(super) fn words(outcome: &Outcome<'_>) -> String {
    let code = match &outcome.code {
        Some(code) => format!("[{code:?}] "),
        None => String::new(),
    };
    let text = outcome.information.as_deref().unwrap_or_default();
    format!("{code}{text}").chars().take(300).collect()
}
