//! Scales: what the words of a mail speak for, by weights learned from labelled mails.
//!
//! A rule says what must be there; a scale says how much each thing that is there counts. For one question (which type, which
//! level, which kind of mail) every answer has weights for the facets of a mail: words, lists of the book in a stance, rules that
//! fired, signs. An answer's sum is its base and its facets' weights over the square root of the number of facets, so that a
//! long mail speaks no louder than a short one. Sums are in thousandths of a natural logarithm: two answers that differ by
//! 2303 differ tenfold. All is counted in integers: the same everywhere.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;
use std::sync::OnceLock;

use crate::language::table::{Table, narrow};
use crate::language::words::Fold;

/// What a scale answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    Type,
    Severity,
    Kind,
}

/// One scale for each question; a book without scales has empty ones, and its rules decide alone.
#[derive(Debug, Default)]
pub struct Scales {
    pub incident: Scale,
    pub severity: Scale,
    pub kind: Scale,
    /// What each facet speaks for, of all scales. Made of the above once the first mail is weighed; nothing is put on a scale
    /// after that.
    table: OnceLock<Table<Weight>>,
}

/// What a facet speaks for one answer.
#[derive(Debug, Clone, Copy)]
struct Weight {
    /// Of the answer: those of types come first, then those of levels, then those of kinds.
    column: u32,
    /// No book writes one beyond a million.
    weight: i32,
}

impl Scales {
    pub fn of(&mut self, question: Question) -> &mut Scale {
        self.table.take();
        match question {
            Question::Type => &mut self.incident,
            Question::Severity => &mut self.severity,
            Question::Kind => &mut self.kind,
        }
    }

    /// Nothing weighed yet.
    pub fn tally(&self) -> Tally {
        let scales = self.in_order().into_iter();
        Tally {
            sums: vec![0; scales.map(|(_, scale)| scale.answers.len()).sum()],
            count: 0,
        }
    }

    /// Puts a facet on all scales at once: they are asked of the same facets, and a look-up costs more than the sum.
    pub fn put(&self, facet: u64, tally: &mut Tally) {
        tally.count += 1;
        let table = self.table.get_or_init(|| self.table());
        for Weight { column, weight } in table.get(facet) {
            if let Some(sum) = tally.sums.get_mut(*column as usize) {
                // A mail's words are few enough for no sum to run over.
                *sum += i64::from(*weight);
            }
        }
    }

    /// What all that was put on the scales comes to for each answer to a question.
    pub fn read(&self, question: Question, tally: &Tally) -> Vec<(&str, i64)> {
        let mut from = 0;
        for (of, scale) in self.in_order() {
            if of == question {
                return scale.sums(tally.sums.get(from..).unwrap_or_default(), tally.count);
            }
            from += scale.answers.len();
        }
        Vec::new()
    }

    fn in_order(&self) -> [(Question, &Scale); 3] {
        [
            (Question::Type, &self.incident),
            (Question::Severity, &self.severity),
            (Question::Kind, &self.kind),
        ]
    }

    fn table(&self) -> Table<Weight> {
        let mut of_facets: BTreeMap<u64, Vec<Weight>> = BTreeMap::new();
        let mut from = 0;
        for (_, scale) in self.in_order() {
            for (facet, weights) in &scale.weights {
                let weights = weights.iter().map(|(answer, weight)| Weight {
                    column: narrow(from + answer),
                    weight: i32::try_from(*weight).unwrap_or(0),
                });
                of_facets.entry(*facet).or_default().extend(weights);
            }
            from += scale.answers.len();
        }
        let entries = of_facets.iter();
        Table::of(entries.map(|(facet, weights)| (*facet, weights.as_slice())))
    }
}

/// What was put on the scales so far.
#[derive(Debug, Default)]
pub struct Tally {
    sums: Vec<i64>,
    count: usize,
}

#[derive(Debug, Default)]
pub struct Scale {
    answers: Vec<(String, i64)>,
    weights: HashMap<u64, Vec<(usize, i64)>, BuildHasherDefault<Fold>>,
}

impl Scale {
    /// Adds an answer, or replaces what an earlier file said of it.
    pub fn put(&mut self, answer: &str, base: i64, weights: impl Iterator<Item = (u64, i64)>) {
        let known = self.answers.iter().position(|(name, _)| name == answer);
        let at = known.unwrap_or(self.answers.len());
        match self.answers.get_mut(at) {
            Some(kept) => kept.1 = base,
            None => self.answers.push((answer.to_owned(), base)),
        }
        for kept in self.weights.values_mut().filter(|_| known.is_some()) {
            kept.retain(|(one, _)| *one != at);
        }
        for (facet, weight) in weights {
            self.weights.entry(facet).or_default().push((at, weight));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// What each answer's sum comes to over so many facets.
    fn sums(&self, sums: &[i64], facets: usize) -> Vec<(&str, i64)> {
        let length = root(facets);
        let named = self.answers.iter().zip(sums);
        named
            .map(|((name, base), sum)| (name.as_str(), base + sum * 1000 / length))
            .collect()
    }

    /// What one facet speaks for an answer.
    pub fn weight(&self, facet: u64, answer: &str) -> i64 {
        let at = self.answers.iter().position(|(name, _)| name == answer);
        let weights = self.weights.get(&facet).into_iter().flatten();
        let mut of_answer = weights.filter(|(one, _)| Some(*one) == at);
        of_answer.next().map_or(0, |(_, weight)| *weight)
    }
}

/// The square root of a count, in thousandths.
fn root(count: usize) -> i64 {
    let millions = u64::try_from(count.max(1))
        .unwrap_or(1)
        .saturating_mul(1_000_000);
    i64::try_from(millions.isqrt()).unwrap_or(1000)
}

#[cfg(test)]
mod tests {
    use super::{Question, Scales};

    fn weigh(scales: &Scales, question: Question, facets: &[u64]) -> Vec<(String, i64)> {
        let mut tally = scales.tally();
        for facet in facets {
            scales.put(*facet, &mut tally);
        }
        let read = scales.read(question, &tally).into_iter();
        read.map(|(name, sum)| (name.to_owned(), sum)).collect()
    }

    fn told(sums: &[(&str, i64)]) -> Vec<(String, i64)> {
        let told = sums.iter().map(|(name, sum)| ((*name).to_owned(), *sum));
        told.collect()
    }

    #[test]
    fn facets_are_summed_over_the_root_of_their_number_on_all_scales() {
        let mut scales = Scales::default();
        let levels = scales.of(Question::Severity);
        levels.put("high", -100, [(1, 600), (2, -200)].into_iter());
        levels.put("low", 50, [(2, 300)].into_iter());
        let kinds = scales.of(Question::Kind);
        kinds.put("other", 7, [(2, 30), (9, 5)].into_iter());
        let facets = [1, 2, 3, 4];
        let sums = weigh(&scales, Question::Severity, &facets);
        assert_eq!(sums, told(&[("high", 100), ("low", 200)]));
        let sums = weigh(&scales, Question::Kind, &facets);
        assert_eq!(sums, told(&[("other", 22)]));
        assert!(weigh(&scales, Question::Type, &facets).is_empty());
    }

    #[test]
    fn a_later_answer_replaces_the_earlier_one() {
        let mut scales = Scales::default();
        let put = |scales: &mut Scales, base: i64, weight: (u64, i64)| {
            let scale = scales.of(Question::Type);
            scale.put("high", base, [weight].into_iter());
        };
        put(&mut scales, 0, (1, 600));
        assert_eq!(weigh(&scales, Question::Type, &[1]), told(&[("high", 600)]));
        put(&mut scales, 10, (2, 100));
        assert_eq!(weigh(&scales, Question::Type, &[1]), told(&[("high", 10)]));
    }
}
