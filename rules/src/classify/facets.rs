//! What a mail holds that scales may weigh.

use std::collections::HashSet;
use std::hash::BuildHasherDefault;

use crate::language::words::{Fold, Sort, Word, hash};
use crate::lexicon::List;
use crate::ruleset::{Rule, RuleSet};
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
        let letters = word.form.starts_with(char::is_alphabetic);
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
    let mut stems = CLITICS.iter().filter_map(|end| form.strip_suffix(end));
    stems.find(|stem| stem.len() > 3).unwrap_or(form)
}

/// The facets of a mail, each once.
#[derive(Debug, Default)]
pub struct Facets<'f> {
    held: Vec<(Facet<'f>, u64)>,
    seen: HashSet<u64, BuildHasherDefault<Fold>>,
}

impl<'f> Facets<'f> {
    pub fn add(&mut self, facet: Facet<'f>) {
        let key = facet.key();
        if self.seen.insert(key) {
            self.held.push((facet, key));
        }
    }

    pub fn add_rules(&mut self, fired: &[&'f Rule]) {
        for rule in fired {
            self.add(Facet::Rule(&rule.name));
        }
    }

    pub fn keys(&self) -> Vec<u64> {
        self.held.iter().map(|(_, key)| *key).collect()
    }

    pub fn all(&self) -> &[(Facet<'f>, u64)] {
        &self.held
    }
}
