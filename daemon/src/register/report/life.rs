//! One case as a report sees it: as it stood when the period ended.

use super::NO_OFFICE;
use crate::case::{Act, ClockRule, Deadline, Event, Exit, Hours, Sheet, Way, running_clocks};
use crate::clock::Timestamp;
use crate::letter::incident_name;
use crate::register::Cells;
use crate::store::Span;
use crate::tongue::Tongue;

/// A case with what was known of it at the period's end.
#[derive(Debug, Clone)]
pub struct Life {
    pub register: String,
    pub subject: String,
    pub opened: Timestamp,
    pub office: String,
    pub channel: String,
    /// What the rules proposed (`high`, RSIT type).
    pub proposed: (String, String),
    /// The rules that fired, where a person judged otherwise.
    pub rules: Vec<String>,
    pub sheet: Sheet,
    /// The clocks that run, the next one first.
    pub clocks: Vec<Deadline>,
    pub exit: Option<Exit>,
    /// Over when the period began.
    pub over_before: bool,
}

/// What happened to a case: when, by whom, what.
pub type Happened = (Timestamp, String, Event);

impl Life {
    /// A case by its first row in the register and what happened to it until the period's end.
    pub fn of(
        (register, opened): (&str, Timestamp),
        first: Option<&Cells>,
        happened: &[Happened],
        span: Span,
    ) -> Self {
        let until = |end: Timestamp| {
            let before = happened.iter().filter(move |(at, _, _)| *at < end);
            Sheet::of(before.map(|(at, by, event)| (*at, by.as_str(), event)))
        };
        let sheet = until(span.to);
        let cell = |key: &str| {
            first
                .and_then(|cells| cells.get(key))
                .cloned()
                .unwrap_or_default()
        };
        let office = Some(sheet.office.clone())
            .filter(|office| !office.is_empty())
            .unwrap_or_else(|| cell("office"));
        Self {
            register: register.to_owned(),
            subject: cell("subject"),
            opened,
            office: or(office, NO_OFFICE),
            channel: or(cell("channel"), "surel"),
            proposed: (
                or(sheet.raised.clone().unwrap_or_default(), &cell("severity")).to_lowercase(),
                cell("incident"),
            ),
            rules: Vec::new(),
            clocks: Vec::new(),
            exit: exit(happened, span.to),
            over_before: until(span.from).ended.is_some(),
            sheet,
        }
    }

    /// Starts the clocks: those that people set, and those of the configuration.
    pub fn start_clocks(&mut self, rules: &[ClockRule], hours: &Hours) {
        let incident = self.sheet.incident.as_ref().unwrap_or(&self.proposed.1);
        let judged = (self.severity(), incident.as_str());
        let clocks = running_clocks(judged, (&self.sheet, self.opened), (rules, hours));
        let mut clocks: Vec<_> = clocks.into_iter().map(|clock| clock.deadline).collect();
        clocks.sort_by_key(|clock| clock.due);
        self.clocks = clocks;
    }

    /// Opened within the period.
    pub fn is_new(&self, span: Span) -> bool {
        self.opened >= span.from && self.opened < span.to
    }

    /// Opened before the period, and open when it began.
    pub fn was_open(&self, span: Span) -> bool {
        self.opened < span.from && !self.over_before
    }

    pub fn recovered_in(&self, span: Span) -> bool {
        let recovered = self.sheet.recovered.as_ref();
        recovered.is_some_and(|(at, _)| *at >= span.from && *at < span.to)
    }

    pub fn escalated_in(&self, span: Span) -> bool {
        let decided = self.sheet.decision.as_ref();
        decided.is_some_and(|(way, told)| *way == Way::Bssn && told.at >= span.from)
    }

    /// Open, and past a deadline.
    pub fn is_overdue(&self, at: Timestamp) -> bool {
        self.clocks.first().is_some_and(|clock| clock.due < at)
    }

    /// The severity in force: `high`, `medium`, `low`.
    pub fn severity(&self) -> &str {
        self.sheet.severity.as_deref().unwrap_or(&self.proposed.0)
    }

    /// The type in force, in Indonesian.
    pub fn incident(&self) -> String {
        incident_name(self.sheet.incident.as_deref().unwrap_or(&self.proposed.1))
    }

    /// A person has confirmed or changed what the rules proposed.
    pub fn is_judged(&self) -> bool {
        self.sheet.triaged.is_some() || self.sheet.severity.is_some() || self.exit.is_some()
    }

    /// What was proposed and what a person made of it, where the two differ.
    pub fn overridden(&self) -> Option<(String, String)> {
        let level = crate::letter::level;
        let shown = |severity: &str, incident: &str| format!("{}, {incident}", level(severity));
        let proposed = shown(&self.proposed.0, &incident_name(&self.proposed.1));
        let decided = match self.exit {
            Some(exit @ (Exit::NotIncident | Exit::OutOfScope)) => {
                exit.phase().in_words(Tongue::Indonesian).to_owned()
            }
            _ => shown(self.severity(), &self.incident()),
        };
        // A case that was taken down by hand was judged by nobody before.
        let by_rules = self.sheet.taken_down.is_none();
        (by_rules && proposed != decided).then_some((proposed, decided))
    }

    /// How far it had come, in words.
    pub fn standing(&self) -> String {
        match (&self.sheet.ended, self.exit) {
            (Some(_), Some(exit)) => exit.phase().in_words(Tongue::Indonesian).to_owned(),
            (Some(_), None) => "selesai".to_owned(),
            _ if self.sheet.recovered.is_some() => "pulih, belum ditutup".to_owned(),
            _ if !self.sheet.handled.is_empty() => "penanganan".to_owned(),
            _ if self.sheet.triaged.is_some() => "triase".to_owned(),
            _ => "tercatat".to_owned(),
        }
    }
}

/// The way out that the case has taken and not come back from.
fn exit(happened: &[Happened], end: Timestamp) -> Option<Exit> {
    let before = happened.iter().filter(|(at, _, _)| *at < end);
    before.fold(None, |exit, (_, _, event)| match event {
        Event::Acted(Act::Dismissed { exit, .. }) => Some(*exit),
        Event::Acted(Act::Reopened { .. } | Act::Closed { .. }) => None,
        _ => exit,
    })
}

fn or(text: String, otherwise: &str) -> String {
    if text.trim().is_empty() {
        otherwise.to_owned()
    } else {
        text
    }
}
