//! From the rules that fired to one of the SOP's three severities.

use crate::classify::{Facets, level as weighed};
use crate::report::Severity;
use crate::ruleset::{Rule, RuleSet};
use crate::tongue::Words;
use crate::words;

pub struct Level {
    pub severity: Severity,
    /// One sentence each.
    pub reasons: Vec<Words>,
    /// What the deciding rules cite, each once.
    pub clauses: Vec<String>,
}

impl Level {
    /// What the scale of levels makes of the rules' verdict; where a site's own rule gives a level, nothing.
    pub fn lean(&mut self, rules: &RuleSet, held: &Facets<'_>, fired: &[&Rule]) {
        let gives = |rule: &&&Rule| rule.severity.is_some() || rule.at_most.is_some();
        if fired.iter().filter(gives).any(|rule| rule.own) {
            return;
        }
        let firm = fired.iter().filter(|rule| rule.firm);
        let firm = firm.filter_map(|rule| rule.severity).max();
        let (severity, because) = weighed(rules, held, self.severity, firm);
        self.severity = severity;
        if let Some(because) = because {
            self.reasons = vec![because];
            self.clauses.clear();
        }
    }
}

/// The highest of what fired rules give and of the type's default wins; a ceiling lowers it, but not below what a firm rule
/// gives. Where nothing gives one, medium: too little is known to call it low.
pub fn level(fired: &[&Rule], default: Option<Severity>) -> Level {
    let highest = fired.iter().filter_map(|rule| rule.severity).max();
    let base = highest.max(default).unwrap_or(Severity::Medium);
    let ceiling = fired.iter().filter_map(|rule| rule.at_most).min();
    let firm = fired
        .iter()
        .filter(|rule| rule.firm)
        .filter_map(|rule| rule.severity)
        .max();
    let lowered = ceiling.map_or(base, |ceiling| base.min(ceiling));
    let severity = firm.map_or(lowered, |firm| lowered.max(firm));
    let (mut reasons, mut clauses) = (Vec::<String>::new(), Vec::new());
    for rule in fired {
        let decides =
            rule.severity == Some(severity) || rule.at_most == Some(severity) && severity < base;
        if decides {
            once(&mut reasons, &rule.reason);
            once(&mut clauses, &rule.clause);
        }
    }
    let mut reasons: Vec<Words> = reasons.into_iter().map(Words::from).collect();
    if reasons.is_empty() {
        reasons.push(match default {
            Some(_) => words!(
                "Tingkat bawaan untuk jenis insiden ini.",
                "The default severity of this type of incident."
            ),
            None => words!(
                "Belum cukup keterangan: tingkat sementara.",
                "Not enough is known: the severity is provisional."
            ),
        });
    }
    Level {
        severity,
        reasons,
        clauses,
    }
}

fn once(told: &mut Vec<String>, text: &str) {
    if !text.is_empty() && !told.iter().any(|known| known == text) {
        told.push(text.to_owned());
    }
}
