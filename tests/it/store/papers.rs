//! Letters in the store: each deed once, in its order, with its rows and its order in the same transaction.

use tanggap::case::{Channel, Effect, Event, LetterDeed, LetterState, SentLetter, Stand, Warned};
use tanggap::clock::Clock;
use tanggap::letter::{Dispatch, Kind, SealedLetter};
use tanggap::register::Book;
use tanggap::store::{
    CaseId, Drafted, LetterDone, LetterWork, NewLetter, NewOrder, OrderState, PaperFile, Recorded,
    Span, Store, StoreError,
};

use super::any_case;

fn work(case: CaseId, letter: Option<i64>, kind: Kind, deeds: Vec<LetterDeed>) -> LetterWork {
    LetterWork {
        case,
        letter,
        kind,
        note: "catatan".into(),
        deeds,
        files: Vec::new(),
        mail: None,
    }
}

fn numbered(number: &str) -> LetterDeed {
    LetterDeed::Numbered {
        number: number.into(),
        to: "Kepala Dinas".into(),
        subject: "Jawaban".into(),
        sha256: "aa".into(),
    }
}

fn released(turn: i64) -> LetterDeed {
    LetterDeed::Released {
        address: "a@dinkes.example".into(),
        turn,
    }
}

fn mail(letter: i64, turn: i64) -> (String, NewLetter) {
    let message_id = format!("ack.surat{letter}{turn}@batangkab.go.id");
    let dispatch = Dispatch {
        sealed: SealedLetter {
            from: Some("csirt@batangkab.go.id".into()),
            to: "a@dinkes.example".into(),
            message_id: message_id.clone(),
            text: "x".into(),
        },
        letter,
        kind: "jawaban".into(),
        entry: SentLetter {
            turn,
            number: "555/1/2026".into(),
            to: "Kepala Dinas".into(),
            ..SentLetter::default()
        },
    };
    let row = NewLetter {
        message_id,
        recipient: "a@dinkes.example".into(),
        domain: "dinkes.example".into(),
    };
    (serde_json::to_string(&dispatch).unwrap(), row)
}

/// Every statement about letters that a person answers for.
pub async fn papers(store: &Store, clock: &Clock, register: &str) {
    let case = store.case(register).await.unwrap().unwrap().id;
    let letter = printed(store, clock, case).await;
    out_of_turn(store, clock, (case, letter)).await;
    let signed = LetterDeed::Signed {
        number: "555/1/2026".into(),
        to: "Kepala Dinas".into(),
        subject: "Jawaban".into(),
        sha256: "bb".into(),
        proof: "uji".into(),
    };
    let mut signing = work(case, Some(letter), Kind::Answer, vec![signed]);
    signing.files = vec![(PaperFile::Signed, String::new(), b"signed".to_vec())];
    store
        .letter_work(&signing, "Rini", clock.now())
        .await
        .unwrap();
    let file = store
        .paper_file((case, letter), PaperFile::Signed)
        .await
        .unwrap();
    assert_eq!(file, [(String::new(), b"signed".to_vec())]);
    sent_once(store, clock, (case, letter)).await;
    plain(store, clock, case).await;
    warned(store, clock, (case, register)).await;
    marked(store, clock, case).await;
    drafted_once(store, clock, case).await;
}

async fn printed(store: &Store, clock: &Clock, case: CaseId) -> i64 {
    let mut issue = work(case, None, Kind::Answer, vec![numbered("555/1/2026")]);
    issue.files = vec![(PaperFile::Unsigned, String::new(), b"print".to_vec())];
    let done = store
        .letter_work(&issue, "Rini", clock.now())
        .await
        .unwrap();
    let LetterDone::Done { letter } = done else {
        panic!("{done:?}")
    };
    let again = store
        .letter_work(&issue, "Rini", clock.now())
        .await
        .unwrap();
    assert!(matches!(again, LetterDone::NumberTaken { .. }), "{again:?}");
    let view = store.papers(Some(case), 10).await.unwrap();
    assert_eq!(view.len(), 1);
    assert_eq!(
        (
            view[0].state,
            view[0].number.as_str(),
            view[0].note.as_str()
        ),
        (LetterState::Numbered, "555/1/2026", "catatan")
    );
    letter
}

async fn out_of_turn(store: &Store, clock: &Clock, (case, letter): (CaseId, i64)) {
    let twice = work(case, Some(letter), Kind::Answer, vec![released(2)]);
    let refused = store.letter_work(&twice, "Rini", clock.now()).await;
    assert!(
        matches!(refused, Err(StoreError::Refused(_))),
        "{refused:?}"
    );
    let late = work(
        case,
        Some(letter),
        Kind::Answer,
        vec![LetterDeed::Sent(Box::default())],
    );
    let refused = store.letter_work(&late, "Rini", clock.now()).await;
    assert!(
        matches!(refused, Err(StoreError::Refused(_))),
        "{refused:?}"
    );
}

async fn sent_once(store: &Store, clock: &Clock, (case, letter): (CaseId, i64)) {
    let mut release = work(case, Some(letter), Kind::Answer, vec![released(1)]);
    release.mail = Some(mail(letter, 1));
    store
        .letter_work(&release, "Rini", clock.now())
        .await
        .unwrap();
    let again = store.letter_work(&release, "Rini", clock.now()).await;
    assert!(matches!(again, Err(StoreError::Refused(_))), "{again:?}");
    let key = format!("/letter/{letter}");
    let orders = store.orders(false, 1000).await.unwrap();
    assert_eq!(
        orders
            .iter()
            .filter(|order| order.key.ends_with(&key))
            .count(),
        1
    );
    let view = store.papers(None, 10).await.unwrap().pop().unwrap();
    assert_eq!(view.order.unwrap().0, OrderState::Due);
    let before = store.book(Book::AgendaOut, Span::EVER).await.unwrap().len();
    let claimed = store
        .claim_orders(Channel::Post, clock.now(), 100)
        .await
        .unwrap();
    let order = claimed
        .into_iter()
        .find(|order| order.key.ends_with(&key))
        .unwrap();
    let dispatch: Dispatch = serde_json::from_str(&order.payload).unwrap();
    let recorded = Recorded {
        order,
        state: OrderState::Done,
        due: clock.now(),
        why: String::new(),
        result: "250".into(),
        event: Some(dispatch.sent("250")),
    };
    for _ in 0..2 {
        store
            .record_outcomes(std::slice::from_ref(&recorded), clock.now())
            .await
            .unwrap();
    }
    let agenda = store.book(Book::AgendaOut, Span::EVER).await.unwrap();
    assert_eq!(agenda.len(), before + 1, "entered once");
    let view = store.papers(Some(case), 10).await.unwrap();
    assert_eq!((view[0].state, view[0].bounced), (LetterState::Sent, None));
    assert!(store.verify_books().await.unwrap().is_ok());
}

async fn plain(store: &Store, clock: &Clock, case: CaseId) {
    let draft = work(case, None, Kind::FollowUp, Vec::new());
    store
        .letter_work(&draft, "Rini", clock.now())
        .await
        .unwrap();
    let mut sitting = store
        .sitting_by_hand(clock.now(), "INS", "Rini")
        .await
        .unwrap();
    assert!(sitting.letter_waits(case, Kind::FollowUp).await.unwrap());
    assert!(!sitting.letter_waits(case, Kind::Missing).await.unwrap());
    drop(sitting);
    let view = store.papers(Some(case), 10).await.unwrap();
    assert_eq!(view.last().unwrap().state, LetterState::Ready);
    let first = store.first_letter(case).await.unwrap();
    assert!(first.is_some());
    assert_eq!(store.first_letter(CaseId(-1)).await.unwrap(), None);
}

async fn warned(store: &Store, clock: &Clock, (case, register): (CaseId, &str)) {
    let order = NewOrder {
        key: format!("{register}/warning/iiv/1/50/ketua"),
        case,
        effect: Effect::SendWarning {
            which: "iiv".into(),
            due_ms: 1,
            percent: 50,
            role: "ketua".into(),
        },
        payload: "{}".into(),
    };
    let event = Event::Warned(Warned {
        which: "iiv".into(),
        due_ms: 1,
        percent: 50,
        role: "ketua".into(),
        stand: Stand::Ordered,
    });
    let events = i64::try_from(store.events(case).await.unwrap().len()).unwrap();
    let stale = store
        .warn(order.clone(), (event.clone(), events - 1), clock.now())
        .await;
    assert!(!stale.unwrap(), "the case has moved since");
    let ordered = store
        .warn(order.clone(), (event.clone(), events), clock.now())
        .await;
    assert!(ordered.unwrap());
    assert!(
        store
            .warn(order, (event, events + 1), clock.now())
            .await
            .is_err(),
        "one key, one order"
    );
}

async fn marked(store: &Store, clock: &Clock, case: CaseId) {
    let mark = |value: &str| ("asset".to_owned(), value.to_owned());
    let mut sitting = store
        .sitting_by_hand(clock.now(), "INS", "Rini")
        .await
        .unwrap();
    let new = any_case("b@lain.example");
    let (other, _) = sitting.open_case(&new).await.unwrap();
    for id in [case, other, other] {
        sitting
            .mark(id, &[mark("simpus.example"), mark(&id.0.to_string())])
            .await
            .unwrap();
    }
    sitting.mark(case, &[]).await.unwrap();
    let day = std::time::Duration::from_hours(24);
    let found = sitting.related(case, day).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].value.as_str(), found[0].shared),
        ("simpus.example", 1)
    );
    drop(sitting);
    assert_eq!(
        store.related(case, clock.now().minus(day)).await.unwrap(),
        [],
        "gone with its sitting"
    );
}

/// One letter of a kind a case: a draft that waits gets the newer enclosure, what has its number is left alone.
async fn drafted_once(store: &Store, clock: &Clock, case: CaseId) {
    let draft = |bytes: &[u8]| LetterWork {
        files: vec![(PaperFile::Enclosure, "paket.zip".into(), bytes.to_vec())],
        ..work(case, None, Kind::BssnHelp, Vec::new())
    };
    let once = async |bytes: &[u8]| {
        let done = store.draft_once(&draft(bytes), "Rini", clock.now()).await;
        done.unwrap()
    };
    let Drafted::New(letter) = once(b"satu").await else {
        panic!("the first is new");
    };
    assert_eq!(once(b"dua").await, Drafted::Renewed(letter));
    let files = store
        .paper_file((case, letter), PaperFile::Enclosure)
        .await
        .unwrap();
    assert_eq!(files, [("paket.zip".to_owned(), b"dua".to_vec())]);
    let numbered = work(
        case,
        Some(letter),
        Kind::BssnHelp,
        vec![numbered("555/88/2026")],
    );
    store
        .letter_work(&numbered, "Rini", clock.now())
        .await
        .unwrap();
    assert_eq!(
        once(b"tiga").await,
        Drafted::Standing(letter, LetterState::Numbered)
    );
    let files = store
        .paper_file((case, letter), PaperFile::Enclosure)
        .await
        .unwrap();
    assert_eq!(files[0].1, b"dua", "what is on its way is not touched");
}
