//! Where each scale leans on a report, and by what: for people who ask why.

use serde::Serialize;

use super::facets::{Facet, Facets};
use super::facts::{Amid, Facts};
use crate::past::Past;
use crate::report::{Fired, Report};
use crate::ruleset::RuleSet;
use crate::scale::Question;

/// What one scale finds likeliest, and what it finds next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leaning {
    /// `type`, `severity` or `kind`.
    pub question: &'static str,
    pub answer: String,
    pub next: String,
    /// How far the first is ahead, in thousandths of a natural logarithm.
    pub ahead: i64,
    /// What speaks most for the first against the next, as a book names it; the heaviest first.
    pub speaks_for: Vec<String>,
    /// What speaks most for the next.
    pub speaks_against: Vec<String>,
}

/// Things named on either side, at most.
const NAMED: usize = 4;

/// Where the scales lean by what a report holds and by the rules that fired; none where the book has no scales.
pub fn leanings(rules: &RuleSet, report: &Report, fired: &[Fired]) -> Vec<Leaning> {
    let past = Past::default();
    let facts = Facts::new(rules, report, Amid::nothing(&past));
    let mut held = facts.facets();
    for rule in fired {
        held.add(Facet::Rule(&rule.rule));
    }
    let asked = [
        ("kind", Question::Kind),
        ("severity", Question::Severity),
        ("type", Question::Type),
    ];
    asked
        .into_iter()
        .filter_map(|asked| leaning(rules, asked, &held))
        .collect()
}

fn leaning(
    rules: &RuleSet,
    (name, question): (&'static str, Question),
    held: &Facets<'_>,
) -> Option<Leaning> {
    let mut sums = rules.scales.read(question, held.tally());
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse(*sum));
    let ((answer, most), (next, less)) = (*sums.first()?, *sums.get(1)?);
    let speaks = |(facet, key): &(Facet<'_>, u64)| {
        let weight = |answer| rules.scales.weight(*key, question, answer);
        (weight(answer) - weight(next), facet.name(rules))
    };
    let mut heavy: Vec<(i64, String)> = held.all().iter().map(speaks).collect();
    heavy.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let named = |(_, name): &(i64, String)| name.clone();
    let pro = heavy.iter().filter(|(weight, _)| *weight > 0);
    let contra = heavy.iter().rev().filter(|(weight, _)| *weight < 0);
    Some(Leaning {
        question: name,
        answer: answer.to_owned(),
        next: next.to_owned(),
        ahead: most - less,
        speaks_for: pro.take(NAMED).map(named).collect(),
        speaks_against: contra.take(NAMED).map(named).collect(),
    })
}
