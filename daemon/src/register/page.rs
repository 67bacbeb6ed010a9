//! A book's rows as a page.

use super::{Book, Ledger, Row};
use crate::letter::{Kind, incident_name};
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
    let own = book
        .columns()
        .iter()
        .map(|(key, _, _)| named(key, cell(key)));
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

/// What the chain holds by a short name is printed by its full one.
fn named(key: &str, stored: String) -> String {
    match key {
        "incident" => incident(&stored),
        "kind" => Kind::named(&stored).map_or(stored, |kind| kind.title().to_owned()),
        _ => stored,
    }
}

/// Its Indonesian name for people, and RSIT's for whoever counts.
fn incident(rsit: &str) -> String {
    match incident_name(rsit) {
        _ if rsit.is_empty() => String::new(),
        name if name == rsit => name,
        name => format!("{name} ({rsit})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_printed_in_full() {
        let printed = |key: &str, stored: &str| named(key, stored.to_owned());
        assert_eq!(
            printed("incident", "fraud:phishing"),
            "pengelabuan (phishing) (fraud:phishing)"
        );
        assert_eq!(
            printed("incident", "vulnerable:weak-crypto"),
            "kerentanan (vulnerable:weak-crypto)"
        );
        assert_eq!(printed("incident", "baru:sekali"), "baru:sekali");
        assert_eq!(printed("incident", ""), "", "a row that judges nothing");
        assert_eq!(printed("kind", "lapor-bssn"), "surat pelaporan ke BSSN");
        assert_eq!(
            printed("kind", "sesuatu"),
            "sesuatu",
            "a kind of a later version"
        );
        assert_eq!(printed("subject", "jawaban"), "jawaban");
    }
}
