//! Every statement of the store, on SQLite and on PostgreSQL: the same calls, the same answers.

mod counting;
mod desk;
mod journal;
mod judging;
mod numbers;
mod outbox;
mod papers;
mod retention;
mod staff;

use std::time::Duration;

use tanggap::clock::Clock;
use tanggap::config::StoreSettings;
use tanggap::mailbox::Place;
use tanggap::store::{Arrival, CaseFacts, NewCase, Pointers, RawMail, Role, Store, StoreError};
use tanggap_rules::{Classification, Kind, Severity};
use tanggap_tests::world::postgres::Postgres;

fn arrival(uid: i64, raw: RawMail, clock: &Clock) -> Arrival {
    let place = Place {
        account: "csirt".into(),
        folder: "INBOX".into(),
        uidvalidity: 7,
        uid,
    };
    Arrival {
        place,
        raw,
        internal_ms: (uid % 2 == 0).then_some(1),
        seen: clock.now(),
    }
}

fn whole(text: &str) -> RawMail {
    RawMail::Whole(text.as_bytes().to_vec())
}

fn classification(kind: Kind) -> Classification {
    Classification {
        kind,
        kind_reason: "uji".into(),
        otherwise: kind,
        severity: Severity::High,
        incident: "other:other".into(),
        also: vec![],
        fired: vec![],
        reasons: vec![],
        clauses: vec![],
        priority: None,
        tags: vec![],
        deadlines: vec![],
        ruleset: "x".into(),
    }
}

/// A case of no weight, for tests that need any.
pub(crate) fn any_case(reporter: &str) -> NewCase {
    let facts = CaseFacts {
        severity: "low".into(),
        incident: "other:other".into(),
        subject: "uji".into(),
        reporter: reporter.into(),
    };
    NewCase {
        facts,
        participants: Vec::new(),
    }
}

async fn every_statement(settings: &StoreSettings, url: &str) {
    let clock = Clock::default();
    let store = Store::open(settings, Role::Daemon, &clock).await.unwrap();
    journal::journal(&store, &clock).await;
    journal::settling(&store, &clock).await;
    let register = judging::judging(&store, &clock).await;
    assert!(
        register.starts_with("INS-") && register.ends_with("-0001"),
        "{register}"
    );
    outbox::outbox(&store, &clock, &register).await;
    desk::desk(&store, &clock, &register).await;
    staff::staff(&store, &clock, &register).await;
    papers::papers(&store, &clock, &register).await;
    numbers::numbers(&store, &clock, &register).await;
    counting::counting(&store, &clock).await;
    let key = store.effect_key("k");
    drop(store);
    let again = Store::open(settings, Role::Daemon, &clock).await.unwrap();
    assert_eq!(
        again.effect_key("k"),
        key,
        "the secret outlives the process"
    );
    Store::open(settings, Role::Visitor, &clock).await.unwrap();
    again.close().await;
    drop(again);
    staff::from_the_first_version(settings, url, &register).await;
    let store = Store::open(settings, Role::Daemon, &clock).await.unwrap();
    retention::retention(&store, &clock).await;
}

#[tokio::test]
async fn every_statement_on_sqlite() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("aneh?nama#1.db");
    let url = format!("sqlite://{}/aneh%3Fnama%231.db", home.path().display());
    every_statement(&StoreSettings::Sqlite { path }, &url).await;
}

#[tokio::test]
async fn every_statement_on_postgres() {
    let cluster = Postgres::start().unwrap();
    every_statement(&cluster.settings(), &cluster.url()).await;
}

async fn a_clock_set_back(settings: &StoreSettings) {
    let clock = Clock::default();
    let store = Store::open(settings, Role::Daemon, &clock).await.unwrap();
    journal::journal(&store, &clock).await;
    judging::judging(&store, &clock).await;
    outbox::set_back(&store, &clock).await;
    store.close().await;
}

#[tokio::test]
async fn a_clock_set_back_on_both_databases() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tanggap.db");
    a_clock_set_back(&StoreSettings::Sqlite { path }).await;
    let cluster = Postgres::start().unwrap();
    a_clock_set_back(&cluster.settings()).await;
}

#[tokio::test]
async fn a_second_daemon_on_the_same_file_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let settings = StoreSettings::Sqlite {
        path: home.path().join("tanggap.db"),
    };
    let clock = Clock::default();
    let first = Store::open(&settings, Role::Daemon, &clock).await.unwrap();
    let second = Store::open(&settings, Role::Daemon, &clock).await;
    assert!(matches!(second, Err(StoreError::InUse { .. })));
    drop(first);
    Store::open(&settings, Role::Daemon, &clock).await.unwrap();
}

async fn refuses_a_newer_schema(settings: &StoreSettings, url: &str) {
    let clock = Clock::default();
    drop(Store::open(settings, Role::Daemon, &clock).await.unwrap());
    let pool = sqlx::any::AnyPoolOptions::new().connect(url).await.unwrap();
    let future = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) SELECT 9999, description, success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1";
    sqlx::query(future).execute(&pool).await.unwrap();
    pool.close().await;
    for role in [Role::Daemon, Role::Visitor] {
        let refused = Store::open(settings, role, &clock).await;
        assert!(
            matches!(refused, Err(StoreError::Newer { found: 9999, .. })),
            "{role:?}"
        );
    }
}

#[tokio::test]
async fn an_older_program_refuses_a_newer_schema() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("tanggap.db");
    let url = format!("sqlite://{}", path.display());
    refuses_a_newer_schema(&StoreSettings::Sqlite { path }, &url).await;
    let cluster = Postgres::start().unwrap();
    refuses_a_newer_schema(&cluster.settings(), &cluster.url()).await;
}

/// The two texts of a migration make the same tables with the same columns, in the same order.
#[test]
fn both_dialects_describe_the_same_tables() {
    let columns = |text: &str| -> Vec<String> {
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with("--"));
        lines
            .map(|line| line.split_whitespace().next().unwrap().to_owned())
            .collect()
    };
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations");
    for file in std::fs::read_dir(format!("{folder}/sqlite"))
        .unwrap()
        .flatten()
    {
        let sqlite = std::fs::read_to_string(file.path()).unwrap();
        let postgres = format!("{folder}/postgres/{}", file.file_name().to_str().unwrap());
        let postgres = std::fs::read_to_string(postgres).unwrap();
        assert_eq!(
            columns(&sqlite),
            columns(&postgres),
            "{:?}",
            file.file_name()
        );
    }
}

/// Two daemons on one PostgreSQL never take the same order, nor the same mail.
#[tokio::test]
async fn two_daemons_share_one_postgres() {
    let cluster = Postgres::start().unwrap();
    let settings = cluster.settings();
    let clock = Clock::default();
    let one = Store::open(&settings, Role::Daemon, &clock).await.unwrap();
    let two = Store::open(&settings, Role::Daemon, &clock).await.unwrap();
    one.keep(
        (0..20)
            .map(|n| arrival(n, whole(&format!("surel {n}")), &clock))
            .collect(),
    )
    .await
    .unwrap();
    let (epoch, _) = one
        .claim_unread(clock.now(), 5, 1000)
        .await
        .unwrap()
        .unwrap();
    assert!(
        two.claim_unread(clock.now(), 5, 1000)
            .await
            .unwrap()
            .is_none(),
        "one judge at a time"
    );
    clock.advance(Duration::from_mins(3));
    assert!(
        two.claim_unread(clock.now(), 5, 1000)
            .await
            .unwrap()
            .is_some(),
        "a lease ends"
    );
    let late = one
        .judging((epoch, clock.now()), Pointers::default(), "INS")
        .await;
    assert!(
        matches!(late, Err(StoreError::LeaseLost(_))),
        "the judge who slept writes nothing"
    );
}
