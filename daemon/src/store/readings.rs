//! Table `reading`: what became of each entry.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Row};

use super::StoreError;
use super::cases::{CaseId, json};
use super::journal::{EntryId, digest_of};
use super::sql::{AT_ONCE, Conn, Doing, bind_roomy, list, roomy_list, rows, rows_at_once};
use tanggap_rules::Classification;

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It opened a case.
    Opened,
    /// It joined a case.
    Joined,
    /// It is a mail we have already, delivered once more.
    Duplicate,
    /// It is recorded, and nothing follows.
    Recorded,
}

impl Fate {
    pub fn name(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Joined => "joined",
            Self::Duplicate => "duplicate",
            Self::Recorded => "recorded",
        }
    }
}

/// A mail, read and judged.
#[derive(Debug, Clone)]
pub struct Reading {
    pub entry: EntryId,
    pub classification: Classification,
    pub fate: Fate,
    /// Why this fate, one sentence for people.
    pub why: String,
    pub case: Option<CaseId>,
    pub sender: String,
    pub subject: String,
    pub message_id: String,
    pub canon: [u8; 32],
    /// Why no receipt was written; empty where one was.
    pub receipt: String,
}

/// The kind as stored and as the label files spell it.
pub fn kind_name(kind: tanggap_rules::Kind) -> &'static str {
    use tanggap_rules::Kind;
    match kind {
        Kind::Report => "report",
        Kind::FollowUp => "follow_up",
        Kind::Automated => "automated",
        Kind::AutoReply => "auto_reply",
        Kind::Bounce => "bounce",
        Kind::Other => "other",
    }
}

/// The cases of those of these Message-IDs that are mails we have.
pub(super) async fn cases_of(
    tx: &mut Conn,
    message_ids: &[String],
) -> Result<HashMap<String, CaseId>, StoreError> {
    let mut found = HashMap::new();
    for some in message_ids.chunks(AT_ONCE) {
        let text = format!(
            "SELECT message_id, case_id FROM reading WHERE message_id IN {} AND case_id IS NOT NULL ORDER BY entry_id",
            roomy_list(some.len())
        );
        let query = bind_roomy(sqlx::query(AssertSqlSafe(text)), some);
        for row in query.fetch_all(&mut *tx).await.doing("finding mails")? {
            let case: i64 = row.try_get(1).doing("finding mails")?;
            let id: String = row.try_get(0).doing("finding mails")?;
            found.entry(id).or_insert(CaseId(case));
        }
    }
    Ok(found)
}

/// The first mail of each of these contents, and its case.
pub(super) async fn first_with(
    tx: &mut Conn,
    canons: &[[u8; 32]],
) -> Result<HashMap<[u8; 32], (EntryId, Option<CaseId>)>, StoreError> {
    let mut found = HashMap::new();
    for some in canons.chunks(AT_ONCE) {
        let text = format!(
            "SELECT canon, entry_id, case_id FROM reading WHERE canon IN {} ORDER BY entry_id",
            roomy_list(some.len())
        );
        let keys: Vec<Vec<u8>> = some.iter().map(|canon| canon.to_vec()).collect();
        let query = bind_roomy(sqlx::query(AssertSqlSafe(text)), &keys);
        for row in query.fetch_all(&mut *tx).await.doing("finding twins")? {
            let case: Option<i64> = row.try_get(2).doing("finding twins")?;
            let entry: i64 = row.try_get(1).doing("finding twins")?;
            let twin = (EntryId(entry), case.map(CaseId));
            found.entry(digest_of(&row, 0)?).or_insert(twin);
        }
    }
    Ok(found)
}

/// Writes readings, and takes their entries off the list of unread mail.
pub(super) async fn insert(
    tx: &mut Conn,
    readings: &[Reading],
    now_ms: i64,
) -> Result<(), StoreError> {
    for some in readings.chunks(rows_at_once(COLUMNS)) {
        insert_some(tx, some, now_ms).await?;
        forget_unread(tx, some).await?;
    }
    Ok(())
}

const COLUMNS: usize = 12;

async fn insert_some(tx: &mut Conn, readings: &[Reading], now_ms: i64) -> Result<(), StoreError> {
    let text = format!(
        "INSERT INTO reading (entry_id, kind, why, fate, case_id, sender, subject, message_id, canon, judgement, receipt, read_ms) VALUES {}",
        rows(readings.len(), COLUMNS)
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for reading in readings {
        query = query
            .bind(reading.entry.0)
            .bind(kind_name(reading.classification.kind))
            .bind(&reading.why)
            .bind(reading.fate.name())
            .bind(reading.case.map(|case| case.0))
            .bind(&reading.sender)
            .bind(&reading.subject)
            .bind(&reading.message_id)
            .bind(reading.canon.to_vec())
            .bind(json(&reading.classification)?)
            .bind(&reading.receipt)
            .bind(now_ms);
    }
    query
        .execute(tx)
        .await
        .doing("recording what became of mail")?;
    Ok(())
}

async fn forget_unread(tx: &mut Conn, readings: &[Reading]) -> Result<(), StoreError> {
    let text = format!(
        "DELETE FROM unread WHERE entry_id IN {}",
        list(0, readings.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for reading in readings {
        query = query.bind(reading.entry.0);
    }
    query
        .execute(tx)
        .await
        .doing("taking mail off the unread list")?;
    Ok(())
}

/// The case that a mail stands in.
pub(super) async fn case_of(tx: &mut Conn, entry: EntryId) -> Result<Option<CaseId>, StoreError> {
    let row = sqlx::query("SELECT case_id FROM reading WHERE entry_id = $1").bind(entry.0);
    let row = row
        .fetch_optional(tx)
        .await
        .doing("finding the case of a mail")?;
    let Some(row) = row else { return Ok(None) };
    let case: Option<i64> = row.try_get(0).doing("finding the case of a mail")?;
    Ok(case.map(CaseId))
}

/// Puts a mail into another case.
pub(super) async fn move_to(tx: &mut Conn, entry: EntryId, case: CaseId) -> Result<(), StoreError> {
    sqlx::query("UPDATE reading SET case_id = $2 WHERE entry_id = $1")
        .bind(entry.0)
        .bind(case.0)
        .execute(tx)
        .await
        .doing("moving a mail to another case")?;
    Ok(())
}

impl super::Store {
    /// The mail that opened a case; `None` where the register knows no such number, or no mail opened it.
    pub async fn opening_mail(&self, register: &str) -> Result<Option<EntryId>, StoreError> {
        let row = sqlx::query(
            "SELECT r.entry_id FROM reading r JOIN incident i ON i.id = r.case_id WHERE i.register = $1 ORDER BY r.entry_id LIMIT 1",
        );
        let row = row
            .bind(register.to_owned())
            .fetch_optional(self.reader())
            .await
            .doing("finding the mail of a case")?;
        row.map(|row| Ok(EntryId(row.try_get(0).doing("finding the mail of a case")?)))
            .transpose()
    }
}
