//! What staff do to tickets as a whole: merge them, delete them, let letters go by a note. Each reaches its case once, and nothing that
//! belongs to one case is written into the ticket of another.

use serde_json::Value;
use tanggap_tests::world::osticket::{Standin, Ticket};

use crate::release::{attached, issue, json, path, reported_to, sign};
use tanggap_tests::world::home::Home;

const BELA: i64 = 3;

fn once(home: &Home) {
    home.succeed(&["run", "--once"]).unwrap();
}

fn of<'a>(tickets: &'a [Ticket], register: &str) -> &'a Ticket {
    let mut found = tickets
        .iter()
        .filter(|ticket| ticket.subject.contains(register));
    found.next().unwrap()
}

/// The case's events of one sort.
fn events(home: &Home, register: &str, key: &str, value: &str) -> Vec<Value> {
    let shown = json(home, &["case", "show", register]);
    let events = shown["events"].as_array().unwrap().clone();
    let told = events.into_iter().map(|event| event["event"].clone());
    told.filter(|event| event[key] == value).collect()
}

/// A follow-up of the reporter's to the receipt of this case.
fn follow_up(home: &Home, register: &str, token: &str) {
    let mail = format!(
        "Return-Path: <budi@dinkes.batangkab.go.id>\r\nFrom: Budi <budi@dinkes.batangkab.go.id>\r\nTo: csirt@batangkab.go.id\r\n\
         Subject: Re: [{register}] susulan {token}\r\nMessage-ID: <{token}@dinkes.batangkab.go.id>\r\n\
         In-Reply-To: <satu@dinkes.batangkab.go.id>\r\nDate: Mon, 23 Nov 2026 09:41:00 +0700\r\n\r\nSusulan {token}: log terlampir.\r\n"
    );
    home.deliver(&format!("{token}.test"), mail.as_bytes())
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merged_ticket_takes_its_case_along_and_what_comes_after_goes_into_the_other() {
    let (desk, home, child) = reported_to(Standin::with_plugin().await, "");
    let parent = home.take_down("Situs lain diretas").unwrap();
    once(&home);
    let tickets = desk.tickets();
    let (from, into) = (
        of(&tickets, &child).number.clone(),
        of(&tickets, &parent).number.clone(),
    );
    desk.staff_merges(BELA, &from, &into);
    once(&home);
    once(&home);
    let gone = json(&home, &["case", "show", &child]);
    assert_eq!(gone["phase"], "duplicate", "{gone}");
    let out = events(&home, &child, "act", "dismissed");
    assert_eq!(out.len(), 1);
    assert_eq!(out[0]["of"], parent.as_str());
    assert_eq!(events(&home, &parent, "act", "linked").len(), 1);
    let before = of(&desk.tickets(), &parent).status;
    follow_up(&home, &child, "sesudahgabung");
    home.succeed(&["case", "reopen", &child, "--reason", "ternyata lain"])
        .unwrap();
    once(&home);
    let tickets = desk.tickets();
    let told = of(&tickets, &parent);
    let message = told
        .entries
        .iter()
        .filter(|entry| entry.body.contains("sesudahgabung"));
    assert_eq!(message.count(), 1, "{:?}", told.entries);
    assert_eq!(
        told.status, before,
        "the other case's ticket is not this one's to move"
    );
    assert_eq!(tickets.len(), 2, "no ticket was made anew");
    assert_eq!(
        json(&home, &["sync", "audit"])["drift"],
        serde_json::json!([])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_ticket_stays_deleted_and_its_case_goes_on() {
    let (desk, home, register) = reported_to(Standin::with_plugin().await, "");
    let number = of(&desk.tickets(), &register).number.clone();
    desk.staff_deletes(BELA, &number);
    once(&home);
    assert_eq!(events(&home, &register, "deed", "deleted").len(), 1);
    let close = [
        "case", "close", &register, "--result", "pulih", "--skip", "uji",
    ];
    home.succeed(&close).unwrap();
    follow_up(&home, &register, "sesudahhapus");
    once(&home);
    once(&home);
    let tickets = desk.tickets();
    assert!(tickets.len() == 1 && tickets[0].gone, "{tickets:?}");
    assert!(events(&home, &register, "what", "status_ordered").is_empty());
    let refused = events(&home, &register, "what", "message_refused");
    assert_eq!(
        refused.len(),
        1,
        "the follow-up is on the case, and says where it is not"
    );
    let why = refused[0]["why"].as_str().unwrap();
    assert!(
        why.contains("dihapus") && why.contains("case show"),
        "{why}"
    );
    let again = json(&home, &["case", "show", &register]);
    assert_eq!(again["phase"], "closed");
    assert_eq!(
        json(&home, &["sync", "audit"])["drift"],
        serde_json::json!([])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_lets_the_signed_letter_go_once() {
    for point in ["sync.before_commit", "sync.committed", "deliver.acted"] {
        let (desk, home, register) = reported_to(Standin::with_plugin().await, "");
        let number = of(&desk.tickets(), &register).number.clone();
        let (_, print) = issue(&home, "jawaban", &register, "555/0123/2026");
        desk.staff_writes(BELA, &number, "N", "#kirim");
        once(&home);
        once(&home);
        assert!(attached(&home).is_empty(), "{point}: nobody has signed it");
        let signed = sign(&print);
        home.succeed(&["letter", "signed", path(&signed)]).unwrap();
        desk.staff_writes(BELA, &number, "N", "#kirim 1");
        let mut killed = home.tanggap(&["run", "--once"]).unwrap();
        killed
            .env("TANGGAP_FAILPOINT", format!("{point}:1"))
            .output()
            .unwrap();
        once(&home);
        desk.staff_writes(BELA, &number, "N", "#kirim 1");
        once(&home);
        once(&home);
        let sent = attached(&home);
        assert_eq!(sent.len(), 1, "{point}");
        assert_eq!(
            sent[0].1,
            std::fs::read(&signed).unwrap(),
            "{point}: byte for byte"
        );
        let notes = of(&desk.tickets(), &register).entries.clone();
        let answers: Vec<String> = notes
            .into_iter()
            .filter(|entry| entry.kind == "N" && entry.staff != BELA && entry.title == "tanggap")
            .map(|entry| entry.body)
            .collect();
        assert_eq!(
            answers.len(),
            3,
            "{point}: each note is answered once: {answers:?}"
        );
        assert!(
            answers[0].contains("belum ditandatangani") || answers[0].contains("Tidak ada surat"),
            "{answers:?}"
        );
        assert!(answers[1].contains("Surat dilepas"), "{answers:?}");
        assert!(!answers[2].contains("Surat dilepas"), "{answers:?}");
        let told = json(&home, &["letter", "list", &register]);
        assert_eq!(told["letters"][0]["state"], "sent", "{point}");
    }
}
