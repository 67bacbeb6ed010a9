//! Short mails in many voices, judged as the labelling guide says; every file of `mails/` and `lessons/` is one batch.
//!
//! `TELL=1` lists what is judged otherwise, with the rules that fired and their words.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::format_push_string,
    clippy::disallowed_methods
)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::Deserialize;
use tanggap_rules::{Classification, Report, RuleSet, Site, classify, read};

#[derive(Deserialize)]
struct Batch {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    #[serde(default = "somebody")]
    from: String,
    #[serde(default)]
    subject: String,
    /// Further headers, one a line.
    #[serde(default)]
    head: String,
    say: String,
    #[serde(default = "report")]
    kind: String,
    /// Beginnings of right types, parted by a bar.
    #[serde(rename = "type", default)]
    incident: String,
    /// Right levels, parted by a bar.
    #[serde(default)]
    severity: String,
    indicators: Option<BTreeSet<String>>,
    language: Option<String>,
    opd: Option<String>,
}

fn somebody() -> String {
    "Rina <rina@gmail.example>".to_owned()
}

fn report() -> String {
    "report".to_owned()
}

impl Case {
    fn judged(&self, rules: &RuleSet, site: &Site) -> (Report, Classification) {
        let head = match self.head.trim() {
            "" => String::new(),
            lines => format!("{}\r\n", lines.replace('\n', "\r\n")),
        };
        let raw = format!(
            "{head}From: {}\r\nTo: csirt@batangkab.go.id\r\nSubject: {}\r\nDate: Tue, 3 Feb 2026 09:00:00 +0700\r\nMessage-ID: <1@x.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}",
            self.from, self.subject, self.say
        );
        let report = read(raw.as_bytes(), site);
        let judged = classify(rules, &report);
        (report, judged)
    }
}

fn name(value: impl serde::Serialize) -> String {
    let value = toml::Value::try_from(value).unwrap();
    value.as_str().unwrap().to_owned()
}

#[derive(Default)]
struct Score {
    kind: usize,
    opens: usize,
    tickets: usize,
    class: usize,
    severity: usize,
    high_as_low: usize,
    indicators: (usize, usize, usize),
    told: Vec<String>,
}

impl Score {
    fn add(&mut self, case: &Case, (report, judged): &(Report, Classification)) {
        let (kind, severity) = (name(judged.kind), name(judged.severity));
        let opens = |kind: &str| matches!(kind, "report" | "automated");
        let right_kind = case.kind.split('|').any(|one| one == kind);
        self.kind += usize::from(right_kind);
        let either = case.kind.contains('|');
        self.opens += usize::from(either || opens(&kind) == opens(&case.kind));
        let mut right = right_kind;
        if either || opens(&case.kind) {
            let class = case
                .incident
                .split('|')
                .any(|one| judged.incident.starts_with(one));
            let level =
                case.severity.is_empty() || case.severity.split('|').any(|one| one == severity);
            self.tickets += 1;
            self.class += usize::from(class);
            self.severity += usize::from(level);
            self.high_as_low += usize::from(case.severity == "high" && severity == "low");
            right &= class && level;
        }
        let mut strange = String::new();
        if let Some(wanted) = &case.indicators {
            let found: BTreeSet<String> = report
                .observables
                .iter()
                .map(|one| format!("{}:{}", one.kind, one.value))
                .collect();
            self.indicators.0 += wanted.intersection(&found).count();
            self.indicators.1 += found.len();
            self.indicators.2 += wanted.len();
            if *wanted != found {
                strange = format!(
                    " missing {:?} extra {:?}",
                    wanted.difference(&found).collect::<Vec<_>>(),
                    found.difference(wanted).collect::<Vec<_>>()
                );
            }
        }
        if case
            .language
            .as_ref()
            .is_some_and(|language| *language != name(report.language))
        {
            strange += &format!(" language {:?}", report.language);
        }
        if case.opd.is_some() && case.opd != report.office {
            strange += &format!(" office {:?}", report.office);
        }
        right &= strange.is_empty();
        if !right {
            let fired: Vec<String> = judged
                .fired
                .iter()
                .map(|fired| format!("{}{:?}", fired.rule, fired.words))
                .collect();
            self.told.push(format!(
                "- {} / {}\n   wanted {} {} {}\n   judged {kind} {} {severity} ({}){strange}\n   {}",
                case.subject,
                case.say.trim(),
                case.kind,
                case.incident,
                case.severity,
                judged.incident,
                judged.kind_reason,
                fired.join(" ")
            ));
        }
    }
}

fn site() -> Site {
    Site {
        addresses: vec!["csirt@batangkab.go.id".into()],
        domains: vec!["batangkab.go.id".into()],
        message_id_domains: vec!["csirt.batangkab.go.id".into()],
        authserv_ids: vec!["mx1.batangkab.go.id".into()],
        register_prefix: "INS".into(),
        ..Site::default()
    }
}

#[test]
fn short_mails_are_judged_as_labelled() {
    judged_as_labelled("mails", 90);
}

/// Mails that only the scales have seen: no rule was written for any of them.
#[test]
fn lessons_of_the_scales_are_judged_as_labelled() {
    judged_as_labelled("lessons", 88);
}

/// Every file of a folder; at least so many severities of a hundred are right.
fn judged_as_labelled(folder: &str, severities: usize) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests")
        .join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let (rules, site) = (RuleSet::shipped(), site());
    for file in files {
        let batch: Batch =
            toml::from_str(&std::fs::read_to_string(&file).unwrap()).expect("a batch");
        let mut score = Score::default();
        for case in &batch.case {
            score.add(case, &case.judged(&rules, &site));
        }
        let count = batch.case.len();
        println!(
            "{}: kind {}/{count} opens {}/{count} class {}/{tickets} severity {}/{tickets} high as low {} indicators {:?} wrong {}",
            file.file_name().unwrap().to_string_lossy(),
            score.kind,
            score.opens,
            score.class,
            score.severity,
            score.high_as_low,
            score.indicators,
            score.told.len(),
            tickets = score.tickets,
        );
        if std::env::var("TELL").is_ok() {
            println!("{}", score.told.join("\n"));
        }
        assert!(
            score.opens * 100 >= count * 95,
            "too many tickets wrongly opened or not opened"
        );
        assert!(score.kind * 100 >= count * 95, "too many kinds");
        assert!(score.class * 100 >= score.tickets * 85, "too many classes");
        assert!(
            score.severity * 100 >= score.tickets * severities,
            "too many severities"
        );
        assert_eq!(score.high_as_low, 0, "a high one is called low");
    }
}
