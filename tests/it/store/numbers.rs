//! Numbers that this house gives to letters: offered, claimed once, none lost, none twice; each year anew.

use tanggap::case::LetterDeed;
use tanggap::clock::Clock;
use tanggap::config::Block;
use tanggap::letter::Kind;
use tanggap::store::{LetterDone, LetterWork, Store};

const YEAR: Block = Block {
    year: 2031,
    from: 1,
    to: 3,
};

fn written(number: i64) -> String {
    format!("9/{number}/2031")
}

async fn offered(store: &Store, ranges: &[Block]) -> Option<i64> {
    let offer = store.offer_number(ranges, written).await.unwrap();
    offer.map(|offer| offer.number)
}

/// Every statement about numbers.
pub async fn numbers(store: &Store, clock: &Clock, register: &str) {
    let case = store.case(register).await.unwrap().unwrap().id;
    let work = |number: &str| LetterWork {
        case,
        letter: None,
        kind: Kind::Answer,
        note: String::new(),
        deeds: vec![LetterDeed::Numbered {
            number: number.to_owned(),
            to: "Kepala Dinas".into(),
            subject: "Jawaban".into(),
            sha256: "aa".into(),
        }],
        files: Vec::new(),
        mail: None,
    };
    let stamp = ("Rini", clock.now());
    let first = store.offer_number(&[YEAR], written).await.unwrap().unwrap();
    assert_eq!((first.number, first.after), (1, None));
    assert_eq!(
        offered(store, &[YEAR]).await,
        Some(1),
        "an offer takes nothing"
    );
    let claim = async |work: &LetterWork, offer| {
        store.numbered_work(work, Some(offer), stamp).await.unwrap()
    };
    assert!(matches!(
        claim(&work(&written(1)), &first).await,
        LetterDone::Done { .. }
    ));
    assert_eq!(
        claim(&work(&written(1)), &first).await,
        LetterDone::NumberMoved
    );
    assert_eq!(store.last_number(YEAR).await.unwrap(), Some(1));
    let by_hand = store
        .letter_work(&work(&written(2)), "Rini", stamp.1)
        .await
        .unwrap();
    assert!(matches!(by_hand, LetterDone::Done { .. }));
    let next = store.offer_number(&[YEAR], written).await.unwrap().unwrap();
    assert_eq!(
        (next.number, next.after),
        (3, Some(1)),
        "2 was given by hand"
    );
    let taken = claim(&work(&written(2)), &next).await;
    assert!(matches!(taken, LetterDone::NumberTaken { .. }), "{taken:?}");
    assert_eq!(
        store.last_number(YEAR).await.unwrap(),
        Some(1),
        "undone as a whole"
    );
    assert!(matches!(
        claim(&work(&written(3)), &next).await,
        LetterDone::Done { .. }
    ));
    assert_eq!(
        claim(&work(&written(3)), &next).await,
        LetterDone::NumberMoved
    );
    assert_eq!(offered(store, &[YEAR]).await, None, "used up");
    let more = Block {
        from: 10,
        to: 10,
        ..YEAR
    };
    assert_eq!(offered(store, &[YEAR, more]).await, Some(10));
    let new_year = Block { year: 2032, ..YEAR };
    let written = |number: i64| format!("9/{number}/2032");
    let begun = store.offer_number(&[new_year], written).await.unwrap();
    assert_eq!(begun.map(|offer| offer.number), Some(1));
}
