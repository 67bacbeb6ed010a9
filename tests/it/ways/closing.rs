//! What is done with a case here reaches its ticket: closed, reopened, recovered, dismissed; once, whatever dies in between, and never over
//! the head of a person who was faster.

use std::process::Command;

use serde_json::{Value, json};
use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::{Standin, Ticket};

const OPEN: i64 = 1;
const RESOLVED: i64 = 2;
const UNDER_TREATMENT: i64 = 6;

/// A desk and a home whose mapping also calls "Penanganan" a recovery.
fn home(desk: &Standin) -> Home {
    let (url, key) = (desk.url(), desk.key());
    let home = Home::new(&Plan::embedded(&url, &key)).unwrap();
    let text = std::fs::read_to_string(home.config()).unwrap();
    let mapping = "[osticket.mapping.status]\n\"Penanganan\" = \"pulih\"\n";
    std::fs::write(home.config(), text + mapping).unwrap();
    once(&home);
    home
}

fn taken_down(home: &Home) -> String {
    home.take_down("Situs kami diretas").unwrap()
}

/// A case whose ticket is open.
async fn opened() -> (Standin, Home, String) {
    let desk = Standin::with_plugin().await;
    let home = home(&desk);
    let register = taken_down(&home);
    once(&home);
    assert_eq!(ticket(&desk).status, OPEN);
    (desk, home, register)
}

fn ticket(desk: &Standin) -> Ticket {
    let mut tickets = desk.tickets();
    assert_eq!(tickets.len(), 1, "{tickets:?}");
    tickets.remove(0)
}

fn once(home: &Home) {
    home.succeed(&["run", "--once"]).unwrap();
}

fn close(home: &Home, register: &str) -> Command {
    let mut command = home.tanggap(&["case", "close", register]).unwrap();
    command.args(["--result", "halaman dipulihkan", "--skip", "uji"]);
    command
}

fn ran(mut command: Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", both(&output));
    both(&output)
}

/// How often each event of this sort stands in the case.
fn events(home: &Home, register: &str, what: &str) -> Vec<Value> {
    let shown = home
        .succeed(&["case", "show", register, "--format", "json"])
        .unwrap();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let events = shown["events"].as_array().unwrap().clone();
    events
        .into_iter()
        .map(|event| event["event"].clone())
        .filter(|event| event["what"] == what)
        .collect()
}

fn nothing_is_left(home: &Home) {
    let audit = home
        .succeed(&["sync", "audit", "--format", "json"])
        .unwrap();
    let audit: Value = serde_json::from_str(&audit).unwrap();
    assert_eq!(audit["drift"], json!([]));
    let queue = home.succeed(&["queue", "--format", "json"]).unwrap();
    let queue: Value = serde_json::from_str(&queue).unwrap();
    assert_eq!(queue["orders"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_closed_here_closes_its_ticket_and_reopened_opens_it() {
    let (desk, home, register) = opened().await;
    let said = ran(close(&home, &register));
    assert!(said.contains("di osTicket ikut diubah"), "{said}");
    once(&home);
    assert_eq!(ticket(&desk).status, RESOLVED);
    once(&home);
    assert_eq!(desk.logged("closed"), 1);
    assert_eq!(events(&home, &register, "status_shown").len(), 1);
    let echoes = events(&home, &register, "in_desk");
    assert_eq!(
        echoes,
        Vec::<Value>::new(),
        "an echo is no act of the staff"
    );
    home.succeed(&["case", "reopen", &register, "--reason", "kambuh"])
        .unwrap();
    once(&home);
    once(&home);
    assert_eq!(ticket(&desk).status, OPEN);
    assert_eq!(events(&home, &register, "in_desk"), Vec::<Value>::new());
    home.dismiss(&register).unwrap();
    once(&home);
    assert_eq!(ticket(&desk).status, RESOLVED, "whatever ended the case");
    nothing_is_left(&home);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_dies_between_the_ticket_is_closed_once() {
    let points = [
        "staff.before_commit",
        "staff.committed",
        "deliver.claimed",
        "deliver.acted",
        "deliver.before_commit",
        "deliver.committed",
        "sync.before_commit",
        "sync.committed",
    ];
    for point in points {
        let (desk, home, register) = opened().await;
        let mut typed = close(&home, &register);
        let output = typed
            .env("TANGGAP_FAILPOINT", format!("{point}:1"))
            .output()
            .unwrap();
        if point == "staff.before_commit" {
            assert!(!output.status.success(), "{point}: {}", both(&output));
            ran(close(&home, &register));
        }
        let mut run = home.tanggap(&["run", "--once"]).unwrap();
        run.env("TANGGAP_FAILPOINT", format!("{point}:1"))
            .output()
            .unwrap();
        once(&home);
        once(&home);
        assert_eq!(ticket(&desk).status, RESOLVED, "{point}");
        assert_eq!(desk.logged("closed"), 1, "{point}");
        assert_eq!(events(&home, &register, "status_shown").len(), 1, "{point}");
        assert_eq!(events(&home, &register, "in_desk").len(), 0, "{point}");
        nothing_is_left(&home);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_was_faster_keeps_the_word_and_is_told() {
    let (desk, home, register) = opened().await;
    ran(close(&home, &register));
    let number = ticket(&desk).number;
    desk.staff_sets(3, &number, ("status", ""), &json!(7));
    once(&home);
    once(&home);
    let ticket = ticket(&desk);
    assert_eq!(ticket.status, 7, "the person's word stands");
    let told: Vec<_> = ticket
        .entries
        .iter()
        .filter(|entry| entry.kind == "N" && entry.title.contains("tidak diubah"))
        .collect();
    assert_eq!(told.len(), 1, "{:?}", ticket.entries);
    assert!(told[0].body.contains(&register) && told[0].body.contains("Rini"));
    let kept = events(&home, &register, "status_kept");
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0]["now"], "Disposisi");
    nothing_is_left(&home);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_steps_in_one_breath_end_at_the_last() {
    let (desk, home, register) = opened().await;
    home.recover(&register).unwrap();
    ran(close(&home, &register));
    once(&home);
    assert_eq!(ticket(&desk).status, RESOLVED);
    assert_eq!(events(&home, &register, "status_shown").len(), 2);
    assert_eq!(events(&home, &register, "status_kept").len(), 0);
    let (desk, home, register) = opened().await;
    home.recover(&register).unwrap();
    once(&home);
    assert_eq!(
        ticket(&desk).status,
        UNDER_TREATMENT,
        "as the mapping names it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_closed_before_its_ticket_is_open_closes_it_all_the_same() {
    let desk = Standin::with_plugin().await;
    let home = home(&desk);
    let register = taken_down(&home);
    ran(close(&home, &register));
    once(&home);
    once(&home);
    let ticket = ticket(&desk);
    assert_eq!(ticket.status, RESOLVED);
    let notes = ticket.entries.iter().filter(|entry| entry.kind == "N");
    let judged = notes.filter(|entry| entry.title.contains("penilaian"));
    assert_eq!(judged.count(), 1, "a report by telephone has its note too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_in_a_note_closes_the_ticket_and_a_status_is_not_written_back() {
    let (desk, home, register) = opened().await;
    let number = ticket(&desk).number;
    desk.staff_writes(3, &number, "N", "#selesai halaman dipulihkan");
    once(&home);
    once(&home);
    assert_eq!(ticket(&desk).status, RESOLVED);
    assert_eq!(events(&home, &register, "status_shown").len(), 1);
    desk.staff_sets(3, &number, ("status", ""), &json!(OPEN));
    once(&home);
    desk.staff_sets(3, &number, ("status", ""), &json!(3));
    once(&home);
    assert_eq!(ticket(&desk).status, 3, "closed by staff as they call it");
    assert_eq!(
        events(&home, &register, "status_ordered").len(),
        1,
        "what staff set is shown already"
    );
    nothing_is_left(&home);
}

/// Closed again, by a command or by a status: the letter stands, and the ticket says which and how to get another.
#[tokio::test(flavor = "multi_thread")]
async fn a_case_closed_again_has_one_closing_letter_and_a_note_says_so() {
    let (desk, home, register) = opened().await;
    let number = ticket(&desk).number;
    let letters = || {
        let all = home.succeed(&["letter", "list", &register, "--format", "json"]);
        let all: Value = serde_json::from_str(&all.unwrap()).unwrap();
        all["letters"].as_array().unwrap().len()
    };
    let told = || {
        let another = format!("tanggap letter draft penutupan {register}");
        let letter = format!("{register}/letter/1 (penutupan, konsep");
        let notes = ticket(&desk).entries.into_iter();
        let telling = notes.filter(|entry| entry.kind == "N" && entry.staff != 3);
        telling
            .filter(|entry| entry.body.contains(&another) && entry.body.contains(&letter))
            .count()
    };
    desk.staff_writes(3, &number, "N", "#selesai halaman dipulihkan");
    once(&home);
    assert_eq!((letters(), told()), (1, 0), "closed for the first time");
    for (round, close) in (1..).zip(["command", "status"]) {
        desk.staff_sets(3, &number, ("reopen", ""), &json!(1));
        once(&home);
        match close {
            "command" => desk.staff_writes(3, &number, "N", "#selesai lagi"),
            _ => desk.staff_sets(3, &number, ("status", ""), &json!(3)),
        }
        once(&home);
        once(&home);
        assert_eq!((letters(), told()), (1, round), "closed by a {close}");
    }
    nothing_is_left(&home);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_that_cannot_write_says_so_when_it_is_typed_and_on_the_case() {
    let desk = Standin::start().await;
    let home = home(&desk);
    let register = taken_down(&home);
    once(&home);
    let said = ran(close(&home, &register));
    assert!(said.contains("TIDAK ikut berubah"), "{said}");
    once(&home);
    assert_eq!(ticket(&desk).status, OPEN);
    let refused = events(&home, &register, "status_refused");
    assert_eq!(refused.len(), 1);
    let why = refused[0]["why"].as_str().unwrap();
    assert!(why.contains("doctor"), "{why}");
    let doctor = home.tanggap(&["doctor"]).unwrap().output().unwrap();
    let doctor = both(&doctor);
    assert!(doctor.contains("tidak menutup tiketnya"), "{doctor}");
    let queue = home.succeed(&["queue", "--format", "json"]).unwrap();
    assert!(queue.contains("\"orders\":[]"), "{queue}");
}

/// The severity is the team's to change here until a person has set the ticket's priority; from then on it is osTicket's.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_severity_shows_until_a_person_has_set_the_priority() {
    let desk = Standin::with_plugin().await;
    let home = home(&desk);
    let text = std::fs::read_to_string(home.config()).unwrap();
    let levels = "fence = \"2s\"\npriority_low = 1\npriority_medium = 2\npriority_high = 3\n";
    std::fs::write(home.config(), text.replace("fence = \"2s\"\n", levels)).unwrap();
    let register = taken_down(&home);
    once(&home);
    let reclassify = |severity: &str| {
        let what = ["case", "reclassify", &register, "--severity", severity];
        let why = ["--reason", "uji"];
        home.succeed(&[&what[..], &why[..]].concat()).unwrap();
        once(&home);
    };
    for (severity, priority) in [("low", 1), ("high", 3), ("low", 1)] {
        reclassify(severity);
        assert_eq!(ticket(&desk).priority, priority, "{severity}");
    }
    let ordered = events(&home, &register, "severity_ordered").len();
    assert_eq!(events(&home, &register, "severity_shown").len(), ordered);
    let number = ticket(&desk).number;
    desk.staff_sets(3, &number, ("priority", ""), &json!(4));
    once(&home);
    reclassify("medium");
    assert_eq!(ticket(&desk).priority, 4, "the person's word stands");
    assert_eq!(events(&home, &register, "severity_ordered").len(), ordered);
    nothing_is_left(&home);
}
