//! The periodic report (SOP steps 7 and 10; `domain.md` 5.9 (f)): what a period's cases come to, in figures. Pure.
//!
//! All is told as it stood at the period's end, so that last year's report asked for today says what it said then.

mod life;
mod sections;
mod spread;

use std::collections::BTreeMap;

use chrono::{Datelike, Months, NaiveDate};
use serde::Serialize;
use serde_json::{Value, json};

pub use life::{Happened, Life};
pub use sections::{Depth, Section, sections};
pub use spread::{Spread, in_words};

use crate::case::{Exit, Hours};
use crate::clock::Timestamp;
use crate::store::Span;

/// Months that the trend shows at least.
const TREND: u32 = 6;
/// Months shown at most, for a period that somebody asked for by hand.
const TREND_MOST: u32 = 36;
/// A victim is one again within so many months.
const AGAIN: u32 = 12;
/// An office that nobody named.
pub const NO_OFFICE: &str = "(tidak disebut)";

/// What a report is made of.
#[derive(Debug, Clone)]
pub struct ReportFacts {
    /// `Bulan November 2026`
    pub period: String,
    pub span: Span,
    /// Every case that was opened before the period's end.
    pub lives: Vec<Life>,
    pub books: BookCounts,
    pub hours: Hours,
}

impl ReportFacts {
    /// A period in which nothing happened.
    pub fn empty(period: &str, span: Span, hours: &Hours) -> Self {
        Self {
            period: period.to_owned(),
            span,
            lives: Vec::new(),
            books: BookCounts::default(),
            hours: hours.clone(),
        }
    }
}

/// Rows that the books gained in the period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct BookCounts {
    /// First rows of the register: one a case.
    pub register: u64,
    pub agenda_in: u64,
    pub agenda_out: u64,
    pub dispositions: u64,
    pub letters: u64,
    /// New cases with a ticket in osTicket.
    pub tickets: u64,
}

/// Cases by severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Levels {
    pub high: u64,
    pub medium: u64,
    pub low: u64,
}

impl Levels {
    pub fn all(self) -> u64 {
        self.high + self.medium + self.low
    }

    fn add(&mut self, severity: &str) {
        match severity {
            "high" => self.high += 1,
            "medium" => self.medium += 1,
            _ => self.low += 1,
        }
    }
}

/// Where the cases of the period stand at its end. `carried + reopened + received = ended + open`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Standing {
    /// Open when the period began.
    pub carried: u64,
    /// Over before the period, and open again at its end.
    pub reopened: u64,
    pub received: u64,
    pub ended: u64,
    /// Of those that ended: closed with a result.
    pub closed: u64,
    pub not_incident: u64,
    pub duplicate: u64,
    pub out_of_scope: u64,
    pub open: u64,
    /// Of those that are open: past a deadline.
    pub overdue: u64,
    /// Decided for BSSN within the period.
    pub escalated: u64,
}

/// What a person changed of the rules' proposal.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Misfire {
    pub proposed: String,
    pub decided: String,
    pub registers: Vec<String>,
    /// The rules that had fired.
    pub rules: Vec<String>,
}

/// One office that was hit more than once within twelve months.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Repeat {
    pub office: String,
    pub registers: Vec<String>,
}

/// All figures of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figures {
    pub period: String,
    pub received: Levels,
    pub standing: Standing,
    pub by_type: BTreeMap<String, Levels>,
    pub by_office: BTreeMap<String, Levels>,
    /// Office, then type.
    pub by_office_and_type: BTreeMap<String, BTreeMap<String, Levels>>,
    pub by_channel: BTreeMap<String, u64>,
    /// Month by month, the last one ending with the period.
    pub trend: Vec<(String, Levels)>,
    /// From receipt of the report to the first answer, to triage by a person, to recovery.
    pub answer: Spread,
    pub triage: Spread,
    pub recovery: Spread,
    pub misfires: Vec<Misfire>,
    /// Cases of the period that a person has judged.
    pub judged: u64,
    pub repeats: Vec<Repeat>,
    pub books: BookCounts,
}

impl Figures {
    /// For programs; without what names an office or a case one by one, where the report is for leaders.
    pub fn json(&self, whole: bool) -> Value {
        let mut value = json!(self);
        if let Some(fields) = value.as_object_mut().filter(|_| !whole) {
            for key in ["by_office", "by_office_and_type", "misfires", "repeats"] {
                fields.remove(key);
            }
        }
        value
    }
}

/// Counts a period's cases.
pub fn figures(facts: &ReportFacts) -> Figures {
    let (span, hours) = (facts.span, &facts.hours);
    let new: Vec<&Life> = facts
        .lives
        .iter()
        .filter(|life| life.is_new(span))
        .collect();
    let spread = |ends: &dyn Fn(&Life) -> Option<Timestamp>, lives: &[&Life]| {
        let stretches = lives
            .iter()
            .filter_map(|life| Some((life.opened, ends(life)?)));
        Spread::of(stretches, hours)
    };
    let recovered: Vec<&Life> = facts
        .lives
        .iter()
        .filter(|life| life.recovered_in(span))
        .collect();
    Figures {
        period: facts.period.clone(),
        received: levels(new.iter().copied()),
        standing: standing(&facts.lives, span),
        by_type: grouped(&new, Life::incident),
        by_office: grouped(&new, |life| life.office.clone()),
        by_office_and_type: by_office_and_type(&new),
        by_channel: by_channel(&new),
        trend: trend(&facts.lives, span),
        answer: spread(&|life| life.sheet.answered, &new),
        triage: spread(&|life| life.sheet.triaged, &new),
        recovery: spread(
            &|life| life.sheet.recovered.as_ref().map(|(at, _)| *at),
            &recovered,
        ),
        misfires: misfires(&new),
        judged: new.iter().filter(|life| life.is_judged()).count() as u64,
        repeats: repeats(&facts.lives, span),
        books: facts.books,
    }
}

fn levels<'l>(lives: impl IntoIterator<Item = &'l Life>) -> Levels {
    let mut levels = Levels::default();
    for life in lives {
        levels.add(life.severity());
    }
    levels
}

fn grouped(lives: &[&Life], key: impl Fn(&Life) -> String) -> BTreeMap<String, Levels> {
    let mut groups: BTreeMap<String, Levels> = BTreeMap::new();
    for life in lives {
        groups.entry(key(life)).or_default().add(life.severity());
    }
    groups
}

fn by_office_and_type(lives: &[&Life]) -> BTreeMap<String, BTreeMap<String, Levels>> {
    let mut offices: BTreeMap<String, BTreeMap<String, Levels>> = BTreeMap::new();
    for life in lives {
        let types = offices.entry(life.office.clone()).or_default();
        types
            .entry(life.incident())
            .or_default()
            .add(life.severity());
    }
    offices
}

fn by_channel(lives: &[&Life]) -> BTreeMap<String, u64> {
    let mut channels = BTreeMap::new();
    for life in lives {
        *channels.entry(life.channel.clone()).or_default() += 1;
    }
    channels
}

fn standing(lives: &[Life], span: Span) -> Standing {
    let mut standing = Standing::default();
    for life in lives {
        let over = life.sheet.ended.is_some();
        let (new, carried) = (life.is_new(span), life.was_open(span));
        let reopened = !new && !carried && !over;
        standing.received += u64::from(new);
        standing.carried += u64::from(carried);
        standing.reopened += u64::from(reopened);
        standing.escalated += u64::from(life.escalated_in(span));
        if over && (new || carried) {
            standing.ended += 1;
            match life.exit {
                None => standing.closed += 1,
                Some(Exit::NotIncident) => standing.not_incident += 1,
                Some(Exit::Duplicate) => standing.duplicate += 1,
                Some(Exit::OutOfScope) => standing.out_of_scope += 1,
            }
        } else if !over {
            standing.open += 1;
            standing.overdue += u64::from(life.is_overdue(span.to));
        }
    }
    standing
}

/// The months up to the period's end, six at least.
fn trend(lives: &[Life], span: Span) -> Vec<(String, Levels)> {
    let last = Timestamp(span.to.0.saturating_sub(1)).wib().date_naive();
    let first = span.from.wib().date_naive();
    let months = (last.year() - first.year()) * 12 + i32::try_from(last.month0()).unwrap_or(0)
        - i32::try_from(first.month0()).unwrap_or(0);
    let shown = u32::try_from(months + 1)
        .unwrap_or(1)
        .clamp(TREND, TREND_MOST);
    let back = (0..shown)
        .rev()
        .filter_map(|back| last.checked_sub_months(Months::new(back)));
    back.map(|day| {
        let in_month = |life: &&Life| {
            let opened = life.opened.wib().date_naive();
            (opened.year(), opened.month()) == (day.year(), day.month())
        };
        (month_name(day), levels(lives.iter().filter(in_month)))
    })
    .collect()
}

/// `Nov 26`
fn month_name(day: NaiveDate) -> String {
    const SHORT: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agt", "Sep", "Okt", "Nov", "Des",
    ];
    let place = usize::try_from(day.month0()).ok();
    let name = place
        .and_then(|place| SHORT.get(place))
        .copied()
        .unwrap_or_default();
    format!("{name} {:02}", day.year().rem_euclid(100))
}

/// Overridden proposals, the most frequent first.
fn misfires(lives: &[&Life]) -> Vec<Misfire> {
    let mut groups: BTreeMap<(String, String), Misfire> = BTreeMap::new();
    for life in lives {
        let Some((proposed, decided)) = life.overridden() else {
            continue;
        };
        let misfire = groups
            .entry((proposed.clone(), decided.clone()))
            .or_insert(Misfire {
                proposed,
                decided,
                registers: Vec::new(),
                rules: Vec::new(),
            });
        misfire.registers.push(life.register.clone());
        misfire.rules.extend(life.rules.iter().cloned());
    }
    let mut all: Vec<_> = groups.into_values().collect();
    for misfire in &mut all {
        misfire.rules.sort();
        misfire.rules.dedup();
    }
    all.sort_by_key(|misfire| std::cmp::Reverse(misfire.registers.len()));
    all
}

/// Offices with a case in the period that had another within the last twelve months; what was no incident does not count.
fn repeats(lives: &[Life], span: Span) -> Vec<Repeat> {
    let since = span
        .to
        .wib()
        .date_naive()
        .checked_sub_months(Months::new(AGAIN));
    let counts = |life: &&Life| {
        let late = since.is_none_or(|since| life.opened.wib().date_naive() >= since);
        late && life.exit.is_none() && life.office != NO_OFFICE
    };
    let mut offices: BTreeMap<&str, (bool, Vec<String>)> = BTreeMap::new();
    for life in lives.iter().filter(counts) {
        let (new, registers) = offices.entry(&life.office).or_default();
        *new |= life.is_new(span);
        registers.push(life.register.clone());
    }
    let mut repeats: Vec<_> = offices
        .into_iter()
        .filter(|(_, (new, registers))| *new && registers.len() > 1)
        .map(|(office, (_, registers))| Repeat {
            office: office.to_owned(),
            registers,
        })
        .collect();
    repeats.sort_by_key(|repeat| std::cmp::Reverse(repeat.registers.len()));
    repeats
}

#[cfg(test)]
mod tests;
