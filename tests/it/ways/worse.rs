//! Later mails with worse news raise a case and its ticket's priority, as long as no person has judged either.

use serde_json::Value;
use tanggap_tests::world::home::{Home, Plan};
use tanggap_tests::world::osticket::{Standin, Ticket};

use crate::release::json;

const LOW: i64 = 1;
const HIGH: i64 = 3;
const REPORTER: &str = "budi@dinkes.batangkab.go.id";
const SCAN: &str = "Mohon info, ada percobaan pemindaian port ke server kami, tidak ada dampak.";
const LEAK: &str = "Ternyata data pasien 10.000 warga ikut bocor dan dijual di forum.";

/// Brings a mail, which nobody reads yet; all but the first answer the first.
fn bring(home: &Home, token: &str, text: &str) {
    let thread = match token {
        "satu" => "",
        _ => "In-Reply-To: <satu@dinkes.batangkab.go.id>\r\n",
    };
    let mail = format!(
        "Return-Path: <{REPORTER}>\r\nFrom: Budi <{REPORTER}>\r\nTo: csirt@batangkab.go.id\r\nSubject: Laporan {token}\r\n\
         Message-ID: <{token}@dinkes.batangkab.go.id>\r\n{thread}Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n{text}\r\n"
    );
    home.deliver(&format!("{token}.test"), mail.as_bytes())
        .unwrap();
}

fn deliver(home: &Home, token: &str, text: &str) {
    bring(home, token, text);
    once(home);
}

fn once(home: &Home) {
    home.succeed(&["run", "--once"]).unwrap();
}

/// A case of a harmless scan, with its ticket.
fn reported(desk: &Standin) -> (Home, String) {
    let (url, key) = (desk.url(), desk.key());
    let home = Home::new(&Plan::embedded(&url, &key)).unwrap();
    let text = std::fs::read_to_string(home.config()).unwrap();
    let levels = "fence = \"2s\"\npriority_low = 1\npriority_medium = 2\npriority_high = 3\n";
    std::fs::write(home.config(), text.replace("fence = \"2s\"\n", levels)).unwrap();
    once(&home);
    deliver(&home, "satu", SCAN);
    once(&home);
    assert_eq!(ticket(desk).priority, LOW);
    let register = json(&home, &["case", "list"])["cases"][0]["register"].clone();
    (home, register.as_str().unwrap().to_owned())
}

fn ticket(desk: &Standin) -> Ticket {
    let mut tickets = desk.tickets();
    assert_eq!(tickets.len(), 1, "{tickets:?}");
    tickets.remove(0)
}

/// Notes of ours that tell of it.
fn told(desk: &Standin) -> Vec<String> {
    let notes = ticket(desk).entries.into_iter();
    let telling = notes.filter(|entry| entry.kind == "N" && entry.title.contains("naik menjadi"));
    telling.map(|entry| entry.body).collect()
}

fn severity(home: &Home, register: &str) -> Value {
    json(home, &["case", "show", register])["severity"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn worse_news_raises_the_case_and_the_priority_once_and_says_why() {
    let desk = Standin::with_plugin().await;
    let (home, register) = reported(&desk);
    deliver(&home, "dua", "Berikut log kami, terima kasih.");
    assert_eq!(severity(&home, &register), "low", "that was no worse news");
    deliver(&home, "tiga", LEAK);
    once(&home);
    assert_eq!(severity(&home, &register), "high");
    assert_eq!(ticket(&desk).priority, HIGH);
    deliver(&home, "empat", LEAK);
    deliver(&home, "lima", SCAN);
    assert_eq!(
        severity(&home, &register),
        "high",
        "later calm lowers nothing"
    );
    assert_eq!(ticket(&desk).priority, HIGH);
    let notes = told(&desk);
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert!(
        notes[0].contains("dari low menjadi high")
            && notes[0].contains("#tingkat")
            && notes[0].contains("Data pribadi"),
        "{notes:?}"
    );
    let book = json(&home, &["books", "register"]).to_string();
    assert!(book.contains("dinaikkan karena susulan"), "{book}");
    let misfires = json(&home, &["rules", "misfires"]).to_string();
    assert!(
        !misfires.contains(&register),
        "no person has said that the first mail was misjudged: {misfires}"
    );
    assert_eq!(
        json(&home, &["sync", "audit"])["drift"],
        serde_json::json!([])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_set_the_priority_or_confirmed_the_case_has_the_last_word() {
    let desk = Standin::with_plugin().await;
    let (home, register) = reported(&desk);
    let number = ticket(&desk).number;
    desk.staff_sets(3, &number, ("priority", ""), &serde_json::json!(2));
    once(&home);
    deliver(&home, "dua", LEAK);
    once(&home);
    assert_eq!(ticket(&desk).priority, 2, "the agent's word stands");
    assert!(told(&desk).is_empty());
    assert_ne!(severity(&home, &register), "high");

    let desk = Standin::with_plugin().await;
    let (home, register) = reported(&desk);
    home.succeed(&["case", "triage", &register, "--reason", "diperiksa"])
        .unwrap();
    deliver(&home, "dua", LEAK);
    once(&home);
    assert_eq!(severity(&home, &register), "low");
    assert_eq!((ticket(&desk).priority, told(&desk).len()), (LOW, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_dies_between_it_rises_once() {
    for point in [
        "judge.before_commit",
        "judge.committed",
        "deliver.acted",
        "deliver.committed",
    ] {
        let desk = Standin::with_plugin().await;
        let (home, register) = reported(&desk);
        bring(&home, "dua", LEAK);
        let mut killed = home.tanggap(&["run", "--once"]).unwrap();
        killed
            .env("TANGGAP_FAILPOINT", format!("{point}:1"))
            .output()
            .unwrap();
        once(&home);
        once(&home);
        assert_eq!(severity(&home, &register), "high", "{point}");
        assert_eq!(ticket(&desk).priority, HIGH, "{point}");
        assert_eq!(told(&desk).len(), 1, "{point}");
    }
}
