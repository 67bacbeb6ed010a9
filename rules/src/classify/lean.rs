//! Where the scales lean, and what becomes of the rules' verdict by it.

use super::facets::Facets;
use crate::report::{Kind, Severity};
use crate::ruleset::RuleSet;
use crate::scale::{Question, Scales};
use crate::tongue::Words;
use crate::words;

/// What one natural logarithm of a type's scale is worth beside the priority of rules.
pub const PER_LOG: i64 = 600;
/// How much the rules' own verdict weighs on the scales, in thousandths of a natural logarithm: on that of levels, on whether
/// a ticket is opened (more where they open one: a report is not lost for a little), and on who wrote.
const LEVEL_BY_RULES: i64 = 1500;
const OPENED_BY_RULES: i64 = 1500;
const LEFT_BY_RULES: i64 = 1000;
const KIND_BY_RULES: i64 = 500;
/// A level of low stands only where high is this much less likely: a high one is never called low.
const GUARD: i64 = 2000;

/// How far the best type must be ahead where no rule names any, in thousandths of a natural logarithm.
const SURE: i64 = 1000;

/// The type scale's sums as points of priority, the best at 0 and the others below.
pub fn points<'r>(scales: &'r Scales, held: &Facets<'_>) -> Vec<(&'r str, i64)> {
    let mut sums = scales.read(Question::Type, held.tally());
    let best = sums.iter().map(|(_, sum)| *sum).max().unwrap_or(0);
    for (_, sum) in &mut sums {
        *sum = (*sum - best) * PER_LOG / 1000;
    }
    sums
}

/// The type the scale names clearly: half as likely again as any other is not enough.
pub fn surely(scales: &Scales, held: &Facets<'_>) -> Option<String> {
    let mut sums = scales.read(Question::Type, held.tally());
    sums.sort_by_key(|(_, sum)| std::cmp::Reverse(*sum));
    let mut best = sums.iter();
    let ((named, first), (_, second)) = (best.next()?, best.next()?);
    (first - second >= SURE).then(|| (*named).to_owned())
}

/// The level that rules and scale together speak for, and why if it is not the rules' own. A firm rule's level stands.
pub fn level(
    rules: &RuleSet,
    held: &Facets<'_>,
    verdict: Severity,
    firm: Option<Severity>,
) -> (Severity, Option<Words>) {
    let scale = &rules.scales.severity;
    let sums = rules.scales.read(Question::Severity, held.tally());
    let sum = |level: Severity| {
        of(&sums, level.name()) + if level == verdict { LEVEL_BY_RULES } else { 0 }
    };
    let levels = [Severity::Low, Severity::Medium, Severity::High];
    let best = levels.into_iter().max_by_key(|level| sum(*level));
    let mut level = best.unwrap_or(verdict);
    if level == Severity::Low && sum(Severity::High) > sum(Severity::Low) - GUARD {
        level = Severity::Medium;
    }
    level = firm.map_or(level, |firm| level.max(firm));
    let changed = !scale.is_empty() && level != verdict;
    if !changed {
        return (verdict, None);
    }
    (
        level,
        Some(because(rules, Question::Severity, held, level.name())),
    )
}

/// The kind that rules and scale together speak for, and why if it is not the rules' own.
pub fn kind(rules: &RuleSet, held: &Facets<'_>, verdict: Kind) -> (Kind, Option<Words>) {
    let scale = &rules.scales.kind;
    let sums = rules.scales.read(Question::Kind, held.tally());
    let sum = |kind: Kind| {
        let same = if kind == verdict { KIND_BY_RULES } else { 0 };
        let opened = match (opens(kind), opens(verdict)) {
            (true, true) => OPENED_BY_RULES,
            (false, false) => LEFT_BY_RULES,
            _ => 0,
        };
        of(&sums, kind.name()) + same + opened
    };
    let kinds = [Kind::Other, Kind::Automated, Kind::Report];
    let best = kinds.into_iter().max_by_key(|kind| sum(*kind));
    match best {
        Some(kind) if !scale.is_empty() && kind != verdict => (
            kind,
            Some(because(rules, Question::Kind, held, kind.name())),
        ),
        _ => (verdict, None),
    }
}

fn opens(kind: Kind) -> bool {
    matches!(kind, Kind::Report | Kind::Automated)
}

fn of(sums: &[(&str, i64)], answer: &str) -> i64 {
    let mut found = sums.iter().filter(|(name, _)| *name == answer);
    found.next().map_or(0, |(_, sum)| *sum)
}

/// The heaviest things that speak for an answer, for people.
fn because(rules: &RuleSet, question: Question, held: &Facets<'_>, answer: &str) -> Words {
    let mut heavy: Vec<_> = held
        .all()
        .iter()
        .map(|(facet, key)| (rules.scales.weight(*key, question, answer), *facet))
        .filter(|(weight, _)| *weight > 0)
        .collect();
    heavy.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    let names: Vec<String> = heavy
        .iter()
        .take(5)
        .map(|(_, facet)| facet.name(rules))
        .collect();
    words!(
        "Timbangan kata condong ke {answer}: {}.",
        "The scale of words leans to {answer}: {}.",
        names.join(", ")
    )
}
