//! Table `channel`: a way out as a whole may be made to wait, by its own trouble or by an operator.

use std::time::Duration;

use sqlx::Row;

use super::sql::{Conn, Doing};
use super::{Store, StoreError};
use crate::case::Channel;
use crate::clock::Timestamp;

/// Longer than any pause but one that the other side asked for; that one may be cut short by a clock that is set.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);

/// How a channel stands.
#[derive(Debug, Clone)]
pub struct ChannelState {
    pub name: String,
    pub paused_until: Timestamp,
    /// By an operator, until released.
    pub held: bool,
    pub why: String,
}

impl Store {
    /// Lets every order of the channel wait until then.
    pub async fn pause_channel(
        &self,
        channel: Channel,
        until: Timestamp,
        why: &str,
    ) -> Result<(), StoreError> {
        self.set_channel(
            "INSERT INTO channel (name, paused_until_ms, held, why) VALUES ($1, $2, 0, $3)
             ON CONFLICT (name) DO UPDATE SET paused_until_ms = excluded.paused_until_ms, why = excluded.why",
            channel,
            until,
            why,
        )
        .await
    }

    /// An operator stops the channel until it is released.
    pub async fn hold_channel(
        &self,
        channel: Channel,
        now: Timestamp,
        why: &str,
    ) -> Result<(), StoreError> {
        self.set_channel(
            "INSERT INTO channel (name, paused_until_ms, held, why) VALUES ($1, $2, 1, $3)
             ON CONFLICT (name) DO UPDATE SET held = 1, why = excluded.why",
            channel,
            now,
            why,
        )
        .await
    }

    /// Lets the channel go at once.
    pub async fn release_channel(
        &self,
        channel: Channel,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.set_channel(
            "INSERT INTO channel (name, paused_until_ms, held, why) VALUES ($1, $2, 0, $3)
             ON CONFLICT (name) DO UPDATE SET paused_until_ms = excluded.paused_until_ms, held = 0, why = excluded.why",
            channel,
            now,
            "",
        )
        .await
    }

    async fn set_channel(
        &self,
        statement: &'static str,
        channel: Channel,
        until: Timestamp,
        why: &str,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let query = sqlx::query(statement)
            .bind(channel.name())
            .bind(until.0)
            .bind(why.to_owned());
        query.execute(&mut *tx).await.doing("changing a channel")?;
        tx.commit().await.doing("changing a channel")
    }

    /// Channels that were ever made to wait.
    pub async fn channels(&self) -> Result<Vec<ChannelState>, StoreError> {
        let rows =
            sqlx::query("SELECT name, paused_until_ms, held, why FROM channel ORDER BY name");
        let rows = rows
            .fetch_all(self.reader())
            .await
            .doing("reading the channels")?;
        let read = |row: &sqlx::any::AnyRow| -> Result<ChannelState, sqlx::Error> {
            let held: i64 = row.try_get(2)?;
            Ok(ChannelState {
                name: row.try_get(0)?,
                paused_until: Timestamp(row.try_get(1)?),
                held: held == 1,
                why: row.try_get(3)?,
            })
        };
        rows.iter()
            .map(|row| read(row).doing("reading the channels"))
            .collect()
    }
}

/// After the clock was set back: no pause outlasts the longest one.
pub(super) async fn paused_no_longer(tx: &mut Conn, now: Timestamp) -> Result<u64, StoreError> {
    let done = sqlx::query("UPDATE channel SET paused_until_ms = $1 WHERE paused_until_ms > $2")
        .bind(now.0)
        .bind(now.plus(LONGEST_PAUSE).0)
        .execute(tx)
        .await
        .doing("following the clock back")?;
    Ok(done.rows_affected())
}
