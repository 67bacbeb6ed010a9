//! Hands mail out: many small ones at once, a large one in pieces.

use std::collections::{HashMap, HashSet};

use async_imap::imap_proto::Response;

use super::Imap;
use super::answer::{Answer, answer};
use super::words::sequence_set;
use crate::mailbox::{BATCH, BATCH_BYTES, Batch, LARGE, MailboxError, Taken};
use crate::store::{Packed, RawMail};

/// A large mail is asked for in pieces of so many bytes.
const PART: usize = 1 << 20;
/// A mail of more pieces than this has no end.
const PARTS: usize = 1024;
/// Sizes asked for at once.
const MEASURED: usize = 1000;

/// What the server says of a mail before it is fetched.
#[derive(Clone, Copy)]
pub(super) struct Size {
    bytes: u64,
    internal_ms: Option<i64>,
}

impl Imap {
    /// As many of the first mails as fit into a batch; a mail asked for alone always comes in pieces, whatever its size is said to be.
    pub(in crate::mailbox) async fn take(
        &mut self,
        uids: &[i64],
        limit: usize,
    ) -> Result<Batch, MailboxError> {
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
        let mut twice = same_bodies(&came);
        for uid in group {
            let size = self.sizes.get(uid).copied();
            match (came.remove(uid), size) {
                (Some(raw), Some(size))
                    if ended.is_ok() && (raw.len() as u64 != size.bytes || twice.remove(uid)) =>
                {
                    self.ask_again(batch, *uid, &raw).await?;
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

    /// Another size than was announced, or the same body for two mails: perhaps another mail's body (I20). Asked for alone and
    /// in pieces, which ends where the mail ends, the server's second word counts.
    async fn ask_again(
        &mut self,
        batch: &mut Batch,
        uid: i64,
        first: &[u8],
    ) -> Result<(), MailboxError> {
        self.take_in_pieces(batch, uid).await?;
        let second = batch.mails.last().filter(|taken| taken.uid == uid);
        let differs = second.is_some_and(|taken| !taken.raw.is(first));
        if differs {
            tracing::error!(
                folder = self.folder,
                uid,
                "the server handed out two different bodies for one mail; the second is kept"
            );
        }
        Ok(())
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
}

/// The UIDs whose body came for another UID too.
fn same_bodies(came: &HashMap<i64, Vec<u8>>) -> HashSet<i64> {
    let mut of_length: HashMap<usize, Vec<(i64, &[u8])>> = HashMap::new();
    for (uid, body) in came {
        of_length.entry(body.len()).or_default().push((*uid, body));
    }
    let mut same = HashSet::new();
    for mut alike in of_length.into_values().filter(|alike| alike.len() > 1) {
        alike.sort_unstable_by_key(|(_, body)| *body);
        for pair in alike.windows(2) {
            if let [(one, body), (other, as_well)] = pair
                && body == as_well
            {
                same.extend([*one, *other]);
            }
        }
    }
    same
}
