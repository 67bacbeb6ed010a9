//! The phrases of a book, laid out flat: their steps, and what each step may be, in two rows for all of them.

use std::ops::Range;

use super::{Atom, List};
use crate::language::table::narrow;

/// All phrases, by their number.
#[derive(Debug, Default)]
pub struct Phrases {
    all: Vec<Entry>,
    steps: Vec<Place>,
    choices: Vec<Atom>,
    /// As written in the book, while phrases may still be taken away.
    written: Vec<Box<str>>,
}

#[derive(Debug)]
struct Entry {
    list: List,
    /// Its place among the steps; empty where it was taken away.
    steps: Range<u32>,
}

/// A step's choices, by their place.
#[derive(Debug)]
struct Place {
    any: Range<u32>,
    gap: u8,
}

/// A phrase that may be looked for.
#[derive(Clone, Copy)]
pub struct Phrase<'p> {
    pub list: List,
    steps: &'p [Place],
    choices: &'p [Atom],
}

/// One word of a phrase.
pub struct Step<'p> {
    pub any: &'p [Atom],
    /// Words that may stand between the step before and this one.
    pub gap: u8,
}

impl Phrases {
    /// Adds a phrase of these steps, each with what it may be and the gap before it.
    pub fn add(&mut self, list: List, written: &str, steps: &[(Vec<Atom>, u8)]) {
        let begin = narrow(self.steps.len());
        for (any, gap) in steps {
            let first = narrow(self.choices.len());
            self.choices.extend_from_slice(any);
            let any = first..narrow(self.choices.len());
            self.steps.push(Place { any, gap: *gap });
        }
        let steps = begin..narrow(self.steps.len());
        self.all.push(Entry { list, steps });
        self.written.push(written.into());
    }

    /// Takes a list's phrases away: all of them, or one as it is written. The others keep their numbers.
    pub fn forget(&mut self, list: List, written: Option<&str>) -> bool {
        let mut found = false;
        let all = self.all.iter_mut().zip(&self.written);
        for (phrase, wording) in all.filter(|(phrase, _)| phrase.list == list) {
            if written.is_none_or(|written| **wording == *written) {
                phrase.steps = 0..0;
                found = true;
            }
        }
        found
    }

    /// Nothing is added or taken away any more.
    pub fn close(&mut self) {
        self.written = Vec::new();
        self.all.shrink_to_fit();
        self.steps.shrink_to_fit();
        self.choices.shrink_to_fit();
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Every phrase that was not taken away, with its number.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Phrase<'_>)> {
        let all = (0..)
            .zip(&self.all)
            .map(|(at, entry)| (at, self.phrase(entry)));
        all.filter(|(_, phrase)| !phrase.steps.is_empty())
    }

    /// The lists that hold at least one phrase, some more than once.
    pub fn lists(&self) -> impl Iterator<Item = List> {
        self.iter().map(|(_, phrase)| phrase.list)
    }

    pub fn get(&self, number: u32) -> Option<Phrase<'_>> {
        Some(self.phrase(self.all.get(number as usize)?))
    }

    fn phrase(&self, entry: &Entry) -> Phrase<'_> {
        Phrase {
            list: entry.list,
            steps: part(&self.steps, &entry.steps),
            choices: &self.choices,
        }
    }
}

impl<'p> Phrase<'p> {
    pub fn steps(self) -> impl Iterator<Item = Step<'p>> {
        self.steps.iter().map(move |place| Step {
            any: part(self.choices, &place.any),
            gap: place.gap,
        })
    }
}

fn part<'a, T>(all: &'a [T], range: &Range<u32>) -> &'a [T] {
    let range = range.start as usize..range.end as usize;
    all.get(range).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{List, Phrases};

    #[test]
    fn what_is_taken_away_is_gone_and_the_others_keep_their_numbers() {
        let mut phrases = Phrases::default();
        phrases.add(List(1), "situs bocor", &[(vec![1], 0), (vec![2, 3], 8)]);
        phrases.add(List(2), "data", &[(vec![4], 0)]);
        phrases.add(List(1), "situs", &[(vec![1], 0)]);
        assert!(phrases.forget(List(1), Some("situs bocor")));
        assert!(!phrases.forget(List(2), Some("situs")));
        let left = |phrases: &Phrases| -> Vec<u32> { phrases.iter().map(|(at, _)| at).collect() };
        assert_eq!(left(&phrases), [1, 2]);
        assert!(phrases.forget(List(1), None));
        phrases.close();
        assert_eq!(left(&phrases), [1]);
        assert_eq!(phrases.lists().collect::<Vec<_>>(), [List(2)]);
    }

    #[test]
    fn steps_come_with_their_choices_and_gaps() {
        let mut phrases = Phrases::default();
        phrases.add(List(0), "data", &[(vec![9], 0)]);
        phrases.add(
            List(1),
            "situs ... bocor/rusak",
            &[(vec![1], 0), (vec![2, 3], 8)],
        );
        let phrase = phrases.get(1);
        let steps = phrase.iter().flat_map(|phrase| phrase.steps());
        let steps: Vec<_> = steps.map(|step| (step.any.to_vec(), step.gap)).collect();
        assert_eq!(steps, [(vec![1], 0), (vec![2, 3], 8)]);
        assert!(phrases.get(2).is_none());
    }
}
