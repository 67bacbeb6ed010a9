//! The judge tick: reads and judges what the journal holds unread, and writes down what becomes of it.
//!
//! Reading happens outside any transaction; then one transaction holds everything that follows: the case, its events, the
//! orders, the letter, the reading. A crash before the commit leaves the mail unread, and the next tick finds it.

mod answer;
mod counting;
mod intake;
mod kin;
mod marks;
pub(crate) mod reading;

use std::collections::HashSet;
use std::sync::Arc;

use tanggap_rules::{Classification, Kind, Report, RuleSet, Site};
use tokio::sync::watch;

use crate::case::{Act, Effect, Event};
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::pace::{Progress, Tick};
use crate::register::{incoming, registered};
use crate::store::{
    CaseFacts, CaseId, EntryId, Fate, Judging, NewCase, NewOrder, Pointers, Reading, Store,
    StoreError, Unread,
};
use crate::ticket;

pub use intake::Notes;

/// Mails claimed at once, at most.
const CLAIM: i64 = 1000;
/// Raw bytes claimed at once, at most; one larger mail is claimed alone.
const CLAIM_BYTES: u64 = 16 << 20;
/// Mails in one sitting, at most.
const SITTING: usize = 200;
/// Raw bytes in one sitting, at most.
const SITTING_BYTES: u64 = 2 << 20;
/// People who may speak for a case by its number alone, at most.
const PARTICIPANTS: usize = 50;

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

    /// A new case: a number in the register, a ticket, and a receipt where one is allowed (SOP steps 1 and 2).
    async fn open(&self, sitting: &mut Judging, mail: &Judged) -> Result<Verdict, StoreError> {
        let (case, register) = sitting.open_case(&self.new_case(mail)).await?;
        book(sitting, mail, (case, &register), true).await?;
        sitting
            .mark(case, &marks::marks(&mail.report, &self.config.site))
            .await?;
        let answer = self.answer(sitting, mail, &register).await?;
        let event = Event::Registered {
            entry: mail.unread.entry.0,
            receipt: answer.is_ok(),
        };
        let mut effects = sitting.apply(case, event).await?;
        self.mark(sitting, case, &mail.classification).await?;
        if self.notes {
            effects.extend(sitting.apply(case, judgement_noted()).await?);
        }
        let mut orders = Vec::with_capacity(effects.len());
        for effect in effects {
            let payload = match (&effect, &answer) {
                (Effect::AddNote { .. }, _) => {
                    let kin = self.kin(sitting, case).await?;
                    json(&ticket::classification(&self.facts(mail, &register), &kin))?
                }
                (Effect::SendReceipt, Ok(letter)) => json(&letter.sealed)?,
                (Effect::OpenTicket, _) => json(&ticket::compose(
                    &self.facts(mail, &register),
                    &self.config.osticket,
                ))?,
                _ => continue,
            };
            orders.push(NewOrder {
                key: format!("{register}/{}", effect.key()),
                case,
                effect,
                payload,
            });
        }
        sitting.order(&orders).await?;
        if let Ok(letter) = &answer {
            sitting.add_letter(case, &letter.row).await?;
        }
        let receipt = answer
            .err()
            .map(|withheld| withheld.to_string())
            .unwrap_or_default();
        Ok(Verdict {
            fate: Fate::Opened,
            case: Some(case),
            why: why_opened(mail),
            receipt,
        })
    }

    /// A follow-up: shown in the ticket of its case, never a ticket of its own.
    async fn join(
        &self,
        sitting: &mut Judging,
        mail: &Judged,
        case: CaseId,
    ) -> Result<Verdict, StoreError> {
        let register = sitting.register_of(case).await?;
        book(sitting, mail, (case, &register), false).await?;
        sitting
            .mark(case, &marks::marks(&mail.report, &self.config.site))
            .await?;
        if let Some(from) = &mail.report.from {
            sitting.add_participant(case, &from.address).await?;
        }
        let effects = sitting
            .apply(
                case,
                Event::FollowedUp {
                    entry: mail.unread.entry.0,
                },
            )
            .await?;
        let mut orders = Vec::with_capacity(effects.len());
        for effect in effects {
            let payload = json(&ticket::follow_up(&self.facts(mail, &register)))?;
            orders.push(NewOrder {
                key: format!("{register}/{}", effect.key()),
                case,
                effect,
                payload,
            });
        }
        sitting.order(&orders).await?;
        self.draft_thanks(sitting, case).await?;
        self.national_answer(sitting, mail, case).await?;
        let why = format!("susulan untuk {register}");
        Ok(Verdict {
            fate: Fate::Joined,
            case: Some(case),
            why,
            receipt: "susulan; tanda terima hanya untuk laporan baru".to_owned(),
        })
    }

    /// What the rules propose beside type and severity: a place in the queue, marks, and clocks where they are configured.
    async fn mark(
        &self,
        sitting: &mut Judging,
        case: CaseId,
        judged: &Classification,
    ) -> Result<(), StoreError> {
        if judged.priority.is_some() || !judged.tags.is_empty() {
            let proposed = Act::Proposed {
                priority: judged.priority.map_or(0, i64::from),
                tags: judged.tags.clone(),
            };
            sitting.apply(case, Event::Acted(proposed)).await?;
        }
        let clocks = judged
            .deadlines
            .iter()
            .filter(|_| self.config.rules.deadlines);
        for which in clocks {
            let which = which.clone();
            let clock = Act::Deadline { which, at_ms: 0 };
            sitting.apply(case, Event::Acted(clock)).await?;
        }
        Ok(())
    }

    fn new_case(&self, mail: &Judged) -> NewCase {
        let report = &mail.report;
        let from = report.from.iter();
        let people = from
            .chain(&report.cc)
            .chain(&report.to)
            .map(|contact| contact.address.clone());
        let ours = &self.config.site.addresses;
        let participants = people
            .filter(|address| !address.is_empty() && !ours.contains(address))
            .take(PARTICIPANTS);
        NewCase {
            facts: CaseFacts {
                severity: ticket::severity_name(mail.classification.severity).to_lowercase(),
                incident: mail.classification.incident.clone(),
                subject: report.subject.clone(),
                reporter: match &mail.by_hand {
                    Some(hand) if !hand.reporter.is_empty() => hand.reporter.clone(),
                    _ => from_address(report),
                },
            },
            participants: participants.collect(),
        }
    }

    fn facts<'a>(&'a self, mail: &'a Judged, register: &'a str) -> ticket::Facts<'a> {
        ticket::Facts {
            register,
            entry: mail.unread.entry.0,
            received: mail.unread.kept,
            report: &mail.report,
            classification: &mail.classification,
            for_human: mail.for_human.as_deref().unwrap_or_default(),
            own_address: &self.config.team.address,
            copies: self.config.osticket.attachments,
            noted: self.notes,
        }
    }
}

fn judgement_noted() -> Event {
    Event::NoteOrdered {
        about: "penilaian".to_owned(),
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

/// Every letter is a row of the agenda, every new case one of the register too (SOP step 2).
async fn book(
    sitting: &mut Judging,
    mail: &Judged,
    (case, register): (CaseId, &str),
    new: bool,
) -> Result<(), StoreError> {
    let judged = &mail.classification;
    let channel = mail.by_hand.as_ref().map_or("surel", |hand| hand.channel);
    let letter = incoming(
        &mail.report,
        (judged.kind, channel),
        mail.unread.kept,
        register,
    );
    let number = sitting.enter(case, letter).await?;
    if new {
        let judged = (judged.incident.as_str(), judged.severity);
        let mut row = registered(&mail.report, judged, channel, register);
        row.cells.insert("agenda".to_owned(), number.to_string());
        sitting.enter(case, row).await?;
    }
    Ok(())
}

fn from_address(report: &Report) -> String {
    let from = report.from.as_ref();
    from.map(|from| from.address.clone()).unwrap_or_default()
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

fn why_opened(mail: &Judged) -> String {
    match &mail.for_human {
        Some(why) => format!("perlu dibaca manusia: {why}"),
        None if mail.classification.kind == Kind::FollowUp => {
            "menyebut tiket yang tidak dikenal di sini, atau pengirimnya bukan pihak dalam kasus itu; dibuka sebagai kasus baru".to_owned()
        }
        None => mail.classification.kind_reason.clone(),
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
    let why = format!(
        "surel yang sama dengan jurnal nomor {}, terkirim dua kali",
        first.0
    );
    Ok(Some(Verdict {
        fate: Fate::Duplicate,
        case,
        why,
        receipt: "kiriman ganda".to_owned(),
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
        "surat kita kembali: alamat pelapor tidak menerima".clone_into(&mut verdict.why);
    }
    Ok(verdict)
}

fn recorded(why: String) -> Verdict {
    Verdict {
        fate: Fate::Recorded,
        case: None,
        why,
        receipt: "bukan laporan".to_owned(),
    }
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|why| StoreError::Unreadable {
        what: why.to_string(),
    })
}
