//! The wall clock was set back: moments on record may lie in the future now (`faults.md` P5).

use std::time::Duration;

use crate::clock::Timestamp;
use crate::store::sql::{Conn, Doing};
use crate::store::{Store, StoreError, channels, lease};

/// Two daemons' clocks differ by less than this.
const SLACK: Duration = Duration::from_secs(5);

impl Store {
    /// Whatever waits for a moment that nobody meant waits from now on, and no longer than it was to wait. Fences begin anew.
    pub async fn clock_set_back(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let orders = orders_wait_from(&mut tx, now).await?;
        let pauses = channels::paused_no_longer(&mut tx, now).await?;
        let leases = lease::held_no_longer(&mut tx, now).await?;
        tx.commit().await.doing("following the clock back")?;
        if orders + pauses + leases > 0 {
            tracing::warn!(
                orders,
                pauses,
                leases,
                "the clock was set back; what waited for a moment far away waits from now on"
            );
        }
        Ok(())
    }
}

/// An order whose last attempt (or, never attempted, whose making) lies in the future was put there before the clock was set.
async fn orders_wait_from(tx: &mut Conn, now: Timestamp) -> Result<u64, StoreError> {
    let moved = sqlx::query(
        "UPDATE outbox_order
         SET due_ms = CASE WHEN sent_ms > $2 THEN $1 + due_ms - sent_ms ELSE $1 END,
             sent_ms = CASE WHEN sent_ms > $2 THEN $1 ELSE sent_ms END
         WHERE state IN ('due', 'sending', 'unknown')
           AND (sent_ms > $2 OR (sent_ms = 0 AND created_ms > $2 AND due_ms > $2))",
    )
    .bind(now.0)
    .bind(now.plus(SLACK).0)
    .execute(tx)
    .await
    .doing("following the clock back")?;
    Ok(moved.rows_affected())
}
