//! What was reported before, counted: the same for the daemon, which asks its store, and for a backtest, which walks the journal.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::report::Report;

/// What reports are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Who sent it.
    Sender,
    /// What of ours it concerns.
    Asset,
    /// An address, link, name or hash that it names.
    Indicator,
}

impl Counted {
    const ALL: [Self; 3] = [Self::Sender, Self::Asset, Self::Indicator];

    fn name(self) -> &'static str {
        match self {
            Self::Sender => "sender",
            Self::Asset => "asset",
            Self::Indicator => "indicator",
        }
    }
}

/// Indicators by which one report is counted, at most.
const INDICATORS: usize = 30;
/// Times kept of one key, at most: no rule asks for more.
const TIMES: usize = 10_000;

/// When reports came that share a key. Times are milliseconds UTC.
#[derive(Debug, Clone, Default)]
pub struct Past(HashMap<String, Vec<i64>>);

impl Past {
    /// The keys a report is counted by: `sender:budi@dinkes.example`.
    pub fn keys(report: &Report) -> Vec<String> {
        Self::keys_of(report, &Counted::ALL).collect()
    }

    fn keys_of(report: &Report, by: &[Counted]) -> impl Iterator<Item = String> {
        let of = |counted: &Counted| {
            let counted = *counted;
            let values = values(report, counted).into_iter();
            values.map(move |value| key(counted, &value))
        };
        by.iter().flat_map(of)
    }

    /// Counts a report from now on. A mail delivered twice is counted by the caller once.
    pub fn note(&mut self, report: &Report, at_ms: i64) {
        self.note_by(report, &Counted::ALL, at_ms);
    }

    /// The same, by what rules ask for only: a long journal has many more indicators than senders.
    pub fn note_by(&mut self, report: &Report, by: &[Counted], at_ms: i64) {
        for key in Self::keys_of(report, by) {
            self.add(key, at_ms);
        }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// One time of one key, as a store remembers it.
    pub fn add(&mut self, key: String, at_ms: i64) {
        let times = self.0.entry(key).or_default();
        if times.len() < TIMES {
            times.push(at_ms);
        }
    }

    /// When reports with this key came.
    pub fn times(&self, key: &str) -> &[i64] {
        self.0.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// Forgets what came before a moment.
    pub fn forget(&mut self, before_ms: i64) {
        for times in self.0.values_mut() {
            times.retain(|at| *at >= before_ms);
        }
        self.0.retain(|_, times| !times.is_empty());
    }

    /// How many reports share the busiest of a report's keys within a window that ends at `now_ms`; itself is one of them.
    pub(crate) fn count(
        &self,
        report: &Report,
        counted: Counted,
        (now_ms, within_ms): (i64, i64),
    ) -> u32 {
        let from = now_ms.saturating_sub(within_ms);
        let earlier = |value: &String| {
            let times = self.times(&key(counted, value));
            times
                .iter()
                .filter(|at| (from..=now_ms).contains(*at))
                .count()
        };
        let most = values(report, counted).iter().map(earlier).max();
        most.map_or(0, |most| u32::try_from(most + 1).unwrap_or(u32::MAX))
    }
}

fn key(counted: Counted, value: &str) -> String {
    format!("{}:{value}", counted.name())
}

fn values(report: &Report, counted: Counted) -> Vec<String> {
    match counted {
        Counted::Sender => report
            .from
            .iter()
            .map(|from| from.address.clone())
            .filter(|one| !one.is_empty())
            .collect(),
        Counted::Asset => report
            .assets
            .iter()
            .map(|asset| asset.name.clone())
            .collect(),
        Counted::Indicator => {
            let counted = report.observables.iter().take(INDICATORS);
            counted
                .map(|one| {
                    format!(
                        "{}:{}",
                        one.kind,
                        one.value.chars().take(200).collect::<String>()
                    )
                })
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Counted, Past};
    use crate::{Site, read};

    #[test]
    fn a_report_is_counted_with_those_before_it_and_old_ones_are_forgotten() {
        let mail = |from: &str| {
            let raw = format!(
                "From: {from}\r\nSubject: serangan dari 203.0.113.9\r\n\r\nMohon dibantu.\r\n"
            );
            read(raw.as_bytes(), &Site::default())
        };
        let (budi, sari) = (mail("budi@a.example"), mail("sari@a.example"));
        let mut past = Past::default();
        assert_eq!(past.count(&budi, Counted::Sender, (5, 100)), 1);
        past.note(&budi, 10);
        past.note(&sari, 20);
        assert_eq!(past.count(&budi, Counted::Sender, (30, 100)), 2);
        assert_eq!(past.count(&budi, Counted::Indicator, (30, 100)), 3);
        assert_eq!(past.count(&budi, Counted::Indicator, (30, 10)), 2);
        assert_eq!(past.count(&budi, Counted::Asset, (30, 100)), 0);
        past.forget(15);
        assert_eq!(past.count(&budi, Counted::Indicator, (30, 100)), 2);
    }
}
