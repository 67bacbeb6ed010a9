//! Table `letter`: letters of ours, which threads come back to and which the budget counts.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::{AssertSqlSafe, Row};

use super::StoreError;
use super::cases::CaseId;
use super::sql::{AT_ONCE, Conn, Doing, bind_roomy, roomy_list};
use crate::clock::Timestamp;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);
/// An address that bounced is left alone for so long.
const COOL_DOWN: Duration = Duration::from_hours(24 * 7);

/// A letter about to be ordered.
#[derive(Debug, Clone)]
pub struct NewLetter {
    /// Without angle brackets.
    pub message_id: String,
    pub recipient: String,
    /// The organisational domain that the budget counts.
    pub domain: String,
}

/// What the budget is decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LetterCounts {
    pub to_sender_in_day: u32,
    pub to_domain_in_hour: u32,
    pub in_all_in_hour: u32,
    /// A letter to this address came back lately.
    pub cooling_down: bool,
}

pub(super) async fn insert(
    tx: &mut Conn,
    case: CaseId,
    letter: &NewLetter,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO letter (message_id, case_id, recipient, domain, written_ms, bounced_ms) VALUES ($1, $2, $3, $4, $5, NULL)",
    )
    .bind(&letter.message_id)
    .bind(case.0)
    .bind(&letter.recipient)
    .bind(&letter.domain)
    .bind(now.0)
    .execute(tx)
    .await
    .doing("recording a letter")?;
    Ok(())
}

/// Counts in the same transaction that may add one more, so that two mails never both take the last place.
pub(super) async fn counts(
    tx: &mut Conn,
    recipient: &str,
    domain: &str,
    now: Timestamp,
) -> Result<LetterCounts, StoreError> {
    let row = sqlx::query(
        "SELECT (SELECT COUNT(*) FROM letter WHERE recipient = $1 AND written_ms > $2),
                (SELECT COUNT(*) FROM letter WHERE domain = $3 AND written_ms > $4),
                (SELECT COUNT(*) FROM letter WHERE written_ms > $4),
                (SELECT COUNT(*) FROM letter WHERE recipient = $1 AND bounced_ms > $5)",
    )
    .bind(recipient)
    .bind(now.minus(DAY).0)
    .bind(domain)
    .bind(now.minus(HOUR).0)
    .bind(now.minus(COOL_DOWN).0)
    .fetch_one(tx)
    .await
    .doing("counting letters")?;
    let count = |column: usize| -> Result<u32, StoreError> {
        let count: i64 = row.try_get(column).doing("counting letters")?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    };
    Ok(LetterCounts {
        to_sender_in_day: count(0)?,
        to_domain_in_hour: count(1)?,
        in_all_in_hour: count(2)?,
        cooling_down: count(3)? > 0,
    })
}

/// The cases of those of these Message-IDs that are letters of ours.
pub(super) async fn cases_of(
    tx: &mut Conn,
    message_ids: &[String],
) -> Result<HashMap<String, CaseId>, StoreError> {
    let mut found = HashMap::new();
    for some in message_ids.chunks(AT_ONCE) {
        let text = format!(
            "SELECT message_id, case_id FROM letter WHERE message_id IN {}",
            roomy_list(some.len())
        );
        let query = bind_roomy(sqlx::query(AssertSqlSafe(text)), some);
        for row in query.fetch_all(&mut *tx).await.doing("finding letters")? {
            let case: i64 = row.try_get(1).doing("finding letters")?;
            found.insert(row.try_get(0).doing("finding letters")?, CaseId(case));
        }
    }
    Ok(found)
}

/// Marks a letter as come back.
pub(super) async fn bounced(
    tx: &mut Conn,
    message_id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE letter SET bounced_ms = $2 WHERE message_id = $1")
        .bind(message_id)
        .bind(now.0)
        .execute(tx)
        .await
        .doing("marking a letter as bounced")?;
    Ok(())
}
