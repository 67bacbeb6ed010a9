//! The deliver tick: claims due orders of one channel, carries them out, and records what became of each.
//!
//! Claim, commit, act, commit. Nothing is retried inside; a tick that dies after its claim leaves orders whose outcome is
//! unknown, and the sync tick sees to those.

mod desk;
mod mail;
mod settle;
mod shown;

pub(crate) use mail::{receipt_sent_event, warned};

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use tanggap_bridge::{Desk, Outcome, Scope};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::case::{Channel, Event};
use crate::clock::{Clock, Timestamp};
use crate::failpoint;
use crate::letter::Post;
use crate::pace::{Progress, Tick};
use crate::store::{Claimed, Store, StoreError};
use crate::tongue::{say, word};

/// Orders claimed in one round, at most.
const CLAIM_AT_ONCE: i64 = 256;
/// A claimed order is begun within this, or not at all.
const BEGIN_WITHIN: Duration = Duration::from_mins(1);
/// Outcomes are recorded as they come, at most so many in one transaction.
const RECORD_AT_ONCE: usize = 64;

/// The database is asked for due orders at least this often, whatever its files look like.
const LONGEST_REST: Duration = Duration::from_secs(30);

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
            let waited = !desk.is_settled();
            desk.settle().await;
            if waited && desk.is_settled() {
                let writes = desk.capabilities().writes;
                self.store.set_desk_writes(writes).await?;
            }
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
        let breaker = Breaker::default();
        attempts
            .for_each_concurrent(self.at_once, |order| async {
                let attempted = match breaker.open() {
                    None => self.attempt(order).await,
                    Some(trouble) => (order, trouble),
                };
                breaker.mind(&attempted.1);
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
            let why = word(
                "menunggu terlalu lama di belakang yang lain; belum dikirim",
                "waited too long behind others; not sent yet",
            )
            .to_owned();
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
}

/// Once the other side as a whole is found in trouble, what was claimed with that order is put back untouched.
#[derive(Default)]
struct Breaker(Mutex<Option<(String, Option<Duration>)>>);

impl Breaker {
    fn trouble(&self) -> MutexGuard<'_, Option<(String, Option<Duration>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What an order comes to that is not even tried.
    fn open(&self) -> Option<Outcome<Achieved>> {
        let (why, after) = self.trouble().clone()?;
        let scope = Scope::Channel;
        Some(Outcome::Later { why, after, scope })
    }

    fn mind(&self, outcome: &Outcome<Achieved>) {
        if let Outcome::Later {
            why,
            after,
            scope: Scope::Channel,
        } = outcome
        {
            self.trouble().get_or_insert((why.clone(), *after));
        }
    }
}

fn waited_too_long(claimed: Timestamp, now: Timestamp) -> bool {
    claimed.plus(BEGIN_WITHIN) < now
}

async fn carry_out(way: &Way, store: &Store, order: &Claimed) -> Outcome<Achieved> {
    match way {
        Way::Desk(desk) => desk::carry_out(desk, store, order).await,
        Way::Post(post) => mail::carry_out(post, order).await,
    }
}

fn on_the_wrong_channel() -> Outcome<Achieved> {
    Outcome::Never {
        why: word(
            "perintah ini ada di jalur yang salah; laporkan kepada pembuat tanggap",
            "this order is on the wrong channel; tell the makers of tanggap",
        )
        .to_owned(),
    }
}

/// The finished work that the order carries.
fn draft<T: serde::de::DeserializeOwned, A>(order: &Claimed) -> Result<T, Outcome<A>> {
    serde_json::from_str(&order.payload).map_err(|why| Outcome::Never {
        why: say!(
            "isi perintah tidak terbaca ({why}); dibuat oleh versi tanggap yang lain",
            "the order cannot be read ({why}); another version of tanggap made it"
        ),
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
