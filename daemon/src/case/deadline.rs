//! Deadlines of a case: 1×24 hours for vital infrastructure (Perban BSSN 1/2024 article 15 (5)), 3×24 hours for personal data
//! (UU 27/2022 article 46), and what somebody else set, such as the domain registry. The SOP itself names none.

use std::time::Duration;

use super::Sheet;
use crate::clock::Timestamp;

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
    pub fn in_words(&self) -> String {
        match self.which.as_str() {
            "iiv" => "1×24 jam (IIV)".to_owned(),
            "pdp" => "3×24 jam (UU PDP)".to_owned(),
            other => other.to_owned(),
        }
    }

    /// How much of the time has passed, in percent.
    pub fn passed(&self, now: Timestamp) -> i64 {
        let whole = (self.due.0 - self.starts.0).max(1);
        (now.0 - self.starts.0).max(0).saturating_mul(100) / whole
    }
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
