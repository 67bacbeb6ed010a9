//! The compiled book: nothing is left in it to interpret.

use std::collections::HashMap;

use crate::form::Fault;
use crate::lexicon::{Lexicon, List};
use crate::past::Counted;
use crate::pattern::Patterns;
use crate::report::{Authenticity, Kind, Language, Severity, Tlp};
use crate::stance::{Stance, Steering};

/// One rule file: the name that faults are told under, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    pub name: String,
    pub text: String,
}

/// What a rule gives where it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gives<'r> {
    pub kind: Option<Kind>,
    /// RSIT class and type.
    pub incident: Option<&'r str>,
    pub severity: Option<Severity>,
    pub at_most: Option<Severity>,
}

/// Rules and words, ready to judge.
#[derive(Debug)]
pub struct RuleSet {
    pub(crate) lexicon: Lexicon,
    pub(crate) patterns: Patterns,
    pub(crate) steering: Steering,
    pub(crate) rules: Vec<Rule>,
    pub(crate) needs: crate::classify::Needs,
    pub(crate) defaults: HashMap<String, Severity>,
    pub(crate) digest: String,
    /// The lists' names, by their number.
    pub(crate) names: Vec<String>,
    /// The tests beside the rules.
    pub(crate) samples: Vec<crate::prove::Sample>,
    pub(crate) scales: crate::scale::Scales,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub name: String,
    pub kind: Option<Kind>,
    pub incident: Option<String>,
    pub severity: Option<Severity>,
    pub at_most: Option<Severity>,
    pub firm: bool,
    pub priority: i64,
    /// The place in the queue sheet that the case should have, 1 to 9.
    pub queue: Option<u8>,
    pub tags: Vec<String>,
    /// Clocks that start with the case.
    pub deadlines: Vec<String>,
    pub clause: String,
    pub reason: String,
    /// Written after the scales were learned, by a site: it outranks them.
    pub own: bool,
    /// It is asked when the kind is known, after all others.
    pub asks_kind: bool,
    pub when: When,
}

impl Rule {
    /// Whether this rule only weighs clues: of such, the heaviest counts, not the first.
    pub fn weighs(&self) -> bool {
        let tests = self.when.any.iter().chain(&self.when.all);
        tests
            .into_iter()
            .any(|test| matches!(test, Test::Weigh { .. }))
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct When {
    pub any: Vec<Test>,
    pub all: Vec<Test>,
    pub not: Vec<Test>,
}

impl When {
    /// Whether it asks something of this sort; also in what must not hold, if wanted.
    pub fn asks(&self, wanted: &dyn Fn(&Ask) -> bool, denied_too: bool) -> bool {
        let denied = self.not.iter().filter(|_| denied_too);
        let mut tests = self.any.iter().chain(&self.all).chain(denied);
        tests.any(|test| match test {
            Test::Nested(inner) => inner.asks(wanted, denied_too),
            Test::Ask(ask) => wanted(ask),
            _ => false,
        })
    }

    /// Every count that it asks for, also in what must not hold.
    fn counts(&self, into: &mut Vec<Count>) {
        for test in self.any.iter().chain(&self.all).chain(&self.not) {
            match test {
                Test::Nested(inner) => inner.counts(into),
                Test::Ask(Ask::Count(count)) => into.push(*count),
                _ => {}
            }
        }
    }
}

/// A question about who or what a mail concerns; of several words any will do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Reporter(Vec<Tie>),
    /// Pieces of an office's name, lower case.
    Office(Vec<String>),
    Asset(Vec<Trait>),
    Kind(Vec<Kind>),
    Authentic(Vec<Authenticity>),
    Language(Vec<Language>),
    Tlp(Vec<Tlp>),
    Count(Count),
}

/// How the reporter stands to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tie {
    /// In the roster, by address, domain or telephone number.
    Known,
    /// In the roster by the very address.
    Agent,
    /// Under a domain of ours.
    Ours,
    Outside,
}

/// What an asset named by a mail is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trait {
    Known,
    Core,
    PersonalData,
    Vital,
    VitalUnknown,
    Outside,
}

/// At least so many reports within a time, this one counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count {
    pub of: Counted,
    pub least: u32,
    pub within_ms: i64,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Test {
    Nested(When),
    /// Phrases of all these lists in one sentence of one place, each in its stance.
    Words {
        place: Place,
        lists: Vec<(List, Option<Stance>)>,
    },
    /// Different words told, each with its list's points, reach the sum.
    Weigh {
        lists: Vec<(List, i32)>,
        least: i32,
    },
    Sign(String),
    Machine(String),
    Has(String),
    Type(String),
    Sender(String),
    Ask(Ask),
}

/// Where words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The subject and the newest text.
    Story,
    Subject,
    Newest,
    Quoted,
    Names,
    Attached,
    /// Header lines, `name: value`.
    Headers,
    /// Indicators, `ipv4:203.0.113.7`.
    Observables,
}

const BOOK: &[(&str, &str)] = &[
    (
        "book/01-bahasa.toml",
        include_str!("../book/01-bahasa.toml"),
    ),
    ("book/02-kata.toml", include_str!("../book/02-kata.toml")),
    ("book/03-jenis.toml", include_str!("../book/03-jenis.toml")),
    (
        "book/04-tingkat.toml",
        include_str!("../book/04-tingkat.toml"),
    ),
    ("book/05-surat.toml", include_str!("../book/05-surat.toml")),
    (
        "book/06-petunjuk.toml",
        include_str!("../book/06-petunjuk.toml"),
    ),
    ("book/07-aset.toml", include_str!("../book/07-aset.toml")),
    ("book/07-uji.toml", include_str!("../book/07-uji.toml")),
    (
        "book/08-timbangan.toml",
        include_str!("../book/08-timbangan.toml"),
    ),
];

impl RuleSet {
    /// Compiles files, later ones extending or overriding earlier ones; or every fault in them.
    pub fn compile(files: &[RuleFile]) -> Result<Self, Vec<Fault>> {
        crate::compile::compile(files)
    }

    /// The files shipped with this crate.
    pub fn book() -> Vec<RuleFile> {
        BOOK.iter()
            .map(|(name, text)| RuleFile {
                name: (*name).to_owned(),
                text: (*text).to_owned(),
            })
            .collect()
    }

    /// The book shipped with this crate.
    ///
    /// # Panics
    /// Never in a build whose tests passed: one of them compiles the book.
    pub fn shipped() -> Self {
        match Self::compile(&Self::book()) {
            Ok(rules) => rules,
            Err(faults) => unreachable!("the shipped book is faulty: {faults:?}"),
        }
    }

    /// How far back the counts of any rule look, in milliseconds; `None` where no rule counts.
    pub fn window(&self) -> Option<i64> {
        self.counts().iter().map(|count| count.within_ms).max()
    }

    /// What reports are counted by in any rule, each once.
    pub fn counted(&self) -> Vec<Counted> {
        let mut counted: Vec<Counted> = self.counts().iter().map(|count| count.of).collect();
        counted.sort_unstable();
        counted.dedup();
        counted
    }

    /// Whether any rule's count is reached by a report amid those before `now_ms` (milliseconds UTC). Where none is, the report
    /// is judged as if nothing had been reported before.
    pub fn reached(&self, report: &crate::report::Report, past: &crate::Past, now_ms: i64) -> bool {
        let reached =
            |count: &Count| past.count(report, count.of, (now_ms, count.within_ms)) >= count.least;
        self.counts().iter().any(reached)
    }

    fn counts(&self) -> Vec<Count> {
        let mut counts = Vec::new();
        let rules = self.rules.iter();
        rules.for_each(|rule| rule.when.counts(&mut counts));
        counts
    }

    /// Every phrase of the book that a report's own words hold: the list's name, and the words with how they are meant.
    pub fn trace(&self, report: &crate::report::Report) -> Vec<(String, String)> {
        crate::classify::trace(self, report)
    }

    /// The same with their sentences, in the order of where they stand.
    pub fn passages(&self, report: &crate::report::Report) -> Vec<crate::Passage> {
        crate::classify::passages(self, report)
    }

    /// Where the scales lean on a report for which these rules fired, and by what.
    pub fn leanings(
        &self,
        report: &crate::report::Report,
        fired: &[crate::Fired],
    ) -> Vec<crate::Leaning> {
        crate::classify::leanings(self, report, fired)
    }

    /// What a report holds that scales may weigh, as a book names it: words, lists in their stance, marks.
    pub fn facets(&self, report: &crate::report::Report) -> Vec<String> {
        crate::classify::facet_names(self, report)
    }

    /// Every fault of the files at once, and whatever is allowed and surely not meant: rules that never hold, that another
    /// outdoes, that no test wants, each with its place.
    pub fn examine(files: &[RuleFile]) -> crate::Examined {
        crate::compile::examine(files)
    }

    /// Does every test that stands beside a rule, on a site like `site`.
    pub fn trials(&self, site: &crate::Site, fetch: &crate::prove::Fetch<'_>) -> Vec<crate::Trial> {
        crate::prove::trials(self, site, fetch)
    }

    /// The rules' names, in the order they are asked.
    pub fn rule_names(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.name.as_str())
    }

    /// What a rule gives where it holds; `None` where there is no such rule.
    pub fn gives(&self, name: &str) -> Option<Gives<'_>> {
        let rule = self.rules.iter().find(|rule| rule.name == name)?;
        Some(Gives {
            kind: rule.kind,
            incident: rule.incident.as_deref(),
            severity: rule.severity,
            at_most: rule.at_most,
        })
    }

    /// How many rules there are.
    pub fn count(&self) -> usize {
        self.rules.len()
    }

    /// SHA-256 over the files, in hex: stamped on every classification.
    pub fn digest(&self) -> &str {
        &self.digest
    }
}
