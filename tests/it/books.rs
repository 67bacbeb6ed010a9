//! The books: gap-free, chained, corrected only by counter-entries, proven, and shown as people need them.

use std::os::unix::process::ExitStatusExt;

use serde_json::Value;
use tanggap::case::{Act, Event};
use tanggap::clock::Clock;
use tanggap::config::StoreSettings;
use tanggap::register::{Book, NewRow, Which};
use tanggap::store::{CaseFacts, CaseId, NewCase, Role, Span, Store};
use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;
use tanggap_tests::world::postgres::Postgres;

fn row(sender: &str) -> NewRow {
    NewRow::new(Book::AgendaIn, [("sender", sender.to_owned())])
}

async fn case(store: &Store, clock: &Clock) -> CaseId {
    let mut sitting = store
        .sitting_by_hand(clock.now(), "INS", "Rini")
        .await
        .unwrap();
    let facts = CaseFacts {
        severity: "low".into(),
        incident: "other:other".into(),
        subject: "uji".into(),
        reporter: "a@b.example".into(),
    };
    let new = NewCase {
        facts,
        participants: vec![],
    };
    let (case, register) = sitting.open_case(&new).await.unwrap();
    let born = Event::Registered {
        entry: 1,
        receipt: false,
    };
    sitting.apply(case, born).await.unwrap();
    sitting.enter(case, row("a")).await.unwrap();
    let entry = NewRow::new(Book::Register, [("register", register)]);
    sitting.enter(case, entry).await.unwrap();
    sitting.commit().await.unwrap();
    case
}

async fn whole(store: &Store) -> i64 {
    store.verify_books().await.unwrap().unwrap().rows
}

async fn every_statement(settings: &StoreSettings, url: &str) {
    let clock = Clock::default();
    let store = Store::open(settings, Role::Daemon, &clock).await.unwrap();
    assert_eq!(whole(&store).await, 0, "empty books are whole");
    let case = case(&store, &clock).await;
    let disposed = Act::Disposed {
        from: "Ketua".into(),
        to: "Tim".into(),
        instruction: "tangani".into(),
    };
    let triaged = Act::Triaged {
        severity: "high".into(),
        incident: String::new(),
        priority: 0,
        reason: "uji".into(),
    };
    let events = [
        (case, Event::Acted(triaged)),
        (case, Event::Acted(disposed)),
    ];
    store.act(&events, "Rini", clock.now()).await.unwrap();
    let register = store.book(Book::Register, Span::EVER).await.unwrap();
    assert_eq!(
        (register.len(), register[1].corrects),
        (2, 1),
        "a judgement is a counter-entry"
    );
    assert_eq!(
        store.book(Book::Disposition, Span::EVER).await.unwrap()[0].cells["to"],
        "Tim"
    );

    let mut once = row("feed");
    once.once = "feed x".into();
    let entries = vec![(None, once.clone()), (Some(case), row("b")), (None, once)];
    let numbers = store.enter(entries, "Rini", clock.now()).await.unwrap();
    assert_eq!(
        numbers,
        [2, 3, 2],
        "what is entered once only gives the first one's number"
    );
    let year = clock.now().register_year();
    let third = store
        .book_row(Book::AgendaIn, year, 3)
        .await
        .unwrap()
        .unwrap();
    let counter = row("b, benar").correcting(Which::Seq(third.seq));
    store
        .enter(vec![(Some(case), counter)], "Rini", clock.now())
        .await
        .unwrap();
    let first = store.first_rows(Book::AgendaIn, &[case]).await.unwrap();
    assert_eq!(first[&case].number, 1);
    assert_eq!(store.open_cases().await.unwrap().len(), 1);
    assert_eq!(store.cases_of(Span::EVER).await.unwrap().len(), 1);
    let counts = store.count_rows(Span::EVER).await.unwrap();
    assert_eq!(
        (counts[&Book::Register], counts[&Book::AgendaIn]),
        (1, 3),
        "counter-entries are not counted"
    );
    assert!(store.judgements_of(&[case]).await.unwrap().is_empty());
    assert_eq!(store.events_of(&[case]).await.unwrap()[&case].len(), 3);
    assert_eq!(whole(&store).await, 7);
    tampering(&store, url).await;
}

/// Whatever is changed behind our back, the first broken row is named.
async fn tampering(store: &Store, url: &str) {
    let pool = sqlx::any::AnyPoolOptions::new().connect(url).await.unwrap();
    let undo = [
        (
            "UPDATE book_entry SET cells = '{\"sender\":\"lain\"}' WHERE seq = 5",
            5,
            "diubah",
        ),
        (
            "UPDATE book_entry SET actor = 'lain' WHERE seq = 2",
            2,
            "diubah",
        ),
        (
            "UPDATE book_entry SET number = 9 WHERE seq = 6",
            6,
            "dilompati",
        ),
        ("UPDATE incident SET id = id", 0, ""),
    ];
    for (statement, seq, why) in undo.into_iter().filter(|(_, seq, _)| *seq > 0) {
        let copy = ["CREATE TABLE kept AS SELECT * FROM book_entry", statement];
        for text in copy {
            sqlx::query(text).execute(&pool).await.unwrap();
        }
        let broken = store.verify_books().await.unwrap().unwrap_err();
        assert_eq!(broken.seq, seq, "{broken}");
        assert!(broken.to_string().contains(why), "{broken}");
        let back = [
            "DELETE FROM book_entry",
            "INSERT INTO book_entry SELECT * FROM kept",
            "DROP TABLE kept",
        ];
        for text in back {
            sqlx::query(text).execute(&pool).await.unwrap();
        }
        whole(store).await;
    }
    sqlx::query("DELETE FROM book_entry WHERE seq = 7")
        .execute(&pool)
        .await
        .unwrap();
    let broken = store.verify_books().await.unwrap().unwrap_err();
    assert!(
        broken.why.contains("hilang"),
        "a torn-off end is seen: {broken}"
    );
    pool.close().await;
}

#[tokio::test]
async fn every_statement_on_sqlite() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("b.db");
    let url = format!("sqlite://{}", path.display());
    every_statement(&StoreSettings::Sqlite { path }, &url).await;
}

#[tokio::test]
async fn every_statement_on_postgres() {
    let cluster = Postgres::start().unwrap();
    let url = cluster.url();
    let settings = StoreSettings::Postgres {
        url: url.clone(),
        password: None,
    };
    every_statement(&settings, &url).await;
}

/// Many writers on one PostgreSQL: numbers without a gap or a double, and nobody waits for each other in a circle.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_daemons_number_without_gaps() {
    let cluster = Postgres::start().unwrap();
    let settings = StoreSettings::Postgres {
        url: cluster.url(),
        password: None,
    };
    let clock = Clock::default();
    let first = Store::open(&settings, Role::Daemon, &clock).await.unwrap();
    let mut work = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (settings, clock) = (settings.clone(), clock.clone());
        work.spawn(async move {
            let store = Store::open(&settings, Role::Daemon, &clock).await.unwrap();
            for round in 0..25 {
                let case = case(&store, &clock).await;
                let act = Act::Dismissed {
                    exit: tanggap::case::Exit::NotIncident,
                    of: String::new(),
                    reason: "uji".into(),
                };
                store
                    .act(&[(case, Event::Acted(act))], "Rini", clock.now())
                    .await
                    .unwrap();
                if round % 5 == 0 {
                    // A transaction that is undone gives its number back.
                    let mut sitting = store
                        .sitting_by_hand(clock.now(), "INS", "x")
                        .await
                        .unwrap();
                    sitting.enter(case, row("batal")).await.unwrap();
                }
            }
        });
    }
    while let Some(done) = work.join_next().await {
        done.unwrap();
    }
    assert_eq!(whole(&first).await, 300);
    let agenda = first.book(Book::AgendaIn, Span::EVER).await.unwrap();
    let numbers: Vec<_> = agenda.iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=100).collect::<Vec<_>>());
}

fn mail(token: &str) -> Vec<u8> {
    format!(
        "Return-Path: <{token}@dinkes.batangkab.go.id>\r\nFrom: Pelapor {token} <{token}@dinkes.batangkab.go.id>\r\n\
         To: csirt@batangkab.go.id\r\nSubject: =1+1 Situs kami diretas {token}\r\nMessage-ID: <{token}@dinkes.batangkab.go.id>\r\n\
         Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\nNomor : 005/17/2026\r\n\r\n\
         Situs dinas kami diretas, halaman depan diganti gambar peretas. Mohon bantuan.\r\n"
    )
    .into_bytes()
}

fn json(home: &Home, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json"]);
    serde_json::from_str(&home.succeed(&all).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_stands_in_agenda_and_register_and_the_queue_shows_it() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    home.deliver("1.a.test", &mail("a")).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let agenda = json(&home, &["books", "agenda-in"]);
    let line = &agenda["rows"][0];
    assert_eq!(
        (&line["No. agenda"], &line["No. surat"]),
        (&"0001".into(), &"005/17/2026".into()),
        "{line}"
    );
    assert_eq!(line["Tgl. surat"], "23-11-2026");
    let queue = json(&home, &["books", "queue"]);
    assert_eq!(queue["rows"].as_array().unwrap().len(), 1);
    assert_eq!(queue["rows"][0]["No. agenda"], "1");
    let register = queue["rows"][0]["Reg"].as_str().unwrap().to_owned();
    let arguments = [
        "case",
        "triage",
        &register,
        "--severity",
        "high",
        "--reason",
        "luas",
    ];
    home.succeed(&arguments).unwrap();
    let queue = json(&home, &["books", "queue"]);
    let level = queue["rows"][0]["Tingkat (usulan → ditetapkan)"]
        .as_str()
        .unwrap();
    assert!(
        level.ends_with("→ High") && !level.starts_with("High"),
        "{level}"
    );
    home.succeed(&[
        "books",
        "correct",
        "agenda-in",
        "1",
        "--set",
        "sender=Dinas Kesehatan",
        "--reason",
        "salah baca",
    ])
    .unwrap();
    let output = home
        .tanggap(&[
            "books",
            "correct",
            "agenda-in",
            "1",
            "--set",
            "warna=biru",
            "--reason",
            "x",
        ])
        .unwrap()
        .output()
        .unwrap();
    assert!(
        both(&output).contains("kolom buku ini"),
        "{}",
        both(&output)
    );
    let agenda = json(&home, &["books", "agenda-in"]);
    assert!(
        agenda["rows"][1]["Ket."]
            .as_str()
            .unwrap()
            .contains("koreksi no. 0001 oleh Rini: salah baca")
    );
    files(&home);
    home.succeed(&[
        "case",
        "dismiss",
        &register,
        "--as",
        "bukan-insiden",
        "--reason",
        "uji",
    ])
    .unwrap();
    assert!(
        json(&home, &["books", "queue"])["rows"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert_eq!(json(&home, &["books", "verify"])["whole"], true);
}

fn files(home: &Home) {
    let path = |name: &str| home.path().join(name).display().to_string();
    let (csv, xlsx, odd) = (path("agenda.csv"), path("agenda.xlsx"), path("agenda.doc"));
    home.succeed(&["books", "agenda-in", "--out", &csv])
        .unwrap();
    home.succeed(&["books", "agenda-in", "--out", &xlsx])
        .unwrap();
    let text = std::fs::read_to_string(&csv).unwrap();
    assert!(
        text.contains(",'=1+1 Situs kami diretas a,"),
        "no formula: {text}"
    );
    let bytes = std::fs::read(&xlsx).unwrap();
    assert!(bytes.starts_with(b"PK") && bytes.len() > 2000);
    let output = home
        .tanggap(&["books", "agenda-in", "--out", &odd])
        .unwrap()
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
}

/// kill -9 around the commits that write books: after the restart every number is there once.
#[tokio::test(flavor = "multi_thread")]
async fn books_have_no_gap_after_a_crash() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let steps = ["judge.claimed", "judge.before_commit", "judge.committed"];
    for (number, step) in steps.iter().cycle().take(9).enumerate() {
        let token = format!("t{number}");
        home.deliver(&format!("1.{token}.test"), &mail(&token))
            .unwrap();
        let mut run = home.tanggap(&["run", "--once"]).unwrap();
        let ended = run
            .env("TANGGAP_FAILPOINT", format!("{step}:1"))
            .output()
            .unwrap();
        assert!(ended.status.signal().is_some(), "{step} was not met");
        home.succeed(&["run", "--once"]).unwrap();
        let register = format!("INS-2026-{:04}", number + 1);
        for point in ["staff.before_commit", "staff.committed"] {
            let mut act = home
                .tanggap(&[
                    "case",
                    "triage",
                    &register,
                    "--severity",
                    "low",
                    "--reason",
                    "uji",
                ])
                .unwrap();
            let ended = act
                .env("TANGGAP_FAILPOINT", format!("{point}:1"))
                .output()
                .unwrap();
            assert!(
                ended.status.signal().is_some(),
                "{point} was not met: {}",
                both(&ended)
            );
            home.succeed(&["books", "verify"]).unwrap();
        }
    }
    let agenda = json(&home, &["books", "agenda-in"]);
    assert_eq!(agenda["rows"].as_array().unwrap().len(), 9);
    let register = json(&home, &["books", "register"]);
    assert_eq!(
        register["rows"].as_array().unwrap().len(),
        18,
        "nine cases, nine judgements; a killed one is none"
    );
    assert_eq!(
        desk.tickets().len(),
        9,
        "books, cases and osTicket count alike"
    );
}
