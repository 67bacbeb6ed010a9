//! Which rule a correction speaks against: the one that gave what staff took back.

use std::collections::{BTreeMap, BTreeSet};

use tanggap_rules::{Classification, Fired, Gives, Kind, RuleSet};

use crate::cli::rules::outcome::{Level, Outcome, Staff};
use crate::tongue::{say, word};

/// Words, cases and reasons kept of one rule, at most.
const WORDS: usize = 200;
const CASES: usize = 5;

/// What staff did to a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Correction {
    TooHeavy,
    TooLight,
    WrongType,
    NoIncident,
}

/// One rule's record.
#[derive(Debug, Default)]
pub struct Blamed {
    pub overridden: usize,
    /// Cases where it held, and staff left what it gave.
    pub upheld: usize,
    /// The first few.
    pub cases: Vec<String>,
    pub reasons: Vec<String>,
    /// No rule gave it: it is the type's default.
    default: bool,
    turns: BTreeMap<String, usize>,
    words: BTreeMap<String, usize>,
    corrections: BTreeMap<Correction, usize>,
}

/// All corrections.
#[derive(Debug, Default)]
pub struct Record {
    pub decided: usize,
    pub overridden: usize,
    rules: BTreeMap<String, Blamed>,
}

impl Record {
    /// Counts one decided case.
    pub fn count(
        &mut self,
        rules: &RuleSet,
        (judged, was): (&Classification, &Outcome),
        staff: &Staff,
        register: &str,
    ) {
        self.decided += 1;
        let corrections = corrections(was, staff);
        self.overridden += usize::from(!corrections.is_empty());
        let mut blamed = BTreeSet::new();
        for correction in corrections {
            let turn = turn(correction, was, staff);
            let guilty = guilty(rules, correction, (judged, was));
            let default = guilty.is_empty().then(|| Fired {
                rule: say!("(bawaan jenis {})", "(default of type {})", was.incident),
                clause: String::new(),
                words: Vec::new(),
            });
            for fired in guilty.into_iter().chain(&default) {
                let rule = self.rules.entry(fired.rule.clone()).or_default();
                rule.default = default.is_some();
                rule.blame(correction, &turn, &fired.words);
                if blamed.insert(fired.rule.clone()) {
                    rule.remember(register, staff);
                }
            }
        }
        for fired in &judged.fired {
            if !blamed.contains(&fired.rule) {
                self.rules.entry(fired.rule.clone()).or_default().upheld += 1;
            }
        }
    }

    /// The rules that were overridden, most often first.
    pub fn blamed(&self) -> Vec<(&str, &Blamed)> {
        let those = self.rules.iter().filter(|(_, rule)| rule.overridden > 0);
        let mut those: Vec<_> = those.map(|(name, rule)| (name.as_str(), rule)).collect();
        those.sort_by_key(|(_, rule)| std::cmp::Reverse(rule.overridden));
        those
    }
}

fn corrections(was: &Outcome, staff: &Staff) -> Vec<Correction> {
    if staff.level == Level::None {
        return vec![Correction::NoIncident];
    }
    let level = match was.level.cmp(&staff.level) {
        std::cmp::Ordering::Greater => Some(Correction::TooHeavy),
        std::cmp::Ordering::Less => Some(Correction::TooLight),
        std::cmp::Ordering::Equal => None,
    };
    let wrong_type = was.incident != staff.incident;
    level
        .into_iter()
        .chain(wrong_type.then_some(Correction::WrongType))
        .collect()
}

fn turn(correction: Correction, was: &Outcome, staff: &Staff) -> String {
    match correction {
        Correction::WrongType => format!("{} → {}", was.incident, staff.incident),
        Correction::NoIncident => say!(
            "{} → bukan insiden",
            "{} → not an incident",
            was.level.in_words()
        ),
        _ => format!("{} → {}", was.level.in_words(), staff.level.in_words()),
    }
}

/// The rules that gave what was taken back, as far as the set in force still has them.
fn guilty<'j>(
    rules: &RuleSet,
    correction: Correction,
    (judged, was): (&'j Classification, &Outcome),
) -> Vec<&'j Fired> {
    let gave = |gives: Gives<'_>| {
        let severity = gives.severity.map(Level::from) == Some(was.level);
        let ceiling = gives.at_most.map(Level::from) == Some(was.level);
        let opens = matches!(gives.kind, Some(Kind::Report | Kind::Automated));
        let named = gives.incident == Some(was.incident.as_str());
        match correction {
            Correction::TooHeavy => severity,
            Correction::TooLight => severity || ceiling,
            Correction::WrongType => named,
            Correction::NoIncident => named || opens || severity,
        }
    };
    let fired = judged.fired.iter();
    fired
        .filter(|fired| rules.gives(&fired.rule).is_some_and(gave))
        .collect()
}

impl Blamed {
    /// Once a case, however much of its judgement was taken back.
    fn remember(&mut self, register: &str, staff: &Staff) {
        self.overridden += 1;
        if self.cases.len() < CASES {
            self.cases.push(register.to_owned());
            self.reasons.push(staff.reason.clone());
        }
    }

    fn blame(&mut self, correction: Correction, turn: &str, words: &[String]) {
        *self.corrections.entry(correction).or_default() += 1;
        *self.turns.entry(turn.to_owned()).or_default() += 1;
        for word in words {
            let word = word.to_lowercase();
            if self.words.contains_key(&word) || self.words.len() < WORDS {
                *self.words.entry(word).or_default() += 1;
            }
        }
    }

    /// What was made of it: `high → low`, with how often.
    pub fn turns(&self) -> Vec<(String, usize)> {
        most_first(&self.turns, usize::MAX)
    }

    /// The words that made it hold where it was overridden.
    pub fn most_words(&self) -> Vec<(String, usize)> {
        most_first(&self.words, 6)
    }

    /// What the admin may look at first.
    pub fn suggestion(&self) -> String {
        if self.default {
            return word(
                "tidak ada aturan yang memberinya: tambah aturan dengan severity untuk jenis ini",
                "no rule gives it: add a rule with a severity for this type",
            )
            .to_owned();
        }
        let most = self.corrections.iter().max_by_key(|(_, count)| **count);
        let what = match most.map(|(correction, _)| correction) {
            Some(Correction::TooHeavy) => word(
                "turunkan severity, atau kecualikan kata-kata ini lewat not",
                "lower the severity, or except these words by not",
            ),
            Some(Correction::TooLight) => word(
                "naikkan severity atau longgarkan at_most bila kata-kata ini ada",
                "raise the severity, or loosen at_most, where these words are",
            ),
            Some(Correction::WrongType) => word(
                "persempit kata-katanya, atau beri jenis yang benar priority lebih tinggi",
                "narrow its words, or give the right type more priority",
            ),
            Some(Correction::NoIncident) => word(
                "persempit: minta lebih dari satu tanda (all), atau kecualikan lewat not",
                "narrow it: ask for more than one sign (all), or except by not",
            ),
            None => "",
        };
        if self.upheld > self.overridden {
            say!(
                "lebih sering benar; periksa dahulu: {what}",
                "more often right than not; look first: {what}"
            )
        } else {
            what.to_owned()
        }
    }
}

fn most_first(counts: &BTreeMap<String, usize>, many: usize) -> Vec<(String, usize)> {
    let mut all: Vec<_> = counts
        .iter()
        .map(|(what, count)| (what.clone(), *count))
        .collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    all.truncate(many);
    all
}
