//! One sentence each: what people write, and what must come of it. Add a case to `sentences.toml`, and a test exists.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde::Deserialize;
use tanggap_rules::{RuleSet, Site, classify, read};

#[derive(Deserialize)]
struct Book {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    say: String,
    #[serde(default = "report")]
    kind: String,
    #[serde(rename = "type")]
    incident: Option<String>,
    severity: Option<String>,
}

fn report() -> String {
    "report".to_owned()
}

fn name(value: impl serde::Serialize) -> String {
    toml::Value::try_from(value)
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn sentences_mean_what_people_mean() {
    let book: Book = toml::from_str(include_str!("sentences.toml")).unwrap();
    let rules = RuleSet::shipped();
    let site = Site {
        addresses: vec!["csirt@batangkab.go.id".into()],
        domains: vec!["batangkab.go.id".into()],
        message_id_domains: vec!["csirt.batangkab.go.id".into()],
        register_prefix: "INS".into(),
        ..Site::default()
    };
    assert!(book.case.len() >= 200);
    let mut wrong = Vec::new();
    for case in &book.case {
        let raw = format!(
            "From: Rina <rina@gmail.example>\r\nTo: csirt@batangkab.go.id\r\nSubject: Mohon perhatian\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}\r\n",
            case.say
        );
        let judged = classify(&rules, &read(raw.as_bytes(), &site));
        let (kind, severity) = (name(judged.kind), name(judged.severity));
        let right = kind == case.kind
            && case
                .incident
                .as_ref()
                .is_none_or(|incident| judged.incident.starts_with(incident.as_str()))
            && case
                .severity
                .as_ref()
                .is_none_or(|level| *level == severity);
        if !right {
            let fired: Vec<_> = judged
                .fired
                .iter()
                .map(|fired| format!("{}{:?}", fired.rule, fired.words))
                .collect();
            wrong.push(format!(
                "{}\n   wanted {} {:?} {:?}\n   judged {kind} {} {severity}\n   {}",
                case.say,
                case.kind,
                case.incident,
                case.severity,
                judged.incident,
                fired.join(" ")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} wrong:\n{}",
        wrong.len(),
        book.case.len(),
        wrong.join("\n")
    );
}
