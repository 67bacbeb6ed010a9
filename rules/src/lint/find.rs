//! Looks for everything odd in a book, rule by rule, list by list.

use std::collections::{HashMap, HashSet};

use super::clash::Ground;
use super::formula::Formula;
use super::{Book, Flaw, Lint, effect, shadow};
use crate::draft::{ListDraft, RuleDraft};
use crate::form::{At, Fault, Form, Written};
use crate::lexicon::List;
use crate::ruleset::{Rule, Test, When};
use crate::tongue::Words;
use crate::words;

/// A rule in force, with what it was read from.
struct Known<'b> {
    rule: &'b Rule,
    file: usize,
    form: &'b Form,
    draft: &'b RuleDraft,
    /// `None` where a condition is faulty.
    when: Option<Formula<'b>>,
    dead: bool,
}

/// Everything odd about a book, in the order of its files.
pub(crate) fn lints(book: &Book<'_>) -> Vec<Lint> {
    let mut filled = book.rules.lexicon.filled();
    filled.extend(book.rules.patterns.lists());
    let mut found = Found::default();
    let mut known: Vec<Known<'_>> = book.known().collect();
    for rule in &mut known {
        found.of_conditions(rule, &filled, book);
        found.idle(rule, book);
    }
    found.shadowed(&known);
    found.written_twice(book);
    found.slow(book);
    if book.sound {
        found.lists(book, &filled);
        found.untested(&known, book);
    }
    found.in_order()
}

impl<'b> Book<'b> {
    fn known(&self) -> impl Iterator<Item = Known<'b>> {
        let mut written: HashMap<&str, (usize, &'b Form, &'b RuleDraft)> = HashMap::new();
        for (file, (form, draft)) in self.files.iter().enumerate() {
            for rule in draft.rules.iter().filter(|rule| !rule.off) {
                written.insert(rule.name.value.as_str(), (file, *form, rule));
            }
        }
        let rules = self.rules.rules.iter();
        rules.filter_map(move |rule| {
            let (file, form, draft) = *written.get(rule.name.as_str())?;
            Some(Known {
                rule,
                file,
                form,
                draft,
                when: Formula::of(&rule.when, &draft.when),
                dead: false,
            })
        })
    }

    /// Where a list is written last.
    fn list(&self, name: &str) -> Option<(usize, &'b Form, At)> {
        let named = |list: &&ListDraft| list.name.value == name;
        let found = self.files.iter().enumerate().rev();
        let mut found = found.filter_map(|(file, (form, draft))| {
            let lists = draft.lists.iter().chain(&draft.instead);
            let list = lists.chain(&draft.patterns).find(named)?;
            Some((file, *form, list.name.at))
        });
        found.next()
    }

    fn named(&self, list: List) -> &'b str {
        let name = self.rules.names.get(usize::from(list.0));
        name.map(String::as_str).unwrap_or_default()
    }
}

/// What was found so far, each with the number of its file and its place there.
#[derive(Default)]
struct Found(Vec<((usize, At), Lint)>);

impl Found {
    fn in_order(mut self) -> Vec<Lint> {
        self.0.sort_by_key(|(at, lint)| (*at, lint.flaw));
        self.0.into_iter().map(|(_, lint)| lint).collect()
    }

    fn push(&mut self, (flaw, name): (Flaw, &str), (file, at): (usize, At), told: Fault) {
        let name = name.to_owned();
        self.0.push(((file, at), Lint { flaw, name, told }));
    }

    fn of(&mut self, flaw: Flaw, known: &Known<'_>, (at, what, instead): effect::Idle) {
        let told = known.form.shown(at, what, instead);
        self.push((flaw, &known.rule.name), (known.file, at), told);
    }

    /// What of a rule's conditions can never be fulfilled.
    fn of_conditions(&mut self, known: &mut Known<'_>, filled: &HashSet<List>, book: &Book<'_>) {
        let Some(when) = &known.when else {
            return;
        };
        let ground = Ground {
            filled,
            names: &book.rules.names,
            typed: known.rule.incident.is_some(),
        };
        let name = &known.rule.name;
        if let Some(clash) = ground.never(when) {
            known.dead = true;
            let what = Words {
                indonesian: format!(
                    "aturan `{name}` tidak pernah berlaku: {}",
                    clash.what.indonesian
                ),
                english: format!("rule `{name}` never holds: {}", clash.what.english),
            };
            self.of(Flaw::NeverHolds, known, (clash.at, what, clash.instead));
            return;
        }
        for clash in ground.dead(when) {
            let what = Words {
                indonesian: format!(
                    "syarat ini di aturan `{name}` tidak pernah terpenuhi: {}",
                    clash.what.indonesian
                ),
                english: format!(
                    "this condition of rule `{name}` is never met: {}",
                    clash.what.english
                ),
            };
            self.of(Flaw::DeadCondition, known, (clash.at, what, clash.instead));
        }
    }

    fn idle(&mut self, known: &Known<'_>, book: &Book<'_>) {
        for idle in effect::idle(known.rule, known.draft, &book.rules.defaults) {
            self.of(Flaw::NoEffect, known, idle);
        }
    }

    /// Rules stand in the order in which they are asked.
    fn shadowed(&mut self, known: &[Known<'_>]) {
        let alive = || known.iter().enumerate().filter(|(_, one)| !one.dead);
        for (at, rule) in alive() {
            let by = alive()
                .find(|(before, other)| *before != at && covers((*before, other), (at, rule)));
            let Some((_, by)) = by else {
                continue;
            };
            let what = words!(
                "aturan `{}` tidak menambah apa pun: setiap surel yang memenuhinya juga memenuhi `{}` ({}), yang memutuskan hal yang sama atau lebih kuat",
                "rule `{}` adds nothing: every mail that meets it also meets `{}` ({}), which decides the same or more",
                rule.rule.name,
                by.rule.name,
                by.form.place(by.draft.name.at)
            );
            let instead = words!(
                "hapus `{}`, atau beri `{}` syarat `not`",
                "take out `{}`, or give `{}` a condition in `not`",
                rule.rule.name,
                by.rule.name
            );
            self.of(Flaw::Shadowed, rule, (rule.draft.name.at, what, instead));
        }
    }

    fn written_twice(&mut self, book: &Book<'_>) {
        for (file, (form, draft)) in book.files.iter().enumerate() {
            let mut seen: HashMap<&str, At> = HashMap::new();
            for Written { value, at } in draft.rules.iter().map(|rule| &rule.name) {
                let Some(first) = seen.insert(value, *at) else {
                    continue;
                };
                let what = words!(
                    "nama aturan `{value}` sudah dipakai di {}: yang ini menggantikannya, dan yang pertama tidak pernah ditanya",
                    "the rule name `{value}` is used at {} already: this one replaces it, and the first is never asked",
                    form.place(first)
                );
                let told = form.shown(
                    *at,
                    what,
                    words!(
                        "nama lain, atau hapus salah satunya",
                        "another name, or take one of them out"
                    ),
                );
                self.push((Flaw::WrittenTwice, value), (file, *at), told);
            }
        }
    }

    fn slow(&mut self, book: &Book<'_>) {
        let slow: HashSet<(&str, &str)> = book
            .rules
            .patterns
            .slow()
            .map(|(list, pattern)| (book.named(list), pattern))
            .collect();
        for (file, (form, draft)) in book.files.iter().enumerate() {
            for list in &draft.patterns {
                let name = list.name.value.as_str();
                let slow = |one: &&Written<String>| slow.contains(&(name, one.value.as_str()));
                for one in list.phrases.iter().filter(slow) {
                    let what = words!(
                        "pola ini di `{name}` tidak memuat kata wajib sepanjang 3 huruf, jadi dicoba pada setiap surel dan lambat",
                        "this pattern in `{name}` has no required word of 3 letters, so it is tried on every mail and is slow"
                    );
                    let told = form.shown(
                        one.at,
                        what,
                        words!(
                            "kata yang selalu ada di dalam pola",
                            "a word that is always in the pattern"
                        ),
                    );
                    self.push((Flaw::SlowPattern, name), (file, one.at), told);
                }
            }
        }
    }

    fn lists(&mut self, book: &Book<'_>, filled: &HashSet<List>) {
        let asked = asked(book);
        for (name, number) in book.rules.names.iter().zip(0..) {
            let list = List(number);
            let place = book.list(name).filter(|(file, ..)| *file >= book.shipped);
            let Some((file, form, at)) = place else {
                continue;
            };
            let (flaw, what, instead) = match (asked.contains(&list), filled.contains(&list)) {
                (true, true) => continue,
                (true, false) => (
                    Flaw::EmptyList,
                    words!(
                        "kosong, padahal aturan memintanya",
                        "empty, and yet a rule asks for it"
                    ),
                    words!("isi daftarnya", "fill its list"),
                ),
                (false, _) => (
                    Flaw::UnusedList,
                    words!("tidak dipakai aturan mana pun", "used by no rule"),
                    words!(
                        "hapus, atau sebut namanya dalam `any`, `all` atau `not` sebuah aturan",
                        "take it out, or name it in `any`, `all` or `not` of a rule"
                    ),
                ),
            };
            let told = form.shown(
                at,
                Words {
                    indonesian: format!("daftar kata `{name}` {}", what.indonesian),
                    english: format!("the word list `{name}` is {}", what.english),
                },
                instead,
            );
            self.push((flaw, name), (file, at), told);
        }
    }

    fn untested(&mut self, known: &[Known<'_>], book: &Book<'_>) {
        let untested: HashSet<String> = crate::prove::untested(book.rules).into_iter().collect();
        let untested = known.iter().filter(|one| untested.contains(&one.rule.name));
        for rule in untested {
            let what = words!(
                "aturan `{}` belum diuji",
                "rule `{}` has no test",
                rule.rule.name
            );
            let instead = words!(
                "[[rule.test]] dengan text = \"…\" di bawah aturan ini",
                "[[rule.test]] with text = \"…\" under this rule"
            );
            self.of(Flaw::Untested, rule, (rule.draft.name.at, what, instead));
        }
    }
}

/// Whether the first rule leaves the second nothing to do. Of two that do the same the one asked later is the one too many.
fn covers((before, one): (usize, &Known<'_>), (at, other): (usize, &Known<'_>)) -> bool {
    let first = before < at;
    let outdone = |one: &Rule, other: &Rule, first| shadow::outdoes(one, other, first);
    let (Some(wide), Some(narrow)) = (&one.when, &other.when) else {
        return false;
    };
    outdone(one.rule, other.rule, first)
        && narrow.implies(wide)
        && (first || !(outdone(other.rule, one.rule, true) && wide.implies(narrow)))
}

/// The lists that rules, scales and the reading of stances ask for.
fn asked(book: &Book<'_>) -> HashSet<List> {
    let mut asked = book.rules.steering.lists();
    for rule in &book.rules.rules {
        gather(&rule.when, &mut asked);
    }
    let numbers: HashMap<&str, u16> = book
        .rules
        .names
        .iter()
        .map(String::as_str)
        .zip(0..)
        .collect();
    let scales = book.files.iter().flat_map(|(_, draft)| &draft.scales);
    let weighed = scales
        .flat_map(|scale| &scale.weighs)
        .filter_map(weighed_list);
    asked.extend(weighed.filter_map(|name| numbers.get(name).copied().map(List)));
    asked
}

/// `-40 [denied mati]`
fn weighed_list(written: &Written<String>) -> Option<&str> {
    let (_, what) = written.value.split_once(' ')?;
    let list = what.strip_prefix('[')?.strip_suffix(']')?;
    list.rsplit(' ').next()
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
