//! A book's rows as a page.

use super::{Book, Ledger, Row};
use crate::store::BookRow;

/// The page of a book; counter-entries stand in their own line and name the row they correct.
pub fn page(book: Book, rows: &[BookRow], subtitle: &str) -> Ledger {
    Ledger {
        title: book.title().to_owned(),
        subtitle: subtitle.to_owned(),
        columns: book.printed(),
        rows: (1..)
            .zip(rows)
            .map(|(place, row)| line((book, place), row))
            .collect(),
        foot: vec![format!("{} baris.", rows.len())],
    }
}

fn line((book, place): (Book, usize), row: &BookRow) -> Row {
    let cell = |key: &str| row.cells.get(key).cloned().unwrap_or_default();
    let number = format!("{:04}", row.number);
    let at = row.at.wib().format("%d-%m-%Y %H.%M").to_string();
    let first = match book {
        Book::AgendaIn => vec![place.to_string(), at, number],
        _ => vec![number, at],
    };
    let own = book.columns().iter().map(|(key, _, _)| cell(key));
    let corrects = match row.corrects {
        0 => String::new(),
        number => format!("koreksi no. {number:04} oleh {}", row.actor),
    };
    let note = [corrects, cell("note")];
    let note: Vec<_> = note.into_iter().filter(|part| !part.is_empty()).collect();
    first
        .into_iter()
        .chain(own)
        .chain([note.join(": ")])
        .collect()
}
