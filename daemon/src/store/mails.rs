//! The mails of a case, as its file lists them: tables `reading` and `entry`.

use sqlx::Row;

use super::cases::CaseId;
use super::journal::{EntryId, digest_of};
use super::sql::Doing;
use super::{Store, StoreError};
use crate::clock::Timestamp;

/// A mail of the journal that belongs to a case.
#[derive(Debug, Clone)]
pub struct CaseMail {
    pub entry: EntryId,
    /// SHA-256 of the raw bytes.
    pub digest: [u8; 32],
    /// Raw bytes.
    pub size: i64,
    pub kept: Timestamp,
    pub sender: String,
    pub subject: String,
    /// When its raw bytes were removed by retention.
    pub removed: Option<Timestamp>,
}

impl Store {
    /// The mails of a case, oldest first.
    pub async fn mails_of(&self, case: CaseId) -> Result<Vec<CaseMail>, StoreError> {
        let doing = "listing a case's mails";
        let rows = sqlx::query(
            "SELECT e.id, e.digest, e.size, e.kept_ms, r.sender, r.subject, e.removed_ms
             FROM reading r JOIN entry e ON e.id = r.entry_id WHERE r.case_id = $1 ORDER BY e.id",
        );
        let rows = rows
            .bind(case.0)
            .fetch_all(self.reader())
            .await
            .doing(doing)?;
        rows.iter()
            .map(|row| {
                let removed: i64 = row.try_get(6).doing(doing)?;
                Ok(CaseMail {
                    removed: Some(Timestamp(removed)).filter(|at| at.0 != 0),
                    entry: EntryId(row.try_get(0).doing(doing)?),
                    digest: digest_of(row, 1)?,
                    size: row.try_get(2).doing(doing)?,
                    kept: Timestamp(row.try_get(3).doing(doing)?),
                    sender: row.try_get(4).doing(doing)?,
                    subject: row.try_get(5).doing(doing)?,
                })
            })
            .collect()
    }
}
