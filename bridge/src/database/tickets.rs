//! Tickets as they are now.

use std::collections::BTreeMap;
use std::net::Ipv6Addr;

use sqlx::mysql::MySqlRow;
use sqlx::{AssertSqlSafe, Row};

use super::names::{Names, named};
use super::{Database, bound, marks, text, trouble};
use crate::{EffectKey, Field, ReadError, Snapshot, ThreadId, TicketId, TicketNumber};

/// `Ticket::FLAG_LINKED`: a linked ticket has a parent too, and stays a ticket of its own.
const LINKED: i64 = 0x8;

const TICKETS: &str = "SELECT CAST(t.ticket_id AS SIGNED), CAST(COALESCE(th.id, 0) AS SIGNED), CAST(COALESCE(t.number, '') AS CHAR), CAST(t.ip_address AS CHAR),
    CAST(t.status_id AS SIGNED), CAST(t.topic_id AS SIGNED), CAST(t.dept_id AS SIGNED), CAST(t.staff_id AS SIGNED), CAST(t.team_id AS SIGNED),
    CAST(COALESCE(t.ticket_pid, 0) AS SIGNED), CAST(t.flags AS SIGNED), CAST(EXISTS (SELECT 1 FROM {thread_entry} e WHERE e.thread_id = th.id) AS SIGNED)
    FROM {ticket} t LEFT JOIN {thread} th ON th.object_id = t.ticket_id AND th.object_type IN ('T', 'C') WHERE t.ticket_id IN ";

const FIELDS: &str = "SELECT CAST(fe.object_id AS SIGNED), CAST(v.field_id AS SIGNED), CAST(COALESCE(v.value, '') AS CHAR), CAST(COALESCE(v.value_id, 0) AS SIGNED)
    FROM {form_entry} fe JOIN {form_entry_values} v ON v.entry_id = fe.id WHERE fe.object_type = 'T' AND fe.object_id IN ";

impl Database {
    pub(crate) async fn snapshots(&self, ids: &[TicketId]) -> Result<Vec<Snapshot>, ReadError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
        let names = self.names().await?;
        let sql = format!(
            "{}{} ORDER BY t.ticket_id",
            self.sql(TICKETS),
            marks(ids.len())
        );
        let rows = bound(sqlx::query(AssertSqlSafe(sql)), &ids)
            .fetch_all(&self.pool)
            .await
            .map_err(|error| trouble(&error))?;
        let read = |row| read(row, &names).map_err(|error| trouble(&error));
        let mut tickets: BTreeMap<i64, Snapshot> = rows
            .iter()
            .map(|row| Ok((row.try_get(0).map_err(|error| trouble(&error))?, read(row)?)))
            .collect::<Result<_, ReadError>>()?;
        self.fill_fields(&ids, &names, &mut tickets).await?;
        Ok(tickets.into_values().collect())
    }

    /// The form's values are the truth; `ost_ticket__cdata` is a copy that may be stale.
    async fn fill_fields(
        &self,
        ids: &[i64],
        names: &Names,
        tickets: &mut BTreeMap<i64, Snapshot>,
    ) -> Result<(), ReadError> {
        let sql = format!("{}{}", self.sql(FIELDS), marks(ids.len()));
        let rows = bound(sqlx::query(AssertSqlSafe(sql)), ids)
            .fetch_all(&self.pool)
            .await
            .map_err(|error| trouble(&error))?;
        for row in &rows {
            fill(row, names, tickets).map_err(|error| trouble(&error))?;
        }
        Ok(())
    }

    /// Tickets that bear a mark of ours among those with ids above `after`.
    pub(crate) async fn listing(
        &self,
        after: TicketId,
        limit: u32,
    ) -> Result<(Vec<Snapshot>, TicketId), ReadError> {
        self.probe().await?;
        let sql = self.sql("SELECT CAST(ticket_id AS SIGNED), CAST(ip_address AS CHAR) FROM {ticket} WHERE ticket_id > ? ORDER BY ticket_id LIMIT ?");
        let query = sqlx::query(AssertSqlSafe(sql)).bind(after.0).bind(limit);
        let rows = query
            .fetch_all(&self.pool)
            .await
            .map_err(|error| trouble(&error))?;
        let read = |row: &MySqlRow| -> Result<(i64, String), sqlx::Error> {
            Ok((row.try_get(0)?, row.try_get(1)?))
        };
        let page: Vec<(i64, String)> = rows
            .iter()
            .map(|row| read(row).map_err(|error| trouble(&error)))
            .collect::<Result<_, _>>()?;
        let last = page.last().map_or(after, |(id, _)| TicketId(*id));
        let ours: Vec<TicketId> = page
            .iter()
            .filter(|(_, address)| key_of(address).is_some())
            .map(|(id, _)| TicketId(*id))
            .collect();
        Ok((self.snapshots(&ours).await?, last))
    }
}

/// The key that a ticket's address stands for, where it is one of ours (RFC 4193, `fd` and 120 bits).
pub(super) fn key_of(address: &str) -> Option<EffectKey> {
    let bytes = address.parse::<Ipv6Addr>().ok()?.octets();
    let (first, rest) = bytes.split_first()?;
    (*first == 0xfd)
        .then(|| rest.try_into().ok().map(EffectKey))
        .flatten()
}

fn read(row: &MySqlRow, names: &Names) -> Result<Snapshot, sqlx::Error> {
    let (thread, status, parent, flags, has_entry): (i64, i64, i64, i64, i64) = (
        row.try_get(1)?,
        row.try_get(4)?,
        row.try_get(9)?,
        row.try_get(10)?,
        row.try_get(11)?,
    );
    let address: String = row.try_get(3)?;
    let merged = parent > 0 && flags & LINKED == 0;
    Ok(Snapshot {
        id: TicketId(row.try_get(0)?),
        thread: ThreadId(thread),
        number: TicketNumber(row.try_get(2)?),
        key: key_of(&address),
        // A merged ticket's entries hang on its parent's thread.
        whole: status > 0 && thread > 0 && (has_entry > 0 || merged),
        subject: String::new(),
        status: names.status(status),
        priority: None,
        topic: named(&names.topics, row.try_get(5)?),
        department: named(&names.departments, row.try_get(6)?),
        agent: named(&names.agents, row.try_get(7)?),
        team: named(&names.teams, row.try_get(8)?),
        fields: BTreeMap::new(),
        merged_into: merged.then_some(TicketId(parent)),
    })
}

fn fill(
    row: &MySqlRow,
    names: &Names,
    tickets: &mut BTreeMap<i64, Snapshot>,
) -> Result<(), sqlx::Error> {
    let (ticket, field, value_id): (i64, i64, i64) =
        (row.try_get(0)?, row.try_get(1)?, row.try_get(3)?);
    let value: String = row.try_get(2)?;
    let known = names.fields.iter().find(|known| known.id == field);
    let (Some(ticket), Some(field)) = (tickets.get_mut(&ticket), known) else {
        return Ok(());
    };
    match field.field() {
        Field::Priority => ticket.priority = named(&names.priorities, value_id),
        Field::Subject => ticket.subject = value,
        Field::Custom(name) if field.kind != "thread" => {
            ticket.fields.insert(name, text::stored(&value));
        }
        _ => {}
    }
    Ok(())
}
