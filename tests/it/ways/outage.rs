//! osTicket is away for a day. Mail is drained and receipts leave all the same; nobody knocks without end; and when it is back everything
//! catches up, the oldest first, few at a time.

use std::time::Duration;

use serde_json::Value;
use tanggap_tests::world::home::{Home, Plan};
use tanggap_tests::world::osticket::Standin;

use crate::end_to_end::until;
use crate::process::clock::Daemon;

const REPORTS: usize = 24;
const HOUR: i64 = 3600;

fn mail(number: usize, answers: Option<usize>) -> Vec<u8> {
    let from = answers.unwrap_or(number);
    let id = |number: usize| format!("<{number:02}@dinas.batangkab.go.id>");
    let thread = answers.map_or_else(String::new, |first| {
        format!("In-Reply-To: {0}\r\nReferences: {0}\r\n", id(first))
    });
    format!(
        "Return-Path: <budi{from}@dinas.batangkab.go.id>\r\nFrom: Budi <budi{from}@dinas.batangkab.go.id>\r\nTo: csirt@batangkab.go.id\r\n\
         Subject: Situs kami diretas nomor{number:02}\r\nMessage-ID: {}\r\n{thread}Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n\
         Situs dinas kami diretas, halaman depan diganti gambar peretas nomor{number:02}. Mohon bantuan Tim CSIRT.\r\n",
        id(number)
    )
    .into_bytes()
}

fn orders(home: &Home) -> Vec<Value> {
    let queue = home.succeed(&["queue", "--format", "json"]).unwrap();
    let queue: Value = serde_json::from_str(&queue).unwrap();
    queue["orders"].as_array().unwrap().clone()
}

/// One order at a time, so that their order can be told; osTicket's answers take as long as they take.
fn patient_home(desk: &Standin, at_once: usize) -> Home {
    let (url, key) = (desk.url(), desk.key());
    let home = Home::new(&Plan::embedded(&url, &key)).unwrap();
    let text = std::fs::read_to_string(home.config()).unwrap();
    let patient = format!("timeout = \"60s\"\nfence = \"120s\"\nat_once = {at_once}\n");
    let text = text.replace("timeout = \"1s\"\nfence = \"2s\"\n", &patient);
    std::fs::write(home.config(), text).unwrap();
    home
}

/// What a proxy, or osTicket itself, answers in the meantime.
fn away() -> (u16, String, String) {
    let body = "{\"error\":\"busy\",\"words\":\"maintenance\"}".to_owned();
    (503, body, "Retry-After: 600".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_day_without_osticket_everything_catches_up_oldest_first() {
    let desk = Standin::with_plugin().await;
    let home = patient_home(&desk, 1);
    let mut daemon = Daemon::start(&home);
    desk.set_up(|setup| setup.down = Some(away()));
    for number in 0..REPORTS {
        home.deliver(&format!("17000000{number:02}.a.test"), &mail(number, None))
            .unwrap();
        if number % 6 == 0 {
            daemon.set_clock(HOUR * i64::try_from(number).unwrap());
        }
    }
    until("receipts leave though osTicket is away", || {
        home.letters().unwrap().len() == REPORTS
    });
    let answers = [0, 5, 11];
    for (at, first) in answers.into_iter().enumerate() {
        let raw = mail(REPORTS + at, Some(first));
        home.deliver(&format!("18000000{at:02}.a.test"), &raw)
            .unwrap();
    }
    until("follow-ups are read", || {
        let waiting = orders(&home);
        let follow = waiting
            .iter()
            .filter(|order| order["key"].as_str().unwrap().contains("/message/"));
        follow.count() == answers.len()
    });
    for hour in 18..24 {
        daemon.set_clock(HOUR * hour);
        std::thread::sleep(Duration::from_millis(300));
    }
    assert!(desk.tickets().is_empty());
    let knocks = desk.turned_away();
    assert!(
        knocks < 200,
        "{knocks} requests to an osTicket that is away"
    );
    desk.set_up(|setup| setup.down = None);
    daemon.set_clock(HOUR * 25);
    until("everything catches up", || orders(&home).is_empty());
    daemon.end();
    caught_up(&desk, answers);
    assert_eq!(desk.peak(), 1, "one at a time, as configured");
}

fn caught_up(desk: &Standin, answers: [usize; 3]) {
    let tickets = desk.tickets();
    let opened: Vec<String> = tickets
        .iter()
        .map(|ticket| {
            ticket
                .subject
                .split("nomor")
                .nth(1)
                .unwrap_or("?")
                .to_owned()
        })
        .collect();
    let register = |subject: &str| subject.split([']', '[']).nth(1).unwrap_or("?").to_owned();
    let mut registers: Vec<String> = tickets
        .iter()
        .map(|ticket| register(&ticket.subject))
        .collect();
    let as_opened = registers.clone();
    registers.sort();
    assert_eq!(as_opened, registers, "the oldest first");
    assert_eq!(opened.len(), REPORTS, "{opened:?}");
    let messages = tickets.iter().flat_map(|ticket| {
        let kind = |entry: &&tanggap_tests::world::osticket::Entry| entry.kind == "M";
        let here = ticket.entries.iter().filter(kind);
        here.map(|entry| (ticket.subject.clone(), entry.body.clone()))
    });
    let messages: Vec<_> = messages.collect();
    for (at, first) in answers.into_iter().enumerate() {
        let token = format!("nomor{:02}", REPORTS + at);
        let mine = messages.iter().filter(|(_, body)| body.contains(&token));
        let into: Vec<_> = mine.map(|(subject, _)| subject.clone()).collect();
        assert_eq!(into.len(), 1, "{token}: {messages:?}");
        assert!(
            into[0].contains(&format!("nomor{first:02}")),
            "{token} in {into:?}"
        );
    }
}
