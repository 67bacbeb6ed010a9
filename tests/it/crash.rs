//! kill -9 at every named step of the path, then a restart: the world is as if nothing had happened.
//!
//! Counted in the stand-in (tickets), in the letters' directory, and in the Maildir; never in the daemon's own tables.
//! Where an outcome cannot be known the daemon holds the order, and an operator does what its words say: look, then
//! `release` or `retry`. The operator here looks only at what a person could see.

mod random;

use std::os::unix::process::ExitStatusExt;

use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;

/// Kills per step. A step that is passed once a mail is met by a new mail each time.
const KILLS: usize = 20;

/// Every named step, in the order of the flow, and at which pass to die: the second pass of the deliver steps is the letter's.
const STEPS: [(&str, u32); 18] = [
    ("fetch.before_keep", 1),
    ("journal.before_commit", 1),
    ("journal.after_commit", 1),
    ("fetch.after_keep", 1),
    ("fetch.before_settle", 1),
    ("fetch.after_settle", 1),
    ("judge.claimed", 1),
    ("judge.read", 1),
    ("judge.before_commit", 1),
    ("judge.committed", 1),
    ("deliver.claimed", 1),
    ("deliver.claimed", 2),
    ("deliver.acted", 1),
    ("deliver.acted", 2),
    ("deliver.before_commit", 1),
    ("deliver.before_commit", 2),
    ("deliver.committed", 1),
    ("deliver.committed", 2),
];

fn mail(token: &str) -> Vec<u8> {
    format!(
        "Return-Path: <{token}@dinkes.batangkab.go.id>\r\nFrom: Pelapor {token} <{token}@dinkes.batangkab.go.id>\r\n\
         To: csirt@batangkab.go.id\r\nSubject: Situs kami diretas {token}\r\nMessage-ID: <{token}@dinkes.batangkab.go.id>\r\n\
         Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n\
         Yth. Tim CSIRT,\r\n\r\nSitus dinas kami diretas, halaman depan diganti gambar peretas {token}. Mohon bantuan.\r\n"
    )
    .into_bytes()
}

/// Runs until nothing is left to do; with a failpoint it is expected to die there.
fn run_once(home: &Home, failpoint: Option<&str>) -> bool {
    let mut command = home.tanggap(&["run", "--once"]).unwrap();
    if let Some(failpoint) = failpoint {
        command.env("TANGGAP_FAILPOINT", failpoint);
    }
    let output = command.output().unwrap();
    let killed = output.status.signal().is_some();
    assert!(
        killed || output.status.success(),
        "ended with {}:\n{}",
        output.status,
        both(&output)
    );
    killed
}

/// Does with held orders what `tanggap queue` asks of a person.
fn operator(home: &Home, desk: &Standin) {
    let queue: serde_json::Value =
        serde_json::from_str(&home.succeed(&["queue", "--format", "json"]).unwrap()).unwrap();
    for order in queue["orders"].as_array().unwrap() {
        assert_eq!(
            order["state"], "held",
            "only held orders wait after a quiet end: {order}"
        );
        let key = order["key"].as_str().unwrap();
        let register = key.split('/').next().unwrap();
        let seen = desk
            .tickets()
            .into_iter()
            .find(|ticket| ticket.subject.contains(register));
        match seen {
            Some(ticket) => home
                .succeed(&["release", key, "--ticket", &ticket.number])
                .unwrap(),
            None => home.succeed(&["retry", key]).unwrap(),
        };
    }
}

/// What must be in the world for these tokens, however the daemon died on the way.
fn assert_world(home: &Home, desk: &Standin, tokens: &[String], step: &str) {
    let tickets = desk.tickets();
    let letters = home.letters().unwrap();
    for token in tokens {
        let opened = tickets
            .iter()
            .filter(|ticket| ticket.subject.contains(token.as_str()))
            .count();
        assert_eq!(opened, 1, "{step}: tickets for {token}");
        let answered = letters
            .iter()
            .filter(|(_, text)| {
                text.contains(&format!("To: {token}@")) || text.contains(&format!("<{token}@"))
            })
            .count();
        assert_eq!(answered, 1, "{step}: letters for {token}");
    }
    assert_eq!(tickets.len(), tokens.len(), "{step}: no ticket too many");
    assert_eq!(letters.len(), tokens.len(), "{step}: no letter too many");
    let marked = std::fs::read_dir(home.path().join("maildir/cur"))
        .unwrap()
        .count();
    assert_eq!(
        marked,
        tokens.len(),
        "{step}: every mail is marked, none is gone"
    );
}

/// Kills one step `KILLS` times, a new mail each time, and looks at the world in the end.
fn survive(step: &str, nth: u32) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let desk = runtime.block_on(Standin::start());
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let mut tokens = Vec::new();
    let mut killed = 0;
    for kill in 0..KILLS {
        let token = format!("token{kill:03}x");
        home.deliver(&format!("1700000000.{kill}.test"), &mail(&token))
            .unwrap();
        tokens.push(token);
        killed += usize::from(run_once(&home, Some(&format!("{step}:{nth}"))));
        run_once(&home, None);
        operator(&home, &desk);
        run_once(&home, None);
    }
    assert_eq!(killed, KILLS, "{step}:{nth}: every kill met a live step");
    assert_world(&home, &desk, &tokens, step);
    home.succeed(&["run", "--once"]).unwrap();
    assert_world(&home, &desk, &tokens, step);
}

macro_rules! steps {
    ($($name:ident = $index:literal),* $(,)?) => {
        $(#[test] fn $name() { let (step, nth) = STEPS[$index]; survive(step, nth); })*
        /// A step that is added above without a test of its own is noticed.
        #[test]
        fn every_step_has_its_test() { assert_eq!(STEPS.len(), [$($index),*].len()); }
    };
}

/// Steps beside the way of a mail: a clerk's deed and what came back from osTicket, each one transaction.
const ELSEWHERE: [&str; 11] = [
    "remind.before_commit",
    "remind.committed",
    "letter.offered",
    "letter.before_commit",
    "letter.committed",
    "retention.before_commit",
    "retention.committed",
    "staff.before_commit",
    "staff.committed",
    "sync.before_commit",
    "sync.committed",
];

/// A step that the daemon passes and nobody kills would prove nothing.
#[test]
fn every_step_in_the_daemon_is_killed() {
    let mut folders = vec![std::path::PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../daemon/src"
    ))];
    let mut passed = std::collections::BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).unwrap().flatten() {
            if file.path().is_dir() {
                folders.push(file.path());
                continue;
            }
            let text = std::fs::read_to_string(file.path()).unwrap();
            let names = text.split("failpoint::pass(\"").skip(1);
            passed.extend(names.map(|rest| rest.split('"').next().unwrap().to_owned()));
        }
    }
    let killed = STEPS.iter().map(|(step, _)| *step).chain(ELSEWHERE);
    assert_eq!(passed, killed.map(str::to_owned).collect());
}

steps! {
    fetch_before_keep = 0, journal_before_commit = 1, journal_after_commit = 2, fetch_after_keep = 3,
    fetch_before_settle = 4, fetch_after_settle = 5, judge_claimed = 6, judge_read = 7, judge_before_commit = 8,
    judge_committed = 9, deliver_claimed_first = 10, deliver_claimed_second = 11, deliver_acted_first = 12,
    deliver_acted_second = 13, deliver_before_commit_first = 14, deliver_before_commit_second = 15,
    deliver_committed_first = 16, deliver_committed_second = 17,
}
