//! Raw mail is removed whole, once, with its row in the books; what is still known of it stays.

use tanggap::case::{Act, Event, Exit};
use tanggap::clock::{Clock, Timestamp};
use tanggap::mailbox::Place;
use tanggap::register::{Book, NewRow};
use tanggap::store::{CaseId, Disposal, EntryId, Fate, Reading, Span, Store};
use tanggap_rules::Kind;

use super::{any_case, classification};

async fn case(store: &Store, clock: &Clock) -> (CaseId, EntryId) {
    let mut sitting = store
        .sitting_by_hand(clock.now(), "INS", "Rini")
        .await
        .unwrap();
    let new = any_case("a@b.example");
    let (case, _) = sitting.open_case(&new).await.unwrap();
    let place = Place {
        account: "manual".into(),
        folder: String::new(),
        uidvalidity: 1,
        uid: 77,
    };
    let entry = sitting.keep(place, b"isi rahasia").await.unwrap();
    let born = Event::Registered {
        entry: entry.0,
        receipt: false,
    };
    sitting.apply(case, born).await.unwrap();
    sitting.record(Reading {
        entry,
        classification: classification(Kind::Automated),
        fate: Fate::Opened,
        why: "uji".into(),
        case: Some(case),
        sender: "a@b.example".into(),
        subject: "uji".into(),
        message_id: String::new(),
        canon: [77; 32],
        receipt: String::new(),
    });
    sitting.commit().await.unwrap();
    (case, entry)
}

fn disposal(case: CaseId, events: i64, entry: EntryId) -> Disposal {
    Disposal {
        case: Some(case),
        events,
        entries: vec![entry],
        row: NewRow::new(Book::Retention, [("mails", "1".to_owned())]),
    }
}

pub async fn retention(store: &Store, clock: &Clock) {
    let (case, entry) = case(store, clock).await;
    let ever = Timestamp(i64::MAX);
    let listed =
        |mails: Vec<tanggap::store::KeptMail>| mails.into_iter().any(|mail| mail.entry == entry);
    assert!(
        !listed(store.kept_mails(EntryId(0), ever).await.unwrap()),
        "mail of an open case"
    );
    let feeds = store.feeds(Span::EVER).await.unwrap();
    let day = clock.now().wib().format("%Y-%m-%d");
    let count = |mark: &str| feeds.get(mark).copied();
    assert!(
        count(&format!("feed a@b.example {day}")).is_some_and(|count| count > 0),
        "{feeds:?}"
    );
    let now = clock.now();
    let dispose = |events| store.dispose(disposal(case, events, entry), "Rini", now);
    assert_eq!(dispose(1).await.unwrap(), None, "the case is open");
    let ended = Act::Dismissed {
        exit: Exit::NotIncident,
        of: String::new(),
        reason: "uji".into(),
    };
    store
        .act(&[(case, Event::Acted(ended))], "Rini", clock.now())
        .await
        .unwrap();
    assert!(listed(store.kept_mails(EntryId(0), ever).await.unwrap()));
    assert!(!listed(store.kept_mails(entry, ever).await.unwrap()));
    assert!(!listed(
        store.kept_mails(EntryId(0), Timestamp(0)).await.unwrap()
    ));
    assert_eq!(dispose(1).await.unwrap(), None, "it has moved on since");
    let known = store.mails_of(case).await.unwrap();
    assert_eq!(store.raw(entry, 100).await.unwrap(), b"isi rahasia");
    assert_eq!(dispose(2).await.unwrap(), Some(1));
    assert_eq!(dispose(2).await.unwrap(), None, "it is gone already");
    let why = store.raw(entry, 100).await.unwrap_err().to_string();
    assert!(why.contains("retensi"), "{why}");
    assert!(store.raws(&[entry]).await.unwrap()[0].is_empty());
    assert!(!listed(store.kept_mails(EntryId(0), ever).await.unwrap()));
    let still = store.mails_of(case).await.unwrap();
    assert_eq!(
        (still[0].digest, still[0].size, still[0].kept),
        (known[0].digest, known[0].size, known[0].kept)
    );
    assert!(still[0].removed.is_some() && known[0].removed.is_none());
    assert_eq!(
        store.book(Book::Retention, Span::EVER).await.unwrap().len(),
        1
    );
    store.verify_books().await.unwrap().unwrap();
    store.compact().await.unwrap();
    store.verify_books().await.unwrap().unwrap();
}
