//! What the staff do: events of one or several cases in one transaction, all of them or none.

use super::cases::{self, CaseId};
use super::outbox::{self, NewOrder};
use super::sql::Doing;
use super::{Store, StoreError};
use crate::case::Event;
use crate::clock::Timestamp;
use crate::failpoint;

impl Store {
    /// Orders a warning with its event, unless the case has moved since `decided_at` of its events. Returns whether it was ordered.
    pub async fn warn(
        &self,
        order: NewOrder,
        (event, decided_at): (Event, i64),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        cases::lock_one(&mut tx, order.case).await?;
        if !cases::has_events(&mut tx, order.case, decided_at).await? {
            return Ok(false);
        }
        cases::apply(&mut tx, &[(order.case, event)], "tanggap", now).await?;
        outbox::insert(&mut tx, &[order], now).await?;
        failpoint::pass("remind.before_commit");
        tx.commit().await.doing("ordering a warning")?;
        failpoint::pass("remind.committed");
        Ok(true)
    }

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
