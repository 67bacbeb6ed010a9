//! Words written with a slip: one letter too many, too few, wrong, or two in each other's place.

use super::{Atom, Lexicon};
use crate::language::affix;
use crate::tongue::Words;
use crate::words;

/// Letters of a word that may be written with a slip, at least: of shorter ones too many others are near.
pub const SHORTEST: usize = 5;

/// The same of a root with its affixes: so many forms come near other words sooner (`keretas`, `kertas`).
pub const SHORTEST_OF_MANY: usize = 7;

/// Words of a book that may be written with a slip, by their first letter, which must be right.
#[derive(Debug, Default)]
pub struct Slips(Vec<Vec<Slippery>>);

#[derive(Debug)]
struct Slippery {
    form: Box<str>,
    atom: Atom,
    /// Letters that it must be written with, at least.
    least: usize,
}

impl Slips {
    pub fn add(&mut self, form: &str, atom: Atom, least: usize) {
        let first = form.bytes().next().map_or(0, usize::from);
        if form.len() < least {
            return;
        }
        if self.0.len() <= first {
            self.0.resize_with(first + 1, Vec::new);
        }
        if let Some(known) = self.0.get_mut(first) {
            let form = form.into();
            known.push(Slippery { form, atom, least });
        }
    }

    /// What an unknown word may have been meant as.
    pub fn near(&self, word: &str, into: &mut Vec<Atom>) {
        let first = word.bytes().next().map_or(0, usize::from);
        let Some(known) = self.0.get(first).filter(|_| word.len() >= SHORTEST) else {
            return;
        };
        for Slippery { form, atom, least } in known {
            let close = form.len().abs_diff(word.len()) <= 1 && word.len() >= *least;
            if close && one_slip(form.as_bytes(), word.as_bytes()) && !into.contains(atom) {
                into.push(*atom);
            }
        }
    }
}

impl Lexicon {
    /// `kata?` or `akar~?`: as it is, and with one slip of the pen.
    pub(super) fn slippery(&mut self, word: &str, atom: Atom) -> Result<(), Words> {
        let (forms, least) = match word.strip_suffix('~') {
            Some(root) => (affix::forms(root), SHORTEST_OF_MANY),
            None => (affix::clitics(word), SHORTEST),
        };
        if word.chars().count() < SHORTEST
            || !word.chars().all(|one| one.is_alphanumeric() || one == '~')
        {
            return Err(words!(
                "`{word}?` terlalu pendek untuk diberi toleransi salah tulis: paling sedikit {SHORTEST} huruf",
                "`{word}?` is too short for slips of the pen to be allowed: at least {SHORTEST} letters"
            ));
        }
        for form in forms {
            self.form(&form, atom);
            self.slips.add(&form, atom, least);
        }
        Ok(())
    }
}

/// Whether two words of nearly one length differ by one slip. What is equal at both ends is passed over: little is left.
fn one_slip(meant: &[u8], written: &[u8]) -> bool {
    let pairs = || meant.iter().zip(written);
    let head = pairs().take_while(|(one, other)| one == other).count();
    let room = meant.len().min(written.len()) - head;
    let ends = meant.iter().rev().zip(written.iter().rev());
    let tail = ends
        .take(room)
        .take_while(|(one, other)| one == other)
        .count();
    let left = meant.get(head..meant.len() - tail).unwrap_or_default();
    let right = written.get(head..written.len() - tail).unwrap_or_default();
    match (left, right) {
        ([one, two], [first, second]) => one == second && two == first,
        (left, right) => left.len() <= 1 && right.len() <= 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{Slips, one_slip};

    #[test]
    fn one_slip_is_one_letter_or_two_in_each_others_place() {
        let near = |one: &str, other: &str| one_slip(one.as_bytes(), other.as_bytes());
        for slipped in [
            "ransomwere",
            "ransomwar",
            "ransommware",
            "ransomwaer",
            "ransonware",
            "ransomware",
        ] {
            assert!(near("ransomware", slipped), "{slipped}");
        }
        for other in ["ransomwer", "ransomwreas", "ransom", "rnsomwaree"] {
            assert!(!near("ransomware", other), "{other}");
        }
    }

    #[test]
    fn the_first_letter_must_be_right_and_short_words_are_left_alone() {
        let mut slips = Slips::default();
        slips.add("virus", 7, super::SHORTEST);
        slips.add("bot", 8, super::SHORTEST);
        let near = |word: &str| {
            let mut found = Vec::new();
            slips.near(word, &mut found);
            found
        };
        assert_eq!(near("viruz"), [7]);
        assert_eq!(near("firus"), [0_u32; 0]);
        assert_eq!(near("bots"), [0_u32; 0]);
    }
}
