//! Whether a rule adds anything beside another that holds wherever it does: by the order of decision, key by key.

use crate::report::Kind;
use crate::ruleset::{Rule, Test, When};

/// Whether everything that the second rule decides comes out the same without it, as long as the first holds too. `first` is
/// whether the first is asked before the second.
pub fn outdoes(one: &Rule, other: &Rule, first: bool) -> bool {
    let ranks = one.own || !other.own;
    let phases = !(guesses(&one.when) || guesses(&other.when));
    ranks
        && phases
        && names_type(one, other, first)
        && names_kind(one, other, first)
        && gives_level(one, other)
        && marks(one, other)
}

/// Told by clues only, a type is a guess: that is asked while types are being decided, and means something else afterwards.
fn guesses(when: &When) -> bool {
    let mut tests = when.any.iter().chain(&when.all).chain(&when.not);
    tests.any(|test| match test {
        Test::Nested(inner) => guesses(inner),
        Test::Has(what) => what.contains("clues-only"),
        _ => false,
    })
}

/// Of rules for one type the highest priority counts; another type is told beside the main one.
fn names_type(one: &Rule, other: &Rule, first: bool) -> bool {
    if other.incident.is_none() {
        return true;
    }
    let weighs = one.weighs() || other.weighs();
    let before = first || one.priority > other.priority;
    !weighs && one.incident == other.incident && one.priority >= other.priority && before
}

/// Bounces win over automatic replies, these over the rest; of the rest whoever is asked first, rules with a type before others.
fn names_kind(one: &Rule, other: &Rule, first: bool) -> bool {
    let Some(loses) = other.kind.map(rank) else {
        return true;
    };
    let Some(wins) = one.kind.map(rank) else {
        return false;
    };
    if wins != loses || wins < 2 {
        return wins < loses || one.kind == other.kind;
    }
    match (&one.incident, &other.incident) {
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (one, other) => first && one == other,
    }
}

fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Bounce => 0,
        Kind::AutoReply => 1,
        _ => 2,
    }
}

/// The highest severity and the lowest ceiling count; a firm rule's severity stands under any ceiling.
fn gives_level(one: &Rule, other: &Rule) -> bool {
    let severity = other.severity.is_none_or(|given| {
        let high = one.severity.is_some_and(|most| most >= given);
        high && (one.firm || !other.firm)
    });
    let ceiling = other
        .at_most
        .is_none_or(|given| one.at_most.is_some_and(|least| least <= given));
    severity && ceiling
}

fn marks(one: &Rule, other: &Rule) -> bool {
    let within = |few: &[String], many: &[String]| few.iter().all(|mark| many.contains(mark));
    let queue = other
        .queue
        .is_none_or(|place| one.queue.is_some_and(|before| before <= place));
    queue && within(&other.tags, &one.tags) && within(&other.deadlines, &one.deadlines)
}
