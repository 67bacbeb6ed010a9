//! How a text stands to what it names: as having happened, as not having happened, or as merely imagined.

use std::collections::HashSet;

use crate::language::words::{Sentence, Words};
use crate::lexicon::{Hit, List};

/// What is said of a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stance {
    Told,
    Denied,
    /// Possible, feared, asked, advised against, or somebody else's.
    Imagined,
}

/// The lists of a book that steer the reading; each may be empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct Steering {
    pub denying: Option<List>,
    /// Phrases that hold a negator and deny nothing ("tidak hanya").
    pub not_denying: Option<List>,
    /// Behind a phrase: "nihil", "tidak ada".
    pub denying_after: Option<List>,
    pub imagining: Option<List>,
    pub not_imagining: Option<List>,
    /// Directly before a verb: "dapat", "bisa", "could".
    pub able: Option<List>,
    pub elsewhere: Option<List>,
    pub asking: Option<List>,
}

impl Steering {
    /// The lists that steer.
    pub fn lists(&self) -> HashSet<List> {
        self.all().into_iter().flatten().collect()
    }

    fn all(&self) -> [Option<List>; 8] {
        [
            self.denying,
            self.not_denying,
            self.denying_after,
            self.imagining,
            self.not_imagining,
            self.able,
            self.elsewhere,
            self.asking,
        ]
    }
}

/// Words to the left that a negation reaches over.
const REACH: usize = 6;

pub struct Reading<'w> {
    words: &'w Words,
    denials: Vec<usize>,
    /// Every negator, also where it belongs to a phrase that denies nothing.
    negators: Vec<usize>,
    after: Vec<(usize, usize)>,
    imagining: Vec<usize>,
    able: Vec<usize>,
    elsewhere: Vec<usize>,
    asking: Vec<usize>,
}

impl<'w> Reading<'w> {
    pub fn new(words: &'w Words, hits: &[Hit], steering: &Steering) -> Self {
        let all = steering.all();
        let marks = hits.iter().filter(|hit| all.contains(&Some(hit.list)));
        let mut marks: Vec<&Hit> = marks.collect();
        // What patterns find stands behind what words find.
        marks.sort_by_key(|hit| hit.first);
        let of = |list: Option<List>| marks.iter().filter(move |hit| Some(hit.list) == list);
        let spans = |list: Option<List>| {
            of(list)
                .map(|hit| (hit.first, hit.last))
                .collect::<Vec<_>>()
        };
        let outside = |list: Option<List>, exempt: Option<List>| {
            let exempt = spans(exempt);
            let within = |at: usize| {
                exempt
                    .iter()
                    .any(|(first, last)| (*first..=*last).contains(&at))
            };
            of(list)
                .map(|hit| hit.first)
                .filter(|first| !within(*first))
                .collect::<Vec<_>>()
        };
        Self {
            words,
            denials: outside(steering.denying, steering.not_denying),
            negators: of(steering.denying).map(|hit| hit.first).collect(),
            after: spans(steering.denying_after),
            imagining: outside(steering.imagining, steering.not_imagining),
            able: of(steering.able).map(|hit| hit.last).collect(),
            elsewhere: of(steering.elsewhere).map(|hit| hit.first).collect(),
            asking: of(steering.asking).map(|hit| hit.first).collect(),
        }
    }

    pub fn stance(&self, hit: &Hit) -> Stance {
        if self.imagined(hit) {
            return Stance::Imagined;
        }
        if self.denied(hit) {
            Stance::Denied
        } else {
            Stance::Told
        }
    }

    /// The word that gives a phrase its stance, as far as one word does.
    pub fn marker(&self, hit: &Hit, stance: Stance) -> Option<usize> {
        let sentence = self.sentence(hit)?;
        let last = |places: &[usize]| between(places, sentence.first, hit.first).last().copied();
        match stance {
            Stance::Told => None,
            Stance::Denied => last(&self.denials).or_else(|| {
                let behind = self.after.iter().find(|(first, _)| *first > hit.last);
                behind.map(|(first, _)| *first)
            }),
            Stance::Imagined => {
                let elsewhere = || between(&self.elsewhere, sentence.first, sentence.end).first();
                let marked = last(&self.imagining).or_else(|| elsewhere().copied());
                marked
                    .or_else(|| last(&self.able))
                    .or_else(|| last(&self.asking))
            }
        }
    }

    fn sentence(&self, hit: &Hit) -> Option<&Sentence> {
        let sentence = self.words.words.get(hit.first)?.sentence;
        self.words.sentences.get(sentence as usize)
    }

    fn clause(&self, at: usize) -> u32 {
        self.words.words.get(at).map_or(0, |word| word.clause)
    }

    fn imagined(&self, hit: &Hit) -> bool {
        let Some(sentence) = self.sentence(hit) else {
            return false;
        };
        let near = hit.first.saturating_sub(30).max(sentence.first);
        let begin = (sentence.first + 3).min(sentence.end);
        let any = |places: &[usize], from, to| !between(places, from, to).is_empty();
        // "Data bocor?" asks without a question word.
        let short = sentence.end - sentence.first <= 4;
        let asked = || short || any(&self.asking, sentence.first, begin);
        let directly = || hit.first > 0 && any(&self.able, hit.first - 1, hit.first);
        let refused = || hit.first > 1 && any(&self.denials, hit.first - 2, hit.first - 1);
        any(&self.imagining, near, hit.first)
            || any(&self.elsewhere, sentence.first, sentence.end)
            || sentence.asks && asked()
            || directly() && !refused()
    }

    fn denied(&self, hit: &Hit) -> bool {
        let clause = self.clause(hit.first);
        let named = |at: usize| {
            let bit = 1_u64.checked_shl(u32::try_from(at - hit.first).unwrap_or(63));
            bit.is_some_and(|bit| hit.named & bit != 0)
        };
        let left = between(&self.denials, hit.first.saturating_sub(REACH), hit.first);
        let reached = left
            .iter()
            .any(|at| self.clause(*at) == clause || self.listed(*at, hit.first));
        let inside = || {
            let within = between(&self.denials, hit.first + 1, hit.last);
            within.iter().any(|at| !named(*at))
        };
        reached || inside() || self.unable(hit) || self.denied_behind(hit)
    }

    /// "tidak [bisa dibuka]": what begins with its ability is denied by the word before.
    fn unable(&self, hit: &Hit) -> bool {
        let able = !between(&self.able, hit.first, hit.first + 1).is_empty();
        able && hit.first > 0 && !between(&self.negators, hit.first - 1, hit.first).is_empty()
    }

    /// "kerugian: nihil", "infeksi tidak ada": the denial closes the clause.
    fn denied_behind(&self, hit: &Hit) -> bool {
        let end = self.clause(hit.last);
        let from = self.after.partition_point(|(first, _)| *first <= hit.last);
        let near = self
            .after
            .iter()
            .skip(from)
            .take_while(|(first, _)| first - hit.last <= 3);
        near.filter(|(first, _)| self.clause(*first) == end)
            .any(|(_, last)| {
                let here = self.words.words.get(*last).map_or(0, |word| word.sentence);
                self.words
                    .words
                    .get(last + 1)
                    .is_none_or(|next| next.clause != end || next.sentence != here)
            })
    }

    /// "tidak ada yang hilang, rusak, atau bocor": a negation reaches over commas where the parts are joined by "or".
    fn listed(&self, from: usize, to: usize) -> bool {
        let same = self.words.words.get(from).map(|word| word.sentence)
            == self.words.words.get(to).map(|word| word.sentence);
        let joined = self
            .words
            .words
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .any(|word| matches!(&*word.form, "atau" | "maupun" | "ataupun" | "or" | "nor"));
        let broken = self
            .words
            .words
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .any(|word| crate::language::breaks(word.hash));
        same && joined && !broken
    }
}

/// The places from `from` up to, not including, `to`.
fn between(places: &[usize], from: usize, to: usize) -> &[usize] {
    // Most marks are rare: often none stands near.
    let outside = |first: &usize, last: &usize| *first >= to || *last < from;
    if places
        .first()
        .zip(places.last())
        .is_none_or(|(first, last)| outside(first, last))
    {
        return &[];
    }
    let start = places.partition_point(|at| *at < from);
    let end = places.partition_point(|at| *at < to);
    places.get(start..end).unwrap_or_default()
}
