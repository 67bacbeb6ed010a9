//! Conditions that can never be fulfilled, alone or beside the others of their rule.

use std::collections::HashSet;

use super::atom;
use super::formula::{Formula, Literal};
use crate::form::At;
use crate::lexicon::List;
use crate::ruleset::Test;
use crate::tongue::Words;
use crate::words;

/// Why a condition can never be fulfilled.
pub struct Clash {
    pub at: At,
    pub what: Words,
    pub instead: Words,
    /// It stands where something must hold, not in a `not`.
    pub wanted: bool,
}

/// What a rule's conditions are judged by.
pub struct Ground<'b> {
    /// Lists that hold a word or a pattern.
    pub filled: &'b HashSet<List>,
    pub names: &'b [String],
    /// The rule decides a type: it is asked before the type is known.
    pub typed: bool,
}

/// Different words of one list that are counted, at most (`Page::different`).
const COUNTED: i64 = 20;

impl Ground<'_> {
    /// Why the whole can never hold; `None` where it may.
    pub fn never(&self, formula: &Formula<'_>) -> Option<Clash> {
        self.within(formula, &[])
    }

    /// The branches of an `any` that are never taken while the rule as a whole may hold.
    pub fn dead(&self, formula: &Formula<'_>) -> Vec<Clash> {
        let mut dead = Vec::new();
        self.walk(formula, &[], &mut dead);
        dead.retain(|clash| clash.wanted);
        dead
    }

    fn walk<'b>(&self, formula: &Formula<'b>, held: &[Literal<'b>], dead: &mut Vec<Clash>) {
        let (literals, choices) = flat(formula);
        let held = [held, &literals].concat();
        for branch in choices.into_iter().flatten() {
            match self.within(branch, &held) {
                Some(clash) => dead.push(clash),
                None => self.walk(branch, &held, dead),
            }
        }
    }

    fn within<'b>(&self, formula: &Formula<'b>, held: &[Literal<'b>]) -> Option<Clash> {
        let (literals, choices) = flat(formula);
        let mut held = held.to_vec();
        for literal in literals {
            let clash = self.alone(&literal);
            let clash = clash.or_else(|| held.iter().find_map(|one| against(one, &literal)));
            let clash = clash.or_else(|| against_all(&held, &literal));
            if clash.is_some() {
                return clash;
            }
            held.push(literal);
        }
        choices.into_iter().find_map(|any| self.none_of(any, &held))
    }

    fn none_of<'b>(&self, any: &[Formula<'b>], held: &[Literal<'b>]) -> Option<Clash> {
        let mut first = None;
        for branch in any {
            let clash = self.within(branch, held)?;
            first.get_or_insert(clash);
        }
        first
    }

    /// What can never hold whatever stands beside it.
    fn alone(&self, literal: &Literal<'_>) -> Option<Clash> {
        if !literal.holds {
            return None;
        }
        let written = literal.written.value.as_str();
        let clash = |what: Words, instead: Words| {
            Some(Clash {
                at: literal.written.at,
                what,
                instead,
                wanted: true,
            })
        };
        match literal.test {
            Test::Words { lists, .. } => {
                let empty = lists.iter().find(|(list, _)| !self.filled.contains(list));
                let name = self.names.get(usize::from(empty?.0.0))?;
                clash(
                    words!(
                        "daftar kata `{name}` kosong",
                        "the word list `{name}` is empty"
                    ),
                    words!(
                        "isi daftarnya di [words], atau hapus syarat ini",
                        "fill its list in [words], or take this condition out"
                    ),
                )
            }
            Test::Weigh { lists, least } if i64::from(*least) > self.most(lists) => clash(
                words!(
                    "`{written}` tidak dapat dicapai kata-kata di daftarnya",
                    "`{written}` cannot be reached by the words of its list"
                ),
                words!(
                    "angka yang lebih kecil sesudah >=, atau tambah kata di daftarnya",
                    "a smaller number after >=, or more words in its list"
                ),
            ),
            Test::Type(_) if self.typed => clash(
                words!(
                    "`{written}` bertanya jenis, padahal aturan ini sendiri memutuskan jenis",
                    "`{written}` asks for the type, and yet this rule itself decides it"
                ),
                words!(
                    "hapus syarat `type:`, atau pindahkan keputusannya ke aturan tanpa `type`",
                    "take out the condition `type:`, or let a rule without `type` decide"
                ),
            ),
            _ => None,
        }
    }

    /// The most points that a sum of clues may come to.
    fn most(&self, lists: &[(List, i32)]) -> i64 {
        let filled = lists.iter().filter(|(list, _)| self.filled.contains(list));
        filled
            .map(|(_, points)| i64::from(*points).max(0) * COUNTED)
            .sum()
    }
}

fn against(one: &Literal<'_>, other: &Literal<'_>) -> Option<Clash> {
    if !atom::exclude(one, other) {
        return None;
    }
    let (told, beside) = match (one.holds, other.holds) {
        (true, false) => (one, other),
        _ => (other, one),
    };
    let (here, there) = (&told.written.value, &beside.written.value);
    let what = if beside.holds {
        words!(
            "`{here}` tidak dapat terpenuhi bersama `{there}`",
            "`{here}` cannot hold together with `{there}`"
        )
    } else {
        words!(
            "`{here}` tidak dapat terpenuhi karena `{there}` dilarang oleh `not`",
            "`{here}` cannot hold because `not` forbids `{there}`"
        )
    };
    Some(Clash {
        at: told.written.at,
        what,
        instead: words!(
            "hapus salah satu syarat itu",
            "take one of these conditions out"
        ),
        wanted: told.holds,
    })
}

/// No two exclude each other, and yet all of them leave nothing: `kind: report automated`, but neither of the two.
fn against_all(held: &[Literal<'_>], literal: &Literal<'_>) -> Option<Clash> {
    atom::leave_none(held, literal).then(|| Clash {
        at: literal.written.at,
        what: words!(
            "`{}` bersama syarat lain tentang hal yang sama tidak menyisakan jawaban apa pun",
            "`{}` and the other conditions on the same thing leave no answer",
            literal.written.value
        ),
        instead: words!(
            "hapus salah satu syarat itu",
            "take one of these conditions out"
        ),
        wanted: literal.holds,
    })
}

type Choices<'f, 'b> = Vec<&'f [Formula<'b>]>;

/// What must hold in any case, and of which sets one must.
fn flat<'f, 'b>(formula: &'f Formula<'b>) -> (Vec<Literal<'b>>, Choices<'f, 'b>) {
    let (mut literals, mut choices) = (Vec::new(), Vec::new());
    let mut open = vec![formula];
    while let Some(part) = open.pop() {
        match part {
            Formula::One(literal) => literals.push(*literal),
            Formula::Any(any) => choices.push(any.as_slice()),
            Formula::All(all) => open.extend(all.iter().rev()),
        }
    }
    (literals, choices)
}
