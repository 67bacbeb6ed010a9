//! Mail that nobody has judged yet: how a judge takes it, and gives it back.

use sqlx::any::AnyRow;
use sqlx::{AssertSqlSafe, Row};

use super::journal::EntryId;
use super::sql::{AT_ONCE, Conn, Doing, bind_roomy, roomy_list};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::failpoint;

/// Who holds it is the one judge.
pub(super) const LEASE: &str = "judge";

/// A mail that nobody has judged yet.
#[derive(Debug, Clone, Copy)]
pub struct Unread {
    pub entry: EntryId,
    /// How often a judge has begun with it and never came back.
    pub tries: i64,
    /// Raw bytes.
    pub size: u64,
    pub kept: Timestamp,
}

impl Store {
    /// Claims the oldest unread mails, at most `limit` of them and at most `bytes` in all, and counts the try first: a mail
    /// that kills the process is known by its count. A mail that was begun before is claimed alone.
    pub async fn claim_unread(
        &self,
        now: Timestamp,
        limit: i64,
        bytes: u64,
    ) -> Result<Option<(i64, Vec<Unread>)>, StoreError> {
        let oldest = self.oldest_unread(limit).await?;
        let claimed = first_that_fit(oldest, bytes);
        if claimed.is_empty() {
            return Ok(None);
        }
        let mut tx = self.begin().await?;
        let Some(epoch) = self.take_lease(&mut tx, LEASE, now).await? else {
            return Ok(None);
        };
        for some in claimed.chunks(AT_ONCE) {
            begin_with(&mut tx, some).await?;
        }
        tx.commit().await.doing("claiming unread mail")?;
        failpoint::pass("judge.claimed");
        Ok(Some((epoch, claimed)))
    }

    /// Takes back one counted try of each of these mails, where they are still unread: what stopped the judge was no mail.
    pub async fn forgive(&self, entries: &[EntryId]) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for some in entries.chunks(AT_ONCE) {
            let text = format!(
                "UPDATE unread SET tries = tries - 1 WHERE tries > 0 AND entry_id IN {}",
                roomy_list(some.len())
            );
            let ids: Vec<i64> = some.iter().map(|entry| entry.0).collect();
            bind_roomy(sqlx::query(AssertSqlSafe(text)), &ids)
                .execute(&mut *tx)
                .await
                .doing("forgiving unread mail")?;
        }
        tx.commit().await.doing("forgiving unread mail")
    }

    async fn oldest_unread(&self, limit: i64) -> Result<Vec<Unread>, StoreError> {
        let rows = sqlx::query(
            "SELECT u.entry_id, u.tries, e.size, e.kept_ms FROM unread u JOIN entry e ON e.id = u.entry_id ORDER BY u.entry_id LIMIT $1",
        )
        .bind(limit)
        .fetch_all(self.reader())
        .await
        .doing("listing unread mail")?;
        let read = |row: &AnyRow| -> Result<Unread, sqlx::Error> {
            let size: i64 = row.try_get(2)?;
            Ok(Unread {
                entry: EntryId(row.try_get(0)?),
                tries: row.try_get(1)?,
                size: size.unsigned_abs(),
                kept: Timestamp(row.try_get(3)?),
            })
        };
        rows.iter()
            .map(|row| read(row).doing("listing unread mail"))
            .collect()
    }
}

async fn begin_with(tx: &mut Conn, claimed: &[Unread]) -> Result<(), StoreError> {
    let text = format!(
        "UPDATE unread SET tries = tries + 1 WHERE entry_id IN {}",
        roomy_list(claimed.len())
    );
    let entries: Vec<i64> = claimed.iter().map(|unread| unread.entry.0).collect();
    bind_roomy(sqlx::query(AssertSqlSafe(text)), &entries)
        .execute(tx)
        .await
        .doing("claiming unread mail")?;
    Ok(())
}

/// The oldest mails that fit; one alone where it was begun before, so that its neighbours are not blamed.
fn first_that_fit(oldest: Vec<Unread>, bytes: u64) -> Vec<Unread> {
    let mut sum = 0;
    let mut sitting = Vec::new();
    for unread in oldest {
        sum += unread.size;
        let alone = unread.tries > 0 || sum > bytes;
        if alone && !sitting.is_empty() {
            break;
        }
        sitting.push(unread);
        if alone {
            break;
        }
    }
    sitting
}
