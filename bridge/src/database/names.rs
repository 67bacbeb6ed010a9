//! osTicket's small tables.

use sqlx::mysql::MySqlRow;
use sqlx::{AssertSqlSafe, Row};

use super::{Database, trouble};
use crate::rows::{FieldRow, Names, standing};
use crate::{Named, ReadError, Status};

impl Database {
    pub(super) async fn names(&self) -> Result<Names, ReadError> {
        Ok(Names {
            statuses: self.list("SELECT CAST(id AS SIGNED), CAST(name AS CHAR), CAST(state AS CHAR) FROM {ticket_status} ORDER BY id", status).await?,
            priorities: self.list("SELECT CAST(priority_id AS SIGNED), CAST(priority_desc AS CHAR) FROM {ticket_priority} ORDER BY priority_id", name).await?,
            topics: self.list("SELECT CAST(topic_id AS SIGNED), CAST(topic AS CHAR) FROM {help_topic} ORDER BY topic_id", name).await?,
            departments: self.list("SELECT CAST(id AS SIGNED), CAST(name AS CHAR) FROM {department} ORDER BY id", name).await?,
            agents: self
                .list("SELECT CAST(staff_id AS SIGNED), CAST(TRIM(CONCAT(COALESCE(firstname, ''), ' ', COALESCE(lastname, ''))) AS CHAR) FROM {staff} ORDER BY staff_id", name)
                .await?,
            teams: self.list("SELECT CAST(team_id AS SIGNED), CAST(name AS CHAR) FROM {team} ORDER BY team_id", name).await?,
            fields: self.list("SELECT CAST(id AS SIGNED), CAST(type AS CHAR), CAST(name AS CHAR), CAST(label AS CHAR) FROM {form_field} ORDER BY id", field).await?,
        })
    }

    async fn list<T>(
        &self,
        text: &str,
        read: impl Fn(&MySqlRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, ReadError> {
        let rows = sqlx::query(AssertSqlSafe(self.sql(text)))
            .fetch_all(&self.pool)
            .await
            .map_err(|error| trouble(&error))?;
        rows.iter()
            .map(|row| read(row).map_err(|error| trouble(&error)))
            .collect()
    }
}

fn name(row: &MySqlRow) -> Result<Named, sqlx::Error> {
    Ok(Named {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
    })
}

fn status(row: &MySqlRow) -> Result<Status, sqlx::Error> {
    let state: Option<String> = row.try_get(2)?;
    Ok(Status {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        standing: standing(state.as_deref().unwrap_or_default()),
    })
}

fn field(row: &MySqlRow) -> Result<FieldRow, sqlx::Error> {
    Ok(FieldRow {
        id: row.try_get(0)?,
        kind: row.try_get(1)?,
        name: row.try_get(2)?,
        label: row.try_get(3)?,
    })
}
