//! **rules** reads a mail and judges it; it touches nothing.
//!
//! [`read`] turns hostile bytes into a [`Report`]; [`classify`] turns a report into a [`Classification`] by a [`RuleSet`].
//! This crate never opens a file or a socket, never asks for the time, and never fails on a mail: what is odd about
//! a mail is an [`Oddity`] on its report.
//!
//! # The order of decision
//!
//! First the *type*: of the rules with a `type` that hold, the priority of each speaks for its type (a structured report names
//! its own); rules that only weigh clues (`weigh:`) add what their points come to, each worth 40 of priority, 10 at most; the
//! scale of types, learned from labelled mails, adds 400 for each natural logarithm. The type for which most speaks is the main
//! one, the others are listed beside it; equals count in the order written. Then the other rules are asked, which may look at
//! the type. The *severity* is the highest that any rule or the type's default gives, lowered to the lowest `at_most` among the
//! rules that hold, but not below what a `firm` rule gives; the scale of levels may move it, if it leans clearly, but not
//! below a firm rule's, and to low only if high is unlikely. The *kind* is bounce or automatic reply if a sign or a rule says
//! so, else a follow-up if a reference of our form is named, else what the rule with a `kind` and the highest priority says,
//! else a report if any type was found; the scale of kinds may move the last two. A site's own rules outrank the scales.

mod classify;
mod compile;
mod defang;
mod draft;
pub mod form;
mod inventory;
mod language;
mod learn;
mod lexicon;
mod lines;
mod lint;
mod past;
mod pattern;
mod prove;
mod read;
mod report;
mod roster;
mod ruleset;
mod scale;
mod secrecy;
mod severity;
mod sheet;
mod stance;
mod tongue;

pub use classify::{Leaning, Passage, classify, classify_amid};
pub use compile::is_type;
pub use defang::defang;
pub use inventory::{Asset, AssetSeen, Inventory, Vital};
pub use learn::{Lesson, learn};
pub use lint::{Examined, Flaw, Lint};
pub use past::{Counted, Past};
pub use prove::{Fetch, Trial};
pub use read::{files, read};
pub use report::*;
pub use roster::{By, Office, Reporter, Roster};
pub use ruleset::{Gives, RuleFile, RuleSet};
pub use sheet::Net;
pub use stance::Stance;
pub use tongue::{Tongue, Words};
