//! Letters through the outbox to a sink: claimed, sent, recorded.

use std::time::Instant;

use tanggap::case::Event;
use tanggap::clock::Clock;
use tanggap::config::StoreSettings;
use tanggap::deliver::{Deliver, Way};
use tanggap::letter::{Post, SealedLetter};
use tanggap::mailbox::Place;
use tanggap::pace::Tick;
use tanggap::store::{Arrival, CaseFacts, NewCase, NewOrder, Pointers, RawMail, Role, Store};
use tanggap_tests::world::smtp_sink::SmtpSink;

const CONNECTIONS: usize = 4;

/// Letters a second.
pub async fn rate(letters: usize) -> f64 {
    let home = tempfile::tempdir().unwrap();
    let clock = Clock::default();
    let settings = StoreSettings::Sqlite {
        path: home.path().join("tanggap.db"),
    };
    let store = Store::open(&settings, Role::Daemon, &clock).await.unwrap();
    order(&store, &clock, letters).await;
    let sink = SmtpSink::forgetful().unwrap();
    let post = Post::open(&sink.settings(CONNECTIONS)).unwrap();
    let mut deliver = Deliver {
        store,
        clock,
        way: Way::Post(post),
        at_once: CONNECTIONS,
    };
    let start = Instant::now();
    let mut sent = 0;
    while sent < letters {
        let done = deliver.tick().await.unwrap().done;
        assert!(
            done > 0,
            "{sent} of {letters} letters sent, and no more are due"
        );
        sent += usize::try_from(done).unwrap();
    }
    letters as f64 / start.elapsed().as_secs_f64()
}

/// One mail, and as many cases with a receipt each.
async fn order(store: &Store, clock: &Clock, letters: usize) {
    let place = Place {
        account: "bench".into(),
        folder: "INBOX".into(),
        uidvalidity: 1,
        uid: 1,
    };
    let raw = RawMail::Whole(b"Subject: bench\r\n\r\n.\r\n".to_vec());
    store
        .keep(vec![Arrival {
            place,
            raw,
            internal_ms: None,
            seen: clock.now(),
        }])
        .await
        .unwrap();
    let (epoch, unread) = store
        .claim_unread(clock.now(), 1, 1000)
        .await
        .unwrap()
        .unwrap();
    let mut sitting = store
        .judging((epoch, clock.now()), Pointers::default(), "INS")
        .await
        .unwrap();
    for number in 0..letters {
        let facts = CaseFacts {
            severity: "low".into(),
            incident: "other:other".into(),
            subject: "bench".into(),
            reporter: "a@b.example".into(),
        };
        let (case, register) = sitting
            .open_case(&NewCase {
                facts,
                participants: vec![],
            })
            .await
            .unwrap();
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
        let letter = SealedLetter {
            from: None,
            to: format!("p{number}@b.example"),
            message_id: format!("{number}@bench.example"),
            text: format!(
                "To: p{number}@b.example\r\nSubject: Re: bench [{register}]\r\n\r\n{}\r\n",
                "Laporan Saudara telah kami terima.\r\n".repeat(30)
            ),
        };
        let payload = serde_json::to_string(&letter).unwrap();
        let receipts = effects.into_iter().skip(1);
        let orders: Vec<_> = receipts
            .map(|effect| NewOrder {
                key: format!("{register}/{}", effect.key()),
                case,
                effect,
                payload: payload.clone(),
            })
            .collect();
        sitting.order(&orders).await.unwrap();
    }
    sitting.commit().await.unwrap();
}
