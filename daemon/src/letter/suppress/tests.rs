#![allow(clippy::unwrap_used)]

use tanggap_rules::{RuleSet, classify, read};

use super::*;
use crate::config::Doubt;

fn site() -> Site {
    Site {
        addresses: vec!["csirt@batangkab.go.id".to_owned()],
        domains: vec!["batangkab.go.id".to_owned()],
        message_id_domains: vec!["batangkab.go.id".to_owned()],
        authserv_ids: vec!["mx.test".to_owned()],
        register_prefix: "INS".to_owned(),
    }
}

fn settings() -> ReceiptSettings {
    ReceiptSettings {
        enabled: true,
        trust: Trust::Authenticated,
        doubt: Doubt::Hold,
        per_sender_day: 1,
        per_domain_hour: 2,
        in_all_hour: 3,
    }
}

const REPORT: &str = "Return-Path: <budi@dinkes.batangkab.go.id>
Authentication-Results: mx.test; dmarc=pass header.from=dinkes.batangkab.go.id
From: Budi <budi@dinkes.batangkab.go.id>
To: csirt@batangkab.go.id
Subject: Situs kami diretas
Message-ID: <1@dinkes.batangkab.go.id>

Situs dinas kami diretas, halaman depan diganti gambar peretas. Mohon bantuan.
";

fn answer_to(mail: &str) -> Result<Recipient, Withheld> {
    let report = read(mail.replace('\n', "\r\n").as_bytes(), &site());
    let mut classification = classify(&RuleSet::shipped(), &report);
    // Each clause is looked at by itself: the kind's own verdict is tested with the rules.
    classification.kind = Kind::Report;
    answerable(&report, &classification, &site(), &settings())
}

/// The plain report with one header more.
fn with(header: &str) -> Result<Recipient, Withheld> {
    answer_to(&REPORT.replace("To: csirt", &format!("{header}\nTo: csirt")))
}

fn changed(from: &str, to: &str) -> Result<Recipient, Withheld> {
    assert!(REPORT.contains(from));
    answer_to(&REPORT.replace(from, to))
}

#[test]
fn an_honest_report_is_answered_at_its_return_path() {
    let recipient = answer_to(REPORT).unwrap();
    assert_eq!(recipient.address, "budi@dinkes.batangkab.go.id");
    assert_eq!(recipient.domain, "batangkab.go.id");
    assert!(
        with("Auto-Submitted: no").is_ok(),
        "`no` is the one value that may be answered"
    );
    let elsewhere = with("Reply-To: lain@asing.example").unwrap();
    assert_eq!(
        elsewhere.address, "budi@dinkes.batangkab.go.id",
        "Reply-To is never the target"
    );
}

#[test]
fn no_sign_of_a_machine_is_answered() {
    for header in [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-notified; owner-email=\"x\"",
        "Auto-Submitted: =?UTF-8?Q?auto-replied?=",
        "AUTO-SUBMITTED: (comment) auto-generated",
        "Precedence: bulk",
        "Precedence: =?UTF-8?Q?auto=5Freply?=",
        "X-Precedence: junk",
        "List-Id: <milis.example>",
        "List-Unsubscribe: <mailto:x@example>",
        "Mailing-List: list x@example",
        "Feedback-ID: 1:2:3:x",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "X-Auto-Response-Suppress: All",
        "X-Autoreply: yes",
        "X-Loop: x@example",
        "X-OTRS-Loop: yes",
        "X-Failed-Recipients: x@example",
    ] {
        assert!(with(header).is_err(), "{header}");
    }
}

#[test]
fn no_odd_sender_is_answered() {
    assert_eq!(
        changed(
            "Return-Path: <budi@dinkes.batangkab.go.id>",
            "Return-Path: <>"
        ),
        Err(Withheld::NullSender)
    );
    assert_eq!(
        changed("Return-Path: <budi@dinkes.batangkab.go.id>\n", ""),
        Err(Withheld::NoReturnPath)
    );
    let other = changed(
        "Return-Path: <budi@dinkes.batangkab.go.id>",
        "Return-Path: <budi@asing.example>",
    );
    assert_eq!(other, Err(Withheld::OtherDomain));
    assert!(
        changed("To: csirt@batangkab.go.id", "To: orang@lain.example").is_err(),
        "a blind copy"
    );
    for local in [
        "mailer-daemon",
        "postmaster",
        "no-reply",
        "noreply",
        "owner-milis",
        "x-bounces",
        "x-request",
        "root",
    ] {
        let mail = REPORT.replace("budi@", &format!("{local}@"));
        assert!(answer_to(&mail).is_err(), "{local}");
    }
    assert!(
        answer_to(&REPORT.replace("budi@dinkes.batangkab.go.id", "csirt@batangkab.go.id")).is_err(),
        "our own address"
    );
}

#[test]
fn no_forged_sender_is_answered() {
    assert_eq!(changed("dmarc=pass", "dmarc=fail"), Err(Withheld::Forged));
    assert_eq!(
        changed("mx.test; dmarc=pass", "penipu.example; dmarc=pass"),
        Err(Withheld::Unproven)
    );
    assert_eq!(
        changed(
            "dmarc=pass header.from=dinkes.batangkab.go.id",
            "dmarc=none"
        ),
        Err(Withheld::Unproven)
    );
}

#[test]
fn only_one_plain_address_is_written_to() {
    for address in [
        "budi@dinkes.batangkab.go.id",
        "a.b+c@x.example",
        "o'neil@x.example",
    ] {
        assert!(safe(address).is_some(), "{address}");
    }
    let long = format!("{}@x.example", "a".repeat(65));
    for address in [
        "a@b>\r\nRCPT TO:<v@x.example",
        "\"a\r\nBcc:\"@x.example",
        "a@b.example,c@d.example",
        "a@[127.0.0.1]",
        "a\0@x.example",
        "-oProxy@x.example",
        "a@localhost",
        "budi@dinkés.example",
        "a..b@x.example",
        "@x.example",
        "a@",
        "a@-x.example",
        &long,
    ] {
        assert_eq!(safe(address), None, "{address:?}");
    }
}

#[test]
fn the_budget_ends_what_shows_no_sign_of_a_loop() {
    let counts = |to_sender_in_day, to_domain_in_hour, in_all_in_hour, cooling_down| LetterCounts {
        to_sender_in_day,
        to_domain_in_hour,
        in_all_in_hour,
        cooling_down,
    };
    assert_eq!(within_budget(&counts(0, 0, 0, false), &settings()), Ok(()));
    assert_eq!(
        within_budget(&counts(1, 0, 0, false), &settings()),
        Err(Withheld::SenderBudget)
    );
    assert_eq!(
        within_budget(&counts(0, 2, 0, false), &settings()),
        Err(Withheld::DomainBudget)
    );
    assert_eq!(
        within_budget(&counts(0, 0, 3, false), &settings()),
        Err(Withheld::WholeBudget)
    );
    assert_eq!(
        within_budget(&counts(0, 0, 0, true), &settings()),
        Err(Withheld::CoolingDown)
    );
}
