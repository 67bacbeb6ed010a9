//! What a mail holds that scales may weigh.

use crate::language::words::{Sort, Word, hash};
use crate::lexicon::List;
use crate::ruleset::{Rule, RuleSet};
use crate::scale::{Scales, Tally};
use crate::stance::Stance;

/// One thing a mail holds, as a scale names it: `kuota`, `[denied mati]`, `{phishing}`, `<attachment>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet<'f> {
    Word(&'f str),
    List(List, Stance),
    Rule(&'f str),
    Mark(&'f str),
}

impl<'f> Facet<'f> {
    /// The number it is known by in scales.
    pub fn key(self) -> u64 {
        match self {
            Self::Word(form) => hash(form),
            Self::List(list, stance) => spread(u64::from(list.0) << 2 | stance as u64),
            Self::Rule(name) => spread(hash(name)),
            Self::Mark(name) => spread(spread(hash(name))),
        }
    }

    /// A word as scales weigh it: without -nya and its like; numbers, names of machines and single letters are none.
    pub fn of_word(word: &'f Word) -> Option<Self> {
        let plain = matches!(word.sort, Sort::Word | Sort::File);
        let first = word.form.as_bytes().first();
        let letters = first.is_some_and(u8::is_ascii_alphabetic)
            || word.form.starts_with(char::is_alphabetic);
        let usual = (2..=24).contains(&word.form.len());
        (plain && letters && usual).then(|| Self::Word(bare(&word.form)))
    }

    /// As it is written in a book.
    pub fn name(self, rules: &RuleSet) -> String {
        let list = |list: List| {
            rules
                .names
                .get(usize::from(list.0))
                .map_or("", String::as_str)
        };
        match self {
            Self::Word(form) => form.to_owned(),
            Self::List(of, Stance::Told) => format!("[{}]", list(of)),
            Self::List(of, Stance::Denied) => format!("[denied {}]", list(of)),
            Self::List(of, Stance::Imagined) => format!("[imagined {}]", list(of)),
            Self::Rule(name) => format!("{{{name}}}"),
            Self::Mark(name) => format!("<{name}>"),
        }
    }
}

/// Mixes a number so that neighbours fall far apart.
fn spread(number: u64) -> u64 {
    let mixed = (number ^ 0x5CA1_E5CA_1E5C_A1E5).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 31)
}

const CLITICS: &[&str] = &["nya", "lah", "kah", "pun"];

/// `berkasnya` weighs as `berkas`.
pub fn bare(form: &str) -> &str {
    if !form.ends_with(['a', 'h', 'n']) {
        return form;
    }
    let mut stems = CLITICS.iter().filter_map(|end| form.strip_suffix(end));
    stems.find(|stem| stem.len() > 3).unwrap_or(form)
}

/// The facets of a mail, each once.
#[derive(Debug)]
pub struct Facets<'f> {
    held: Vec<(Facet<'f>, u64)>,
    seen: Seen,
    scales: &'f Scales,
    tally: Tally,
}

impl<'f> Facets<'f> {
    /// To be weighed by these scales, with room for as many as are likely.
    pub fn weighed_by(scales: &'f Scales, many: usize) -> Self {
        Self {
            held: Vec::with_capacity(many),
            seen: Seen::with_room_for(many),
            scales,
            tally: scales.tally(),
        }
    }

    pub fn add(&mut self, facet: Facet<'f>) {
        self.add_known(facet, facet.key());
    }

    /// A word whose hash is known; that of its stem is reckoned only where it has one.
    pub fn add_word(&mut self, word: &'f Word) {
        if let Some(facet) = Facet::of_word(word) {
            let whole = matches!(facet, Facet::Word(stem) if stem.len() == word.form.len());
            let key = if whole { word.hash } else { facet.key() };
            self.add_known(facet, key);
        }
    }

    fn add_known(&mut self, facet: Facet<'f>, key: u64) {
        if self.seen.insert(key) {
            self.scales.put(key, &mut self.tally);
            self.held.push((facet, key));
        }
    }

    pub fn add_rules(&mut self, fired: &[&'f Rule]) {
        for rule in fired {
            self.add(Facet::Rule(&rule.name));
        }
    }

    /// What they come to on the scales they were weighed by.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    pub fn all(&self) -> &[(Facet<'f>, u64)] {
        &self.held
    }
}

/// Keys seen so far: a flat table, at least half of it free. A key of 0 counts as 1.
#[derive(Debug, Default)]
struct Seen {
    slots: Vec<u64>,
    count: usize,
}

impl Seen {
    fn with_room_for(many: usize) -> Self {
        Self {
            slots: vec![0; (many * 2).next_power_of_two()],
            count: 0,
        }
    }

    /// Whether a key was not there before.
    fn insert(&mut self, key: u64) -> bool {
        if self.count * 2 >= self.slots.len() {
            self.grow();
        }
        let key = key.max(1);
        let mask = self.slots.len() - 1;
        let mut at = place(key) & mask;
        while let Some(slot) = self.slots.get_mut(at) {
            match *slot {
                0 => {
                    *slot = key;
                    self.count += 1;
                    return true;
                }
                known if known == key => return false,
                _ => at = (at + 1) & mask,
            }
        }
        false
    }

    fn grow(&mut self) {
        let mut larger = Self::with_room_for(self.slots.len().max(16));
        for key in self.slots.iter().filter(|key| **key != 0) {
            larger.insert(*key);
        }
        *self = larger;
    }
}

fn place(key: u64) -> usize {
    usize::try_from(key & u64::from(u32::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn each_key_is_new_once() {
        let mut seen = Seen::default();
        let mut fresh = || (1..2_000_u64).filter(|key| seen.insert(key << 7)).count();
        assert_eq!((fresh(), fresh()), (1_999, 0));
    }
}
