//! What a report says, found once and asked many times.

use std::borrow::Cow;
use std::cell::OnceCell;

use super::asked;
use super::facets::{Facet, Facets};
use super::page::Page;
use super::texts::{every_name, file_names, header_lines, indicators, sender_words};
use crate::lexicon::List;
use crate::lines::words;
use crate::past::Past;
use crate::report::{Language, Missing, Report, Sign};
use crate::ruleset::{Place, Rule, RuleSet, Test, When};

pub struct Facts<'r> {
    rules: &'r RuleSet,
    report: &'r Report,
    story: Page,
    /// The rules that may hold, as far as the story's words tell, in the order they are asked.
    pub askable: Vec<&'r Rule>,
    /// Words of the newest text, as far as anybody counts.
    newest_words: usize,
    quoted: OnceCell<Page>,
    names: OnceCell<Page>,
    attached: OnceCell<Page>,
    headers: OnceCell<Page>,
    observables: OnceCell<Page>,
    /// The words of the sender's address and name.
    sender: OnceCell<Vec<String>>,
    amid: Amid<'r>,
}

/// What was reported before, and the moment at which this is judged (milliseconds UTC).
#[derive(Debug, Clone, Copy)]
pub struct Amid<'p> {
    pub past: &'p Past,
    pub now_ms: i64,
}

impl<'p> Amid<'p> {
    /// For what asks nothing that is counted.
    pub fn nothing(past: &'p Past) -> Self {
        Self { past, now_ms: 0 }
    }
}

/// Fewer words than this, and the attachments' names tell the story too.
const SHORT: usize = 12;

/// Words of a mail that is not long.
const BRIEF: usize = 90;

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
    pub fn new(rules: &'r RuleSet, report: &'r Report, amid: Amid<'r>) -> Self {
        let short = words(&report.newest).nth(SHORT - 1).is_none();
        let newest = if short {
            Cow::Owned(format!("{}\n\n{}", report.newest, file_names(report)))
        } else {
            // The end of a text ends its last sentence too.
            Cow::Borrowed(report.newest.as_str())
        };
        let story = Page::read(rules, &report.subject, &newest);
        Self::told_by(rules, (report, amid), story)
    }

    /// The same mail, as if what it quotes were its story.
    pub fn of_quoted(rules: &'r RuleSet, report: &'r Report, amid: Amid<'r>) -> Self {
        let end = (0..=report.quoted.len().min(MUCH)).rev();
        let head = end.into_iter().find_map(|end| report.quoted.get(..end));
        Self::told_by(
            rules,
            (report, amid),
            Page::read(rules, "", head.unwrap_or_default()),
        )
    }

    fn told_by(rules: &'r RuleSet, (report, amid): (&'r Report, Amid<'r>), story: Page) -> Self {
        let lists = story.by_list.keys().copied();
        Self {
            rules,
            report,
            askable: rules.needs.met(&rules.rules, lists),
            newest_words: words(&report.newest).take(BRIEF).count(),
            story,
            quoted: OnceCell::new(),
            names: OnceCell::new(),
            attached: OnceCell::new(),
            headers: OnceCell::new(),
            observables: OnceCell::new(),
            sender: OnceCell::new(),
            amid,
        }
    }

    /// What the story holds that scales may weigh: its words, the lists they belong to, and marks of the mail.
    pub fn facets(&self) -> Facets<'_> {
        let words = self.story.words.different();
        let lists = self.story.by_list.len();
        let many = self.story.words.different().count() + lists + 64;
        let mut held = Facets::weighed_by(&self.rules.scales, many);
        for (list, hits) in &self.story.by_list {
            let mut before = None;
            for (_, stance) in hits {
                if before != Some(*stance) {
                    held.add(Facet::List(*list, *stance));
                    before = Some(*stance);
                }
            }
        }
        for word in words {
            held.add_word(word);
        }
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
        let read = |text: &str| Page::read(self.rules, "", text);
        let report = self.report;
        match place {
            Place::Story | Place::Subject | Place::Newest => &self.story,
            Place::Quoted => self.quoted.get_or_init(|| read(&report.quoted)),
            Place::Names => self.names.get_or_init(|| read(&every_name(report))),
            Place::Attached => self.attached.get_or_init(|| read(&report.attached_text)),
            Place::Headers => self.headers.get_or_init(|| read(&header_lines(report))),
            Place::Observables => self.observables.get_or_init(|| read(&indicators(report))),
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
                .is_some_and(|machine| is_format(format, &machine.format)),
            Test::Has(what) => what.split(' ').any(|what| self.has(what)),
            Test::Sender(part) => self.sent_by(part),
            Test::Ask(ask) => asked::holds(ask, self.report, self.amid),
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
        let words = self.sender.get_or_init(|| sender_words(from));
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
            "short" => self.newest_words < SHORT,
            "brief" => self.newest_words < BRIEF,
            "office" => self.report.office.is_some(),
            "contact" => !self.report.missing.contains(&Missing::Contact),
            "time" => !self.report.missing.contains(&Missing::Time),
            "system" => !self.report.missing.contains(&Missing::System),
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
                Test::Ask(ask) if asked::holds(ask, self.report, self.amid) => {
                    found.extend(asked::because(ask, self.report, self.amid));
                }
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

/// `machine: arf xarf` asks for either.
fn is_format(asked: &str, format: &str) -> bool {
    asked.split(' ').any(|one| one == "any" || one == format)
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

/// What a report holds that scales may weigh, by name.
pub fn facet_names(rules: &RuleSet, report: &Report) -> Vec<String> {
    let past = Past::default();
    let facts = Facts::new(rules, report, Amid::nothing(&past));
    let held = facts.facets();
    held.all()
        .iter()
        .map(|(facet, _)| facet.name(rules))
        .collect()
}

/// Every phrase found in the story, by list, with its stance: for people who ask why.
pub fn trace(rules: &RuleSet, report: &Report) -> Vec<(String, String)> {
    let past = Past::default();
    let facts = Facts::new(rules, report, Amid::nothing(&past));
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
