//! Faults of the process and of the machine under it: a mail that kills or panics, too few file descriptors, a log that
//! nobody reads, a clock that jumps (`faults.md` 2.1, P3, P4, P5, P9, P10).

pub mod clock;

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;

use crate::daemon::Daemon;
use crate::end_to_end::until;

fn report(token: &str) -> Vec<u8> {
    format!(
        "Return-Path: <{token}@dinkes.batangkab.go.id>\r\nFrom: Pelapor <{token}@dinkes.batangkab.go.id>\r\n\
         To: csirt@batangkab.go.id\r\nSubject: Situs kami diretas {token}\r\nMessage-ID: <{token}@dinkes.batangkab.go.id>\r\n\
         Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n\
         Situs dinas kami diretas, halaman depan diganti gambar peretas {token}. Mohon bantuan Tim CSIRT.\r\n"
    )
    .into_bytes()
}

fn deliver(home: &Home, tokens: &[&str]) {
    for (number, token) in tokens.iter().enumerate() {
        home.deliver(
            &format!("{}.{token}.test", 1_700_000_000 + number),
            &report(token),
        )
        .unwrap();
    }
}

/// Every good token has its ticket and its letter; the bad mail is a ticket for a human with this reason, and nobody is answered.
fn the_bad_one_is_a_humans(home: &Home, desk: &Standin, good: &[&str], reason: &str) {
    let tickets = desk.tickets();
    for token in good {
        let of_it = tickets
            .iter()
            .filter(|ticket| ticket.subject.contains(token));
        assert_eq!(of_it.count(), 1, "{token}: {tickets:?}");
    }
    let humans: Vec<_> = tickets
        .iter()
        .filter(|ticket| ticket.subject.contains("PERLU DIBACA"))
        .collect();
    assert_eq!(
        (tickets.len(), humans.len()),
        (good.len() + 1, 1),
        "{tickets:?}"
    );
    assert!(humans[0].body().contains(reason), "{}", humans[0].body());
    assert_eq!(home.letters().unwrap().len(), good.len());
    let kept = home.succeed(&["journal", "--format", "json"]).unwrap();
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert_eq!(
        kept["mails"].as_array().unwrap().len(),
        good.len() + 1,
        "the raw mail is kept"
    );
}

/// P3: a mail that ends the process whenever it is read costs three lives; then it goes to a human unread, and its neighbours
/// are none the worse.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_kills_is_put_aside_after_three_deaths() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    deliver(&home, &["satu", "racun", "tiga"]);
    let mut deaths = 0;
    loop {
        let mut command = home.tanggap(&["run", "--once"]).unwrap();
        let ended = command
            .env("TANGGAP_FAILPOINT", "judge.reading:racun")
            .output()
            .unwrap();
        if ended.status.success() {
            break;
        }
        assert_eq!(
            ended.status.code(),
            None,
            "it dies as by a signal: {}",
            both(&ended)
        );
        deaths += 1;
        assert!(deaths < 10, "the poison kills for ever");
    }
    assert_eq!(deaths, 3);
    the_bad_one_is_a_humans(&home, &desk, &["satu", "tiga"], "program berhenti 3 kali");
}

/// P4: a panic in the reader ends with that mail; it goes to a human, the others are read, and the daemon lives. The panic is
/// told by the log.
#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_the_reader_costs_one_mail_its_reading() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    deliver(&home, &["satu", "racun", "tiga"]);
    let mut command = home.tanggap(&["run", "--once"]).unwrap();
    let ended = command
        .env("TANGGAP_FAILPOINT", "judge.reading:racun:panic")
        .output()
        .unwrap();
    let log = both(&ended);
    assert!(ended.status.success(), "{log}");
    let told = log
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let panics = told.filter(|line| line["message"].as_str().unwrap().contains("panicked"));
    assert_eq!(panics.count(), 1, "{log}");
    the_bad_one_is_a_humans(
        &home,
        &desk,
        &["satu", "tiga"],
        "program gagal membaca surel ini",
    );
}

/// After trouble channels and orders rest for up to half a minute; an operator need not wait for that.
fn try_again_now(home: &Home) {
    for channel in ["desk", "post"] {
        home.succeed(&["release", "--channel", channel]).unwrap();
    }
    let queue = home.succeed(&["queue", "--format", "json"]).unwrap();
    let queue: Value = serde_json::from_str(&queue).unwrap();
    for order in queue["orders"].as_array().unwrap() {
        if order["state"] == "due" {
            home.succeed(&["retry", order["key"].as_str().unwrap()])
                .unwrap();
        }
    }
}

/// P9: with no file descriptor to spare the daemon backs off and lives; nothing is lost, nothing is doubled.
#[tokio::test(flavor = "multi_thread")]
async fn few_file_descriptors_lose_nothing() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let names: Vec<String> = (0..30).map(|number| format!("token{number:02}x")).collect();
    let tokens: Vec<&str> = names.iter().map(String::as_str).collect();
    deliver(&home, &tokens);
    let mut daemon = home
        .tanggap(&["run"])
        .unwrap()
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // While it starts it may say no to want; at work it must not. All of the first mails are through, so that no open
    // connection lends its descriptor later: whatever the daemon opens from here on is refused.
    until("the first thirty are through", || {
        desk.tickets().len() == 30 && home.letters().unwrap().len() == 30
    });
    let pid = daemon.id().to_string();
    let limited = Command::new("prlimit")
        .args(["--pid", &pid, "--nofile=3:3"])
        .status();
    assert!(limited.unwrap().success());
    for number in 30..60 {
        let token = format!("token{number:02}x");
        home.deliver(&format!("1800000000.{token}.test"), &report(&token))
            .unwrap();
    }
    std::thread::sleep(Duration::from_secs(4));
    assert!(daemon.try_wait().unwrap().is_none(), "it lives");
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    let mut log = String::new();
    daemon
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut log)
        .unwrap();
    assert_eq!(daemon.wait().unwrap().code(), Some(0), "{log}");
    assert!(
        log.contains("Too many open files"),
        "the limit was felt: {log}"
    );
    try_again_now(&home);
    home.succeed(&["run", "--once"]).unwrap();
    let tickets = desk.tickets();
    for number in 0..60 {
        let token = format!("token{number:02}x");
        let of_it = tickets
            .iter()
            .filter(|ticket| ticket.subject.contains(&token));
        assert_eq!(of_it.count(), 1, "{token}");
    }
    assert_eq!((tickets.len(), home.letters().unwrap().len()), (60, 60));
}

/// P10: while nobody reads the log, its lines are dropped and counted, and mail goes its way; whoever reads again is told how
/// many are missing.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_nobody_reads_is_dropped_and_counted() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let (mut reader, mut full) = std::io::pipe().unwrap();
    full.write_all(&vec![b'x'; 65_536]).unwrap();
    let mut command = home.tanggap(&["run"]).unwrap();
    command
        .env("RUST_LOG", "trace")
        .env("TANGGAP_FAILPOINT", "judge.reading:racun:panic")
        .stderr(full);
    let mut daemon = Daemon::spawn(&home, &mut command).ready();
    drop(command);
    let names: Vec<String> = (0..150)
        .map(|number| format!("token{number:03}x"))
        .collect();
    let mut tokens: Vec<&str> = names.iter().map(String::as_str).collect();
    tokens.push("racun");
    deliver(&home, &tokens);
    let begun = Instant::now();
    while desk.tickets().len() < tokens.len() {
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "{} tickets",
            desk.tickets().len()
        );
        std::thread::sleep(Duration::from_millis(100));
    }
    let listener = std::thread::spawn(move || {
        let mut log = Vec::new();
        reader.read_to_end(&mut log).unwrap();
        String::from_utf8_lossy(&log).into_owned()
    });
    std::thread::sleep(Duration::from_millis(500));
    daemon.signal("TERM");
    assert_eq!(daemon.ended().0.code(), Some(0));
    let log = listener.join().unwrap();
    let dropped: u64 = log
        .split(" log lines were dropped")
        .filter_map(|before| before.rsplit('"').next()?.parse::<u64>().ok())
        .sum();
    assert!(
        dropped > 0,
        "the missing lines are counted: {}",
        &log[log.len().saturating_sub(2000)..]
    );
}
