//! One folder of an IMAP account (RFC 3501), over one connection.
//!
//! Every state is asked for anew: untagged news between commands is no source of truth, only a reason to look.

mod connect;
mod guard;
mod settle;
mod talk;

use std::collections::HashMap;
use std::fmt::Write;
use std::time::Duration;

use async_imap::imap_proto::{AttributeValue, MailboxDatum, Response, ResponseCode};
use chrono::DateTime;
use tokio::time::{Instant, sleep};

use super::{BATCH, BATCH_BYTES, Batch, LARGE, Look, MailboxError, Taken, utf7};
use crate::clock::{Clock, Timestamp};
use crate::config::{Secret, Server};
use crate::store::{Packed, RawMail};

use talk::Talk;

/// A large mail is asked for in pieces of so many bytes.
const PART: usize = 1 << 20;
/// A mail of more pieces than this has no end.
const PARTS: usize = 1024;
/// Sizes asked for at once.
const MEASURED: usize = 1000;
/// A full look at least this often, whatever the server's counters say (I18).
const FULL_LOOK: Duration = Duration::from_hours(1);
/// After so many refusals of our password nobody knocks for a while, lest the account be locked (I16).
const REFUSALS: u32 = 3;
const REFUSED_WAIT: Duration = Duration::from_mins(12);

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
    /// The server opened the folder for reading only.
    writes_refused: bool,
    sizes: HashMap<i64, Size>,
    looked: Option<(Counters, Instant)>,
    taken: Option<(Counters, Instant)>,
    refusals: u32,
    knock_again: Option<Timestamp>,
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

/// What the server says of a mail before it is fetched.
#[derive(Clone, Copy)]
struct Size {
    bytes: u64,
    internal_ms: Option<i64>,
}

/// One FETCH response, as far as we ask for it.
#[derive(Default)]
struct Answer {
    uid: Option<i64>,
    bytes: Option<u64>,
    internal_ms: Option<i64>,
    body: Option<Vec<u8>>,
    /// Where in the mail `body` begins.
    offset: u64,
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

    /// As many of the first mails as fit into a batch; a mail asked for alone always comes in pieces, whatever its size is said to be.
    pub(super) async fn take(&mut self, uids: &[i64], limit: usize) -> Result<Batch, MailboxError> {
        let mut batch = Batch::default();
        if let Err(error) = self
            .take_into(&mut batch, uids, limit.clamp(1, BATCH))
            .await
        {
            batch.broken = Some(error);
        }
        if !batch.vanished.is_empty() {
            // Whether they are gone or only withheld, the next look shows.
            (self.looked, self.taken) = (None, None);
        }
        Ok(batch)
    }

    async fn take_into(
        &mut self,
        batch: &mut Batch,
        uids: &[i64],
        limit: usize,
    ) -> Result<(), MailboxError> {
        let Some(first) = uids.first() else {
            return Ok(());
        };
        if limit == 1 {
            return self.take_in_pieces(batch, *first).await;
        }
        if !self.sizes.contains_key(first) {
            let some = uids.get(..uids.len().min(MEASURED)).unwrap_or(uids);
            self.measure(some).await?;
        }
        match self.sizes.get(first).copied() {
            None => batch.vanished.push(*first),
            Some(size) if size.bytes > LARGE => self.take_in_pieces(batch, *first).await?,
            Some(_) => {
                let group = self.group(uids, limit);
                self.take_group(batch, &group).await?;
            }
        }
        Ok(())
    }

    /// Asks for sizes. A UID that is not answered is gone.
    async fn measure(&mut self, uids: &[i64]) -> Result<(), MailboxError> {
        let mut sizes = HashMap::with_capacity(uids.len());
        let items = "(UID RFC822.SIZE INTERNALDATE)";
        self.fetch(&sequence_set(uids), items, |answer| {
            if let (Some(uid), Some(bytes)) = (answer.uid, answer.bytes) {
                let internal_ms = answer.internal_ms;
                sizes.insert(uid, Size { bytes, internal_ms });
            }
        })
        .await?;
        self.sizes = sizes;
        Ok(())
    }

    /// The mails of one batch: as many as fit, ending before a large one or one that is not measured.
    fn group(&self, uids: &[i64], limit: usize) -> Vec<i64> {
        let mut bytes = 0;
        let fits = |uid: &&i64| {
            let size = self.sizes.get(*uid).map_or(u64::MAX, |size| size.bytes);
            let first = bytes == 0;
            bytes = size.saturating_add(bytes).max(1);
            size <= LARGE && (first || bytes <= BATCH_BYTES)
        };
        uids.iter().take(limit).take_while(fits).copied().collect()
    }

    async fn take_group(&mut self, batch: &mut Batch, group: &[i64]) -> Result<(), MailboxError> {
        let mut came = HashMap::with_capacity(group.len());
        // `BODY[] NIL`, or no body at all: expunged under us (I3). Never an empty mail.
        let hear = |answer: Answer| {
            if let (Some(uid), Some(body)) = (answer.uid, answer.body) {
                came.insert(uid, body);
            }
        };
        let set = sequence_set(group);
        let ended = self.fetch(&set, "(UID BODY.PEEK[])", hear).await;
        for uid in group {
            let size = self.sizes.get(uid).copied();
            match (came.remove(uid), size) {
                // Less than was announced: asked for again in pieces, which ends where the mail ends (I20).
                (Some(raw), Some(size)) if (raw.len() as u64) < size.bytes && ended.is_ok() => {
                    self.take_in_pieces(batch, *uid).await?;
                }
                (Some(raw), size) => batch.mails.push(Taken {
                    uid: *uid,
                    raw: RawMail::Whole(raw),
                    internal_ms: size.and_then(|size| size.internal_ms),
                }),
                (None, _) if ended.is_ok() => batch.vanished.push(*uid),
                // The answers come in order; what follows a gap is asked for again, so that nothing is skipped.
                (None, _) => break,
            }
        }
        ended
    }

    /// A mail comes piece by piece until a piece is short, and is never in memory as a whole. What the server said of its size
    /// is no reason to stop, or to go on.
    async fn take_in_pieces(&mut self, batch: &mut Batch, uid: i64) -> Result<(), MailboxError> {
        let mut packer = Packed::builder();
        let mut internal_ms = None;
        for number in 0..PARTS {
            let offset = (number * PART) as u64;
            let Some(piece) = self.piece(uid, offset).await? else {
                batch.vanished.push(uid);
                return Ok(());
            };
            internal_ms = internal_ms.or(piece.internal_ms);
            let bytes = piece.body.unwrap_or_default();
            packer.push(&bytes)?;
            if bytes.len() < PART {
                let raw = RawMail::Parts(packer.finish()?);
                batch.mails.push(Taken {
                    uid,
                    raw,
                    internal_ms,
                });
                return Ok(());
            }
        }
        Err(MailboxError::Protocol("a mail without end".to_owned()))
    }

    async fn piece(&mut self, uid: i64, offset: u64) -> Result<Option<Answer>, MailboxError> {
        let items = format!("(UID INTERNALDATE BODY.PEEK[]<{offset}.{PART}>)");
        let mut piece = None;
        self.fetch(&uid.to_string(), &items, |answer| {
            if answer.uid == Some(uid) && answer.body.is_some() {
                piece = Some(answer);
            }
        })
        .await?;
        match piece {
            Some(answer) if answer.offset != offset => Err(MailboxError::Protocol(format!(
                "asked for byte {offset}, got byte {}",
                answer.offset
            ))),
            other => Ok(other),
        }
    }

    async fn fetch(
        &mut self,
        set: &str,
        items: &str,
        mut hear: impl FnMut(Answer),
    ) -> Result<(), MailboxError> {
        let command = format!("UID FETCH {set} {items}");
        let talk = self.talk().await?;
        talk.say(&command, |response| {
            if let Response::Fetch(_, attributes) = response {
                hear(answer(attributes));
            }
        })
        .await
    }

    /// IDLE where the server offers it, otherwise sleep. A look follows each rest, so that no IDLE lasts longer than one (RFC 2177
    /// would allow half an hour), and a connection that died in silence is noticed by the DONE before it.
    pub(super) async fn wait(&mut self, at_most: Duration) {
        let idling = match self.talk.as_mut() {
            Some(talk) if self.offers.idle && talk.is_usable() => talk.idle(at_most).await,
            _ => {
                sleep(at_most).await;
                return;
            }
        };
        match idling {
            Ok(()) => {}
            Err(MailboxError::Declined(_)) => self.offers.idle = false,
            Err(error) => {
                tracing::info!(folder = self.folder, %error, "the connection ended while waiting; a new one follows");
                self.disconnect();
                // Not all clients of a server that restarts should come back in one moment.
                sleep(self.clock.jittered(Duration::from_millis(400))).await;
            }
        }
    }

    pub(super) fn disconnect(&mut self) {
        self.talk = None;
        self.sizes.clear();
        (self.looked, self.taken) = (None, None);
    }
}

fn answer(attributes: &[AttributeValue<'_>]) -> Answer {
    let mut answer = Answer::default();
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(uid) => answer.uid = Some(i64::from(*uid)),
            AttributeValue::Rfc822Size(bytes) => answer.bytes = Some(u64::from(*bytes)),
            AttributeValue::InternalDate(date) => answer.internal_ms = internal_ms(date),
            AttributeValue::BodySection {
                section: None,
                index,
                data: Some(data),
            } => {
                answer.offset = u64::from(index.unwrap_or(0));
                answer.body = Some(data.to_vec());
            }
            _ => {}
        }
    }
    answer
}

/// `" 1-Jan-2026 00:00:00 +0700"` (RFC 3501, date-time).
fn internal_ms(date: &str) -> Option<i64> {
    let date = DateTime::parse_from_str(date.trim(), "%d-%b-%Y %H:%M:%S %z").ok()?;
    Some(date.timestamp_millis())
}

/// A quoted string; modified UTF-7 has left nothing in it but printable ASCII.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// `1:3,7`: a set of UIDs as short as it can be written.
fn sequence_set(uids: &[i64]) -> String {
    let mut text = String::new();
    let mut rest = uids;
    while let Some(first) = rest.first() {
        let run = rest
            .iter()
            .zip(*first..)
            .take_while(|(uid, expected)| *uid == expected)
            .count();
        let comma = if text.is_empty() { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = match run {
            0 | 1 => write!(text, "{comma}{first}"),
            _ => write!(
                text,
                "{comma}{first}:{}",
                rest.get(run - 1).unwrap_or(first)
            ),
        };
        rest = rest.get(run..).unwrap_or_default();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::sequence_set;

    #[test]
    fn runs_are_written_as_runs() {
        assert_eq!(sequence_set(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
        assert_eq!(sequence_set(&[5]), "5");
        assert_eq!(sequence_set(&[]), "");
    }
}
