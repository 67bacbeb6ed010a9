//! Walks over the journal and judges every mail once more: page by page, so that memory stays bounded however long the journal
//! is, one page on all cores while the next is read from the store.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::Context;

use super::change::{Compared, Item};
use super::count::{Count, Tried};
use crate::case::Sheet;
use crate::cli::books::sheet;
use crate::cli::explain::Bench;
use crate::clock::Timestamp;
use crate::judge::reading::{HEAD, SMALL, attempt};
use crate::store::{CaseId, EntryId, PastMail, Store, StoreError};
use crate::tongue::word;

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
    /// Judges all of it; `tell` hears of every page, in the order of the journal. Where rules count, the mails of their window
    /// before the moment are read too, and only counted.
    pub async fn judge_again(
        &self,
        bench: &Arc<Bench>,
        mut tell: impl FnMut(Vec<Retried>),
    ) -> anyhow::Result<()> {
        let mut count = Count::by(&bench.rules);
        let from = Timestamp(self.since.0.saturating_sub(count.window()));
        let mut page = self.page(EntryId(0), from).await?;
        while let Some(last) = page.last().map(|item| item.mail.entry) {
            let (bench, since, limit) = (Arc::clone(bench), self.since, self.mail_size);
            let work = tokio::task::spawn_blocking(move || {
                let mut tried = on_all_cores(&page, |item| attempted(&bench, item));
                count.page(&bench.rules, (&page, limit), &mut tried);
                let both: Vec<_> = page.iter().zip(&tried).collect();
                let wanted: Vec<_> = both
                    .into_iter()
                    .filter(|(item, _)| item.mail.kept >= since)
                    .collect();
                (on_all_cores(&wanted, |pair| compared(*pair)), count)
            });
            let (judged, next) = tokio::join!(work, self.page(last, from));
            let (judged, counted) =
                judged.context(word("menilai surel terhenti", "judging mails stopped"))?;
            count = counted;
            tell(judged);
            page = next?;
        }
        Ok(())
    }

    async fn page(&self, after: EntryId, from: Timestamp) -> Result<Vec<Item>, StoreError> {
        let mut mails = self.store.past(after, from, PAGE).await?;
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

/// A page's mails on all cores: whoever is free takes the next, and all stand in their order again afterwards.
fn on_all_cores<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let share = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(at) else {
                return done;
            };
            done.push((at, work(one)));
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..cores).map(|_| scope.spawn(share)).collect();
        let mut done = share();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn attempted(bench: &Bench, item: &Item) -> Option<Tried> {
    if item.mail.by_hand || item.mail.removed {
        return None;
    }
    attempt(&bench.site, &bench.rules, &item.raw)
}

fn compared((item, tried): (&Item, &Option<Tried>)) -> Retried {
    if item.mail.by_hand {
        return Retried::ByHand;
    }
    if item.mail.removed {
        return Retried::Removed;
    }
    let compared = tried
        .as_ref()
        .and_then(|(_, judged)| Compared::of(item, judged));
    match compared {
        Some(compared) => Retried::Compared(Box::new(compared)),
        None => Retried::Unreadable(item.mail.entry),
    }
}
