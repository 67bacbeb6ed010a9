//! The chain in the store: numbers without gaps, counter-entries, and what was changed behind our back.

use tanggap::case::{Act, Event};
use tanggap::clock::Clock;
use tanggap::config::StoreSettings;
use tanggap::register::{Book, NewRow, Which};
use tanggap::store::{CaseId, Role, Span, Store};
use tanggap_tests::world::postgres::Postgres;

use crate::store::any_case;

fn row(sender: &str) -> NewRow {
    NewRow::new(Book::AgendaIn, [("sender", sender.to_owned())])
}

async fn case(store: &Store, clock: &Clock) -> CaseId {
    let mut sitting = store
        .sitting_by_hand(clock.now(), "INS", "Rini")
        .await
        .unwrap();
    let new = any_case("a@b.example");
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
    every_statement(&cluster.settings(), &cluster.url()).await;
}

/// Many writers on one PostgreSQL: numbers without a gap or a double, and nobody waits for each other in a circle.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_daemons_number_without_gaps() {
    let cluster = Postgres::start().unwrap();
    let settings = cluster.settings();
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
