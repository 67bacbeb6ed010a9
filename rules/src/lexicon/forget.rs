//! Takes phrases out of a lexicon: a site's own book may do without some of the shipped one.

use std::collections::HashSet;

use super::{Lexicon, List};

impl Lexicon {
    /// Takes a list's phrases away: all of them, or one as it is written.
    pub fn forget(&mut self, list: List, written: Option<&str>) -> bool {
        let mut found = false;
        for phrase in self.phrases.iter_mut().filter(|phrase| phrase.list == list) {
            if written.is_none_or(|written| *phrase.written == *written) {
                // Nothing begins with it any more, and its place keeps the numbers of the others.
                phrase.steps.clear();
                found = true;
            }
        }
        let gone: HashSet<u32> = (0_u32..)
            .zip(&self.phrases)
            .filter(|(_, phrase)| phrase.steps.is_empty())
            .map(|(at, _)| at)
            .collect();
        for begun in &mut self.by_first {
            begun.retain(|at| !gone.contains(at));
        }
        found
    }
}
