//! What a report's own words hold of the book, for people who ask why.

use serde::Serialize;

use crate::language::words::{self, Words};
use crate::lexicon::Hit;
use crate::report::Report;
use crate::ruleset::RuleSet;
use crate::stance::{Reading, Stance};

/// A phrase of the book where it stands in a mail, and how it is meant there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// The word list it belongs to.
    pub list: String,
    pub stance: Stance,
    /// What makes it denied or imagined; empty where it is simply told.
    pub because: String,
    /// The sentence, one line; the phrase is its bytes from `start` to `end`.
    pub sentence: String,
    pub start: usize,
    pub end: usize,
}

impl Passage {
    /// The very words.
    pub fn said(&self) -> &str {
        self.sentence.get(self.start..self.end).unwrap_or_default()
    }
}

/// Every phrase found in the subject and the newest text, in the order of where it stands.
pub fn passages(rules: &RuleSet, report: &Report) -> Vec<Passage> {
    let text = format!("{}\n\n{}", report.subject, report.newest);
    let read = words::split(&text);
    let mut hits = rules.lexicon.hits(&read);
    hits.extend(rules.patterns.hits(&text, &read));
    hits.sort_by_key(|hit| hit.first);
    let reading = Reading::new(&read, &hits, &rules.steering);
    let page = Page {
        text: &text,
        words: &read,
        reading,
    };
    let named = |hit: &Hit| rules.names.get(usize::from(hit.list.0)).cloned();
    hits.iter()
        .filter_map(|hit| page.passage(named(hit)?, hit))
        .collect()
}

struct Page<'t> {
    text: &'t str,
    words: &'t Words,
    reading: Reading<'t>,
}

impl Page<'_> {
    fn passage(&self, list: String, hit: &Hit) -> Option<Passage> {
        let sentence = self.words.words.get(hit.first)?.sentence;
        let sentence = self.words.sentences.get(sentence as usize)?;
        let (from, to) = self.bytes(sentence.first, sentence.end.checked_sub(1)?)?;
        let (start, end) = self.bytes(hit.first, hit.last)?;
        let before = one_line(self.text.get(from..start)?);
        let said = one_line(self.text.get(start..end)?);
        let behind = one_line(self.text.get(end..to.max(end))?);
        let stance = self.reading.stance(hit);
        Some(Passage {
            list,
            stance,
            because: self.because(hit, stance),
            start: before.len(),
            end: before.len() + said.len(),
            sentence: format!("{before}{said}{behind}"),
        })
    }

    fn because(&self, hit: &Hit, stance: Stance) -> String {
        let marker = self.reading.marker(hit, stance);
        let bytes = marker.and_then(|at| self.bytes(at, at));
        let words = bytes.and_then(|(start, end)| self.text.get(start..end));
        words.unwrap_or_default().to_owned()
    }

    fn bytes(&self, first: usize, last: usize) -> Option<(usize, usize)> {
        let words = &self.words.words;
        Some((words.get(first)?.start, words.get(last)?.end))
    }
}

/// Line ends become spaces; nothing moves.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\t'], " ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::stance::Stance;
    use crate::{RuleSet, Site, read};

    #[test]
    fn a_denied_phrase_names_what_denies_it() {
        let raw = "From: a@b.example\r\nSubject: Laporan\r\n\r\nTidak ada data yang hilang.\r\nServer kami diretas.\r\n";
        let report = read(raw.as_bytes(), &Site::default());
        let passages = super::passages(&RuleSet::shipped(), &report);
        let lost = passages.iter().find(|one| one.said() == "hilang").unwrap();
        assert_eq!(
            (lost.stance, lost.because.as_str()),
            (Stance::Denied, "Tidak")
        );
        assert_eq!(lost.sentence, "Tidak ada data yang hilang");
        let hacked = passages
            .iter()
            .find(|one| one.said().contains("diretas"))
            .unwrap();
        assert_eq!((hacked.stance, hacked.because.as_str()), (Stance::Told, ""));
    }
}
