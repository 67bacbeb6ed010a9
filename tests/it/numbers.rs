//! Letters that take their numbers from this house: one after the other, without a gap, whoever dies and however many issue at once.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::postgres::Postgres;

use crate::process::clock::libfaketime;

const AUTOMATIC: &str = "[letters]\nnumbering = \"automatic\"\n";

fn home(store: &str, letters: &str) -> Home {
    let home = Home::new(&Plan {
        store,
        ..Plan::embedded("http://127.0.0.1:9/", "KUNCI")
    })
    .unwrap();
    let text = std::fs::read_to_string(home.config()).unwrap();
    std::fs::write(home.config(), text + letters).unwrap();
    home
}

/// A home whose database is there: nothing is to be done yet, so osTicket is not missed.
fn started(store: &str, letters: &str) -> Home {
    let home = home(store, letters);
    home.succeed(&["run", "--once"]).unwrap();
    home
}

fn new_case(home: &Home) -> String {
    static TAKEN: AtomicUsize = AtomicUsize::new(1);
    let nth = TAKEN.fetch_add(1, Ordering::SeqCst);
    home.take_down(&format!("Situs kami diretas, laporan ke-{nth}"))
        .unwrap()
}

fn issue(home: &Home, register: &str, more: &[&str]) -> Command {
    let mut command = home
        .tanggap(&["letter", "issue", "jawaban", register])
        .unwrap();
    let print = home.path().join(format!("{register}.pdf"));
    command
        .args(["--to", "Kepala Dinas Kesehatan", "--out"])
        .arg(print)
        .args(more);
    command
}

fn said(mut command: Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    (output.status.code(), both(&output))
}

/// Number by register number, as the register of letters has them.
fn numbers(home: &Home) -> BTreeMap<String, String> {
    let list = home
        .succeed(&["letter", "list", "--format", "json"])
        .unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    let letters = list["letters"].as_array().unwrap();
    let bears = letters.iter().filter(|letter| letter["number"] != "");
    bears
        .map(|letter| {
            let text = |key: &str| letter[key].as_str().unwrap().to_owned();
            (text("number"), text("register"))
        })
        .collect()
}

fn year() -> String {
    tanggap::clock::Clock::default()
        .now()
        .register_year()
        .to_string()
}

fn expected(range: std::ops::RangeInclusive<i64>) -> Vec<String> {
    range
        .map(|number| format!("555/{number:04}/{}", year()))
        .collect()
}

fn all_at_once(home: &Home, cases: &[String], point: Option<&str>) {
    let started: Vec<Child> = cases
        .iter()
        .map(|register| {
            let mut command = issue(home, register, &[]);
            if let Some(point) = point {
                command.env("TANGGAP_FAILPOINT", format!("{point}:1"));
            }
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command.spawn().unwrap()
        })
        .collect();
    for mut child in started {
        child.wait().unwrap();
    }
}

/// Several at once, all of them killed at one point or another; then again until each letter is there.
fn no_gap_and_none_twice(home: &Home) {
    let cases: Vec<String> = (0..3).map(|_| new_case(home)).collect();
    for point in ["letter.offered", "letter.before_commit"] {
        all_at_once(home, &cases, Some(point));
        assert!(numbers(home).is_empty(), "{point}: nothing was committed");
    }
    all_at_once(home, &cases, Some("letter.committed"));
    let before = numbers(home);
    assert!(
        !before.is_empty(),
        "who died after the commit has its number"
    );
    all_at_once(home, &cases, None);
    let after = numbers(home);
    let bear: Vec<String> = after.keys().cloned().collect();
    assert_eq!(bear, expected(1..=3), "no gap, none twice");
    let letters: std::collections::BTreeSet<_> = after.values().collect();
    assert_eq!(letters.len(), 3, "one letter a case: {after:?}");
    assert!(
        before
            .iter()
            .all(|(number, register)| after.get(number) == Some(register))
    );
    home.succeed(&["books", "verify"]).unwrap();
}

#[test]
fn automatic_numbers_on_sqlite_have_no_gap_whoever_dies() {
    let home = started("", AUTOMATIC);
    no_gap_and_none_twice(&home);
    cancelled_and_never_given_again(&home);
}

#[test]
fn automatic_numbers_on_postgres_have_no_gap_whoever_dies() {
    let cluster = Postgres::start().unwrap();
    let store = format!(
        "[store]\nkind = \"postgres\"\nurl = \"{}\"\n",
        cluster.url()
    );
    no_gap_and_none_twice(&started(&store, AUTOMATIC));
}

fn cancelled_and_never_given_again(home: &Home) {
    let last = expected(3..=3).remove(0);
    home.succeed(&["letter", "cancel", &last, "--reason", "salah alamat"])
        .unwrap();
    let register = new_case(home);
    let (code, words) = said(issue(home, &register, &[]));
    assert!(
        code == Some(0) && words.contains(&expected(4..=4)[0]),
        "{words}"
    );
    let (code, again) = said(issue(home, &register, &[]));
    assert!(
        code == Some(0) && again.contains("tanpa nomor baru"),
        "{again}"
    );
    let digest = |words: &str| {
        words
            .lines()
            .find(|line| line.starts_with("sha256"))
            .map(str::to_owned)
    };
    assert_eq!(digest(&words), digest(&again), "the very file");
    assert!(is_a_pdf(&home.path().join(format!("{register}.pdf"))));
    let books = home
        .succeed(&["books", "letters", "--format", "json"])
        .unwrap();
    assert!(
        books.contains("batal") && books.contains("salah alamat"),
        "{books}"
    );
    let (code, words) = said(issue(home, &register, &["--number", "555/0001/2026"]));
    assert!(
        code != Some(0) && words.contains("hapus --number"),
        "{words}"
    );
}

fn is_a_pdf(path: &Path) -> bool {
    std::fs::read(path).unwrap().starts_with(b"%PDF")
}

#[test]
fn a_reserved_range_is_used_to_its_end_and_no_further() {
    let block = |year: &str| {
        format!(
            "[letters]\nnumbering = \"block\"\n[[letters.block]]\nyear = {year}\nfrom = 120\nto = 121\n"
        )
    };
    let home = started("", &block(&year()));
    for number in [120, 121] {
        let (code, words) = said(issue(&home, &new_case(&home), &[]));
        assert!(
            code == Some(0) && words.contains(&expected(number..=number)[0]),
            "{words}"
        );
    }
    let register = new_case(&home);
    let (code, words) = said(issue(&home, &register, &[]));
    assert!(
        code != Some(0) && words.contains("tidak ada nomor tersisa"),
        "{words}"
    );
    assert_eq!(numbers(&home).len(), 2);
    let text = std::fs::read_to_string(home.config()).unwrap();
    std::fs::write(home.config(), text.replace("to = 121", "to = 122")).unwrap();
    let (code, words) = said(issue(&home, &register, &[]));
    assert!(
        code == Some(0) && words.contains(&expected(122..=122)[0]),
        "{words}"
    );
}

/// The year begins at midnight by WIB, seven hours before it does by UTC.
#[test]
fn the_new_year_begins_anew_at_midnight_by_wib() {
    let home = started("", AUTOMATIC);
    for (utc, expect) in [
        ("@2031-12-31 16:58:00", "555/0001/2031"),
        ("@2031-12-31 17:00:05", "555/0001/2032"),
        ("@2031-12-31 23:00:00", "555/0002/2032"),
    ] {
        let register = new_case(&home);
        let mut command = issue(&home, &register, &[]);
        command.env("LD_PRELOAD", libfaketime());
        command.env("FAKETIME", utc).env("TZ", "UTC");
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        let (code, words) = said(command);
        assert!(code == Some(0) && words.contains(expect), "{utc}: {words}");
    }
}

#[test]
fn by_hand_a_number_must_be_said() {
    let home = started("", "");
    let (code, words) = said(issue(&home, &new_case(&home), &[]));
    assert!(
        code != Some(0) && words.contains("--number NOMOR"),
        "{words}"
    );
}

#[test]
fn what_could_give_a_number_twice_or_never_is_a_fault_of_the_configuration() {
    let faults = [
        ("[letters]\nnumbering = \"block\"\n", "[[letters.block]]"),
        (
            "[letters]\nnumbering = \"automatic\"\n[[letters.block]]\nyear = 2026\nfrom = 1\nto = 2\n",
            "hanya dipakai bila",
        ),
        (
            "[letters]\nnumbering = \"block\"\n[[letters.block]]\nyear = 2026\nfrom = 9\nto = 2\n",
            "sebelum awalnya",
        ),
        (
            "[letters]\nnumbering = \"block\"\n[[letters.block]]\nyear = 2026\nfrom = 1\nto = 20\n[[letters.block]]\nyear = 2026\nfrom = 20\nto = 30\n",
            "bertumpang",
        ),
        (
            "[letters]\nnumber_format = \"{urut}/{minggu}/{tahun}\"\n",
            "tidak dikenal",
        ),
        ("[letters]\nnumber_format = \"{kode}/{tahun}\"\n", "{urut}"),
        ("[letters]\nnumbering = \"otomatis\"\n", "automatic"),
    ];
    for (letters, expect) in faults {
        let home = home("", letters);
        let checked = said(home.tanggap(&["check"]).unwrap());
        assert!(
            checked.0 == Some(78) && checked.1.contains(expect),
            "{letters}\n{}",
            checked.1
        );
    }
}
