//! Hostile and broken input: nothing panics, nothing takes long, nothing runs over its limit.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::disallowed_methods
)]

use std::path::PathBuf;
use std::sync::LazyLock;

use tanggap_rules::{RuleSet, Sign, Site, classify, read};

static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::shipped);

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

fn judge(raw: &[u8]) -> tanggap_rules::Report {
    let report = read(raw, &site());
    let judged = classify(&RULES, &report);
    assert!(!judged.incident.is_empty());
    report
}

fn samples() -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/reports");
    let wanted = ["001", "032", "046", "060", "061", "067"];
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    let chosen = paths.into_iter().filter(|path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        name.ends_with(".eml") && wanted.iter().any(|number| name.starts_with(number))
    });
    chosen.map(|path| std::fs::read(path).unwrap()).collect()
}

#[test]
fn truncated_mails_are_read() {
    for raw in samples() {
        for end in (0..raw.len()).step_by(raw.len() / 60 + 1) {
            judge(&raw[..end]);
        }
    }
}

#[test]
fn mails_with_flipped_bytes_are_read() {
    for raw in samples() {
        let mut seed = 0x2545_F491_4F6C_DD1D_u64;
        for _ in 0..60 {
            let mut broken = raw.clone();
            for _ in 0..8 {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                let at = usize::try_from(seed >> 33).unwrap() % broken.len();
                broken[at] = u8::try_from(seed >> 24 & 0xff).unwrap();
            }
            judge(&broken);
        }
    }
}

#[test]
fn what_is_no_mail_is_a_case_for_people() {
    for raw in [
        &b""[..],
        b"\r\n\r\n",
        b"\0\0\0\0",
        b"\xff\xfe\xfd",
        b"just words without any header\n",
    ] {
        assert!(read(raw, &site()).unreadable.is_some(), "{raw:?}");
    }
}

#[test]
fn messages_within_messages_do_not_break_the_stack() {
    let nested = b"Content-Type: message/rfc822\r\n\r\n".repeat(200_000);
    let mut raw = b"From: a@b.example\r\nTo: csirt@batangkab.go.id\r\nSubject: x\r\n".to_vec();
    raw.extend_from_slice(&nested);
    let report = judge(&raw);
    assert!(!report.oddities.is_empty());
}

#[test]
fn a_digest_of_thousands_does_not_break_the_stack() {
    let mut raw =
        b"From: a@b.example\r\nContent-Type: multipart/digest; boundary=x\r\n\r\n".to_vec();
    for _ in 0..50_000 {
        raw.extend_from_slice(b"--x\r\n\r\nContent-Type: multipart/digest; boundary=x\r\n\r\n");
    }
    judge(&raw);
}

#[test]
fn a_mountain_of_headers_is_cut() {
    let mut raw = b"From: a@b.example\r\n".to_vec();
    for number in 0..50_000 {
        raw.extend_from_slice(format!("X-{number}: {number}\r\n").as_bytes());
    }
    raw.extend_from_slice(b"\r\nkomputer kami terinfeksi virus\r\n");
    let report = judge(&raw);
    assert!(report.newest.contains("terinfeksi"));
}

#[test]
fn of_one_long_text_the_beginning_is_read_and_its_end_still_tells_mails_apart() {
    let mail = |kind: &str, end: &str| {
        let line = "server kami diretas, halaman depan diganti\r\n";
        let body = line.repeat((9 << 20) / line.len());
        format!("From: a@b.example\r\nSubject: x\r\nContent-Type: {kind}\r\n\r\n{body}{end}\r\n")
    };
    let canon = |kind: &str, end: &str| judge(mail(kind, end).as_bytes()).canon;
    let one = judge(mail("text/plain", "satu").as_bytes());
    assert!(one.newest.starts_with("server kami diretas"));
    assert!(one.oddities.iter().any(|odd| odd.0.contains("8 MB")));
    assert_eq!(one.canon, canon("text/plain", "satu"));
    assert_ne!(one.canon, canon("text/plain", "dua"));
    // A file keeps all its bytes: people compare its hash.
    for file in [
        "text/plain; name=log.txt",
        "application/octet-stream",
        "text/plain;\r\n name=log.txt",
    ] {
        let report = judge(mail(file, "satu").as_bytes());
        assert!(
            !report.oddities.iter().any(|odd| odd.0.contains("8 MB")),
            "{file}"
        );
    }
}

#[test]
fn long_texts_are_read_in_bounded_time() {
    for piece in [
        "tidak data bocor dijual ",
        "<a href=\"http://x.example/a\">",
        "&amp;",
        "[.](dot)",
        "> ",
        "Pada ",
        "From: a@b\n",
        "203.0.113.7 ",
        "a.b.c.d.e.f ",
        "((((((",
        "=?utf-8?q?=",
    ] {
        let raw = format!(
            "From: a@b.example\r\nSubject: {}\r\nContent-Type: text/html\r\n\r\n{}",
            piece.repeat(500),
            piece.repeat(1_000_000 / piece.len())
        );
        let report = judge(raw.as_bytes());
        assert!(report.observables.len() <= 500 && report.newest.len() <= 2 * 1024 * 1024 + 1024);
    }
}

#[test]
fn signs_are_found_however_they_are_written() {
    let check = |header: &str, wanted: fn(&Sign) -> bool| {
        let raw = format!(
            "From: a@b.example\r\nTo: csirt@batangkab.go.id\r\n{header}\r\nSubject: x\r\n\r\nx\r\n"
        );
        let signs = read(raw.as_bytes(), &site()).signs;
        assert!(signs.iter().any(wanted), "{header}: {signs:?}");
    };
    check(
        "Auto-Submitted: =?UTF-8?Q?auto-replied?=",
        |sign| matches!(sign, Sign::AutoSubmitted(value) if value == "auto-replied"),
    );
    check("AUTO-SUBMITTED: (a comment) Auto-Generated", |sign| {
        matches!(sign, Sign::AutoSubmitted(_))
    });
    check(
        "Auto-Submitted: no\r\nAuto-Submitted: auto-notified",
        |sign| matches!(sign, Sign::AutoSubmitted(_)),
    );
    check("X-Precedence: Bulk", |sign| {
        matches!(sign, Sign::Precedence(_))
    });
    check("List-Post: <mailto:x@y.example>", |sign| {
        matches!(sign, Sign::List(_))
    });
    check("Feedback-ID: 1:2", |sign| matches!(sign, Sign::List(_)));
    check("X-Auto-Response-Suppress: DR, OOF", |sign| {
        matches!(sign, Sign::SuppressAsked(_))
    });
    check("X-OTRS-Loop: Yes", |sign| {
        matches!(sign, Sign::LoopHeader(_))
    });
    check("Return-Path: <>", |sign| {
        matches!(sign, Sign::NullReturnPath)
    });
    check("Return-Path: <owner-list@y.example>", |sign| {
        matches!(sign, Sign::SystemSender(_))
    });
    check("X-Spam-Flag: YES", |sign| {
        matches!(sign, Sign::SpamVerdict(_))
    });
    check("Content-Type: multipart/report; boundary=x", |sign| {
        matches!(sign, Sign::MachineType(_))
    });
    let plain = b"From: a@b.example\r\nTo: other@y.example\r\nAuto-Submitted: no\r\n\r\nx\r\n";
    assert_eq!(read(plain, &site()).signs, [Sign::NotAddressedToUs]);
}

#[test]
fn names_for_display_hold_nothing_that_deceives() {
    let raw = "From: =?utf-8?q?Bupati=E2=80=AE_gpj=0D=0ABcc=3A_x?= <a@b.example>\r\nSubject: =?utf-8?q?satu=0D=0Adua=E2=80=8B?=\r\nContent-Type: application/octet-stream; name=\"../../etc/pass\u{202e}wd\"\r\nContent-Disposition: attachment\r\n\r\nx";
    let report = read(raw.as_bytes(), &site());
    assert_eq!(report.subject, "satu dua");
    assert!(!report.from.unwrap().name.contains(['\r', '\n', '\u{202e}']));
    assert_eq!(report.attachments[0].name, "passwd");
}
