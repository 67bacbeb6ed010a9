//! From drafts to a [`RuleSet`], or every complaint with line and column.

mod scales;

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::draft::{self, Draft, Group, Item, RuleDraft};
use crate::form::{Fault, Form, Written, nearest};
use crate::lexicon::{Lexicon, List};
use crate::prove::Sample;
use crate::ruleset::{Place, Rule, RuleFile, RuleSet, Test, When};
use crate::scale::Scales;
use crate::stance::{Stance, Steering};

/// Every type of the Reference Security Incident Taxonomy that the labelling guide allows.
const TYPES: &[&str] = &[
    "abusive-content:spam",
    "abusive-content:harmful-speech",
    "abusive-content:violence",
    "malicious-code:malware-distribution",
    "malicious-code:infected-system",
    "malicious-code:c2-server",
    "malicious-code:malware-configuration",
    "information-gathering:scanner",
    "information-gathering:sniffing",
    "information-gathering:social-engineering",
    "intrusion-attempts:brute-force",
    "intrusion-attempts:ids-alert",
    "intrusion-attempts:exploit",
    "intrusions:privileged-account-compromise",
    "intrusions:unprivileged-account-compromise",
    "intrusions:application-compromise",
    "intrusions:system-compromise",
    "intrusions:burglary",
    "availability:dos",
    "availability:ddos",
    "availability:misconfiguration",
    "availability:outage",
    "availability:sabotage",
    "information-content-security:unauthorised-information-access",
    "information-content-security:unauthorised-information-modification",
    "information-content-security:data-loss",
    "information-content-security:data-leak",
    "fraud:phishing",
    "fraud:masquerade",
    "fraud:unauthorised-use-of-resources",
    "fraud:copyright",
    "vulnerable:weak-crypto",
    "vulnerable:ddos-amplifier",
    "vulnerable:potentially-unwanted-accessible",
    "vulnerable:information-disclosure",
    "vulnerable:vulnerable-system",
    "other:other",
    "other:undetermined",
    "test:test",
];

/// What `sign:` may ask for; a header's own name beginning with `list-` besides.
const SIGNS: &[&str] = &[
    "auto-submitted",
    "precedence",
    "list",
    "suppress",
    "loop",
    "system-sender",
    "machine-type",
    "null-sender",
    "many-hops",
    "spam-verdict",
    "own-mail",
    "not-to-us",
    "feedback-id",
];
/// What `has:` may ask for.
const HAS: &[&str] = &[
    "attachment",
    "evidence",
    "identity",
    "forward",
    "short",
    "brief",
    "office",
    "ipv4",
    "ipv6",
    "url",
    "domain",
    "email",
    "md5",
    "sha1",
    "sha256",
    "cve",
    "clues-only",
];

pub fn compile(files: &[RuleFile]) -> Result<RuleSet, Vec<Fault>> {
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
    let faults: Vec<Fault> = forms.into_iter().flat_map(draft::finish).collect();
    if faults.is_empty() {
        Ok(bench.finish(files))
    } else {
        Err(faults)
    }
}

#[derive(Default)]
struct Bench {
    lists: HashMap<String, List>,
    names: Vec<String>,
    lexicon: Lexicon,
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
        for list in &draft.lists {
            if !self.lists.contains_key(&list.name.value) {
                let number = List(u16::try_from(self.names.len()).unwrap_or(u16::MAX));
                self.lists.insert(list.name.value.clone(), number);
                self.names.push(list.name.value.clone());
            }
        }
    }

    fn fill(&mut self, form: &Form, draft: &Draft) {
        for list in &draft.lists {
            let Some(number) = self.lists.get(&list.name.value).copied() else {
                continue;
            };
            for phrase in &list.phrases {
                if let Err(why) = self.lexicon.add(number, &phrase.value) {
                    form.fault(
                        phrase.at,
                        why,
                        "kata biasa, akar~ (segala imbuhan), awal*, satu/dua, atau .. untuk sela",
                    );
                }
            }
        }
        for (name, level) in &draft.defaults {
            known_type(form, name);
            self.defaults.insert(name.value.clone(), *level);
        }
        for rule in &draft.rules {
            self.defined.insert(rule.name.value.clone(), self.files);
            let compiled = self.rule(form, rule);
            // A later file's rule of the same name takes the earlier one's place.
            match self
                .rules
                .iter_mut()
                .find(|known| known.name == compiled.name)
            {
                Some(known) => *known = compiled,
                None => self.rules.push(compiled),
            }
        }
        for scale in &draft.scales {
            self.weighed.get_or_insert(self.files);
            self.weights(form, scale);
        }
        self.take_samples(form, draft);
        self.files += 1;
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
                || "nama aturan dari [[rule]]".to_owned(),
                |near| format!("maksud Anda `{near}`?"),
            );
            let what = format!("uji ini untuk aturan `{name}`, yang tidak ada");
            form.fault(sample.rule.at, what, instead);
        }
    }

    fn rule(&self, form: &Form, draft: &RuleDraft) -> Rule {
        if let Some(incident) = &draft.incident {
            known_type(
                form,
                &Written {
                    value: incident.clone(),
                    at: draft.name.at,
                },
            );
        }
        Rule {
            name: draft.name.value.clone(),
            kind: draft.kind,
            incident: draft.incident.clone(),
            severity: draft.severity,
            at_most: draft.at_most,
            firm: draft.firm,
            priority: draft.priority,
            clause: draft.clause.clone(),
            reason: draft.reason.clone(),
            own: self.weighed.is_some(),
            when: self.when(form, &draft.when),
        }
    }

    fn when(&self, form: &Form, group: &Group) -> When {
        let tests = |items: &[Item]| {
            items
                .iter()
                .filter_map(|item| self.test(form, item))
                .collect()
        };
        When {
            any: tests(&group.any),
            all: tests(&group.all),
            not: tests(&group.not),
        }
    }

    fn test(&self, form: &Form, item: &Item) -> Option<Test> {
        match item {
            Item::Nested(group) => Some(Test::Nested(self.when(form, group))),
            Item::Says(written) => self.says(form, written),
        }
    }

    /// `[place:] [denied|imagined|said] list + list`, or `sign: …`, `machine: …`, `has: …`, `type: …`, `sender: …`.
    fn says(&self, form: &Form, written: &Written<String>) -> Option<Test> {
        let (head, rest) = written
            .value
            .split_once(':')
            .map_or(("", written.value.as_str()), |(head, rest)| {
                (head.trim(), rest.trim())
            });
        let place = match head {
            "" | "story" => Place::Story,
            "subject" => Place::Subject,
            "newest" => Place::Newest,
            "quoted" => Place::Quoted,
            "names" => Place::Names,
            "attached" => Place::Attached,
            "weigh" => return self.weigh(form, written, rest),
            "sign" => {
                self.known_words(form, written, rest, SIGNS);
                return Some(Test::Sign(rest.to_owned()));
            }
            "machine" => return Some(Test::Machine(rest.to_owned())),
            "has" => {
                self.known_words(form, written, rest, HAS);
                return Some(Test::Has(rest.to_owned()));
            }
            "type" => return Some(Test::Type(rest.to_owned())),
            "sender" => return Some(Test::Sender(rest.to_owned())),
            other => {
                let instead = "story, subject, newest, quoted, names, attached, weigh, sign, machine, has, type atau sender";
                form.fault(
                    written.at,
                    format!("tempat `{other}` tidak dikenal"),
                    instead,
                );
                return None;
            }
        };
        let lists: Option<Vec<_>> = rest
            .split('+')
            .map(|part| self.part(form, written, part.trim()))
            .collect();
        Some(Test::Words {
            place,
            lists: lists?,
        })
    }

    /// A slip in a name that nothing looks up would make a rule that never holds.
    #[expect(clippy::unused_self, reason = "reads beside its siblings")]
    fn known_words(&self, form: &Form, written: &Written<String>, words: &str, known: &[&str]) {
        for word in words.split(' ').filter(|word| !word.is_empty()) {
            let header = known == SIGNS && word.contains("list");
            if known.contains(&word) || header {
                continue;
            }
            let instead = nearest(word, known)
                .map_or_else(|| known.join(", "), |near| format!("maksud Anda `{near}`?"));
            form.fault(written.at, format!("`{word}` tidak dikenal"), instead);
        }
    }

    /// `weigh: list 2 + list 1 + list -2 >= 4`: points for each different word that is told.
    fn weigh(&self, form: &Form, written: &Written<String>, rest: &str) -> Option<Test> {
        let read = rest.rsplit_once(">=").and_then(|(sum, least)| {
            let parts = sum.split('+').map(|part| part.trim().rsplit_once(' '));
            let points = parts.map(|part| {
                let (name, points) = part?;
                Some((name, points.parse::<i32>().ok()?))
            });
            Some((
                points.collect::<Option<Vec<_>>>()?,
                least.trim().parse().ok()?,
            ))
        });
        let Some((points, least)) = read else {
            let what = "timbangan ini tidak dapat dibaca";
            form.fault(
                written.at,
                what,
                "weigh: nama-daftar 2 + daftar-lain 1 >= 3",
            );
            return None;
        };
        let lists: Option<Vec<_>> = points
            .iter()
            .map(|(name, points)| Some((self.part(form, written, name)?.0, *points)))
            .collect();
        lists.map(|lists| Test::Weigh { lists, least })
    }

    fn part(
        &self,
        form: &Form,
        written: &Written<String>,
        part: &str,
    ) -> Option<(List, Option<Stance>)> {
        let (stance, name) = match part.split_once(' ') {
            Some(("denied", name)) => (Some(Stance::Denied), name),
            Some(("imagined", name)) => (Some(Stance::Imagined), name),
            Some(("said", name)) => (None, name),
            _ => (Some(Stance::Told), part),
        };
        let found = self.lists.get(name.trim()).map(|list| (*list, stance));
        if found.is_none() {
            let known: Vec<&str> = self.names.iter().map(String::as_str).collect();
            let instead = nearest(name.trim(), &known).map_or_else(
                || "nama daftar dari [words]".to_owned(),
                |near| format!("maksud Anda `{near}`?"),
            );
            form.fault(
                written.at,
                format!("daftar kata `{name}` tidak ada"),
                instead,
            );
        }
        found
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
        RuleSet {
            lexicon: self.lexicon,
            steering,
            rules: self.rules,
            defaults: self.defaults,
            digest,
            names: self.names,
            samples: self.samples,
            scales: self.scales,
        }
    }
}

fn known_type(form: &Form, written: &Written<String>) {
    if !TYPES.contains(&written.value.as_str()) {
        let instead = nearest(&written.value, TYPES).map_or_else(
            || "kelas:jenis menurut RSIT".to_owned(),
            |near| format!("maksud Anda `{near}`?"),
        );
        form.fault(
            written.at,
            format!("jenis insiden `{}` tidak dikenal", written.value),
            instead,
        );
    }
}
