//! A book's page on paper: landscape, the table's head on every sheet.

use std::sync::Arc;

use serde_json::json;

use crate::clock::Timestamp;
use crate::config::Config;
use crate::letter::{Press, Shelf, dates, kop};
use crate::register::Ledger;
use crate::store::StoreError;

const PAGE: &str = "buku.typ";
/// Rows on one PDF, at most: laying out 4,686 of them was measured to take 975 MB, and the daemon lives on the same machine.
const ROWS: usize = 5000;

/// The page as a PDF; `signed_by` is the office below it, whose holder signs by hand.
pub fn pdf(
    page: &Ledger,
    config: &Config,
    now: Timestamp,
    signed_by: Option<&str>,
) -> anyhow::Result<Vec<u8>> {
    fits(page.rows.len())?;
    let letters = &config.letters;
    let templates = Shelf::open(letters.folder.as_deref(), letters.emblem.as_deref())?;
    let columns: Vec<_> = page
        .columns
        .iter()
        .map(|column| json!({ "heading": column.heading, "width": column.width }))
        .collect();
    let data = json!({
        "paper": letters.sheet_paper.name(), "kop": kop(letters, None), "title": page.title, "subtitle": page.subtitle,
        "columns": columns, "rows": page.rows, "foot": page.foot, "place": letters.place,
        "date": dates::day(now.wib()), "signed_by": signed_by,
    });
    Ok(Press::new(Arc::new(templates)).pdf(PAGE, &data)?)
}

/// Refuses what would take the machine's memory, and says what prints instead.
fn fits(rows: usize) -> Result<(), StoreError> {
    if rows <= ROWS {
        return Ok(());
    }
    Err(StoreError::Refused(format!(
        "{rows} baris terlalu banyak untuk satu PDF (paling banyak {ROWS}); cetak per bulan (--month 2026-11) atau per hari (--date), atau tulis semuanya ke .xlsx atau .csv"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_with_a_way_out() {
        assert!(fits(ROWS).is_ok());
        let why = fits(ROWS + 1).err().map(|why| why.to_string());
        assert!(why.is_some_and(|why| why.contains("--month") && why.contains(".xlsx")));
    }
}
