//! Orders as people see them, and what else is only looked at.

use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

use super::{Claimed, OrderState};
use crate::case::Channel;
use crate::clock::Timestamp;
use crate::store::sql::Doing;
use crate::store::{Store, StoreError};

/// An order as people see it.
#[derive(Debug, Clone)]
pub struct OrderView {
    pub key: String,
    pub channel: String,
    pub state: OrderState,
    pub attempts: i64,
    pub due: Timestamp,
    pub created: Timestamp,
    pub why: String,
    pub result: String,
}

impl Store {
    /// Orders that are not finished, or all of them, oldest first.
    pub async fn orders(
        &self,
        finished_too: bool,
        limit: i64,
    ) -> Result<Vec<OrderView>, StoreError> {
        let open = "WHERE state IN ('due', 'sending', 'unknown', 'held')";
        let text = format!(
            "SELECT key, channel, state, attempts, due_ms, created_ms, why, result FROM outbox_order {} ORDER BY id LIMIT $1",
            if finished_too { "" } else { open }
        );
        let rows = sqlx::query(AssertSqlSafe(text))
            .bind(limit)
            .fetch_all(self.reader())
            .await
            .doing("listing orders")?;
        rows.iter().map(view).collect()
    }

    /// What a ticket's field was left as by the case's last order of this sort before this one; `None` where none wrote it.
    pub async fn last_shown(
        &self,
        order: &Claimed,
        sort: &str,
    ) -> Result<Option<String>, StoreError> {
        let row = sqlx::query(
            "SELECT result FROM outbox_order WHERE case_id = $1 AND id < $2 AND key LIKE $3 AND state = 'done' AND result <> ''
             ORDER BY id DESC LIMIT 1",
        );
        let row = row
            .bind(order.case.0)
            .bind(order.id)
            .bind(format!("%/{sort}/%"))
            .fetch_optional(self.reader())
            .await
            .doing("reading what was shown last")?;
        row.map(|row| row.try_get(0).doing("reading what was shown last"))
            .transpose()
    }

    /// When the next order of this channel falls due.
    pub async fn next_due(&self, channel: Channel) -> Result<Option<Timestamp>, StoreError> {
        let row = sqlx::query(
            "SELECT MIN(due_ms) FROM outbox_order WHERE channel = $1 AND state = 'due'",
        );
        let row = row
            .bind(channel.name())
            .fetch_one(self.reader())
            .await
            .doing("looking for the next order")?;
        let due: Option<i64> = row.try_get(0).doing("looking for the next order")?;
        Ok(due.map(Timestamp))
    }
}

fn view(row: &AnyRow) -> Result<OrderView, StoreError> {
    let state: String = row.try_get(2).doing("listing orders")?;
    let state = OrderState::named(&state)?;
    let view = || -> Result<OrderView, sqlx::Error> {
        Ok(OrderView {
            key: row.try_get(0)?,
            channel: row.try_get(1)?,
            state,
            attempts: row.try_get(3)?,
            due: Timestamp(row.try_get(4)?),
            created: Timestamp(row.try_get(5)?),
            why: row.try_get(6)?,
            result: row.try_get(7)?,
        })
    };
    view().doing("listing orders")
}
