//! What a judged mail becomes: a case of its own with its ticket and receipt, or a follow-up in the case it belongs to.

use tanggap_rules::{Classification, Kind, Report};

use super::{Judge, Judged, Verdict, marks};
use crate::case::{Act, Effect, Event};
use crate::register::{incoming, registered};
use crate::store::{CaseFacts, CaseId, Fate, Judging, NewCase, NewOrder, StoreError};
use crate::ticket;
use crate::tongue::{say, word};

/// People who may speak for a case by its number alone, at most.
const PARTICIPANTS: usize = 50;

impl Judge {
    /// A new case: a number in the register, a ticket, and a receipt where one is allowed (SOP steps 1 and 2).
    pub(super) async fn open(
        &self,
        sitting: &mut Judging,
        mail: &Judged,
    ) -> Result<Verdict, StoreError> {
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
    pub(super) async fn join(
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
        orders.extend(self.worsen(sitting, mail, (case, &register)).await?);
        sitting.order(&orders).await?;
        self.draft_thanks(sitting, case).await?;
        self.national_answer(sitting, mail, case).await?;
        let why = say!("susulan untuk {register}", "follow-up to {register}");
        Ok(Verdict {
            fate: Fate::Joined,
            case: Some(case),
            why,
            receipt: word(
                "susulan; tanda terima hanya untuk laporan baru",
                "a follow-up; receipts are for new reports only",
            )
            .to_owned(),
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

    pub(super) fn facts<'a>(&'a self, mail: &'a Judged, register: &'a str) -> ticket::Facts<'a> {
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
            tongue: self.config.tongue,
        }
    }
}

fn judgement_noted() -> Event {
    Event::NoteOrdered {
        about: "penilaian".to_owned(),
    }
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

fn why_opened(mail: &Judged) -> String {
    match &mail.for_human {
        Some(why) => say!("perlu dibaca manusia: {why}", "a human must read it: {why}"),
        None if mail.classification.kind == Kind::FollowUp => {
            word("menyebut tiket yang tidak dikenal di sini, atau pengirimnya bukan pihak dalam kasus itu; dibuka sebagai kasus baru", "it names a ticket that is not known here, or its sender has no part in that case; opened as a new case").to_owned()
        }
        None => mail.classification.kind_reason.clone(),
    }
}

pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|why| StoreError::Unreadable {
        what: why.to_string(),
    })
}
