//! `tanggap retention`: what is due and only that is removed, the books stay whole, and a kill -9 leaves no half.

use std::os::unix::process::ExitStatusExt;

use serde_json::Value;
use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;
use tanggap_tests::world::postgres::Postgres;

/// A word that is in the raw mail only: not in its subject, not in any judgement.
const SECRET: &str = "gajahterbangbiru";

fn mail(token: &str, attached: &str) -> Vec<u8> {
    format!(
        "Return-Path: <{token}@dinkes.batangkab.go.id>\r\nFrom: Pelapor {token} <{token}@dinkes.batangkab.go.id>\r\n\
         To: csirt@batangkab.go.id\r\nSubject: Situs {token} diretas\r\nMessage-ID: <{token}@dinkes.batangkab.go.id>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         Halaman depan situs {token} diganti gambar peretas. Mohon bantuan. {SECRET}{token}\r\n{attached}--b--\r\n"
    )
    .into_bytes()
}

const CARD: &str = "--b\r\nContent-Type: image/jpeg; name=ktp.jpg\r\nContent-Disposition: attachment; filename=ktp.jpg\r\n\
    Content-Transfer-Encoding: base64\r\n\r\n/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA==\r\n";

fn json(home: &Home, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json"]);
    serde_json::from_str(&home.succeed(&all).unwrap()).unwrap()
}

fn settings(home: &Home, days: &str, identity: &str) {
    let text = std::fs::read_to_string(home.config()).unwrap();
    let before = text.split("[retention]").next().unwrap().to_owned();
    let more = format!("[retention]\ndays = {days}\nidentity_days = {identity}\n");
    std::fs::write(home.config(), before + &more).unwrap();
}

/// Four cases: `a` closed, `b` closed with an identity card, `c` open, `d` a duplicate of the open one.
async fn home() -> (Standin, Home) {
    home_in("").await
}

/// The same in a store that is named.
async fn home_in(store: &str) -> (Standin, Home) {
    let desk = Standin::start().await;
    let (url, key) = (desk.url(), desk.key());
    let plan = Plan {
        store,
        ..Plan::embedded(&url, &key)
    };
    let home = Home::new(&plan).unwrap();
    for (token, attached) in [("a", ""), ("b", CARD), ("c", ""), ("d", "")] {
        home.deliver(&format!("1.{token}.test"), &mail(token, attached))
            .unwrap();
        home.succeed(&["run", "--once"]).unwrap();
    }
    for register in ["INS-2026-0001", "INS-2026-0002"] {
        home.dismiss(register).unwrap();
    }
    home.succeed(&[
        "case",
        "merge",
        "INS-2026-0004",
        "--into",
        "INS-2026-0003",
        "--reason",
        "sama",
    ])
    .unwrap();
    // What the ticket is told of it goes out first: nothing of a case is removed while an order of it waits.
    home.succeed(&["run", "--once"]).unwrap();
    (desk, home)
}

fn registers(plan: &Value) -> Vec<String> {
    let lots = plan["lots"].as_array().unwrap();
    lots.iter()
        .map(|lot| lot["register"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_due_is_planned_identity_cards_first_and_nothing_changes_without_apply() {
    let (_desk, home) = home().await;
    let plan = json(&home, &["retention"]);
    assert_eq!(
        (registers(&plan).len(), &plan["applied"]),
        (0, &false.into()),
        "90 days are not over"
    );
    settings(&home, "90", "0");
    assert_eq!(
        registers(&json(&home, &["retention"])),
        ["INS-2026-0002"],
        "the identity card has its own time"
    );
    settings(&home, "0", "0");
    let plan = json(&home, &["retention"]);
    assert_eq!(registers(&plan), ["INS-2026-0002", "INS-2026-0001"]);
    assert_eq!(
        plan["bound"], 1,
        "a duplicate waits for its open main case: {plan}"
    );
    home.succeed(&[
        "retention",
        "hold",
        "INS-2026-0001",
        "--reason",
        "penyidikan",
    ])
    .unwrap();
    let plan = json(&home, &["retention"]);
    assert_eq!(
        (registers(&plan), &plan["held"]),
        (vec!["INS-2026-0002".to_owned()], &1.into())
    );
    home.succeed(&["retention", "lift", "INS-2026-0001", "--reason", "selesai"])
        .unwrap();
    assert_eq!(registers(&json(&home, &["retention"])).len(), 2);
    home.succeed(&["explain", "1"]).unwrap();
    assert!(
        json(&home, &["books", "retention"])["rows"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_removed_is_gone_and_stands_in_the_books() {
    let (_desk, home) = home().await;
    settings(&home, "0", "0");
    let database = || {
        let files = ["tanggap.db", "tanggap.db-wal"]
            .map(|name| std::fs::read(home.path().join(name)).unwrap_or_default());
        files.concat()
    };
    let journal = home.succeed(&["journal", "--format", "json"]).unwrap();
    let done = json(&home, &["retention", "--apply", "--compact"]);
    assert_eq!(
        (&done["mails"], &done["left"]),
        (&2.into(), &Value::Array(vec![])),
        "{done}"
    );
    let rows = json(&home, &["books", "retention"])["rows"].clone();
    assert_eq!(
        (&rows[0]["No. register"], &rows[1]["No. register"]),
        (&"INS-2026-0002".into(), &"INS-2026-0001".into())
    );
    assert!(
        rows[0]["Dasar"]
            .as_str()
            .unwrap()
            .contains("kartu identitas"),
        "{rows}"
    );
    assert_eq!(
        home.succeed(&["journal", "--format", "json"]).unwrap(),
        journal,
        "what is known of the mails stays"
    );
    let gone = home.tanggap(&["explain", "1"]).unwrap().output().unwrap();
    assert!(both(&gone).contains("menurut retensi"), "{}", both(&gone));
    home.succeed(&["explain", "3"]).unwrap();
    let told = home
        .succeed(&["case", "analysis", "INS-2026-0001"])
        .unwrap();
    assert!(told.contains("dihapus menurut retensi"), "{told}");
    assert_eq!(
        json(&home, &["retention", "--apply"])["mails"],
        0,
        "once only"
    );
    assert_eq!(json(&home, &["books", "verify"])["whole"], true);
    let kept = database();
    let holds = |word: &str| kept.windows(word.len()).any(|seen| seen == word.as_bytes());
    assert!(
        holds(&format!("{SECRET}c")),
        "the open case's text is in its ticket's order"
    );
    assert!(
        !holds(&format!("{SECRET}a")) && !holds(&format!("{SECRET}b")),
        "nothing of the text is left in the file"
    );
    home.deliver("9.a.test", &mail("a", "")).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(
        json(&home, &["case", "list"])["cases"]
            .as_array()
            .unwrap()
            .len(),
        4,
        "the same mail once more is no new case"
    );
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes
        .windows(word.len())
        .any(|seen| seen == word.as_bytes())
}

/// Without writing the whole file anew: what is deleted is overwritten in its page, and the log is cleared.
#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_nothing_of_a_short_text_without_compacting() {
    let (_desk, home) = home().await;
    settings(&home, "0", "0");
    let said = home.succeed(&["retention", "--apply"]).unwrap();
    assert!(
        said.contains("2 surel asli") && said.contains("--compact"),
        "{said}"
    );
    let files = ["tanggap.db", "tanggap.db-wal"]
        .map(|name| std::fs::read(home.path().join(name)).unwrap_or_default())
        .concat();
    assert!(
        holds(&files, &format!("{SECRET}c")),
        "the open case's text is there: the search can find"
    );
    for gone in ["a", "b"] {
        assert!(
            !holds(&files, &format!("{SECRET}{gone}")),
            "the text of {gone} is in the file"
        );
    }
}

/// Every file below a folder, one after the other.
fn bytes_below(folder: &std::path::Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(bytes_below(&path));
        } else {
            // A file of a table that was just written anew may go while we look.
            all.extend(std::fs::read(&path).unwrap_or_default());
        }
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_keeps_nothing_in_its_tables_once_they_are_written_anew() {
    let cluster = Postgres::start().unwrap();
    let store = format!(
        "[store]\nkind = \"postgres\"\nurl = \"{}\"\n",
        cluster.url()
    );
    let (_desk, home) = home_in(&store).await;
    settings(&home, "0", "0");
    let pool = sqlx::PgPool::connect(&cluster.url()).await.unwrap();
    // A checkpoint brings to the disk what is in memory only.
    let on_disk = async || {
        sqlx::query("CHECKPOINT").execute(&pool).await.unwrap();
        bytes_below(&cluster.tables())
    };
    let before = on_disk().await;
    assert!(holds(&before, &format!("{SECRET}a")), "the search can find");
    let done = json(&home, &["retention", "--apply", "--compact"]);
    assert_eq!(
        (&done["mails"], &done["compacted"]),
        (&2.into(), &true.into()),
        "{done}"
    );
    let after = on_disk().await;
    assert!(
        holds(&after, &format!("{SECRET}c")),
        "the open case's text stays"
    );
    for gone in ["a", "b"] {
        assert!(
            !holds(&after, &format!("{SECRET}{gone}")),
            "the text of {gone} is in a table's file"
        );
    }
    assert_eq!(json(&home, &["books", "verify"])["whole"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_leaves_all_or_nothing() {
    let (_desk, home) = home().await;
    settings(&home, "0", "0");
    let killed = |point: &str| {
        let mut run = home.tanggap(&["retention", "--apply"]).unwrap();
        let ended = run
            .env("TANGGAP_FAILPOINT", format!("{point}:1"))
            .output()
            .unwrap();
        assert!(
            ended.status.signal().is_some(),
            "{point} was not met: {}",
            both(&ended)
        );
        home.succeed(&["books", "verify"]).unwrap();
        json(&home, &["books", "retention"])["rows"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!(killed("retention.before_commit"), 0);
    assert_eq!(registers(&json(&home, &["retention"])).len(), 2);
    assert_eq!(killed("retention.committed"), 1);
    assert_eq!(registers(&json(&home, &["retention"])), ["INS-2026-0001"]);
    assert_eq!(json(&home, &["retention", "--apply"])["mails"], 1);
    assert_eq!(
        json(&home, &["books", "retention"])["rows"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}
