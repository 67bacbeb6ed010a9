//! The daemon on an unmodified osTicket whose database it may read: lost answers are looked up, staff reach their cases, a day's outage heals,
//! and what cannot be done there is said.

use std::time::Duration;

use serde_json::{Value, json};
use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::{Fault, Standin, Ticket};

use crate::daemon::Daemon;
use crate::end_to_end::until;
use crate::release::json;

const BELA: i64 = 3;

fn home(desk: &Standin) -> Home {
    let (url, key) = (desk.url(), desk.key());
    let home = Home::new(&Plan::embedded(&url, &key)).unwrap();
    home.reads(&desk.reader()).unwrap();
    home
}

fn once(home: &Home) {
    home.succeed(&["run", "--once"]).unwrap();
}

fn report(number: usize) -> Vec<u8> {
    format!(
        "Return-Path: <budi{number}@dinas.batangkab.go.id>\r\nFrom: Budi <budi{number}@dinas.batangkab.go.id>\r\nTo: csirt@batangkab.go.id\r\n\
         Subject: Situs kami diretas nomor{number:02}\r\nMessage-ID: <{number:02}@dinas.batangkab.go.id>\r\n\
         Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n\
         Situs dinas kami diretas, halaman depan diganti gambar peretas nomor{number:02}. Mohon bantuan Tim CSIRT.\r\n"
    )
    .into_bytes()
}

fn deliver(home: &Home, numbers: std::ops::Range<usize>) {
    for number in numbers {
        home.deliver(&format!("17000000{number:02}.a.test"), &report(number))
            .unwrap();
    }
}

fn orders(home: &Home) -> Vec<Value> {
    let queue = json(home, &["queue"]);
    queue["orders"].as_array().unwrap().clone()
}

fn both_sides_are_equal(home: &Home) -> bool {
    json(home, &["sync", "audit"])["drift"] == json!([])
}

fn of(tickets: &[Ticket], number: usize) -> Vec<&Ticket> {
    let token = format!("nomor{number:02}");
    let named = tickets
        .iter()
        .filter(|ticket| ticket.subject.contains(&token));
    named.collect()
}

/// Answers that say nothing of what was done.
fn ambiguous() -> Vec<Fault> {
    let page = "<br />\n<b>Fatal error</b>: Uncaught".to_owned();
    vec![
        Fault::ResetAfter,
        Fault::AnswerAfter(502, "<html>Bad Gateway</html>".to_owned()),
        Fault::ResetBefore,
        Fault::AnswerAfter(200, page),
        Fault::AnswerAfter(201, String::new()),
        Fault::StallAfter(Duration::from_secs(5)),
        Fault::EndlessAfter,
        // Everything but the last event is written.
        Fault::DieAtStep(6),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_looked_up_and_there_is_one_ticket_a_report() {
    let desk = Standin::with_database().await;
    let home = home(&desk);
    let faults = ambiguous();
    let reports = faults.len() * 2;
    desk.meet(faults);
    deliver(&home, 0..reports);
    let daemon = Daemon::start(&home).ready();
    until("nothing waits", || {
        home.letters().unwrap().len() == reports && orders(&home).is_empty()
    });
    until("every ticket is linked", || both_sides_are_equal(&home));
    drop(daemon);
    let tickets = desk.tickets();
    for number in 0..reports {
        let made = of(&tickets, number);
        assert_eq!(made.len(), 1, "nomor{number:02}: {made:?}");
        assert!(!made[0].is_husk(), "{made:?}");
    }
    assert_eq!(tickets.len(), reports);
    let cases = json(&home, &["case", "list"]);
    for case in cases["cases"].as_array().unwrap() {
        let shown = json(&home, &["case", "show", case["register"].as_str().unwrap()]);
        let number = shown["ticket"].as_str().unwrap_or_default();
        let its_own = tickets.iter().find(|ticket| ticket.number == number);
        let register = case["register"].as_str().unwrap();
        assert!(
            its_own.is_some_and(|ticket| ticket.subject.contains(register)),
            "{shown}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_osticket_left_half_made_waits_for_a_human_who_is_told_its_number() {
    let desk = Standin::with_database().await;
    let home = home(&desk);
    desk.meet([Fault::DieAtStep(2)]);
    deliver(&home, 0..1);
    let daemon = Daemon::start(&home).ready();
    until("a human is asked", || {
        let waiting = orders(&home);
        waiting.iter().any(|order| order["state"] == "held")
    });
    drop(daemon);
    let tickets = desk.tickets();
    assert_eq!(tickets.len(), 1, "{tickets:?}");
    let said = orders(&home)[0].to_string();
    assert!(
        said.contains(&tickets[0].number) && said.contains("tanggap release"),
        "{said}"
    );
}

/// The case's deeds of osTicket's staff, in order: what, and by whom.
fn deeds(home: &Home, register: &str) -> Vec<Value> {
    let shown = json(home, &["case", "show", register]);
    let events = shown["events"].as_array().unwrap().clone();
    let told = events.into_iter().map(|event| event["event"].clone());
    told.filter(|event| event["what"] == "in_desk").collect()
}

fn register(home: &Home, at: usize) -> String {
    let cases = json(home, &["case", "list"]);
    let mut registers: Vec<String> = cases["cases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["register"].as_str().unwrap().to_owned())
        .collect();
    registers.sort();
    registers[at].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_do_reaches_the_case_once_and_in_order() {
    let desk = Standin::with_database().await;
    let home = home(&desk);
    deliver(&home, 0..1);
    once(&home);
    let register = register(&home, 0);
    let number = desk.tickets()[0].number.clone();
    for (field, value) in [
        (("priority", ""), json!(4)),
        (("status", ""), json!(6)),
        (("department", ""), json!(2)),
        (("agent", ""), json!(BELA)),
        (("topic", ""), json!(2)),
        (("field", "sistem"), json!("web & basis data")),
    ] {
        desk.staff_sets(BELA, &number, field, &value);
    }
    desk.staff_writes(BELA, &number, "N", "catatan <b>staf</b> & lain");
    desk.staff_writes(BELA, &number, "R", "jawaban staf");
    desk.staff_sets(1, &number, ("status", ""), &json!(3));
    desk.staff_sets(1, &number, ("reopen", ""), &json!(1));
    once(&home);
    once(&home);
    let told = deeds(&home, &register);
    let texts: Vec<&str> = told
        .iter()
        .filter_map(|deed| deed["text"].as_str())
        .collect();
    assert_eq!(
        texts,
        ["catatan <b>staf</b> & lain", "jawaban staf"],
        "{told:?}"
    );
    let all = serde_json::to_string(&told).unwrap();
    for word in [
        "Emergency",
        "Penanganan",
        "Sales",
        "Feedback",
        "web & basis data",
        "Closed",
        "Bela Staf",
        "Ada Admin",
    ] {
        assert!(all.contains(word), "{word}: {all}");
    }
    let count = told.len();
    once(&home);
    assert_eq!(deeds(&home, &register).len(), count, "each once");
    assert!(both_sides_are_equal(&home));
}

#[tokio::test(flavor = "multi_thread")]
async fn merged_and_deleted_tickets_are_told_to_their_cases() {
    let desk = Standin::with_database().await;
    let home = home(&desk);
    deliver(&home, 0..3);
    once(&home);
    let tickets = desk.tickets();
    let number = |at: usize| of(&tickets, at)[0].number.clone();
    let case_of = |at: usize| {
        let subject = &of(&tickets, at)[0].subject;
        subject.split([']', '[']).nth(1).unwrap().to_owned()
    };
    desk.staff_merges(BELA, &number(1), &number(0));
    desk.staff_deletes(BELA, &number(2));
    once(&home);
    once(&home);
    let merged = json(&home, &["case", "show", &case_of(1)]);
    assert_eq!(merged["phase"], "duplicate", "{merged}");
    let deleted = deeds(&home, &case_of(2));
    let gone = deleted.iter().filter(|deed| deed["deed"] == "deleted");
    assert_eq!(gone.count(), 1, "{deleted:?}");
    assert!(both_sides_are_equal(&home));
    assert_eq!(desk.tickets().len(), 3, "nothing was made anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_without_osticket_and_its_database_heals() {
    let mut desk = Standin::with_database().await;
    let home = home(&desk);
    deliver(&home, 0..1);
    once(&home);
    let first = desk.tickets()[0].number.clone();
    let away = (503, "maintenance".to_owned(), "Retry-After: 600".to_owned());
    desk.set_up(|setup| setup.down = Some(away));
    desk.database().stop();
    let mut daemon = crate::process::clock::Daemon::start(&home);
    deliver(&home, 1..9);
    until("receipts leave though osTicket is away", || {
        home.letters().unwrap().len() == 9
    });
    for hour in [6, 12, 18, 24] {
        daemon.set_clock(3600 * hour);
        std::thread::sleep(Duration::from_millis(300));
    }
    assert_eq!(desk.tickets().len(), 1);
    desk.database().start_again().unwrap();
    desk.set_up(|setup| setup.down = None);
    desk.staff_writes(BELA, &first, "N", "sesudah gangguan");
    daemon.set_clock(3600 * 25);
    let case = register(&home, 0);
    until("everything catches up", || {
        orders(&home).is_empty() && deeds(&home, &case).len() == 1
    });
    until("both sides are equal", || both_sides_are_equal(&home));
    daemon.end();
    let tickets = desk.tickets();
    for number in 0..9 {
        assert_eq!(of(&tickets, number).len(), 1, "{tickets:?}");
    }
}

fn doctor(home: &Home) -> (Option<i32>, String) {
    let output = home.tanggap(&["doctor"]).unwrap().output().unwrap();
    (output.status.code(), both(&output))
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_says_what_this_way_cannot_do_and_what_is_wrong_there() {
    let mut desk = Standin::with_database().await;
    let home = home(&desk);
    let (code, said) = doctor(&home);
    assert_eq!(code, Some(0), "{said}");
    for words in [
        "hanya baca",
        "tidak dapat ditulis ke tiket",
        "pasang plugin",
        "berselisih",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    desk.set_up(|setup| {
        setup.polls = vec!["CSIRT@batangkab.go.id".to_owned()];
        setup.max_open_tickets = 3;
    });
    let (code, said) = doctor(&home);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("mengambil surel") && said.contains("max_open_tickets = 3"),
        "{said}"
    );
    home.secret("reader.password", "SALAH").unwrap();
    let (code, said) = doctor(&home);
    assert!(code == Some(1) && said.contains("GRANT SELECT"), "{said}");
    desk.database().stop();
    let (code, said) = doctor(&home);
    assert!(code == Some(1) && said.contains("tidak menjawab"), "{said}");
}
