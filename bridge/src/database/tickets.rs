//! Tickets as they are now.

use std::collections::BTreeMap;

use sqlx::mysql::MySqlRow;
use sqlx::{AssertSqlSafe, Row};

use super::{Database, bound, marks, trouble};
use crate::rows::{TicketRow, ValueRow, key_of};
use crate::{ReadError, Snapshot, TicketId};

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
        let mut tickets: Vec<TicketRow> = rows
            .iter()
            .map(|row| ticket(row).map_err(|error| trouble(&error)))
            .collect::<Result<_, ReadError>>()?;
        let mut values = self.values(&ids).await?;
        for ticket in &mut tickets {
            ticket.values = values.remove(&ticket.id).unwrap_or_default();
        }
        Ok(tickets
            .into_iter()
            .map(|ticket| ticket.snapshot(&names))
            .collect())
    }

    /// The form's values are the truth; `ost_ticket__cdata` is a copy that may be stale.
    async fn values(&self, ids: &[i64]) -> Result<BTreeMap<i64, Vec<ValueRow>>, ReadError> {
        let sql = format!("{}{}", self.sql(FIELDS), marks(ids.len()));
        let rows = bound(sqlx::query(AssertSqlSafe(sql)), ids)
            .fetch_all(&self.pool)
            .await
            .map_err(|error| trouble(&error))?;
        let mut values: BTreeMap<i64, Vec<ValueRow>> = BTreeMap::new();
        for row in &rows {
            let (ticket, value) = value(row).map_err(|error| trouble(&error))?;
            values.entry(ticket).or_default().push(value);
        }
        Ok(values)
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

fn ticket(row: &MySqlRow) -> Result<TicketRow, sqlx::Error> {
    Ok(TicketRow {
        id: row.try_get(0)?,
        thread: row.try_get(1)?,
        number: row.try_get(2)?,
        marker: row.try_get(3)?,
        status: row.try_get(4)?,
        topic: row.try_get(5)?,
        department: row.try_get(6)?,
        agent: row.try_get(7)?,
        team: row.try_get(8)?,
        parent: row.try_get(9)?,
        flags: row.try_get(10)?,
        spoken: row.try_get(11)?,
        values: Vec::new(),
    })
}

fn value(row: &MySqlRow) -> Result<(i64, ValueRow), sqlx::Error> {
    let value = ValueRow {
        field: row.try_get(1)?,
        value: row.try_get(2)?,
        value_id: row.try_get(3)?,
    };
    Ok((row.try_get(0)?, value))
}
