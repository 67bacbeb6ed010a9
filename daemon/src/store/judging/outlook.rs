//! How a case stands when more of it arrives: what of its severity is still the rules' to say.

use sqlx::Row;

use super::Judging;
use crate::case::{Act, Event, Progress};
use crate::store::StoreError;
use crate::store::cases::{self, CaseId};
use crate::store::desk::{self, DeskTicket};
use crate::store::sql::Doing;

/// A case as a follow-up finds it.
pub struct Outlook {
    /// In force.
    pub severity: String,
    pub progress: Progress,
    /// So many things have happened to it.
    pub events: i64,
    pub ticket: Option<DeskTicket>,
    /// A person has confirmed or set its type or severity.
    pub judged: bool,
}

impl Judging {
    /// Ask after the follow-up was applied: the case is locked by then.
    pub async fn outlook(&mut self, case: CaseId) -> Result<Outlook, StoreError> {
        let row = sqlx::query("SELECT severity FROM incident WHERE id = $1").bind(case.0);
        let row = row.fetch_one(&mut *self.tx).await;
        let severity = row
            .doing("reading a case's severity")?
            .try_get(0)
            .doing("reading a case's severity")?;
        let (progress, _, events) = cases::standing(&mut *self.tx, case).await?;
        let ticket = desk::ticket_of(&mut *self.tx, case).await?;
        Ok(Outlook {
            severity,
            progress,
            events,
            ticket,
            judged: self.judged(case).await?,
        })
    }

    async fn judged(&mut self, case: CaseId) -> Result<bool, StoreError> {
        let rows = sqlx::query("SELECT event FROM event WHERE case_id = $1").bind(case.0);
        let rows = rows
            .fetch_all(&mut *self.tx)
            .await
            .doing("reading who judged a case")?;
        let acts = rows.iter().filter_map(|row| {
            let text: String = row.try_get(0).ok()?;
            serde_json::from_str(&text).ok()
        });
        Ok(acts.into_iter().any(|event| {
            matches!(
                event,
                Event::Acted(Act::Triaged { .. } | Act::Reclassified { .. })
            )
        }))
    }
}
