#![allow(clippy::unwrap_used)]

mod headers;

use tanggap_rules::{Authenticity, Contact};

use super::*;
use crate::letter::tests::{classification, report, settings, site};

/// The verdict on an honest report after `change`.
fn verdict(change: impl FnOnce(&mut Report)) -> Result<Recipient, Withheld> {
    let mut report = report();
    change(&mut report);
    answerable(&report, &classification(Kind::Report), &site(), &settings())
}

fn withheld(change: impl FnOnce(&mut Report)) -> Withheld {
    verdict(change).unwrap_err()
}

fn contact(address: &str) -> Contact {
    Contact {
        name: String::new(),
        address: address.to_owned(),
    }
}

fn path(address: &str) -> ReturnPath {
    ReturnPath::Address(address.to_owned())
}

#[test]
fn an_honest_report_is_answered_at_its_return_path() {
    let recipient = verdict(|report| report.return_path = path("Bounces+budi@batangkab.go.id"));
    let recipient = recipient.unwrap();
    assert_eq!(recipient.address, "bounces+budi@batangkab.go.id");
    assert_eq!(recipient.domain, "batangkab.go.id");
}

#[test]
fn only_a_report_is_answered() {
    for kind in [
        Kind::FollowUp,
        Kind::Automated,
        Kind::AutoReply,
        Kind::Bounce,
        Kind::Other,
    ] {
        let refused = answerable(&report(), &classification(kind), &site(), &settings());
        assert_eq!(refused, Err(Withheld::NotAReport(kind)));
    }
}

/// Every clause of `faults.md` 4.1 that a header shows.
#[test]
fn every_sign_of_a_machine_withholds_the_receipt() {
    let text = || "x".to_owned();
    let table = [
        (Sign::AutoSubmitted(text()), Withheld::Automatic(text())),
        (Sign::Precedence(text()), Withheld::Precedence(text())),
        (Sign::List(text()), Withheld::List(text())),
        (Sign::SuppressAsked(text()), Withheld::SuppressAsked(text())),
        (Sign::LoopHeader(text()), Withheld::LoopHeader(text())),
        (Sign::SystemSender(text()), Withheld::SystemSender(text())),
        (Sign::MachineType(text()), Withheld::MachineType(text())),
        (Sign::NullReturnPath, Withheld::NullSender),
        (Sign::ManyHops(31), Withheld::ManyHops(31)),
        (Sign::SpamVerdict(text()), Withheld::Spam(text())),
        (Sign::OwnMail(text()), Withheld::OwnMail(text())),
        (Sign::NotAddressedToUs, Withheld::NotToUs),
    ];
    for (sign, expect) in table {
        assert_eq!(withheld(|report| report.signs = vec![sign]), expect);
    }
}

#[test]
fn without_an_envelope_sender_nobody_is_answered() {
    assert_eq!(
        withheld(|report| report.return_path = ReturnPath::Null),
        Withheld::NullSender
    );
    assert_eq!(
        withheld(|report| report.return_path = ReturnPath::Missing),
        Withheld::NoReturnPath
    );
    assert_eq!(
        withheld(|report| report.return_path = ReturnPath::Unreadable),
        Withheld::UnreadableReturnPath
    );
    assert_eq!(withheld(|report| report.from = None), Withheld::NoSender);
}

#[test]
fn we_never_write_to_ourselves_or_to_osticket() {
    for own in [
        "csirt@batangkab.go.id",
        "tiket@batangkab.go.id",
        "CSIRT+laporan@batangkab.go.id",
    ] {
        let by_from = withheld(|report| {
            report.from = Some(contact(own));
        });
        assert!(
            matches!(by_from, Withheld::OwnMail(_)),
            "From {own}: {by_from:?}"
        );
        let by_path = withheld(|report| report.return_path = path(own));
        assert!(
            matches!(by_path, Withheld::OwnMail(_)),
            "Return-Path {own}: {by_path:?}"
        );
    }
}

#[test]
fn an_answer_to_a_letter_of_ours_is_not_answered() {
    for id in ["ack.a5a5@batangkab.go.id", "ACK.A5A5@csirt.batangkab.go.id"] {
        let refused =
            withheld(|report| report.thread = vec!["x@y.example".to_owned(), id.to_owned()]);
        assert_eq!(refused, Withheld::OwnMail(id.to_owned()));
    }
    let stranger = verdict(|report| report.thread = vec!["ack.a5a5@other.example".to_owned()]);
    assert!(stranger.is_ok(), "another desk's id is no letter of ours");
}

#[test]
fn the_return_path_must_be_of_the_senders_house() {
    let table = [
        (
            "budi@dinkes.batangkab.go.id",
            "bounce.x@mail.batangkab.go.id",
            true,
        ),
        ("budi@batangkab.go.id", "budi@pekalongankab.go.id", false),
        ("budi@batangkab.go.id", "budi@go.id", false),
        ("a@gmail.com", "a@gmail.com", true),
        ("a@gmail.com", "victim@example.org", false),
        ("a@mail.example.co.id", "a@example.co.id", true),
        ("a@one.co.id", "a@two.co.id", false),
        ("budi", "budi@example.org", false),
    ];
    for (from, return_path, expect) in table {
        let found = verdict(|report| {
            report.from = Some(contact(from));
            report.return_path = path(return_path);
        });
        assert_eq!(found.is_ok(), expect, "{from} by {return_path}: {found:?}");
        if !expect {
            assert!(
                matches!(found, Err(Withheld::OtherHouse { .. })),
                "{found:?}"
            );
        }
    }
}

#[test]
fn a_forged_sender_is_never_answered_and_an_unproven_one_by_setting() {
    let table = [
        (Authenticity::Pass, Trust::Authenticated, Ok(())),
        (Authenticity::Pass, Trust::ReturnPath, Ok(())),
        (Authenticity::Unknown, Trust::ReturnPath, Ok(())),
        (
            Authenticity::Unknown,
            Trust::Authenticated,
            Err(Withheld::Unproven),
        ),
        (
            Authenticity::Neutral,
            Trust::ReturnPath,
            Err(Withheld::Unproven),
        ),
        (
            Authenticity::Neutral,
            Trust::Authenticated,
            Err(Withheld::Unproven),
        ),
        (Authenticity::Fail, Trust::ReturnPath, Err(Withheld::Forged)),
        (
            Authenticity::Fail,
            Trust::Authenticated,
            Err(Withheld::Forged),
        ),
    ];
    for (authenticity, trust, expect) in table {
        let mut settings = settings();
        settings.trust = trust;
        let report = Report {
            authenticity,
            ..report()
        };
        let found = answerable(&report, &classification(Kind::Report), &site(), &settings);
        assert_eq!(
            found.map(|_| ()),
            expect,
            "{authenticity:?} under {trust:?}"
        );
    }
}

#[test]
fn an_address_that_is_no_plain_address_is_not_answered() {
    let injected = "a@batangkab.go.id>\r\nRCPT TO:<v@x.example";
    assert_eq!(
        withheld(|report| report.return_path = path(injected)),
        Withheld::UnsafeAddress(injected.to_owned())
    );
    assert_eq!(
        withheld(|report| report.return_path = path("büdi@batangkab.go.id")),
        Withheld::International("büdi@batangkab.go.id".to_owned())
    );
}

#[test]
fn what_nobody_could_read_and_what_is_switched_off_is_not_answered() {
    assert_eq!(
        withheld(|report| report.unreadable = Some("rusak".to_owned())),
        Withheld::ForHuman
    );
    let mut off = settings();
    off.enabled = false;
    assert_eq!(
        answerable(&report(), &classification(Kind::Report), &site(), &off),
        Err(Withheld::SwitchedOff)
    );
}
