//! Reconciliation: walks both maps, ours and osTicket's, and finds four cases: alike, different, only ours, only theirs.
//!
//! The logs tell most of it at once; this finds what they do not tell: a hard delete, a new number, a change by SQL, tickets made
//! while nobody read along. What the logs are about to tell is left to them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tanggap_bridge::{Desk, EffectKey, ReadError, Snapshot, Standing, ThreadId, TicketId};

use super::follow::{keys_without_ticket, linked};
use super::taking::Taking;
use super::translate::{drift, values_of};
use crate::case::Deed;
use crate::clock::Clock;
use crate::config::Config;
use crate::store::{CaseId, DeskTicket, Store, StoreError, TicketStanding};
use crate::tongue::say;

/// Tickets compared at once.
const PAGE: usize = 200;
/// Tickets before the last one listed that are listed once more: an id may appear after a higher one.
const RELISTED: i64 = 1000;

/// Why the maps could not be compared.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{}", say!("osTicket tidak dapat dibaca: {0}", "osTicket cannot be read: {0}", _0))]
    Desk(#[from] ReadError),
}

/// One way in which the maps are not alike.
#[derive(Debug, Clone)]
pub enum Drift {
    /// Both have it; a field differs: its name, what we last saw, what it is.
    Differs {
        ticket: DeskTicket,
        field: (String, String, String),
    },
    Renumbered {
        ticket: DeskTicket,
        number: String,
    },
    Merged {
        ticket: DeskTicket,
        into: TicketId,
    },
    /// Only we have it: it was deleted there.
    Gone {
        ticket: DeskTicket,
    },
    /// Only they have it, and it is the ticket of a case of ours.
    Unlinked {
        snapshot: Box<Snapshot>,
        case: CaseId,
    },
    /// Only they have it, it bears a key made here, and no case waits for it: a second ticket of one case, or a database of ours
    /// that was put back to an older state.
    Stranger {
        snapshot: Box<Snapshot>,
    },
}

/// Compares the maps.
pub struct Walk {
    pub store: Store,
    pub clock: Clock,
    pub desk: Desk,
    pub config: Arc<Config>,
}

impl Walk {
    /// Everything in which the maps are not alike, and the highest ticket that osTicket has. Changes nothing.
    pub async fn look(&self) -> Result<(Vec<Drift>, TicketId), WalkError> {
        let mut found = Vec::new();
        let mut after = TicketId(0);
        loop {
            let ours = self.store.desk_tickets_after(after, 200).await?;
            let Some(last) = ours.last() else { break };
            after = last.id;
            let alive: Vec<DeskTicket> = ours
                .into_iter()
                .filter(|ticket| ticket.standing != TicketStanding::Gone)
                .collect();
            for page in alive.chunks(PAGE) {
                found.extend(self.compare(page).await?);
            }
        }
        let (strange, last) = self.only_theirs().await?;
        found.extend(strange);
        Ok((found, last))
    }

    /// Both maps side by side, for the tickets of one page.
    async fn compare(&self, ours: &[DeskTicket]) -> Result<Vec<Drift>, WalkError> {
        let ids: Vec<TicketId> = ours.iter().map(|ticket| ticket.id).collect();
        let theirs = self.desk.snapshots(&ids).await?;
        let theirs: BTreeMap<TicketId, Snapshot> = theirs
            .into_iter()
            .map(|snapshot| (snapshot.id, snapshot))
            .collect();
        let (tickets, threads) = self.about_to_be_told().await?;
        let settled = ours
            .iter()
            .filter(|ticket| !tickets.contains(&ticket.id) && !threads.contains(&ticket.thread));
        Ok(settled
            .flat_map(|ticket| differences(ticket, theirs.get(&ticket.id)))
            .collect())
    }

    /// Tickets with changes that the logs hold and nobody has taken in yet. Asked after the snapshots were taken: what is in them
    /// and not in here was not told by the logs.
    async fn about_to_be_told(
        &self,
    ) -> Result<(BTreeSet<TicketId>, BTreeSet<ThreadId>), WalkError> {
        let Some(position) = self.store.desk_position().await? else {
            return Ok(<(BTreeSet<TicketId>, BTreeSet<ThreadId>)>::default());
        };
        let mut told = (BTreeSet::new(), BTreeSet::new());
        let mut cursor = position.cursor;
        loop {
            let changes = self.desk.changes(cursor, Duration::ZERO).await?;
            for change in &changes.changes {
                if !self.store.knows_mark(change.mark).await? {
                    told.0.extend(change.ticket);
                    told.1.insert(change.thread);
                }
            }
            if !changes.more || changes.cursor == cursor {
                return Ok(told);
            }
            cursor = changes.cursor;
        }
    }

    /// Tickets that bear a key of ours and are not in our map. Only what came since the last walk is listed.
    async fn only_theirs(&self) -> Result<(Vec<Drift>, TicketId), WalkError> {
        let keys = keys_without_ticket(&self.store).await?;
        let listed = self
            .store
            .desk_position()
            .await?
            .map_or(TicketId(0), |position| position.listed);
        let mut found = Vec::new();
        let mut after = TicketId(listed.0.saturating_sub(RELISTED).max(0));
        loop {
            let (snapshots, last) = self.desk.listing(after, 200).await?;
            let ids: Vec<TicketId> = snapshots.iter().map(|snapshot| snapshot.id).collect();
            let known = self.store.desk_tickets(&ids, &[]).await?;
            let strange = snapshots
                .into_iter()
                .filter(|snapshot| !known.iter().any(|ticket| ticket.id == snapshot.id));
            found.extend(strange.map(|snapshot| only_theirs(snapshot, &keys)));
            if last <= after {
                return Ok((found, after));
            }
            after = last;
        }
    }

    /// Looks at these tickets alone, and mends; returns how much was mended.
    pub(super) async fn mend_these(&self, ids: &[TicketId]) -> Result<u64, WalkError> {
        let mut mended = 0;
        for some in ids.chunks(PAGE) {
            let ours = self.store.desk_tickets(some, &[]).await?;
            let there: Vec<DeskTicket> = ours
                .into_iter()
                .filter(|ticket| ticket.standing != TicketStanding::Gone)
                .collect();
            mended += self.repair(self.compare(&there).await?).await?;
        }
        Ok(mended)
    }

    /// Looks and mends; returns how much was mended, and the highest ticket that was listed.
    pub(super) async fn mend_all(&self) -> Result<(u64, TicketId), WalkError> {
        let (found, listed) = self.look().await?;
        let strange = found
            .iter()
            .filter(|drift| matches!(drift, Drift::Stranger { .. }))
            .count();
        if strange > 0 {
            tracing::error!(
                tickets = strange,
                "bear keys like ours, and no case here waits for them: tanggap sync audit"
            );
        }
        Ok((self.repair(found).await?, listed))
    }

    /// Brings our map up to osTicket's state, which is the owner's; returns how much was mended.
    pub async fn repair(&self, found: Vec<Drift>) -> Result<u64, WalkError> {
        let taking = Taking {
            store: &self.store,
            clock: &self.clock,
            config: &self.config,
        };
        let mut mended = 0;
        let mut fresh: BTreeMap<TicketId, DeskTicket> = BTreeMap::new();
        for drift in found {
            mended += u64::from(self.mend(&taking, &mut fresh, drift).await?);
        }
        Ok(mended)
    }

    /// Of one ticket several fields may differ: each mend starts from the last.
    async fn mend(
        &self,
        taking: &Taking<'_>,
        fresh: &mut BTreeMap<TicketId, DeskTicket>,
        drift: Drift,
    ) -> Result<bool, StoreError> {
        let mut newest = |ticket: DeskTicket| fresh.remove(&ticket.id).unwrap_or(ticket);
        let (mended, ticket) = match drift {
            Drift::Differs { ticket, field } => {
                let mut ticket = newest(ticket);
                (taking.found(&mut ticket, &field).await?, ticket)
            }
            Drift::Renumbered { ticket, number } => {
                let mut ticket = newest(ticket);
                let next = DeskTicket {
                    number: number.clone(),
                    ..ticket.clone()
                };
                let deed = Deed::Edited {
                    field: "nomor tiket".to_owned(),
                    from: ticket.number.clone(),
                    to: number,
                };
                (taking.found_deed(&mut ticket, next, deed).await?, ticket)
            }
            Drift::Merged { ticket, into } => {
                let mut ticket = newest(ticket);
                let next = DeskTicket {
                    standing: TicketStanding::Merged,
                    into: Some(into),
                    ..ticket.clone()
                };
                let number = self
                    .store
                    .desk_tickets(&[into], &[])
                    .await?
                    .into_iter()
                    .next()
                    .map(|parent| parent.number);
                let deed = Deed::Merged {
                    number: number.unwrap_or_else(|| format!("(id {})", into.0)),
                };
                (taking.found_deed(&mut ticket, next, deed).await?, ticket)
            }
            Drift::Gone { ticket } => {
                let mut ticket = newest(ticket);
                let next = DeskTicket {
                    standing: TicketStanding::Gone,
                    ..ticket.clone()
                };
                (
                    taking.found_deed(&mut ticket, next, Deed::Deleted).await?,
                    ticket,
                )
            }
            Drift::Unlinked { snapshot, case } => return self.link(taking, &snapshot, case).await,
            // A human must say whose it is; `audit` shows it.
            Drift::Stranger { .. } => return Ok(false),
        };
        fresh.insert(ticket.id, ticket);
        Ok(mended)
    }

    /// A ticket that staff have already closed or taken on says so to its case.
    async fn link(
        &self,
        taking: &Taking<'_>,
        snapshot: &Snapshot,
        case: CaseId,
    ) -> Result<bool, StoreError> {
        let mut ticket = linked(snapshot, case);
        let linked = self.store.link_ticket(&ticket).await?;
        let status = snapshot
            .status
            .as_ref()
            .filter(|status| status.standing != Standing::Open);
        if let (true, Some(status)) = (linked, status) {
            taking
                .found(
                    &mut ticket,
                    &("status".to_owned(), String::new(), status.name.clone()),
                )
                .await?;
        }
        if let (true, Some(agent)) = (linked, &snapshot.agent) {
            taking
                .found(
                    &mut ticket,
                    &("agent".to_owned(), String::new(), agent.name.clone()),
                )
                .await?;
        }
        Ok(linked)
    }
}

fn differences(ours: &DeskTicket, theirs: Option<&Snapshot>) -> Vec<Drift> {
    let Some(theirs) = theirs else {
        return vec![Drift::Gone {
            ticket: ours.clone(),
        }];
    };
    let mut found = Vec::new();
    if theirs.number.0 != ours.number {
        found.push(Drift::Renumbered {
            ticket: ours.clone(),
            number: theirs.number.0.clone(),
        });
    }
    if let Some(into) = theirs
        .merged_into
        .filter(|_| ours.standing == TicketStanding::There)
    {
        found.push(Drift::Merged {
            ticket: ours.clone(),
            into,
        });
    }
    let fields = drift(&ours.seen, &values_of(theirs));
    found.extend(fields.into_iter().map(|field| Drift::Differs {
        ticket: ours.clone(),
        field,
    }));
    found
}

fn only_theirs(snapshot: Snapshot, keys: &BTreeMap<EffectKey, CaseId>) -> Drift {
    let case = snapshot.key.and_then(|key| keys.get(&key)).copied();
    let snapshot = Box::new(snapshot);
    match case {
        Some(case) => Drift::Unlinked { snapshot, case },
        None => Drift::Stranger { snapshot },
    }
}
