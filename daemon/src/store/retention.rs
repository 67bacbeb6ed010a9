//! Removing raw mail after its time: table `entry`. What was removed stays known by digest, size and date, and stands in the books.
//!
//! One case is one transaction with its row in the books: after a crash it is removed and entered, or neither.

use sqlx::{AssertSqlSafe, Row};

use super::books::{Chain, Stamp};
use super::cases::CaseId;
use super::journal::{EntryId, digest_of};
use super::sql::{Conn, Doing, list};
use super::{Store, StoreError};
use crate::case::Phase;
use crate::clock::Timestamp;
use crate::failpoint;
use crate::register::NewRow;

/// Mails looked at in one statement.
const AT_ONCE: i64 = 500;

/// A mail whose raw bytes are still there.
#[derive(Debug, Clone)]
pub struct KeptMail {
    pub entry: EntryId,
    pub digest: [u8; 32],
    /// Raw bytes.
    pub size: i64,
    pub kept: Timestamp,
    pub case: Option<CaseId>,
}

/// What is to be removed at once.
#[derive(Debug, Clone)]
pub struct Disposal {
    pub case: Option<CaseId>,
    /// How many events had happened to the case when this was decided.
    pub events: i64,
    pub entries: Vec<EntryId>,
    /// What the books say of it.
    pub row: NewRow,
}

impl Store {
    /// Mails that were read and are still kept raw, older than a moment, after an entry; oldest first. Mail of open cases is not
    /// among them.
    pub async fn kept_mails(
        &self,
        after: EntryId,
        before: Timestamp,
    ) -> Result<Vec<KeptMail>, StoreError> {
        let doing = "looking for raw mail to remove";
        let over: Vec<_> = Phase::STEPS
            .into_iter()
            .chain(Phase::EXITS)
            .filter(|phase| phase.is_over())
            .collect();
        let text = format!(
            "SELECT e.id, e.digest, e.size, e.kept_ms, r.case_id FROM entry e
             JOIN reading r ON r.entry_id = e.id LEFT JOIN incident i ON i.id = r.case_id
             WHERE e.removed_ms = 0 AND e.id > $1 AND e.kept_ms < $2 AND (r.case_id IS NULL OR i.phase IN {})
             ORDER BY e.id LIMIT {AT_ONCE}",
            list(2, over.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(text))
            .bind(after.0)
            .bind(before.0);
        for phase in over {
            query = query.bind(phase.name());
        }
        let rows = query.fetch_all(self.reader()).await.doing(doing)?;
        rows.iter()
            .map(|row| {
                let case: Option<i64> = row.try_get(4).doing(doing)?;
                Ok(KeptMail {
                    entry: EntryId(row.try_get(0).doing(doing)?),
                    digest: digest_of(row, 1)?,
                    size: row.try_get(2).doing(doing)?,
                    kept: Timestamp(row.try_get(3).doing(doing)?),
                    case: case.map(CaseId),
                })
            })
            .collect()
    }

    /// Removes raw mail and enters it in the books, all or nothing; the row's number. `None` where the case has moved on since,
    /// something of it still waits to go out, or a mail is gone already.
    pub async fn dispose(
        &self,
        disposal: Disposal,
        actor: &str,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        self.overwrite_what_is_deleted().await?;
        let mut tx = self.begin().await?;
        let mut chain = Chain::lock(&mut tx).await?;
        if let Some(case) = disposal.case
            && !at_rest(&mut tx, case, disposal.events).await?
        {
            return Ok(None);
        }
        if !empty(&mut tx, &disposal.entries, now).await? {
            return Ok(None);
        }
        if let Some(case) = disposal.case {
            forget_texts(&mut tx, case).await?;
        }
        let stamp = Stamp {
            case: disposal.case,
            actor,
            now,
        };
        let number = chain.enter(&mut tx, disposal.row, stamp).await?;
        chain.write(&mut tx).await?;
        failpoint::pass("retention.before_commit");
        tx.commit().await.doing("removing raw mail")?;
        failpoint::pass("retention.committed");
        Ok(Some(number))
    }

    /// Writes anew what raw mail was removed from: both databases keep old copies of a row in free parts of their files, and
    /// PostgreSQL's plain VACUUM may leave some of their bytes. It takes as long as writing these tables does, and nobody else writes meanwhile.
    pub async fn compact(&self) -> Result<(), StoreError> {
        let doing = "writing the database anew";
        let anew: &[&str] = if self.postgres {
            &[
                "VACUUM (FULL) entry",
                "VACUUM (FULL) entry_part",
                "VACUUM (FULL) outbox_order",
            ]
        } else {
            &["VACUUM"]
        };
        for statement in anew {
            let done = sqlx::query(*statement).execute(&self.writer).await;
            done.doing(doing)?;
        }
        self.forget_log().await
    }

    /// SQLite's log repeats the pages that were changed; PostgreSQL recycles its own, which this account may not touch.
    pub async fn forget_log(&self) -> Result<(), StoreError> {
        if self.postgres {
            return Ok(());
        }
        // Where somebody reads just now it is left for the next checkpoint.
        let asked = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_all(&self.writer)
            .await;
        asked.map(|_| ()).doing("clearing the database's log")
    }

    /// SQLite overwrites what is deleted within a page (`store::open`); from here on whole pages too, at the cost of writing them.
    async fn overwrite_what_is_deleted(&self) -> Result<(), StoreError> {
        if self.postgres {
            return Ok(());
        }
        let asked = sqlx::query("PRAGMA secure_delete = ON")
            .fetch_all(&self.writer)
            .await;
        asked.map(|_| ()).doing("preparing to remove raw mail")
    }
}

/// Locks the case: it is over, nothing has happened to it since, and nothing of it waits to go out.
async fn at_rest(tx: &mut Conn, case: CaseId, events: i64) -> Result<bool, StoreError> {
    let doing = "looking at a case before removing its raw mail";
    let row = sqlx::query(
        "UPDATE incident SET events = events WHERE id = $1 AND events = $2 RETURNING phase",
    );
    let row = row
        .bind(case.0)
        .bind(events)
        .fetch_optional(&mut *tx)
        .await
        .doing(doing)?;
    let Some(row) = row else { return Ok(false) };
    let phase: String = row.try_get(0).doing(doing)?;
    let waiting = sqlx::query(
        "SELECT COUNT(*) FROM outbox_order WHERE case_id = $1 AND state NOT IN ('done', 'dropped')",
    );
    let waiting = waiting.bind(case.0).fetch_one(tx).await.doing(doing)?;
    let waiting: i64 = waiting.try_get(0).doing(doing)?;
    Ok(waiting == 0 && Phase::named(&phase).is_some_and(Phase::is_over))
}

/// Whether all of them were there to be emptied.
async fn empty(tx: &mut Conn, entries: &[EntryId], now: Timestamp) -> Result<bool, StoreError> {
    let doing = "removing raw mail";
    let mut emptied = 0;
    for some in entries.chunks(usize::try_from(AT_ONCE).unwrap_or(1)) {
        let text = format!(
            "UPDATE entry SET raw = $1, more_parts = 0, removed_ms = $2 WHERE removed_ms = 0 AND id IN {}",
            list(2, some.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(text))
            .bind(Vec::<u8>::new())
            .bind(now.0);
        for entry in some {
            query = query.bind(entry.0);
        }
        emptied += query.execute(&mut *tx).await.doing(doing)?.rows_affected();
        let text = format!(
            "DELETE FROM entry_part WHERE entry_id IN {}",
            list(0, some.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for entry in some {
            query = query.bind(entry.0);
        }
        query.execute(&mut *tx).await.doing(doing)?;
    }
    Ok(emptied == entries.len() as u64)
}

/// What was sent into a ticket repeats the mail's text; nobody sends it again.
async fn forget_texts(tx: &mut Conn, case: CaseId) -> Result<(), StoreError> {
    let text = "UPDATE outbox_order SET payload = '{}' WHERE case_id = $1 AND channel = 'desk' AND state IN ('done', 'dropped')";
    let done = sqlx::query(text).bind(case.0).execute(tx).await;
    done.map(|_| ()).doing("removing raw mail")
}
