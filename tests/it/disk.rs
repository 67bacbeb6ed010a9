//! Faults of the disk under the database: full, failing, damaged, open to others (`faults.md` 2.5, D2, D3, D5, D6, D10).

use std::fs;
use std::os::unix::fs::{FileExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;

use crate::daemon::Daemon;

fn report(token: &str, more: &str) -> Vec<u8> {
    format!(
        "Return-Path: <{token}@dinkes.batangkab.go.id>\r\nFrom: Pelapor <{token}@dinkes.batangkab.go.id>\r\n\
         To: csirt@batangkab.go.id\r\nSubject: Situs kami diretas {token}\r\nMessage-ID: <{token}@dinkes.batangkab.go.id>\r\n\
         Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n\
         Situs dinas kami diretas, halaman depan diganti gambar peretas {token}. Mohon bantuan Tim CSIRT.\r\n{more}"
    )
    .into_bytes()
}

/// One ticket and one letter for each of these.
fn all_is_well(home: &Home, desk: &Standin, tokens: &[String], when: &str) {
    let tickets = desk.tickets();
    for token in tokens {
        let of_it = tickets
            .iter()
            .filter(|ticket| ticket.subject.contains(token.as_str()));
        assert_eq!(of_it.count(), 1, "{when}: {token}");
    }
    assert_eq!(tickets.len(), tokens.len(), "{when}");
    assert_eq!(home.letters().unwrap().len(), tokens.len(), "{when}");
}

fn run_once(home: &Home) -> Output {
    home.tanggap(&["run", "--once"]).unwrap().output().unwrap()
}

/// What a person does with orders whose outcome nobody knows: looks, and says.
fn operate(home: &Home, desk: &Standin) {
    let queue = home.succeed(&["queue", "--format", "json"]).unwrap();
    let queue: serde_json::Value = serde_json::from_str(&queue).unwrap();
    for order in queue["orders"].as_array().unwrap() {
        let key = order["key"].as_str().unwrap();
        let register = key.split('/').next().unwrap();
        let seen = desk
            .tickets()
            .into_iter()
            .find(|ticket| ticket.subject.contains(register));
        match seen {
            Some(ticket) if order["state"] == "held" => home
                .succeed(&["release", key, "--ticket", &ticket.number])
                .unwrap(),
            _ => home.succeed(&["retry", key]).unwrap(),
        };
    }
}

/// Runs under strace with this injected at the Nth sync of the disk; returns how it ended, and whether the Nth ever came.
fn run_with(home: &Home, injection: &str) -> (Output, bool) {
    let trace = home.path().join("trace");
    let _ = fs::remove_file(&trace);
    let daemon = home.tanggap(&["run", "--once"]).unwrap();
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-e", "trace=fsync,fdatasync", "-e"])
        .arg(format!("inject=fsync,fdatasync:{injection}"))
        .arg("-o")
        .arg(&trace)
        .arg(daemon.get_program())
        .args(["run", "--once"])
        .env("TANGGAP_CONFIG", home.config());
    let output = command
        .output()
        .expect("strace is missing; `make test` installs it");
    let traced = fs::read_to_string(&trace).unwrap();
    let hit = traced.contains("(INJECTED)") || traced.contains("killed by SIGKILL");
    (output, hit)
}

/// One point of a new daemon's life at which it syncs is hit by this; then a quiet run, an operator where one is asked for, and
/// all is well. Returns whether the life had so many points.
async fn hit(injection: String, point: u32) -> bool {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let tokens = ["token0x".to_owned()];
    home.deliver("1700000000.1.test", &report(&tokens[0], ""))
        .unwrap();
    let work = move || {
        let (ended, hit) = run_with(&home, &format!("{injection}:when={point}"));
        assert!(hit || ended.status.success(), "{}", both(&ended));
        if hit {
            let quiet = run_once(&home);
            assert!(
                quiet.status.success(),
                "after {injection} at {point}: {}",
                both(&quiet)
            );
            operate(&home, &desk);
            assert!(run_once(&home).status.success());
        }
        all_is_well(
            &home,
            &desk,
            &tokens,
            &format!("{injection} at sync {point}"),
        );
        hit
    };
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// Every point, from the making of the database (D6: its migrations) to the last outcome, some at once. Returns how many.
async fn sweep(injection: &str) -> usize {
    const AT_ONCE: u32 = 12;
    let mut points = 0;
    for first in (1..).step_by(AT_ONCE as usize) {
        let wave = (first..first + AT_ONCE).map(|point| hit(injection.to_owned(), point));
        let hits = futures::future::join_all(wave).await;
        points += hits.iter().filter(|hit| **hit).count();
        if hits.contains(&false) {
            break;
        }
    }
    points
}

/// D3: a sync that fails is a commit that failed.
#[tokio::test(flavor = "multi_thread")]
async fn a_failing_sync_anywhere_loses_and_doubles_nothing() {
    let points = sweep("error=EIO").await;
    assert!(points >= 8, "only {points} syncs");
    eprintln!("{points} syncs failed, one a run");
}

/// D6: killed at any sync, those of the migrations included.
#[tokio::test(flavor = "multi_thread")]
async fn a_kill_at_any_sync_even_of_a_migration_loses_and_doubles_nothing() {
    let points = sweep("signal=KILL").await;
    assert!(points >= 8, "only {points} syncs");
    eprintln!("{points} syncs were the last, one a run");
}

/// D3: a disk that goes on failing ends the daemon, for a fresh start to see what is there.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_again_ends_the_daemon() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    home.deliver("1700000000.satu.test", &report("satu", ""))
        .unwrap();
    let daemon = home.tanggap(&["run"]).unwrap();
    let output = Command::new("timeout")
        .args([
            "--signal=KILL",
            "40",
            "strace",
            "-f",
            "-qq",
            "-e",
            "trace=fsync,fdatasync",
        ])
        .args([
            "-e",
            "inject=fsync,fdatasync:error=EIO:when=3+",
            "-o",
            "/dev/null",
        ])
        .arg(daemon.get_program())
        .arg("run")
        .env("TANGGAP_CONFIG", home.config())
        .output()
        .unwrap();
    let log = both(&output);
    assert_eq!(output.status.code(), Some(1), "{log}");
    assert!(log.contains("the disk failed again"), "{log}");
    assert!(run_once(&home).status.success());
    operate(&home, &desk);
    assert!(run_once(&home).status.success());
    all_is_well(
        &home,
        &desk,
        &["satu".to_owned()],
        "after the disk was mended",
    );
}

/// A file system of so many KiB in memory; unmounted when dropped.
struct Small(PathBuf);

impl Small {
    fn mount(place: PathBuf, kib: u32) -> Self {
        fs::create_dir_all(&place).unwrap();
        let small = Self(place);
        small.run(&[
            "mount",
            "-t",
            "tmpfs",
            "-o",
            &format!("size={kib}k"),
            "tmpfs",
        ]);
        small
    }

    fn grow(&self, kib: u32) {
        self.run(&["mount", "-o", &format!("remount,size={kib}k")]);
    }

    fn run(&self, words: &[&str]) {
        let done = Command::new(words[0])
            .args(&words[1..])
            .arg(&self.0)
            .output()
            .unwrap();
        assert!(done.status.success(), "{words:?}: {}", both(&done));
    }
}

impl Drop for Small {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

/// D2: a full disk stops the draining, not the mail: it stays in the mailbox, unmarked; the log says so; and with room again
/// everything goes on by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_leaves_mail_where_it_is() {
    let desk = Standin::start().await;
    let place = tempfile::tempdir().unwrap();
    let volume = Small::mount(place.path().join("disk"), 1500);
    let (url, key) = (desk.url(), desk.key());
    let store = format!("[store]\npath = \"{}/tanggap.db\"\n", volume.0.display());
    let home = Home::new(&Plan {
        store: &store,
        ..Plan::embedded(&url, &key)
    })
    .unwrap();
    let mut daemon = Daemon::start(&home).ready();
    // What no compression makes smaller.
    let mut state = 1_u64;
    let mut noise = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
                [(state >> 58) as usize],
        )
    };
    let tokens: Vec<String> = (0..30).map(|number| format!("token{number:02}x")).collect();
    for (number, token) in tokens.iter().enumerate() {
        let line = |_| {
            (0..76)
                .map(|_| noise())
                .chain("\r\n".chars())
                .collect::<String>()
        };
        let more: String = (0..1000).map(line).collect();
        let name = format!("{}.{token}.test", 1_700_000_000 + number);
        home.deliver(&name, &report(token, &more)).unwrap();
        std::thread::sleep(Duration::from_millis(60));
    }
    std::thread::sleep(Duration::from_secs(3));
    let waiting = files(&home.path().join("maildir/new"));
    assert!(waiting > 0, "the disk was to be full");
    assert!(daemon.child.try_wait().unwrap().is_none(), "it lives");
    volume.grow(65_536);
    let begun = Instant::now();
    while files(&home.path().join("maildir/new")) > 0
        || home.letters().unwrap().len() < tokens.len()
    {
        assert!(
            begun.elapsed() < Duration::from_mins(1),
            "{} mails wait, {} letters",
            files(&home.path().join("maildir/new")),
            home.letters().unwrap().len()
        );
        std::thread::sleep(Duration::from_millis(200));
    }
    daemon.signal("TERM");
    let (status, log) = daemon.ended();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(log.contains("database or disk is full"), "{log}");
    assert!(
        log.contains("Surel tetap di server"),
        "it says what that means: {log}"
    );
    all_is_well(&home, &desk, &tokens, "with room again");
}

/// D5: flipped bytes are found at the start, and nothing is written over them.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_is_refused_in_words() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    for number in 0..20 {
        let token = format!("token{number:02}x");
        home.deliver(&format!("1700000000.{token}.test"), &report(&token, ""))
            .unwrap();
    }
    home.succeed(&["run", "--once"]).unwrap();
    let path = home.path().join("tanggap.db");
    let sound = fs::read(&path).unwrap();
    // The file's own head; a page's head; every page's head but the first.
    let pages: Vec<u64> = (1..sound.len() as u64 / 4096)
        .map(|page| page * 4096)
        .collect();
    for places in [&[0][..], &pages[4..5], &pages[..]] {
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        for place in places {
            let at = usize::try_from(*place).unwrap();
            let flipped: Vec<u8> = sound[at..at + 16].iter().map(|byte| !byte).collect();
            file.write_all_at(&flipped, *place).unwrap();
        }
        let damaged = fs::read(&path).unwrap();
        let refused = run_once(&home);
        let said = both(&refused);
        assert_eq!(refused.status.code(), Some(78), "{said}");
        assert!(
            said.contains("rusak") && said.contains("cadangan"),
            "{said}"
        );
        assert!(
            fs::read(&path).unwrap() == damaged,
            "nothing was written over it"
        );
        file.write_all_at(&sound, 0).unwrap();
    }
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(desk.tickets().len(), 20);
}

/// D10: the journal holds secret reports; a file that others can read, or that is somebody else's, is not used.
#[test]
fn a_database_open_to_others_is_refused() {
    let home = Home::new(&Plan::embedded("http://127.0.0.1:9/", "kunci")).unwrap();
    let path = home.path().join("tanggap.db");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(mode(&path), 0o600, "a new one is its owner's alone");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = run_once(&home);
    let said = both(&refused);
    assert_eq!(refused.status.code(), Some(78), "{said}");
    assert!(said.contains("chmod 600"), "{said}");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    // Only root can give files away.
    if chown(&path, Some(65534), None).is_ok() {
        let refused = run_once(&home);
        let said = both(&refused);
        assert_eq!(refused.status.code(), Some(78), "{said}");
        assert!(said.contains("milik pengguna lain"), "{said}");
    }
}
