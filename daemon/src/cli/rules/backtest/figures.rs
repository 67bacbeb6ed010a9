//! Counts over a whole journal; their number does not grow with it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tanggap_rules::Fired;

use super::change::{Compared, Turn};
use super::replay::Retried;
use crate::cli::rules::figures::ratio;
use crate::cli::rules::outcome::Level;
use crate::store::EntryId;

/// Different words kept of one rule, at most.
const WORDS: usize = 50;
/// Broken mails named, at most.
const NAMED: usize = 100;

/// How often a mail of one level is judged as each level.
#[derive(Debug, Default, Clone, Copy)]
pub struct Matrix([[usize; 4]; 4]);

impl Matrix {
    fn count(&mut self, row: Level, column: Level) {
        let cell = self.0.get_mut(row as usize);
        if let Some(cell) = cell.and_then(|row| row.get_mut(column as usize)) {
            *cell += 1;
        }
    }

    pub fn at(&self, row: Level, column: Level) -> usize {
        let row = self.0.get(row as usize);
        row.and_then(|row| row.get(column as usize))
            .copied()
            .unwrap_or(0)
    }

    pub fn all(&self) -> usize {
        self.0.iter().flatten().sum()
    }

    /// All of a column: how often something was judged so.
    pub fn judged(&self, column: Level) -> usize {
        Level::ALL.iter().map(|row| self.at(*row, column)).sum()
    }

    /// All of a row.
    pub fn of(&self, row: Level) -> usize {
        Level::ALL.iter().map(|column| self.at(row, *column)).sum()
    }

    pub fn agreed(&self) -> usize {
        Level::ALL.iter().map(|level| self.at(*level, *level)).sum()
    }

    fn as_json(&self, row: &str) -> Value {
        let cells = Level::ALL.into_iter().flat_map(|wanted| {
            Level::ALL.map(
                |judged| json!({ row: wanted, "judged": judged, "mails": self.at(wanted, judged) }),
            )
        });
        cells.collect()
    }
}

/// How often a rule holds now and did not, or the other way.
#[derive(Debug, Default, Clone)]
pub struct RuleCount {
    pub gained: usize,
    pub lost: usize,
    words: BTreeMap<String, usize>,
}

impl RuleCount {
    fn count(&mut self, fired: &Fired) {
        for word in &fired.words {
            if self.words.contains_key(word) || self.words.len() < WORDS {
                *self.words.entry(word.clone()).or_default() += 1;
            }
        }
    }

    /// The words that made it fire most, with how often.
    pub fn most_words(&self, many: usize) -> Vec<(&str, usize)> {
        most_first(self.words.iter(), |count| **count, many)
            .into_iter()
            .map(|(word, count)| (word.as_str(), *count))
            .collect()
    }
}

/// All figures of a backtest.
#[derive(Debug, Default)]
pub struct Figures {
    pub judged: usize,
    pub by_hand: usize,
    /// Raw bytes removed by retention: nothing is left to judge.
    pub removed: usize,
    pub unreadable: Vec<EntryId>,
    pub broken: usize,
    pub changed: usize,
    pub changed_level: usize,
    pub changed_kind: usize,
    pub changed_type: usize,
    /// The place in the queue, or tags, of what has a ticket then and now.
    pub changed_marks: usize,
    pub nearer: usize,
    pub further: usize,
    /// Level then, level now.
    pub levels: Matrix,
    /// What staff decided, and what was judged then.
    pub staff_then: Matrix,
    /// What staff decided, and what is judged now.
    pub staff_now: Matrix,
    pub rules: BTreeMap<String, RuleCount>,
    /// `2026-11`: judged, changed.
    pub months: BTreeMap<String, (usize, usize)>,
    /// Rule sets that judged then.
    pub rulesets: BTreeMap<String, usize>,
}

impl Figures {
    pub fn count(&mut self, retried: &Retried) {
        match retried {
            Retried::ByHand => self.by_hand += 1,
            Retried::Removed => self.removed += 1,
            Retried::Unreadable(entry) => {
                self.broken += 1;
                if self.unreadable.len() < NAMED {
                    self.unreadable.push(*entry);
                }
            }
            Retried::Compared(compared) => self.compare(compared),
        }
    }

    fn compare(&mut self, mail: &Compared) {
        self.judged += 1;
        self.levels.count(mail.was.level, mail.now.level);
        if let Some(staff) = &mail.staff {
            self.staff_then.count(staff.level, mail.was.level);
            self.staff_now.count(staff.level, mail.now.level);
        }
        let month = mail.kept.wib().format("%Y-%m").to_string();
        let month = self.months.entry(month).or_default();
        month.0 += 1;
        *self.rulesets.entry(mail.ruleset.clone()).or_default() += 1;
        if mail.changed() {
            month.1 += 1;
            self.change(mail);
        }
    }

    fn change(&mut self, mail: &Compared) {
        self.changed += 1;
        self.changed_level += usize::from(mail.was.level != mail.now.level);
        self.changed_kind += usize::from(mail.was.kind != mail.now.kind);
        let typed = mail.was.level != Level::None && mail.now.level != Level::None;
        self.changed_type += usize::from(typed && mail.was.incident != mail.now.incident);
        self.changed_marks += usize::from(typed && !mail.was.marked_as(&mail.now));
        match mail.turn() {
            Turn::Nearer => self.nearer += 1,
            Turn::Further => self.further += 1,
            Turn::Even => {}
        }
        for fired in &mail.gained {
            let rule = self.rules.entry(fired.rule.clone()).or_default();
            rule.gained += 1;
            rule.count(fired);
        }
        for fired in &mail.lost {
            let rule = self.rules.entry(fired.rule.clone()).or_default();
            rule.lost += 1;
            rule.count(fired);
        }
    }

    /// All mails looked at.
    pub fn seen(&self) -> usize {
        self.judged + self.by_hand + self.removed + self.broken
    }

    /// The rules that had most part in the changes.
    pub fn most_rules(&self, many: usize) -> Vec<(&str, &RuleCount)> {
        most_first(self.rules.iter(), |rule| rule.gained + rule.lost, many)
            .into_iter()
            .map(|(name, count)| (name.as_str(), count))
            .collect()
    }

    pub fn as_json(&self) -> Value {
        let rules = self.most_rules(usize::MAX);
        let rules = rules.into_iter().map(|(name, rule)| {
            json!({ "rule": name, "gained": rule.gained, "lost": rule.lost, "words": rule.most_words(10) })
        });
        let broken: Vec<i64> = self.unreadable.iter().map(|entry| entry.0).collect();
        let months = self
            .months
            .iter()
            .map(|(month, (judged, changed))| json!({ "month": month, "judged": judged, "changed": changed }));
        json!({
            "seen": self.seen(), "judged": self.judged, "by_hand": self.by_hand, "removed": self.removed,
            "unreadable": self.broken, "unreadable_entries": broken,
            "changed": self.changed, "changed_severity": self.changed_level, "changed_kind": self.changed_kind,
            "changed_type": self.changed_type, "changed_marks": self.changed_marks, "nearer_to_staff": self.nearer, "further_from_staff": self.further,
            "severity": self.levels.as_json("then"),
            "staff": {
                "cases": self.staff_now.all(),
                "agreed_then": agreement(&self.staff_then), "agreed_now": agreement(&self.staff_now),
                "then": self.staff_then.as_json("staff"), "now": self.staff_now.as_json("staff"),
            },
            "rules": rules.collect::<Vec<_>>(), "months": months.collect::<Vec<_>>(), "rulesets": self.rulesets,
        })
    }
}

/// The part of the decided cases that is judged as staff decided.
fn agreement(matrix: &Matrix) -> f64 {
    ratio(matrix.agreed(), matrix.all())
}

/// The same for people: `60,0 %`.
pub fn percent(matrix: &Matrix) -> String {
    format!("{:.1} %", 100.0 * agreement(matrix)).replace('.', ",")
}

/// The largest first; equals by name.
fn most_first<'m, T>(
    all: impl Iterator<Item = (&'m String, &'m T)>,
    size: impl Fn(&&'m T) -> usize,
    many: usize,
) -> Vec<(&'m String, &'m T)> {
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|(_, value)| std::cmp::Reverse(size(value)));
    all.truncate(many);
    all
}
