//! The statements by which reports are counted.

use tanggap::clock::{Clock, Timestamp};
use tanggap::mailbox::Place;
use tanggap::store::{Judging, Store};

const DAY: i64 = 86_400_000;

/// A mail kept, counted under these keys at this moment.
async fn one(sitting: &mut Judging, (uid, keys): (i64, &[&str]), at: Timestamp) {
    let place = Place {
        account: "manual".into(),
        folder: "hitung".into(),
        uidvalidity: 0,
        uid,
    };
    let raw = format!("Subject: hitung {uid}\r\n\r\nuji\r\n");
    let entry = sitting.keep(place, raw.as_bytes()).await.unwrap();
    let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    sitting.count(entry, &keys, at).await.unwrap();
    // The same mail counts once.
    sitting.count(entry, &keys, at).await.unwrap();
}

/// Counted within a sitting and after it, since a moment; what is older than any window is forgotten.
pub async fn counting(store: &Store, clock: &Clock) {
    let now = clock.now();
    let ago = |days: i64| Timestamp(now.0 - days * DAY);
    let asked = ["sender:a@b.example".to_owned(), "asset:SIMRS".to_owned()];
    let mut sitting = store.sitting_by_hand(now, "INS", "Rini").await.unwrap();
    assert!(
        sitting
            .past(&[], ago(1))
            .await
            .unwrap()
            .times("asset:SIMRS")
            .is_empty()
    );
    one(&mut sitting, (901, &["asset:SIMRS"]), ago(80)).await;
    one(
        &mut sitting,
        (902, &["asset:SIMRS", "sender:a@b.example"]),
        ago(2),
    )
    .await;
    let past = sitting.past(&asked, ago(90)).await.unwrap();
    assert_eq!(past.times("asset:SIMRS"), [ago(2).0, ago(80).0]);
    sitting.commit().await.unwrap();
    let mut sitting = store.sitting_by_hand(now, "INS", "Rini").await.unwrap();
    one(
        &mut sitting,
        (903, &["sender:c@d.example"]),
        Timestamp(now.0 + 12 * DAY),
    )
    .await;
    let past = sitting.past(&asked, ago(90)).await.unwrap();
    assert_eq!(
        past.times("asset:SIMRS"),
        [ago(2).0],
        "92 days before the newest is forgotten"
    );
    assert_eq!(past.times("sender:a@b.example"), [ago(2).0]);
    assert!(
        sitting
            .past(&asked, ago(1))
            .await
            .unwrap()
            .times("asset:SIMRS")
            .is_empty()
    );
    sitting.commit().await.unwrap();
}
