//! `[osticket.mapping]`: what staff mean by a status, a priority or a field's value.

use std::collections::BTreeMap;

use tanggap_rules::form::Table;

use crate::case::Sop;

/// What osTicket's words mean to the SOP. Keys are lower case: staff rename with a free hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    pub status: BTreeMap<String, Sop>,
    /// The same, in the order in which a ticket is to be shown a step: what the site wrote, as it wrote it, before what is usual.
    shown: Vec<String>,
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
            shown: ["Resolved", "Closed"].map(str::to_owned).into(),
            fields: BTreeMap::new(),
            severity_field: None,
            type_field: None,
        }
    }
}

impl Mapping {
    /// What a status means, whatever its letters' case.
    pub fn means(&self, status: &str) -> Option<Sop> {
        self.status.get(&status.to_lowercase()).copied()
    }

    /// The statuses that mean a step, as they are written, the first choice first.
    pub fn statuses(&self, step: Sop) -> Vec<String> {
        let mean = |name: &&String| self.means(name) == Some(step);
        self.shown.iter().filter(mean).cloned().collect()
    }

    /// Takes a word of the site's, before all that is known.
    pub fn means_first(&mut self, status: &str, step: Sop) {
        let key = status.to_lowercase();
        self.shown.retain(|known| known.to_lowercase() != key);
        self.shown.insert(0, status.to_owned());
        self.status.insert(key, step);
    }
}

pub(super) fn read(table: Option<&Table<'_>>) -> Mapping {
    let Some(table) = table else {
        return Mapping::default();
    };
    let mut mapping = Mapping::default();
    if let Some(statuses) = table.maybe("status").table() {
        for (word, step) in steps(&statuses).into_iter().rev() {
            mapping.means_first(&word, step);
        }
    }
    if let Some(priorities) = table.maybe("priority").table() {
        mapping.priority.extend(severities(&priorities));
    }
    if let Some(fields) = table.maybe("field").table() {
        for (name, values) in fields.entries() {
            let values = values
                .table()
                .map(|values| in_lower_case(steps(&values)))
                .unwrap_or_default();
            mapping.fields.insert(name.value, values);
        }
    }
    mapping.severity_field = table.maybe("severity_field").text();
    mapping.type_field = table.maybe("type_field").text();
    mapping
}

/// As they are written, one after the other.
fn steps(table: &Table<'_>) -> Vec<(String, Sop)> {
    let entries = table.entries().into_iter();
    let step =
        entries.filter_map(|(word, meaning)| Some((word.value, meaning.one_of(&Sop::NAMES)?)));
    step.collect()
}

fn in_lower_case(steps: Vec<(String, Sop)>) -> BTreeMap<String, Sop> {
    let lower = steps.into_iter();
    lower
        .map(|(word, step)| (word.to_lowercase(), step))
        .collect()
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
