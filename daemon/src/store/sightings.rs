//! Table `sighting`: where each mail was seen. What is not in here is new, whatever `\Seen` says.

use std::collections::{HashMap, HashSet};

use sqlx::{AssertSqlSafe, Row};

use super::journal::Ready;
use super::sql::{Conn, Doing, list, rows, rows_at_once};
use super::{Store, StoreError};

/// Writes the sightings of a batch; a place seen before is left as it is.
pub(super) async fn insert(
    tx: &mut Conn,
    ready: &[Ready],
    ids: &HashMap<[u8; 32], i64>,
) -> Result<u64, StoreError> {
    let mut written = 0;
    for some in ready.chunks(rows_at_once(COLUMNS)) {
        written += insert_some(tx, some, ids).await?;
    }
    Ok(written)
}

const COLUMNS: usize = 8;

async fn insert_some(
    tx: &mut Conn,
    ready: &[Ready],
    ids: &HashMap<[u8; 32], i64>,
) -> Result<u64, StoreError> {
    let text = format!(
        "INSERT INTO sighting (account, folder, uidvalidity, uid, entry_id, seen_ms, internal_ms, settled) VALUES {}
         ON CONFLICT (account, folder, uidvalidity, uid) DO NOTHING",
        rows(ready.len(), COLUMNS)
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for mail in ready {
        query = query
            .bind(&mail.place.account)
            .bind(&mail.place.folder)
            .bind(mail.place.uidvalidity)
            .bind(mail.place.uid)
            .bind(ids.get(&mail.packed.digest).copied().unwrap_or_default())
            .bind(mail.seen.0)
            .bind(mail.internal_ms)
            .bind(0_i64);
    }
    Ok(query
        .execute(tx)
        .await
        .doing("recording where mail was seen")?
        .rows_affected())
}

impl Store {
    /// Every UID of this folder and UIDVALIDITY that is in the journal.
    pub async fn known_uids(
        &self,
        account: &str,
        folder: &str,
        uidvalidity: i64,
    ) -> Result<HashSet<i64>, StoreError> {
        let rows = sqlx::query(
            "SELECT uid FROM sighting WHERE account = $1 AND folder = $2 AND uidvalidity = $3",
        )
        .bind(account)
        .bind(folder)
        .bind(uidvalidity)
        .fetch_all(self.reader())
        .await
        .doing("reading which mail is known")?;
        rows.iter()
            .map(|row| row.try_get(0).doing("reading which mail is known"))
            .collect()
    }

    /// UIDs that are durable here, but not yet marked or moved on the server; lowest first.
    pub async fn unsettled(
        &self,
        account: &str,
        folder: &str,
        uidvalidity: i64,
        limit: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let rows = sqlx::query(
            "SELECT uid FROM sighting WHERE account = $1 AND folder = $2 AND uidvalidity = $3 AND settled = 0 ORDER BY uid LIMIT $4",
        )
        .bind(account)
        .bind(folder)
        .bind(uidvalidity)
        .bind(limit)
        .fetch_all(self.reader())
        .await
        .doing("reading which mail is to be marked")?;
        rows.iter()
            .map(|row| row.try_get(0).doing("reading which mail is to be marked"))
            .collect()
    }

    /// Records that the server has these marked or moved.
    pub async fn settled(
        &self,
        account: &str,
        folder: &str,
        uidvalidity: i64,
        uids: &[i64],
    ) -> Result<(), StoreError> {
        if uids.is_empty() {
            return Ok(());
        }
        let text = format!(
            "UPDATE sighting SET settled = 1 WHERE account = $1 AND folder = $2 AND uidvalidity = $3 AND uid IN {}",
            list(3, uids.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(text))
            .bind(account)
            .bind(folder)
            .bind(uidvalidity);
        for uid in uids {
            query = query.bind(uid);
        }
        let mut tx = self.begin().await?;
        query
            .execute(&mut *tx)
            .await
            .doing("recording what was marked")?;
        tx.commit().await.doing("recording what was marked")
    }
}
