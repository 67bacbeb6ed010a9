//! What the staff do, in the store: together or not at all, and over a schema that had none of it.

use tanggap::case::{Act, Event, Phase};
use tanggap::clock::{Clock, Timestamp};
use tanggap::config::StoreSettings;
use tanggap::mailbox::Place;
use tanggap::register::Book;
use tanggap::store::{EntryId, Role, Span, Store, StoreError};

fn triaged(severity: &str) -> Event {
    Event::Acted(Act::Triaged {
        severity: severity.into(),
        incident: String::new(),
        priority: 1,
        reason: "uji".into(),
    })
}

/// Every statement that the staff's verbs use.
pub async fn staff(store: &Store, clock: &Clock, register: &str) {
    let case = store.case(register).await.unwrap().unwrap();
    let closed = Event::Acted(Act::Closed {
        result: "uji".into(),
    });
    let events = [(case.id, triaged("low")), (case.id, closed)];
    let refused = store.act(&events, "Rini", clock.now()).await;
    assert!(matches!(refused, Err(StoreError::Illegal(_))));
    let still = store.case(register).await.unwrap().unwrap();
    assert_eq!(
        (still.progress.phase, still.severity.as_str()),
        (Phase::Recorded, "high"),
        "all of it or none"
    );
    store
        .act(&[(case.id, triaged("low"))], "Rini", clock.now())
        .await
        .unwrap();
    let now = store.case(register).await.unwrap().unwrap();
    assert_eq!(
        (
            now.progress.phase,
            now.severity.as_str(),
            now.incident.as_str()
        ),
        (Phase::Triaged, "low", "other:other"),
        "an empty type leaves what is"
    );
    by_hand(store, clock, register).await;
}

async fn by_hand(store: &Store, clock: &Clock, register: &str) {
    let place = || Place {
        account: "manual".into(),
        folder: "telepon".into(),
        uidvalidity: 0,
        uid: clock.unique(),
    };
    let mut sitting = store
        .sitting_by_hand(clock.now(), "INS", "Rini")
        .await
        .unwrap();
    let entry = sitting.keep(place(), b"catatan").await.unwrap();
    assert!(
        sitting.keep(place(), b"catatan").await.is_err(),
        "the same note twice is a slip"
    );
    drop(sitting);
    assert_eq!(
        store.journal_counts().await.unwrap().0,
        3,
        "{entry:?} is gone with its sitting"
    );

    let first = store.mails(10).await.unwrap();
    let filed = first
        .iter()
        .find(|mail| mail.read.as_ref().is_some_and(|read| read.fate == "opened"));
    let entry = EntryId(filed.unwrap().entry);
    let mut sitting = store
        .sitting_by_hand(clock.now(), "INS", "Rini")
        .await
        .unwrap();
    let case = sitting.case_of_entry(entry).await.unwrap().unwrap();
    assert_eq!(sitting.register_of(case).await.unwrap(), register);
    sitting.move_entry(entry, case).await.unwrap();
    assert_eq!(sitting.case_of_entry(EntryId(-1)).await.unwrap(), None);
    sitting.commit().await.unwrap();
    assert_eq!(store.opening_mail(register).await.unwrap(), Some(entry));
    assert_eq!(store.opening_mail("INS-1999-0001").await.unwrap(), None);
    past(store, entry, register).await;
}

/// The journal once more, as rules are tried on it.
async fn past(store: &Store, opening: EntryId, register: &str) {
    let all = store.past(EntryId(0), Timestamp(0), 10).await.unwrap();
    assert_eq!(
        store.past_count(Timestamp(0)).await.unwrap(),
        all.len() as u64
    );
    let mail = store.past_of(opening).await.unwrap().unwrap();
    let case = mail.case.unwrap();
    assert_eq!(
        (
            mail.fate.as_str(),
            case.register.as_str(),
            case.severity.as_str()
        ),
        ("opened", register, "low"),
        "the severity is the one in force"
    );
    assert!(!mail.by_hand && mail.judgement.contains("\"ruleset\":\"x\""));
    assert!(store.past_of(EntryId(-1)).await.unwrap().is_none());
    let rest = store.past(all[0].entry, Timestamp(0), 10).await.unwrap();
    assert_eq!(rest.len(), all.len() - 1);
    assert!(
        store
            .past(EntryId(0), Timestamp(i64::MAX), 10)
            .await
            .unwrap()
            .is_empty()
    );
}

/// A database of the first version, with a case in it, is brought up to date and keeps its case.
pub async fn from_the_first_version(settings: &StoreSettings, url: &str, register: &str) {
    let clock = Clock::default();
    let pool = sqlx::any::AnyPoolOptions::new().connect(url).await.unwrap();
    for statement in [
        "ALTER TABLE incident DROP COLUMN phase",
        "ALTER TABLE incident DROP COLUMN waiting",
        "ALTER TABLE incident DROP COLUMN escalated",
        "DROP TABLE book_entry",
        "DROP TABLE book_counter",
        "DROP TABLE book_head",
        "DROP TABLE desk_ticket",
        "DROP TABLE desk_mark",
        "DROP TABLE desk_cursor",
        "DROP TABLE case_mark",
        "DROP TABLE report_key",
        "DROP TABLE paper",
        "ALTER TABLE entry DROP COLUMN removed_ms",
        "DROP TABLE paper_file",
        "DROP TABLE letter_counter",
        "DROP TABLE desk_way",
        "DELETE FROM _sqlx_migrations WHERE version >= 2",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    pool.close().await;
    let store = Store::open(settings, Role::Daemon, &clock).await.unwrap();
    let case = store.case(register).await.unwrap().unwrap();
    assert_eq!(case.progress.phase, Phase::Recorded);
    let rows = store.book(Book::Register, Span::EVER).await.unwrap();
    assert_eq!(rows.len(), 1, "a case from before the books is entered");
    assert!(store.verify_books().await.unwrap().is_ok());
    store.close().await;
}
