//! The main job, end to end, with the real binary: the 80 sample mails, on embedded defaults.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;
use tanggap_tests::world::home::{Home, Plan};
use tanggap_tests::world::osticket::Standin;
use tanggap_tests::world::postgres::Postgres;

fn samples() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/reports");
    let mut mails: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|file| file.path())
        .collect();
    mails.retain(|path| path.extension().is_some_and(|extension| extension == "eml"));
    mails.sort();
    mails
}

fn deliver_samples(home: &Home) {
    for (number, path) in samples().iter().enumerate() {
        home.deliver(
            &format!("17000000{number:02}.M{number}.test"),
            &std::fs::read(path).unwrap(),
        )
        .unwrap();
    }
}

fn journal(home: &Home) -> Vec<Value> {
    let text = home.succeed(&["journal", "--format", "json"]).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["mails"]
        .as_array()
        .unwrap()
        .clone()
}

/// Every mail ends as a ticket, a follow-up, or a recorded no-ticket with its reason; receipts only where allowed.
fn every_mail_has_an_end(home: &Home, desk: &Standin) {
    let mails = journal(home);
    assert_eq!(mails.len(), 80);
    let mut fates = BTreeMap::new();
    for mail in &mails {
        let fate = mail["fate"].as_str().unwrap();
        *fates.entry(fate.to_owned()).or_insert(0) += 1;
        match fate {
            "opened" => assert!(
                mail["ticket"]
                    .as_str()
                    .is_some_and(|ticket| !ticket.is_empty()),
                "{mail}"
            ),
            "joined" => assert!(
                mail["register"]
                    .as_str()
                    .is_some_and(|register| register.starts_with("INS-")),
                "{mail}"
            ),
            _ => assert!(
                mail["why"].as_str().is_some_and(|why| !why.is_empty()),
                "{mail}"
            ),
        }
        if mail["kind"] != "report" && mail["kind"] != "follow_up" {
            assert_ne!(
                mail["receipt"], "done",
                "only a person's report is answered: {mail}"
            );
        }
    }
    assert_eq!(
        fates["opened"],
        desk.tickets().len(),
        "each opened case is one ticket: {fates:?}"
    );
    let answered = mails
        .iter()
        .filter(|mail| mail["receipt"] == "done")
        .count();
    assert_eq!(
        answered,
        home.letters().unwrap().len(),
        "each receipt is one letter"
    );
    assert!(answered > 20, "most reporters are answered: {answered}");
    for (name, letter) in home.letters().unwrap() {
        assert!(
            letter.contains("Auto-Submitted: auto-replied") && letter.contains("[INS-"),
            "{name}"
        );
    }
}

fn run_story(home: &Home, desk: &Standin) {
    deliver_samples(home);
    home.succeed(&["run", "--once"]).unwrap();
    every_mail_has_an_end(home, desk);
    let before = (desk.tickets().len(), home.letters().unwrap());
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(
        (desk.tickets().len(), home.letters().unwrap()),
        before,
        "a second run finds nothing to do twice"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn eighty_mails_on_embedded_defaults() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    run_story(&home, &desk);
}

#[tokio::test(flavor = "multi_thread")]
async fn eighty_mails_on_postgres() {
    let cluster = Postgres::start().unwrap();
    let desk = Standin::start().await;
    let (url, key) = (desk.url(), desk.key());
    let store = format!(
        "[store]\nkind = \"postgres\"\nurl = \"{}\"\n",
        cluster.url()
    );
    let home = Home::new(&Plan {
        store: &store,
        ..Plan::embedded(&url, &key)
    })
    .unwrap();
    run_story(&home, &desk);
}

/// The same sample delivered once more, in another folder entry and with another trace: no second ticket, no second letter.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_arrives_twice_is_one_case() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let raw = std::fs::read(&samples()[0]).unwrap();
    home.deliver("1700000000.a.test", &raw).unwrap();
    home.deliver("1700000000.b.test", &raw).unwrap();
    let mut retraced =
        b"Received: from alias.example by mx1.batangkab.go.id; Tue, 4 Mar 2025 07:53:00 +0700\r\n"
            .to_vec();
    retraced.extend_from_slice(&raw);
    home.deliver("1700000000.c.test", &retraced).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(desk.tickets().len(), 1);
    assert!(home.letters().unwrap().len() <= 1);
    let mails = journal(&home);
    assert_eq!(mails.len(), 2, "the same bytes are one entry");
    assert_eq!(mails[1]["fate"], "duplicate");
}

fn report(from: &str, id: &str, subject: &str, extra: &str, text: &str) -> Vec<u8> {
    format!(
        "Return-Path: <{from}>\r\nFrom: Pelapor <{from}>\r\nTo: csirt@batangkab.go.id\r\nSubject: {subject}\r\n{id}{extra}\
         Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n{text}\r\n"
    )
    .into_bytes()
}

const HACKED: &str =
    "Situs dinas kami diretas, halaman depan diganti gambar peretas. Mohon bantuan Tim CSIRT.";

/// Same Message-ID with other content, and no Message-ID at all: nothing is lost, nothing is doubled.
#[tokio::test(flavor = "multi_thread")]
async fn message_ids_are_never_our_identity() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let id = "Message-ID: <sama@dinkes.batangkab.go.id>\r\n";
    home.deliver(
        "1.test",
        &report(
            "a@dinkes.batangkab.go.id",
            id,
            "Situs diretas satu",
            "",
            HACKED,
        ),
    )
    .unwrap();
    home.deliver(
        "2.test",
        &report(
            "b@lain.example",
            id,
            "Situs diretas dua",
            "",
            &format!("{HACKED} Kedua."),
        ),
    )
    .unwrap();
    home.deliver(
        "3.test",
        &report(
            "c@lain3.example",
            "",
            "Situs diretas tiga",
            "",
            &format!("{HACKED} Ketiga."),
        ),
    )
    .unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(desk.tickets().len(), 3);
}

/// A number alone speaks only from somebody who belongs to the case; our own letter's Message-ID speaks for itself.
#[tokio::test(flavor = "multi_thread")]
async fn follow_ups_join_and_strangers_do_not() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let first = "Message-ID: <pertama@dinkes.batangkab.go.id>\r\n";
    home.deliver(
        "1.test",
        &report(
            "a@dinkes.batangkab.go.id",
            first,
            "Situs diretas",
            "",
            HACKED,
        ),
    )
    .unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let register = journal(&home)[0]["register"].as_str().unwrap().to_owned();
    let (_, letter) = home.letters().unwrap().remove(0);
    let ours = letter
        .lines()
        .find_map(|line| line.strip_prefix("Message-ID: "))
        .unwrap()
        .to_owned();

    let subject = format!("Re: Situs diretas [{register}]");
    let text = "Log server sudah kami kumpulkan, menyusul bersama tangkapan layar.";
    home.deliver(
        "2.test",
        &report("a@dinkes.batangkab.go.id", "", &subject, "", text),
    )
    .unwrap();
    home.deliver(
        "3.test",
        &report(
            "orang@asing.example",
            "",
            &subject,
            "",
            &format!("{HACKED} {text}"),
        ),
    )
    .unwrap();
    let threaded = format!("In-Reply-To: {ours}\r\n");
    home.deliver(
        "4.test",
        &report(
            "pribadi@gmail.example",
            "",
            "Re: Situs diretas",
            &threaded,
            "Sudah normal, terima kasih.",
        ),
    )
    .unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let fates: Vec<_> = journal(&home)
        .iter()
        .map(|mail| mail["fate"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(fates, ["opened", "joined", "opened", "joined"]);
    assert_eq!(desk.tickets().len(), 2);
}

/// Mail over the size limit, empty mail and garbage are kept, and become cases for a human with the reason.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_goes_to_a_human() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let config =
        std::fs::read_to_string(home.config()).unwrap() + "[limits]\nmail_size = \"1MiB\"\n";
    std::fs::write(home.config(), config).unwrap();
    let large = report(
        "a@dinkes.batangkab.go.id",
        "",
        "Besar sekali",
        "",
        &"baris panjang sekali\r\n".repeat(100_000),
    );
    home.deliver("1.test", &large).unwrap();
    home.deliver("2.test", b"\x00\x01\x02\xff\xfe garbage")
        .unwrap();
    home.deliver("3.test", b"").unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let tickets = desk.tickets();
    assert_eq!(tickets.len(), 3);
    assert!(
        tickets
            .iter()
            .all(|ticket| ticket.subject.contains("PERLU DIBACA")),
        "{tickets:?}"
    );
    assert!(
        home.letters().unwrap().is_empty(),
        "nobody is answered on a guess"
    );
    let size = journal(&home)
        .iter()
        .map(|mail| mail["size"].as_u64().unwrap())
        .max()
        .unwrap();
    assert_eq!(size, large.len() as u64, "the large mail is kept whole");
}

/// osTicket refuses an address whose domain it cannot resolve; the report still becomes a ticket, under the desk's own address.
#[tokio::test(flavor = "multi_thread")]
async fn a_reporter_whom_osticket_will_not_know_still_gets_a_ticket() {
    let desk = Standin::start().await;
    desk.set_up(|setup| setup.unresolvable = vec!["asing.example".to_owned()]);
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    home.deliver(
        "1.test",
        &report("a@asing.example", "", "Situs diretas", "", HACKED),
    )
    .unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let tickets = desk.tickets();
    assert_eq!(tickets.len(), 1);
    assert_eq!(tickets[0].email, "csirt@batangkab.go.id");
    assert!(
        tickets[0].body().contains("a@asing.example"),
        "the text names the reporter: {}",
        tickets[0].body()
    );
}
