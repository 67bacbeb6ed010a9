//! osTicket's two logs: events and entries. Neither is complete alone, and neither knows of the other.

use sqlx::mysql::MySqlRow;
use sqlx::{AssertSqlSafe, Row};

use super::{Database, trouble};
use crate::rows::{EntryRow, EventRow, Log, OVERLAP};
use crate::{Changes, Cursor, ReadError};

/// Rows of each log in one reading, beside the overlap.
const PAGE: i64 = 250;

const EVENTS: &str = "SELECT CAST(ev.id AS SIGNED), CAST(ev.thread_id AS SIGNED), CAST(COALESCE(t.ticket_id, 0) AS SIGNED), CAST(COALESCE(t.ip_address, '') AS CHAR),
    CAST(UNIX_TIMESTAMP(ev.timestamp) AS SIGNED), CAST(en.name AS CHAR), CAST(COALESCE(ev.data, '') AS CHAR), CAST(ev.username AS CHAR), CAST(COALESCE(ev.uid, 0) AS SIGNED), CAST(ev.uid_type AS CHAR)
    FROM {thread_event} ev JOIN {event} en ON en.id = ev.event_id LEFT JOIN {thread} th ON th.id = ev.thread_id LEFT JOIN {ticket} t ON t.ticket_id = th.object_id AND th.object_type IN ('T', 'C')
    WHERE ev.id > ? AND ev.thread_type <> 'A' ORDER BY ev.id LIMIT ?";

const ENTRIES: &str = "SELECT CAST(e.id AS SIGNED), CAST(e.thread_id AS SIGNED), CAST(COALESCE(t.ticket_id, 0) AS SIGNED), CAST(COALESCE(t.ip_address, '') AS CHAR),
    CAST(UNIX_TIMESTAMP(IF(e.flags & 2, e.updated, e.created)) AS SIGNED), CAST(e.type AS CHAR), CAST(e.body AS CHAR), CAST(e.poster AS CHAR), CAST(e.staff_id AS SIGNED), CAST(e.user_id AS SIGNED),
    CAST(COALESCE(e.title, '') AS CHAR), CAST(e.format AS CHAR), CAST(e.flags AS SIGNED), CAST(e.pid AS SIGNED),
    CAST(NOT EXISTS (SELECT 1 FROM {thread_entry} f WHERE f.thread_id = e.thread_id AND f.id < e.id) AS SIGNED), CAST(COALESCE(e.ip_address, '') AS CHAR)
    FROM {thread_entry} e JOIN {thread} th ON th.id = e.thread_id AND th.object_type IN ('T', 'C') LEFT JOIN {ticket} t ON t.ticket_id = th.object_id
    WHERE e.id > ? ORDER BY e.id LIMIT ?";

impl Database {
    pub(super) async fn read_log(&self, cursor: Cursor) -> Result<Changes, ReadError> {
        let limit = PAGE + OVERLAP;
        let log = Log {
            events: self
                .rows(EVENTS, cursor.event - OVERLAP, limit, event)
                .await?,
            entries: self
                .rows(ENTRIES, cursor.entry - OVERLAP, limit, entry)
                .await?,
        };
        if log.is_empty() {
            return Ok(Changes {
                cursor,
                ..Changes::default()
            });
        }
        let names = self.names().await?;
        let full = |rows: usize| i64::try_from(rows).is_ok_and(|count| count >= limit);
        let last = |row: Option<i64>, before: i64| row.unwrap_or(before).max(before);
        Ok(Changes {
            cursor: Cursor {
                event: last(log.events.last().map(|row| row.id), cursor.event),
                entry: last(log.entries.last().map(|row| row.id), cursor.entry),
                log: 0,
            },
            more: full(log.events.len()) || full(log.entries.len()),
            changes: log.changes(&names, self.agent),
        })
    }

    async fn rows<T>(
        &self,
        text: &str,
        after: i64,
        limit: i64,
        read: fn(&MySqlRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, ReadError> {
        let query = sqlx::query(AssertSqlSafe(self.sql(text)))
            .bind(after)
            .bind(limit);
        let rows = query
            .fetch_all(&self.pool)
            .await
            .map_err(|error| trouble(&error))?;
        rows.iter()
            .map(|row| read(row).map_err(|error| trouble(&error)))
            .collect()
    }
}

fn event(row: &MySqlRow) -> Result<EventRow, sqlx::Error> {
    Ok(EventRow {
        id: row.try_get(0)?,
        thread: row.try_get(1)?,
        ticket: row.try_get(2)?,
        marker: row.try_get(3)?,
        at: row.try_get::<Option<i64>, _>(4)?.unwrap_or(0),
        name: row.try_get(5)?,
        data: row.try_get(6)?,
        username: row.try_get(7)?,
        uid: row.try_get(8)?,
        uid_type: row.try_get(9)?,
    })
}

fn entry(row: &MySqlRow) -> Result<EntryRow, sqlx::Error> {
    Ok(EntryRow {
        id: row.try_get(0)?,
        thread: row.try_get(1)?,
        ticket: row.try_get(2)?,
        marker: row.try_get(3)?,
        at: row.try_get::<Option<i64>, _>(4)?.unwrap_or(0),
        kind: row.try_get(5)?,
        body: row.try_get(6)?,
        poster: row.try_get(7)?,
        staff: row.try_get(8)?,
        user: row.try_get(9)?,
        title: row.try_get(10)?,
        format: row.try_get(11)?,
        flags: row.try_get(12)?,
        parent: row.try_get(13)?,
        first: row.try_get(14)?,
        address: row.try_get(15)?,
    })
}
