//! The statements of a sitting.

use tanggap::case::{Effect, Event};
use tanggap::clock::{Clock, Timestamp};
use tanggap::store::{
    CaseFacts, CaseId, EntryId, Fate, NewCase, NewLetter, NewOrder, Pointers, Reading, Store,
};
use tanggap_rules::Kind;

use super::classification;

/// Judges the three entries: one opens a case with two orders and a letter, one joins it, one is recorded.
pub async fn judging(store: &Store, clock: &Clock) -> String {
    interrupted(store, clock.now()).await;
    let (case, register) = opening(store, clock.now()).await;
    joining(store, clock.now(), (case, &register)).await;
    register
}

fn pointers() -> Pointers {
    Pointers {
        message_ids: vec!["m1@b.example".into(), "ack.1@x".into()],
        canons: vec![[1; 32], [2; 32]],
    }
}

fn reading(entry: EntryId, (fate, case): (Fate, Option<CaseId>), canon: [u8; 32]) -> Reading {
    Reading {
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
    }
}

/// A sitting that was begun and never ended.
async fn interrupted(store: &Store, now: Timestamp) {
    let (epoch, unread) = store.claim_unread(now, 10, 100).await.unwrap().unwrap();
    assert_eq!(unread.len(), 2, "the large one would pass the byte limit");
    let nothing = Pointers::default;
    let dropped = store.judging((epoch, now), nothing(), "INS").await.unwrap();
    drop(dropped);
    let entries = [unread[0].entry, unread[1].entry];
    store.forgive(&entries).await.unwrap();
    store.forgive(&entries).await.unwrap();
    let (_, again) = store.claim_unread(now, 10, 100).await.unwrap().unwrap();
    assert_eq!(again.len(), 2, "forgiven, they come together as at first");
}

async fn opening(store: &Store, now: Timestamp) -> (CaseId, String) {
    let (epoch, unread) = store.claim_unread(now, 10, 100).await.unwrap().unwrap();
    assert_eq!(
        (unread.len(), unread[0].tries),
        (1, 1),
        "what was begun before comes alone"
    );

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
    sitting.record(reading(
        unread[0].entry,
        (Fate::Opened, Some(case)),
        [1; 32],
    ));
    assert_eq!(
        sitting.first_with([1; 32]),
        Some((unread[0].entry, Some(case))),
        "seen within the sitting"
    );
    sitting.commit().await.unwrap();
    (case, register)
}

async fn joining(store: &Store, now: Timestamp, (case, register): (CaseId, &str)) {
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
        sitting.case_by_register(register).await.unwrap(),
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
    let outlook = sitting.outlook(case).await.unwrap();
    assert_eq!(
        (outlook.severity.as_str(), outlook.events, outlook.judged),
        ("high", 1, false)
    );
    assert!(outlook.ticket.is_none() && !outlook.progress.phase.is_over());
    sitting.letter_bounced("ack.1@x").await.unwrap();
    assert!(
        sitting
            .letter_counts("a@b.example", "b.example")
            .await
            .unwrap()
            .cooling_down
    );
    sitting.record(reading(unread[0].entry, (Fate::Recorded, None), [2; 32]));
    sitting.commit().await.unwrap();
    assert_eq!(store.journal_counts().await.unwrap(), (3, 1));
}
