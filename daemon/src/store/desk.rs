//! Tables `desk_ticket`, `desk_mark`, `desk_cursor`: osTicket's tickets as we last saw them, which of its changes were taken in,
//! and how far its logs have been read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Row};
use tanggap_bridge::{Cursor, Mark, ThreadId, TicketId};

use super::books::Chain;
use super::cases::{self, CaseId, json};
use super::outbox::{self, Payloads};
use super::papers::{self, LetterWork};
use super::sql::{Conn, Doing, list};
use super::{Store, StoreError};
use crate::case::{Event, Progress};
use crate::clock::Timestamp;
use crate::failpoint;

/// What has become of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketStanding {
    There,
    Merged,
    /// Deleted in osTicket, for good.
    Gone,
}

impl TicketStanding {
    const ALL: [Self; 3] = [Self::There, Self::Merged, Self::Gone];

    pub fn name(self) -> &'static str {
        match self {
            Self::There => "there",
            Self::Merged => "merged",
            Self::Gone => "gone",
        }
    }
}

/// A ticket's fields as we last saw them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Seen {
    /// `status`, `priority`, `topic`, `department`, `agent`, `team`, `subject`, and custom fields as `field:NAME`.
    pub values: BTreeMap<String, String>,
    /// Which of them a person has touched, and who: from then on they are osTicket's.
    pub touched: BTreeMap<String, String>,
}

/// One ticket of our map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeskTicket {
    pub id: TicketId,
    pub thread: ThreadId,
    pub case: CaseId,
    pub number: String,
    pub standing: TicketStanding,
    pub into: Option<TicketId>,
    pub seen: Seen,
}

/// How far osTicket has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub cursor: Cursor,
    /// Tickets up to here were listed.
    pub listed: TicketId,
    /// When both maps were last walked.
    pub walked: Timestamp,
}

/// A change of osTicket's, and all that follows from it.
#[derive(Debug)]
pub struct TakenIn {
    /// `None` where it was found by comparing, and has no row in osTicket's logs.
    pub mark: Option<Mark>,
    /// The ticket as it is to be remembered from now on.
    pub ticket: DeskTicket,
    pub actor: String,
    /// The case's count of events when this was decided: if it has moved, the decision is stale.
    pub decided_at: i64,
    pub events: Vec<(CaseId, Event)>,
    /// What the events order: notes, the ticket's status, its priority.
    pub payloads: Payloads,
    /// Letters that staff let go.
    pub letters: Vec<LetterWork>,
}

const COLUMNS: &str = "ticket_id, thread_id, case_id, number, standing, into_ticket, seen";

impl Store {
    /// How far osTicket has been read; `None` before the first time.
    pub async fn desk_position(&self) -> Result<Option<Position>, StoreError> {
        let row = sqlx::query(
            "SELECT event_id, entry_id, log_id, listed_id, listed_ms FROM desk_cursor WHERE id = 1",
        );
        let row = row
            .fetch_optional(self.reader())
            .await
            .doing("reading the desk's cursor")?;
        row.map(|row| position(&row).doing("reading the desk's cursor"))
            .transpose()
    }

    /// Remembers how far osTicket has been read.
    pub async fn set_desk_position(&self, at: &Position) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        sqlx::query(
            "INSERT INTO desk_cursor (id, event_id, entry_id, log_id, listed_id, listed_ms) VALUES (1, $1, $2, $3, $4, $5)
             ON CONFLICT (id) DO UPDATE SET event_id = excluded.event_id, entry_id = excluded.entry_id, log_id = excluded.log_id,
             listed_id = excluded.listed_id, listed_ms = excluded.listed_ms",
        )
        .bind(at.cursor.event)
        .bind(at.cursor.entry)
        .bind(at.cursor.log)
        .bind(at.listed.0)
        .bind(at.walked.0)
        .execute(&mut *tx)
        .await
        .doing("keeping the desk's cursor")?;
        tx.commit().await.doing("keeping the desk's cursor")
    }

    /// Tickets of our map with one of these ids or threads.
    pub async fn desk_tickets(
        &self,
        ids: &[TicketId],
        threads: &[ThreadId],
    ) -> Result<Vec<DeskTicket>, StoreError> {
        if ids.is_empty() && threads.is_empty() {
            return Ok(Vec::new());
        }
        // An empty list is no SQL; nothing has the id 0.
        let ids: Vec<i64> = ids.iter().map(|id| id.0).chain([0]).collect();
        let threads: Vec<i64> = threads.iter().map(|thread| thread.0).chain([0]).collect();
        let text = format!(
            "SELECT {COLUMNS} FROM desk_ticket WHERE ticket_id IN {} OR thread_id IN {} ORDER BY ticket_id",
            list(0, ids.len()),
            list(ids.len(), threads.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for value in ids.into_iter().chain(threads) {
            query = query.bind(value);
        }
        let rows = query
            .fetch_all(self.reader())
            .await
            .doing("finding tickets of the desk")?;
        rows.iter().map(read).collect()
    }

    /// Tickets of our map with ids above this one, lowest first.
    pub async fn desk_tickets_after(
        &self,
        after: TicketId,
        limit: i64,
    ) -> Result<Vec<DeskTicket>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM desk_ticket WHERE ticket_id > $1 ORDER BY ticket_id LIMIT $2"
        );
        let query = sqlx::query(AssertSqlSafe(text)).bind(after.0).bind(limit);
        let rows = query
            .fetch_all(self.reader())
            .await
            .doing("walking the desk's map")?;
        rows.iter().map(read).collect()
    }

    /// The ticket of a case: the oldest that is still there, else the newest.
    pub async fn desk_ticket_of(&self, case: CaseId) -> Result<Option<DeskTicket>, StoreError> {
        ticket_of(self.reader(), case).await
    }

    /// Cases whose ticket is not in our map yet, with the key of the order that makes it, oldest first.
    pub async fn cases_without_ticket(
        &self,
        limit: i64,
    ) -> Result<Vec<(CaseId, String)>, StoreError> {
        let rows = sqlx::query(
            "SELECT i.id, i.register FROM incident i LEFT JOIN desk_ticket d ON d.case_id = i.id WHERE d.case_id IS NULL ORDER BY i.id LIMIT $1",
        )
        .bind(limit)
        .fetch_all(self.reader())
        .await
        .doing("listing cases without a ticket")?;
        let read = |row: &sqlx::any::AnyRow| -> Result<(CaseId, String), sqlx::Error> {
            let register: String = row.try_get(1)?;
            Ok((CaseId(row.try_get(0)?), format!("{register}/ticket")))
        };
        rows.iter()
            .map(|row| read(row).doing("listing cases without a ticket"))
            .collect()
    }

    /// Puts a ticket into our map. Returns whether it was new there.
    pub async fn link_ticket(&self, ticket: &DeskTicket) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query(
            "INSERT INTO desk_ticket (ticket_id, thread_id, case_id, number, standing, into_ticket, seen) VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (ticket_id) DO NOTHING",
        )
        .bind(ticket.id.0)
        .bind(ticket.thread.0)
        .bind(ticket.case.0)
        .bind(&ticket.number)
        .bind(ticket.standing.name())
        .bind(ticket.into.map_or(0, |into| into.0))
        .bind(json(&ticket.seen)?)
        .execute(&mut *tx)
        .await
        .doing("linking a ticket")?;
        tx.commit().await.doing("linking a ticket")?;
        Ok(done.rows_affected() > 0)
    }

    /// Where a case stands in the SOP, its register number, and how many events have made it so.
    pub async fn standing_of(&self, case: CaseId) -> Result<(Progress, String, i64), StoreError> {
        cases::standing(self.reader(), case).await
    }

    /// Takes a change in, with all that follows from it, in one transaction. `false`: it was taken in before, or its case has moved
    /// on since this was decided; then nothing was written.
    pub async fn take_in(&self, taken: &TakenIn, now: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let fresh = match taken.mark {
            Some(mark) => insert_mark(&mut tx, mark, taken.ticket.id).await?,
            None => true,
        };
        if !fresh {
            return Ok(false);
        }
        remember(&mut tx, &taken.ticket).await?;
        if !taken.letters.is_empty() {
            // The books are locked before any case.
            Chain::lock(&mut tx).await?;
        }
        let applied = cases::apply(&mut tx, &taken.events, &taken.actor, now).await?;
        let own = taken
            .events
            .iter()
            .filter(|(case, _)| *case == taken.ticket.case);
        let written = own.count().saturating_sub(applied.illegal.len());
        let expected = taken.decided_at + i64::try_from(written).unwrap_or(0);
        // The cases are locked by now: whoever was faster has been counted.
        if written > 0 && !cases::has_events(&mut tx, taken.ticket.case, expected).await? {
            return Ok(false);
        }
        if let Some(illegal) = applied.illegal.into_iter().next() {
            return Err(illegal.into());
        }
        let orders = outbox::orders_of(&mut tx, applied.effects, &taken.payloads).await?;
        outbox::insert(&mut tx, &orders, now).await?;
        papers::work_through(&mut tx, &taken.letters, (&taken.actor, now)).await?;
        failpoint::pass("sync.before_commit");
        tx.commit().await.doing("taking in a change")?;
        failpoint::pass("sync.committed");
        Ok(true)
    }

    /// Whether a change was taken in.
    pub async fn knows_mark(&self, mark: Mark) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 FROM desk_mark WHERE source = $1 AND change_id = $2")
            .bind(mark.source.name())
            .bind(mark.id);
        Ok(row
            .fetch_optional(self.reader())
            .await
            .doing("looking for a change")?
            .is_some())
    }
}

pub(super) async fn ticket_of(
    database: impl sqlx::AnyExecutor<'_>,
    case: CaseId,
) -> Result<Option<DeskTicket>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM desk_ticket WHERE case_id = $1
         ORDER BY CASE standing WHEN 'there' THEN 0 ELSE 1 END, ticket_id LIMIT 1"
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(case.0);
    let row = query
        .fetch_optional(database)
        .await
        .doing("finding a case's ticket")?;
    row.as_ref().map(read).transpose()
}

async fn insert_mark(tx: &mut Conn, mark: Mark, ticket: TicketId) -> Result<bool, StoreError> {
    let done = sqlx::query("INSERT INTO desk_mark (source, change_id, ticket_id) VALUES ($1, $2, $3) ON CONFLICT (source, change_id) DO NOTHING")
        .bind(mark.source.name())
        .bind(mark.id)
        .bind(ticket.0)
        .execute(tx)
        .await
        .doing("marking a change")?;
    Ok(done.rows_affected() > 0)
}

async fn remember(tx: &mut Conn, ticket: &DeskTicket) -> Result<(), StoreError> {
    sqlx::query("UPDATE desk_ticket SET thread_id = $2, number = $3, standing = $4, into_ticket = $5, seen = $6 WHERE ticket_id = $1")
        .bind(ticket.id.0)
        .bind(ticket.thread.0)
        .bind(&ticket.number)
        .bind(ticket.standing.name())
        .bind(ticket.into.map_or(0, |into| into.0))
        .bind(json(&ticket.seen)?)
        .execute(tx)
        .await
        .doing("remembering a ticket")?;
    Ok(())
}

fn read(row: &sqlx::any::AnyRow) -> Result<DeskTicket, StoreError> {
    let standing: String = row.try_get(4).doing("reading a ticket of the desk")?;
    let seen: String = row.try_get(6).doing("reading a ticket of the desk")?;
    let unreadable = |what: &str| StoreError::Unreadable {
        what: what.to_owned(),
    };
    let standing = TicketStanding::ALL
        .into_iter()
        .find(|known| known.name() == standing)
        .ok_or_else(|| unreadable("a ticket's standing"))?;
    let seen = serde_json::from_str(&seen).map_err(|_| unreadable("a ticket's fields"))?;
    let read = || -> Result<DeskTicket, sqlx::Error> {
        let into: i64 = row.try_get(5)?;
        Ok(DeskTicket {
            id: TicketId(row.try_get(0)?),
            thread: ThreadId(row.try_get(1)?),
            case: CaseId(row.try_get(2)?),
            number: row.try_get(3)?,
            standing,
            into: (into > 0).then_some(TicketId(into)),
            seen,
        })
    };
    read().doing("reading a ticket of the desk")
}

fn position(row: &sqlx::any::AnyRow) -> Result<Position, sqlx::Error> {
    Ok(Position {
        cursor: Cursor {
            event: row.try_get(0)?,
            entry: row.try_get(1)?,
            log: row.try_get(2)?,
        },
        listed: TicketId(row.try_get(3)?),
        walked: Timestamp(row.try_get(4)?),
    })
}
