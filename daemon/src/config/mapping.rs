//! `[osticket.mapping]`: what staff mean by a status, a priority or a field's value.

use std::collections::BTreeMap;

use tanggap_rules::form::Table;

use crate::case::Sop;

/// What osTicket's words mean to the SOP. Keys are lower case: staff rename with a free hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub status: BTreeMap<String, Sop>,
    /// A priority's name, and the SOP's severity.
    pub priority: BTreeMap<String, String>,
    /// Of custom fields by name: what a value means.
    pub fields: BTreeMap<String, BTreeMap<String, Sop>>,
    /// The custom field in which staff set the severity, if there is one.
    pub severity_field: Option<String>,
    /// The custom field in which staff set the type (RSIT), if there is one.
    pub type_field: Option<String>,
}

impl Default for Mapping {
    /// What a fresh osTicket calls things.
    fn default() -> Self {
        let status = [("resolved", Sop::Closing), ("closed", Sop::Closing)];
        let priority = [
            ("low", "low"),
            ("normal", "medium"),
            ("high", "high"),
            ("emergency", "high"),
        ];
        Self {
            status: status
                .into_iter()
                .map(|(name, step)| (name.to_owned(), step))
                .collect(),
            priority: priority
                .into_iter()
                .map(|(name, severity)| (name.to_owned(), severity.to_owned()))
                .collect(),
            fields: BTreeMap::new(),
            severity_field: None,
            type_field: None,
        }
    }
}

pub(super) fn read(table: Option<&Table<'_>>) -> Mapping {
    let Some(table) = table else {
        return Mapping::default();
    };
    let mut mapping = Mapping::default();
    if let Some(statuses) = table.maybe("status").table() {
        mapping.status.extend(steps(&statuses));
    }
    if let Some(priorities) = table.maybe("priority").table() {
        mapping.priority.extend(severities(&priorities));
    }
    if let Some(fields) = table.maybe("field").table() {
        for (name, values) in fields.entries() {
            let values = values
                .table()
                .map(|values| steps(&values))
                .unwrap_or_default();
            mapping.fields.insert(name.value, values);
        }
    }
    mapping.severity_field = table.maybe("severity_field").text();
    mapping.type_field = table.maybe("type_field").text();
    mapping
}

fn steps(table: &Table<'_>) -> BTreeMap<String, Sop> {
    let entries = table.entries().into_iter();
    let step = entries.filter_map(|(word, meaning)| {
        Some((word.value.to_lowercase(), meaning.one_of(&Sop::NAMES)?))
    });
    step.collect()
}

fn severities(table: &Table<'_>) -> BTreeMap<String, String> {
    let choices = [("high", "high"), ("medium", "medium"), ("low", "low")];
    let entries = table.entries().into_iter();
    let severity = entries.filter_map(|(word, meaning)| {
        Some((
            word.value.to_lowercase(),
            meaning.one_of(&choices)?.to_owned(),
        ))
    });
    severity.collect()
}
