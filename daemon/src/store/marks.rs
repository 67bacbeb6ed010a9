//! Table `case_mark`: what ties cases together. It proposes; a person merges.

use sqlx::{AssertSqlSafe, Row};

use super::cases::CaseId;
use super::sql::{Conn, Doing, rows};
use super::{Store, StoreError};
use crate::clock::Timestamp;

/// Marks of one case, at most: a list of a thousand addresses ties everything to everything.
const MARKS: usize = 40;

/// Another case with the same mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    pub register: String,
    pub subject: String,
    /// osTicket's number, empty where it has none.
    pub ticket: String,
    /// One mark that both have: `ipv4`, `url`, `asset`, …
    pub kind: String,
    pub value: String,
    /// How many they share.
    pub shared: i64,
}

const RELATED: &str = "SELECT i.register, i.subject, i.ticket, MIN(m.kind), MIN(m.value), COUNT(*)
     FROM case_mark o JOIN case_mark m ON m.kind = o.kind AND m.value = o.value AND m.case_id <> o.case_id
     JOIN incident i ON i.id = m.case_id
     WHERE o.case_id = $1 AND m.at_ms > $2 GROUP BY i.id, i.register, i.subject, i.ticket
     ORDER BY COUNT(*) DESC, i.id DESC LIMIT 5";

pub(super) async fn insert(
    tx: &mut Conn,
    case: CaseId,
    marks: &[(String, String)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let marks = marks.get(..marks.len().min(MARKS)).unwrap_or_default();
    if marks.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO case_mark (kind, value, case_id, at_ms) VALUES {} ON CONFLICT (kind, value, case_id) DO NOTHING",
        rows(marks.len(), 4)
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for (kind, value) in marks {
        query = query.bind(kind).bind(value).bind(case.0).bind(now.0);
    }
    query.execute(tx).await.doing("marking a case")?;
    Ok(())
}

/// Cases that share a mark with this one and got it since a moment, the closest first.
pub(super) async fn related(
    tx: &mut Conn,
    case: CaseId,
    since: Timestamp,
) -> Result<Vec<Related>, StoreError> {
    let query = sqlx::query(RELATED).bind(case.0).bind(since.0);
    let found = query.fetch_all(tx).await.doing("finding related cases")?;
    found
        .iter()
        .map(|row| read(row).doing("finding related cases"))
        .collect()
}

impl Store {
    /// Cases that share a mark with this one and got it since a moment, the closest first.
    pub async fn related(
        &self,
        case: CaseId,
        since: Timestamp,
    ) -> Result<Vec<Related>, StoreError> {
        let query = sqlx::query(RELATED).bind(case.0).bind(since.0);
        let found = query
            .fetch_all(self.reader())
            .await
            .doing("finding related cases")?;
        found
            .iter()
            .map(|row| read(row).doing("finding related cases"))
            .collect()
    }
}

fn read(row: &sqlx::any::AnyRow) -> Result<Related, sqlx::Error> {
    Ok(Related {
        register: row.try_get(0)?,
        subject: row.try_get(1)?,
        ticket: row.try_get(2)?,
        kind: row.try_get(3)?,
        value: row.try_get(4)?,
        shared: row.try_get(5)?,
    })
}
