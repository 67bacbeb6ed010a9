//! What each mail was judged as, and what became of its case: the journal, as rules are tried on it.

use sqlx::Row;

use super::cases::CaseId;
use super::journal::EntryId;
use super::sql::Doing;
use super::{Store, StoreError};
use crate::clock::Timestamp;

/// A mail that was read and judged.
#[derive(Debug, Clone)]
pub struct PastMail {
    pub entry: EntryId,
    pub kept: Timestamp,
    /// Raw bytes.
    pub size: u64,
    pub subject: String,
    /// `store::Fate`, by its name.
    pub fate: String,
    /// The classification of that time, JSON.
    pub judgement: String,
    /// Nobody mailed it: a member of the team took it down.
    pub by_hand: bool,
    /// Its raw bytes were removed by retention.
    pub removed: bool,
    pub case: Option<PastCase>,
}

/// The case that a mail opened or joined, as it stands now.
#[derive(Debug, Clone)]
pub struct PastCase {
    pub id: CaseId,
    pub register: String,
    pub severity: String,
    pub incident: String,
}

const PAST: &str = "SELECT r.entry_id, e.kept_ms, e.size, r.subject, r.fate, r.judgement,
        (SELECT COUNT(*) FROM sighting s WHERE s.entry_id = r.entry_id AND s.account = 'manual'),
        r.case_id, COALESCE(i.register, ''), COALESCE(i.severity, ''), COALESCE(i.incident, ''), e.removed_ms
     FROM reading r
     JOIN entry e ON e.id = r.entry_id
     LEFT JOIN incident i ON i.id = r.case_id
     WHERE r.entry_id > $1 AND e.kept_ms >= $2 AND e.removed_ms = 0
     ORDER BY r.entry_id LIMIT $3";

impl Store {
    /// The next judged mails after `after` that were kept since `since`, oldest first.
    pub async fn past(
        &self,
        after: EntryId,
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<PastMail>, StoreError> {
        let rows = sqlx::query(PAST)
            .bind(after.0)
            .bind(since.0)
            .bind(limit)
            .fetch_all(self.reader())
            .await
            .doing("reading what was judged")?;
        rows.iter()
            .map(|row| mail(row).doing("reading what was judged"))
            .collect()
    }

    /// How many mails were judged that were kept since then.
    pub async fn past_count(&self, since: Timestamp) -> Result<u64, StoreError> {
        let row = sqlx::query(
            "SELECT COUNT(*) FROM reading r JOIN entry e ON e.id = r.entry_id WHERE e.kept_ms >= $1 AND e.removed_ms = 0",
        );
        let row = row
            .bind(since.0)
            .fetch_one(self.reader())
            .await
            .doing("counting what was judged")?;
        let count: i64 = row.try_get(0).doing("counting what was judged")?;
        Ok(count.unsigned_abs())
    }

    /// One mail as it was judged; `None` where the journal does not know it, or nobody has judged it.
    pub async fn past_of(&self, entry: EntryId) -> Result<Option<PastMail>, StoreError> {
        let before = EntryId(entry.0.saturating_sub(1));
        let mut found = self.past(before, Timestamp(i64::MIN), 1).await?;
        found.retain(|mail| mail.entry == entry);
        Ok(found.pop())
    }
}

fn mail(row: &sqlx::any::AnyRow) -> Result<PastMail, sqlx::Error> {
    let (size, by_hand): (i64, i64) = (row.try_get(2)?, row.try_get(6)?);
    let removed: i64 = row.try_get(11)?;
    let id: Option<i64> = row.try_get(7)?;
    let case = match id {
        Some(id) => Some(PastCase {
            id: CaseId(id),
            register: row.try_get(8)?,
            severity: row.try_get(9)?,
            incident: row.try_get(10)?,
        }),
        None => None,
    };
    Ok(PastMail {
        entry: EntryId(row.try_get(0)?),
        kept: Timestamp(row.try_get(1)?),
        size: size.unsigned_abs(),
        subject: row.try_get(3)?,
        fate: row.try_get(4)?,
        judgement: row.try_get(5)?,
        by_hand: by_hand > 0,
        removed: removed != 0,
        case,
    })
}
