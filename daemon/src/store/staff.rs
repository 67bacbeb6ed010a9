//! What the staff do: events of one or several cases in one transaction, all of them or none.

use super::cases::{self, CaseId};
use super::outbox::{self, NewOrder, Payloads};
use super::sql::Doing;
use super::{Store, StoreError};
use crate::case::Event;
use crate::clock::Timestamp;
use crate::failpoint;

/// What staff did on one case or several, in one transaction.
#[derive(Debug, Default)]
pub struct Acts {
    pub events: Vec<(CaseId, Event)>,
    /// What the events order.
    pub payloads: Payloads,
    /// The cases' counts of events when this was decided, where anything was decided by what a case was.
    pub decided_at: Vec<(CaseId, i64)>,
}

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
        let acts = Acts {
            events: events.to_vec(),
            ..Acts::default()
        };
        self.act_and_show(&acts, actor, now).await.map(|_| ())
    }

    /// The same, with what tickets are to show of it. `false`: a case has moved on since this was decided; nothing was written.
    pub async fn act_and_show(
        &self,
        acts: &Acts,
        actor: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let applied = cases::apply(&mut tx, &acts.events, actor, now).await?;
        if let Some(illegal) = applied.illegal.into_iter().next() {
            return Err(illegal.into());
        }
        for (case, decided_at) in &acts.decided_at {
            let of_it = acts.events.iter().filter(|(of, _)| of == case).count();
            let expected = decided_at + i64::try_from(of_it).unwrap_or(0);
            if !cases::has_events(&mut tx, *case, expected).await? {
                return Ok(false);
            }
        }
        let orders = outbox::orders_of(&mut tx, applied.effects, &acts.payloads).await?;
        outbox::insert(&mut tx, &orders, now).await?;
        failpoint::pass("staff.before_commit");
        tx.commit().await.doing("recording what was done")?;
        failpoint::pass("staff.committed");
        Ok(true)
    }
}
