//! The look-up tables of a finished lexicon, laid out flat: a word costs one or two cache lines, and most phrases are ruled out
//! without being looked at.

use super::{Atom, Lexicon};
use crate::language::sieve::Sieve;

/// A form, and where its atoms stand. A free slot has none.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    hash: u64,
    first: u32,
    count: u32,
}

/// A phrase that begins with some atom.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    pub phrase: u32,
    /// What its second word must be; `ANY` where there is none, or a choice.
    second: Atom,
}

const ANY: Atom = Atom::MAX;

#[derive(Debug)]
pub struct Index {
    /// Most words of a mail are no form of the book: one bit in a near cache says so.
    sieve: Sieve,
    /// The same of the three bytes that words ending in a star begin with.
    beginnings: Sieve,
    /// Open addressing; a power of two, and at least half of it free.
    slots: Vec<Slot>,
    atoms: Vec<Atom>,
    starts: Vec<Start>,
    /// Where the starts of each atom end.
    ends: Vec<u32>,
}

impl Index {
    pub fn of(lexicon: &Lexicon) -> Self {
        let room = (lexicon.forms.len() * 2).next_power_of_two();
        let mut index = Self {
            sieve: Sieve::of(lexicon.forms.keys().copied()),
            beginnings: Sieve::of(lexicon.beginnings.keys().map(|key| spread(*key))),
            slots: vec![Slot::default(); room],
            atoms: Vec::new(),
            starts: Vec::new(),
            ends: Vec::with_capacity(lexicon.by_first.len()),
        };
        for (hash, atoms) in &lexicon.forms {
            index.insert(*hash, atoms);
        }
        for phrases in &lexicon.by_first {
            let starts = phrases.iter().map(|phrase| start(lexicon, *phrase));
            index.starts.extend(starts);
            index.ends.push(narrow(index.starts.len()));
        }
        index
    }

    fn insert(&mut self, hash: u64, atoms: &[Atom]) {
        let slot = Slot {
            hash,
            first: narrow(self.atoms.len()),
            count: narrow(atoms.len()),
        };
        self.atoms.extend_from_slice(atoms);
        let mask = self.slots.len() - 1;
        let mut at = place(hash) & mask;
        while let Some(other) = self.slots.get_mut(at) {
            if other.count == 0 {
                *other = slot;
                return;
            }
            at = (at + 1) & mask;
        }
    }

    /// The atoms of the form with this hash; none where the book has no such form.
    pub fn atoms(&self, hash: u64) -> &[Atom] {
        if !self.sieve.may_hold(hash) {
            return &[];
        }
        let mask = self.slots.len() - 1;
        let mut at = place(hash) & mask;
        while let Some(slot) = self.slots.get(at).filter(|slot| slot.count > 0) {
            if slot.hash == hash {
                let first = slot.first as usize;
                let range = first..first + slot.count as usize;
                return self.atoms.get(range).unwrap_or_default();
            }
            at = (at + 1) & mask;
        }
        &[]
    }

    /// Whether words that begin with these three bytes may be in the book.
    pub fn may_begin(&self, key: u32) -> bool {
        self.beginnings.may_hold(spread(key))
    }

    /// The phrases that begin with an atom and may go on in a text that holds these atoms.
    pub fn starts(&self, atom: Atom, present: &[bool]) -> impl Iterator<Item = Start> {
        let at = atom as usize;
        let before = at.checked_sub(1).and_then(|before| self.ends.get(before));
        let from = before.copied().unwrap_or(0) as usize;
        let end = self.ends.get(at).map_or(from, |end| *end as usize);
        let starts = self.starts.get(from..end).unwrap_or_default();
        let here = |second: Atom| present.get(second as usize).copied().unwrap_or(true);
        starts
            .iter()
            .copied()
            .filter(move |start| here(start.second))
    }
}

fn start(lexicon: &Lexicon, phrase: u32) -> Start {
    let steps = lexicon.phrases.get(phrase as usize);
    let second = steps.and_then(|phrase| phrase.steps.get(1));
    let second = match second.map(|step| step.any.as_slice()) {
        Some([only]) => *only,
        _ => ANY,
    };
    Start { phrase, second }
}

/// A key whose bits lie anywhere.
fn spread(key: u32) -> u64 {
    u64::from(key).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The upper bits of a product depend on all bits of the hash.
fn place(hash: u64) -> usize {
    let mixed = hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
    usize::try_from(mixed).unwrap_or(0)
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::super::{Lexicon, List};
    use crate::language::words::hash;

    #[test]
    fn every_form_is_found_and_nothing_else() {
        let mut lexicon = Lexicon::default();
        for root in [
            "retas~",
            "serang~",
            "bocor",
            "=deface",
            "situs/server",
            "data",
        ] {
            lexicon.add(List(1), root).unwrap();
        }
        let index = super::Index::of(&lexicon);
        for (hash, atoms) in &lexicon.forms {
            assert_eq!(index.atoms(*hash), atoms.as_slice());
        }
        assert!(index.atoms(hash("pagi")).is_empty());
        assert!(super::Index::of(&Lexicon::default()).atoms(7).is_empty());
    }

    #[test]
    fn a_phrase_whose_second_word_is_nowhere_does_not_start() {
        let mut lexicon = Lexicon::default();
        for phrase in ["situs bocor", "situs bocor/rusak", "situs"] {
            lexicon.add(List(1), phrase).unwrap();
        }
        let index = super::Index::of(&lexicon);
        let atom = |form: &str| index.atoms(hash(form))[0];
        let mut present = vec![false; 3];
        let begun = |present: &[bool]| index.starts(atom("situs"), present).count();
        assert_eq!(begun(&present), 2);
        present[atom("bocor") as usize] = true;
        assert_eq!(begun(&present), 3);
    }
}
