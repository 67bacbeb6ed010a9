//! The judge tick: reads and judges what the journal holds unread, and writes down what becomes of it.
//!
//! Reading happens outside any transaction; then one transaction holds everything that follows: the case, its events, the
//! orders, the letter, the reading. A crash before the commit leaves the mail unread, and the next tick finds it.

mod answer;
mod counting;
mod intake;
mod kin;
mod marks;
mod outcome;
pub(crate) mod reading;
mod worse;

use std::collections::HashSet;
use std::sync::Arc;

use tanggap_rules::{Classification, Kind, Report, RuleSet, Site};
use tokio::sync::watch;

use crate::case::Event;
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::pace::{Progress, Tick};
use crate::store::{CaseId, EntryId, Fate, Judging, Pointers, Reading, Store, StoreError, Unread};
use crate::tongue::{say, word};

pub use intake::Notes;

/// Mails claimed at once, at most.
const CLAIM: i64 = 1000;
/// Raw bytes claimed at once, at most; one larger mail is claimed alone.
const CLAIM_BYTES: u64 = 16 << 20;
/// Mails in one sitting, at most.
const SITTING: usize = 200;
/// Raw bytes in one sitting, at most.
const SITTING_BYTES: u64 = 2 << 20;

/// Judges the journal's unread mail.
pub struct Judge {
    pub store: Store,
    pub clock: Clock,
    pub config: Arc<Config>,
    /// The rule set in force; a reload puts the next one here.
    pub rules: watch::Receiver<Arc<RuleSet>>,
    /// The site as its lists describe it now.
    pub site: watch::Receiver<Arc<Site>>,
    /// Mails whose last try was stopped by the store's trouble, and is still counted against them.
    pub wronged: Vec<EntryId>,
    /// This way into osTicket can show staff a note: there the reasons of a judgement stand, out of the reporter's sight.
    pub notes: bool,
}

/// A mail that has been read and judged, before anything follows from it.
struct Judged {
    unread: Unread,
    report: Report,
    classification: Classification,
    /// Why a human must read the original; `None` for an ordinary mail.
    for_human: Option<String>,
    /// Set where no mail came: somebody took the report down.
    by_hand: Option<intake::ByHand>,
}

impl Judged {
    /// The classification a new case is opened with: a follow-up of nothing we know is a report of its own.
    fn as_opened(&self) -> Classification {
        let mut classification = self.classification.clone();
        if classification.kind == Kind::FollowUp {
            classification.kind = Kind::Report;
        }
        classification
    }
}

/// What a mail came to.
struct Verdict {
    fate: Fate,
    case: Option<CaseId>,
    why: String,
    /// Why no receipt was written; empty where one was.
    receipt: String,
}

impl Tick for Judge {
    type Error = StoreError;

    /// The oldest unread mails, read, judged, and settled, one sitting after the other.
    async fn tick(&mut self) -> Result<Progress, StoreError> {
        self.forgive().await?;
        let now = self.clock.now();
        let Some((epoch, unread)) = self.store.claim_unread(now, CLAIM, CLAIM_BYTES).await? else {
            return Ok(Progress::default());
        };
        let done = unread.len() as u64;
        let entries: Vec<EntryId> = unread.iter().map(|mail| mail.entry).collect();
        if let Err(error) = self.judge_all((epoch, now), unread).await {
            if error.blames_no_mail() {
                self.wronged = entries;
                // Where the trouble goes on this fails as well, and the next tick begins with it.
                let _ = self.forgive().await;
            }
            return Err(error);
        }
        Ok(Progress { done, more: true })
    }
}

impl Judge {
    /// A mail is put aside after tries that killed the program; a full disk or a database that went away is not its doing.
    async fn forgive(&mut self) -> Result<(), StoreError> {
        if !self.wronged.is_empty() {
            self.store.forgive(&self.wronged).await?;
            self.wronged.clear();
        }
        Ok(())
    }

    /// While one sitting is written down, the next is already being read.
    async fn judge_all(
        &self,
        claim: (i64, Timestamp),
        unread: Vec<Unread>,
    ) -> Result<(), StoreError> {
        let by = self.measure();
        let read = |unread| reading::read_all(&self.store, &by, unread);
        let mut sittings = sittings(unread).into_iter();
        let mut judged = read(sittings.next().unwrap_or_default()).await?;
        while !judged.is_empty() {
            let next = read(sittings.next().unwrap_or_default());
            let (written, next) = tokio::join!(self.write_down(claim, judged), next);
            written?;
            judged = next?;
        }
        Ok(())
    }

    /// One sitting, in one transaction.
    async fn write_down(
        &self,
        claim: (i64, Timestamp),
        judged: Vec<Judged>,
    ) -> Result<(), StoreError> {
        let prefix = &self.config.team.register_prefix;
        let mut sitting = self.store.judging(claim, pointers(&judged), prefix).await?;
        for mail in judged {
            self.settle(&mut sitting, mail).await?;
        }
        sitting.commit().await
    }

    async fn settle(&self, sitting: &mut Judging, mut mail: Judged) -> Result<(), StoreError> {
        let counted = self.count(sitting, &mut mail).await?;
        let verdict = self.verdict(sitting, &mail).await?;
        if let Some(keys) = counted.filter(|_| counting::counts(&mail, verdict.fate)) {
            let unread = &mail.unread;
            sitting.count(unread.entry, &keys, unread.kept).await?;
        }
        record(sitting, mail, verdict);
        Ok(())
    }

    async fn verdict(&self, sitting: &mut Judging, mail: &Judged) -> Result<Verdict, StoreError> {
        if mail.for_human.is_some() {
            return self.open(sitting, mail).await;
        }
        let kind = mail.classification.kind;
        if matches!(kind, Kind::AutoReply | Kind::Bounce) {
            return machine_answer(sitting, mail).await;
        }
        if kind != Kind::Other
            && let Some(duplicate) = duplicate(sitting, mail).await?
        {
            return Ok(duplicate);
        }
        if kind != Kind::Automated
            && let Some(case) = kin::case_of(sitting, &mail.report).await?
        {
            return self.join(sitting, mail, case).await;
        }
        if kind == Kind::Other {
            return Ok(recorded(mail.classification.kind_reason.clone()));
        }
        self.open(sitting, mail).await
    }
}

fn record(sitting: &mut Judging, mail: Judged, verdict: Verdict) {
    let Judged {
        unread,
        report,
        classification,
        ..
    } = mail;
    sitting.record(Reading {
        entry: unread.entry,
        classification,
        fate: verdict.fate,
        why: verdict.why,
        case: verdict.case,
        sender: report.from.map(|from| from.address).unwrap_or_default(),
        subject: report.subject,
        message_id: report.message_id.unwrap_or_default(),
        canon: report.canon,
        receipt: verdict.receipt,
    });
}

/// The claimed mails in portions that are read and written one after the other, so that memory stays small.
fn sittings(unread: Vec<Unread>) -> Vec<Vec<Unread>> {
    let mut sittings: Vec<Vec<Unread>> = Vec::new();
    let mut bytes = 0;
    for mail in unread {
        bytes += mail.size;
        match sittings.last_mut() {
            Some(sitting) if sitting.len() < SITTING && bytes <= SITTING_BYTES => {
                sitting.push(mail);
            }
            _ => {
                bytes = mail.size;
                sittings.push(vec![mail]);
            }
        }
    }
    sittings
}

fn pointers(judged: &[Judged]) -> Pointers {
    let ids = judged
        .iter()
        .flat_map(|mail| kin::message_ids(&mail.report));
    let ids: HashSet<String> = ids.collect();
    Pointers {
        message_ids: ids.into_iter().collect(),
        canons: judged.iter().map(|mail| mail.report.canon).collect(),
    }
}

/// The same content delivered once more (level-2 identity): a note on its case, no ticket, no letter.
async fn duplicate(sitting: &mut Judging, mail: &Judged) -> Result<Option<Verdict>, StoreError> {
    let Some((first, case)) = sitting.first_with(mail.report.canon) else {
        return Ok(None);
    };
    if let Some(case) = case {
        sitting
            .apply(
                case,
                Event::DuplicateSeen {
                    entry: mail.unread.entry.0,
                },
            )
            .await?;
    }
    let why = say!(
        "surel yang sama dengan jurnal nomor {}, terkirim dua kali",
        "the same mail as journal number {}, sent twice",
        first.0
    );
    Ok(Some(Verdict {
        fate: Fate::Duplicate,
        case,
        why,
        receipt: word("kiriman ganda", "sent twice").to_owned(),
    }))
}

/// Bounces and automatic replies are never answered and open nothing; a bounce of our own letter is noted on its case (S9).
async fn machine_answer(sitting: &mut Judging, mail: &Judged) -> Result<Verdict, StoreError> {
    let mut verdict = recorded(mail.classification.kind_reason.clone());
    let Some((letter, case)) = kin::letter_of(sitting, &mail.report) else {
        return Ok(verdict);
    };
    verdict.case = Some(case);
    if mail.classification.kind == Kind::Bounce {
        sitting.letter_bounced(&letter).await?;
        let event = Event::LetterBounced {
            entry: mail.unread.entry.0,
            message_id: letter,
        };
        sitting.apply(case, event).await?;
        word(
            "surat kita kembali: alamat pelapor tidak menerima",
            "our letter came back: the reporter's address does not accept it",
        )
        .clone_into(&mut verdict.why);
    }
    Ok(verdict)
}

fn recorded(why: String) -> Verdict {
    Verdict {
        fate: Fate::Recorded,
        case: None,
        why,
        receipt: word("bukan laporan", "no report").to_owned(),
    }
}
