//! Every statement of the store, on SQLite and on PostgreSQL: the same calls, the same answers.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod staff;

use std::time::Duration;

use tanggap::case::{Channel, Effect, Event};
use tanggap::clock::Clock;
use tanggap::config::StoreSettings;
use tanggap::mailbox::Place;
use tanggap::store::{
    Arrival, CaseFacts, Fate, NewCase, NewLetter, NewOrder, OrderState, Packed, Pointers, RawMail,
    Reading, Recorded, Role, Store, StoreError,
};
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
        ruleset: "x".into(),
    }
}

async fn journal(store: &Store, clock: &Clock) {
    let large: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    let mut packer = Packed::builder();
    large
        .chunks(700_001)
        .for_each(|chunk| packer.push(chunk).unwrap());
    let arrivals = vec![
        arrival(1, whole("satu"), clock),
        arrival(2, whole("dua"), clock),
        arrival(3, whole("satu"), clock),
        arrival(4, RawMail::Parts(packer.finish().unwrap()), clock),
    ];
    let kept = store.keep(arrivals.clone()).await.unwrap();
    assert_eq!(
        (kept.entries, kept.sightings),
        (3, 4),
        "the same content twice is one entry with two sightings"
    );
    let again = store.keep(arrivals).await.unwrap();
    assert_eq!(
        (again.entries, again.sightings),
        (0, 0),
        "keeping again changes nothing"
    );
    assert_eq!(store.keep(vec![]).await.unwrap().entries, 0);

    let known = store.known_uids("csirt", "INBOX", 7).await.unwrap();
    assert_eq!(known, [1, 2, 3, 4].into());
    assert!(
        store
            .known_uids("csirt", "INBOX", 8)
            .await
            .unwrap()
            .is_empty(),
        "another UIDVALIDITY is another world"
    );

    let mails = store.mails(10).await.unwrap();
    assert_eq!(mails.len(), 3);
    let biggest = mails.iter().max_by_key(|mail| mail.size).unwrap();
    let entry = tanggap::store::EntryId(biggest.entry);
    assert_eq!(
        store.raw(entry, u64::MAX).await.unwrap(),
        large,
        "a large mail comes back byte for byte"
    );
    assert_eq!(store.raw(entry, 10).await.unwrap(), &large[..10]);
    let small: Vec<_> = mails
        .iter()
        .filter(|mail| mail.size < 10)
        .map(|mail| tanggap::store::EntryId(mail.entry))
        .collect();
    let mut texts = store.raws(&small).await.unwrap();
    texts.sort();
    assert_eq!(texts, [b"dua".to_vec(), b"satu".to_vec()]);
    assert_eq!(store.journal_counts().await.unwrap(), (3, 3));
}

async fn settling(store: &Store, clock: &Clock) {
    assert_eq!(
        store.unsettled("csirt", "INBOX", 7, 2).await.unwrap(),
        [1, 2]
    );
    store.settled("csirt", "INBOX", 7, &[1, 3]).await.unwrap();
    assert_eq!(
        store.unsettled("csirt", "INBOX", 7, 9).await.unwrap(),
        [2, 4]
    );
    let place = Place {
        account: "csirt".into(),
        folder: "INBOX".into(),
        uidvalidity: 7,
        uid: 99,
    };
    assert_eq!(
        store.unfetched(&place, "putus", clock.now()).await.unwrap(),
        1
    );
    assert_eq!(
        store
            .unfetched(&place, "putus lagi", clock.now())
            .await
            .unwrap(),
        2
    );
    let trouble = store.all_unfetched().await.unwrap();
    assert_eq!(
        (
            trouble[0].tries,
            trouble[0].why.as_str(),
            trouble[0].place.uid
        ),
        (2, "putus lagi", 99)
    );
    store.fetched_after_all(&place).await.unwrap();
    assert!(store.all_unfetched().await.unwrap().is_empty());
}

/// Judges the three entries: one opens a case with two orders and a letter, one joins it, one is recorded.
async fn judging(store: &Store, clock: &Clock) -> String {
    let now = clock.now();
    let (epoch, unread) = store.claim_unread(now, 10, 100).await.unwrap().unwrap();
    assert_eq!(unread.len(), 2, "the large one would pass the byte limit");
    let nothing = Pointers::default;
    let dropped = store.judging((epoch, now), nothing(), "INS").await.unwrap();
    drop(dropped);
    let (epoch, unread) = store.claim_unread(now, 10, 100).await.unwrap().unwrap();
    assert_eq!(
        (unread.len(), unread[0].tries),
        (1, 1),
        "what was begun before comes alone"
    );

    let pointers = || Pointers {
        message_ids: vec!["m1@b.example".into(), "ack.1@x".into()],
        canons: vec![[1; 32], [2; 32]],
    };
    let mut sitting = store
        .judging((epoch, now), pointers(), "INS")
        .await
        .unwrap();
    assert!(sitting.first_with([1; 32]).is_none());
    let facts = CaseFacts {
        severity: "high".into(),
        incident: "other:other".into(),
        subject: "uji".into(),
        reporter: "a@b.example".into(),
    };
    let new = NewCase {
        facts,
        participants: vec!["a@b.example".into(), "a@b.example".into()],
    };
    let (case, register) = sitting.open_case(&new).await.unwrap();
    let effects = sitting
        .apply(
            case,
            Event::Registered {
                entry: unread[0].entry.0,
                receipt: true,
            },
        )
        .await
        .unwrap();
    assert_eq!(effects, [Effect::OpenTicket, Effect::SendReceipt]);
    assert!(
        sitting
            .apply(
                case,
                Event::Registered {
                    entry: 1,
                    receipt: true
                }
            )
            .await
            .is_err(),
        "born twice"
    );
    let orders: Vec<_> = effects
        .into_iter()
        .map(|effect| NewOrder {
            key: format!("{register}/{}", effect.key()),
            case,
            effect,
            payload: "{}".into(),
        })
        .collect();
    sitting.order(&orders).await.unwrap();
    let counts = sitting
        .letter_counts("a@b.example", "b.example")
        .await
        .unwrap();
    assert_eq!(counts.to_sender_in_day, 0);
    let letter = NewLetter {
        message_id: "ack.1@x".into(),
        recipient: "a@b.example".into(),
        domain: "b.example".into(),
    };
    sitting.add_letter(case, &letter).await.unwrap();
    sitting.add_participant(case, "c@d.example").await.unwrap();
    let reading = |entry, fate, case, canon| Reading {
        entry,
        classification: classification(Kind::Report),
        fate,
        why: "uji".into(),
        case,
        sender: "a@b.example".into(),
        subject: "uji".into(),
        message_id: "m1@b.example".into(),
        canon,
        receipt: String::new(),
    };
    sitting.record(reading(unread[0].entry, Fate::Opened, Some(case), [1; 32]));
    assert_eq!(
        sitting.first_with([1; 32]),
        Some((unread[0].entry, Some(case))),
        "seen within the sitting"
    );
    sitting.commit().await.unwrap();

    let (epoch, unread) = store.claim_unread(now, 10, 1000).await.unwrap().unwrap();
    let mut sitting = store
        .judging((epoch, now), pointers(), "INS")
        .await
        .unwrap();
    assert_eq!(
        sitting.first_with([1; 32]).map(|found| found.1),
        Some(Some(case)),
        "found in the database"
    );
    assert_eq!(
        sitting.case_by_register(&register).await.unwrap(),
        Some(case)
    );
    assert_eq!(sitting.case_by_ticket("123456").await.unwrap(), None);
    assert_eq!(sitting.case_by_mail("m1@b.example"), Some(case));
    assert_eq!(sitting.case_by_letter("ack.1@x"), Some(case));
    assert_eq!(sitting.register_of(case).await.unwrap(), register);
    assert_eq!(sitting.participants(case).await.unwrap().len(), 2);
    let counts = sitting
        .letter_counts("a@b.example", "b.example")
        .await
        .unwrap();
    assert_eq!(
        (
            counts.to_sender_in_day,
            counts.to_domain_in_hour,
            counts.in_all_in_hour
        ),
        (1, 1, 1)
    );
    assert!(!counts.cooling_down);
    sitting.letter_bounced("ack.1@x").await.unwrap();
    assert!(
        sitting
            .letter_counts("a@b.example", "b.example")
            .await
            .unwrap()
            .cooling_down
    );
    sitting.record(reading(unread[0].entry, Fate::Recorded, None, [2; 32]));
    sitting.commit().await.unwrap();
    assert_eq!(store.journal_counts().await.unwrap(), (3, 1));
    register
}

async fn outbox(store: &Store, clock: &Clock, register: &str) {
    let desk = store
        .claim_orders(Channel::Desk, clock.now(), 10)
        .await
        .unwrap();
    assert_eq!(
        (desk.len(), desk[0].attempts, &desk[0].effect),
        (1, 1, &Effect::OpenTicket)
    );
    assert!(
        store
            .claim_orders(Channel::Desk, clock.now(), 10)
            .await
            .unwrap()
            .is_empty(),
        "claimed once"
    );
    let outcome = |state, event| Recorded {
        order: desk[0].clone(),
        state,
        due: clock.now(),
        why: "uji".into(),
        result: "123456".into(),
        event,
    };
    assert_eq!(store.abandon_sending(clock.now()).await.unwrap(), 1);
    let late = store
        .record_outcomes(&[outcome(OrderState::Done, None)], clock.now())
        .await
        .unwrap();
    assert_eq!(
        late,
        [desk[0].key.clone()],
        "a late writer of an older epoch writes nothing"
    );
    let unknown = store
        .unknown_orders(Channel::Desk, clock.now(), 10)
        .await
        .unwrap();
    let opened = Event::TicketOpened {
        number: "123456".into(),
    };
    let mut settled = outcome(OrderState::Done, Some(opened));
    settled.order = unknown[0].clone();
    assert!(
        store
            .record_outcomes(&[settled], clock.now())
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        store.ticket_of(unknown[0].case).await.unwrap().as_deref(),
        Some("123456")
    );

    store
        .pause_channel(
            Channel::Post,
            clock.now().plus(Duration::from_mins(1)),
            "tunggu",
        )
        .await
        .unwrap();
    assert!(
        store
            .claim_orders(Channel::Post, clock.now(), 10)
            .await
            .unwrap()
            .is_empty(),
        "a paused channel waits"
    );
    store
        .hold_channel(Channel::Post, clock.now(), "ditahan")
        .await
        .unwrap();
    assert!(store.channels().await.unwrap()[0].held);
    store
        .release_channel(Channel::Post, clock.now())
        .await
        .unwrap();
    assert!(store.next_due(Channel::Post).await.unwrap().is_some());
    operator(store, clock, register).await;
}

async fn operator(store: &Store, clock: &Clock, register: &str) {
    let key = format!("{register}/receipt");
    assert!(store.hold_order(&key, "tunggu dulu").await.unwrap());
    assert!(
        store
            .claim_orders(Channel::Post, clock.now(), 10)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(store.retry_order(&key, clock.now()).await.unwrap());
    let (order, state) = store.order(&key).await.unwrap().unwrap();
    assert_eq!(state, OrderState::Due);
    let dropped = Recorded {
        order,
        state: OrderState::Dropped,
        due: clock.now(),
        why: "tidak perlu".into(),
        result: String::new(),
        event: Some(Event::OrderDropped {
            order: key.clone(),
            reason: "tidak perlu".into(),
        }),
    };
    assert!(
        store
            .settle_order(dropped.clone(), "operator", clock.now())
            .await
            .unwrap()
    );
    assert!(
        !store
            .settle_order(dropped, "operator", clock.now())
            .await
            .unwrap(),
        "settled once"
    );
    assert!(store.orders(false, 10).await.unwrap().is_empty());
    assert_eq!(store.orders(true, 10).await.unwrap().len(), 2);
    let case = store.case(&register.to_lowercase()).await.unwrap().unwrap();
    assert_eq!(
        (case.stage.as_str(), case.ticket.as_str()),
        ("open", "123456")
    );
    let events = store.events(case.id).await.unwrap();
    assert_eq!(events.len(), 3, "registered, opened, dropped");
    assert_eq!(events[2].actor, "operator");
    assert_eq!(store.cases(5).await.unwrap().len(), 1);
    assert_eq!(
        store.participants(case.id).await.unwrap(),
        ["a@b.example", "c@d.example"]
    );
}

async fn every_statement(settings: &StoreSettings, url: &str) {
    let clock = Clock::default();
    let store = Store::open(settings, Role::Daemon, &clock).await.unwrap();
    journal(&store, &clock).await;
    settling(&store, &clock).await;
    let register = judging(&store, &clock).await;
    assert!(
        register.starts_with("INS-") && register.ends_with("-0001"),
        "{register}"
    );
    outbox(&store, &clock, &register).await;
    staff::staff(&store, &clock, &register).await;
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
    let url = cluster.url();
    let settings = StoreSettings::Postgres {
        url: url.clone(),
        password: None,
    };
    every_statement(&settings, &url).await;
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
    let url = cluster.url();
    refuses_a_newer_schema(
        &StoreSettings::Postgres {
            url: url.clone(),
            password: None,
        },
        &url,
    )
    .await;
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
    let settings = StoreSettings::Postgres {
        url: cluster.url(),
        password: None,
    };
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
