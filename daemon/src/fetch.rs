//! The fetch tick: makes everything that is new in one folder durable, oldest first, and only then lets the server know.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use crate::clock::Clock;
use crate::config::{After, MailboxSettings};
use crate::failpoint;
use crate::mailbox::{Batch, Look, Mailbox, MailboxError, Place, Taken};
use crate::pace::{Progress, Tick};
use crate::store::{Arrival, Store, StoreError, backoff};

pub type FetchError = MailboxError;

/// Mails marked or moved in one round, at most.
const SETTLE: i64 = 500;
/// Mails taken one by one after a broken batch, at most.
const CAREFUL: usize = 400;
/// Mails taken in one tick, at most: between two ticks the judge is told, and works while the rest is fetched.
const ROUND: usize = 2000;

/// Fetches one folder of one account.
pub struct Fetch {
    store: Store,
    clock: Clock,
    settings: MailboxSettings,
    folder: String,
    mailbox: Mailbox,
    /// After a broken batch mails are taken one by one until so many came well: one bad mail never stops the others.
    careful: usize,
    /// Bad mails, and when each may be tried again, on the steady clock.
    shunned: HashMap<i64, Duration>,
    /// Asked for and not handed out, as if removed: the next look shows whether they are.
    vanished: HashSet<i64>,
    /// On record as unfetched; read from there once.
    troubled: Option<HashSet<Place>>,
}

impl Fetch {
    pub fn new(store: Store, clock: Clock, settings: MailboxSettings, folder: &str) -> Self {
        let mailbox = Mailbox::new(&settings, folder, &clock);
        Self {
            store,
            clock,
            folder: folder.to_owned(),
            settings,
            mailbox,
            careful: 0,
            shunned: HashMap::new(),
            vanished: HashSet::new(),
            troubled: None,
        }
    }

    async fn look_and_take(&mut self) -> Result<Progress, FetchError> {
        let Some(look) = self.mailbox.look().await? else {
            return Ok(Progress::default());
        };
        self.note_withheld(&look).await?;
        self.forget_gone(&look).await?;
        let new = self.new_in(&look).await?;
        let now = new.get(..new.len().min(ROUND)).unwrap_or_default();
        let more = new.len() > now.len();
        let (done, whole) = self.take_all(look.uidvalidity, now).await?;
        let more = more || !whole;
        if whole {
            self.settle(look.uidvalidity).await?;
        }
        if !more && self.shunned.is_empty() {
            self.mailbox.all_taken();
        }
        Ok(Progress { done, more })
    }

    async fn new_in(&self, look: &Look) -> Result<Vec<i64>, FetchError> {
        let known = self
            .store
            .known_uids(&self.settings.name, &self.folder, look.uidvalidity)
            .await?;
        let is_new = |uid: &&i64| !known.contains(uid) && !self.shunned.contains_key(uid);
        Ok(look.uids.iter().filter(is_new).copied().collect())
    }

    /// A mail that was not handed out, as if it were gone, and is still listed: that is a fault of the server's, for people to see.
    async fn note_withheld(&mut self, look: &Look) -> Result<(), FetchError> {
        if self.vanished.is_empty() {
            return Ok(());
        }
        let vanished = std::mem::take(&mut self.vanished);
        for uid in look.uids.iter().filter(|uid| vanished.contains(uid)) {
            let why = "the server lists it, and hands nothing out";
            self.shun(look.uidvalidity, *uid, why).await?;
        }
        Ok(())
    }

    /// Counts a mail that cannot be fetched, and leaves it alone for a while.
    async fn shun(&mut self, uidvalidity: i64, uid: i64, why: &str) -> Result<(), FetchError> {
        let place = self.place(uidvalidity, uid);
        let now = self.clock.now();
        let tries = self.store.unfetched(&place, why, now).await?;
        tracing::error!(
            account = self.settings.name,
            folder = self.folder,
            uid,
            tries,
            why,
            "a mail cannot be fetched; it stays on the server"
        );
        self.shunned
            .insert(uid, self.clock.steady() + backoff(tries));
        if let Some(troubled) = &mut self.troubled {
            troubled.insert(place);
        }
        Ok(())
    }

    /// What was in trouble and is in the journal now is in trouble no more.
    async fn heal(&mut self, uidvalidity: i64, taken: &[i64]) -> Result<(), FetchError> {
        self.no_trouble_with(|place| place.uidvalidity == uidvalidity && taken.contains(&place.uid))
            .await
    }

    /// Nor is what the server lists no more: somebody removed it, or it came under another UID.
    async fn forget_gone(&mut self, look: &Look) -> Result<(), FetchError> {
        if self.troubled.as_ref().is_some_and(HashSet::is_empty) {
            return Ok(());
        }
        let listed: HashSet<i64> = look.uids.iter().copied().collect();
        let is_gone =
            |place: &Place| place.uidvalidity != look.uidvalidity || !listed.contains(&place.uid);
        self.no_trouble_with(is_gone).await
    }

    async fn no_trouble_with(&mut self, over: impl Fn(&Place) -> bool) -> Result<(), FetchError> {
        if self.troubled.is_none() {
            let all = self.store.all_unfetched().await?;
            let places = all.into_iter().map(|mail| mail.place);
            let ours =
                |place: &Place| place.account == self.settings.name && place.folder == self.folder;
            self.troubled = Some(places.filter(ours).collect());
        }
        let Some(troubled) = &mut self.troubled else {
            return Ok(());
        };
        let healed: Vec<Place> = troubled.extract_if(|place| over(place)).collect();
        for place in healed {
            self.store.fetched_after_all(&place).await?;
            self.shunned.remove(&place.uid);
        }
        Ok(())
    }

    /// While one batch becomes durable the next is already on its way. Returns how many mails came, and whether all were dealt with.
    async fn take_all(&mut self, uidvalidity: i64, new: &[i64]) -> Result<(u64, bool), FetchError> {
        let mut rest = new;
        let mut waiting = Vec::new();
        let (mut taken, mut whole) = (0, true);
        while !rest.is_empty() || !waiting.is_empty() {
            let limit = if self.careful > 0 { 1 } else { usize::MAX };
            let coming: Vec<i64> = waiting
                .iter()
                .map(|mail: &Arrival| mail.place.uid)
                .collect();
            let kept = keep(&self.store, std::mem::take(&mut waiting));
            let (kept, batch) = tokio::join!(kept, take(&mut self.mailbox, rest, limit));
            taken += kept?;
            self.heal(uidvalidity, &coming).await?;
            let batch = batch?;
            rest = rest.get(batch.dealt_with()..).unwrap_or_default();
            self.note_vanished(&batch.vanished);
            waiting = self.arrivals(uidvalidity, batch.mails);
            match batch.broken {
                Some(error) => {
                    let left = self.isolate(uidvalidity, rest, error).await?;
                    whole &= left.is_some();
                    rest = left.unwrap_or_default();
                }
                None => self.careful = self.careful.saturating_sub(1),
            }
        }
        Ok((taken, whole))
    }

    /// The connection broke at the first of `rest`, or at one soon after it. Asked for singly, the bad one is known by its
    /// breaking alone; it is counted, left for later, and the others go on over a new connection. What came before is with
    /// the caller, and becomes durable whatever happens here to the connection.
    async fn isolate<'a>(
        &mut self,
        uidvalidity: i64,
        rest: &'a [i64],
        error: MailboxError,
    ) -> Result<Option<&'a [i64]>, FetchError> {
        self.mailbox.disconnect();
        let alone = self.careful > 0;
        self.careful = self.careful.max(rest.len().min(CAREFUL));
        let mut left = rest;
        if let (Some(bad), true) = (rest.first(), alone) {
            self.shun(uidvalidity, *bad, &error.to_string()).await?;
            left = rest.get(1..).unwrap_or_default();
        } else {
            tracing::warn!(account = self.settings.name, folder = self.folder, %error, "fetching broke off; going on one by one");
        }
        // Another look makes the new connection. Without one, or in a new epoch, these UIDs are for another tick to find.
        match self.mailbox.look().await {
            Ok(Some(look)) if look.uidvalidity == uidvalidity => Ok(Some(left)),
            Ok(_) => Ok(None),
            Err(error) => {
                tracing::warn!(account = self.settings.name, folder = self.folder, %error, "no new connection");
                Ok(None)
            }
        }
    }

    fn note_vanished(&mut self, uids: &[i64]) {
        for uid in uids {
            tracing::warn!(
                account = self.settings.name,
                folder = self.folder,
                uid,
                "a mail was removed before it could be fetched"
            );
            self.vanished.insert(*uid);
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
        let now = self.clock.steady();
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
        outcome
    }

    async fn rest(&mut self, at_most: Duration) {
        self.mailbox.wait(at_most.min(self.settings.poll)).await;
    }

    async fn end(&mut self) {
        self.mailbox.leave().await;
    }
}
