//! Scales: what the words of a mail speak for, by weights learned from labelled mails.
//!
//! A rule says what must be there; a scale says how much each thing that is there counts. For one question (which type, which
//! level, which kind of mail) every answer has weights for the facets of a mail: words, lists of the book in a stance, rules that
//! fired, signs. An answer's sum is its base and its facets' weights over the square root of the number of facets, so that a
//! long mail speaks no louder than a short one. Sums are in thousandths of a natural logarithm: two answers that differ by
//! 2303 differ tenfold. All is counted in integers: the same everywhere.

use crate::language::table::{Table, narrow};

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
    /// What each facet speaks for, of all scales; made of the above when they are closed.
    table: Table<Weight>,
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
        match question {
            Question::Type => &mut self.incident,
            Question::Severity => &mut self.severity,
            Question::Kind => &mut self.kind,
        }
    }

    /// Nothing weighed yet.
    pub fn tally(&self) -> Tally {
        let (before, last) = self.scale(Question::Kind);
        Tally {
            sums: vec![0; before + last.answers.len()],
            count: 0,
        }
    }

    /// Puts a facet on all scales at once: they are asked of the same facets, and a look-up costs more than the sum.
    pub fn put(&self, facet: u64, tally: &mut Tally) {
        tally.count += 1;
        for Weight { column, weight } in self.table.get(facet) {
            if let Some(sum) = tally.sums.get_mut(*column as usize) {
                // A mail's words are few enough for no sum to run over.
                *sum += i64::from(*weight);
            }
        }
    }

    /// What all that was put on the scales comes to for each answer to a question.
    pub fn read(&self, question: Question, tally: &Tally) -> Vec<(&str, i64)> {
        let (from, scale) = self.scale(question);
        scale.sums(tally.sums.get(from..).unwrap_or_default(), tally.count)
    }

    /// What one facet speaks for an answer to a question.
    pub fn weight(&self, facet: u64, question: Question, answer: &str) -> i64 {
        let (from, scale) = self.scale(question);
        let at = scale.answers.iter().position(|(name, _)| name == answer);
        let column = at.map(|at| narrow(from + at));
        let weights = self.table.get(facet).iter();
        let mut of_answer = weights.filter(|weight| Some(weight.column) == column);
        of_answer
            .next()
            .map_or(0, |weight| i64::from(weight.weight))
    }

    /// Makes ready to weigh; before this nothing weighs anything, after it nothing is put on a scale.
    pub fn close(&mut self) {
        let mut weights = Vec::new();
        let mut from = 0;
        for scale in [&mut self.incident, &mut self.severity, &mut self.kind] {
            let draft = std::mem::take(&mut scale.draft).into_iter();
            weights.extend(draft.map(|(facet, (answer, weight))| {
                let column = narrow(from + answer);
                (facet, Weight { column, weight })
            }));
            from += scale.answers.len();
        }
        self.table = Table::of(weights);
    }

    /// A question's scale, and the column of its first answer.
    fn scale(&self, question: Question) -> (usize, &Scale) {
        let (types, levels) = (self.incident.answers.len(), self.severity.answers.len());
        match question {
            Question::Type => (0, &self.incident),
            Question::Severity => (types, &self.severity),
            Question::Kind => (types + levels, &self.kind),
        }
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
    /// Facets as they come, each with what it weighs for the answer of this number; nothing once the scales are closed.
    draft: Vec<(u64, (usize, i32))>,
}

impl Scale {
    /// Adds an answer, or replaces what an earlier file said of it.
    pub fn put(&mut self, answer: &str, base: i64, weights: impl Iterator<Item = (u64, i32)>) {
        let known = self.answers.iter().position(|(name, _)| name == answer);
        let at = known.unwrap_or(self.answers.len());
        match self.answers.get_mut(at) {
            Some(kept) => kept.1 = base,
            None => self.answers.push((answer.to_owned(), base)),
        }
        if known.is_some() {
            self.draft.retain(|(_, (one, _))| *one != at);
        }
        let weights = weights.map(|(facet, weight)| (facet, (at, weight)));
        self.draft.extend(weights);
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
        scales.close();
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
        let mut scale = |base: i64, weight: (u64, i32)| {
            let scale = scales.of(Question::Type);
            scale.put("high", base, [weight].into_iter());
        };
        scale(0, (1, 600));
        scale(10, (2, 100));
        scales.close();
        assert_eq!(weigh(&scales, Question::Type, &[1]), told(&[("high", 10)]));
        assert_eq!(weigh(&scales, Question::Type, &[2]), told(&[("high", 110)]));
        assert_eq!(scales.weight(1, Question::Type, "high"), 0);
        assert_eq!(scales.weight(2, Question::Type, "high"), 100);
        assert_eq!(scales.weight(2, Question::Kind, "high"), 0);
    }
}
