//! The look-up tables of a finished lexicon, laid out flat: most phrases are ruled out without being looked at.

use super::phrases::{Phrase, Phrases};
use super::{Atom, Spans};
use crate::language::sieve::Sieve;
use crate::language::table::{Table, narrow};

/// A phrase that begins with some atom.
#[derive(Debug, Clone, Copy)]
pub struct Start {
    pub phrase: u32,
    /// Where the atoms stand of which one must be its second word; there are none where it has one word.
    seconds: (u32, u32),
    /// Words that may stand between the two.
    gap: u8,
}

#[derive(Debug)]
pub struct Index {
    forms: Table<Atom>,
    /// Whether any word that ends in a star begins with these three bytes.
    beginnings: Sieve,
    starts: Vec<Start>,
    /// What may come second, one start behind the other.
    seconds: Vec<Atom>,
    /// Where the starts of each atom end.
    ends: Vec<u32>,
}

impl Default for Index {
    fn default() -> Self {
        Self::of(Vec::new(), [].into_iter(), &mut Phrases::default())
    }
}

impl Index {
    /// Of the forms by their hash, the beginnings by their three bytes, and the phrases, which are closed.
    pub fn of(
        forms: Vec<(u64, Atom)>,
        beginnings: impl ExactSizeIterator<Item = u32>,
        phrases: &mut Phrases,
    ) -> Self {
        phrases.close();
        let mut index = Self {
            forms: Table::of(forms),
            beginnings: Sieve::of(beginnings.map(spread)),
            starts: Vec::new(),
            seconds: Vec::new(),
            ends: Vec::new(),
        };
        let begun = phrases.iter().flat_map(|(number, phrase)| {
            let first = phrase.steps().next();
            let atoms = first.map(|step| step.any).unwrap_or_default().iter();
            atoms.map(move |atom| (*atom, (number, phrase)))
        });
        let mut begun: Vec<(Atom, (u32, Phrase<'_>))> = begun.collect();
        begun.sort_by_key(|(atom, _)| *atom);
        for (atom, phrase) in begun {
            index.begin(atom, phrase);
        }
        index.seconds.shrink_to_fit();
        index
    }

    /// A phrase that begins with this atom, which is none before the last one's.
    fn begin(&mut self, atom: Atom, (number, phrase): (u32, Phrase<'_>)) {
        let begun = narrow(self.starts.len());
        self.ends.resize(atom as usize, begun);
        let second = phrase.steps().nth(1);
        let first = narrow(self.seconds.len());
        self.seconds.extend(second.iter().flat_map(|step| step.any));
        self.starts.push(Start {
            phrase: number,
            seconds: (first, narrow(self.seconds.len())),
            gap: second.map_or(0, |step| step.gap),
        });
        self.ends.push(begun + 1);
    }

    /// The atoms of the form with this hash; none where the book has no such form.
    pub fn atoms(&self, hash: u64) -> &[Atom] {
        self.forms.get(hash)
    }

    /// Whether words that begin with these three bytes may be in the book.
    pub fn may_begin(&self, key: u32) -> bool {
        self.beginnings.may_hold(spread(key))
    }

    /// The phrases that begin with an atom and may go on in a text that holds these atoms: most may not, and are not looked at.
    pub fn starts(&self, atom: Atom, present: &Present) -> impl Iterator<Item = Start> {
        let from = before(&self.ends, atom as usize);
        let end = self
            .ends
            .get(atom as usize)
            .map_or(from, |end| *end as usize);
        let starts = self.starts.get(from..end).unwrap_or_default();
        let may_go_on = |start: &&Start| {
            let seconds = self.seconds(start);
            seconds.is_empty() || seconds.iter().any(|atom| present.holds(*atom))
        };
        starts.iter().filter(may_go_on).copied()
    }

    /// Whether a phrase that begins with a word may go on with one of those behind it: most of those left do not.
    pub fn goes_on(&self, start: &Start, at: usize, known: &Spans<Atom>) -> bool {
        let seconds = self.seconds(start);
        // A loose prefix may stand between besides.
        let near = at + 1..at + 3 + usize::from(start.gap);
        let second = |atom: &Atom| seconds.contains(atom);
        seconds.is_empty()
            || near
                .into_iter()
                .any(|next| known.of(next).iter().any(second))
    }

    fn seconds(&self, start: &Start) -> &[Atom] {
        let (first, end) = start.seconds;
        let seconds = self.seconds.get(first as usize..end as usize);
        seconds.unwrap_or_default()
    }
}

/// What the end before this one is.
fn before(ends: &[u32], at: usize) -> usize {
    let end = at.checked_sub(1).and_then(|before| ends.get(before));
    end.copied().unwrap_or(0) as usize
}

/// Which atoms a text holds anywhere, a bit each.
pub struct Present(Vec<u64>);

impl Present {
    pub fn of(atoms: &[Atom], number: usize) -> Self {
        let mut present = Self(vec![0; number / 64 + 1]);
        for atom in atoms {
            if let Some(bits) = present.0.get_mut(*atom as usize / 64) {
                *bits |= 1 << (atom % 64);
            }
        }
        present
    }

    fn holds(&self, atom: Atom) -> bool {
        let bits = self.0.get(atom as usize / 64);
        bits.is_some_and(|bits| bits >> (atom % 64) & 1 == 1)
    }
}

/// A key whose bits lie anywhere.
fn spread(key: u32) -> u64 {
    u64::from(key).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::super::{Lexicon, List};
    use crate::language::words::hash;

    fn closed(phrases: &[&str]) -> Lexicon {
        let mut lexicon = Lexicon::default();
        for phrase in phrases {
            lexicon.add(List(1), phrase).unwrap();
        }
        lexicon.close();
        lexicon
    }

    #[test]
    fn every_form_is_found_and_nothing_else() {
        let lexicon = closed(&[
            "retas~",
            "bocor",
            "=deface",
            "situs/server",
            "serang~ bocor",
        ]);
        for form in [
            "diretas",
            "meretasnya",
            "bocornya",
            "deface",
            "server",
            "serangan",
        ] {
            assert_eq!(lexicon.index.atoms(hash(form)).len(), 1, "{form}");
        }
        for other in ["pagi", "defacenya", "retasss", ""] {
            assert!(lexicon.index.atoms(hash(other)).is_empty(), "{other}");
        }
    }

    #[test]
    fn a_form_of_two_words_may_be_meant_as_either() {
        let lexicon = closed(&["bocor", "=bocor"]);
        assert_eq!(lexicon.index.atoms(hash("bocor")), [0, 1]);
        assert_eq!(lexicon.index.atoms(hash("bocornya")), [0]);
    }

    #[test]
    fn a_phrase_whose_second_word_is_nowhere_does_not_start() {
        let lexicon = closed(&["situs bocor", "situs bocor/rusak", "situs"]);
        let index = &lexicon.index;
        let atom = |form: &str| index.atoms(hash(form))[0];
        let begun = |atoms: &[u32]| {
            let present = super::Present::of(atoms, 3);
            index.starts(atom("situs"), &present).count()
        };
        assert_eq!(begun(&[]), 1);
        assert_eq!(begun(&[atom("bocor")]), 3);
        assert_eq!(begun(&[atom("rusak")]), 2);
    }

    #[test]
    fn every_phrase_begins_at_each_of_its_first_words() {
        let lexicon = closed(&["a bocor", "b/c rusak", "a/c hilang", "d"]);
        let all = super::Present::of(&(0..7).collect::<Vec<_>>(), 7);
        let begun = |form: &str| -> Vec<u32> {
            let atoms = lexicon.index.atoms(hash(form)).iter();
            let starts = atoms.flat_map(|atom| lexicon.index.starts(*atom, &all));
            starts.map(|start| start.phrase).collect()
        };
        let wanted: [(&str, &[u32]); 5] = [
            ("a", &[0, 2]),
            ("b", &[1]),
            ("c", &[1, 2]),
            ("d", &[3]),
            ("bocor", &[]),
        ];
        for (form, phrases) in wanted {
            assert_eq!(begun(form), phrases, "{form}");
        }
    }
}
