//! Table `outbox_order`: effects made durable. Claim, commit, act, commit.
//!
//! | state   | who is next |
//! |---------|-------------|
//! | due     | the deliver tick, from `due_ms` on |
//! | sending | the daemon that claimed it; after a crash or a lost lease it becomes unknown |
//! | unknown | the sync tick, which looks it up after the fence |
//! | held    | a human: `tanggap release`, `retry` or `drop` |
//! | done, dropped | nobody |

mod look;
mod set_back;

pub use look::OrderView;

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use sqlx::{AssertSqlSafe, Row};

use super::cases::{self, CaseId, json};
use super::sql::{Conn, Doing, rows};
use super::{Store, StoreError};
use crate::case::{Channel, Effect, Event};
use crate::clock::Timestamp;
use crate::failpoint;

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    Due,
    Sending,
    Unknown,
    Held,
    Done,
    Dropped,
}

impl OrderState {
    const ALL: [Self; 6] = [
        Self::Due,
        Self::Sending,
        Self::Unknown,
        Self::Held,
        Self::Done,
        Self::Dropped,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Held => "held",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }

    pub(super) fn named(name: &str) -> Result<Self, StoreError> {
        let found = Self::ALL.into_iter().find(|state| state.name() == name);
        found.ok_or_else(|| StoreError::Unreadable {
            what: format!("the order state {name:?}"),
        })
    }
}

/// An effect about to become durable.
#[derive(Debug, Clone)]
pub struct NewOrder {
    /// `INS-2026-0042/ticket`; unique, so that an effect is ordered once.
    pub key: String,
    pub case: CaseId,
    pub effect: Effect,
    /// JSON, finished: a retry sends the same bytes.
    pub payload: String,
}

/// The finished work of orders that events are about to bring, by [`Effect::key`].
pub type Payloads = BTreeMap<String, String>;

/// The orders of effects whose work is finished; of others nothing follows here.
pub(super) async fn orders_of(
    tx: &mut Conn,
    effects: Vec<(CaseId, Effect)>,
    payloads: &Payloads,
) -> Result<Vec<NewOrder>, StoreError> {
    let mut orders = Vec::new();
    for (case, effect) in effects {
        let Some(payload) = payloads.get(&effect.key()).cloned() else {
            continue;
        };
        let register = cases::register(tx, case).await?;
        orders.push(NewOrder {
            key: format!("{register}/{}", effect.key()),
            case,
            effect,
            payload,
        });
    }
    Ok(orders)
}

/// An order that this daemon carries out now.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub id: i64,
    pub key: String,
    pub case: CaseId,
    pub effect: Effect,
    pub payload: String,
    /// Proves, when the outcome is recorded, that nobody took over meanwhile.
    pub epoch: i64,
    /// This one included.
    pub attempts: i64,
    pub created: Timestamp,
    pub sent: Timestamp,
    pub result: String,
}

/// What became of an attempt.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub order: Claimed,
    pub state: OrderState,
    pub due: Timestamp,
    pub why: String,
    pub result: String,
    pub event: Option<Event>,
}

pub(super) const COLUMNS: &str =
    "id, key, case_id, effect, payload, epoch, attempts, created_ms, sent_ms, result";

pub(super) async fn insert(
    tx: &mut Conn,
    orders: &[NewOrder],
    now: Timestamp,
) -> Result<(), StoreError> {
    if orders.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO outbox_order (key, case_id, channel, effect, payload, state, epoch, attempts, due_ms, sent_ms, why, result, created_ms) VALUES {}",
        rows(orders.len(), 13)
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for order in orders {
        query = query
            .bind(&order.key)
            .bind(order.case.0)
            .bind(order.effect.channel().name())
            .bind(json(&order.effect)?)
            .bind(&order.payload)
            .bind(OrderState::Due.name())
            .bind(0_i64)
            .bind(0_i64)
            .bind(now.0)
            .bind(0_i64)
            .bind("")
            .bind("")
            .bind(now.0);
    }
    query.execute(tx).await.doing("ordering effects")?;
    Ok(())
}

impl Store {
    /// Claims due orders of a channel, oldest first, in order within a case; a held message stops nobody, a held ticket stops
    /// what needs its number. The attempt is on record before anything leaves.
    pub async fn claim_orders(
        &self,
        channel: Channel,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<Claimed>, StoreError> {
        if !self.any_due(channel, now).await? {
            return Ok(Vec::new());
        }
        let mut tx = self.begin().await?;
        let text = format!(
            "UPDATE outbox_order SET state = 'sending', epoch = epoch + 1, attempts = attempts + 1, sent_ms = $1
             WHERE state = 'due' AND id IN (
               SELECT o.id FROM outbox_order o
               WHERE o.channel = $2 AND o.state = 'due' AND o.due_ms <= $1
                 AND NOT EXISTS (SELECT 1 FROM channel c WHERE c.name = o.channel AND (c.held = 1 OR c.paused_until_ms > $1))
                 AND NOT EXISTS (SELECT 1 FROM outbox_order e WHERE e.case_id = o.case_id AND e.channel = o.channel
                                 AND e.id < o.id AND e.state NOT IN ('done', 'dropped')
                                 AND (e.state <> 'held' OR e.key LIKE '%/ticket'))
               ORDER BY o.due_ms, o.id LIMIT $3)
             RETURNING {COLUMNS}"
        );
        let query = sqlx::query(AssertSqlSafe(text))
            .bind(now.0)
            .bind(channel.name())
            .bind(limit);
        let rows = query.fetch_all(&mut *tx).await.doing("claiming orders")?;
        tx.commit().await.doing("claiming orders")?;
        failpoint::pass("deliver.claimed");
        let mut claimed = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        claimed.sort_by_key(|order| order.id);
        Ok(claimed)
    }

    /// A cheap look before the write lock is taken.
    async fn any_due(&self, channel: Channel, now: Timestamp) -> Result<bool, StoreError> {
        let row = sqlx::query(
            "SELECT 1 FROM outbox_order WHERE channel = $1 AND state = 'due' AND due_ms <= $2 LIMIT 1",
        );
        let row = row
            .bind(channel.name())
            .bind(now.0)
            .fetch_optional(self.reader())
            .await
            .doing("looking for due orders")?;
        Ok(row.is_some())
    }

    /// Records what became of attempts, and lets the machine take their events in, in one transaction. An order that somebody
    /// else has taken over meanwhile is left alone; the keys of those come back.
    pub async fn record_outcomes(
        &self,
        outcomes: &[Recorded],
        now: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        if outcomes.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.begin().await?;
        let written = write_outcomes(&mut tx, outcomes).await?;
        let (ours, lost): (Vec<&Recorded>, Vec<&Recorded>) = outcomes
            .iter()
            .partition(|outcome| written.contains(&outcome.order.id));
        let events: Vec<_> = ours
            .iter()
            .filter_map(|outcome| Some((outcome.order.case, outcome.event.clone()?)))
            .collect();
        let applied = cases::apply(&mut tx, &events, "tanggap", now).await?;
        failpoint::pass("deliver.before_commit");
        tx.commit().await.doing("recording outcomes")?;
        failpoint::pass("deliver.committed");
        for illegal in applied.illegal {
            tracing::error!(%illegal, "an outcome does not fit its case; the order is settled, the event was not applied");
        }
        Ok(lost
            .into_iter()
            .map(|outcome| outcome.order.key.clone())
            .collect())
    }

    /// Orders that somebody began to carry out before `before` and never recorded: their outcome is unknown.
    pub async fn abandon_sending(&self, before: Timestamp) -> Result<u64, StoreError> {
        let row = sqlx::query(
            "SELECT 1 FROM outbox_order WHERE state = 'sending' AND sent_ms <= $1 LIMIT 1",
        );
        if row
            .bind(before.0)
            .fetch_optional(self.reader())
            .await
            .doing("looking for abandoned orders")?
            .is_none()
        {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        let done = sqlx::query(
            "UPDATE outbox_order SET state = 'unknown', epoch = epoch + 1, why = $2 WHERE state = 'sending' AND sent_ms <= $1",
        )
        .bind(before.0)
        .bind("program berhenti di tengah pengiriman")
        .execute(&mut *tx)
        .await
        .doing("abandoning orders")?;
        tx.commit().await.doing("abandoning orders")?;
        Ok(done.rows_affected())
    }

    /// Unknown orders whose fence has passed: nobody can still be carrying them out.
    pub async fn unknown_orders(
        &self,
        channel: Channel,
        before: Timestamp,
        limit: i64,
    ) -> Result<Vec<Claimed>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM outbox_order WHERE channel = $1 AND state = 'unknown' AND sent_ms <= $2 ORDER BY id LIMIT $3"
        );
        let query = sqlx::query(AssertSqlSafe(text))
            .bind(channel.name())
            .bind(before.0)
            .bind(limit);
        let rows = query
            .fetch_all(self.reader())
            .await
            .doing("listing unknown orders")?;
        rows.iter().map(read).collect()
    }
}

/// Writes the new states where the epoch is still ours; returns the ids that were.
async fn write_outcomes(tx: &mut Conn, outcomes: &[Recorded]) -> Result<HashSet<i64>, StoreError> {
    let text = format!(
        "UPDATE outbox_order SET state = v.column3, due_ms = v.column4, why = v.column5, result = v.column6
         FROM (VALUES {}) AS v WHERE outbox_order.id = v.column1 AND outbox_order.epoch = v.column2
         AND outbox_order.state IN ('sending', 'unknown') RETURNING outbox_order.id",
        rows(outcomes.len(), 6)
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for outcome in outcomes {
        query = query
            .bind(outcome.order.id)
            .bind(outcome.order.epoch)
            .bind(outcome.state.name())
            .bind(outcome.due.0)
            .bind(&outcome.why)
            .bind(&outcome.result);
    }
    let rows = query.fetch_all(tx).await.doing("recording outcomes")?;
    rows.iter()
        .map(|row| row.try_get(0).doing("recording outcomes"))
        .collect()
}

pub(super) fn read(row: &sqlx::any::AnyRow) -> Result<Claimed, StoreError> {
    let effect: String = row.try_get(3).doing("reading an order")?;
    let effect = serde_json::from_str(&effect).map_err(|_| StoreError::Unreadable {
        what: format!("the effect {effect}"),
    })?;
    let claimed = || -> Result<Claimed, sqlx::Error> {
        Ok(Claimed {
            id: row.try_get(0)?,
            key: row.try_get(1)?,
            case: CaseId(row.try_get(2)?),
            effect,
            payload: row.try_get(4)?,
            epoch: row.try_get(5)?,
            attempts: row.try_get(6)?,
            created: Timestamp(row.try_get(7)?),
            sent: Timestamp(row.try_get(8)?),
            result: row.try_get(9)?,
        })
    };
    claimed().doing("reading an order")
}

/// How long to wait before the next attempt: 10 s, 20 s, 40 s … at most an hour.
pub fn backoff(attempts: i64) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 10) - 1).unwrap_or(0);
    Duration::from_secs(10)
        .saturating_mul(1 << doublings)
        .min(Duration::from_hours(1))
}
