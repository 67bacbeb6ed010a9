#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use tanggap_rules::{Report, Site, read};

use super::*;

fn team() -> Team {
    Team {
        name: "Batangkab-CSIRT".to_owned(),
        office: "Dinas Komunikasi dan Informatika Kabupaten Batang".to_owned(),
        office_english: "Batang Regency Government".to_owned(),
        address: "csirt@batangkab.go.id".to_owned(),
        register_prefix: "INS".to_owned(),
    }
}

fn report(headers: &str, body: &str) -> Report {
    let site = Site {
        register_prefix: "INS".to_owned(),
        ..Site::default()
    };
    let mail = format!("Message-ID: <1@dinkes.batangkab.go.id>\r\n{headers}\r\n\r\n{body}\r\n");
    read(mail.as_bytes(), &site)
}

fn letter(report: &Report) -> String {
    let recipient = Recipient {
        address: "budi@dinkes.batangkab.go.id".to_owned(),
        domain: "batangkab.go.id".to_owned(),
    };
    let facts = ReceiptFacts {
        register: "INS-2026-0042",
        team: &team(),
        report,
        recipient: &recipient,
        received: Timestamp(1_795_398_060_000),
        key: [7; 15],
    };
    let sealed = receipt(&facts).unwrap();
    assert_eq!(
        sealed,
        receipt(&facts).unwrap(),
        "a retry sends the same bytes"
    );
    assert_eq!(
        (sealed.from.as_deref(), sealed.to.as_str()),
        (None, "budi@dinkes.batangkab.go.id")
    );
    sealed.text
}

const INDONESIAN: &str = "Situs dinas kami diretas dan halaman depan diganti gambar peretas. Mohon bantuan Tim CSIRT segera.";

#[test]
fn a_receipt_carries_what_rfc_3834_asks_for() {
    let text = letter(&report(
        "From: Budi <budi@dinkes.batangkab.go.id>\r\nSubject: Situs diretas",
        INDONESIAN,
    ));
    for header in [
        "Auto-Submitted: auto-replied\r\n",
        "Precedence: bulk\r\n",
        "X-Auto-Response-Suppress: All\r\n",
        "In-Reply-To: <1@dinkes.batangkab.go.id>\r\n",
        "References: <1@dinkes.batangkab.go.id>\r\n",
        "Message-ID: <ack.070707070707070707070707070707@batangkab.go.id>\r\n",
        "Subject: Re: Situs diretas [INS-2026-0042]\r\n",
    ] {
        assert!(text.contains(header), "{header}\n{text}");
    }
    assert!(text.contains("Yth. Bapak/Ibu Budi"));
    let unwrapped = text.replace("=\r\n", "");
    assert!(
        unwrapped.contains("pada Senin, 23 November 2026 pukul 08.41 WIB"),
        "{text}"
    );
    assert!(unwrapped.contains("nomor register INS-2026-0042"), "{text}");
    assert!(!text.contains("diganti gambar"), "the body is never quoted");
}

#[test]
fn every_line_is_plain_smtp() {
    let text = letter(&report(
        "From: Budi <budi@x.example>\r\nSubject: Situs diretas",
        INDONESIAN,
    ));
    assert!(text.is_ascii());
    assert!(
        !text.replace("\r\n", "").contains(['\r', '\n']),
        "no bare CR or LF (S10)"
    );
    assert!(text.lines().all(|line| line.len() < 998));
}

#[test]
fn an_english_report_gets_english() {
    let body = "Our web site was hacked yesterday and the front page was replaced. Please help us to restore the server.";
    let text = letter(&report(
        "From: Ann <ann@x.example>\r\nSubject: Our site was hacked",
        body,
    ));
    assert!(
        text.contains("Dear Ann") && text.contains("UTC+7"),
        "{text}"
    );
}

#[test]
fn a_hostile_subject_and_name_change_nothing_but_themselves() {
    let headers = "From: =?utf-8?Q?a=0D=0ABcc=3A_x=40y.example?= <budi@x.example>\r\n\
                   Subject: =?utf-8?Q?klik_https=3A//jahat.example/a=0D=0ABcc=3A_korban=40x.example=E2=80=AE?=";
    let text = letter(&report(headers, INDONESIAN));
    assert!(!text.contains("\r\nBcc"), "{text}");
    assert!(
        !text.contains("https://jahat"),
        "no live link of theirs in our letter: {text}"
    );
    assert!(
        !text.contains("x@y.example"),
        "a name with an address in it is no name: {text}"
    );
    assert_eq!(text.matches("\r\nTo: ").count(), 1);
}

#[test]
fn only_plain_ids_are_repeated() {
    assert!(is_plain_id("a.b@c.example"));
    for id in [
        "a@b> <c@d",
        "a b@c",
        "",
        "tanpa-at",
        "a@b\r\nX: y",
        &format!("{}@x", "a".repeat(300)),
    ] {
        assert!(!is_plain_id(id), "{id:?}");
    }
}
