//! The tests that stand beside the rules: each is a mail, and what must come of it.

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::inventory::{AssetSeen, Vital};
use crate::past::Past;
use crate::report::{Classification, Kind, Report, Severity, Site};
use crate::roster::By;
use crate::ruleset::{RuleSet, Trait};

/// The mail of a test: a file, or a few words from which one is made.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub file: Option<String>,
    pub text: Option<String>,
    pub subject: Option<String>,
    pub from: Option<String>,
    /// Further header lines (`Auto-Submitted: auto-replied`).
    pub headers: Vec<String>,
    pub scene: Scene,
}

/// What the site knows of the mail, as if its inventory, its roster and its past held it.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub asset: Vec<Trait>,
    pub office: Option<String>,
    pub reporter: Option<By>,
    /// How many reports share every key of this one, itself counted.
    pub count: i64,
}

impl Scene {
    fn set(&self, report: &mut Report) {
        let is = |wanted: Trait| self.asset.contains(&wanted);
        if !self.asset.is_empty() {
            report.assets.push(AssetSeen {
                name: "aset uji".to_owned(),
                core: is(Trait::Core),
                personal_data: is(Trait::PersonalData),
                vital: match (is(Trait::Vital), is(Trait::VitalUnknown)) {
                    (true, _) => Vital::Yes,
                    (false, true) => Vital::Unknown,
                    (false, false) => Vital::No,
                },
                outside: is(Trait::Outside),
                ..AssetSeen::default()
            });
        }
        if let Some(office) = &self.office {
            report.office = Some(office.clone());
        }
        report.reporter.by = self.reporter.or(report.reporter.by);
    }

    /// All earlier reports came at this very moment, so that any window holds them.
    fn past(&self, report: &Report) -> Past {
        let mut past = Past::default();
        (1..self.count).for_each(|_| past.note(report, 0));
        past
    }
}

/// What must come of it; what is not named may be anything.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Whether the rule beside which the test stands must fire.
    pub holds: bool,
    pub kind: Option<Kind>,
    /// What the type must begin with.
    pub incident: Option<String>,
    pub severity: Option<Severity>,
    /// Each of these must be among the mail's.
    pub tags: Vec<String>,
    pub queue: Option<i64>,
}

#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub rule: String,
    /// `file:line`
    pub place: String,
    /// Which of the set's files it stands in.
    pub file: usize,
    pub letter: Letter,
    pub wanted: Wanted,
}

/// A test, done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    pub rule: String,
    /// `file:line`
    pub place: String,
    /// The mail in a few words, or its file's name.
    pub mail: String,
    /// Whether the test wants the rule to fire.
    pub holds: bool,
    /// What is otherwise than wanted, a sentence each; empty where the test passes.
    pub amiss: Vec<String>,
    /// The rules that fired, each with its words.
    pub why: Vec<String>,
}

/// Where a test stands, and the mail file that it asks for: answered with the file's bytes, or why there are none.
pub type Fetch<'a> = dyn Fn(&str, &str) -> Result<Vec<u8>, String> + 'a;

/// Does every test of the set, in the order of the files.
pub fn trials(rules: &RuleSet, site: &Site, fetch: &Fetch<'_>) -> Vec<Trial> {
    let samples = rules.samples.iter();
    samples
        .map(|sample| sample.tried(rules, site, fetch))
        .collect()
}

/// Rules that no test wants to fire.
pub(crate) fn untested(rules: &RuleSet) -> Vec<String> {
    let positive = rules.samples.iter().filter(|sample| sample.wanted.holds);
    let tested: HashSet<&str> = positive.map(|sample| sample.rule.as_str()).collect();
    let rules = rules.rules.iter();
    let without = rules.filter(|rule| !tested.contains(rule.name.as_str()));
    without.map(|rule| rule.name.clone()).collect()
}

impl Sample {
    fn tried(&self, rules: &RuleSet, site: &Site, fetch: &Fetch<'_>) -> Trial {
        let (amiss, why) = match self.letter.raw(&self.place, site, fetch) {
            Ok(raw) => {
                let mut report = crate::read(&raw, site);
                let scene = &self.letter.scene;
                scene.set(&mut report);
                let judged = crate::classify_amid(rules, &report, &scene.past(&report), 0);
                (self.wanted.amiss(&self.rule, &judged), reasons(&judged))
            }
            Err(why) => (vec![why], Vec::new()),
        };
        Trial {
            rule: self.rule.clone(),
            place: self.place.clone(),
            mail: self.letter.brief(),
            holds: self.wanted.holds,
            amiss,
            why,
        }
    }
}

fn reasons(judged: &Classification) -> Vec<String> {
    let told = judged.fired.iter().map(|fired| {
        if fired.words.is_empty() {
            fired.rule.clone()
        } else {
            format!("{} ({})", fired.rule, fired.words.join(", "))
        }
    });
    told.collect()
}

impl Wanted {
    fn amiss(&self, rule: &str, judged: &Classification) -> Vec<String> {
        let fired = judged.fired.iter().any(|fired| fired.rule == rule);
        let mut amiss = Vec::new();
        if fired != self.holds {
            let spell = |holds: bool| if holds { "berlaku" } else { "tidak berlaku" };
            amiss.push(unlike("aturan", spell(self.holds), spell(fired)));
        }
        if let Some(kind) = self.kind.filter(|kind| *kind != judged.kind) {
            amiss.push(unlike("kind", &spelled(kind), &spelled(judged.kind)));
        }
        if let Some(severity) = self.severity.filter(|one| *one != judged.severity) {
            let got = spelled(judged.severity);
            amiss.push(unlike("severity", &spelled(severity), &got));
        }
        if let Some(incident) = &self.incident
            && !judged.incident.starts_with(incident.as_str())
        {
            amiss.push(unlike("type", incident, &judged.incident));
        }
        for tag in self.tags.iter().filter(|tag| !judged.tags.contains(tag)) {
            amiss.push(unlike("tags", tag, &judged.tags.join(", ")));
        }
        let queue = judged.priority.map(i64::from);
        if self.queue.is_some() && self.queue != queue {
            let spell =
                |place: Option<i64>| place.map_or("tidak ada".to_owned(), |one| one.to_string());
            amiss.push(unlike("queue", &spell(self.queue), &spell(queue)));
        }
        amiss
    }
}

fn unlike(what: &str, wanted: &str, got: &str) -> String {
    format!("{what}: diharapkan {wanted}, didapat {got}")
}

fn spelled(value: impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

impl Letter {
    fn raw(&self, place: &str, site: &Site, fetch: &Fetch<'_>) -> Result<Vec<u8>, String> {
        match &self.file {
            Some(file) => fetch(place, file),
            None => Ok(self.made(site).into_bytes()),
        }
    }

    /// A plain mail of a private person to the team, as most reports are.
    fn made(&self, site: &Site) -> String {
        let to = site.addresses.first().map_or("csirt", String::as_str);
        let from = self.from.as_deref().unwrap_or("Rina <rina@gmail.example>");
        let subject = self.subject.as_deref().unwrap_or("Mohon perhatian");
        let mut mail = format!("From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\n");
        for line in &self.headers {
            let _ = write!(mail, "{line}\r\n");
        }
        let text = self.text.as_deref().unwrap_or_default();
        let _ = write!(
            mail,
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        );
        mail
    }

    fn brief(&self) -> String {
        let words = self.file.as_ref().or(self.text.as_ref());
        let words = words.or(self.subject.as_ref()).map_or("", String::as_str);
        let mut brief: String = words.chars().take(60).collect();
        if brief.len() < words.len() {
            brief.push('…');
        }
        brief
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use crate::{RuleFile, RuleSet, Site, Trial};

    const RULE: &str = "[words]\ntikus = [\"tikus~\"]\n[[rule]]\nname = \"hama\"\nkind = \"other\"\nany = [\"tikus\"]\n";

    fn file(name: &str, text: &str) -> RuleFile {
        RuleFile {
            name: name.into(),
            text: text.into(),
        }
    }

    fn tried(files: &[RuleFile]) -> Vec<Trial> {
        let fetch = |_: &str, _: &str| Err("tidak ada".to_owned());
        RuleSet::compile(files)
            .unwrap()
            .trials(&Site::default(), &fetch)
    }

    #[test]
    fn a_failure_says_what_was_wanted_and_what_came() {
        let text = format!(
            "{RULE}[[rule.test]]\ntext = \"Ada tikus.\"\n[[rule.test]]\ntext = \"Ada kucing.\"\nkind = \"report\"\n\
             [[rule.test]]\nfile = \"x.eml\"\n[[test]]\nrule = \"hama\"\ntext = \"Ada ulat.\"\nholds = false\n"
        );
        let trials = tried(&[file("a.toml", &text)]);
        let amiss: Vec<&[String]> = trials.iter().map(|trial| trial.amiss.as_slice()).collect();
        let wrong = [
            "aturan: diharapkan berlaku, didapat tidak berlaku".to_owned(),
            "kind: diharapkan report, didapat other".to_owned(),
        ];
        assert_eq!(amiss, [&[][..], &wrong, &["tidak ada".to_owned()], &[]]);
        assert_eq!(trials[1].place, "a.toml:9");
        assert_eq!(trials[0].why, ["hama (tikus)"]);
    }

    #[test]
    fn who_replaces_a_rule_brings_its_own_tests() {
        let shipped = format!("{RULE}[[rule.test]]\ntext = \"Ada kucing.\"\n");
        let rules = [file("a.toml", &shipped), file("b.toml", RULE)];
        assert_eq!(tried(&rules), []);
        let rules = RuleSet::compile(&rules).unwrap();
        assert_eq!(super::untested(&rules), ["hama"]);
    }

    #[test]
    fn a_test_without_a_mail_or_of_no_rule_is_a_fault() {
        let text = format!(
            "{RULE}[[rule.test]]\nholds = true\n[[test]]\nrule = \"hamma\"\ntext = \"x\"\n"
        );
        let faults = RuleSet::compile(&[file("a.toml", &text)]).unwrap_err();
        let told: Vec<String> = faults
            .iter()
            .map(|one| format!("{} {}", one.line, one.instead))
            .collect();
        assert_eq!(
            told,
            [
                "7 text = \"…\" (boleh dengan subject), atau file = \"contoh.eml\"",
                "10 maksud Anda `hama`?"
            ]
        );
    }
}
