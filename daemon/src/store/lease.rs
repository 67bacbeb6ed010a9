//! Table `lease`: what only one daemon may do at a time.

use std::time::Duration;

use sqlx::Row;

use super::sql::{Conn, Doing};
use super::{Store, StoreError};
use crate::clock::Timestamp;

/// How long a lease holds without being renewed. A daemon that is stopped for longer finds its epoch gone.
const TERM: Duration = Duration::from_secs(30);

impl Store {
    /// Takes or renews the lease; `None` while another daemon holds it.
    pub(super) async fn take_lease(
        &self,
        tx: &mut Conn,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let row = sqlx::query(
            "INSERT INTO lease (name, holder, epoch, until_ms) VALUES ($1, $2, 1, $3)
             ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, epoch = lease.epoch + 1, until_ms = excluded.until_ms
             WHERE lease.holder = excluded.holder OR lease.until_ms < $4
             RETURNING epoch",
        )
        .bind(name)
        .bind(&self.holder)
        .bind(now.plus(TERM).0)
        .bind(now.0)
        .fetch_optional(tx)
        .await
        .doing("taking a lease")?;
        row.map(|row| row.try_get(0).doing("taking a lease"))
            .transpose()
    }

    /// Proves, inside the transaction that writes, that the lease is still ours.
    pub(super) async fn confirm_lease(
        &self,
        tx: &mut Conn,
        name: &'static str,
        epoch: i64,
    ) -> Result<(), StoreError> {
        let held = sqlx::query(
            "UPDATE lease SET holder = holder WHERE name = $1 AND holder = $2 AND epoch = $3",
        )
        .bind(name)
        .bind(&self.holder)
        .bind(epoch)
        .execute(tx)
        .await
        .doing("confirming a lease")?;
        if held.rows_affected() == 0 {
            Err(StoreError::LeaseLost(name))
        } else {
            Ok(())
        }
    }

    /// Lets another daemon go on at once.
    pub(super) async fn give_up_leases(&self) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("UPDATE lease SET until_ms = 0 WHERE holder = $1")
            .bind(&self.holder)
            .execute(&mut *tx)
            .await
            .doing("giving up leases")?;
        tx.commit().await.doing("giving up leases")
    }
}

/// After the clock was set back: nobody holds a lease longer than one term.
pub(super) async fn held_no_longer(tx: &mut Conn, now: Timestamp) -> Result<u64, StoreError> {
    let done = sqlx::query("UPDATE lease SET until_ms = $1 WHERE until_ms > $2")
        .bind(now.plus(TERM).0)
        .bind(now.plus(TERM * 2).0)
        .execute(tx)
        .await
        .doing("following the clock back")?;
    Ok(done.rows_affected())
}
