//! Scales: what the words of a mail speak for, by weights learned from labelled mails.
//!
//! A rule says what must be there; a scale says how much each thing that is there counts. For one question (which type, which
//! level, which kind of mail) every answer has weights for the facets of a mail: words, lists of the book in a stance, rules that
//! fired, signs. An answer's sum is its base and its facets' weights over the square root of the number of facets, so that a
//! long mail speaks no louder than a short one. Sums are in thousandths of a natural logarithm: two answers that differ by
//! 2303 differ tenfold. All is counted in integers: the same everywhere.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::OnceLock;

use crate::language::sieve::Sieve;
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
}

impl Scales {
    pub fn of(&mut self, question: Question) -> &mut Scale {
        match question {
            Question::Type => &mut self.incident,
            Question::Severity => &mut self.severity,
            Question::Kind => &mut self.kind,
        }
    }
}

#[derive(Debug, Default)]
pub struct Scale {
    answers: Vec<(String, i64)>,
    weights: HashMap<u64, Vec<(usize, i64)>, BuildHasherDefault<Fold>>,
    /// Most words weigh nothing, and one bit says so. Made of the above once the first mail is weighed.
    sieve: OnceLock<Sieve>,
}

impl Scale {
    /// Adds an answer, or replaces what an earlier file said of it.
    pub fn put(&mut self, answer: &str, base: i64, weights: impl Iterator<Item = (u64, i64)>) {
        self.sieve.take();
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

    /// What the facets, each given once, come to for each answer.
    pub fn weigh(&self, facets: &[u64]) -> Vec<(&str, i64)> {
        let mut sums = vec![0_i64; self.answers.len()];
        let weighing = || Sieve::of(self.weights.keys().copied());
        let sieve = self.sieve.get_or_init(weighing);
        let weighing = facets.iter().filter(|facet| sieve.may_hold(**facet));
        for (at, weight) in weighing
            .filter_map(|facet| self.weights.get(facet))
            .flatten()
        {
            if let Some(sum) = sums.get_mut(*at) {
                *sum = sum.saturating_add(*weight);
            }
        }
        let length = root(facets.len());
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
    use super::Scale;

    #[test]
    fn facets_are_summed_over_the_root_of_their_number() {
        let mut scale = Scale::default();
        scale.put("high", -100, [(1, 600), (2, -200)].into_iter());
        scale.put("low", 50, [(2, 300)].into_iter());
        assert_eq!(scale.weigh(&[1, 2, 3, 4]), [("high", 100), ("low", 200)]);
    }

    #[test]
    fn a_later_answer_replaces_the_earlier_one() {
        let mut scale = Scale::default();
        scale.put("high", 0, [(1, 600)].into_iter());
        scale.put("high", 10, [(2, 100)].into_iter());
        assert_eq!(scale.weigh(&[1]), [("high", 10)]);
    }
}
