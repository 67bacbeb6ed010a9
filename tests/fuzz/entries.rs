//! The ways into the crate that reads and judges, for hostile bytes: each reads what it is given and checks what must hold of any
//! answer. The fuzz targets call them, and so does the smoke test that every test run does (`rules/tests/mutations.rs`).

#![allow(dead_code, reason = "each target calls one of them")]

use std::sync::LazyLock;

use tanggap_rules::form::Faults;
use tanggap_rules::{Report, RuleFile, RuleSet, Site, classify, defang, read};

/// What `report.rs` promises of a report's texts, in bytes or characters.
const NEWEST: usize = 2 << 20;
const SUBJECT: usize = 500;
const MESSAGE_ID: usize = 998;
const THREAD: usize = 100;
const ATTACHED: usize = 128 << 10;

static BOOK: LazyLock<RuleSet> = LazyLock::new(RuleSet::shipped);
static SITE: LazyLock<Site> = LazyLock::new(|| Site {
    addresses: vec!["csirt@batangkab.go.id".into()],
    domains: vec!["batangkab.go.id".into()],
    message_id_domains: vec!["csirt.batangkab.go.id".into()],
    authserv_ids: vec!["mx.batangkab.go.id".into()],
    register_prefix: "INS".into(),
    ..Site::default()
});

/// A whole mail, read and judged.
pub fn reader(data: &[u8]) {
    sound(&read(data, &SITE));
}

/// Header lines above a plain body.
pub fn headers(data: &[u8]) {
    let mut mail = data.to_vec();
    mail.extend_from_slice(
        b"\r\nFrom: <a@b.example>\r\nTo: csirt@batangkab.go.id\r\n\r\nSitus kami diretas.\r\n",
    );
    sound(&read(&mail, &SITE));
}

/// A body of HTML.
pub fn html(data: &[u8]) {
    let mut mail = b"From: <a@b.example>\r\nTo: csirt@batangkab.go.id\r\nSubject: situs\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        .to_vec();
    mail.extend_from_slice(data);
    sound(&read(&mail, &SITE));
}

/// A body of plain text, as observables are found in it.
pub fn observables(data: &[u8]) {
    let mut mail =
        b"From: <a@b.example>\r\nTo: csirt@batangkab.go.id\r\nSubject: log\r\n\r\n".to_vec();
    mail.extend_from_slice(data);
    sound(&read(&mail, &SITE));
}

/// A rule file: every fault has its place and can be shown, and what compiles can judge, twice alike.
pub fn compiler(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let lines = text.lines().count();
    let file = RuleFile {
        name: "x.toml".into(),
        text,
    };
    let files = [file];
    let examined = RuleSet::examine(&files);
    for lint in &examined.lints {
        assert!(lint.told.line <= lines + 1, "{lint}");
    }
    match RuleSet::compile(&files) {
        Ok(rules) => {
            let report = read(
                b"Subject: situs diretas\r\n\r\nHalaman depan diganti.\r\n",
                &SITE,
            );
            assert_eq!(classify(&rules, &report), classify(&rules, &report));
            assert!(examined.faults.is_empty(), "{:?}", examined.faults);
        }
        Err(faults) => {
            assert_eq!(faults, examined.faults);
            assert!(!faults.is_empty(), "refused without a fault");
            for fault in &faults {
                assert!(fault.line <= lines + 1, "line {} of {lines}", fault.line);
                assert!(!fault.what.indonesian.is_empty() && !fault.what.english.is_empty());
            }
            let _ = faults.into_iter().collect::<Faults>().to_string();
        }
    }
}

/// What holds of the report on any bytes at all, and of the judgement on it.
fn sound(report: &Report) {
    assert!(report.newest.len() <= NEWEST);
    assert!(report.subject.chars().count() <= SUBJECT && !report.subject.contains(['\r', '\n']));
    assert!(report.thread.len() <= THREAD);
    assert!(report.attached_text.len() <= ATTACHED);
    let id = report.message_id.as_deref().unwrap_or_default();
    assert!(id.chars().count() <= MESSAGE_ID && !id.contains(['<', '>', '\r', '\n']));
    for observable in &report.observables {
        assert!(!observable.value.is_empty() && !observable.value.contains(['\r', '\n', '\0']));
        let shown = defang(&observable.value);
        assert!(
            !shown.contains("http://") && !shown.contains("https://"),
            "{shown}"
        );
    }
    let judged = classify(&BOOK, report);
    assert!(judged.incident.contains(':'), "{}", judged.incident);
    assert_eq!(judged.ruleset, BOOK.digest());
    for passage in BOOK.passages(report) {
        assert!(passage.sentence.get(passage.start..passage.end).is_some());
    }
    let told = serde_json::to_string(&(report, &judged));
    assert!(told.is_ok_and(|told| serde_json::from_str::<serde_json::Value>(&told).is_ok()));
}
