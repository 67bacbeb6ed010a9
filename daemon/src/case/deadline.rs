//! Deadlines of a case: 1×24 hours for vital infrastructure (Perban BSSN 1/2024 article 15 (5)), 3×24 hours for personal data
//! (UU 27/2022 article 46), and what somebody else set, such as the domain registry. The SOP itself names none.

use std::time::Duration;

use super::{Hours, Sheet};
use crate::clock::Timestamp;
use crate::tongue::Tongue;

const IIV: Duration = Duration::from_hours(24);
const PDP: Duration = Duration::from_hours(72);

/// A clock that runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// `iiv`, `pdp`, or who set it.
    pub which: String,
    pub starts: Timestamp,
    pub due: Timestamp,
}

impl Deadline {
    /// As a page names it.
    pub fn in_words(&self, tongue: Tongue) -> String {
        match self.which.as_str() {
            "iiv" => tongue
                .choose("1×24 jam (IIV)", "1×24 hours (IIV)")
                .to_owned(),
            "pdp" => tongue
                .choose("3×24 jam (UU PDP)", "3×24 hours (personal data law)")
                .to_owned(),
            other => other.to_owned(),
        }
    }

    /// How much of the time has passed, in percent.
    pub fn passed(&self, now: Timestamp) -> i64 {
        let whole = (self.due.0 - self.starts.0).max(1);
        (now.0 - self.starts.0).max(0).saturating_mul(100) / whole
    }
}

/// How long a clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// By the clock on the wall, weekends included.
    Wall(Duration),
    /// In the office's working hours.
    Working(Duration),
}

/// A clock that the configuration starts for every case it is about; the SOP names none, so there is none by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRule {
    pub name: String,
    pub length: Length,
    /// Empty for all.
    pub severity: String,
    /// What the RSIT type begins with; empty for all.
    pub incident: String,
}

/// A clock with what its warnings need: when so much of it has passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Running {
    pub deadline: Deadline,
    pub length: Length,
}

impl Running {
    /// The moment at which this much of the time has passed.
    pub fn at(&self, percent: i64, hours: &Hours) -> Option<Timestamp> {
        let starts = self.deadline.starts;
        match self.length {
            Length::Working(length) if percent < 100 => {
                let part = length.mul_f64(f64::from(i32::try_from(percent).ok()?) / 100.0);
                hours.after(starts, part)
            }
            _ => {
                let whole = self.deadline.due.0 - starts.0;
                Some(Timestamp(starts.0 + whole.saturating_mul(percent) / 100))
            }
        }
    }
}

/// The clocks that rules start, and those that people set.
pub fn running_clocks(
    (severity, incident): (&str, &str),
    (sheet, opened): (&Sheet, Timestamp),
    (rules, hours): (&[ClockRule], &Hours),
) -> Vec<Running> {
    let by_hand = deadlines(sheet, opened).into_iter().map(|deadline| {
        let whole = deadline.due.0.saturating_sub(deadline.starts.0).max(0);
        Running {
            deadline,
            length: Length::Wall(Duration::from_millis(whole.unsigned_abs())),
        }
    });
    let mut all: Vec<Running> = by_hand.collect();
    if sheet.ended.is_some() {
        return all;
    }
    let starts = sheet.found.unwrap_or(opened);
    let about = |rule: &&ClockRule| {
        (rule.severity.is_empty() || rule.severity == severity)
            && incident.starts_with(&rule.incident)
    };
    for rule in rules.iter().filter(about) {
        let due = match rule.length {
            Length::Wall(length) => Some(starts.plus(length)),
            Length::Working(length) => hours.after(starts, length),
        };
        let named = all.iter().any(|known| known.deadline.which == rule.name);
        if let (Some(due), false) = (due, named) {
            let which = rule.name.clone();
            all.push(Running {
                deadline: Deadline { which, starts, due },
                length: rule.length,
            });
        }
    }
    all
}

/// The clocks of a case that is not over. They start when the incident was found, which a person may correct; else when it was recorded.
pub fn deadlines(sheet: &Sheet, opened: Timestamp) -> Vec<Deadline> {
    if sheet.ended.is_some() {
        return Vec::new();
    }
    let found = sheet.found.unwrap_or(opened);
    let mut clocks: Vec<Deadline> = Vec::new();
    for (which, set, at) in &sheet.deadlines {
        let clock = match which.as_str() {
            _ if at.0 != 0 => Deadline {
                which: which.clone(),
                starts: *set,
                due: *at,
            },
            "iiv" => running(which, found, IIV),
            "pdp" => running(which, found, PDP),
            _ => continue,
        };
        clocks.retain(|known| known.which != clock.which);
        clocks.push(clock);
    }
    clocks.sort_by_key(|clock| clock.due);
    clocks
}

fn running(which: &str, from: Timestamp, length: Duration) -> Deadline {
    Deadline {
        which: which.to_owned(),
        starts: from,
        due: from.plus(length),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]

    use super::*;
    use crate::case::{Act, Event};

    #[test]
    fn the_clock_starts_when_it_was_found_and_the_last_word_counts() {
        let hour = 3_600_000;
        let acts = [
            Act::Deadline {
                which: "iiv".to_owned(),
                at_ms: 0,
            },
            Act::Found { at_ms: 2 * hour },
            Act::Deadline {
                which: "PANDI".to_owned(),
                at_ms: 90 * hour,
            },
            Act::Deadline {
                which: "PANDI".to_owned(),
                at_ms: 10 * hour,
            },
        ];
        let events: Vec<_> = acts.into_iter().map(Event::Acted).collect();
        let told = events
            .iter()
            .map(|event| (Timestamp(5 * hour), "Rini", event));
        let sheet = Sheet::of(told);
        let clocks = deadlines(&sheet, Timestamp(5 * hour));
        let due: Vec<_> = clocks
            .iter()
            .map(|clock| (clock.which.as_str(), clock.due.0 / hour))
            .collect();
        assert_eq!(due, [("PANDI", 10), ("iiv", 26)]);
        assert_eq!(clocks[1].passed(Timestamp(14 * hour)), 50);
    }
}
