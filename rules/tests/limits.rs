//! Every limit of the reader: a mail over it is read up to there, says so, and loses nothing before it.
#![allow(
    clippy::unwrap_used,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::disallowed_methods
)]

use tanggap_rules::{Report, RuleSet, Site, classify, read};

fn site() -> Site {
    Site {
        addresses: vec!["csirt@batangkab.go.id".into()],
        domains: vec!["batangkab.go.id".into()],
        ..Site::default()
    }
}

const HEAD: &str = "From: Ani <ani@x.example>\r\nTo: csirt@batangkab.go.id\r\nDate: Tue, 3 Feb 2026 09:00:00 +0700\r\nMIME-Version: 1.0\r\n";
const MIXED: &str = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSitus kami diretas.\r\n";

#[track_caller]
fn says(report: &Report, odd: &str) {
    let told: Vec<&str> = report.oddities.iter().map(|one| one.0.as_str()).collect();
    assert!(told.iter().any(|one| one.contains(odd)), "{odd}: {told:?}");
}

#[test]
fn attachments_are_listed_to_two_hundred() {
    let part = |at: usize| {
        format!(
            "--b\r\nContent-Type: text/plain; name=\"{at}.log\"\r\nContent-Disposition: attachment; filename=\"{at}.log\"\r\n\r\nx\r\n"
        )
    };
    let parts: String = (0..300).map(part).collect();
    let report = read(
        format!("{HEAD}Subject: x\r\n{MIXED}{parts}--b--\r\n").as_bytes(),
        &site(),
    );
    assert_eq!(report.attachments.len(), 200);
    says(&report, "200 lampiran");
    assert!(report.newest.contains("diretas"));
}

#[test]
fn parts_lines_and_headers_beyond_their_number_are_left_unread() {
    let part = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n".repeat(1_200);
    let report = read(
        format!("{HEAD}Subject: x\r\n{MIXED}{part}--b--\r\n").as_bytes(),
        &site(),
    );
    says(&report, "1000 bagian");
    let many = "--b\r\n\r\nx\r\n".repeat(5_000);
    says(
        &read(
            format!("{HEAD}Subject: x\r\n{MIXED}{many}--b--\r\n").as_bytes(),
            &site(),
        ),
        "terlalu banyak bagian",
    );
    let long = format!(
        "{HEAD}Subject: diretas\r\nX-Panjang: {}\r\n\r\nSitus kami diretas.\r\n",
        "a".repeat(70_000)
    );
    let report = read(long.as_bytes(), &site());
    says(&report, "kepala surel terlalu besar");
    assert_eq!(report.subject, "diretas");
    assert!(report.headers.iter().all(|line| line.name != "x-panjang"));
}

#[test]
fn header_lines_for_rules_are_kept_within_bounds() {
    let lines: String = (0..900)
        .map(|at| format!("X-Baris-{at}: {}\r\n", "isi ".repeat(60)))
        .collect();
    let report = read(
        format!("{HEAD}Subject: x\r\n{lines}\r\nSitus kami diretas.\r\n").as_bytes(),
        &site(),
    );
    let kept: usize = report
        .headers
        .iter()
        .map(|line| line.name.len() + line.value.len())
        .sum();
    assert!(kept <= 64 * 1024 && report.headers.len() > 100, "{kept}");
}

#[test]
fn addresses_threads_and_encoded_words_are_bounded() {
    let to: Vec<String> = (0..2_000).map(|at| format!("a{at}@x.example")).collect();
    let ids: Vec<String> = (0..500).map(|at| format!("<{at}@x.example>")).collect();
    let words = "=?utf-8?q?=64iretas_?= ".repeat(2_000);
    let raw = format!(
        "From: Ani <ani@x.example>\r\nTo: {}\r\nReferences: {}\r\nSubject: {words}\r\n\r\nx\r\n",
        to.join(",\r\n "),
        ids.join("\r\n ")
    );
    let report = read(raw.as_bytes(), &site());
    assert!(report.to.len() <= 500, "{}", report.to.len());
    assert!(report.thread.len() <= 100, "{}", report.thread.len());
    assert!(report.subject.chars().count() <= 500);
    let name: String = (0..300)
        .map(|at| format!(" filename*{at}=\"aaaaaaaaaa\";\r\n"))
        .collect();
    let raw = format!(
        "{HEAD}Subject: x\r\n{MIXED}--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment;\r\n{name} x=y\r\n\r\nx\r\n--b--\r\n"
    );
    let report = read(raw.as_bytes(), &site());
    assert!(
        report
            .attachments
            .iter()
            .all(|file| file.name.chars().count() <= 100)
    );
}

#[test]
fn text_is_kept_to_two_mebibytes_and_indicators_to_five_hundred() {
    let text = "Situs kami diretas lagi dan lagi.\r\n".repeat(120_000);
    let report = read(
        format!("{HEAD}Subject: x\r\n\r\n{text}").as_bytes(),
        &site(),
    );
    assert!(report.newest.len() <= 2 * 1024 * 1024 + 16 && report.newest.len() > 1024 * 1024);
    let hosts: String = (0..3_000_u32)
        .map(|at| format!("203.{}.{}.9\r\n", at / 250, at % 250))
        .collect();
    let report = read(
        format!("{HEAD}Subject: x\r\n\r\n{hosts}").as_bytes(),
        &site(),
    );
    assert!(
        report.observables.len() <= 500,
        "{}",
        report.observables.len()
    );
    let coins = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa 203.0.113.0/24 https://t.me/databocor\r\n"
        .repeat(20_000);
    let report = read(
        format!("{HEAD}Subject: x\r\n\r\n{coins}").as_bytes(),
        &site(),
    );
    assert_eq!(
        report
            .observables
            .iter()
            .filter(|one| one.is_trace())
            .count(),
        3
    );
}

#[test]
fn a_mail_within_a_mail_is_read_five_deep() {
    let mut inner = "From: x@jahat.example\r\nSubject: dalam 9\r\nContent-Type: text/plain\r\n\r\nklik http://jahat9.example/a\r\n".to_owned();
    for depth in (1..9).rev() {
        inner = format!(
            "From: x@jahat.example\r\nSubject: dalam {depth}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m{depth}\r\n\r\n--m{depth}\r\nContent-Type: text/plain\r\n\r\nklik http://jahat{depth}.example/a\r\n--m{depth}\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--m{depth}--\r\n"
        );
    }
    let raw = format!(
        "{HEAD}Subject: x\r\n{MIXED}--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n"
    );
    let report = read(raw.as_bytes(), &site());
    let urls: Vec<&str> = report
        .observables
        .iter()
        .filter(|one| one.kind == "url")
        .map(|one| one.value.as_str())
        .collect();
    assert!(
        urls.contains(&"http://jahat1.example/a") && urls.contains(&"http://jahat5.example/a"),
        "{urls:?}"
    );
    assert!(!urls.contains(&"http://jahat9.example/a"), "{urls:?}");
}

#[test]
fn more_than_fifty_megabytes_are_not_parsed() {
    let file = "--b\r\nContent-Type: application/octet-stream; name=\"rekaman.bin\"\r\n\r\n";
    let mut raw = format!("{HEAD}Subject: x\r\n{MIXED}{file}").into_bytes();
    raw.resize(51 * 1024 * 1024, b'a');
    let report = read(&raw, &site());
    says(&report, "50 MB");
    assert!(report.newest.starts_with("Situs kami diretas."));
    assert!(!classify(&RuleSet::shipped(), &report).incident.is_empty());
    // Of a mail that is one long text, only what can be judged is parsed.
    let mut raw = format!("{HEAD}Subject: x\r\n\r\nSitus kami diretas.\r\n").into_bytes();
    raw.resize(9 * 1024 * 1024, b'a');
    says(&read(&raw, &site()), "8 MB");
}

#[test]
fn what_a_report_should_bring_is_told_apart() {
    use tanggap_rules::Missing;
    let lacks = |text: &str| {
        read(
            format!("{HEAD}Subject: Mohon bantuan\r\n\r\n{text}\r\n").as_bytes(),
            &site(),
        )
        .missing
    };
    assert!(lacks("Mohon dibantu.").contains(&Missing::Time));
    assert!(lacks("Mohon dibantu.").contains(&Missing::System));
    assert!(lacks("Mohon dibantu.").contains(&Missing::Contact));
    let whole = lacks("Website kami diretas tadi pukul 09.00 WIB, HP 0812-3456-7890.");
    assert_eq!(whole, [Missing::Identity, Missing::Evidence]);
    // Javanese says when and what as well.
    assert!(!lacks("Webe kantor ora iso dibukak wiwit mau esuk.").contains(&Missing::Time));
}
