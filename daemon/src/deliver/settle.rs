//! What became of attempts, on record: done, due again, held for a human, or unknown.

use std::time::Duration;

use tanggap_bridge::{Outcome, Scope};
use tokio::time::sleep;

use super::mail::{letter_refused, warned};
use super::{Achieved, Attempted, Deliver};
use crate::case::{Channel, Effect, Event, Stand};
use crate::clock::Timestamp;
use crate::pace::Chain;
use crate::store::{Claimed, OrderState, Recorded, StoreError, backoff};
use crate::tongue::say;

/// A letter that could not leave for so long waits for a human (RFC 5321 section 4.5.4.1 gives up after days).
const LETTER_GIVES_UP: Duration = Duration::from_hours(48);
/// A channel in trouble is left alone for at least so long.
const CHANNEL_PAUSE: Duration = Duration::from_secs(30);
/// Pauses before outcomes are recorded again.
const RECORD_AGAIN: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

impl Deliver {
    pub(super) async fn record(&self, outcomes: Vec<Attempted>) -> Result<(), StoreError> {
        let now = self.clock.now();
        let troubled = outcomes.iter().max_by_key(|(order, outcome)| {
            let asked = matches!(
                outcome,
                Outcome::Later {
                    scope: Scope::Channel,
                    ..
                }
            );
            (asked, order.attempts)
        });
        if let Some((order, outcome)) = troubled {
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
            Outcome::Later { why, after, scope } => self.later(order, why, (after, scope), now),
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
        (after, scope): (Option<Duration>, Scope),
        now: Timestamp,
    ) -> Recorded {
        let overdue =
            self.way.channel() == Channel::Post && order.created.plus(LETTER_GIVES_UP) < now;
        if overdue {
            return refused(
                order,
                say!(
                    "{why} (sudah dicoba selama 48 jam)",
                    "{why} (tried for 48 hours)"
                ),
                now,
            );
        }
        let grown = self.clock.jittered(backoff(order.attempts));
        let wait = after.map_or(grown, |asked| asked.max(grown));
        let due = match scope {
            Scope::Order => now.plus(wait),
            // The channel waits, not the order: once it goes on, the oldest is first.
            Scope::Channel => order.created,
        };
        Recorded {
            order,
            state: OrderState::Due,
            due,
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
        Effect::SetStatus { step, .. } => (
            OrderState::Dropped,
            Event::StatusRefused {
                step: step.clone(),
                why: why.clone(),
            },
        ),
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
