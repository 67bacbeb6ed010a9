//! From drafts to a [`RuleSet`], or every complaint with line and column.

mod condition;
mod facts;
mod scales;
mod types;

pub use types::{TYPES, is_type};

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::draft::{self, Draft, RuleDraft};
use crate::form::{Fault, Form, Written, nearest};
use crate::lexicon::{Lexicon, List};
use crate::lint::{self, Examined};
use crate::pattern::Patterns;
use crate::prove::Sample;
use crate::ruleset::{Ask, Rule, RuleFile, RuleSet, When};
use crate::scale::Scales;
use crate::stance::Steering;
use crate::tongue::Words;
use crate::words;
use types::known_type;

pub fn compile(files: &[RuleFile]) -> Result<RuleSet, Vec<Fault>> {
    let (forms, _, bench) = fill(files);
    let faults: Vec<Fault> = forms.into_iter().flat_map(draft::finish).collect();
    if faults.is_empty() {
        Ok(bench.finish(files))
    } else {
        Err(faults)
    }
}

/// Every fault, and beside them whatever is allowed and surely not meant.
pub fn examine(files: &[RuleFile]) -> Examined {
    let (forms, drafts, bench) = fill(files);
    let shipped = bench.weighed.map_or(0, |last| last + 1);
    let rules = bench.finish(files);
    let book = lint::Book {
        rules: &rules,
        files: forms.iter().zip(&drafts).collect(),
        shipped,
        sound: forms.iter().all(|form| !form.is_faulty()),
    };
    let lints = lint::lints(&book);
    let faults: Vec<Fault> = forms.into_iter().flat_map(draft::finish).collect();
    Examined {
        rules: faults.is_empty().then_some(rules),
        faults,
        lints,
    }
}

fn fill(files: &[RuleFile]) -> (Vec<Form>, Vec<Draft>, Bench) {
    let forms: Vec<Form> = files
        .iter()
        .map(|file| Form::parse(&file.name, &file.text))
        .collect();
    let drafts: Vec<Draft> = forms.iter().map(draft::read).collect();
    let mut bench = Bench::default();
    for draft in &drafts {
        bench.declare(draft);
    }
    for (form, draft) in forms.iter().zip(&drafts) {
        bench.fill(form, draft);
    }
    (forms, drafts, bench)
}

#[derive(Default)]
struct Bench {
    lists: HashMap<String, List>,
    names: Vec<String>,
    lexicon: Lexicon,
    patterns: Patterns,
    rules: Vec<Rule>,
    defaults: HashMap<String, crate::report::Severity>,
    samples: Vec<Sample>,
    /// The last file that wrote each rule: who replaces a rule brings its own tests.
    defined: HashMap<String, usize>,
    /// How many files are filled in.
    files: usize,
    scales: Scales,
    /// The first file that holds scales: the rules of later files are a site's own.
    weighed: Option<usize>,
}

impl Bench {
    fn declare(&mut self, draft: &Draft) {
        let words = draft.lists.iter().chain(&draft.instead);
        for list in words.chain(&draft.patterns) {
            if !self.lists.contains_key(&list.name.value) {
                let number = List(u16::try_from(self.names.len()).unwrap_or(u16::MAX));
                self.lists.insert(list.name.value.clone(), number);
                self.names.push(list.name.value.clone());
            }
        }
    }

    fn fill(&mut self, form: &Form, draft: &Draft) {
        self.take_away(form, draft);
        for list in draft.instead.iter().chain(&draft.lists) {
            self.fill_list(form, list);
        }
        for list in &draft.patterns {
            let Some(number) = self.lists.get(&list.name.value).copied() else {
                continue;
            };
            for pattern in &list.phrases {
                if let Err(why) = self.patterns.add(number, &pattern.value) {
                    let instead = words!(
                        "pola biasa, misalnya 'slot\\s?\\d+', diapit '…'",
                        "a plain pattern, such as 'slot\\s?\\d+', within '…'"
                    );
                    form.fault(pattern.at, why, instead);
                }
            }
        }
        for (name, level) in &draft.defaults {
            known_type(form, name);
            if let Some(level) = level {
                self.defaults.insert(name.value.clone(), *level);
            }
        }
        for rule in &draft.rules {
            self.fill_rule(form, rule);
        }
        for scale in &draft.scales {
            self.weighed.get_or_insert(self.files);
            self.weights(form, scale);
        }
        self.take_samples(form, draft);
        self.files += 1;
    }

    fn fill_list(&mut self, form: &Form, list: &draft::ListDraft) {
        let Some(number) = self.lists.get(&list.name.value).copied() else {
            return;
        };
        for phrase in &list.phrases {
            if let Err(why) = self.lexicon.add(number, &phrase.value) {
                form.fault(
                    phrase.at,
                    why,
                    words!(
                        "kata biasa, akar~ (segala imbuhan), awal*, kata? (salah tulis), satu/dua, atau .. untuk sela",
                        "a plain word, root~ (with any affix), begin*, word? (with a slip), one/two, or .. for a gap"
                    ),
                );
            }
        }
    }

    /// `[words_instead]` empties a list first; `[words_without]` takes single phrases out.
    fn take_away(&mut self, form: &Form, draft: &Draft) {
        for list in &draft.instead {
            if let Some(number) = self.known_list(form, &list.name) {
                self.lexicon.forget(number, None);
                self.patterns.clear(number);
            }
        }
        for list in &draft.without {
            let Some(number) = self.known_list(form, &list.name) else {
                continue;
            };
            for phrase in &list.phrases {
                if !self.lexicon.forget(number, Some(&phrase.value)) {
                    let what = words!(
                        "daftar `{}` tidak memuat frasa ini",
                        "the list `{}` has no such phrase",
                        list.name.value
                    );
                    form.fault(
                        phrase.at,
                        what,
                        words!(
                            "persis seperti tertulis di daftarnya",
                            "exactly as its list has it"
                        ),
                    );
                }
            }
        }
    }

    /// The number of a list that is there already.
    fn known_list(&self, form: &Form, name: &Written<String>) -> Option<List> {
        let found = self.lists.get(&name.value).copied();
        if found.is_none() {
            let known: Vec<&str> = self.names.iter().map(String::as_str).collect();
            self.no_such(form, name, (&words!("daftar kata", "word list"), &known));
        }
        found
    }

    #[expect(clippy::unused_self, reason = "reads beside its siblings")]
    fn no_such(&self, form: &Form, name: &Written<String>, (what, known): (&Words, &[&str])) {
        let instead = nearest(&name.value, known).map_or_else(
            || words!("nama yang ada di buku aturan", "a name that the rules have"),
            |near| words!("maksud Anda `{near}`?", "did you mean `{near}`?"),
        );
        form.fault(
            name.at,
            Words {
                indonesian: format!("{} `{}` tidak ada", what.indonesian, name.value),
                english: format!("there is no {} `{}`", what.english, name.value),
            },
            instead,
        );
    }

    /// A later file's rule of the same name takes the earlier one's place; `off` leaves the place empty.
    fn fill_rule(&mut self, form: &Form, draft: &RuleDraft) {
        let name = &draft.name.value;
        if draft.off {
            if !self.rules.iter().any(|known| known.name == *name) {
                let known: Vec<&str> = self.rules.iter().map(|rule| rule.name.as_str()).collect();
                self.no_such(form, &draft.name, (&words!("aturan", "rule"), &known));
            }
            self.rules.retain(|known| known.name != *name);
            self.defined.insert(name.clone(), self.files);
            return;
        }
        let compiled = self.rule(form, draft);
        self.defined.insert(name.clone(), self.files);
        match self.rules.iter_mut().find(|known| known.name == *name) {
            Some(known) => *known = compiled,
            None => self.rules.push(compiled),
        }
    }

    /// A rule's tests, once the rules of its file and of the files before it are known.
    fn take_samples(&mut self, form: &Form, draft: &Draft) {
        for sample in &draft.samples {
            let name = sample.rule.value.as_str();
            if self.defined.contains_key(name) {
                self.samples.push(sample.placed(form, self.files));
                continue;
            }
            let known: Vec<&str> = self.defined.keys().map(String::as_str).collect();
            let instead = nearest(name, &known).map_or_else(
                || {
                    words!(
                        "nama aturan dari [[rule]]",
                        "the name of a rule of a [[rule]]"
                    )
                },
                |near| words!("maksud Anda `{near}`?", "did you mean `{near}`?"),
            );
            let what = words!(
                "uji ini untuk aturan `{name}`, yang tidak ada",
                "this test is for the rule `{name}`, which is not there"
            );
            form.fault(sample.rule.at, what, instead);
        }
    }

    fn rule(&self, form: &Form, draft: &RuleDraft) -> Rule {
        if let Some(incident) = &draft.incident {
            known_type(form, incident);
        }
        let when = self.when(form, &draft.when);
        let rule = Rule {
            name: draft.name.value.clone(),
            kind: draft.kind,
            incident: draft.incident.as_ref().map(|one| one.value.clone()),
            severity: draft.severity,
            at_most: draft.at_most,
            firm: draft.firm,
            priority: draft.priority,
            queue: draft.queue,
            tags: draft.tags.clone(),
            deadlines: draft.deadlines.clone(),
            clause: draft.clause.clone(),
            reason: draft.reason.clone(),
            own: self.weighed.is_some(),
            asks_kind: when.asks(&|ask| matches!(ask, Ask::Kind(_)), true),
            when,
        };
        sound(form, draft, &rule);
        rule
    }

    fn finish(mut self, files: &[RuleFile]) -> RuleSet {
        self.rules
            .sort_by_key(|rule| std::cmp::Reverse(rule.priority));
        let defined = self.defined;
        let stale = |sample: &Sample| {
            defined
                .get(&sample.rule)
                .is_some_and(|file| sample.file < *file)
        };
        self.samples.retain(|sample| !stale(sample));
        let list = |name: &str| self.lists.get(name).copied();
        let steering = Steering {
            denying: list("menyangkal"),
            not_denying: list("bukan-sangkalan"),
            denying_after: list("sangkalan-di-belakang"),
            imagining: list("andai"),
            not_imagining: list("bukan-andai"),
            able: list("mampu"),
            elsewhere: list("tempat-lain"),
            asking: list("tanya"),
        };
        let mut digest = Sha256::new();
        for file in files {
            digest.update((file.text.len() as u64).to_be_bytes());
            digest.update(file.text.as_bytes());
        }
        let digest = crate::read::hex(&digest.finalize());
        self.patterns.close();
        self.lexicon.close();
        self.scales.close();
        RuleSet {
            lexicon: self.lexicon,
            patterns: self.patterns,
            steering,
            needs: crate::classify::Needs::of(&self.rules),
            rules: self.rules,
            defaults: self.defaults,
            digest,
            names: self.names,
            samples: self.samples,
            scales: self.scales,
        }
    }
}

/// What no rule may do, whatever it asks.
fn sound(form: &Form, draft: &RuleDraft, rule: &Rule) {
    if rule.asks_kind && (rule.kind.is_some() || rule.incident.is_some()) {
        form.fault(
            draft.name.at,
            words!("aturan yang bertanya `kind:` tidak boleh memutuskan kind atau type: macam surel baru diketahui sesudahnya", "a rule that asks `kind:` must not decide kind or type: the kind of a mail is known only after them"),
            words!("hapus kind/type, atau hapus syarat `kind:`", "take out kind/type, or the condition `kind:`"),
        );
    }
    let asks_asset = |when: &When| when.asks(&|ask| matches!(ask, Ask::Asset(_)), false);
    if rule.at_most.is_some() && asks_asset(&rule.when) {
        form.fault(
            draft.name.at,
            words!("pentingnya aset hanya boleh menaikkan tingkat, tidak menurunkannya dengan `at_most`", "how vital an asset is may only raise the severity, not lower it by `at_most`"),
            words!("pakai severity, atau letakkan `asset:` di `not`", "use severity, or put `asset:` into `not`"),
        );
    }
}
