//! Deadlines: the roles that the configuration names are told once each, without a word of the case.

use std::os::unix::process::ExitStatusExt;

use tanggap::clock::{Clock, Timestamp};
use tanggap_tests::world::home::{Home, both};

use crate::release::{json, reported};

const ROLES: &str = "[deadlines]\n[[deadlines.role]]\nname = \"koordinator\"\naddress = \"koordinator@kantor.example\"\n\
    [[deadlines.role]]\nname = \"ketua\"\naddress = \"ketua@kantor.example\"\nat = [100]\n";

/// The incident was found so many hours ago, and the clock of vital infrastructure runs.
fn found(home: &Home, register: &str, hours: i64) {
    let at = Timestamp(Clock::default().now().0 - hours * 3_600_000).wib();
    let at = at.format("%d-%m-%Y %H.%M").to_string();
    home.succeed(&["case", "found", register, "--at", &at])
        .unwrap();
}

fn warnings(home: &Home) -> Vec<String> {
    let letters = home.letters().unwrap().into_iter();
    letters
        .map(|(_, text)| text)
        .filter(|text| text.contains("Batas waktu iiv"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_is_told_once_and_nothing_of_the_case() {
    let (_desk, home, register) = reported(ROLES).await;
    home.succeed(&["case", "deadline", &register, "--which", "iiv"])
        .unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(warnings(&home).len(), 0, "nothing has passed yet");
    found(&home, &register, 20);
    for _ in 0..2 {
        home.succeed(&["run", "--once"]).unwrap();
    }
    let told = warnings(&home);
    assert_eq!(
        told.len(),
        1,
        "83 %: the coordinator, once, and 50 % is old news"
    );
    assert!(
        told[0].contains("To: koordinator@kantor.example") && told[0].contains("80 %"),
        "{}",
        told[0]
    );
    assert!(told[0].contains("Auto-Submitted: auto-generated") && told[0].contains(&register));
    for word in ["diretas", "peretas", "dinkes", "Budi"] {
        assert!(!told[0].contains(word), "{word}: {}", told[0]);
    }
    found(&home, &register, 25);
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(warnings(&home).len(), 3, "past its end both are told");
    let skip = ["case", "close", &register, "--result", "x", "--skip", "y"];
    home.succeed(&skip).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(warnings(&home).len(), 3);
    assert!(
        home.succeed(&["case", "show", &register])
            .unwrap()
            .contains("peringatan batas waktu iiv (100 %) kepada ketua terkirim")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_daemon_warns_once() {
    for point in [
        "remind.before_commit",
        "remind.committed",
        "deliver.claimed",
        "deliver.acted",
        "deliver.committed",
    ] {
        let (_desk, home, register) = reported(ROLES).await;
        home.succeed(&["case", "deadline", &register, "--which", "iiv"])
            .unwrap();
        found(&home, &register, 20);
        let mut command = home.tanggap(&["run", "--once"]).unwrap();
        let died = command
            .env("TANGGAP_FAILPOINT", format!("{point}:1"))
            .output()
            .unwrap();
        assert!(died.status.signal().is_some(), "{point}: {}", both(&died));
        home.succeed(&["run", "--once"]).unwrap();
        assert_eq!(warnings(&home).len(), 1, "{point}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configured_clock_starts_by_itself_and_a_senseless_one_is_a_fault() {
    let clock = "[[deadlines.clock]]\nname = \"tanggapan\"\nhours = 1\nseverity = \"low\"\n[[deadlines.clock]]\nname = \"selesai\"\nhours = 4\n";
    let (_desk, home, register) = reported(&format!("{ROLES}{clock}")).await;
    found(&home, &register, 5);
    home.succeed(&["run", "--once"]).unwrap();
    let shown = json(&home, &["case", "show", &register])["events"].to_string();
    assert!(
        shown.contains("\"which\":\"selesai\"") && !shown.contains("\"which\":\"tanggapan\""),
        "{shown}"
    );
    let text = std::fs::read_to_string(home.config()).unwrap();
    for (from, to, why) in [
        ("hours = 4", "hours = 4\nworking_hours = 4", "satu saja"),
        (
            "ketua@kantor.example",
            "csirt@batangkab.go.id",
            "kembali sebagai laporan",
        ),
    ] {
        std::fs::write(home.config(), text.replace(from, to)).unwrap();
        let output = home.tanggap(&["check"]).unwrap().output().unwrap();
        assert_eq!(output.status.code(), Some(78), "{}", both(&output));
        assert!(both(&output).contains(why), "{}", both(&output));
    }
}

/// SOP step 2: the same thing reported twice is shown, and joined by a person only.
#[tokio::test(flavor = "multi_thread")]
async fn cases_of_the_same_thing_are_shown_and_never_joined_by_themselves() {
    let (_desk, home, register) = reported("").await;
    for (number, text) in [
        (
            2,
            "Situs https://simpus.batangkab.go.id/daftar diretas, serangan dari 198.51.100.77.",
        ),
        (
            3,
            "Halaman simpus.batangkab.go.id kami diretas dan diganti peretas.",
        ),
        (4, "Situs kami lain.example diretas, halaman depan diganti."),
    ] {
        let mail = format!(
            "Return-Path: <p{number}@opd{number}.example>\r\nFrom: P <p{number}@opd{number}.example>\r\nTo: csirt@batangkab.go.id\r\nSubject: Laporan {number}\r\n\
             Message-ID: <{number}@opd{number}.example>\r\nDate: Mon, 23 Nov 2026 09:41:00 +0700\r\n\r\n{text} Mohon bantuan.\r\n"
        );
        home.deliver(&format!("{number}.test"), mail.as_bytes())
            .unwrap();
    }
    home.succeed(&["run", "--once"]).unwrap();
    let cases = json(&home, &["case", "list"])["cases"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(cases.len(), 4, "nobody joined them");
    let name = |at: usize| cases[at]["register"].as_str().unwrap().to_owned();
    let third = json(&home, &["case", "show", &name(2)]);
    assert_eq!(third["related"].as_array().unwrap().len(), 1, "{third}");
    assert_eq!(third["related"][0]["register"], name(1));
    assert_eq!(third["related"][0]["value"], "simpus.batangkab.go.id");
    assert_eq!(
        json(&home, &["case", "show", &name(3)])["related"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    let shown = home.succeed(&["case", "show", &name(2)]).unwrap();
    assert!(
        shown.contains("sistem sama: simpus[.]batangkab[.]go[.]id")
            && shown.contains("tanggap case merge"),
        "{shown}"
    );
    assert_ne!(register, name(1));
}
