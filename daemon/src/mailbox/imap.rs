//! One folder of an IMAP account (RFC 3501), over one connection.
//!
//! Every state is asked for anew: untagged news between commands is no source of truth, only a reason to look.

mod connect;
mod settle;

use std::collections::{HashMap, VecDeque};
use std::fmt::Write;
use std::time::Duration;

use async_imap::Session;
use async_imap::error::Error;
use async_imap::types::Fetch;
use futures::{Stream, TryStreamExt};
use tokio::time::{Instant, sleep, timeout};

use super::{BATCH, BATCH_BYTES, Batch, LARGE, Look, MailboxError, Taken, utf7};
use crate::config::{Secret, Server};
use crate::store::{Packed, RawMail};

use connect::Wire;

/// For a command whose answer is short.
const ANSWER: Duration = Duration::from_mins(1);
/// For the next piece of a long answer.
const PIECE: Duration = Duration::from_mins(1);
/// A dead connection does not answer DONE.
const DONE: Duration = Duration::from_secs(10);
/// A large mail is asked for in pieces of so many bytes.
const PART: u64 = 1 << 20;
/// Sizes asked for at once.
const MEASURED: usize = 1000;
/// A full look at least this often, whatever the server's counters say (I18).
const FULL_LOOK: Duration = Duration::from_hours(1);
/// After so many refusals of our password nobody knocks for a while, lest the account be locked (I16).
const REFUSALS: u32 = 3;
const REFUSED_WAIT: Duration = Duration::from_mins(15);

/// One folder of an account.
pub struct Imap {
    server: Server,
    user: String,
    password: Secret,
    /// In modified UTF-7, as the server knows it.
    folder: String,
    read_only: bool,
    session: Option<Session<Wire>>,
    can_idle: bool,
    can_move: bool,
    sizes: HashMap<i64, Size>,
    looked: Option<(Counters, Instant)>,
    taken: Option<(Counters, Instant)>,
    refusals: u32,
    knock_again: Option<Instant>,
}

/// What moves when a mail arrives or leaves: UIDVALIDITY, UIDNEXT, EXISTS.
type Counters = (u32, Option<u32>, u32);

/// What the server says of a mail before it is fetched.
#[derive(Clone, Copy)]
struct Size {
    bytes: u64,
    internal_ms: Option<i64>,
}

impl Imap {
    pub(super) fn new(
        server: &Server,
        user: &str,
        password: &Secret,
        folder: &str,
        read_only: bool,
    ) -> Self {
        Self {
            server: server.clone(),
            user: user.to_owned(),
            password: password.clone(),
            folder: utf7::encoded(folder),
            read_only,
            session: None,
            can_idle: false,
            can_move: false,
            sizes: HashMap::new(),
            looked: None,
            taken: None,
            refusals: 0,
            knock_again: None,
        }
    }

    pub(super) async fn look(&mut self) -> Result<Option<Look>, MailboxError> {
        let (folder, read_only) = (self.folder.clone(), self.read_only);
        let session = self.session().await?;
        let opened = answered(async {
            if read_only {
                session.examine(&folder).await
            } else {
                session.select(&folder).await
            }
        });
        let mailbox = opened
            .await
            .map_err(|error| folder_trouble(&folder, error))?;
        let uidvalidity = mailbox
            .uid_validity
            .ok_or_else(|| MailboxError::NoIdentity(folder.clone()))?;
        let counters = (uidvalidity, mailbox.uid_next, mailbox.exists);
        if self.unchanged(counters) {
            return Ok(None);
        }
        let found = answered(self.session().await?.uid_search("ALL")).await?;
        let mut uids: Vec<i64> = found.into_iter().map(i64::from).collect();
        uids.sort_unstable();
        self.sizes.clear();
        self.looked = Some((counters, Instant::now()));
        Ok(Some(Look {
            uidvalidity: i64::from(uidvalidity),
            uids,
        }))
    }

    fn unchanged(&self, counters: Counters) -> bool {
        let fresh = |(known, since): &(Counters, Instant)| {
            *known == counters && since.elapsed() < FULL_LOOK
        };
        counters.1.is_some() && self.taken.as_ref().is_some_and(fresh)
    }

    pub(super) fn all_taken(&mut self) {
        self.taken = self.looked.take().or(self.taken);
    }

    pub(super) async fn take(&mut self, uids: &[i64], limit: usize) -> Result<Batch, MailboxError> {
        let mut batch = Batch::default();
        if let Err(error) = self
            .take_into(&mut batch, uids, limit.clamp(1, BATCH))
            .await
        {
            batch.broken = Some(error);
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
        if !self.sizes.contains_key(first) {
            self.measure(uids.get(..uids.len().min(MEASURED)).unwrap_or(uids))
                .await?;
        }
        match self.sizes.get(first).copied() {
            None => batch.vanished.extend(
                uids.iter()
                    .take_while(|uid| !self.sizes.contains_key(uid))
                    .take(MEASURED),
            ),
            Some(size) if size.bytes > LARGE => self.take_large(batch, *first, size).await?,
            Some(_) => {
                let group = self.group(uids, limit);
                self.take_group(batch, &group).await?;
            }
        }
        Ok(())
    }

    /// Asks for sizes. A UID that is not answered is gone.
    async fn measure(&mut self, uids: &[i64]) -> Result<(), MailboxError> {
        self.sizes.clear();
        self.sizes = measured(self.session().await?, sequence_set(uids)).await?;
        Ok(())
    }

    /// The mails of one batch: as many as fit, ending before a large one or one that is not measured yet.
    fn group(&self, uids: &[i64], limit: usize) -> VecDeque<i64> {
        let mut bytes = 0;
        let fits = |uid: &&i64| {
            let size = self.sizes.get(*uid).map_or(u64::MAX, |size| size.bytes);
            let first = bytes == 0;
            bytes = size.saturating_add(bytes).max(1);
            size <= LARGE && (first || bytes <= BATCH_BYTES)
        };
        uids.iter().take(limit).take_while(fits).copied().collect()
    }

    async fn take_group(
        &mut self,
        batch: &mut Batch,
        group: &VecDeque<i64>,
    ) -> Result<(), MailboxError> {
        let set = sequence_set(group.iter().copied().collect::<Vec<_>>().as_slice());
        let sizes = self.sizes.clone();
        let session = self.session().await?;
        let mut answers =
            std::pin::pin!(answered(session.uid_fetch(set, "(UID BODY.PEEK[])")).await?);
        let mut came = HashMap::with_capacity(group.len());
        let ended = loop {
            match next(&mut answers).await {
                Ok(Some(fetch)) => {
                    // `BODY[] NIL`, or no body at all: expunged under us (I3). Never an empty mail.
                    if let (Some(uid), Some(body)) = (fetch.uid, fetch.body()) {
                        came.insert(i64::from(uid), body.to_vec());
                    }
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        for uid in group {
            match came.remove(uid) {
                Some(raw) => {
                    let internal_ms = sizes.get(uid).and_then(|size| size.internal_ms);
                    batch.mails.push(Taken {
                        uid: *uid,
                        raw: RawMail::Whole(raw),
                        internal_ms,
                    });
                }
                None if ended.is_ok() => batch.vanished.push(*uid),
                // The answers come in order; what follows a gap is asked for again, so that nothing is skipped.
                None => break,
            }
        }
        ended
    }

    /// A large mail comes in pieces, and never as a whole.
    async fn take_large(
        &mut self,
        batch: &mut Batch,
        uid: i64,
        size: Size,
    ) -> Result<(), MailboxError> {
        let mut packer = Packed::builder();
        let mut offset = 0;
        while offset < size.bytes {
            let Some(piece) = self.piece(uid, offset).await? else {
                batch.vanished.push(uid);
                return Ok(());
            };
            offset += piece.len() as u64;
            if piece.is_empty() {
                break;
            }
            packer.push(&piece)?;
        }
        batch.mails.push(Taken {
            uid,
            raw: RawMail::Parts(packer.finish()?),
            internal_ms: size.internal_ms,
        });
        Ok(())
    }

    async fn piece(&mut self, uid: i64, offset: u64) -> Result<Option<Vec<u8>>, MailboxError> {
        let session = self.session().await?;
        let query = format!("(UID BODY.PEEK[]<{offset}.{PART}>)");
        let mut answers =
            std::pin::pin!(answered(session.uid_fetch(uid.to_string(), query)).await?);
        let mut piece = None;
        while let Some(fetch) = next(&mut answers).await? {
            if fetch.uid.map(i64::from) == Some(uid) {
                piece = fetch.body().map(<[u8]>::to_vec).or(piece);
            }
        }
        Ok(piece)
    }

    /// IDLE where the server offers it; every rest is shorter than RFC 2177's half hour, and a look follows each.
    pub(super) async fn wait(&mut self, at_most: Duration) {
        match self.session.take() {
            Some(session) if self.can_idle => self.session = idle(session, at_most).await,
            session => {
                self.session = session;
                sleep(at_most).await;
            }
        }
    }

    pub(super) fn disconnect(&mut self) {
        self.session = None;
        self.sizes.clear();
    }
}

async fn measured(
    session: &mut Session<Wire>,
    set: String,
) -> Result<HashMap<i64, Size>, MailboxError> {
    let mut answers =
        std::pin::pin!(answered(session.uid_fetch(set, "(UID RFC822.SIZE INTERNALDATE)")).await?);
    let mut sizes = HashMap::new();
    while let Some(fetch) = next(&mut answers).await? {
        if let (Some(uid), Some(bytes)) = (fetch.uid, fetch.size) {
            let internal_ms = fetch.internal_date().map(|date| date.timestamp_millis());
            sizes.insert(
                i64::from(uid),
                Size {
                    bytes: u64::from(bytes),
                    internal_ms,
                },
            );
        }
    }
    Ok(sizes)
}

/// Rests in IDLE. A session that does not come back from it is dead, and dropped.
async fn idle(session: Session<Wire>, at_most: Duration) -> Option<Session<Wire>> {
    let mut handle = session.idle();
    timeout(DONE, handle.init()).await.ok()?.ok()?;
    {
        let (news, _interrupt) = handle.wait_with_timeout(at_most);
        let _ = news.await;
    }
    timeout(DONE, handle.done()).await.ok()?.ok()
}

/// A command's answer, within its time.
async fn answered<T>(command: impl Future<Output = Result<T, Error>>) -> Result<T, MailboxError> {
    timeout(ANSWER, command)
        .await
        .map_err(|_| MailboxError::Silent(ANSWER))?
        .map_err(protocol)
}

/// The next piece of an answer, within its time.
async fn next(
    answers: &mut (impl Stream<Item = Result<Fetch, Error>> + Unpin),
) -> Result<Option<Fetch>, MailboxError> {
    timeout(PIECE, answers.try_next())
        .await
        .map_err(|_| MailboxError::Silent(PIECE))?
        .map_err(protocol)
}

fn protocol(error: Error) -> MailboxError {
    MailboxError::Protocol(error.to_string())
}

fn folder_trouble(folder: &str, error: MailboxError) -> MailboxError {
    match error {
        MailboxError::Protocol(why) if why.starts_with("no response") => MailboxError::Folder {
            folder: folder.to_owned(),
            why,
        },
        other => other,
    }
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
            1 => write!(text, "{comma}{first}"),
            _ => write!(text, "{comma}{first}:{}", first + run as i64 - 1),
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
