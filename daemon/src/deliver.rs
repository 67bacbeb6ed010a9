//! The deliver tick: claims due orders of one channel, carries them out, and records what became of each.
//!
//! Claim, commit, act, commit. Nothing is retried inside; a tick that dies after its claim leaves orders whose outcome is
//! unknown, and the sync tick sees to those.

mod desk;

use std::time::Duration;

use futures::StreamExt;
use tanggap_bridge::{Desk, Outcome, Scope};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::case::{Channel, Effect, Event, LetterDeed, Lettered, Stand, Warned};
use crate::clock::{Clock, Timestamp};
use crate::failpoint;
use crate::letter::{Dispatch, Post, SealedLetter};
use crate::pace::{Chain, Progress, Tick};
use crate::store::{Claimed, OrderState, Recorded, Store, StoreError, backoff};

/// A letter that could not leave for so long waits for a human (RFC 5321 section 4.5.4.1 gives up after days).
const LETTER_GIVES_UP: Duration = Duration::from_hours(48);
/// A channel in trouble is left alone for at least so long.
const CHANNEL_PAUSE: Duration = Duration::from_secs(30);
/// Orders claimed in one round, at most.
const CLAIM_AT_ONCE: i64 = 256;
/// A claimed order is begun within this, or not at all.
const BEGIN_WITHIN: Duration = Duration::from_mins(1);
/// Outcomes are recorded as they come, at most so many in one transaction.
const RECORD_AT_ONCE: usize = 64;

/// The database is asked for due orders at least this often, whatever its files look like.
const LONGEST_REST: Duration = Duration::from_secs(30);

/// Pauses before outcomes are recorded again.
const RECORD_AGAIN: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// Carries out the orders of one channel.
pub struct Deliver {
    pub store: Store,
    pub clock: Clock,
    pub way: Way,
    /// How many orders at once.
    pub at_once: usize,
}

/// The way out that this tick serves.
#[derive(Clone)]
pub enum Way {
    Desk(Desk),
    Post(Post),
}

impl Way {
    pub fn channel(&self) -> Channel {
        match self {
            Self::Desk(_) => Channel::Desk,
            Self::Post(_) => Channel::Post,
        }
    }
}

/// An order, and what came of trying it.
type Attempted = (Claimed, Outcome<Achieved>);

/// What was done, in the words of the machine.
struct Achieved {
    result: String,
    event: Event,
}

impl Tick for Deliver {
    type Error = StoreError;

    /// One round: every order that was due is claimed, tried and recorded. While outcomes are recorded the next attempts go on.
    async fn tick(&mut self) -> Result<Progress, StoreError> {
        if let Way::Desk(desk) = &mut self.way {
            desk.settle().await;
        }
        let claimed = self
            .store
            .claim_orders(self.way.channel(), self.clock.now(), CLAIM_AT_ONCE)
            .await?;
        let count = claimed.len() as u64;
        let (report, outcomes) = mpsc::channel(RECORD_AT_ONCE);
        let ((), recorded) =
            tokio::join!(self.attempt_all(claimed, report), self.record_all(outcomes));
        recorded?;
        Ok(Progress {
            done: count,
            more: count > 0,
        })
    }

    /// Until an order falls due, or somebody wrote to the database: a command beside the daemon nudges nobody.
    async fn rest(&mut self, at_most: Duration) {
        let Some(seen) = self.store.glance() else {
            return sleep(at_most).await;
        };
        let due = self.next_due(at_most).await;
        let (begun, mut now) = (self.clock.steady(), self.clock.now());
        while now < due && self.clock.steady() < begun + LONGEST_REST {
            sleep(at_most.min(due.since(now))).await;
            if self.store.glance() != Some(seen) {
                return;
            }
            now = self.clock.now();
        }
    }
}

impl Deliver {
    /// When to look next. What is due already was not claimed just now: its channel waits, or an order before it.
    async fn next_due(&self, at_most: Duration) -> Timestamp {
        let now = self.clock.now();
        match self.store.next_due(self.way.channel()).await {
            Ok(None) => now.plus(LONGEST_REST),
            Ok(Some(due)) if due > now => due,
            Ok(Some(_)) | Err(_) => now.plus(at_most),
        }
    }

    async fn attempt_all(&self, claimed: Vec<Claimed>, report: mpsc::Sender<Attempted>) {
        let attempts = futures::stream::iter(claimed);
        attempts
            .for_each_concurrent(self.at_once, |order| async {
                let attempted = self.attempt(order).await;
                // The recorder listens to the end, unless the database failed; then the next daemon finds the order unknown.
                let _ = report.send(attempted).await;
            })
            .await;
    }

    /// Takes the receiving end, so that a failure lets the attempts go on to their end instead of waiting for a listener.
    async fn record_all(&self, mut outcomes: mpsc::Receiver<Attempted>) -> Result<(), StoreError> {
        let mut batch = Vec::with_capacity(RECORD_AT_ONCE);
        while outcomes.recv_many(&mut batch, RECORD_AT_ONCE).await > 0 {
            self.record(std::mem::take(&mut batch)).await?;
        }
        Ok(())
    }

    /// An order that waited too long behind others is put back untouched: by the time a late attempt ended, the sync tick
    /// could have taken it for abandoned (`faults.md` section 3, Fence).
    async fn attempt(&self, order: Claimed) -> Attempted {
        if waited_too_long(order.sent, self.clock.now()) {
            let why = "menunggu terlalu lama di belakang yang lain; belum dikirim".to_owned();
            return (
                order,
                Outcome::Later {
                    why,
                    after: None,
                    scope: Scope::Order,
                },
            );
        }
        let outcome = carry_out(&self.way, &self.store, &order).await;
        failpoint::pass("deliver.acted");
        (order, outcome)
    }

    async fn record(&self, outcomes: Vec<Attempted>) -> Result<(), StoreError> {
        let now = self.clock.now();
        for (order, outcome) in &outcomes {
            self.pause_where_asked(order, outcome, now).await?;
        }
        let recorded: Vec<Recorded> = outcomes
            .into_iter()
            .map(|(order, outcome)| self.recorded(order, outcome, now))
            .collect();
        for key in self.record_patiently(&recorded, now).await? {
            tracing::warn!(order = %key, "another daemon took this order over; its outcome was not recorded here");
        }
        Ok(())
    }

    /// What was done must be on record: a database that went away for a moment is asked again, the whole transaction anew (D8).
    /// Written twice it is written once, for an order has one outcome.
    async fn record_patiently(
        &self,
        recorded: &[Recorded],
        now: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        for wait in RECORD_AGAIN {
            match self.store.record_outcomes(recorded, now).await {
                Err(error) => {
                    tracing::warn!(error = %Chain(&error), "outcomes could not be recorded; trying again");
                    sleep(wait).await;
                }
                recorded => return recorded,
            }
        }
        self.store.record_outcomes(recorded, now).await
    }

    /// Trouble with the other side as a whole makes everything on this channel wait, so that nobody knocks a thousand times.
    async fn pause_where_asked(
        &self,
        order: &Claimed,
        outcome: &Outcome<Achieved>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Outcome::Later {
            why,
            after,
            scope: Scope::Channel,
        } = outcome
        else {
            return Ok(());
        };
        let wait = after
            .unwrap_or(CHANNEL_PAUSE)
            .max(backoff(order.attempts).min(Duration::from_mins(5)));
        let channel = self.way.channel();
        tracing::error!(channel = channel.name(), %why, "the channel waits");
        self.store
            .pause_channel(channel, now.plus(self.clock.jittered(wait)), why)
            .await
    }

    fn recorded(&self, order: Claimed, outcome: Outcome<Achieved>, now: Timestamp) -> Recorded {
        match outcome {
            Outcome::Done(achieved) => done(order, achieved, now),
            Outcome::Later { why, after, .. } => self.later(order, why, after, now),
            Outcome::Never { why } => refused(order, why, now),
            Outcome::Unknown { why } => {
                tracing::warn!(order = %order.key, %why, "nobody knows whether this was carried out");
                Recorded {
                    order,
                    state: OrderState::Unknown,
                    due: now,
                    why,
                    result: String::new(),
                    event: None,
                }
            }
        }
    }

    fn later(
        &self,
        order: Claimed,
        why: String,
        after: Option<Duration>,
        now: Timestamp,
    ) -> Recorded {
        let overdue =
            self.way.channel() == Channel::Post && order.created.plus(LETTER_GIVES_UP) < now;
        if overdue {
            return refused(order, format!("{why} (sudah dicoba selama 48 jam)"), now);
        }
        let grown = self.clock.jittered(backoff(order.attempts));
        let wait = after.map_or(grown, |asked| asked.max(grown));
        Recorded {
            order,
            state: OrderState::Due,
            due: now.plus(wait),
            why,
            result: String::new(),
            event: None,
        }
    }
}

fn done(order: Claimed, achieved: Achieved, now: Timestamp) -> Recorded {
    tracing::info!(order = %order.key, result = %achieved.result, "carried out");
    let Achieved { result, event } = achieved;
    Recorded {
        order,
        state: OrderState::Done,
        due: now,
        why: String::new(),
        result,
        event: Some(event),
    }
}

/// Refused for good: a human must look, and the case says so. A note is told on the case instead, and waits for nobody.
fn refused(order: Claimed, why: String, now: Timestamp) -> Recorded {
    let (state, event) = match &order.effect {
        Effect::OpenTicket => (OrderState::Held, Event::TicketRefused { why: why.clone() }),
        Effect::AppendMessage { entry } => (
            OrderState::Held,
            Event::MessageRefused {
                entry: *entry,
                why: why.clone(),
            },
        ),
        Effect::SendReceipt => (OrderState::Held, Event::ReceiptRefused { why: why.clone() }),
        Effect::SendLetter { letter, .. } => (
            OrderState::Held,
            letter_refused(&order.payload, *letter, &why),
        ),
        Effect::SendWarning { .. } => (
            OrderState::Dropped,
            warned(&order.effect, Stand::Refused)
                .unwrap_or_else(|| note_refused("peringatan", &why)),
        ),
        Effect::AddNote { about } => (OrderState::Dropped, note_refused(about, &why)),
        Effect::SetSeverity { .. } => (OrderState::Dropped, note_refused("tingkat", &why)),
    };
    if state == OrderState::Held {
        tracing::error!(order = %order.key, %why, "refused; waits for a human: tanggap queue");
    } else {
        tracing::warn!(order = %order.key, %why, "refused; told on the case");
    }
    Recorded {
        order,
        state,
        due: now,
        why,
        result: String::new(),
        event: Some(event),
    }
}

fn note_refused(about: &str, why: &str) -> Event {
    Event::NoteRefused {
        about: about.to_owned(),
        why: why.to_owned(),
    }
}

fn waited_too_long(claimed: Timestamp, now: Timestamp) -> bool {
    claimed.plus(BEGIN_WITHIN) < now
}

async fn carry_out(way: &Way, store: &Store, order: &Claimed) -> Outcome<Achieved> {
    match (way, &order.effect) {
        (Way::Desk(desk), _) => desk::carry_out(desk, store, order).await,
        (Way::Post(post), Effect::SendReceipt) => send(post, order).await,
        (Way::Post(post), Effect::SendLetter { .. }) => send_letter(post, order).await,
        (Way::Post(post), Effect::SendWarning { .. }) => send_warning(post, order).await,
        (Way::Post(_), _) => on_the_wrong_channel(),
    }
}

fn on_the_wrong_channel() -> Outcome<Achieved> {
    Outcome::Never {
        why: "perintah ini ada di jalur yang salah; laporkan kepada pembuat tanggap".to_owned(),
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

fn letter_refused(payload: &str, letter: i64, why: &str) -> Event {
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

/// The finished work that the order carries.
fn draft<T: serde::de::DeserializeOwned, A>(order: &Claimed) -> Result<T, Outcome<A>> {
    serde_json::from_str(&order.payload).map_err(|why| Outcome::Never {
        why: format!("isi perintah tidak terbaca ({why}); dibuat oleh versi tanggap yang lain"),
    })
}

fn map<T, U>(outcome: Outcome<T>, with: impl FnOnce(T) -> U) -> Outcome<U> {
    match outcome {
        Outcome::Done(value) => Outcome::Done(with(value)),
        Outcome::Later { why, after, scope } => Outcome::Later { why, after, scope },
        Outcome::Never { why } => Outcome::Never { why },
        Outcome::Unknown { why } => Outcome::Unknown { why },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_grows_stale_before_anybody_takes_it_for_abandoned() {
        let claimed = Timestamp(0);
        assert!(!waited_too_long(claimed, claimed.plus(BEGIN_WITHIN)));
        assert!(waited_too_long(claimed, claimed.plus(BEGIN_WITHIN * 2)));
        assert!(
            crate::sync::POST_LEASE > BEGIN_WITHIN + Duration::from_mins(26),
            "an SMTP conversation may last 25 min 30 s"
        );
    }
}
