//! A book's page on paper: landscape, the table's head on every sheet.

use std::sync::Arc;

use serde_json::json;

use crate::clock::Timestamp;
use crate::config::Config;
use crate::letter::{Press, Shelf, dates, kop};
use crate::register::Ledger;

const PAGE: &str = "buku.typ";

/// The page as a PDF; `signed_by` is the office below it, whose holder signs by hand.
pub fn pdf(
    page: &Ledger,
    config: &Config,
    now: Timestamp,
    signed_by: Option<&str>,
) -> anyhow::Result<Vec<u8>> {
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
