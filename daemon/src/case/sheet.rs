//! A case on one page: all that its events say, folded. Pure, so that a letter, a book and a report never disagree.

use super::{Act, Event, Exit, Intake, LetterDeed, Phase, Way};
use crate::clock::Timestamp;

/// Something that somebody said or did, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    pub at: Timestamp,
    pub by: String,
    pub text: String,
}

/// One row of the disposition sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disposition {
    pub at: Timestamp,
    pub by: String,
    pub from: String,
    pub to: String,
    pub instruction: String,
}

/// A report that was taken down by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenDown {
    pub intake: Intake,
    pub name: String,
    pub contact: String,
    pub office: String,
    pub system: String,
}

/// What is known of a case beside its row in the register.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sheet {
    pub taken_down: Option<TakenDown>,
    /// What is hit, and the OPD whose it is, as last told; empty where nobody said.
    pub system: String,
    pub office: String,
    /// The severity a person set; `None` while it is only proposed.
    pub severity: Option<String>,
    /// What later mails raised the proposal to.
    pub raised: Option<String>,
    pub incident: Option<String>,
    pub priority: i64,
    /// The place that the rules propose; 0 for none.
    pub proposed_priority: i64,
    pub tags: Vec<String>,
    pub triaged: Option<Timestamp>,
    pub dispositions: Vec<Disposition>,
    pub assigned: Option<String>,
    pub decision: Option<(Way, Told)>,
    pub findings: Option<Told>,
    /// BSSN's references and advice.
    pub national: Vec<(String, Told)>,
    pub weaknesses: String,
    pub detection: String,
    pub handled: Vec<Told>,
    /// When it was back to normal, and who confirmed it.
    pub recovered: Option<(Timestamp, String)>,
    pub cause: String,
    pub impact: String,
    pub recommendation: String,
    pub closed: Option<Told>,
    /// The way out it took before the end, if any.
    pub dismissed: Option<(Exit, Told)>,
    pub ended: Option<Timestamp>,
    pub reopened: Vec<Told>,
    pub skipped: Vec<(Phase, Told)>,
    pub links: Vec<(String, String)>,
    pub waiting_for: Option<String>,
    pub found: Option<Timestamp>,
    pub deadlines: Vec<(String, Timestamp, Timestamp)>,
    pub notes: Vec<Told>,
    /// Why its raw mail is held back from retention, while it is.
    pub preserved: Option<Told>,
    /// The first thing anybody told the reporter: receipt, ticket, or letter.
    pub answered: Option<Timestamp>,
    /// Mails that came after the case was closed.
    pub spoke_after_end: u32,
    /// How often a person changed what the rules had said.
    pub corrected: Vec<Told>,
}

impl Sheet {
    /// Folds a case's events, first to last.
    pub fn of<'e>(events: impl IntoIterator<Item = (Timestamp, &'e str, &'e Event)>) -> Self {
        let mut sheet = Self::default();
        for (at, by, event) in events {
            sheet.take(at, by, event);
        }
        sheet
    }

    fn take(&mut self, at: Timestamp, by: &str, event: &Event) {
        match event {
            Event::Acted(act) => {
                let told = |text: &str| Told {
                    at,
                    by: by.to_owned(),
                    text: text.to_owned(),
                };
                self.act(act, &told);
            }
            Event::ReceiptSent { .. } => self.answered = self.answered.or(Some(at)),
            Event::Lettered(told) if matches!(told.deed, LetterDeed::Sent(_)) => {
                self.answered = self.answered.or(Some(at));
            }
            Event::FollowedUp { .. } => {
                self.waiting_for = None;
                self.spoke_after_end += u32::from(self.ended.is_some());
            }
            _ => {}
        }
    }

    fn act(&mut self, act: &Act, told: &dyn Fn(&str) -> Told) {
        let at = told("").at;
        match act {
            Act::TakenDown { .. } => self.take_down(act),
            Act::Triaged { .. } | Act::Reclassified { .. } => self.judge(act, told),
            Act::Raised { severity, .. } => self.raised = Some(severity.clone()),
            Act::Disposed {
                from,
                to,
                instruction,
            } => self.dispositions.push(Disposition {
                at,
                by: told("").by,
                from: from.clone(),
                to: to.clone(),
                instruction: instruction.clone(),
            }),
            Act::Decided { way, reason } => self.decision = Some((*way, told(reason))),
            Act::Assigned { to } => self.assigned = Some(to.clone()),
            Act::Identified { findings } => self.findings = Some(told(findings)),
            Act::NationalAnswer { reference, advice } => {
                self.national.push((reference.clone(), told(advice)));
            }
            Act::Proposed { priority, tags } => {
                self.proposed_priority = *priority;
                self.tags.clone_from(tags);
            }
            Act::Waiting { asked } => self.waiting_for = Some(asked.clone()),
            Act::Found { at_ms } => self.found = Some(Timestamp(*at_ms)),
            Act::Deadline { which, at_ms } => {
                self.deadlines.push((which.clone(), at, Timestamp(*at_ms)));
            }
            Act::Affected {
                system,
                office,
                impact,
            } => self.hit(system, office, impact),
            Act::Noted { text } => self.notes.push(told(text)),
            Act::Preserved { held, reason } => self.preserved = held.then(|| told(reason)),
            Act::Linked { register, how } => self.links.push((register.clone(), how.clone())),
            other => self.treat(other, told),
        }
    }

    /// Steps 5 to 10, and the ways out.
    fn treat(&mut self, act: &Act, told: &dyn Fn(&str) -> Told) {
        let at = told("").at;
        match act {
            Act::Detected {
                weaknesses,
                detection,
            } => {
                self.weaknesses.clone_from(weaknesses);
                self.detection.clone_from(detection);
            }
            Act::Handled { done } => self.handled.push(told(done)),
            Act::Recovered {
                at_ms,
                confirmed_by,
            } => self.recovered = Some((Timestamp(*at_ms), confirmed_by.clone())),
            Act::Analysed {
                cause,
                impact,
                recommendation,
            } => {
                self.cause.clone_from(cause);
                self.impact.clone_from(impact);
                self.recommendation.clone_from(recommendation);
            }
            Act::Closed { result } => {
                self.closed = Some(told(result));
                self.ended = Some(at);
            }
            Act::Dismissed { exit, of, reason } => {
                self.closed = Some(told(reason));
                self.dismissed = Some((*exit, told(reason)));
                self.ended = Some(at);
                if !of.is_empty() {
                    self.links.push((of.clone(), "duplikat dari".to_owned()));
                }
            }
            Act::Reopened { reason } => {
                self.reopened.push(told(reason));
                self.closed = None;
                self.dismissed = None;
                self.ended = None;
                self.recovered = None;
            }
            Act::Skipped { step, reason } => self.skipped.push((*step, told(reason))),
            _ => {}
        }
    }

    fn take_down(&mut self, act: &Act) {
        if let Act::TakenDown {
            intake,
            name,
            contact,
            office,
            system,
        } = act
        {
            self.taken_down = Some(TakenDown {
                intake: *intake,
                name: name.clone(),
                contact: contact.clone(),
                office: office.clone(),
                system: system.clone(),
            });
            self.hit(system, office, "");
        }
    }

    fn hit(&mut self, system: &str, office: &str, impact: &str) {
        let slots = [&mut self.system, &mut self.office, &mut self.impact];
        for (slot, said) in slots.into_iter().zip([system, office, impact]) {
            if !said.is_empty() {
                said.clone_into(slot);
            }
        }
    }

    fn judge(&mut self, act: &Act, told: &dyn Fn(&str) -> Told) {
        let Some((severity, incident)) = act.judgement() else {
            return;
        };
        if !severity.is_empty() {
            self.severity = Some(severity.to_owned());
        }
        if !incident.is_empty() {
            self.incident = Some(incident.to_owned());
        }
        match act {
            Act::Triaged {
                priority, reason, ..
            } => {
                self.triaged = self.triaged.or(Some(told("").at));
                self.priority = *priority;
                if !reason.is_empty() {
                    self.corrected.push(told(reason));
                }
            }
            Act::Reclassified { reason, .. } => self.corrected.push(told(reason)),
            _ => {}
        }
    }
}
