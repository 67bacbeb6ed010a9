//! Answers that say nothing, thousands of them: cut before, cut after, a proxy's 502, a page with status 200, a PHP that died
//! half-way. Through the plugin the same order is simply given again, and there is one ticket a key, whole.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt;
use tanggap_bridge::{Desk, Outcome};
use tanggap_tests::world::osticket::{Fault, Standin};

use super::{fresh_key, settings, ticket};

/// Outcomes that nobody knows, at least.
const AMBIGUOUS: usize = 5_000;
const AT_ONCE: usize = 16;

fn fault(at: usize) -> Fault {
    match at % 8 {
        0 => Fault::ResetBefore,
        1 | 2 => Fault::ResetAfter,
        3 => Fault::AnswerAfter(502, "<html>Bad Gateway</html>".to_owned()),
        4 => Fault::AnswerAfter(200, "<br />\n<b>Fatal error</b>: Uncaught".to_owned()),
        5 => Fault::AnswerAfter(201, String::new()),
        _ => Fault::DieAtStep(u8::try_from(at / 8 % 6).unwrap() + 1),
    }
}

/// Gives the order again until it is done; returns how often nobody knew.
async fn until_done(desk: &Desk) -> (usize, String) {
    let new = ticket(fresh_key());
    for unknown in 0..1000 {
        match desk.open(&new).await {
            Outcome::Done(opened) => return (unknown, opened.number.0),
            Outcome::Unknown { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    panic!("never done");
}

#[tokio::test(flavor = "multi_thread")]
async fn five_thousand_ambiguous_outcomes_are_one_ticket_each() {
    let standin = Standin::with_plugin().await;
    // A husk is finished by whatever order comes next, so that not every fault leaves a doubt.
    standin.meet((0..AMBIGUOUS * 3).map(fault));
    let desk = Desk::find(&settings(standin.url(), standin.key()))
        .await
        .unwrap();
    let (mut unknown, mut keys) = (0, 0);
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let mut orders = futures::stream::iter(0..)
        .map(|_: u32| until_done(&desk))
        .buffer_unordered(AT_ONCE);
    while unknown < AMBIGUOUS {
        let next = tokio::time::timeout(Duration::from_mins(2), orders.next());
        let (more, number) = next.await.expect("an order that never ends").unwrap();
        unknown += more;
        keys += 1;
        *numbers.entry(number).or_default() += 1;
    }
    drop(orders);
    assert_eq!(numbers.len(), keys, "each key has a ticket of its own");
    let tickets = standin.tickets();
    for ticket in &tickets {
        let of_key = tickets.iter().filter(|other| other.ip == ticket.ip);
        assert_eq!(of_key.count(), 1, "double: {}", ticket.number);
    }
    for number in numbers.keys() {
        let ticket = tickets.iter().find(|ticket| ticket.number == *number);
        let ticket = ticket.expect("lost");
        assert!(!ticket.is_husk() && ticket.entries.len() == 1, "{ticket:?}");
    }
}
