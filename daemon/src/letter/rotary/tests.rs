#![allow(clippy::unwrap_used)]

use super::*;
use crate::register::Column;
use plan::{Slice, plan};

fn ledger(rows: Vec<Vec<String>>) -> Ledger {
    Ledger {
        title: "BUKU AGENDA SURAT MASUK".to_owned(),
        subtitle: "Tahun 2026".to_owned(),
        columns: vec![Column::new("No", 4), Column::new("Isi ringkas", 17)],
        foot: vec![format!("{} baris.", rows.len())],
        rows,
    }
}

fn sheet(ledger: &Ledger) -> Roll<'_> {
    Roll {
        paper: Paper::F4,
        office: "Dinas Komunikasi dan Informatika",
        ledger,
        signed: None,
    }
}

fn lines(text: &str, width: f32) -> Vec<String> {
    let mut lines = Vec::new();
    faces().unwrap().plain.wrap(text, width, &mut lines);
    let line = |range: std::ops::Range<usize>| text.get(range).unwrap().trim_end().to_owned();
    lines.into_iter().map(line).collect()
}

#[test]
fn a_line_ends_at_a_blank_and_an_address_at_its_signs() {
    assert_eq!(lines("", 5.0), [""]);
    assert_eq!(lines("satu dua tiga", 4.5), ["satu dua", "tiga"]);
    assert_eq!(lines("a\nb", 9.0), ["a", "b"]);
    assert_eq!(
        lines("pelapor@dinkes.batangkab.go.id", 8.0),
        ["pelapor@dinkes.", "batangkab.go.id"]
    );
    let long = "x".repeat(40);
    assert_eq!(lines(&long, 5.0).concat(), long, "nothing is lost");
    assert!(lines(&long, 5.0).len() > 3);
    assert_eq!(lines("\u{1f600} é", 0.1).concat(), "\u{1f600}é");
}

#[test]
fn every_line_of_every_row_stands_on_one_page() {
    let rows: Vec<_> = (0..300)
        .map(|number| vec![number.to_string(), "kata ".repeat(number)])
        .chain([vec!["panjang".to_owned(), "kata ".repeat(20_000)]])
        .collect();
    let ledger = ledger(rows);
    let sheet = sheet(&ledger);
    let faces = faces().unwrap();
    let measures = Measures::of(&sheet, &faces);
    let pages = plan(&sheet, &faces, &measures);
    let mut next = (0, 0);
    for (number, page) in pages.iter().enumerate() {
        let room = if number == 0 {
            measures.first
        } else {
            measures.next
        };
        let high: f32 = page.slices.iter().map(|s| height(s.lines)).sum();
        assert!(high <= room + 0.01, "page {number}: {high} of {room}");
        for Slice { row, from, lines } in &page.slices {
            assert!(
                (*row, *from) == next || (*row == next.0 + 1 && *from == 0),
                "after {next:?} stands row {row} from line {from}"
            );
            next = (*row, from + lines);
        }
    }
    assert_eq!(next.0, 300, "the last row is there");
    assert!(pages.len() > 20);
}

#[test]
fn the_same_table_is_the_same_file_and_hostile_text_is_printed() {
    let cells = [
        "\u{202e}gro.live\u{7}",
        "\u{1f480} ﷽ \u{0}",
        "=1+1\n\n\nbaris",
    ];
    let rows: Vec<_> = (0..200)
        .zip(cells.into_iter().cycle())
        .map(|(number, cell): (u32, &str)| vec![number.to_string(), cell.repeat(9)])
        .collect();
    let ledger = ledger(rows);
    let first = roll(&sheet(&ledger)).unwrap();
    let plain = faces().unwrap().plain;
    assert_eq!(clean(&plain, "\u{202e}gro\u{7}\u{200b}.\u{1f480}"), "gro.□");
    assert!(first.starts_with(b"%PDF-1.7"));
    assert_eq!(first, roll(&sheet(&ledger)).unwrap());
}
