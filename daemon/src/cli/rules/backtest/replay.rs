//! Walks over the journal and judges every mail once more: page by page, so that memory stays bounded however long the journal
//! is, one page on all cores while the next is read from the store.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::Context;

use super::change::{Compared, Item};
use crate::case::Sheet;
use crate::cli::books::sheet;
use crate::cli::explain::Bench;
use crate::clock::Timestamp;
use crate::judge::reading::{HEAD, SMALL, attempt};
use crate::store::{CaseId, EntryId, PastMail, Store, StoreError};

/// Mails of one page, at most.
const PAGE: i64 = 256;
/// Raw bytes of one page, at most; one larger mail is a page of its own.
const PAGE_BYTES: u64 = 8 << 20;

/// What became of one mail of the journal.
pub enum Retried {
    Compared(Box<Compared>),
    /// Taken down by hand: a person judged it, not the rules alone.
    ByHand,
    /// Its raw bytes are gone, by retention.
    Removed,
    /// The program broke on it, or its judgement of that time cannot be read.
    Unreadable(EntryId),
}

/// The journal since a moment, and how much of a mail is read.
pub struct Journal<'s> {
    pub store: &'s Store,
    pub since: Timestamp,
    /// Of a larger mail only the beginning is read, as the daemon does it.
    pub mail_size: u64,
}

impl Journal<'_> {
    /// Judges all of it; `tell` hears of every page, in the order of the journal.
    pub async fn judge_again(
        &self,
        bench: &Arc<Bench>,
        mut tell: impl FnMut(Vec<Retried>),
    ) -> anyhow::Result<()> {
        let mut page = self.page(EntryId(0)).await?;
        while let Some(last) = page.last().map(|item| item.mail.entry) {
            let bench = Arc::clone(bench);
            let work = tokio::task::spawn_blocking(move || judge(&bench, &page));
            let (judged, next) = tokio::join!(work, self.page(last));
            tell(judged.context("menilai surel terhenti")?);
            page = next?;
        }
        Ok(())
    }

    async fn page(&self, after: EntryId) -> Result<Vec<Item>, StoreError> {
        let mut mails = self.store.past(after, self.since, PAGE).await?;
        mails.truncate(within(&mails));
        let mut sheets = self.sheets(&mails).await?;
        let mut raws = self.raws(&mails).await?;
        let item = |mail: PastMail| Item {
            raw: raws.remove(&mail.entry).unwrap_or_default(),
            sheet: opened(&mail).and_then(|case| sheets.remove(&case)),
            mail,
        };
        Ok(mails.into_iter().map(item).collect())
    }

    async fn sheets(&self, mails: &[PastMail]) -> Result<BTreeMap<CaseId, Sheet>, StoreError> {
        let cases: Vec<CaseId> = mails.iter().filter_map(opened).collect();
        let events = self.store.events_of(&cases).await?;
        let folded = events
            .into_iter()
            .map(|(case, events)| (case, sheet(&events)));
        Ok(folded.collect())
    }

    async fn raws(&self, mails: &[PastMail]) -> Result<BTreeMap<EntryId, Vec<u8>>, StoreError> {
        let (small, large): (Vec<_>, Vec<_>) = mails
            .iter()
            .filter(|mail| !mail.by_hand && !mail.removed)
            .partition(|mail| mail.size <= SMALL);
        let entries: Vec<EntryId> = small.iter().map(|mail| mail.entry).collect();
        let mut raws = BTreeMap::new();
        if !entries.is_empty() {
            let bytes = self.store.raws(&entries).await?;
            raws.extend(entries.into_iter().zip(bytes));
        }
        for mail in large {
            let limit = if mail.size > self.mail_size {
                HEAD
            } else {
                u64::MAX
            };
            raws.insert(mail.entry, self.store.raw(mail.entry, limit).await?);
        }
        Ok(raws)
    }
}

/// The case that a mail opened.
fn opened(mail: &PastMail) -> Option<CaseId> {
    let case = mail.case.as_ref().filter(|_| mail.fate == "opened");
    case.map(|case| case.id)
}

/// How many of these mails make one page.
fn within(mails: &[PastMail]) -> usize {
    let mut bytes = 0;
    let fits = |mail: &&PastMail| {
        bytes += mail.size;
        bytes <= PAGE_BYTES
    };
    mails.iter().take_while(fits).count().max(1)
}

/// One page on all cores: whoever is free takes the next mail, and all stand in their order again afterwards.
fn judge(bench: &Bench, page: &[Item]) -> Vec<Retried> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = page.get(at) else {
                return done;
            };
            done.push((at, judge_one(bench, item)));
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..cores).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, retried)| retried).collect()
}

fn judge_one(bench: &Bench, item: &Item) -> Retried {
    if item.mail.by_hand {
        return Retried::ByHand;
    }
    if item.mail.removed {
        return Retried::Removed;
    }
    let judged = attempt(&bench.site, &bench.rules, &item.raw);
    let compared = judged.and_then(|(_, judged)| Compared::of(item, &judged));
    match compared {
        Some(compared) => Retried::Compared(Box::new(compared)),
        None => Retried::Unreadable(item.mail.entry),
    }
}
