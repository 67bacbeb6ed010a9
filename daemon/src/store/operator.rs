//! Table `outbox_order` in the operator's hands: hold, release, retry, drop.

use sqlx::{AssertSqlSafe, Row};

use super::outbox::{COLUMNS, Claimed, OrderState, Recorded, read};
use super::sql::Doing;
use super::{Store, StoreError, cases};
use crate::clock::Timestamp;

impl Store {
    /// An operator lets an order wait. Returns whether it could still be stopped.
    pub async fn hold_order(&self, key: &str, why: &str) -> Result<bool, StoreError> {
        self.change(
            "UPDATE outbox_order SET state = 'held', epoch = epoch + 1, why = $2 WHERE key = $1 AND state = 'due'",
            key,
            why,
        )
        .await
    }

    /// An operator wants an order tried (again) now. Of an order whose outcome is unknown this says: it was not carried out.
    pub async fn retry_order(&self, key: &str, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query(
            "UPDATE outbox_order SET state = 'due', due_ms = $2, epoch = epoch + 1
             WHERE key = $1 AND state IN ('held', 'unknown', 'due', 'dropped')",
        )
        .bind(key)
        .bind(now.0)
        .execute(&mut *tx)
        .await
        .doing("retrying an order")?;
        tx.commit().await.doing("retrying an order")?;
        Ok(done.rows_affected() > 0)
    }

    async fn change(
        &self,
        statement: &'static str,
        key: &str,
        value: &str,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query(statement)
            .bind(key.to_owned())
            .bind(value.to_owned());
        let done = done.execute(&mut *tx).await.doing("changing an order")?;
        tx.commit().await.doing("changing an order")?;
        Ok(done.rows_affected() > 0)
    }

    /// An order by its key, whatever its state, with that state.
    pub async fn order(&self, key: &str) -> Result<Option<(Claimed, OrderState)>, StoreError> {
        let text = format!("SELECT {COLUMNS}, state FROM outbox_order WHERE key = $1");
        let row = sqlx::query(AssertSqlSafe(text)).bind(key.to_owned());
        let Some(row) = row
            .fetch_optional(self.reader())
            .await
            .doing("finding an order")?
        else {
            return Ok(None);
        };
        let state: String = row.try_get(10).doing("finding an order")?;
        Ok(Some((read(&row)?, OrderState::named(&state)?)))
    }

    /// Settles an order by a human's word: done in the outside world, or given up. Returns whether it was still open.
    pub async fn settle_order(
        &self,
        settled: Recorded,
        actor: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query(
            "UPDATE outbox_order SET state = $2, why = $3, result = $4, epoch = epoch + 1
             WHERE key = $1 AND state IN ('held', 'unknown', 'due')",
        )
        .bind(&settled.order.key)
        .bind(settled.state.name())
        .bind(&settled.why)
        .bind(&settled.result)
        .execute(&mut *tx)
        .await
        .doing("settling an order")?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        let events: Vec<_> = settled
            .event
            .into_iter()
            .map(|event| (settled.order.case, event))
            .collect();
        if let Some(illegal) = cases::apply(&mut tx, &events, actor, now)
            .await?
            .illegal
            .into_iter()
            .next()
        {
            return Err(illegal.into());
        }
        tx.commit().await.doing("settling an order")?;
        Ok(true)
    }
}
