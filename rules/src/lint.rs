//! What is allowed in a book and yet surely not meant.

use std::collections::HashSet;
use std::fmt;

use crate::lexicon::List;
use crate::ruleset::{Rule, RuleSet, Test, When};

/// Something an admin should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lint {
    /// No rule asks for this word list.
    UnusedList(String),
    /// Every way for this rule to hold needs a word list without any words.
    NeverHolds(String),
    /// Two rules ask for the very same and give the same: the second adds nothing.
    Shadowed { rule: String, by: String },
    /// A pattern without a literal that must stand there: it is tried on every mail.
    SlowPattern { list: String, pattern: String },
    /// No test wants this rule to fire.
    Untested(String),
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnusedList(name) => write!(
                f,
                "daftar kata `{name}` tidak dipakai aturan mana pun: hapus, atau sebut dalam `any`, `all` atau `not`"
            ),
            Self::NeverHolds(name) => write!(
                f,
                "aturan `{name}` tidak pernah berlaku: semua daftar kata yang dimintanya kosong"
            ),
            Self::Shadowed { rule, by } => write!(
                f,
                "aturan `{rule}` meminta dan memberi hal yang sama dengan `{by}`: hapus salah satunya"
            ),
            Self::SlowPattern { list, pattern } => write!(
                f,
                "pola `{pattern}` di `{list}` tidak memuat kata wajib sepanjang 3 huruf, jadi dicoba pada setiap surel dan lambat: tambahkan kata yang selalu ada"
            ),
            Self::Untested(name) => write!(
                f,
                "aturan `{name}` belum diuji: tambahkan [[rule.test]] dengan text = \"…\" di bawahnya"
            ),
        }
    }
}

/// Everything odd about a set, in the order of lists, then rules.
pub fn lints(rules: &RuleSet) -> Vec<Lint> {
    let mut asked = rules.steering.lists();
    for rule in &rules.rules {
        gather(&rule.when, &mut asked);
    }
    let mut filled = rules.lexicon.filled();
    filled.extend(rules.patterns.lists());
    let unused = rules
        .names
        .iter()
        .zip(0..)
        .filter(|(_, number)| !asked.contains(&List(*number)));
    let mut lints: Vec<Lint> = unused
        .map(|(name, _)| Lint::UnusedList(name.clone()))
        .collect();
    let dead = rules
        .rules
        .iter()
        .filter(|rule| !may_hold(&rule.when, &filled));
    lints.extend(dead.map(|rule| Lint::NeverHolds(rule.name.clone())));
    lints.extend(shadowed(&rules.rules));
    let named = |list: List| rules.names.get(usize::from(list.0)).cloned();
    lints.extend(
        rules
            .patterns
            .slow()
            .map(|(list, pattern)| Lint::SlowPattern {
                list: named(list).unwrap_or_default(),
                pattern: pattern.to_owned(),
            }),
    );
    lints.extend(
        crate::prove::untested(rules)
            .into_iter()
            .map(Lint::Untested),
    );
    lints
}

fn gather(when: &When, into: &mut HashSet<List>) {
    for test in when.any.iter().chain(&when.all).chain(&when.not) {
        match test {
            Test::Nested(inner) => gather(inner, into),
            Test::Words { lists, .. } => into.extend(lists.iter().map(|(list, _)| *list)),
            Test::Weigh { lists, .. } => into.extend(lists.iter().map(|(list, _)| *list)),
            _ => {}
        }
    }
}

fn may_hold(when: &When, filled: &HashSet<List>) -> bool {
    let test = |test: &Test| match test {
        Test::Nested(inner) => may_hold(inner, filled),
        Test::Words { lists, .. } => lists.iter().all(|(list, _)| filled.contains(list)),
        Test::Weigh { lists, .. } => lists.iter().any(|(list, _)| filled.contains(list)),
        _ => true,
    };
    (when.any.is_empty() || when.any.iter().any(test)) && when.all.iter().all(test)
}

fn shadowed(rules: &[Rule]) -> Vec<Lint> {
    let mut found = Vec::new();
    for (at, rule) in rules.iter().enumerate() {
        let same = rules.iter().take(at).find(|other| {
            (&other.when, &other.incident, other.kind) == (&rule.when, &rule.incident, rule.kind)
                && (other.severity, other.at_most) == (rule.severity, rule.at_most)
                && (&other.tags, other.queue, &other.deadlines)
                    == (&rule.tags, rule.queue, &rule.deadlines)
        });
        if let Some(other) = same {
            found.push(Lint::Shadowed {
                rule: rule.name.clone(),
                by: other.name.clone(),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::Lint;
    use crate::{RuleFile, RuleSet};

    fn lints(text: &str) -> Vec<Lint> {
        let file = RuleFile {
            name: "uji.toml".into(),
            text: text.into(),
        };
        RuleSet::compile(&[file]).unwrap().lints()
    }

    #[test]
    fn what_is_surely_not_meant_is_told() {
        let found = lints(
            "[words]\nada = [\"retas~\"]\nsisa = [\"sisa\"]\nhampa = []\n\
             [[rule]]\nname = \"a\"\nseverity = \"low\"\nany = [\"ada\"]\n\
             [[rule]]\nname = \"b\"\nseverity = \"low\"\nany = [\"ada\"]\n\
             [[rule]]\nname = \"c\"\nseverity = \"high\"\nany = [\"ada + hampa\"]\n",
        );
        assert_eq!(
            found,
            [
                Lint::UnusedList("sisa".into()),
                Lint::NeverHolds("c".into()),
                Lint::Shadowed {
                    rule: "b".into(),
                    by: "a".into()
                },
                Lint::Untested("a".into()),
                Lint::Untested("b".into()),
                Lint::Untested("c".into()),
            ]
        );
    }

    #[test]
    fn no_rule_of_the_shipped_book_is_dead_or_double() {
        let odd = RuleSet::shipped().lints().into_iter();
        let odd: Vec<Lint> = odd
            .filter(|lint| !matches!(lint, Lint::UnusedList(_)))
            .collect();
        assert_eq!(odd, []);
    }
}
