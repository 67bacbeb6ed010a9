//! The one story: a report by mail to its closing letter in the reporter's mailbox, through real Postfix and Dovecot, all ten steps
//! of the SOP, the books consistent at every step, and kill -9 before and after each commit on the way.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;

use base64::Engine as _;
use serde_json::Value;
use tanggap_tests::world::dovecot::Dovecot;
use tanggap_tests::world::home::{Home, both};
use tanggap_tests::world::osticket::Standin;
use tanggap_tests::world::postfix::Postfix;

use crate::end_to_end::{REPORTER, TEAM, configured, report, send, until};
use crate::release::{json, refused, sign};

struct Story {
    dovecot: Dovecot,
    postfix: Postfix,
    desk: Standin,
    home: Home,
}

impl Story {
    /// Does it, killed just before its commit (nothing has happened) and just after (it has, once).
    fn killed_and_done(&self, arguments: &[&str], point: &str, done: impl Fn() -> bool) {
        self.killed(arguments, &format!("{point}.before_commit:1"));
        assert!(!done(), "{arguments:?}: nothing of it happened");
        self.consistent();
        self.killed(arguments, &format!("{point}.committed:1"));
        assert!(done(), "{arguments:?}: all of it happened");
        self.consistent();
    }

    fn killed(&self, arguments: &[&str], failpoint: &str) {
        let mut command = self.home.tanggap(arguments).unwrap();
        let died = command
            .env("TANGGAP_FAILPOINT", failpoint)
            .output()
            .unwrap();
        assert!(
            died.status.signal().is_some(),
            "{failpoint} {arguments:?}: {}",
            both(&died)
        );
    }

    fn run(&self) {
        self.home.succeed(&["run", "--once"]).unwrap();
        self.consistent();
    }

    /// The chain of the books is whole; cases, register, queue and osTicket say the same.
    fn consistent(&self) {
        self.home.succeed(&["books", "verify"]).unwrap();
        let cases = json(&self.home, &["case", "list"])["cases"]
            .as_array()
            .unwrap()
            .clone();
        let register = json(&self.home, &["books", "register"])["rows"]
            .as_array()
            .unwrap()
            .clone();
        let recorded = register
            .iter()
            .filter(|row| row["Mutasi"] == "dicatat (usulan aturan)")
            .count();
        assert_eq!(recorded, cases.len(), "one first row for each case");
        let over = |case: &&Value| {
            ["closed", "drafted", "reported"].contains(&case["phase"].as_str().unwrap())
        };
        let open = cases.iter().filter(|case| !over(case)).count();
        let queue = json(&self.home, &["books", "queue"]);
        assert_eq!(queue["rows"].as_array().unwrap().len(), open, "{queue}");
        assert!(self.desk.tickets().len() <= cases.len());
    }

    fn phase(&self, register: &str) -> String {
        json(&self.home, &["case", "show", register])["phase"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    fn step(&self, register: &str, words: &[&str], phase: &str) {
        let mut arguments = vec!["case", words[0], register];
        arguments.extend(&words[1..]);
        self.killed_and_done(&arguments, "staff", || self.phase(register) == phase);
    }

    fn in_mailbox(&self, count: usize) {
        until("the letters in the reporter's mailbox", || {
            self.dovecot.count(REPORTER, "INBOX").unwrap_or(0) >= count
        });
        assert_eq!(self.dovecot.count(REPORTER, "INBOX").unwrap(), count);
    }
}

/// Step 1: the mail comes in, and the daemon dies at every turn of its way.
fn received(story: &Story) -> String {
    send(&story.postfix, REPORTER, TEAM, &report());
    until("the report in our mailbox", || {
        story.dovecot.count(TEAM, "INBOX").unwrap_or(0) == 1
    });
    for point in [
        "journal.after_commit",
        "judge.before_commit",
        "judge.committed",
        "deliver.committed",
    ] {
        story.killed(&["run", "--once"], &format!("{point}:1"));
        story.consistent();
    }
    story.run();
    assert_eq!(story.desk.tickets().len(), 1, "one ticket");
    story.in_mailbox(1);
    json(&story.home, &["case", "list"])["cases"][0]["register"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Steps 2 to 8.
fn handled(story: &Story, register: &str) {
    let why = refused(&story.home, &["case", "close", register, "--result", "x"]);
    assert!(
        why.contains("--skip"),
        "no step is passed over in silence: {why}"
    );
    let steps: [(&[&str], &str); 9] = [
        (
            &["triage", "--severity", "high", "--reason", "layanan publik"],
            "triaged",
        ),
        (
            &[
                "dispose",
                "--to",
                "Tim Penanganan",
                "--instruction",
                "segera",
            ],
            "disposed",
        ),
        (
            &["decide", "--bssn", "--reason", "di luar kemampuan"],
            "decided",
        ),
        (
            &[
                "identify",
                "--findings",
                "unggahan berkas lewat plugin galeri",
            ],
            "identified",
        ),
        (
            &[
                "detect",
                "--weaknesses",
                "plugin usang",
                "--detection",
                "aturan WAF 1201",
            ],
            "detected",
        ),
        (
            &["handle", "situs dialihkan ke halaman pemeliharaan"],
            "handling",
        ),
        (
            &[
                "recover",
                "--at",
                "24-11-2026 10.30",
                "--confirmed-by",
                "Budi",
            ],
            "recovered",
        ),
        (
            &[
                "analyse",
                "--cause",
                "plugin usang",
                "--impact",
                "situs berhenti 3 jam",
                "--recommendation",
                "perbarui plugin",
            ],
            "analysed",
        ),
        (
            &["close", "--result", "situs dipulihkan dari cadangan"],
            "closed",
        ),
    ];
    for (words, phase) in steps {
        story.step(register, words, phase);
        story.run();
    }
}

/// Step 8's letter: numbered, signed, released, delivered; killed before and after each.
fn told(story: &Story, register: &str, folder: &Path) -> Vec<u8> {
    let home = &story.home;
    let state = || {
        json(home, &["letter", "list", register])["letters"][0]["state"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(state(), "draft", "closing has drafted its letter, once");
    let name = format!("{register}/letter/1");
    let print = folder.join("penutupan.pdf");
    let out = print.to_str().unwrap();
    let issue = [
        "letter",
        "issue",
        "penutupan",
        register,
        "--to",
        "Kepala Dinas Kesehatan",
        "--number",
        "555/0042/2026",
        "--out",
        out,
    ];
    story.killed_and_done(&issue, "letter", || state() == "numbered");
    home.succeed(&issue).unwrap();
    let signed = sign(&print);
    story.killed_and_done(
        &["letter", "signed", signed.to_str().unwrap()],
        "letter",
        || state() == "signed",
    );
    story.killed_and_done(&["letter", "release", &name], "letter", || {
        state() == "released"
    });
    // The daemon dies with the letter in its hands: nobody can ask an SMTP server, so a person looks, and says so.
    story.killed(&["run", "--once"], "deliver.claimed:1");
    story.run();
    assert_eq!(
        story.dovecot.count(REPORTER, "INBOX").unwrap(),
        1,
        "in doubt nothing is sent"
    );
    home.succeed(&["retry", &name]).unwrap();
    story.killed(&["run", "--once"], "deliver.committed:1");
    story.run();
    story.in_mailbox(2);
    assert_eq!(state(), "sent");
    std::fs::read(signed).unwrap()
}

/// The PDF that arrived with the reporter.
fn arrived(dovecot: &Dovecot) -> Vec<u8> {
    let folder = dovecot.maildir(REPORTER, "INBOX");
    let files = ["new", "cur"]
        .into_iter()
        .flat_map(|place| std::fs::read_dir(folder.join(place)).unwrap().flatten());
    let letters = files.map(|file| {
        std::fs::read_to_string(file.path())
            .unwrap()
            .replace("\r\n", "\n")
    });
    let letter = letters
        .into_iter()
        .find(|text| text.contains("application/pdf"))
        .unwrap();
    let part = letter.split("application/pdf").nth(1).unwrap();
    let body = part
        .split_once("\n\n")
        .unwrap()
        .1
        .split("\n--")
        .next()
        .unwrap();
    let encoded: String = body.split_whitespace().collect();
    base64::engine::general_purpose::STANDARD
        .decode(encoded)
        .unwrap()
}

/// Steps 9 and 10.
fn published(story: &Story, register: &str, folder: &Path) {
    let out = folder.join("publikasi.pdf");
    let publish = [
        "case",
        "publication",
        register,
        "--out",
        out.to_str().unwrap(),
        "--release",
    ];
    story.killed_and_done(&publish, "staff", || story.phase(register) == "drafted");
    let month = tanggap::clock::Clock::default()
        .now()
        .wib()
        .format("%Y-%m")
        .to_string();
    let record = ["report", "--month", &month, "--record"];
    story.killed_and_done(&record, "staff", || story.phase(register) == "reported");
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_mail_to_the_closing_letter_through_all_ten_steps() {
    let dovecot = Dovecot::start().unwrap();
    let postfix =
        Postfix::start(&["batangkab.go.id", "dinkes.batangkab.go.id"], dovecot.lmtp).unwrap();
    let desk = Standin::start().await;
    let home = configured(&dovecot, &postfix, &desk);
    let story = Story {
        dovecot,
        postfix,
        desk,
        home,
    };
    tokio::task::block_in_place(|| {
        let folder = tempfile::tempdir().unwrap();
        let register = received(&story);
        handled(&story, &register);
        let signed = told(&story, &register, folder.path());
        assert_eq!(
            arrived(&story.dovecot),
            signed,
            "what was signed, byte for byte"
        );
        published(&story, &register, folder.path());
        let agenda = json(&story.home, &["books", "agenda-out"]);
        assert_eq!(
            agenda["rows"].as_array().unwrap().len(),
            1,
            "one letter left: {agenda}"
        );
        let shown = json(&story.home, &["case", "show", &register]);
        let acts: Vec<_> = shown["events"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|event| event["event"]["act"].as_str())
            .collect();
        let expected = [
            "triaged",
            "disposed",
            "decided",
            "identified",
            "detected",
            "handled",
            "recovered",
            "analysed",
            "closed",
            "drafted",
            "reported",
        ];
        assert_eq!(acts, expected, "each once, in order, none skipped");
        assert_eq!(story.desk.tickets().len(), 1);
    });
}
