//! The compiled book: nothing is left in it to interpret.

use std::collections::HashMap;

use crate::form::Fault;
use crate::lexicon::{Lexicon, List};
use crate::report::{Kind, Severity};
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
    pub(crate) steering: Steering,
    pub(crate) rules: Vec<Rule>,
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
    pub clause: String,
    pub reason: String,
    /// Written after the scales were learned, by a site: it outranks them.
    pub own: bool,
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

    /// Every phrase of the book that a report's own words hold: the list's name, and the words with how they are meant.
    pub fn trace(&self, report: &crate::report::Report) -> Vec<(String, String)> {
        crate::classify::trace(self, report)
    }

    /// The same with their sentences, in the order of where they stand.
    pub fn passages(&self, report: &crate::report::Report) -> Vec<crate::Passage> {
        crate::classify::passages(self, report)
    }

    /// What a report holds that scales may weigh, as a book names it: words, lists in their stance, marks.
    pub fn facets(&self, report: &crate::report::Report) -> Vec<String> {
        crate::classify::facet_names(self, report)
    }

    /// What is allowed and surely not meant: unused lists, rules that never hold or say the same twice.
    pub fn lints(&self) -> Vec<crate::Lint> {
        crate::lint::lints(self)
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
