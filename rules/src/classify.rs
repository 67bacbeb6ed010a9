//! Judges a report by a rule set.

mod asked;
mod facets;
mod facts;
mod kind;
mod lean;
mod leaning;
mod needs;
mod page;
mod passages;
mod texts;

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::language::words::Fold;
use crate::past::Past;
use crate::report::{Classification, Fired, Kind, Report};
use crate::ruleset::{Ask, Rule, RuleSet, Test, When};
use crate::scale::Scales;
use crate::severity;
use crate::tongue::{Tongue, Words};
use facts::{Amid, Facts};

pub use facets::{Facet, Facets};
pub use facts::{facet_names, trace};
pub use lean::level;
pub use leaning::{Leaning, leanings};
pub use needs::Needs;
pub use passages::{Passage, passages};

/// What the rules make of a report. Total and deterministic: the same report and rules give the same judgement anywhere.
pub fn classify(rules: &RuleSet, report: &Report) -> Classification {
    classify_amid(rules, report, &Past::default(), 0)
}

/// The same, amid what was reported before `now_ms` (milliseconds UTC): for rules that count.
pub fn classify_amid(rules: &RuleSet, report: &Report, past: &Past, now_ms: i64) -> Classification {
    let amid = Amid { past, now_ms };
    let facts = Facts::new(rules, report, amid);
    let mut held = facts.facets();
    let mut judged = Judged::default();
    judged.fire_all(&facts, |rule| rule.incident.is_some());
    let told = report
        .machine
        .as_ref()
        .and_then(|machine| machine.incident.clone());
    judged.by_machine = told.is_some();
    held.add_rules(&judged.fired);
    judged.heaviest_first(rules, &facts, &held);
    judged.incident = told
        .or_else(|| judged.heaviest.clone())
        .or_else(|| judged.passed_on(rules, report, amid))
        .unwrap_or_default();
    judged.fire_all(&facts, |rule| rule.incident.is_none() && !rule.asks_kind);
    held.add_rules(&judged.fired);
    let lean = kind::Lean::new(rules, &held);
    let verdict = kind::decide(report, &judged.fired, !judged.incident.is_empty(), &lean);
    if judged.incident.is_empty() {
        judged.incident = untold(rules, &held, verdict.kind);
    }
    judged.kind = Some(verdict.kind);
    judged.fire_all(&facts, |rule| rule.asks_kind);
    conclude(rules, report, &judged, &verdict, (&facts, &held))
}

/// The type where no rule names one: what the scale is sure of, if the mail opens a ticket.
fn untold(rules: &RuleSet, held: &Facets<'_>, kind: Kind) -> String {
    if !matches!(kind, Kind::Report | Kind::Automated) {
        return "other:other".to_owned();
    }
    lean::surely(&rules.scales, held).unwrap_or_else(|| "other:undetermined".to_owned())
}

fn conclude(
    rules: &RuleSet,
    report: &Report,
    judged: &Judged<'_>,
    verdict: &kind::Verdict,
    (facts, held): (&Facts<'_>, &Facets<'_>),
) -> Classification {
    let incident = incident_of(judged, verdict.kind);
    let machine = report.machine.as_ref().and_then(|machine| machine.severity);
    let default = machine.or_else(|| rules.defaults.get(&incident).copied());
    let mut level = severity::level(&judged.fired, default);
    // Where a format itself names the level, the words of the form around it are no reason for another.
    if machine.is_none() {
        level.lean(rules, held, &judged.fired);
    }
    let mut also: Vec<String> = Vec::new();
    let others = judged.fired.iter().filter(|rule| !rule.weighs());
    for other in others.filter_map(|rule| rule.incident.clone()) {
        if other != incident && !also.contains(&other) && also.len() < 4 {
            also.push(other);
        }
    }
    let fired = judged.fired.iter().map(|rule| Fired {
        rule: rule.name.clone(),
        clause: rule.clause.clone(),
        words: facts.words_of(&rule.when),
    });
    Classification {
        kind: verdict.kind,
        kind_reason: verdict.reason.told(report.tongue).to_owned(),
        otherwise: verdict.otherwise,
        severity: level.severity,
        incident,
        also,
        fired: fired.collect(),
        reasons: told(&level.reasons, report.tongue),
        clauses: level.clauses,
        priority: judged.fired.iter().filter_map(|rule| rule.queue).min(),
        tags: each_once(judged.fired.iter().flat_map(|rule| &rule.tags)),
        deadlines: each_once(judged.fired.iter().flat_map(|rule| &rule.deadlines)),
        ruleset: rules.digest.clone(),
    }
}

fn told(reasons: &[Words], tongue: Tongue) -> Vec<String> {
    let told = reasons.iter().map(|reason| reason.told(tongue).to_owned());
    told.collect()
}

fn each_once<'t>(told: impl Iterator<Item = &'t String>) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for one in told {
        if !once.contains(one) {
            once.push(one.clone());
        }
    }
    once
}

/// Bounces and automatic replies are no incident, whatever they quote; a drill stays a drill.
fn incident_of(judged: &Judged<'_>, kind: Kind) -> String {
    let named = judged
        .fired
        .iter()
        .find(|rule| rule.kind == Some(kind))
        .and_then(|rule| rule.incident.clone());
    match kind {
        Kind::Bounce | Kind::AutoReply => "other:other".to_owned(),
        Kind::Other => named.unwrap_or_else(|| "other:other".to_owned()),
        _ => judged.incident.clone(),
    }
}

/// What one point of a clue is worth beside the priority of rules, and how many points count at most: a long mail has many words.
const CLUE: i64 = 40;
const MOST_CLUES: i64 = 10;

/// What speaks for a type.
#[derive(Default)]
struct Sum {
    rule: i64,
    clues: i64,
    /// Below what the scale finds likeliest.
    scale: i64,
    /// A site's own rule names it: once, however many do.
    own: i64,
}

/// By type.
type Sums<'r> = HashMap<&'r str, Sum, BuildHasherDefault<Fold>>;

/// What a site's own rule is worth beside scales, which know nothing of it.
const OWN: i64 = 100_000;

#[derive(Default)]
struct Judged<'r> {
    fired: Vec<&'r Rule>,
    /// The type that most speaks for.
    heaviest: Option<String>,
    incident: String,
    /// A structured report names its own type.
    by_machine: bool,
    /// Once it is decided.
    kind: Option<Kind>,
}

impl<'r> Judged<'r> {
    /// The type that rules, clues and the scale together speak for most comes first; where no rule names any, there is none.
    fn heaviest_first(&mut self, rules: &'r RuleSet, facts: &Facts<'_>, held: &Facets<'_>) {
        let mut sums = self.sums(facts);
        if !self.fired.is_empty() {
            self.put_on_scale(&mut sums, &rules.scales, held);
        }
        let sum = |named: &str| {
            sums.get(named)
                .map_or(0, |sum| sum.own + sum.rule + sum.clues + sum.scale)
        };
        let of = |rule: &&Rule| sum(rule.incident.as_deref().unwrap_or_default());
        self.fired.sort_by_key(|rule| std::cmp::Reverse(of(rule)));
        let first = self.fired.first().and_then(|rule| rule.incident.as_deref());
        // Of equals the rules' own comes first, then the alphabet decides.
        let heaviest = sums.keys().max_by_key(|named| {
            (
                sum(named),
                Some(**named) == first,
                std::cmp::Reverse(**named),
            )
        });
        self.heaviest = heaviest.map(|named| (*named).to_owned());
    }

    /// What speaks for each type: its best rule's priority, and its clues.
    fn sums(&self, facts: &Facts<'_>) -> Sums<'r> {
        let mut sums = Sums::default();
        for rule in &self.fired {
            let sum = sums.entry(rule.incident.as_deref().unwrap_or_default());
            let sum = sum.or_default();
            if rule.weighs() {
                let weight = i64::from(facts.weight(&rule.when)).min(MOST_CLUES);
                sum.clues = sum.clues.max(weight * CLUE);
            } else {
                sum.rule = sum.rule.max(rule.priority);
            }
        }
        sums
    }

    fn put_on_scale(&self, sums: &mut Sums<'r>, scales: &'r Scales, held: &Facets<'_>) {
        for (named, points) in lean::points(scales, held) {
            sums.entry(named).or_default().scale = points;
        }
        for rule in self.fired.iter().filter(|rule| rule.own) {
            let sum = sums.entry(rule.incident.as_deref().unwrap_or_default());
            sum.or_default().own = OWN;
        }
    }

    /// "Apakah ini aman?" above a forwarded mail: what the sender's words leave open, the mail below them may tell.
    fn passed_on(
        &mut self,
        rules: &'r RuleSet,
        report: &'r Report,
        amid: Amid<'r>,
    ) -> Option<String> {
        if report.quoted.is_empty() || !report.references.is_empty() {
            return None;
        }
        let facts = Facts::of_quoted(rules, report, amid);
        let mut below = Self::default();
        below.fire_all(&facts, |rule| rule.incident.is_some());
        let mut held = facts.facets();
        held.add_rules(&below.fired);
        below.heaviest_first(rules, &facts, &held);
        let rule = below.fired.first().copied()?;
        self.fired.push(rule);
        rule.incident.clone()
    }

    fn fire_all(&mut self, facts: &Facts<'r>, asked: fn(&Rule) -> bool) {
        let asked = facts.askable.iter().filter(|rule| asked(rule));
        asked.for_each(|rule| self.fire(rule, facts));
    }

    fn fire(&mut self, rule: &'r Rule, facts: &Facts<'_>) {
        if self.holds(&rule.when, facts) {
            self.fired.push(rule);
        }
    }

    fn holds(&self, when: &When, facts: &Facts<'_>) -> bool {
        let any = when.any.is_empty() || when.any.iter().any(|test| self.test(test, facts));
        any && when.all.iter().all(|test| self.test(test, facts))
            && !when.not.iter().any(|test| self.test(test, facts))
    }

    fn test(&self, test: &Test, facts: &Facts<'_>) -> bool {
        match test {
            Test::Nested(when) => self.holds(when, facts),
            Test::Ask(Ask::Kind(kinds)) => self.kind.is_some_and(|kind| kinds.contains(&kind)),
            // Told only by clues, the type is a guess.
            Test::Has(what) if what == "clues-only" => {
                let rules = self.fired.iter().filter(|rule| !rule.weighs());
                let mut named = rules.filter_map(|rule| rule.incident.as_deref());
                !self.by_machine && named.all(|incident| incident != self.incident)
            }
            Test::Type(start) => start
                .split(' ')
                .any(|start| self.incident.starts_with(start)),
            other => facts.hold(other),
        }
    }
}
