//! One text of a mail, read once: its words, and which lists' phrases stand where.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::language::words::{self, Words};
use crate::lexicon::{Hit, List};
use crate::ruleset::{Place, RuleSet};
use crate::stance::{Reading, Stance};

type ByList = HashMap<List, Vec<(Hit, Stance)>, BuildHasherDefault<words::Fold>>;

/// One text, read: where each list's phrases stand, and how they are meant.
pub struct Page {
    text: String,
    pub words: Words,
    /// Sentences before this one are the subject's.
    newest_from: u32,
    pub by_list: ByList,
}

/// Whether a hit has words of its own: "tanpa sandi" is not both the secret and its being open.
fn apart(found: &[Hit], hit: &Hit) -> bool {
    let within = |one: &Hit| one.first <= hit.first && hit.last <= one.last;
    !found.iter().any(within)
}

impl Page {
    pub fn read(rules: &RuleSet, subject: &str, newest: &str) -> Self {
        let text = [subject, "\n\n", newest].concat();
        let read = words::split(&text);
        let mut hits = rules.lexicon.hits(&read);
        hits.extend(rules.patterns.hits(&text, &read));
        let reading = Reading::new(&read, &hits, &rules.steering);
        let mut by_list = ByList::default();
        for hit in &hits {
            by_list
                .entry(hit.list)
                .or_default()
                .push((*hit, reading.stance(hit)));
        }
        // A list may hold words and patterns; its finds stand in the order of the text.
        for found in by_list.values_mut() {
            found.sort_by_key(|(hit, _)| hit.first);
        }
        let newest_from = read
            .words
            .iter()
            .find(|word| word.start > subject.len())
            .map_or(u32::MAX, |word| word.sentence);
        Self {
            text,
            words: read,
            newest_from,
            by_list,
        }
    }

    /// One hit of each list in one sentence, each in the stance that is asked for.
    pub fn together(&self, place: Place, lists: &[(List, Option<Stance>)]) -> Option<Vec<Hit>> {
        let (first, others) = lists.split_first()?;
        for (hit, _) in self
            .of(*first, None)
            .iter()
            .filter(|one| self.fits(place, first.1, one))
        {
            let sentence = self.sentence(hit);
            let mut found = vec![*hit];
            for other in others {
                let mut there = self.of(*other, Some(sentence)).iter();
                let next =
                    there.find(|one| self.fits(place, other.1, one) && apart(&found, &one.0));
                found.extend(next.map(|(hit, _)| *hit));
            }
            if found.len() == lists.len() {
                return Some(found);
            }
        }
        None
    }

    /// What a list names that is told, each word once.
    pub fn different(&self, list: List) -> Vec<Hit> {
        let form = |at: usize| self.words.words.get(at).map(|word| word.hash);
        let mut seen = Vec::new();
        let mut hits = Vec::new();
        for (hit, _) in self
            .of((list, None), None)
            .iter()
            .filter(|one| one.1 == Stance::Told)
        {
            let key = (form(hit.first), form(hit.last));
            if !seen.contains(&key) && seen.len() < 20 {
                seen.push(key);
                hits.push(*hit);
            }
        }
        hits
    }

    /// A list's hits, in order; those of one sentence only if one is given.
    fn of(&self, (list, _): (List, Option<Stance>), sentence: Option<u32>) -> &[(Hit, Stance)] {
        let hits = self
            .by_list
            .get(&list)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let Some(sentence) = sentence else {
            return hits;
        };
        let start = hits.partition_point(|(hit, _)| self.sentence(hit) < sentence);
        let end = hits.partition_point(|(hit, _)| self.sentence(hit) <= sentence);
        hits.get(start..end).unwrap_or_default()
    }

    fn fits(&self, place: Place, stance: Option<Stance>, (hit, meant): &(Hit, Stance)) -> bool {
        let sentence = self.sentence(hit);
        let here = match place {
            Place::Subject => sentence < self.newest_from,
            Place::Newest => sentence >= self.newest_from,
            _ => true,
        };
        here && stance.is_none_or(|stance| stance == *meant)
    }

    fn sentence(&self, hit: &Hit) -> u32 {
        self.words
            .words
            .get(hit.first)
            .map_or(0, |word| word.sentence)
    }

    pub fn said(&self, hit: &Hit) -> String {
        let start = self.words.words.get(hit.first).map_or(0, |word| word.start);
        let end = self.words.words.get(hit.last).map_or(0, |word| word.end);
        self.text
            .get(start..end)
            .unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    }
}
