//! The same policy from the bytes on: real headers through `rules::read`, each clause of `faults.md` 4.1 with its spellings.

use tanggap_rules::{RuleSet, classify, read};

use super::*;
use crate::letter::tests::{settings, site};

/// Whether a reason is of the wanted kind.
type Expected = fn(&Withheld) -> bool;

const REPORT: &str = "Return-Path: <budi@dinkes.batangkab.go.id>
Authentication-Results: mx.test; dmarc=pass header.from=dinkes.batangkab.go.id
Received: from mail.batangkab.go.id by mx.test
From: Budi <budi@dinkes.batangkab.go.id>
Reply-To: lain@asing.example
To: csirt@batangkab.go.id
Subject: Situs kami diretas
Message-ID: <1@dinkes.batangkab.go.id>
Content-Type: text/plain; charset=utf-8

Situs dinas kami diretas, halaman depan diganti gambar peretas. Mohon bantuan.
";

fn read_here(mail: &str) -> Report {
    let mut site = site();
    site.authserv_ids = vec!["mx.test".to_owned()];
    read(mail.replace('\n', "\r\n").as_bytes(), &site)
}

/// Each clause by itself: the kind's own verdict is tested with the rules.
fn answer_to(mail: &str) -> Result<Recipient, Withheld> {
    answerable(
        &read_here(mail),
        &classification(Kind::Report),
        &site(),
        &settings(),
    )
}

fn with(header: &str) -> Result<Recipient, Withheld> {
    answer_to(&REPORT.replace("To: csirt", &format!("{header}\nTo: csirt")))
}

fn changed(from: &str, to: &str) -> Result<Recipient, Withheld> {
    assert!(REPORT.contains(from));
    answer_to(&REPORT.replace(from, to))
}

#[test]
fn an_honest_report_is_answered_and_reply_to_is_ignored() {
    let recipient = answer_to(REPORT).unwrap();
    assert_eq!(recipient.address, "budi@dinkes.batangkab.go.id");
    assert!(with("Auto-Submitted: no").is_ok());
    assert!(with("Auto-Submitted: No (by hand)").is_ok());
    assert!(with("Precedence: first-class").is_ok());
    assert!(with("X-Auto-Response-Suppress: none").is_ok());
}

#[test]
fn every_header_of_a_machine_is_seen() {
    let automatic = |found: &Withheld| matches!(found, Withheld::Automatic(_));
    let precedence = |found: &Withheld| matches!(found, Withheld::Precedence(_));
    let list = |found: &Withheld| matches!(found, Withheld::List(_));
    let asked = |found: &Withheld| matches!(found, Withheld::SuppressAsked(_));
    let looping = |found: &Withheld| matches!(found, Withheld::LoopHeader(_));
    let spam = |found: &Withheld| matches!(found, Withheld::Spam(_));
    let table: &[(&str, Expected)] = &[
        ("Auto-Submitted: auto-replied", automatic),
        ("Auto-Submitted: auto-generated", automatic),
        (
            "Auto-Submitted: auto-notified; owner-email=\"x\"",
            automatic,
        ),
        ("AUTO-SUBMITTED: (a comment) Auto-Replied", automatic),
        // Every occurrence counts, not the first alone.
        (
            "Auto-Submitted: no\nAuto-Submitted: auto-replied",
            automatic,
        ),
        // O27 and O28: what osTicket itself sends.
        ("Auto-Submitted: =?UTF-8?Q?auto-replied?=", automatic),
        ("Precedence: =?UTF-8?Q?auto=5Freply?=", precedence),
        ("Auto-Submitted: =?UTF-8?B?YXV0by1yZXBsaWVk?=", automatic),
        ("Precedence: bulk", precedence),
        ("Precedence: Junk", precedence),
        ("X-Precedence: list", precedence),
        ("Precedence: auto_reply", precedence),
        ("List-Id: <milis.example>", list),
        ("List-Post: <mailto:x@milis.example>", list),
        ("List-Help: <mailto:x@milis.example>", list),
        ("List-Unsubscribe: <mailto:x@milis.example>", list),
        ("List-Owner: <mailto:x@milis.example>", list),
        ("Mailing-List: list x@milis.example", list),
        ("X-Mailing-List: x@milis.example", list),
        ("Feedback-ID: 1:2:3:x", list),
        ("X-Auto-Response-Suppress: All", asked),
        ("X-Auto-Response-Suppress: OOF, AutoReply", asked),
        ("x-auto-response-suppress: dr, ndr, rn, nrn", asked),
        ("X-Autoreply: yes", looping),
        ("X-Autorespond: x", looping),
        ("X-Autoresponse: x", looping),
        ("X-AutoReply-From: x@y.example", looping),
        ("X-Mail-Autoreply: x", looping),
        ("X-Loop: csirt@batangkab.go.id", looping),
        ("X-OTRS-Loop: yes", looping),
        ("X-RT-Loop-Prevention: x", looping),
        ("X-Failed-Recipients: x@y.example", looping),
        ("X-Spam-Flag: YES", spam),
        ("X-Virus-Status: Infected", spam),
    ];
    for (header, expect) in table {
        let found = with(header);
        assert!(found.as_ref().is_err_and(expect), "{header}: {found:?}");
    }
}

#[test]
fn messages_between_machines_are_seen_by_their_type() {
    for kind in [
        "multipart/report; report-type=delivery-status; boundary=x",
        "message/delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "text/calendar; method=REPLY",
    ] {
        let found = changed("text/plain; charset=utf-8", kind);
        assert!(
            matches!(found, Err(Withheld::MachineType(_))),
            "{kind}: {found:?}"
        );
    }
}

#[test]
fn system_mailboxes_are_never_answered() {
    for local in [
        "mailer-daemon",
        "MAILER-DAEMON",
        "postmaster",
        "root",
        "daemon",
        "bounce-7",
        "no-reply",
        "noreply",
        "do-not-reply",
        "milis-request",
        "owner-milis",
        "milis-bounces",
        "milis-admin",
    ] {
        let both = answer_to(&REPORT.replace("budi@", &format!("{local}@")));
        assert!(
            matches!(both, Err(Withheld::SystemSender(_))),
            "{local}: {both:?}"
        );
        let path = changed("Return-Path: <budi@", &format!("Return-Path: <{local}@"));
        assert!(
            matches!(path, Err(Withheld::SystemSender(_))),
            "Return-Path {local}: {path:?}"
        );
    }
}

#[test]
fn the_envelope_decides_whom_an_answer_would_reach() {
    let path = "Return-Path: <budi@dinkes.batangkab.go.id>";
    assert_eq!(changed(path, "Return-Path: <>"), Err(Withheld::NullSender));
    assert_eq!(
        changed(&format!("{path}\n"), ""),
        Err(Withheld::NoReturnPath)
    );
    let other = changed(path, "Return-Path: <korban@asing.example>");
    assert!(
        matches!(other, Err(Withheld::OtherHouse { .. })),
        "{other:?}"
    );
    let blind = changed("To: csirt@batangkab.go.id", "To: orang@lain.example");
    assert_eq!(blind, Err(Withheld::NotToUs));
    let own = answer_to(&REPORT.replace("budi@dinkes.batangkab.go.id", "csirt@batangkab.go.id"));
    assert!(matches!(own, Err(Withheld::OwnMail(_))), "{own:?}");
}

#[test]
fn a_mail_that_went_round_is_not_sent_round_again() {
    let hop = "Received: from a.example by b.example\n";
    let honest = changed(
        "Received: from mail",
        &format!("{}Received: from mail", hop.repeat(10)),
    );
    assert!(honest.is_ok(), "{honest:?}");
    let round = changed(
        "Received: from mail",
        &format!("{}Received: from mail", hop.repeat(30)),
    );
    assert_eq!(round, Err(Withheld::ManyHops(31)));
}

#[test]
fn only_the_topmost_verdict_of_our_own_server_counts() {
    assert_eq!(changed("dmarc=pass", "dmarc=fail"), Err(Withheld::Forged));
    let forged = changed("mx.test; dmarc=pass", "penipu.example; dmarc=pass");
    assert_eq!(forged, Err(Withheld::Unproven));
    let none = changed(
        "dmarc=pass header.from=dinkes.batangkab.go.id",
        "dmarc=none",
    );
    assert_eq!(none, Err(Withheld::Unproven));
    let second = changed(
        "dmarc=pass header.from=dinkes.batangkab.go.id",
        "dmarc=fail\nAuthentication-Results: mx.test; dmarc=pass",
    );
    assert_eq!(second, Err(Withheld::Forged));
}

/// Whole mails of the kinds that reach a CSIRT's mailbox and must never be answered; the rules' own verdict included.
#[test]
fn no_list_bounce_or_robot_gets_a_receipt() {
    let mails = [
        // osTicket's acknowledgement, as it leaves osTicket (O27).
        "Return-Path: <tiket@helpdesk.example>\nFrom: Helpdesk <tiket@helpdesk.example>\nTo: csirt@batangkab.go.id\nSubject: Re: Situs diretas [#482913]\nAuto-Submitted: =?UTF-8?Q?auto-replied?=\nPrecedence: =?UTF-8?Q?auto=5Freply?=\nMessage-ID: <B7-x@helpdesk.example>\n\nTiket Anda telah dibuat. Insiden peretasan Anda akan ditangani.\n",
        // A vacation notice of a server that knows no RFC 3834.
        "Return-Path: <>\nFrom: Sari <sari@dinkes.batangkab.go.id>\nTo: csirt@batangkab.go.id\nSubject: Sedang cuti\nMessage-ID: <2@dinkes.batangkab.go.id>\n\nSaya sedang cuti sampai Senin.\n",
        "Return-Path: <sari@dinkes.batangkab.go.id>\nFrom: Sari <sari@dinkes.batangkab.go.id>\nTo: csirt@batangkab.go.id\nSubject: Out of Office: Situs diretas\nX-Autoreply: yes\nMessage-ID: <3@dinkes.batangkab.go.id>\n\nI am out of the office.\n",
        // A discussion list on which somebody tells of a hacked server.
        "Return-Path: <keamanan-bounces+csirt=batangkab.go.id@milis.example>\nFrom: Andi <andi@lain.example>\nTo: keamanan@milis.example\nCc: csirt@batangkab.go.id\nSubject: [keamanan] Server kami diretas\nList-Id: <keamanan.milis.example>\nPrecedence: list\nMessage-ID: <4@lain.example>\n\nServer kami diretas tadi malam, ada yang mengalami?\n",
        // A newsletter about incidents.
        "Return-Path: <bounce-77@kirim.example>\nFrom: Threat News <news@kirim.example>\nTo: csirt@batangkab.go.id\nSubject: Ransomware menyerang rumah sakit\nList-Unsubscribe: <mailto:x@kirim.example>\nFeedback-ID: 77:news:x\nMessage-ID: <5@kirim.example>\n\nRansomware menyerang rumah sakit.\n",
        // A bounce of a receipt of ours.
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: csirt@batangkab.go.id\nSubject: Undelivered Mail Returned to Sender\nAuto-Submitted: auto-replied\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\nMessage-ID: <6@mx.example>\n\n--b\nContent-Type: text/plain\n\nuser unknown\n--b--\n",
        // An old robot that answers everything and marks nothing, but keeps our Message-ID.
        "Return-Path: <robot@lain.example>\nFrom: robot@lain.example\nTo: csirt@batangkab.go.id\nSubject: Terima kasih\nIn-Reply-To: <ack.00@batangkab.go.id>\nMessage-ID: <7@lain.example>\n\nPesan Anda kami terima.\n",
    ];
    let rules = RuleSet::shipped();
    let mut settings = settings();
    settings.trust = Trust::ReturnPath;
    for mail in mails {
        let report = read_here(mail);
        let judged = classify(&rules, &report);
        let found = answerable(&report, &judged, &site(), &settings);
        assert!(found.is_err(), "{mail}");
        // Even where the rules took it for a report, the policy alone withholds.
        let alone = answerable(&report, &classification(Kind::Report), &site(), &settings);
        assert!(alone.is_err(), "{mail}");
    }
}
