//! The journal's statements.

use tanggap::clock::Clock;
use tanggap::mailbox::Place;
use tanggap::store::{Packed, RawMail, Store};

use super::{arrival, whole};

pub async fn journal(store: &Store, clock: &Clock) {
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

pub async fn settling(store: &Store, clock: &Clock) {
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
