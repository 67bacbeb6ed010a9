//! osTicket's small tables: what the ids in its logs stand for.

use serde::Deserialize;

use crate::{Catalogue, Field, FieldDefinition, Named, Standing, Status};

/// A field of the ticket form, by its id.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct FieldRow {
    pub id: i64,
    #[serde(rename = "type")]
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
#[derive(Debug, Default)]
pub(crate) struct Names {
    pub statuses: Vec<Status>,
    pub priorities: Vec<Named>,
    pub topics: Vec<Named>,
    pub departments: Vec<Named>,
    pub agents: Vec<Named>,
    pub teams: Vec<Named>,
    pub fields: Vec<FieldRow>,
}

/// The name that stands for an id; the id itself where nothing does any more.
pub(crate) fn named(list: &[Named], id: i64) -> Option<Named> {
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

/// What a status's state means; one we do not know is open, for there a person still has to look.
pub(crate) fn standing(state: &str) -> Standing {
    match state {
        "closed" => Standing::Closed,
        "archived" => Standing::Archived,
        "deleted" => Standing::Deleted,
        _ => Standing::Open,
    }
}
