//! A page with columns on the terminal, and what the ending of a file's name asks for: books and reports show theirs alike.

use std::path::Path;

use super::table::Table;
use crate::register::Ledger;
use crate::store::StoreError;

/// The page's rows under its headings.
pub fn table(ledger: &Ledger) -> Table {
    let headings: Vec<_> = ledger
        .columns
        .iter()
        .map(|column| column.heading.as_str())
        .collect();
    let mut table = Table::new(&headings);
    for row in &ledger.rows {
        table.row(row.clone());
    }
    table
}

/// What a file is to be, by the ending of its name.
pub fn ending(path: &Path) -> String {
    let ending = path.extension().unwrap_or_default();
    ending.to_string_lossy().to_lowercase()
}

/// An ending that is none of these.
pub fn unknown_ending(path: &Path, known: &str) -> StoreError {
    StoreError::Refused(format!("{}: akhiran berkas harus {known}", path.display()))
}
