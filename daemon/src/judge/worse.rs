//! A follow-up with worse news: the case's severity rises, and its ticket's priority with it, as long as no person has judged either.

use tanggap_rules::{Authenticity, Classification, Severity};

use super::outcome::json;
use super::{Judge, Judged};
use crate::case::{Act, Effect, Event};
use crate::showing::{self, Here};
use crate::store::{CaseId, Judging, NewOrder, Outlook, Payloads, StoreError};
use crate::ticket::raised;

impl Judge {
    /// Raises what a follow-up gives reason to raise; returns the orders that let the ticket show it.
    pub(super) async fn worsen(
        &self,
        sitting: &mut Judging,
        mail: &Judged,
        (case, register): (CaseId, &str),
    ) -> Result<Vec<NewOrder>, StoreError> {
        let news = &mail.classification;
        let forged = mail.report.authenticity == Authenticity::Fail;
        if forged || !self.is_said_by_a_rule(news) {
            return Ok(Vec::new());
        }
        let outlook = sitting.outlook(case).await?;
        if !is_open_to(&outlook, news.severity) {
            return Ok(Vec::new());
        }
        let entry = mail.unread.entry.0;
        let act = Act::Raised {
            severity: news.severity.name().to_owned(),
            entry,
            reason: if mail.report.is_red() {
                let kept = (
                    "TLP:RED, alasannya ada di jurnal",
                    "TLP:RED, see the journal",
                );
                self.config.tongue.choose(kept.0, kept.1).to_owned()
            } else {
                news.reasons.join(" ")
            },
        };
        let mut payloads = Payloads::new();
        let here = Here {
            register,
            progress: outlook.progress,
            events: outlook.events + 1,
            ticket: outlook.ticket.as_ref(),
        };
        let acts = std::slice::from_ref(&act);
        let mut events = showing::orders(
            &here,
            (acts, "tanggap"),
            &self.config.osticket,
            &mut payloads,
        )?;
        if self.notes {
            let about = format!("tingkat-{entry}");
            let note = raised(&self.facts(mail, register), &outlook.severity);
            payloads.insert(format!("note/{about}"), json(&note)?);
            events.push(Event::NoteOrdered { about });
        }
        events.insert(0, Event::Acted(act));
        ordered(sitting, (case, register), events, payloads).await
    }

    /// The provisional medium of a mail that says little is no worse news; a level or a type that a rule reads in its words is.
    fn is_said_by_a_rule(&self, news: &Classification) -> bool {
        let rules = self.rules.borrow();
        news.fired.iter().any(|fired| {
            rules.gives(&fired.rule).is_some_and(|gives| {
                let named = gives.incident == Some(news.incident.as_str());
                gives.severity == Some(news.severity) || named
            })
        })
    }
}

/// Nobody has judged it, here or in osTicket, it goes on, and this is worse.
fn is_open_to(outlook: &Outlook, news: Severity) -> bool {
    let rank = |name: &str| {
        ["low", "medium", "high"]
            .iter()
            .position(|known| *known == name)
    };
    let worse = rank(news.name()) > rank(&outlook.severity);
    let touched = outlook
        .ticket
        .as_ref()
        .is_some_and(|ticket| ticket.seen.touched.contains_key("priority"));
    worse && !touched && !outlook.judged && !outlook.progress.phase.is_over()
}

async fn ordered(
    sitting: &mut Judging,
    (case, register): (CaseId, &str),
    events: Vec<Event>,
    mut payloads: Payloads,
) -> Result<Vec<NewOrder>, StoreError> {
    let mut orders = Vec::new();
    for event in events {
        for effect in sitting.apply(case, event).await? {
            let payload = payloads.remove(&effect.key()).unwrap_or_default();
            orders.push(NewOrder {
                key: format!("{register}/{}", Effect::key(&effect)),
                case,
                effect,
                payload,
            });
        }
    }
    Ok(orders)
}
