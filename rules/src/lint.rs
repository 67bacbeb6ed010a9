//! What is allowed in a book and yet surely not meant, each with its place and the way out.

mod atom;
mod clash;
mod effect;
mod find;
mod formula;
mod shadow;

use std::fmt;

pub(crate) use find::lints;

use crate::draft::Draft;
use crate::form::{Fault, Form};
use crate::ruleset::RuleSet;
use crate::tongue::Tongue;

/// What was found in the files of a book.
#[derive(Debug)]
pub struct Examined {
    /// `None` where there are faults.
    pub rules: Option<RuleSet>,
    pub faults: Vec<Fault>,
    /// In the order of the files. Beside faults only those that no fault can bring about.
    pub lints: Vec<Lint>,
}

/// Something an admin should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    pub flaw: Flaw,
    /// The rule or the list that it is about.
    pub name: String,
    /// Where it stands, what is odd there, and what to write instead.
    pub told: Fault,
}

/// The sorts of oddity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flaw {
    /// No rule asks for this word list.
    UnusedList,
    /// A list that rules ask for holds no word.
    EmptyList,
    /// Two rules of one file have one name: the first is never asked.
    WrittenTwice,
    /// No mail can fulfil the rule's conditions.
    NeverHolds,
    /// One of the alternatives of an `any` can never be fulfilled there.
    DeadCondition,
    /// Another rule holds wherever this one does, and decides the same or more.
    Shadowed,
    /// A decision that never comes to anything.
    NoEffect,
    /// A pattern without a literal that must stand there: it is tried on every mail.
    SlowPattern,
    /// No test wants this rule to fire.
    Untested,
}

impl Flaw {
    /// For programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnusedList => "unused_list",
            Self::EmptyList => "empty_list",
            Self::WrittenTwice => "written_twice",
            Self::NeverHolds => "never_holds",
            Self::DeadCondition => "dead_condition",
            Self::Shadowed => "shadowed",
            Self::NoEffect => "no_effect",
            Self::SlowPattern => "slow_pattern",
            Self::Untested => "untested",
        }
    }
}

impl Lint {
    /// As a fault is shown, and told apart from one.
    pub fn told(&self, tongue: Tongue) -> String {
        let mut told = self.told.clone();
        told.what.indonesian.insert_str(0, "perhatikan: ");
        told.what.english.insert_str(0, "note: ");
        told.told(tongue)
    }
}

/// In the house's own language.
impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(Tongue::Indonesian))
    }
}

/// A book as compiled and as written.
pub(crate) struct Book<'b> {
    pub rules: &'b RuleSet,
    pub files: Vec<(&'b Form, &'b Draft)>,
    /// How many of the files are shipped: nobody is told that their lists wait for a site's rules.
    pub shipped: usize,
    /// Without faults. Beside a fault what seems unused or untested may only be unread.
    pub sound: bool,
}
