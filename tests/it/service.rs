//! The daemon as its service manager sees it: ready, watched, reloaded, stopped.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use sqlx::Connection;
use tanggap_tests::world::home::{Home, Plan, both};

use crate::daemon::{Daemon, PATIENCE};

fn home() -> Home {
    Home::new(&Plan::embedded("http://127.0.0.1:9/", "kunci")).unwrap()
}

#[test]
fn it_is_ready_and_ends_on_sigterm_with_zero() {
    let home = home();
    let mut daemon = Daemon::start(&home).ready();
    daemon.signal("TERM");
    daemon.hears("STOPPING=1");
    let (status, log) = daemon.ended();
    assert_eq!(status.code(), Some(0), "{log}");
    for line in log.lines() {
        let read: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        assert!(read["time"].as_str().unwrap().ends_with("+07:00"), "{line}");
    }
    assert!(
        log.contains("\"ready\"") && log.contains("SIGTERM"),
        "{log}"
    );
}

#[test]
fn it_feeds_the_watchdog() {
    let home = home();
    let mut daemon = Daemon::start_with(&home, &[("WATCHDOG_USEC", "400000")]).ready();
    daemon.hears("WATCHDOG=1");
    daemon.hears("WATCHDOG=1");
    daemon.signal("INT");
    assert_eq!(daemon.ended().0.code(), Some(0));
}

#[test]
fn it_says_how_things_stand() {
    let home = home();
    let mut daemon = Daemon::start(&home);
    daemon.hears("STATUS=0 surel di jurnal");
    daemon.signal("TERM");
    assert_eq!(daemon.ended().0.code(), Some(0));
}

/// A bad set of rules is refused and the old one stays; a good one is taken.
#[test]
fn sighup_reads_the_rules_again() {
    let home = home();
    let rules = home.path().join("rules");
    std::fs::create_dir(&rules).unwrap();
    let mut text = std::fs::read_to_string(home.config()).unwrap();
    text.push_str("[rules]\nfolder = \"rules\"\n");
    std::fs::write(home.config(), text).unwrap();
    let mut daemon = Daemon::start(&home).ready();
    std::fs::write(rules.join("sendiri.toml"), "ini bukan aturan\n").unwrap();
    daemon.signal("HUP");
    daemon.hears("RELOADING=1");
    std::thread::sleep(Duration::from_millis(300));
    std::fs::remove_file(rules.join("sendiri.toml")).unwrap();
    daemon.signal("HUP");
    daemon.hears("READY=1");
    std::thread::sleep(Duration::from_millis(300));
    daemon.signal("TERM");
    let (status, log) = daemon.ended();
    assert_eq!(status.code(), Some(0));
    let refused = log
        .find("the old ones stay in force")
        .unwrap_or_else(|| panic!("{log}"));
    let taken = log
        .find("the new ones are in force")
        .unwrap_or_else(|| panic!("{log}"));
    assert!(refused < taken && log.contains("sendiri.toml:1:"), "{log}");
}

/// Which rule set the journal's newest mail was judged by, and how heavy it was found.
fn newest(home: &Home) -> (String, String) {
    let told = home.succeed(&["journal", "--format", "json"]).unwrap();
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    let mail = told["mails"].as_array().unwrap().last().cloned();
    let mail = mail.unwrap_or_default();
    let field = |name: &str| mail[name].as_str().unwrap_or_default().to_owned();
    (field("ruleset"), field("severity"))
}

/// Nobody sends a signal: a changed file is noticed. A set that fails its own tests is refused, and the health says so.
#[test]
fn a_changed_rule_file_is_noticed_and_one_that_fails_its_tests_refused() {
    const RULE: &str = "[words]\nsawah-kami = [\"sawah\"]\n[[rule]]\nname = \"sawah\"\nseverity = \"high\"\nfirm = true\nreason = \"Sawah.\"\nany = [\"sawah-kami\"]\n[[rule.test]]\n";
    let home = home();
    let rules = home.path().join("rules");
    std::fs::create_dir(&rules).unwrap();
    let mut text = std::fs::read_to_string(home.config()).unwrap();
    text.push_str("[rules]\nfolder = \"rules\"\n");
    std::fs::write(home.config(), text).unwrap();
    let mut daemon = Daemon::start(&home).ready();

    let failing = format!("{RULE}text = \"Situs kami diretas.\"\n");
    std::fs::write(rules.join("a.toml"), failing).unwrap();
    daemon.hears("aturan baru DITOLAK, yang lama tetap berlaku: 1 dari");
    let doctor = home.tanggap(&["doctor"]).unwrap().output().unwrap();
    assert!(
        both(&doctor).contains("uji aturan `sawah`"),
        "{}",
        both(&doctor)
    );
    assert_eq!(doctor.status.code(), Some(1));
    let check = home.tanggap(&["check"]).unwrap().output().unwrap();
    assert_eq!(check.status.code(), Some(78), "{}", both(&check));
    deliver_and_wait(&home, 1);
    let (old, severity) = newest(&home);
    assert_eq!(severity, "medium", "the old rules judge on");

    let good = format!("{RULE}text = \"Situs sawah kami diretas.\"\n");
    std::fs::write(rules.join("a.toml"), good).unwrap();
    let begun = Instant::now();
    let mut number = 1;
    while newest(&home).1 != "high" {
        assert!(begun.elapsed() < PATIENCE * 2, "the new rules never judged");
        number += 1;
        deliver_and_wait(&home, number);
    }
    let (new, _) = newest(&home);
    assert!(new != old && !new.is_empty(), "{old} {new}");
    daemon.signal("TERM");
    let (status, log) = daemon.ended();
    assert_eq!(status.code(), Some(0));
    assert!(log.contains("the new ones are in force"), "{log}");
}

/// Assets and offices are looked at again as rules are: a good list is used for the next mail, a bad one refused, and the health
/// says so in words.
#[test]
fn a_changed_list_is_noticed_and_a_bad_one_refused() {
    const HEAD: &str = "nama;nama_lain;pemilik;layanan_inti\n";
    let home = home();
    let assets = home.path().join("aset.csv");
    std::fs::write(&assets, HEAD).unwrap();
    let text = std::fs::read_to_string(home.config()).unwrap();
    let text = text.replace("[site]\n", "[site]\nassets = \"aset.csv\"\n");
    let rule = "[[rule]]\nname = \"inti\"\nseverity = \"high\"\nfirm = true\nreason = \"Inti.\"\nany = [\"asset: core\"]\n";
    std::fs::create_dir(home.path().join("rules")).unwrap();
    std::fs::write(home.path().join("rules/a.toml"), rule).unwrap();
    std::fs::write(
        home.config(),
        format!("{text}[rules]\nfolder = \"rules\"\n"),
    )
    .unwrap();
    let mut daemon = Daemon::start(&home).ready();
    deliver_and_wait(&home, 1);
    assert_eq!(newest(&home).1, "medium");

    std::fs::write(&assets, format!("{HEAD}Sawah Digital;;Dispertan;kadang\n")).unwrap();
    daemon.hears("`kadang` bukan ya atau tidak");
    deliver_and_wait(&home, 2);
    assert_eq!(newest(&home).1, "medium", "the old list is still used");
    let explained = home.tanggap(&["explain", "1"]).unwrap().output().unwrap();
    assert_eq!(explained.status.code(), Some(78), "{}", both(&explained));
    assert!(
        both(&explained).contains("aset.csv:2:"),
        "{}",
        both(&explained)
    );

    std::fs::write(
        &assets,
        format!("{HEAD}Sawah Digital;situs sawah;Dispertan;ya\n"),
    )
    .unwrap();
    let begun = Instant::now();
    let mut number = 2;
    while newest(&home).1 != "high" {
        assert!(
            begun.elapsed() < PATIENCE * 2,
            "the new list was never used"
        );
        number += 1;
        deliver_and_wait(&home, number);
    }
    daemon.signal("TERM");
    let (status, log) = daemon.ended();
    assert_eq!(status.code(), Some(0));
    assert!(
        log.contains("the new lists are refused") && log.contains("aset.csv:2:"),
        "{log}"
    );
}

/// A report about a rice field's site, and the moment at which it is judged.
fn deliver_and_wait(home: &Home, number: usize) {
    let text = String::from_utf8_lossy(REPORT).replace("<1@", &format!("<{number}@"));
    let text = text.replace("Situs dinas", &format!("Situs sawah {number}"));
    home.deliver(&format!("{number}.sawah"), text.as_bytes())
        .unwrap();
    let begun = Instant::now();
    loop {
        let told = home.succeed(&["journal", "--format", "json"]).unwrap();
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        if told["entries"].as_u64() >= Some(number as u64) && told["unread"] == 0 {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "mail {number} was never judged");
        std::thread::sleep(Duration::from_millis(300));
    }
}

#[test]
fn a_second_daemon_on_the_same_file_is_told_to_come_back_later() {
    let home = home();
    let mut first = Daemon::start(&home).ready();
    let second = home.tanggap(&["run"]).unwrap().output().unwrap();
    let said = both(&second);
    assert_eq!(second.status.code(), Some(75), "{said}");
    assert!(said.contains("sedang dipakai tanggap lain"), "{said}");
    first.signal("TERM");
    assert_eq!(first.ended().0.code(), Some(0));
    let mut third = Daemon::start(&home).ready();
    third.signal("TERM");
    assert_eq!(
        third.ended().0.code(),
        Some(0),
        "the lock ends with its holder"
    );
}

/// Nobody reads the log, and its pipe is full from the start: the daemon works and stops all the same.
#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    let home = home();
    let (_reader, mut full) = std::io::pipe().unwrap();
    full.write_all(&vec![b'x'; 65_536]).unwrap();
    let mut daemon = Daemon::start_into(&home, full.into()).ready();
    daemon.hears("STATUS=");
    daemon.signal("TERM");
    daemon.hears("STOPPING=1");
    let (status, _) = daemon.ended();
    assert_eq!(status.code(), Some(0), "{status}");
}

/// An osTicket that takes every ticket and never says a word; who only looks whether our plugin is there is told no.
fn silent_desk() -> (String, Receiver<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let (taken, connections) = channel();
    std::thread::spawn(move || {
        while let Ok((mut connection, _)) = listener.accept() {
            let mut verb = [0; 4];
            if connection.read_exact(&mut verb).is_err() {
                continue;
            }
            if &verb == b"POST" {
                let _ = taken.send(connection);
            } else {
                let _ = connection.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 17\r\nConnection: close\r\n\r\nURL not supported");
            }
        }
    });
    (url, connections)
}

const REPORT: &[u8] = b"Return-Path: <a@dinkes.batangkab.go.id>\r\nFrom: Pelapor <a@dinkes.batangkab.go.id>\r\n\
To: csirt@batangkab.go.id\r\nSubject: Situs kami diretas\r\nMessage-ID: <1@dinkes.batangkab.go.id>\r\n\
Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\nSitus dinas kami diretas, halaman depan diganti gambar peretas.\r\n";

/// A daemon in the middle of a request that is never answered; osTicket may take up to `timeout`.
fn in_the_middle(timeout: &str) -> (Home, Daemon, TcpStream) {
    let (url, connections) = silent_desk();
    let home = Home::new(&Plan::embedded(&url, "kunci")).unwrap();
    let text = std::fs::read_to_string(home.config()).unwrap();
    let times = format!("timeout = \"{timeout}\"\nfence = \"2m\"");
    let patient = text.replace("timeout = \"1s\"\nfence = \"2s\"", &times);
    assert_ne!(patient, text);
    std::fs::write(home.config(), patient).unwrap();
    home.deliver("1.test", REPORT).unwrap();
    let daemon = Daemon::start(&home).ready();
    let connection = connections
        .recv_timeout(PATIENCE)
        .expect("the daemon asks osTicket");
    (home, daemon, connection)
}

/// SIGTERM: what is begun is finished and recorded.
#[test]
fn sigterm_drains() {
    let (home, mut daemon, _connection) = in_the_middle("3s");
    daemon.signal("TERM");
    let (status, log) = daemon.ended();
    assert_eq!(status.code(), Some(0), "{log}");
    let queue = home.succeed(&["queue", "--format", "json"]).unwrap();
    let queue: serde_json::Value = serde_json::from_str(&queue).unwrap();
    let orders = queue["orders"].as_array().unwrap();
    let ticket = orders
        .iter()
        .find(|order| order["channel"] == "desk")
        .unwrap();
    assert_eq!(
        ticket["state"], "unknown",
        "sent, never answered, and that is on record: {queue}"
    );
}

/// A second SIGTERM: now.
#[test]
fn a_second_sigterm_ends_at_once() {
    let (_home, mut daemon, _connection) = in_the_middle("60s");
    daemon.signal("TERM");
    daemon.hears("STOPPING=1");
    std::thread::sleep(Duration::from_millis(300));
    assert!(
        daemon.child.try_wait().unwrap().is_none(),
        "it waits for what is begun"
    );
    let begun = Instant::now();
    daemon.signal("TERM");
    let (status, log) = daemon.ended();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(begun.elapsed() < Duration::from_secs(3));
}

/// An older program on a newer schema refuses, and no restart would help.
#[tokio::test]
async fn a_newer_schema_is_a_fault_of_the_installation() {
    let home = home();
    home.succeed(&["run", "--once"]).unwrap();
    sqlx::any::install_default_drivers();
    let url = format!("sqlite://{}", home.path().join("tanggap.db").display());
    let mut database = sqlx::AnyConnection::connect(&url).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', 1, x'00', 0)";
    sqlx::query(newer).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
    for verb in [&["run"][..], &["journal"]] {
        let output = home.tanggap(verb).unwrap().output().unwrap();
        let said = both(&output);
        assert_eq!(output.status.code(), Some(78), "{verb:?}: {said}");
        assert!(
            said.contains("lebih baru daripada program ini"),
            "{verb:?}: {said}"
        );
    }
}
