//! osTicket's small tables: what the ids in its logs stand for.

use sqlx::mysql::MySqlRow;
use sqlx::{AssertSqlSafe, Row};

use super::{Database, trouble};
use crate::{Catalogue, Field, FieldDefinition, Named, ReadError, Standing, Status};

/// A field of the ticket form, by its id.
pub(super) struct FieldRow {
    pub id: i64,
    pub kind: String,
    pub name: String,
    pub label: String,
}

impl FieldRow {
    /// The field as this house calls it.
    pub fn field(&self) -> Field {
        match (self.kind.as_str(), self.name.as_str()) {
            ("priority", _) => Field::Priority,
            (_, "subject") => Field::Subject,
            (_, "") => Field::Custom(self.label.clone()),
            (_, name) => Field::Custom(name.to_owned()),
        }
    }
}

/// All of them.
pub(super) struct Names {
    pub statuses: Vec<Status>,
    pub priorities: Vec<Named>,
    pub topics: Vec<Named>,
    pub departments: Vec<Named>,
    pub agents: Vec<Named>,
    pub teams: Vec<Named>,
    pub fields: Vec<FieldRow>,
}

/// The name that stands for an id; the id itself where nothing does any more.
pub(super) fn named(list: &[Named], id: i64) -> Option<Named> {
    let known = || list.iter().find(|named| named.id == id).cloned();
    (id > 0).then(|| {
        known().unwrap_or_else(|| Named {
            id,
            name: format!("({id})"),
        })
    })
}

impl Names {
    pub fn status(&self, id: i64) -> Option<Status> {
        self.statuses.iter().find(|status| status.id == id).cloned()
    }

    pub fn catalogue(self) -> Catalogue {
        let custom = self
            .fields
            .into_iter()
            .filter(|field| matches!(field.field(), Field::Custom(_)) && field.kind != "thread");
        Catalogue {
            statuses: self.statuses,
            priorities: self.priorities,
            topics: self.topics,
            departments: self.departments,
            agents: self.agents,
            fields: custom
                .map(|field| FieldDefinition {
                    name: field.name,
                    label: field.label,
                    choices: Vec::new(),
                })
                .collect(),
        }
    }
}

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
    let standing = match state.as_deref() {
        Some("closed") => Standing::Closed,
        Some("archived") => Standing::Archived,
        Some("deleted") => Standing::Deleted,
        _ => Standing::Open,
    };
    Ok(Status {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        standing,
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
