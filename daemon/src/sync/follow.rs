//! The sync tick's other half: takes in what staff did in osTicket, each change once and in order.
//!
//! The cursor is kept after the changes are; a crash in between reads some of them again, and their marks say that they are known.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tanggap_bridge::{
    Author, Change, Changes, Deed as There, Desk, EffectKey, ReadError, Snapshot, TicketId,
};

use super::taking::Taking;
use super::translate::values_of;
use super::walk::{Walk, WalkError};
use crate::clock::Clock;
use crate::config::Config;
use crate::pace::{Progress, Tick};
use crate::store::{CaseId, DeskTicket, Position, Seen, Store, StoreError, TicketStanding};

/// How long osTicket may hold a request back until there is news.
const LONG_POLL: Duration = Duration::from_secs(25);
/// Both maps are walked at least this often.
const WALK_PERIOD: Duration = Duration::from_hours(1);
/// Cases whose ticket may still turn up, at most.
const WAITING_FOR_TICKET: i64 = 1000;

/// Takes in what happened in osTicket.
pub struct Follow {
    pub store: Store,
    pub clock: Clock,
    pub desk: Desk,
    pub config: Arc<Config>,
    /// What the long poll brought while resting.
    pub news: Option<Changes>,
    /// Both maps have been walked since the start.
    pub walked: bool,
}

impl Tick for Follow {
    type Error = StoreError;

    async fn tick(&mut self) -> Result<Progress, StoreError> {
        self.desk.settle().await;
        if !self.desk.capabilities().reads {
            return Ok(Progress::default());
        }
        let Some(position) = self.position().await? else {
            return Ok(Progress::default());
        };
        let changes = match self.news.take() {
            Some(news) => Ok(news),
            None => self.desk.changes(position.cursor, Duration::ZERO).await,
        };
        match changes {
            Ok(changes) => {
                let (progress, touched) = self.take_in_all(position, changes).await?;
                let progress = self.compare_touched(progress, &touched).await?;
                self.walk_when_due(progress).await
            }
            Err(error) => {
                tracing::warn!(%error, "osTicket's changes cannot be read now");
                Ok(Progress::default())
            }
        }
    }

    /// Rests inside osTicket's long poll, where there is one: news ends the rest.
    async fn rest(&mut self, at_most: Duration) {
        if self.desk.capabilities().reads
            && let Ok(Some(position)) = self.store.desk_position().await
            && let Ok(news) = self.desk.changes(position.cursor, LONG_POLL).await
        {
            self.news = Some(news);
            return;
        }
        tokio::time::sleep(at_most).await;
    }
}

impl Follow {
    /// Before the first time there is no cursor: then the head of osTicket's logs is one, and what lies before it is
    /// reconciliation's to find.
    async fn position(&self) -> Result<Option<Position>, StoreError> {
        if let Some(position) = self.store.desk_position().await? {
            return Ok(Some(position));
        }
        let cursor = match self.desk.head().await {
            Ok(cursor) => cursor,
            Err(error) => {
                tracing::warn!(%error, "osTicket cannot be read now");
                return Ok(None);
            }
        };
        let first = Position {
            cursor,
            listed: TicketId(0),
            walked: crate::clock::Timestamp(0),
        };
        self.store.set_desk_position(&first).await?;
        Ok(Some(first))
    }

    fn walk(&self) -> Walk {
        Walk {
            store: self.store.clone(),
            clock: self.clock.clone(),
            desk: self.desk.clone(),
            config: self.config.clone(),
        }
    }

    /// The logs do not tell all that comes with a change: an answer assigns its agent in silence, and a ticket that was linked
    /// while osTicket still made it had no fields yet. So whatever moved is looked at once more.
    async fn compare_touched(
        &self,
        progress: Progress,
        touched: &[TicketId],
    ) -> Result<Progress, StoreError> {
        match self.walk().mend_these(touched).await {
            Ok(mended) => Ok(Progress {
                done: progress.done + mended,
                ..progress
            }),
            Err(WalkError::Store(error)) => Err(error),
            Err(WalkError::Desk(error)) => {
                tracing::warn!(%error, "tickets that moved cannot be compared now; the next walk will");
                Ok(progress)
            }
        }
    }

    /// At the start, and on a period, once the logs are read to their end.
    async fn walk_when_due(&mut self, progress: Progress) -> Result<Progress, StoreError> {
        let Some(position) = self.store.desk_position().await? else {
            return Ok(progress);
        };
        let now = self.clock.now();
        if progress.more || (self.walked && position.walked.plus(WALK_PERIOD) > now) {
            return Ok(progress);
        }
        match self.walk().mend_all().await {
            Ok((mended, listed)) => {
                self.walked = true;
                let position = self.store.desk_position().await?.unwrap_or(position);
                let walked = Position {
                    listed: listed.max(position.listed),
                    walked: now,
                    ..position
                };
                self.store.set_desk_position(&walked).await?;
                Ok(Progress {
                    done: progress.done + mended,
                    ..progress
                })
            }
            Err(WalkError::Store(error)) => Err(error),
            Err(WalkError::Desk(error)) => {
                tracing::warn!(%error, "the maps cannot be compared now");
                Ok(progress)
            }
        }
    }

    async fn take_in_all(
        &self,
        position: Position,
        changes: Changes,
    ) -> Result<(Progress, Vec<TicketId>), StoreError> {
        let mut known = self.tickets_of(&changes.changes).await?;
        let snapshots = match self.snapshots_for(&changes.changes, &known).await {
            Ok(snapshots) => snapshots,
            Err(error) => {
                tracing::warn!(%error, "tickets that changed cannot be read now; their changes wait");
                return Ok((Progress::default(), Vec::new()));
            }
        };
        self.link_new(&changes.changes, &snapshots, &mut known)
            .await?;
        let taking = Taking {
            store: &self.store,
            clock: &self.clock,
            config: &self.config,
        };
        let (mut done, mut touched) = (0, Vec::new());
        for change in &changes.changes {
            let Some(ticket) = ticket_of(change, &mut known) else {
                continue;
            };
            let now = snapshots.get(&ticket.id);
            if taking.change(ticket, change, now).await? {
                done += 1;
                touched.push(ticket.id);
            }
        }
        touched.sort_unstable();
        touched.dedup();
        if changes.cursor != position.cursor {
            self.store
                .set_desk_position(&Position {
                    cursor: changes.cursor,
                    ..position
                })
                .await?;
        }
        let progress = Progress {
            done,
            more: changes.more,
        };
        Ok((progress, touched))
    }

    /// The tickets of our map that these changes are about.
    async fn tickets_of(&self, changes: &[Change]) -> Result<Vec<DeskTicket>, StoreError> {
        let mut ids: Vec<_> = changes.iter().filter_map(|change| change.ticket).collect();
        let mut threads: Vec<_> = changes.iter().map(|change| change.thread).collect();
        ids.sort_unstable();
        ids.dedup();
        threads.sort_unstable();
        threads.dedup();
        self.store.desk_tickets(&ids, &threads).await
    }

    /// Tickets that must be looked at, because the log does not say enough, or because we do not know them yet.
    async fn snapshots_for(
        &self,
        changes: &[Change],
        known: &[DeskTicket],
    ) -> Result<BTreeMap<TicketId, Snapshot>, ReadError> {
        let ours = |id: TicketId| known.iter().any(|ticket| ticket.id == id);
        let wanted = |change: &&Change| {
            let id = change.ticket?;
            let unclear = matches!(
                change.deed,
                There::Status(_) | There::Reopened | There::Merged { .. }
            );
            ((ours(id) && unclear) || (!ours(id) && change.key.is_some())).then_some(id)
        };
        let mut ids: Vec<TicketId> = changes
            .iter()
            .filter_map(|change| wanted(&change))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        let mut found = BTreeMap::new();
        for some in ids.chunks(200) {
            let snapshots = self.desk.snapshots(some).await?;
            found.extend(
                snapshots
                    .into_iter()
                    .map(|snapshot| (snapshot.id, snapshot)),
            );
        }
        Ok(found)
    }

    /// Tickets that bear a key of ours and are new to our map.
    async fn link_new(
        &self,
        changes: &[Change],
        snapshots: &BTreeMap<TicketId, Snapshot>,
        known: &mut Vec<DeskTicket>,
    ) -> Result<(), StoreError> {
        let strange = |change: &&Change| {
            change.key.is_some()
                && change
                    .ticket
                    .is_some_and(|id| !known.iter().any(|ticket| ticket.id == id))
        };
        if !changes.iter().any(|change| strange(&change)) {
            return Ok(());
        }
        let keys = keys_without_ticket(&self.store).await?;
        for snapshot in snapshots.values() {
            let Some(case) = snapshot.key.and_then(|key| keys.get(&key)) else {
                continue;
            };
            let ticket = linked(snapshot, *case);
            if self.store.link_ticket(&ticket).await? {
                tracing::info!(ticket = %ticket.number, "linked to its case");
                known.push(ticket);
            }
        }
        Ok(())
    }
}

/// The keys under which tickets may turn up that our map does not have.
pub(super) async fn keys_without_ticket(
    store: &Store,
) -> Result<BTreeMap<EffectKey, CaseId>, StoreError> {
    let cases = store.cases_without_ticket(WAITING_FOR_TICKET).await?;
    Ok(cases
        .into_iter()
        .map(|(case, key)| (EffectKey(store.effect_key(&key)), case))
        .collect())
}

/// A ticket as it enters our map.
pub(super) fn linked(snapshot: &Snapshot, case: CaseId) -> DeskTicket {
    DeskTicket {
        id: snapshot.id,
        thread: snapshot.thread,
        case,
        number: snapshot.number.0.clone(),
        standing: if snapshot.merged_into.is_some() {
            TicketStanding::Merged
        } else {
            TicketStanding::There
        },
        into: snapshot.merged_into,
        seen: Seen {
            values: values_of(snapshot),
            touched: BTreeMap::new(),
        },
    }
}

/// By its id; a deleted ticket's changes only know its thread.
fn ticket_of<'k>(change: &Change, known: &'k mut [DeskTicket]) -> Option<&'k mut DeskTicket> {
    let by_id = known
        .iter()
        .position(|ticket| Some(ticket.id) == change.ticket);
    let by_thread = || {
        known
            .iter()
            .position(|ticket| ticket.thread == change.thread)
    };
    let place = by_id.or_else(|| change.ticket.is_none().then(by_thread).flatten())?;
    known.get_mut(place)
}

/// Whether a person did it.
pub(super) fn is_person(by: &Author) -> bool {
    matches!(by, Author::Agent(_))
}
