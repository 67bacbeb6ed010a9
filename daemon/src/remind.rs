//! The remind tick: tells the roles that the configuration names that a deadline comes near, each once.
//!
//! It decides from the database: what was ordered stands in the case's events, so that a crash or a second daemon tells nobody
//! twice. After a stop only the latest mark that has passed is told.

use std::sync::Arc;

use tanggap_rules::{Tongue, say_in};

use crate::case::{Effect, Event, Running, Stand, Warned, running_clocks};
use crate::clock::{Clock, Timestamp};
use crate::config::{Config, WarnedRole};
use crate::letter::{Notice, Recipient, dates, notice};
use crate::pace::{Progress, Tick};
use crate::secretary::sheet_of;
use crate::store::{CaseView, EventView, NewOrder, Store, StoreError};

/// Warns of deadlines.
pub struct Remind {
    pub store: Store,
    pub clock: Clock,
    pub config: Arc<Config>,
}

impl Tick for Remind {
    type Error = StoreError;

    async fn tick(&mut self) -> Result<Progress, StoreError> {
        if self.config.deadlines.roles.is_empty() {
            return Ok(Progress::default());
        }
        let cases = self.store.open_cases().await?;
        let ids: Vec<_> = cases.iter().map(|case| case.id).collect();
        let mut events = self.store.events_of(&ids).await?;
        let mut done = 0;
        for case in &cases {
            let events = events.remove(&case.id).unwrap_or_default();
            for warned in self.due(case, &events) {
                done += u64::from(self.order(case, events.len(), warned).await?);
            }
        }
        Ok(Progress { done, more: false })
    }
}

impl Remind {
    /// What is to be told now and was not.
    fn due(&self, case: &CaseView, events: &[EventView]) -> Vec<Warned> {
        let now = self.clock.now();
        let sheet = sheet_of(events);
        let judged = (case.severity.as_str(), case.incident.as_str());
        let rules = (self.config.deadlines.clocks.as_slice(), &self.config.hours);
        let clocks = running_clocks(judged, (&sheet, case.opened), rules);
        let told: Vec<Warned> = events
            .iter()
            .filter_map(|event| match serde_json::from_str(&event.event).ok()? {
                Event::Warned(warned) => Some(warned),
                _ => None,
            })
            .collect();
        let warned = self.config.deadlines.roles.iter();
        let pairs = warned.flat_map(|role| clocks.iter().map(move |clock| (role, clock)));
        pairs
            .filter_map(|(role, clock)| self.passed(role, clock, now))
            .filter(|warned| !told.iter().any(|known| says_no_less(known, warned)))
            .collect()
    }

    /// The latest mark of a role that a clock has passed.
    fn passed(&self, role: &WarnedRole, clock: &Running, now: Timestamp) -> Option<Warned> {
        let passed = |percent: &&i64| {
            clock
                .at(**percent, &self.config.hours)
                .is_some_and(|at| at <= now)
        };
        let percent = role.at.iter().rev().find(passed)?;
        Some(Warned {
            which: clock.deadline.which.clone(),
            due_ms: clock.deadline.due.0,
            percent: *percent,
            role: role.name.clone(),
            stand: Stand::Ordered,
        })
    }

    /// Orders one warning, unless the case has moved since it was decided: then the next tick decides anew.
    async fn order(
        &self,
        case: &CaseView,
        events: usize,
        warned: Warned,
    ) -> Result<bool, StoreError> {
        let mut roles = self.config.deadlines.roles.iter();
        let Some(role) = roles.find(|role| role.name == warned.role) else {
            return Ok(false);
        };
        let Ok(to) = Recipient::new(&role.address) else {
            return Ok(false);
        };
        let effect = Effect::SendWarning {
            which: warned.which.clone(),
            due_ms: warned.due_ms,
            percent: warned.percent,
            role: warned.role.clone(),
        };
        let key = format!("{}/{}", case.register, effect.key());
        let sealed = notice(&Notice {
            team: &self.config.team,
            to: &to,
            subject: &subject(&case.register, &warned, self.config.tongue),
            text: &text(&case.register, &warned, self.config.tongue),
            date: self.clock.now(),
            key: self.store.effect_key(&key),
        });
        let payload = serde_json::to_string(&sealed).map_err(|why| StoreError::Unreadable {
            what: why.to_string(),
        })?;
        let order = NewOrder {
            key,
            case: case.id,
            effect,
            payload,
        };
        let decided_at = i64::try_from(events).unwrap_or(i64::MAX);
        let event = (Event::Warned(warned), decided_at);
        self.store.warn(order, event, self.clock.now()).await
    }
}

/// Told already, or more than that.
fn says_no_less(known: &Warned, warned: &Warned) -> bool {
    known.which == warned.which
        && known.role == warned.role
        && known.due_ms == warned.due_ms
        && known.percent >= warned.percent
}

fn subject(register: &str, warned: &Warned, tongue: Tongue) -> String {
    say_in!(
        tongue,
        "Batas waktu {}: {} % berlalu [{register}]",
        "Deadline {}: {} % gone [{register}]",
        warned.which,
        warned.percent
    )
}

/// Number, clock and moment; whoever may know more looks into the register.
fn text(register: &str, warned: &Warned, tongue: Tongue) -> String {
    let due = Timestamp(warned.due_ms).wib();
    let due = tongue.choose(dates::moment(due), dates::day_and_time_english(due));
    let state = if warned.percent >= 100 {
        tongue.choose("telah lewat", "has passed")
    } else {
        tongue.choose("mendekat", "is near")
    };
    say_in!(
        tongue,
        "Batas waktu {} untuk kasus {register} {state}: {} % waktunya telah berlalu.\r\nBatasnya {due}.\r\n\r\n\
         Rinciannya di osTicket, atau: tanggap case show {register}\r\n",
        "Deadline {} of case {register} {state}: {} % of its time is gone.\r\nIt is due {due}.\r\n\r\nDetails are in osTicket, or: tanggap case show {register}\r\n",
        warned.which,
        warned.percent
    )
}
