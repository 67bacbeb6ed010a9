//! Table `report_key`: by what reports are counted, where a rule counts them.

use sqlx::{AssertSqlSafe, Row};
use tanggap_rules::Past;

use super::StoreError;
use super::journal::EntryId;
use super::sql::{Conn, Doing, list, room, rows, rows_at_once};
use crate::clock::Timestamp;

/// Times read at most: no rule asks for so many.
const TIMES: i64 = 20_000;
/// Longer than any window that a rule may have (90 days).
const OLDEST: i64 = 91 * 86_400_000;
const COLUMNS: usize = 3;

/// When reports with one of these keys came, from `since` on.
pub(super) async fn past(
    tx: &mut Conn,
    keys: &[String],
    since: Timestamp,
) -> Result<Past, StoreError> {
    let mut past = Past::default();
    if keys.is_empty() {
        return Ok(past);
    }
    let text = format!(
        "SELECT name, at_ms FROM report_key WHERE at_ms >= $1 AND name IN {} ORDER BY at_ms DESC LIMIT {TIMES}",
        list(1, room(keys.len()))
    );
    let mut query = sqlx::query(AssertSqlSafe(text)).bind(since.0);
    let last = keys.last().into_iter().cycle();
    for key in keys.iter().chain(last).take(room(keys.len())) {
        query = query.bind(key.clone());
    }
    for row in query.fetch_all(tx).await.doing("counting reports")? {
        let name: String = row.try_get(0).doing("counting reports")?;
        past.add(name, row.try_get(1).doing("counting reports")?);
    }
    Ok(past)
}

/// Counts a report, and forgets what no rule can ask for any more.
pub(super) async fn note(
    tx: &mut Conn,
    entry: EntryId,
    keys: &[String],
    at: Timestamp,
) -> Result<(), StoreError> {
    for some in keys.chunks(rows_at_once(COLUMNS)) {
        let text = format!(
            "INSERT INTO report_key (name, entry_id, at_ms) VALUES {} ON CONFLICT (name, entry_id) DO NOTHING",
            rows(some.len(), COLUMNS)
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for key in some {
            query = query.bind(key.clone()).bind(entry.0).bind(at.0);
        }
        query.execute(&mut *tx).await.doing("counting a report")?;
    }
    sqlx::query("DELETE FROM report_key WHERE at_ms < $1")
        .bind(at.0.saturating_sub(OLDEST))
        .execute(tx)
        .await
        .doing("forgetting old counts")?;
    Ok(())
}
