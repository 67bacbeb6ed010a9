//! What one condition says of another: that it then holds as well, or that it then cannot.

use super::formula::Literal;
use crate::compile::TYPES;
use crate::report::{Authenticity, Kind, Language, Tlp};
use crate::ruleset::{Ask, Place, Test, Tie, Trait};

/// Whether the second literal surely holds where the first does.
pub fn implies(one: &Literal<'_>, other: &Literal<'_>) -> bool {
    if let (Some((asked, here)), Some((also, there))) = (answers(one), answers(other)) {
        return asked == also && here & !there == 0;
    }
    match (one.holds, other.holds) {
        (true, true) => stronger(one.test, other.test),
        (false, false) => stronger(other.test, one.test),
        _ => false,
    }
}

/// Whether the two can never hold together.
pub fn exclude(one: &Literal<'_>, other: &Literal<'_>) -> bool {
    if let (Some((asked, here)), Some((also, there))) = (answers(one), answers(other)) {
        return asked == also && here & there == 0;
    }
    match (one.holds, other.holds) {
        (true, false) => stronger(one.test, other.test),
        (false, true) => stronger(other.test, one.test),
        _ => false,
    }
}

/// Whether no answer is left to the question of the second that fulfils it and all the first.
pub fn leave_none(held: &[Literal<'_>], literal: &Literal<'_>) -> bool {
    let Some((asked, here)) = answers(literal) else {
        return false;
    };
    let others = held.iter().filter_map(answers);
    let others = others.filter(|(other, _)| *other == asked);
    others.fold(here, |left, (_, fulfil)| left & fulfil) == 0
}

/// Whether a mail for which the first condition holds always fulfils the second.
fn stronger(one: &Test, other: &Test) -> bool {
    match (one, other) {
        (
            Test::Words { place, lists },
            Test::Words {
                place: wider,
                lists: fewer,
            },
        ) => within(*place, *wider) && in_order(lists, fewer),
        (
            Test::Weigh { lists, least },
            Test::Weigh {
                lists: same,
                least: lower,
            },
        ) => lists == same && least >= lower,
        (Test::Sign(some), Test::Sign(more)) => some.split(' ').all(|sign| signed(sign, more)),
        (Test::Has(some), Test::Has(more)) => some.split(' ').all(|what| held(what, more)),
        (Test::Sender(some), Test::Sender(more)) => among(some, more),
        (Test::Ask(one), Test::Ask(other)) => asks_more(one, other),
        (one, other) => one == other,
    }
}

fn within(place: Place, wider: Place) -> bool {
    let in_story = matches!(place, Place::Subject | Place::Newest);
    place == wider || wider == Place::Story && in_story
}

/// Whether the fewer lists stand among the others in the same order, each asked for as strictly or less: the order counts, since a
/// word that lies within another's is not counted beside it.
fn in_order<L: PartialEq, S: PartialEq>(
    lists: &[(L, Option<S>)],
    fewer: &[(L, Option<S>)],
) -> bool {
    let mut rest = lists.iter();
    let mut fits = |(list, stance): &(L, Option<S>)| {
        rest.any(|(found, strict)| found == list && (stance.is_none() || strict == stance))
    };
    fewer.iter().all(&mut fits)
}

fn among(some: &str, more: &str) -> bool {
    some.split(' ')
        .all(|piece| more.split(' ').any(|other| other == piece))
}

/// Every header of a mailing list is a sign of `list`.
fn signed(sign: &str, more: &str) -> bool {
    let of_a_list = sign.contains("list") || sign == "feedback-id";
    among(sign, more) || of_a_list && among("list", more)
}

/// What is `short` is `brief` too.
fn held(what: &str, more: &str) -> bool {
    among(what, more) || what == "short" && among("brief", more)
}

fn asks_more(one: &Ask, other: &Ask) -> bool {
    match (one, other) {
        (Ask::Asset(some), Ask::Asset(more)) => some.iter().all(|one| looked_after(*one, more)),
        (Ask::Office(some), Ask::Office(more)) => some.iter().all(|piece| more.contains(piece)),
        (Ask::Count(one), Ask::Count(other)) => {
            one.of == other.of && one.least >= other.least && one.within_ms <= other.within_ms
        }
        (one, other) => one == other,
    }
}

/// Whatever is asked of an asset of ours, it is `known`.
fn looked_after(one: Trait, more: &[Trait]) -> bool {
    more.contains(&one) || one != Trait::Outside && more.contains(&Trait::Known)
}

/// A question to which every mail has exactly one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Question {
    Language,
    Authenticity,
    Tlp,
    Kind,
    Reporter,
    Machine,
    Type,
}

/// What a structured report may be.
const FORMATS: &[&str] = &["arf", "x-arf", "xarf", "feed", "safe-browsing"];

/// The question of a condition, and the answers that fulfil it: a bit each.
fn answers(literal: &Literal<'_>) -> Option<(Question, u64)> {
    let (question, wanted, all) = match literal.test {
        Test::Ask(Ask::Language(asked)) => {
            let all = [Language::Id, Language::En, Language::Jv];
            (Question::Language, bits(&all, |one| asked.contains(one)), 3)
        }
        Test::Ask(Ask::Authentic(asked)) => {
            use Authenticity::{Fail, Neutral, Pass, Unknown};
            let all = [Pass, Fail, Neutral, Unknown];
            let wanted = bits(&all, |one| asked.contains(one));
            (Question::Authenticity, wanted, 4)
        }
        // One answer more than there are names: a mail may have none.
        Test::Ask(Ask::Tlp(asked)) => {
            let wanted = bits(Tlp::NAMES, |(_, one)| asked.contains(one));
            (Question::Tlp, wanted, 6)
        }
        Test::Ask(Ask::Kind(asked)) => {
            let all = crate::draft::KINDS;
            let wanted = bits(all, |(_, one): &(&str, Kind)| asked.contains(one));
            (Question::Kind, wanted, 6)
        }
        Test::Ask(Ask::Reporter(asked)) => {
            let wanted = bits(REPORTERS, |one| asked.iter().any(|tie| one.is(*tie)));
            (Question::Reporter, wanted, 6)
        }
        Test::Machine(format) => {
            let is = |one: &&str| format == "any" || among(one, format);
            (Question::Machine, bits(FORMATS, is), 6)
        }
        Test::Type(starts) => {
            let is = |one: &&str| starts.split(' ').any(|start| one.starts_with(start));
            (Question::Type, bits(TYPES, is), TYPES.len() + 1)
        }
        _ => return None,
    };
    let every = (1_u64 << all) - 1;
    let fulfil = if literal.holds {
        wanted
    } else {
        every & !wanted
    };
    Some((question, fulfil))
}

fn bits<T>(all: &[T], wanted: impl Fn(&T) -> bool) -> u64 {
    let set = all.iter().enumerate().filter(|(_, one)| wanted(one));
    set.fold(0, |bits, (at, _)| bits | 1 << at)
}

/// How a reporter may stand to us: in the roster or not, by the very address or not, under a domain of ours or not.
struct Stands {
    known: bool,
    agent: bool,
    ours: bool,
}

const fn stands(known: bool, agent: bool, ours: bool) -> Stands {
    Stands { known, agent, ours }
}

const REPORTERS: &[Stands] = &[
    stands(false, false, false),
    stands(false, false, true),
    stands(true, false, false),
    stands(true, false, true),
    stands(true, true, false),
    stands(true, true, true),
];

impl Stands {
    fn is(&self, tie: Tie) -> bool {
        match tie {
            Tie::Known => self.known,
            Tie::Agent => self.agent,
            Tie::Ours => self.ours,
            Tie::Outside => !self.known && !self.ours,
        }
    }
}
