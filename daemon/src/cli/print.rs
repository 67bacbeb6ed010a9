//! A book's page on paper: landscape, the table's head on every sheet.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::config::Config;
use crate::letter::{Press, Roll, Shelf, dates, kop, roll};
use crate::register::Ledger;

/// A short book's page.
pub const PAGE: &str = "buku.typ";
/// Rows that `buku.typ` prints, at most. typst lays a table out as a whole (4,686 rows were measured to take 975 MB), so that a longer
/// one goes to the rotary press, which looks the same.
const SHORT: usize = 1000;

/// The page as a PDF; `signed_by` is the office below it, whose holder signs by hand.
pub fn pdf(
    page: &Ledger,
    config: &Config,
    (now, signed_by): (Timestamp, Option<&str>),
) -> anyhow::Result<Vec<u8>> {
    let letters = &config.letters;
    if page.rows.len() > SHORT {
        let today = dates::day(now.wib());
        return Ok(roll(&Roll {
            paper: letters.sheet_paper,
            office: letters.kop.last().map_or("", String::as_str),
            ledger: page,
            signed: signed_by
                .map(|office| [format!("{}, {today}", letters.place), office.to_owned()]),
        })?);
    }
    let templates = Shelf::open(letters.folder.as_deref(), letters.emblem.as_deref())?;
    Ok(Press::new(Arc::new(templates)).pdf(PAGE, &data(page, config, (now, signed_by)))?)
}

/// What `buku.typ` is filled with.
pub fn data(page: &Ledger, config: &Config, (now, signed_by): (Timestamp, Option<&str>)) -> Value {
    let letters = &config.letters;
    let columns: Vec<_> = page
        .columns
        .iter()
        .map(|column| json!({ "heading": column.heading, "width": column.width }))
        .collect();
    json!({
        "paper": letters.sheet_paper.name(), "kop": kop(letters, None), "title": page.title, "subtitle": page.subtitle,
        "columns": columns, "rows": page.rows, "foot": page.foot, "place": letters.place,
        "date": dates::day(now.wib()), "signed_by": signed_by,
    })
}
