//! Table `unfetched`: mail that a server lists and would not hand out. Counted, shown to people, never a reason to stop.

use sqlx::Row;

use super::sql::Doing;
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::mailbox::Place;

/// A mail that could not be fetched.
#[derive(Debug, Clone)]
pub struct Unfetched {
    pub place: Place,
    pub tries: i64,
    pub why: String,
    pub last: Timestamp,
}

impl Store {
    /// After so many tries a person is told.
    pub const UNFETCHED_TRIES: i64 = 5;

    /// Counts a failed try; returns how many there were.
    pub async fn unfetched(
        &self,
        place: &Place,
        why: &str,
        now: Timestamp,
    ) -> Result<i64, StoreError> {
        let mut tx = self.begin().await?;
        let row = sqlx::query(
            "INSERT INTO unfetched (account, folder, uidvalidity, uid, tries, why, last_ms) VALUES ($1, $2, $3, $4, 1, $5, $6)
             ON CONFLICT (account, folder, uidvalidity, uid)
             DO UPDATE SET tries = unfetched.tries + 1, why = excluded.why, last_ms = excluded.last_ms
             RETURNING tries",
        )
        .bind(&place.account)
        .bind(&place.folder)
        .bind(place.uidvalidity)
        .bind(place.uid)
        .bind(why)
        .bind(now.0)
        .fetch_one(&mut *tx)
        .await
        .doing("counting a mail that could not be fetched")?;
        tx.commit()
            .await
            .doing("counting a mail that could not be fetched")?;
        row.try_get(0)
            .doing("counting a mail that could not be fetched")
    }

    /// Forgets the trouble with a mail that came after all, or is gone.
    pub async fn fetched_after_all(&self, place: &Place) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query("DELETE FROM unfetched WHERE account = $1 AND folder = $2 AND uidvalidity = $3 AND uid = $4")
            .bind(&place.account)
            .bind(&place.folder)
            .bind(place.uidvalidity)
            .bind(place.uid)
            .execute(&mut *tx)
            .await
            .doing("forgetting a failed fetch")?;
        tx.commit().await.doing("forgetting a failed fetch")
    }

    /// Every mail that could not be fetched, the most often tried first.
    pub async fn all_unfetched(&self) -> Result<Vec<Unfetched>, StoreError> {
        let rows = sqlx::query(
            "SELECT account, folder, uidvalidity, uid, tries, why, last_ms FROM unfetched ORDER BY tries DESC, last_ms LIMIT 1000",
        )
        .fetch_all(self.reader())
        .await
        .doing("listing mail that could not be fetched")?;
        rows.iter()
            .map(|row| read(row).doing("listing mail that could not be fetched"))
            .collect()
    }
}

fn read(row: &sqlx::any::AnyRow) -> Result<Unfetched, sqlx::Error> {
    let place = Place {
        account: row.try_get(0)?,
        folder: row.try_get(1)?,
        uidvalidity: row.try_get(2)?,
        uid: row.try_get(3)?,
    };
    Ok(Unfetched {
        place,
        tries: row.try_get(4)?,
        why: row.try_get(5)?,
        last: Timestamp(row.try_get(6)?),
    })
}
