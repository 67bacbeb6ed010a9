//! Which raw mail has had its time. Nothing here changes anything.

use std::collections::BTreeMap;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::super::books::sheet;
use crate::case::Sheet;
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::judge::reading::readable;
use crate::register::{Book, NewRow, hex};
use crate::store::{CaseId, Disposal, EntryId, EventView, KeptMail, Store, StoreError};

/// Mails without a case that are removed and entered as one.
const LOOSE: usize = 500;

/// Mails that are removed and entered together: those of one case, or some of none.
pub struct Lot {
    pub case: Option<CaseId>,
    pub register: String,
    pub events: i64,
    /// What the time is counted from.
    pub since: Timestamp,
    pub mails: Vec<KeptMail>,
    pub basis: String,
}

/// What a run would do, and how many mails it leaves and why.
#[derive(Default)]
pub struct Plan {
    /// Identity cards first.
    pub lots: Vec<Lot>,
    pub early: u64,
    pub held: u64,
    /// Mails of a duplicate whose main case is open or not yet due.
    pub bound: u64,
}

/// What is known of a case that is over.
struct Ended {
    register: String,
    events: i64,
    sheet: Sheet,
    /// When the last of it ended: its own, or that of the case it doubles; `None` while that one is open.
    since: Option<Timestamp>,
}

impl Lot {
    pub fn name(&self) -> &str {
        if self.case.is_some() {
            &self.register
        } else {
            "(tanpa kasus)"
        }
    }

    pub fn bytes(&self) -> i64 {
        self.mails.iter().map(|mail| mail.size).sum()
    }

    pub fn disposal(self) -> Disposal {
        let mut hasher = Sha256::new();
        for mail in &self.mails {
            hasher.update(mail.digest);
        }
        let row = NewRow::new(
            Book::Retention,
            [
                ("register", self.register.clone()),
                ("mails", self.mails.len().to_string()),
                ("bytes", self.bytes().to_string()),
                ("sha256", hex(&hasher.finalize())),
                (
                    "note",
                    format!("dihitung sejak {}", super::dates::short(self.since)),
                ),
                ("basis", self.basis),
            ],
        );
        Disposal {
            case: self.case,
            events: self.events,
            entries: self.mails.iter().map(|mail| mail.entry).collect(),
            row,
        }
    }
}

/// Looks at every raw mail of cases that are over, and of none; in pieces, so that memory stays bounded by what is due.
pub async fn plan((store, clock): (&Store, &Clock), config: &Config) -> Result<Plan, StoreError> {
    let now = clock.now();
    let settings = config.retention;
    let mut plan = Plan::default();
    let mut lots: BTreeMap<(bool, Option<CaseId>), Vec<Lot>> = BTreeMap::new();
    let mut after = EntryId(0);
    loop {
        let mails = store
            .kept_mails(after, now.minus(settings.identity))
            .await?;
        let Some(last) = mails.last() else { break };
        after = last.entry;
        let cases = ended(store, &mails).await?;
        for mail in mails {
            let case = mail.case.and_then(|case| cases.get(&case));
            let Some(since) = since(&mut plan, &mail, case) else {
                continue;
            };
            let due = |wait: Duration| since.plus(wait) <= now;
            let old = due(settings.raw);
            let identity = due(settings.identity) && has_identity(store, config, &mail).await?;
            if !old && !identity {
                plan.early += 1;
                continue;
            }
            let key = (!identity, mail.case);
            add(
                lots.entry(key).or_default(),
                mail,
                (case, since),
                basis(identity, settings.identity, settings.raw),
            );
        }
    }
    plan.lots = lots.into_values().flatten().collect();
    Ok(plan)
}

/// What a mail's time is counted from; `None`, and counted, where it must stay.
fn since(plan: &mut Plan, mail: &KeptMail, case: Option<&Ended>) -> Option<Timestamp> {
    if mail.case.is_none() {
        return Some(mail.kept);
    }
    // A case that was reopened meanwhile is no longer over.
    let case = case?;
    if case.sheet.preserved.is_some() {
        plan.held += 1;
        return None;
    }
    if case.since.is_none() {
        plan.bound += 1;
    }
    // A mail that came after the end has its time from then on.
    case.since.map(|since| since.max(mail.kept))
}

fn add(
    lots: &mut Vec<Lot>,
    mail: KeptMail,
    (case, since): (Option<&Ended>, Timestamp),
    basis: String,
) {
    let full = lots
        .last()
        .is_none_or(|lot| lot.case.is_none() && lot.mails.len() >= LOOSE);
    if full {
        lots.push(Lot {
            case: mail.case,
            register: case.map(|case| case.register.clone()).unwrap_or_default(),
            events: case.map_or(0, |case| case.events),
            since,
            mails: Vec::new(),
            basis,
        });
    }
    if let Some(lot) = lots.last_mut() {
        lot.since = lot.since.min(since);
        lot.mails.push(mail);
    }
}

fn basis(identity: bool, identity_after: Duration, raw_after: Duration) -> String {
    let days = |wait: Duration| wait.as_secs() / 86_400;
    if identity {
        format!("memuat kartu identitas, {} hari", days(identity_after))
    } else {
        format!("retensi {} hari", days(raw_after))
    }
}

/// One mail at a time is in memory.
async fn has_identity(store: &Store, config: &Config, mail: &KeptMail) -> Result<bool, StoreError> {
    if mail.size.unsigned_abs() > config.limits.mail_size {
        return Ok(false);
    }
    let raw = store.raw(mail.entry, config.limits.mail_size).await?;
    Ok(readable(&config.site, &raw).is_some_and(|report| report.identity_attached()))
}

/// The cases of these mails, as they are now.
async fn ended(store: &Store, mails: &[KeptMail]) -> Result<BTreeMap<CaseId, Ended>, StoreError> {
    let mut ids: Vec<CaseId> = mails.iter().filter_map(|mail| mail.case).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut events = store.events_of(&ids).await?;
    let mut found = BTreeMap::new();
    for id in ids {
        let events: Vec<EventView> = events.remove(&id).unwrap_or_default();
        let sheet = sheet(&events);
        let Some(own) = sheet.ended else { continue };
        let since = match main_case(&sheet) {
            None => Some(own),
            Some(main) => store_ended(store, main)
                .await?
                .map(|theirs| theirs.max(own)),
        };
        let register = store.standing_of(id).await?.1;
        found.insert(
            id,
            Ended {
                register,
                events: i64::try_from(events.len()).unwrap_or(i64::MAX),
                sheet,
                since,
            },
        );
    }
    Ok(found)
}

/// The case that this one doubles.
fn main_case(sheet: &Sheet) -> Option<&str> {
    let doubles = sheet
        .links
        .iter()
        .rev()
        .find(|(_, how)| how == "duplikat dari");
    doubles.map(|(register, _)| register.as_str())
}

/// When a case ended that is over and not held back.
async fn store_ended(store: &Store, register: &str) -> Result<Option<Timestamp>, StoreError> {
    let Some(case) = store.case(register).await? else {
        return Ok(None);
    };
    let sheet = sheet(&store.events(case.id).await?);
    Ok(sheet.ended.filter(|_| sheet.preserved.is_none()))
}
