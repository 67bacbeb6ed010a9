//! Orders for the post: receipts, letters that a person released, warnings of deadlines.

use super::{Achieved, draft, map, on_the_wrong_channel};
use crate::case::{Effect, Event, LetterDeed, Lettered, Stand, Warned};
use crate::letter::{Dispatch, Post, SealedLetter};
use crate::store::Claimed;
use tanggap_bridge::Outcome;

pub(super) async fn carry_out(post: &Post, order: &Claimed) -> Outcome<Achieved> {
    match &order.effect {
        Effect::SendReceipt => send(post, order).await,
        Effect::SendLetter { .. } => send_letter(post, order).await,
        Effect::SendWarning { .. } => send_warning(post, order).await,
        _ => on_the_wrong_channel(),
    }
}

async fn send(post: &Post, order: &Claimed) -> Outcome<Achieved> {
    let letter: SealedLetter = match draft(order) {
        Ok(letter) => letter,
        Err(never) => return never,
    };
    map(post.send(&letter).await, |id| receipt_sent(id.0))
}

/// A released letter: the very bytes that were composed when it was released.
async fn send_letter(post: &Post, order: &Claimed) -> Outcome<Achieved> {
    let dispatch: Dispatch = match draft(order) {
        Ok(dispatch) => dispatch,
        Err(never) => return never,
    };
    map(post.send(&dispatch.sealed).await, |id| Achieved {
        result: id.0.clone(),
        event: dispatch.sent(&id.0),
    })
}

async fn send_warning(post: &Post, order: &Claimed) -> Outcome<Achieved> {
    let letter: SealedLetter = match draft(order) {
        Ok(letter) => letter,
        Err(never) => return never,
    };
    let Some(event) = warned(&order.effect, Stand::Sent) else {
        return on_the_wrong_channel();
    };
    map(post.send(&letter).await, |id| Achieved {
        result: id.0,
        event,
    })
}

/// What a warning's order says once it is over.
pub(crate) fn warned(effect: &Effect, stand: Stand) -> Option<Event> {
    let Effect::SendWarning {
        which,
        due_ms,
        percent,
        role,
    } = effect
    else {
        return None;
    };
    Some(Event::Warned(Warned {
        which: which.clone(),
        due_ms: *due_ms,
        percent: *percent,
        role: role.clone(),
        stand,
    }))
}

pub(super) fn letter_refused(payload: &str, letter: i64, why: &str) -> Event {
    let dispatch = serde_json::from_str(payload);
    let kind = dispatch.map_or_else(|_| String::new(), |dispatch: Dispatch| dispatch.kind);
    Event::Lettered(Lettered {
        letter,
        kind,
        deed: LetterDeed::Refused {
            why: why.to_owned(),
        },
    })
}

/// The event of a receipt that left.
pub(crate) fn receipt_sent_event(id: String) -> Event {
    Event::ReceiptSent { id }
}

fn receipt_sent(id: String) -> Achieved {
    Achieved {
        result: id.clone(),
        event: receipt_sent_event(id),
    }
}
