//! osTicket's tickets in our store: each change once, with all that follows, or not at all.

use std::collections::BTreeMap;

use tanggap::case::{Act, Deed, Event, InDesk};
use tanggap::clock::{Clock, Timestamp};
use tanggap::store::{
    Acts, CaseId, Claimed, DeskTicket, OrderState, Position, Recorded, Seen, Store, TakenIn,
    TicketStanding,
};
use tanggap_bridge::{Cursor, Mark, Source, ThreadId, TicketId};

fn ticket(case: CaseId, id: i64) -> DeskTicket {
    DeskTicket {
        id: TicketId(id),
        thread: ThreadId(id + 1000),
        case,
        number: "123456".into(),
        standing: TicketStanding::There,
        into: None,
        seen: Seen {
            values: [("status".to_owned(), "Open".to_owned())].into(),
            touched: BTreeMap::new(),
        },
    }
}

fn told(deed: Deed) -> Event {
    Event::InDesk(InDesk {
        deed,
        by: "Ada".into(),
        at_ms: 7,
    })
}

fn taken(ticket: &DeskTicket, id: i64, decided_at: i64, events: Vec<Event>) -> TakenIn {
    TakenIn {
        mark: Some(Mark {
            source: Source::Entry,
            id,
        }),
        ticket: ticket.clone(),
        actor: "Ada".into(),
        decided_at,
        events: events
            .into_iter()
            .map(|event| (ticket.case, event))
            .collect(),
        payloads: [("note/entry-5".to_owned(), "{}".to_owned())].into(),
        letters: Vec::new(),
    }
}

/// Every statement about osTicket's tickets.
pub async fn desk(store: &Store, clock: &Clock, register: &str) {
    let case = store.case(register).await.unwrap().unwrap().id;
    position(store).await;
    let waiting = store.cases_without_ticket(100).await.unwrap();
    assert!(
        waiting.contains(&(case, format!("{register}/ticket"))),
        "{waiting:?}"
    );
    let mut ours = ticket(case, 41);
    assert!(store.link_ticket(&ours).await.unwrap());
    assert!(!store.link_ticket(&ours).await.unwrap(), "linked once");
    let waiting = store.cases_without_ticket(100).await.unwrap();
    assert!(!waiting.iter().any(|(id, _)| *id == case));
    assert_eq!(
        store.desk_tickets(&[], &[ThreadId(1041)]).await.unwrap(),
        [ours.clone()]
    );
    assert_eq!(
        store
            .desk_tickets(&[TicketId(41)], &[])
            .await
            .unwrap()
            .len(),
        1
    );
    assert!(store.desk_tickets(&[], &[]).await.unwrap().is_empty());
    assert_eq!(
        store
            .desk_tickets_after(TicketId(0), 9)
            .await
            .unwrap()
            .len(),
        1
    );
    assert!(
        store
            .desk_tickets_after(TicketId(41), 9)
            .await
            .unwrap()
            .is_empty()
    );

    let (_, shown, events) = store.standing_of(case).await.unwrap();
    assert_eq!(shown, register);
    ours.seen
        .values
        .insert("status".into(), "Dikerjakan".into());
    ours.standing = TicketStanding::Merged;
    ours.into = Some(TicketId(40));
    let change = taken(
        &ours,
        5,
        events,
        vec![
            told(Deed::Note {
                text: "#luarlingkup".into(),
            }),
            Event::NoteOrdered {
                about: "entry-5".into(),
            },
        ],
    );
    once(store, clock, &change).await;
    assert_eq!(store.desk_ticket_of(case).await.unwrap().unwrap(), ours);
    let note = store
        .order(&format!("{register}/note/entry-5"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((note.0.payload.as_str(), note.1), ("{}", OrderState::Due));
    stale_or_illegal(store, clock, &ours).await;
    shown_by_the_ticket(store, clock, case).await;
    for writes in [true, false] {
        store.set_desk_writes(writes).await.unwrap();
        assert_eq!(store.desk_writes().await.unwrap(), Some(writes));
    }
}

fn to_show(case: CaseId, turn: i64, decided_at: i64) -> Acts {
    let event = Event::StatusOrdered {
        step: "selesai".into(),
        turn,
    };
    Acts {
        events: vec![(case, event)],
        payloads: [(format!("status/{turn}"), "{}".to_owned())].into(),
        decided_at: vec![(case, decided_at)],
    }
}

/// A status is ordered with the act that asks for it, or not at all; what the last order left is remembered.
async fn shown_by_the_ticket(store: &Store, clock: &Clock, case: CaseId) {
    let (_, register, events) = store.standing_of(case).await.unwrap();
    let stale = to_show(case, 1, events - 1);
    assert!(
        !store
            .act_and_show(&stale, "Rini", clock.now())
            .await
            .unwrap()
    );
    let key = |turn: i64| format!("{register}/status/{turn}");
    assert!(store.order(&key(1)).await.unwrap().is_none());
    for turn in [2, 3] {
        let (_, _, events) = store.standing_of(case).await.unwrap();
        let acts = to_show(case, turn, events);
        assert!(
            store
                .act_and_show(&acts, "Rini", clock.now())
                .await
                .unwrap()
        );
    }
    let ordered = async |turn: i64| store.order(&key(turn)).await.unwrap().unwrap().0;
    let (first, second): (Claimed, Claimed) = (ordered(2).await, ordered(3).await);
    assert_eq!(store.last_shown(&second, "status").await.unwrap(), None);
    let done = Recorded {
        order: first.clone(),
        state: OrderState::Done,
        due: clock.now(),
        why: String::new(),
        result: "Resolved".into(),
        event: Some(Event::StatusShown {
            step: "selesai".into(),
        }),
    };
    assert!(store.settle_order(done, "Rini", clock.now()).await.unwrap());
    assert_eq!(
        store
            .last_shown(&second, "status")
            .await
            .unwrap()
            .as_deref(),
        Some("Resolved")
    );
    assert_eq!(store.last_shown(&first, "status").await.unwrap(), None);
    assert_eq!(store.last_shown(&second, "severity").await.unwrap(), None);
}

async fn position(store: &Store) {
    assert_eq!(store.desk_position().await.unwrap(), None);
    for event in [7, 9] {
        let at = Position {
            cursor: Cursor {
                event,
                entry: 3,
                log: 0,
            },
            listed: TicketId(2),
            walked: Timestamp(5),
        };
        store.set_desk_position(&at).await.unwrap();
        assert_eq!(store.desk_position().await.unwrap(), Some(at));
    }
}

async fn once(store: &Store, clock: &Clock, change: &TakenIn) {
    let mark = change.mark.unwrap();
    assert!(!store.knows_mark(mark).await.unwrap());
    assert!(store.take_in(change, clock.now()).await.unwrap());
    assert!(store.knows_mark(mark).await.unwrap());
    let events = store.events(change.ticket.case).await.unwrap().len();
    assert!(
        !store.take_in(change, clock.now()).await.unwrap(),
        "a change counts once"
    );
    assert_eq!(
        store.events(change.ticket.case).await.unwrap().len(),
        events
    );
}

/// What was decided on an older case is not written, and neither is its mark; what the machine refuses undoes all of it.
async fn stale_or_illegal(store: &Store, clock: &Clock, ours: &DeskTicket) {
    let (_, _, events) = store.standing_of(ours.case).await.unwrap();
    let stale = taken(ours, 6, events - 1, vec![told(Deed::Released)]);
    assert!(!store.take_in(&stale, clock.now()).await.unwrap());
    let reopened = Event::Acted(Act::Reopened {
        reason: "uji".into(),
    });
    let illegal = taken(ours, 6, events, vec![told(Deed::Released), reopened]);
    assert!(store.take_in(&illegal, clock.now()).await.is_err());
    assert!(!store.knows_mark(stale.mark.unwrap()).await.unwrap());
    let echo = taken(ours, 6, 0, vec![]);
    assert!(
        store.take_in(&echo, clock.now()).await.unwrap(),
        "an echo only leaves its mark"
    );
}
