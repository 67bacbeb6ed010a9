//! One folder of an IMAP account (RFC 3501), over one connection.
//!
//! Every state is asked for anew: untagged news between commands is no source of truth, only a reason to look.

mod answer;
mod connect;
mod guard;
mod settle;
mod take;
mod talk;
mod words;

use std::collections::HashMap;
use std::time::Duration;

use async_imap::imap_proto::{MailboxDatum, Response, ResponseCode};
use tokio::time::{Instant, sleep};

use super::{Look, MailboxError, utf7};
use crate::clock::Clock;
use crate::config::{Secret, Server};

use take::Size;
use talk::Talk;
use words::quoted;

/// A full look at least this often, whatever the server's counters say (I18).
const FULL_LOOK: Duration = Duration::from_hours(1);
/// After so many refusals of our password nobody knocks for a while, lest the account be locked (I16).
const REFUSALS: u32 = 3;
const REFUSED_WAIT: Duration = Duration::from_mins(12);
/// After a connection that ended while we rested nobody knocks for a moment, and longer each time in a row.
const LOST_WAIT: Duration = Duration::from_millis(200);
const DOUBLINGS: u32 = 9;

/// One folder of an account.
pub struct Imap {
    clock: Clock,
    server: Server,
    user: String,
    password: Secret,
    /// As people write it.
    folder: String,
    read_only: bool,
    talk: Option<Talk>,
    offers: Offers,
    /// The server says that it idles, and does not.
    idle_refused: bool,
    /// Connections that ended while we rested, one after another.
    lost_in_a_row: u32,
    /// The server opened the folder for reading only.
    writes_refused: bool,
    sizes: HashMap<i64, Size>,
    looked: Option<(Counters, Instant)>,
    taken: Option<(Counters, Instant)>,
    refusals: u32,
    /// On the steady clock.
    knock_again: Option<Duration>,
}

/// What the server can do beyond the plain protocol.
#[derive(Debug, Clone, Copy, Default)]
struct Offers {
    idle: bool,
    mv: bool,
    expunge_by_uid: bool,
}

/// What moves when a mail arrives or leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Counters {
    uidvalidity: Option<u32>,
    uidnext: Option<u32>,
    exists: u32,
}

impl Imap {
    pub(super) fn new(
        server: &Server,
        (user, password): (&str, &Secret),
        folder: &str,
        clock: &Clock,
    ) -> Self {
        Self {
            clock: clock.clone(),
            server: server.clone(),
            user: user.to_owned(),
            password: password.clone(),
            folder: folder.to_owned(),
            read_only: false,
            talk: None,
            offers: Offers::default(),
            idle_refused: false,
            lost_in_a_row: 0,
            writes_refused: false,
            sizes: HashMap::new(),
            looked: None,
            taken: None,
            refusals: 0,
            knock_again: None,
        }
    }

    /// Opens the folder so that nothing changes on the server, not even `\Recent`.
    pub(super) fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    pub(super) async fn look(&mut self) -> Result<Option<Look>, MailboxError> {
        let counters = self.open_folder().await?;
        let uidvalidity = counters
            .uidvalidity
            .ok_or_else(|| MailboxError::NoIdentity(self.folder.clone()))?;
        if self.unchanged(counters) {
            return Ok(None);
        }
        let mut uids: Vec<i64> = Vec::new();
        let hear = |response: &Response<'_>| {
            if let Response::MailboxData(MailboxDatum::Search(found)) = response {
                uids.extend(found.iter().copied().map(i64::from));
            }
        };
        self.talk().await?.say("UID SEARCH ALL", hear).await?;
        uids.sort_unstable();
        uids.dedup();
        self.sizes.clear();
        self.looked = Some((counters, Instant::now()));
        Ok(Some(Look {
            uidvalidity: i64::from(uidvalidity),
            uids,
        }))
    }

    async fn open_folder(&mut self) -> Result<Counters, MailboxError> {
        let verb = if self.read_only { "EXAMINE" } else { "SELECT" };
        let command = format!("{verb} {}", quoted(&utf7::encoded(&self.folder)));
        let mut counters = Counters::default();
        let mut writes_refused = false;
        let talk = self.talk().await?;
        let opened = talk
            .say(&command, |response| match response {
                Response::MailboxData(MailboxDatum::Exists(exists)) => counters.exists = *exists,
                Response::Data { outcome, .. } => match &outcome.code {
                    Some(ResponseCode::UidValidity(value)) => counters.uidvalidity = Some(*value),
                    Some(ResponseCode::UidNext(value)) => counters.uidnext = Some(*value),
                    Some(ResponseCode::PermanentFlags(flags)) => writes_refused = flags.is_empty(),
                    _ => {}
                },
                _ => {}
            })
            .await;
        talk.calm();
        self.writes_refused = writes_refused;
        match opened {
            Ok(()) => Ok(counters),
            Err(MailboxError::Declined(why)) => Err(MailboxError::Folder {
                folder: self.folder.clone(),
                why,
            }),
            Err(error) => Err(error),
        }
    }

    fn unchanged(&self, counters: Counters) -> bool {
        let fresh = |(known, since): &(Counters, Instant)| {
            *known == counters && since.elapsed() < FULL_LOOK
        };
        counters.uidnext.is_some() && self.taken.as_ref().is_some_and(fresh)
    }

    pub(super) fn all_taken(&mut self) {
        self.taken = self.looked.take().or(self.taken);
    }

    /// IDLE where the server offers it, otherwise sleep. A look follows each rest, so that no IDLE lasts longer than one (RFC 2177
    /// would allow half an hour), and a connection that died in silence is noticed by the DONE before it.
    pub(super) async fn wait(&mut self, at_most: Duration) {
        let idles = self.offers.idle && !self.idle_refused;
        let begun = Instant::now();
        let idling = match self.talk.as_mut() {
            Some(talk) if idles && talk.is_usable() => talk.idle(at_most).await,
            _ => return sleep(at_most).await,
        };
        let Err(error) = idling else {
            self.lost_in_a_row = 0;
            return;
        };
        if matches!(error, MailboxError::Declined(_)) {
            tracing::info!(folder = self.folder, %error, "the server offers IDLE and refuses it; it is asked now and then instead");
            self.idle_refused = true;
            return sleep(at_most.saturating_sub(begun.elapsed())).await;
        }
        tracing::info!(folder = self.folder, %error, "the connection ended while waiting; a new one follows");
        self.disconnect();
        // Not all clients of a server that restarts should come back in one moment, nor one of them without end.
        self.lost_in_a_row = (self.lost_in_a_row + 1).min(DOUBLINGS);
        let pause = LOST_WAIT * (1 << self.lost_in_a_row);
        sleep(self.clock.jittered(pause).min(at_most)).await;
    }

    /// Says goodbye (RFC 3501 section 6.1.3), so that the server need not find out by itself; then the connection ends.
    pub(super) async fn leave(&mut self) {
        if let Some(talk) = self.talk.take().filter(Talk::is_usable) {
            talk.part().await;
        }
        self.disconnect();
    }

    pub(super) fn disconnect(&mut self) {
        self.talk = None;
        self.sizes.clear();
        (self.looked, self.taken) = (None, None);
    }
}
