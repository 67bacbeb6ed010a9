//! Table `letter`: letters of ours, which threads come back to and which the budget counts.

use std::time::Duration;

use sqlx::Row;

use super::StoreError;
use super::cases::CaseId;
use super::sql::{Conn, Doing};
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

/// The case that a letter of ours belongs to.
pub(super) async fn case_of(tx: &mut Conn, message_id: &str) -> Result<Option<CaseId>, StoreError> {
    let row = sqlx::query("SELECT case_id FROM letter WHERE message_id = $1");
    let row = row
        .bind(message_id)
        .fetch_optional(tx)
        .await
        .doing("finding a letter")?;
    row.map(|row| Ok(CaseId(row.try_get(0).doing("finding a letter")?)))
        .transpose()
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
