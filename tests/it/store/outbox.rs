//! The statements of the outbox: what the ticks do, what a clock that is set back does, what an operator does.

use std::time::Duration;

use tanggap::case::{Channel, Effect, Event};
use tanggap::clock::Clock;
use tanggap::store::{OrderState, Recorded, Store};

pub async fn outbox(store: &Store, clock: &Clock, register: &str) {
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

/// After the clock was set back what is due waits from now on, and a pause that nobody meant is over.
pub async fn set_back(store: &Store, clock: &Clock) {
    let now = clock.now();
    let until = now.plus(Duration::from_mins(1));
    store
        .pause_channel(Channel::Post, until, "tunggu")
        .await
        .unwrap();
    assert!(
        store
            .claim_orders(Channel::Post, now, 10)
            .await
            .unwrap()
            .is_empty()
    );
    let earlier = now.minus(Duration::from_hours(400 * 24));
    store.clock_set_back(earlier).await.unwrap();
    assert_eq!(store.next_due(Channel::Post).await.unwrap(), Some(earlier));
    assert!(store.channels().await.unwrap()[0].paused_until <= earlier);
    let sent = store.claim_orders(Channel::Desk, now, 10).await.unwrap();
    assert_eq!(sent.len(), 1);
    store.clock_set_back(earlier).await.unwrap();
    assert_eq!(
        store
            .abandon_sending(earlier.minus(Duration::from_secs(1)))
            .await
            .unwrap(),
        0,
        "its fence begins anew"
    );
    assert_eq!(store.abandon_sending(earlier).await.unwrap(), 1);
    assert!(store.retry_order(&sent[0].key, now).await.unwrap());
}
