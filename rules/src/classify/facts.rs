//! What a report says, found once and asked many times.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use super::facets::{Facet, Facets};
use crate::language::words::{self, Words};
use crate::lexicon::{Hit, List};
use crate::report::{Language, Report, Sign};
use crate::ruleset::{Place, RuleSet, Test, When};
use crate::stance::{Reading, Stance};

type ByList = HashMap<List, Vec<(Hit, Stance)>, BuildHasherDefault<words::Fold>>;

/// One text, read: where each list's phrases stand, and how they are meant.
struct Page {
    text: String,
    words: Words,
    /// Sentences before this one are the subject's.
    newest_from: u32,
    by_list: ByList,
}

pub struct Facts<'r> {
    rules: &'r RuleSet,
    report: &'r Report,
    story: Page,
    quoted: OnceCell<Page>,
    names: OnceCell<Page>,
    attached: OnceCell<Page>,
}

/// Fewer words than this, and the attachments' names tell the story too.
const SHORT: usize = 12;

/// What a passed-on mail is about stands in its first bytes.
const MUCH: usize = 4096;

/// What of `has:` and `sign:` is weighed.
const MARKS: &[&str] = &[
    "attachment",
    "evidence",
    "identity",
    "forward",
    "short",
    "brief",
    "office",
    "ipv4",
    "url",
    "email",
    "cve",
];
const SIGNS: &[&str] = &[
    "auto-submitted",
    "precedence",
    "list",
    "suppress",
    "loop",
    "system-sender",
    "machine-type",
    "null-sender",
];

impl<'r> Facts<'r> {
    pub fn new(rules: &'r RuleSet, report: &'r Report) -> Self {
        let short = report.newest.split_whitespace().count() < SHORT;
        let names = if short {
            file_names(report)
        } else {
            String::new()
        };
        let story = Page::read(
            rules,
            &report.subject,
            &format!("{}\n\n{names}", report.newest),
        );
        Self::told_by(rules, report, story)
    }

    /// The same mail, as if what it quotes were its story.
    pub fn of_quoted(rules: &'r RuleSet, report: &'r Report) -> Self {
        let end = (0..=report.quoted.len().min(MUCH)).rev();
        let head = end.into_iter().find_map(|end| report.quoted.get(..end));
        Self::told_by(
            rules,
            report,
            Page::read(rules, "", head.unwrap_or_default()),
        )
    }

    fn told_by(rules: &'r RuleSet, report: &'r Report, story: Page) -> Self {
        Self {
            rules,
            report,
            story,
            quoted: OnceCell::new(),
            names: OnceCell::new(),
            attached: OnceCell::new(),
        }
    }

    /// What the story holds that scales may weigh: its words, the lists they belong to, and marks of the mail.
    pub fn facets(&self) -> Facets<'_> {
        let mut held = Facets::default();
        for (list, hits) in &self.story.by_list {
            for (_, stance) in hits {
                held.add(Facet::List(*list, *stance));
            }
        }
        let words = &self.story.words.words;
        words
            .iter()
            .filter_map(Facet::of_word)
            .for_each(|word| held.add(word));
        self.marks().for_each(|mark| held.add(Facet::Mark(mark)));
        held
    }

    fn marks(&self) -> impl Iterator<Item = &'static str> {
        let held = MARKS.iter().filter(|mark| self.has(mark)).copied();
        let signs = SIGNS.iter().filter(|name| {
            let signs = &self.report.signs;
            signs.iter().any(|sign| is_sign(sign, name))
        });
        held.chain(signs.copied())
            .chain(self.tongue())
            .chain(self.official())
    }

    /// Most mails here are Indonesian, and most spam is not.
    fn tongue(&self) -> Option<&'static str> {
        match self.report.language {
            Language::Id => None,
            Language::En => Some("en"),
            Language::Jv => Some("jv"),
        }
    }

    /// Sent from a public office's domain.
    fn official(&self) -> Option<&'static str> {
        let from = self.report.from.as_ref()?;
        let ends = [".go.id", ".desa.id", ".sch.id"];
        let official = ends.iter().any(|end| from.address.ends_with(end));
        official.then_some("official")
    }

    fn page(&self, place: Place) -> &Page {
        match place {
            Place::Story | Place::Subject | Place::Newest => &self.story,
            Place::Quoted => self
                .quoted
                .get_or_init(|| Page::read(self.rules, "", &self.report.quoted)),
            Place::Names => self
                .names
                .get_or_init(|| Page::read(self.rules, "", &file_names(self.report))),
            Place::Attached => self
                .attached
                .get_or_init(|| Page::read(self.rules, "", &self.report.attached_text)),
        }
    }

    pub fn hold(&self, test: &Test) -> bool {
        match test {
            Test::Words { place, lists } => self.page(*place).together(*place, lists).is_some(),
            Test::Weigh { lists, least } => self.sum(lists) >= *least,
            Test::Sign(name) => name
                .split(' ')
                .any(|name| self.report.signs.iter().any(|sign| is_sign(sign, name))),
            Test::Machine(format) => self
                .report
                .machine
                .as_ref()
                .is_some_and(|machine| format == "any" || machine.format == *format),
            Test::Has(what) => self.has(what),
            Test::Sender(part) => self.sent_by(part),
            Test::Nested(_) | Test::Type(_) => false,
        }
    }

    fn sum(&self, lists: &[(List, i32)]) -> i32 {
        let points = lists.iter().map(|(list, points)| {
            let words = self.story.different(*list).len();
            points.saturating_mul(i32::try_from(words).unwrap_or(i32::MAX))
        });
        points.fold(0, i32::saturating_add)
    }

    /// What the clues of a weighing rule come to.
    pub fn weight(&self, when: &When) -> i32 {
        let tests = when.any.iter().chain(&when.all);
        let sums = tests.filter_map(|test| match test {
            Test::Weigh { lists, .. } => Some(self.sum(lists)),
            _ => None,
        });
        sums.max().unwrap_or(0)
    }

    /// The sender's address or name holds one of these pieces.
    fn sent_by(&self, pieces: &str) -> bool {
        let Some(from) = &self.report.from else {
            return false;
        };
        let (local, host) = from.address.split_once('@').unwrap_or_default();
        let name = from.name.to_lowercase();
        let words: Vec<&str> = local
            .split(['.', '-', '_', '+'])
            .chain(name.split(|character: char| !character.is_alphanumeric() && character != '-'))
            .collect();
        // Short pieces are whole words: `av` is no part of Avina.
        let is =
            |word: &str, piece: &str| word == piece || piece.len() > 4 && word.starts_with(piece);
        pieces
            .split(' ')
            .any(|piece| match piece.strip_prefix('@') {
                Some(domain) => host.contains(domain),
                None => local == piece || words.iter().any(|word| is(word, piece)),
            })
    }

    fn has(&self, what: &str) -> bool {
        match what {
            "attachment" => !self.report.attachments.is_empty(),
            "evidence" => self.report.evidence_attached(),
            "identity" => self.report.identity_attached(),
            "forward" => self.report.bare_forward,
            "short" => self.report.newest.split_whitespace().count() < SHORT,
            "brief" => self.report.newest.split_whitespace().count() < 90,
            "office" => self.report.office.is_some(),
            kind => self
                .report
                .observables
                .iter()
                .any(|observable| observable.kind == kind),
        }
    }

    /// The very words that made a rule fire.
    pub fn words_of(&self, when: &When) -> Vec<String> {
        let mut found = Vec::new();
        for test in when.any.iter().chain(&when.all) {
            match test {
                Test::Nested(inner) => found.extend(self.words_of(inner)),
                Test::Weigh { lists, .. } => {
                    let hits = lists
                        .iter()
                        .flat_map(|(list, _)| self.story.different(*list));
                    found.extend(hits.map(|hit| self.story.said(&hit)));
                }
                Test::Words { place, lists } => {
                    let page = self.page(*place);
                    found.extend(
                        page.together(*place, lists)
                            .into_iter()
                            .flatten()
                            .map(|hit| page.said(&hit)),
                    );
                }
                _ => {}
            }
        }
        found.dedup();
        found.truncate(12);
        found
    }
}

/// Whether a hit has words of its own: "tanpa sandi" is not both the secret and its being open.
fn apart(found: &[Hit], hit: &Hit) -> bool {
    let within = |one: &Hit| one.first <= hit.first && hit.last <= one.last;
    !found.iter().any(within)
}

fn file_names(report: &Report) -> String {
    let names = report.attachments.iter().take(20).map(|attachment| {
        let stem = attachment
            .name
            .rsplit_once('.')
            .map_or(attachment.name.as_str(), |(stem, _)| stem);
        format!("{}.", stem.replace(['_', '-', '.'], " "))
    });
    names.collect::<Vec<_>>().join("\n\n")
}

fn is_sign(sign: &Sign, name: &str) -> bool {
    match sign {
        Sign::AutoSubmitted(_) => name == "auto-submitted",
        Sign::Precedence(_) => name == "precedence",
        Sign::List(header) => name == "list" || name == header,
        Sign::SuppressAsked(_) => name == "suppress",
        Sign::LoopHeader(_) => name == "loop",
        Sign::SystemSender(_) => name == "system-sender",
        Sign::MachineType(_) => name == "machine-type",
        Sign::NullReturnPath => name == "null-sender",
        Sign::ManyHops(_) => name == "many-hops",
        Sign::SpamVerdict(_) => name == "spam-verdict",
        Sign::OwnMail(_) => name == "own-mail",
        Sign::NotAddressedToUs => name == "not-to-us",
    }
}

impl Page {
    fn read(rules: &RuleSet, subject: &str, newest: &str) -> Self {
        let text = format!("{subject}\n\n{newest}");
        let read = words::split(&text);
        let hits = rules.lexicon.hits(&read);
        let reading = Reading::new(&read, &hits, &rules.steering);
        let mut by_list = ByList::default();
        for hit in &hits {
            by_list
                .entry(hit.list)
                .or_default()
                .push((*hit, reading.stance(hit)));
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
    fn together(&self, place: Place, lists: &[(List, Option<Stance>)]) -> Option<Vec<Hit>> {
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
    fn different(&self, list: List) -> Vec<Hit> {
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

    fn said(&self, hit: &Hit) -> String {
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

/// What a report holds that scales may weigh, by name.
pub fn facet_names(rules: &RuleSet, report: &Report) -> Vec<String> {
    let facts = Facts::new(rules, report);
    let held = facts.facets();
    held.all()
        .iter()
        .map(|(facet, _)| facet.name(rules))
        .collect()
}

/// Every phrase found in the story, by list, with its stance: for people who ask why.
pub fn trace(rules: &RuleSet, report: &Report) -> Vec<(String, String)> {
    let facts = Facts::new(rules, report);
    let mut told = Vec::new();
    for (list, hits) in &facts.story.by_list {
        let name = rules
            .names
            .get(usize::from(list.0))
            .cloned()
            .unwrap_or_default();
        let words = hits
            .iter()
            .map(|(hit, stance)| format!("{} ({stance:?})", facts.story.said(hit)));
        told.push((name, words.collect::<Vec<_>>().join("; ")));
    }
    told.sort();
    told
}
