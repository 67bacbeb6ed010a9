//! How a text stands to what it names: as having happened, as not having happened, or as merely imagined.

use crate::language::words::{Sentence, Words};
use crate::lexicon::{Hit, List};

/// What is said of a phrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// Words to the left that a negation reaches over.
const REACH: usize = 6;

pub struct Reading<'w> {
    words: &'w Words,
    denials: Vec<usize>,
    after: Vec<(usize, usize)>,
    imagining: Vec<usize>,
    able: Vec<usize>,
    elsewhere: Vec<usize>,
    asking: Vec<usize>,
}

impl<'w> Reading<'w> {
    pub fn new(words: &'w Words, hits: &[Hit], steering: &Steering) -> Self {
        let of = |list: Option<List>| hits.iter().filter(move |hit| Some(hit.list) == list);
        let spans = |list: Option<List>| {
            of(list)
                .map(|hit| (hit.first, hit.last))
                .collect::<Vec<_>>()
        };
        let outside = |list: Option<List>, exempt: Option<List>| {
            let exempt = spans(exempt);
            let free = |hit: &&Hit| {
                !exempt
                    .iter()
                    .any(|(first, last)| (*first..=*last).contains(&hit.first))
            };
            of(list)
                .filter(free)
                .map(|hit| hit.first)
                .collect::<Vec<_>>()
        };
        Self {
            words,
            denials: outside(steering.denying, steering.not_denying),
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
        let within = |at: &usize| (sentence.first..sentence.end).contains(at);
        let marker = self
            .imagining
            .iter()
            .filter(|at| within(at))
            .any(|at| *at < hit.first && hit.first - at < 30);
        let elsewhere = self.elsewhere.iter().any(within);
        let opened = self
            .asking
            .iter()
            .any(|at| within(at) && at.saturating_sub(sentence.first) < 3);
        let able = self.able.iter().any(|at| hit.first == at + 1)
            && !self
                .denials
                .iter()
                .any(|at| hit.first >= 2 && *at == hit.first - 2);
        marker || elsewhere || sentence.asks && opened || able
    }

    fn denied(&self, hit: &Hit) -> bool {
        let clause = self.clause(hit.first);
        let named = |at: usize| {
            at >= hit.first
                && 1_u64
                    .checked_shl(u32::try_from(at - hit.first).unwrap_or(63))
                    .is_some_and(|bit| hit.named & bit != 0)
        };
        let before = self.denials.iter().any(|at| {
            let left = *at < hit.first
                && hit.first - at <= REACH
                && (self.clause(*at) == clause || self.listed(*at, hit.first));
            let inside = *at > hit.first && *at < hit.last && !named(*at);
            left || inside
        });
        let end = self.clause(hit.last);
        let behind = self.after.iter().any(|(first, last)| {
            let near = *first > hit.last && first - hit.last <= 3 && self.clause(*first) == end;
            let closes = self.words.words.get(last + 1).is_none_or(|next| {
                next.clause != end
                    || next.sentence != self.words.words.get(*last).map_or(0, |word| word.sentence)
            });
            near && closes
        });
        before || behind
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
            .any(|word| crate::language::BREAKS.contains(&&*word.form));
        same && joined && !broken
    }
}
