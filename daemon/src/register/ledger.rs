//! A page with columns, before it is a terminal's table, a CSV, a workbook or a sheet of paper.

use serde_json::{Map, Value, json};

/// A column's heading, and how wide it is beside the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub heading: String,
    pub width: u16,
}

impl Column {
    pub fn new(heading: &str, width: u16) -> Self {
        Self {
            heading: heading.to_owned(),
            width,
        }
    }
}

/// One line of the page.
pub type Row = Vec<String>;

/// A page with columns. Everything on it is *Terbatas*.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    pub title: String,
    /// The period, or the moment.
    pub subtitle: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// Below the table: the chain's last hash, counts.
    pub foot: Vec<String>,
}

impl Ledger {
    /// The same for programs.
    pub fn json(&self) -> Value {
        let row = |row: &Row| {
            let cells = self.columns.iter().zip(row);
            cells
                .map(|(column, cell)| (column.heading.clone(), Value::from(cell.as_str())))
                .collect::<Map<_, _>>()
        };
        json!({
            "title": self.title, "subtitle": self.subtitle,
            "rows": self.rows.iter().map(row).collect::<Vec<_>>(), "foot": self.foot,
        })
    }
}
