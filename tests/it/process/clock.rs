//! The clock jumps under the running daemon (P5): nothing waits for a moment that nobody meant, nothing that is under way is
//! given up, nobody is asked again and again, and letters bear the date of the day. By libfaketime, on the real binary.

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tanggap_tests::world::free_port;
use tanggap_tests::world::home::{Home, Plan};
use tanggap_tests::world::osticket::{Fault, Standin};

use super::{deliver, report};

/// Where Debian puts the library, by architecture.
pub fn libfaketime() -> PathBuf {
    let found = std::fs::read_dir("/usr/lib").unwrap().flatten();
    let mut places = found.map(|entry| entry.path().join("faketime/libfaketime.so.1"));
    places
        .find(|path| path.exists())
        .expect("libfaketime is missing; `make test` installs it (package faketime)")
}

/// A daemon whose wall clock follows a file; its steady clock is nobody's to set.
pub struct Daemon {
    child: Child,
    time: PathBuf,
}

impl Daemon {
    pub fn start(home: &Home) -> Self {
        let time = home.path().join("time");
        std::fs::write(&time, "+0").unwrap();
        let mut command = home.tanggap(&["run"]).unwrap();
        command
            .env("LD_PRELOAD", libfaketime())
            .env("FAKETIME_TIMESTAMP_FILE", &time)
            .env("FAKETIME_NO_CACHE", "1")
            .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .env("DONT_FAKE_MONOTONIC", "1")
            .stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        Self { child, time }
    }

    pub fn set_clock(&self, seconds: i64) {
        let next = self.time.with_extension("next");
        std::fs::write(&next, format!("{seconds:+}")).unwrap();
        std::fs::rename(next, &self.time).unwrap();
    }

    /// Ends it; returns its log.
    pub fn end(&mut self) -> String {
        let pid = self.child.id().to_string();
        let told = std::process::Command::new("kill")
            .args(["-TERM", &pid])
            .status();
        assert!(told.unwrap().success());
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{log}");
        log
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn until(at_most: Duration, what: &str, reached: impl Fn() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < at_most, "{what}: not within {at_most:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn day_of(letter: &str) -> chrono::NaiveDate {
    let date = letter
        .lines()
        .find_map(|line| line.strip_prefix("Date: "))
        .unwrap();
    chrono::DateTime::parse_from_rfc2822(date)
        .unwrap()
        .date_naive()
}

/// An order is waiting for its next try when the clock is set; a mail comes afterwards.
async fn survives_a_jump(seconds: i64) {
    let port = free_port().unwrap();
    let home = Home::new(&Plan::embedded(
        &format!("http://127.0.0.1:{port}/"),
        "kunci",
    ))
    .unwrap();
    deliver(&home, &["satu"]);
    let mut daemon = Daemon::start(&home);
    until(Duration::from_secs(20), "answered", || {
        home.letters().unwrap().len() == 1
    });
    daemon.set_clock(seconds);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port))
        .await
        .unwrap();
    let desk = Standin::serve(listener, "kunci", None);
    home.deliver("1900000000.dua.test", &report("dua")).unwrap();
    until(Duration::from_mins(1), "two tickets", || {
        desk.tickets().len() == 2
    });
    until(Duration::from_secs(20), "two letters", || {
        home.letters().unwrap().len() == 2
    });
    let log = daemon.end();
    assert!(log.contains("the clock of this machine was set"), "{log}");
    assert!(
        desk.answered().len() <= 4,
        "no storm: {:?}",
        desk.answered()
    );
    assert_eq!(desk.tickets().len(), 2);
    let letters = home.letters().unwrap();
    let (_, late) = letters
        .iter()
        .find(|(_, text)| text.contains("dua@"))
        .unwrap();
    let today = chrono::DateTime::from_timestamp(
        i64::try_from(
            std::fs::metadata(home.config())
                .unwrap()
                .modified()
                .unwrap()
                .duration_since(std::time::UNIX_EPOCH)
                .unwrap()
                .as_secs(),
        )
        .unwrap()
            + seconds,
        0,
    );
    let off = (day_of(late) - today.unwrap().date_naive()).num_days();
    assert!(
        off.abs() <= 1,
        "dated {} by a clock of {today:?}",
        day_of(late)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_back_by_an_hour() {
    survives_a_jump(-3600).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_back_by_four_hundred_days() {
    survives_a_jump(-400 * 86_400).await;
}

/// An hour forward while osTicket is at work: the request is not taken for abandoned, and what it made is on record.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_forward_gives_up_nothing_that_is_under_way() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let text = std::fs::read_to_string(home.config()).unwrap();
    let patient = text.replace(
        "timeout = \"1s\"\nfence = \"2s\"",
        "timeout = \"30s\"\nfence = \"40s\"",
    );
    assert_ne!(patient, text);
    std::fs::write(home.config(), patient).unwrap();
    desk.meet([Fault::StallBefore(Duration::from_secs(13))]);
    deliver(&home, &["satu"]);
    let mut daemon = Daemon::start(&home);
    until(Duration::from_secs(20), "answered", || {
        home.letters().unwrap().len() == 1
    });
    daemon.set_clock(3600);
    std::thread::sleep(Duration::from_secs(14));
    let log = daemon.end();
    assert!(log.contains("the clock of this machine was set"), "{log}");
    let queue = home.succeed(&["queue", "--format", "json"]).unwrap();
    let queue: serde_json::Value = serde_json::from_str(&queue).unwrap();
    assert_eq!(
        queue["orders"].as_array().unwrap().len(),
        0,
        "all is settled: {queue}\n{log}"
    );
    assert_eq!(
        (desk.tickets().len(), home.letters().unwrap().len()),
        (1, 1)
    );
}
