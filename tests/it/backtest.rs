//! `tanggap rules backtest` and `tanggap rules misfires`: a candidate rule set against a journal on which staff have decided.

use std::path::PathBuf;

use serde_json::Value;
use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;

/// A rule that makes every mail about a sawmill heavy, and one test beside it.
const CANDIDATE: &str = "[words]\ngergaji-kami = [\"penggergajian\"]\n[[rule]]\nname = \"gergaji\"\nseverity = \"high\"\nfirm = true\n\
     reason = \"Penggergajian.\"\nany = [\"gergaji-kami\"]\n[[rule.test]]\ntext = \"Situs penggergajian diretas.\"\n";

fn mail(number: usize, text: &str) -> String {
    format!(
        "Return-Path: <a{number}@dinkes.batangkab.go.id>\r\nFrom: <a{number}@dinkes.batangkab.go.id>\r\nTo: csirt@batangkab.go.id\r\n\
         Subject: Situs <i>{number}</i>\r\nMessage-ID: <{number}@dinkes.batangkab.go.id>\r\nDate: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n{text} {number}\r\n"
    )
}

/// Three reports, one of them about a sawmill, and an invitation; staff raised the first and threw out the second.
async fn decided() -> (Standin, Home) {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let hacked = "Halaman depan situs kami diganti gambar peretas.";
    let sawmill = format!("{hacked} Ini situs penggergajian kami.");
    let invitation = "Mengundang Bapak/Ibu ke rapat koordinasi pada hari Senin pukul 09.00.";
    for (number, text) in [&sawmill, hacked, hacked, invitation]
        .into_iter()
        .enumerate()
    {
        let name = format!("{}.{number}", 1_700_000_000 + number);
        home.deliver(&name, mail(number, text).as_bytes()).unwrap();
    }
    home.succeed(&["run", "--once"]).unwrap();
    for (number, register) in (0..3).zip(registers(&home)) {
        let decision: &[&str] = match number {
            0 => &["triage", "--severity", "high", "--reason", "layanan inti"],
            1 => &[
                "dismiss",
                "--as",
                "bukan-insiden",
                "--reason",
                "uji coba vendor",
            ],
            _ => &["triage", "--reason", "sesuai"],
        };
        let mut arguments = vec!["case", decision[0], &register];
        arguments.extend(&decision[1..]);
        home.succeed(&arguments).unwrap();
    }
    (desk, home)
}

fn registers(home: &Home) -> Vec<String> {
    let told = home.succeed(&["case", "list", "--format", "json"]).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    let cases = told["cases"].as_array().unwrap();
    let registers = cases
        .iter()
        .map(|case| case["register"].as_str().unwrap().to_owned());
    registers.collect()
}

fn candidate(home: &Home, text: &str) -> PathBuf {
    let folder = home.path().join("calon");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("a.toml"), text).unwrap();
    folder
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_candidate_changes_is_told_with_why_and_held_against_what_staff_decided() {
    let (_desk, home) = decided().await;
    let rules = candidate(&home, CANDIDATE);
    let (own, page) = (rules.to_str().unwrap(), home.path().join("halaman.html"));
    let arguments = [
        "rules",
        "backtest",
        "--rules",
        own,
        "--html",
        page.to_str().unwrap(),
        "--format",
        "json",
    ];
    let told = lines(&home.succeed(&arguments).unwrap());
    let (changes, summary) = (&told[..told.len() - 1], &told[told.len() - 1]["summary"]);

    assert_eq!(changes.len(), 1, "{told:#?}");
    let change = &changes[0];
    assert_eq!(change["entry"], 1);
    assert_eq!(change["from"]["severity"], "medium");
    assert_eq!(change["to"]["severity"], "high");
    assert_eq!(change["gained"][0]["rule"], "gergaji");
    assert_eq!(change["gained"][0]["words"][0], "penggergajian");
    assert_eq!(change["staff"]["severity"], "high");
    assert_eq!(change["turn"], "nearer");

    assert_eq!(
        (&summary["seen"], &summary["changed"]),
        (&4.into(), &1.into())
    );
    assert_eq!(summary["staff"]["cases"], 3);
    let agreed = |when: &str| summary["staff"][when].as_f64().unwrap();
    assert!((agreed("agreed_then") - 1.0 / 3.0).abs() < 1e-9);
    assert!((agreed("agreed_now") - 2.0 / 3.0).abs() < 1e-9);
    let cell = |staff: &str, judged: &str| {
        let cells = summary["staff"]["now"].as_array().unwrap();
        let cell = cells
            .iter()
            .find(|cell| cell["staff"] == staff && cell["judged"] == judged);
        cell.unwrap()["mails"].as_i64().unwrap()
    };
    assert_eq!(
        (
            cell("high", "high"),
            cell("none", "medium"),
            cell("medium", "medium")
        ),
        (1, 1, 1)
    );

    let page = std::fs::read_to_string(page).unwrap();
    for wanted in [
        "<svg",
        "gergaji",
        "“penggergajian”",
        "mendekati petugas",
        "Situs &lt;i&gt;0",
    ] {
        assert!(
            page.contains(wanted),
            "{wanted} is not on the page:\n{page}"
        );
    }
    for foreign in ["<script", "http:", "https:", "<i>0", "src="] {
        assert!(!page.contains(foreign), "{foreign} is on the page");
    }
    let table = home
        .succeed(&["rules", "backtest", "--rules", own])
        .unwrap();
    for wanted in [
        "tingkat medium → high",
        "+gergaji (“penggergajian”)",
        "dahulu 33,3 %, kini 66,7 %, dari 3 kasus",
    ] {
        assert!(table.contains(wanted), "{wanted} is not told:\n{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backtest_of_the_rules_in_force_changes_nothing_and_a_faulty_candidate_is_refused() {
    let (_desk, home) = decided().await;
    let before = home.succeed(&["journal", "--format", "json"]).unwrap();
    let told = lines(
        &home
            .succeed(&["rules", "backtest", "--format", "json"])
            .unwrap(),
    );
    assert_eq!(told.len(), 1, "{told:#?}");
    assert_eq!(told[0]["summary"]["judged"], 4);
    let later = home
        .succeed(&[
            "rules",
            "backtest",
            "--since",
            "01-01-2100",
            "--format",
            "json",
        ])
        .unwrap();
    assert_eq!(lines(&later)[0]["summary"]["seen"], 0);
    let rules = candidate(&home, "[[rule]]\nname = \"x\"\nany = [\"tidak-ada\"]\n");
    let output = home
        .tanggap(&["rules", "backtest", "--rules", rules.to_str().unwrap()])
        .unwrap()
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(78), "{}", both(&output));
    assert_eq!(
        home.succeed(&["journal", "--format", "json"]).unwrap(),
        before
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_by_hand_is_a_persons_and_not_tried() {
    let (_desk, home) = decided().await;
    home.succeed(&[
        "case",
        "new",
        "--channel",
        "telepon",
        "--name",
        "Sari",
        "--phone",
        "0812",
        "--office",
        "Dinkes",
        "--system",
        "x",
        "--subject",
        "Situs",
        "--text",
        "Situs diretas.",
        "--by",
        "Rini",
    ])
    .unwrap();
    let told = lines(
        &home
            .succeed(&["rules", "backtest", "--format", "json"])
            .unwrap(),
    );
    assert_eq!(
        (
            &told[0]["summary"]["judged"],
            &told[0]["summary"]["by_hand"]
        ),
        (&4.into(), &1.into())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_staff_took_back_is_told_by_rule_with_the_words() {
    let (_desk, home) = decided().await;
    let told = home
        .succeed(&["rules", "misfires", "--format", "json"])
        .unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(
        (&told["decided"], &told["overridden"]),
        (&3.into(), &2.into()),
        "{told:#}"
    );
    let rules = told["rules"].as_array().unwrap();
    let thrown_out = rules.iter().find(|rule| {
        rule["turns"]
            .as_array()
            .unwrap()
            .iter()
            .any(|turn| turn[0] == "medium → bukan insiden")
    });
    let thrown_out = thrown_out.expect("no rule answers for the case that was none");
    assert_eq!(thrown_out["reasons"][0], "uji coba vendor");
    assert!(
        !thrown_out["words"].as_array().unwrap().is_empty(),
        "{told:#}"
    );
    let raised = rules.iter().any(|rule| {
        rule["turns"]
            .as_array()
            .unwrap()
            .iter()
            .any(|turn| turn[0] == "medium → high")
            && rule["reasons"]
                .as_array()
                .unwrap()
                .contains(&"layanan inti".into())
    });
    assert!(raised, "{told:#}");
    let table = home.succeed(&["rules", "misfires"]).unwrap();
    assert!(
        table.contains("3 kasus sudah diputuskan petugas, 2 di antaranya"),
        "{table}"
    );
}

/// The third report of one sender within a day is heavy, and comes first in the queue.
const COUNTING: &str = "[[rule]]\nname = \"bertubi\"\nseverity = \"high\"\nfirm = true\nqueue = 1\ntags = [\"bertubi\"]\nreason = \"Bertubi-tubi.\"\n\
     any = [\"count: sender >= 3 in 24h\"]\n[[rule.test]]\ntext = \"Situs diretas.\"\ncount = 3\n";

/// Seven mails: five of one sender, one of them delivered twice and one no report, and one of another sender.
fn burst(home: &Home) {
    let from = |number: usize, sender: &str, text: &str| {
        let sender = format!("{sender}@dinkes.batangkab.go.id");
        mail(number, text).replace(&format!("a{number}@dinkes.batangkab.go.id"), &sender)
    };
    let hacked = "Halaman depan situs kami diganti gambar peretas.";
    let mails = [
        from(1, "ani", hacked),
        format!("X-Way: other\r\n{}", from(1, "ani", hacked)),
        from(
            2,
            "ani",
            "Mengundang Bapak/Ibu ke rapat koordinasi pada hari Senin pukul 09.00.",
        ),
        from(3, "ani", hacked),
        from(4, "budi", hacked),
        from(5, "ani", hacked),
        from(6, "ani", hacked),
    ];
    for (number, mail) in mails.iter().enumerate() {
        let name = format!("{}.{number}", 1_700_000_000 + number);
        home.deliver(&name, mail.as_bytes()).unwrap();
    }
    home.succeed(&["run", "--once"]).unwrap();
}

/// What the journal says of each mail: its kind, and the severity where it has a case.
fn verdicts(home: &Home) -> Vec<(i64, String, String)> {
    let told = home.succeed(&["journal", "--format", "json"]).unwrap();
    let told: Value = serde_json::from_str(&told).unwrap();
    let text = |mail: &Value, key: &str| mail[key].as_str().unwrap_or_default().to_owned();
    let mails = told["mails"].as_array().unwrap().iter();
    let mut verdicts: Vec<_> = mails
        .map(|mail| {
            (
                mail["entry"].as_i64().unwrap(),
                text(mail, "kind"),
                text(mail, "severity"),
            )
        })
        .collect();
    verdicts.sort();
    verdicts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backtest_counts_what_came_before_as_the_daemon_does() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    burst(&home);
    let rules = candidate(&home, COUNTING);
    let own = rules.to_str().unwrap();
    let told = home
        .succeed(&["rules", "backtest", "--rules", own, "--format", "json"])
        .unwrap();
    let told = lines(&told);
    let (summary, changes) = told.split_last().unwrap();
    let raised: Vec<i64> = changes
        .iter()
        .map(|change| change["entry"].as_i64().unwrap())
        .collect();
    assert_eq!(raised, [6, 7], "{told:#?}");
    for change in changes {
        assert_eq!(change["from"]["severity"], "medium");
        assert_eq!(change["to"]["severity"], "high");
        assert_eq!(change["to"]["queue"], 1);
        assert_eq!(change["gained"][0]["rule"], "bertubi");
    }
    assert_eq!(
        changes[0]["gained"][0]["words"][0],
        "3 laporan dari pengirim ini"
    );
    assert_eq!(summary["summary"]["changed_marks"], 2);

    let governed = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    candidate(&governed, COUNTING);
    let text = std::fs::read_to_string(governed.config()).unwrap();
    std::fs::write(
        governed.config(),
        format!("{text}[rules]\nfolder = \"calon\"\n"),
    )
    .unwrap();
    burst(&governed);
    let mut foretold = verdicts(&home);
    for (entry, _, severity) in &mut foretold {
        if raised.contains(entry) {
            "high".clone_into(severity);
        }
    }
    assert_eq!(verdicts(&governed), foretold, "the daemon counts otherwise");
    let again = governed
        .succeed(&["rules", "backtest", "--format", "json"])
        .unwrap();
    assert_eq!(
        lines(&again).len(),
        1,
        "what the daemon judged is judged otherwise: {again}"
    );
}
