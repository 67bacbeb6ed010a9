//! What the staff do: events of one or several cases in one transaction, all of them or none.

use super::cases::{self, CaseId};
use super::sql::Doing;
use super::{Store, StoreError};
use crate::case::Event;
use crate::clock::Timestamp;
use crate::failpoint;

impl Store {
    /// Appends events by a named person. What the machine calls illegal undoes all of it.
    pub async fn act(
        &self,
        events: &[(CaseId, Event)],
        actor: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let applied = cases::apply(&mut tx, events, actor, now).await?;
        if let Some(illegal) = applied.illegal.into_iter().next() {
            return Err(illegal.into());
        }
        failpoint::pass("staff.before_commit");
        tx.commit().await.doing("recording what was done")?;
        failpoint::pass("staff.committed");
        Ok(())
    }
}
