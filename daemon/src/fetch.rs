//! The fetch tick: makes everything that is new in one folder durable, oldest first, and only then lets the server know.

use std::collections::HashMap;
use std::time::Duration;

use crate::clock::{Clock, Timestamp};
use crate::config::{After, MailboxSettings};
use crate::failpoint;
use crate::mailbox::{Batch, Mailbox, MailboxError, Place, Taken};
use crate::pace::{Progress, Tick};
use crate::store::{Arrival, Store, StoreError, backoff};

pub type FetchError = MailboxError;

/// Mails marked or moved in one round, at most.
const SETTLE: i64 = 500;

/// Fetches one folder of one account.
pub struct Fetch {
    store: Store,
    clock: Clock,
    settings: MailboxSettings,
    folder: String,
    mailbox: Mailbox,
    /// After a broken batch mails are taken one by one until so many came well: one bad mail never stops the others.
    careful: usize,
    /// Bad mails, and when each may be tried again.
    shunned: HashMap<i64, Timestamp>,
}

impl Fetch {
    pub fn new(store: Store, clock: Clock, settings: MailboxSettings, folder: &str) -> Self {
        let mailbox = Mailbox::new(&settings, folder);
        Self {
            store,
            clock,
            folder: folder.to_owned(),
            settings,
            mailbox,
            careful: 0,
            shunned: HashMap::new(),
        }
    }

    async fn look_and_take(&mut self) -> Result<u64, FetchError> {
        let Some(look) = self.mailbox.look().await? else {
            return Ok(0);
        };
        let known = self
            .store
            .known_uids(&self.settings.name, &self.folder, look.uidvalidity)
            .await?;
        let now = self.clock.now();
        let shunned = |uid: &i64| self.shunned.get(uid).is_some_and(|until| *until > now);
        let new: Vec<i64> = look
            .uids
            .into_iter()
            .filter(|uid| !known.contains(uid) && !shunned(uid))
            .collect();
        let taken = self.take_all(look.uidvalidity, &new).await?;
        self.settle(look.uidvalidity).await?;
        if self.shunned.is_empty() {
            self.mailbox.all_taken();
        }
        Ok(taken)
    }

    /// While one batch becomes durable the next is already on its way.
    async fn take_all(&mut self, uidvalidity: i64, new: &[i64]) -> Result<u64, FetchError> {
        let mut rest = new;
        let mut waiting = Vec::new();
        let mut taken = 0;
        while !rest.is_empty() || !waiting.is_empty() {
            let limit = if self.careful > 0 { 1 } else { usize::MAX };
            let kept = keep(&self.store, std::mem::take(&mut waiting));
            let (kept, batch) = tokio::join!(kept, take(&mut self.mailbox, rest, limit));
            taken += kept?;
            let batch = batch?;
            rest = rest.get(batch.dealt_with()..).unwrap_or_default();
            let broken = batch.broken.is_some();
            self.note_vanished(&batch.vanished);
            waiting = self.arrivals(uidvalidity, batch.mails);
            if let Some(error) = batch.broken {
                taken += keep(&self.store, std::mem::take(&mut waiting)).await?;
                rest = self.isolate(uidvalidity, rest, error).await?;
            }
            self.careful = if broken {
                self.careful
            } else {
                self.careful.saturating_sub(1)
            };
        }
        Ok(taken)
    }

    /// The connection broke at the first of `rest`, or at one soon after it. Asked for singly, the bad one is known by its
    /// breaking alone; it is counted, left for later, and the others go on over a new connection.
    async fn isolate<'a>(
        &mut self,
        uidvalidity: i64,
        rest: &'a [i64],
        error: MailboxError,
    ) -> Result<&'a [i64], FetchError> {
        self.mailbox.disconnect();
        let was_careful = self.careful > 0;
        self.careful = self.careful.max(rest.len().min(400));
        let (Some(bad), true) = (rest.first(), was_careful) else {
            tracing::warn!(account = self.settings.name, folder = self.folder, %error, "fetching broke off; going on one by one");
            // Another look makes the new connection, and proves that these mails are still there.
            self.mailbox.look().await?;
            return Ok(rest);
        };
        let place = self.place(uidvalidity, *bad);
        let tries = self
            .store
            .unfetched(&place, &error.to_string(), self.clock.now())
            .await?;
        tracing::error!(account = self.settings.name, folder = self.folder, uid = bad, tries, %error, "a mail cannot be fetched; it stays on the server");
        self.shunned
            .insert(*bad, self.clock.now().plus(backoff(tries)));
        self.mailbox.look().await?;
        Ok(rest.get(1..).unwrap_or_default())
    }

    fn note_vanished(&self, uids: &[i64]) {
        for uid in uids {
            tracing::warn!(
                account = self.settings.name,
                folder = self.folder,
                uid,
                "a mail was removed before it could be fetched"
            );
        }
    }

    fn arrivals(&self, uidvalidity: i64, mails: Vec<Taken>) -> Vec<Arrival> {
        let seen = self.clock.now();
        let arrival = |mail: Taken| Arrival {
            place: self.place(uidvalidity, mail.uid),
            raw: mail.raw,
            internal_ms: mail.internal_ms,
            seen,
        };
        mails.into_iter().map(arrival).collect()
    }

    fn place(&self, uidvalidity: i64, uid: i64) -> Place {
        Place {
            account: self.settings.name.clone(),
            folder: self.folder.clone(),
            uidvalidity,
            uid,
        }
    }

    /// Marks or moves what is durable. A server that will not is no reason to stop: our own record says what is new.
    async fn settle(&mut self, uidvalidity: i64) -> Result<(), FetchError> {
        if self.settings.after == After::Keep {
            return Ok(());
        }
        loop {
            let account = &self.settings.name;
            let uids = self
                .store
                .unsettled(account, &self.folder, uidvalidity, SETTLE)
                .await?;
            if uids.is_empty() {
                return Ok(());
            }
            failpoint::pass("fetch.before_settle");
            let settled = self.mailbox.settle(&self.settings.after, &uids).await?;
            failpoint::pass("fetch.after_settle");
            if settled.is_empty() {
                return Ok(());
            }
            self.store
                .settled(account, &self.folder, uidvalidity, &settled)
                .await?;
        }
    }

    /// Bad mails that have become fetchable, or are gone, are no trouble any more.
    fn forgive(&mut self) {
        let now = self.clock.now();
        self.shunned.retain(|_, until| *until > now);
    }
}

async fn take(mailbox: &mut Mailbox, uids: &[i64], limit: usize) -> Result<Batch, MailboxError> {
    if uids.is_empty() {
        return Ok(Batch::default());
    }
    mailbox.take(uids, limit).await
}

async fn keep(store: &Store, arrivals: Vec<Arrival>) -> Result<u64, StoreError> {
    if arrivals.is_empty() {
        return Ok(0);
    }
    failpoint::pass("fetch.before_keep");
    let kept = store.keep(arrivals).await?;
    failpoint::pass("fetch.after_keep");
    Ok(kept.sightings)
}

impl Tick for Fetch {
    type Error = FetchError;

    async fn tick(&mut self) -> Result<Progress, FetchError> {
        self.forgive();
        let outcome = self.look_and_take().await;
        if outcome.is_err() {
            self.mailbox.disconnect();
        }
        outcome.map(|done| Progress { done, more: false })
    }

    async fn rest(&mut self, at_most: Duration) {
        self.mailbox.wait(at_most.min(self.settings.poll)).await;
    }
}
