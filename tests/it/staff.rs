//! What the staff do with a case, typed: the SOP's steps in order, skips with their reason, manual intake, merge and split.

use serde_json::Value;
use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;

fn case(home: &Home, register: &str) -> Value {
    let text = home
        .succeed(&["case", "show", register, "--format", "json"])
        .unwrap();
    serde_json::from_str(&text).unwrap()
}

fn new_case(home: &Home, subject: &str) -> String {
    home.take_down(subject).unwrap()
}

fn refused(home: &Home, arguments: &[&str]) -> String {
    let output = home.tanggap(arguments).unwrap().output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", both(&output));
    both(&output)
}

async fn started() -> (Standin, Home) {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    (desk, home)
}

/// The operator's name stands on every act that is named here.
fn life(home: &Home, register: &str) {
    let steps: [&[&str]; 10] = [
        &[
            "triage",
            "--severity",
            "high",
            "--reason",
            "situs pelayanan",
        ],
        &[
            "dispose",
            "--to",
            "Tim Penanganan",
            "--instruction",
            "Segera tangani",
        ],
        &["decide", "--own", "--reason", "mampu ditangani sendiri"],
        &["assign", "--to", "Joko"],
        &[
            "detect",
            "--weaknesses",
            "plugin usang",
            "--detection",
            "aturan WAF 1201",
        ],
        &["handle", "Situs dialihkan ke halaman pemeliharaan"],
        &[
            "recover",
            "--at",
            "24-11-2026 10.30",
            "--confirmed-by",
            "Sari",
        ],
        &[
            "analyse",
            "--cause",
            "plugin usang",
            "--impact",
            "situs berhenti 3 jam",
            "--recommendation",
            "perbarui plugin",
        ],
        &["note", "OPD mengucapkan terima kasih"],
        &["close", "--result", "situs dipulihkan dari cadangan"],
    ];
    for step in steps {
        let mut arguments = vec!["case", step[0], register];
        arguments.extend(&step[1..]);
        arguments.extend(["--by", "Rini"]);
        home.succeed(&arguments).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_report_goes_through_the_sops_steps_by_hand() {
    let (desk, home) = started().await;
    let register = new_case(&home, "Situs puskesmas diretas");
    let born = case(&home, &register);
    assert_eq!(
        (&born["phase"], &born["stage"]),
        (&"recorded".into(), &"recorded".into())
    );
    assert_eq!(born["reporter"], "Sari Dewi, 0812-1111-2222");
    home.succeed(&["run", "--once"]).unwrap();
    let tickets = desk.tickets();
    assert_eq!(tickets.len(), 1);
    assert!(tickets[0].subject.contains(&register), "{tickets:?}");
    assert!(
        home.letters().unwrap().is_empty(),
        "a caller without an address gets no letter"
    );
    life(&home, &register);
    let closed = case(&home, &register);
    assert_eq!(
        (&closed["phase"], &closed["severity"]),
        (&"closed".into(), &"high".into())
    );
    let events = closed["events"].as_array().unwrap();
    let acts: Vec<_> = events
        .iter()
        .filter(|event| event["event"]["what"] == "acted")
        .collect();
    assert!(
        acts.len() == 11 && acts.iter().all(|event| event["actor"] == "Rini"),
        "{events:?}"
    );
    assert!(acts.iter().all(|event| event["event"]["act"] != "skipped"));
    home.succeed(&["case", "reopen", &register, "--reason", "muncul lagi"])
        .unwrap();
    assert_eq!(case(&home, &register)["phase"], "handling");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_is_skipped_only_with_its_reason_on_record() {
    let (_desk, home) = started().await;
    let register = new_case(&home, "Uji");
    let why = refused(
        &home,
        &[
            "case", "close", &register, "--result", "selesai", "--by", "Rini",
        ],
    );
    assert!(
        why.contains("triase, disposisi, keputusan") && why.contains("--skip"),
        "{why}"
    );
    assert_eq!(
        case(&home, &register)["phase"],
        "recorded",
        "nothing of it happened"
    );
    home.succeed(&[
        "case",
        "close",
        &register,
        "--result",
        "selesai",
        "--skip",
        "diselesaikan lewat telepon",
    ])
    .unwrap();
    let closed = case(&home, &register);
    let events = closed["events"].as_array().unwrap();
    let skipped: Vec<_> = events
        .iter()
        .filter(|event| event["event"]["act"] == "skipped")
        .map(|event| event["event"]["step"].as_str().unwrap())
        .collect();
    let expect = [
        "triaged",
        "disposed",
        "decided",
        "detected",
        "handling",
        "recovered",
        "analysed",
    ];
    assert_eq!(
        skipped, expect,
        "step 4 is none of a case that BSSN never saw"
    );
    assert!(events.iter().all(|event| event["event"]["act"] != "skipped"
        || event["event"]["reason"] == "diselesaikan lewat telepon"));
    let why = refused(&home, &["case", "handle", &register, "lagi"]);
    assert!(why.contains("closed") || why.contains("selesai"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_are_joined_and_parted_and_nothing_disappears() {
    let (desk, home) = started().await;
    let (first, second) = (new_case(&home, "Situs A"), new_case(&home, "Situs A lagi"));
    home.succeed(&[
        "case",
        "merge",
        &second,
        "--into",
        &first,
        "--reason",
        "kejadian yang sama",
    ])
    .unwrap();
    assert_eq!(case(&home, &second)["phase"], "duplicate");
    assert!(case(&home, &first)["events"].to_string().contains(&second));
    let text = home
        .succeed(&[
            "case",
            "split",
            "1",
            "--reason",
            "ternyata dua kejadian",
            "--by",
            "Rini",
        ])
        .unwrap();
    let third = text
        .split_whitespace()
        .find(|word| word.contains("INS-"))
        .unwrap();
    let third = third.trim_end_matches('.');
    assert!(case(&home, &first)["events"].to_string().contains(third));
    assert!(case(&home, third)["events"].to_string().contains(&first));
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(
        desk.tickets().len(),
        3,
        "each number of the register is one ticket"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_with_an_address_gets_the_receipt() {
    let (_desk, home) = started().await;
    let arguments = [
        "case",
        "new",
        "--channel",
        "wa",
        "--name",
        "Budi",
        "--email",
        "budi@dinkes.batangkab.go.id",
        "--subject",
        "Akun diretas",
        "--text",
        "Akun email dinas diretas dan mengirim spam.",
    ];
    home.succeed(&arguments).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let letters = home.letters().unwrap();
    assert_eq!(letters.len(), 1);
    assert!(
        letters[0].1.contains("To: budi@dinkes.batangkab.go.id"),
        "{}",
        letters[0].1
    );
    let why = refused(&home, &["case", "new", "--channel", "wa", "--name", "Budi"]);
    assert!(why.contains("Perihal"), "{why}");
}
