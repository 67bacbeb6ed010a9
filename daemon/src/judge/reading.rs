//! Turns journal entries into judged reports, on threads of their own. One mail that panics costs nobody else anything.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tanggap_rules::{Classification, Report, RuleSet, Site, classify, read};

use super::{Judge, Judged};
use crate::failpoint;
use crate::store::{Store, StoreError, Unread};
use crate::tongue::say_in;

/// A mail that was begun so often, and the program ended each time, is not begun again.
const TRIES: i64 = 3;
/// Of a mail over the size limit only the beginning is read, for its headers.
pub(crate) const HEAD: u64 = 256 << 10;
/// Mails of one part are read from the journal many at a time.
pub(crate) const SMALL: u64 = 1 << 20;

/// What mails are read and judged by: what was in force when a sitting began stays so to its end.
#[derive(Clone)]
pub(super) struct Measure {
    /// Bytes; of a larger mail only the beginning is read.
    mail_size: u64,
    pub site: Arc<Site>,
    pub rules: Arc<RuleSet>,
}

impl Judge {
    /// What is in force at this moment.
    pub(super) fn measure(&self) -> Measure {
        Measure {
            mail_size: self.config.limits.mail_size,
            site: self.site.borrow().clone(),
            rules: self.rules.borrow().clone(),
        }
    }
}

/// A mail on its way to being read.
struct Raw {
    unread: Unread,
    bytes: Vec<u8>,
    /// Why it is not read as it is.
    spared: Option<String>,
}

pub(super) async fn read_all(
    store: &Store,
    by: &Measure,
    unread: Vec<Unread>,
) -> Result<Vec<Judged>, StoreError> {
    if unread.is_empty() {
        return Ok(Vec::new());
    }
    let mut raws = fetch(store, by, unread).await?;
    let second = raws.split_off(raws.len() / 2);
    let work = |raws: Vec<Raw>| {
        let by = by.clone();
        tokio::task::spawn_blocking(move || {
            raws.into_iter()
                .map(|raw| judge_one(&by, raw))
                .collect::<Vec<_>>()
        })
    };
    let (first, second) = tokio::join!(work(raws), work(second));
    let stopped =
        |_| StoreError::Refused("membaca surel terhenti karena program berhenti".to_owned());
    let mut judged = first.map_err(stopped)?;
    judged.extend(second.map_err(stopped)?);
    failpoint::pass("judge.read");
    Ok(judged)
}

async fn fetch(store: &Store, by: &Measure, unread: Vec<Unread>) -> Result<Vec<Raw>, StoreError> {
    let plain = |mail: &Unread| mail.tries < TRIES && mail.size <= SMALL.min(by.mail_size);
    if unread.iter().all(plain) {
        let entries: Vec<_> = unread.iter().map(|mail| mail.entry).collect();
        let bytes = store.raws(&entries).await?;
        let raw = |(unread, bytes)| Raw {
            unread,
            bytes,
            spared: None,
        };
        return Ok(unread.into_iter().zip(bytes).map(raw).collect());
    }
    let mut raws = Vec::with_capacity(unread.len());
    for mail in unread {
        raws.push(fetch_one(store, by, mail).await?);
    }
    Ok(raws)
}

async fn fetch_one(store: &Store, by: &Measure, unread: Unread) -> Result<Raw, StoreError> {
    if unread.tries >= TRIES {
        let why = say_in!(
            by.site.tongue,
            "program berhenti {} kali saat membaca surel ini; surel aslinya utuh di jurnal",
            "the program stopped {} times while reading this mail; the original is whole in the journal",
            unread.tries
        );
        return Ok(Raw {
            unread,
            bytes: Vec::new(),
            spared: Some(why),
        });
    }
    let limit = by.mail_size;
    if unread.size > limit {
        let bytes = store.raw(unread.entry, HEAD).await?;
        let why = say_in!(
            by.site.tongue,
            "surel terlalu besar ({} bita, batasnya {limit}); surel aslinya utuh di jurnal",
            "the mail is too large ({} bytes, the limit is {limit}); the original is whole in the journal",
            unread.size
        );
        return Ok(Raw {
            unread,
            bytes,
            spared: Some(why),
        });
    }
    Ok(Raw {
        unread,
        bytes: store.raw(unread.entry, u64::MAX).await?,
        spared: None,
    })
}

/// Reads and judges one mail; `None` where the program broke on it.
pub(crate) fn attempt(
    site: &Site,
    rules: &RuleSet,
    bytes: &[u8],
) -> Option<(Report, Classification)> {
    let attempt = catch_unwind(AssertUnwindSafe(|| {
        failpoint::pass_with("judge.reading", bytes);
        let report = read(bytes, site);
        let classification = classify(rules, &report);
        (report, classification)
    }));
    attempt.ok()
}

/// What a mail says, read once more; `None` where the program breaks on it.
pub(crate) fn readable(site: &Site, bytes: &[u8]) -> Option<Report> {
    catch_unwind(AssertUnwindSafe(|| read(bytes, site))).ok()
}

fn judge_one(by: &Measure, raw: Raw) -> Judged {
    let Raw {
        unread,
        bytes,
        spared,
    } = raw;
    let attempt = attempt(&by.site, &by.rules, &bytes);
    drop(bytes);
    let (mut report, classification, panicked) = match attempt {
        Some((report, classification)) => (report, classification, None),
        None => unreadable(by),
    };
    let for_human = spared.or(panicked).or_else(|| report.unreadable.clone());
    if for_human.is_some() {
        make_unique(&mut report, unread.entry.0);
    }
    Judged {
        unread,
        report,
        classification,
        for_human,
        by_hand: None,
    }
}

/// Reads and judges one mail that is read already, once more.
pub(super) fn judge_bytes(by: &Measure, unread: Unread, bytes: &[u8]) -> Judged {
    let raw = Raw {
        unread,
        bytes: bytes.to_vec(),
        spared: None,
    };
    judge_one(by, raw)
}

/// What is left when reading itself broke: nothing of the mail, and the reason.
fn unreadable(by: &Measure) -> (Report, Classification, Option<String>) {
    let report = read(b"", &by.site);
    let classification = classify(&by.rules, &report);
    (
        report,
        classification,
        Some(
            by.site
                .tongue
                .choose(
                    "program gagal membaca surel ini; surel aslinya utuh di jurnal",
                    "the program failed to read this mail; the original is whole in the journal",
                )
                .to_owned(),
        ),
    )
}

/// Two mails that could not be read are never the same mail.
fn make_unique(report: &mut Report, entry: i64) {
    report.canon = [0xff; 32];
    for (byte, value) in report.canon.iter_mut().zip(entry.to_be_bytes()) {
        *byte = value;
    }
}
