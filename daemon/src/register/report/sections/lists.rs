//! The lists of a report: cases and offices one by one.

use super::{Depth, FEW, OTHERS, Table, columns, is_office_name};
use crate::case::Way;
use crate::clock::Timestamp;
use crate::letter::level;
use crate::register::Row;
use crate::register::report::{Figures, Life, Repeat};
use crate::store::Span;

/// The longest free text in a cell.
const CELL: usize = 160;

/// Cases of severity High.
pub(super) fn notable<'l>(new: impl Iterator<Item = &'l Life>, depth: Depth) -> Table {
    let high = new.filter(|life| life.severity() == "high" && life.exit.is_none());
    let rows = high.map(|life| {
        let office = if depth == Depth::Office || is_office_name(&life.office) {
            life.office.clone()
        } else {
            OTHERS.to_owned()
        };
        let mut row = vec![
            life.register.clone(),
            life.opened.wib().format("%d-%m-%Y").to_string(),
            office,
            life.incident(),
            life.standing(),
        ];
        if depth == Depth::Office {
            row.insert(4, cut(&life.sheet.impact));
        }
        row
    });
    let mut rows: Vec<Row> = rows.collect();
    let more = rows.len().saturating_sub(FEW);
    if depth == Depth::Leaders && more > 0 {
        rows.truncate(FEW);
        let blank = String::new;
        rows.push(vec![
            format!("dan {more} lagi"),
            blank(),
            blank(),
            blank(),
            blank(),
        ]);
    }
    let mut headings = vec![
        ("Register", 9),
        ("Tanggal", 8),
        ("OPD", 11),
        ("Jenis insiden", 13),
    ];
    if depth == Depth::Office {
        headings.push(("Dampak", 13));
    }
    headings.push(("Keadaan", 8));
    (columns(&headings), rows)
}

pub(super) fn open(lives: &[Life], span: Span) -> Table {
    let headings = columns(&[
        ("Register", 9),
        ("Diterima", 8),
        ("OPD", 11),
        ("Jenis insiden", 13),
        ("Tingkat", 6),
        ("Keadaan", 9),
        ("Batas waktu", 9),
    ]);
    let open = lives.iter().filter(|life| life.sheet.ended.is_none());
    let rows = open.map(|life| {
        let due = life.clocks.first().map_or_else(String::new, |clock| {
            let late = if clock.due < span.to { "LEWAT " } else { "" };
            format!("{late}{}", moment(clock.due))
        });
        vec![
            life.register.clone(),
            moment(life.opened),
            life.office.clone(),
            life.incident(),
            level(life.severity()).to_owned(),
            life.standing(),
            due,
        ]
    });
    (headings, rows.collect())
}

pub(super) fn escalated(lives: &[Life], span: Span) -> Table {
    let headings = columns(&[
        ("Register", 9),
        ("Diputuskan", 8),
        ("Oleh", 8),
        ("Alasan", 16),
        ("Nomor dan saran BSSN", 16),
    ]);
    let rows = lives
        .iter()
        .filter(|life| life.escalated_in(span))
        .filter_map(|life| {
            let (Way::Bssn, told) = life.sheet.decision.as_ref()? else {
                return None;
            };
            let answers = life.sheet.national.iter();
            let answers: Vec<_> = answers
                .map(|(number, told)| format!("{number} {}", told.text))
                .collect();
            let answers = if answers.is_empty() {
                "belum ada jawaban".to_owned()
            } else {
                answers.join("; ")
            };
            Some(vec![
                life.register.clone(),
                moment(told.at),
                told.by.clone(),
                cut(&told.text),
                cut(&answers),
            ])
        });
    (headings, rows.collect())
}

pub(super) fn repeats(repeats: &[Repeat]) -> Table {
    let rows = repeats.iter().map(|repeat| {
        let count = repeat.registers.len().to_string();
        vec![repeat.office.clone(), count, some(&repeat.registers)]
    });
    let headings = [("OPD", 14), ("Kasus 12 bulan", 5), ("Register", 22)];
    (columns(&headings), rows.collect())
}

pub(super) fn misfires(figures: &Figures) -> Table {
    let rows = figures.misfires.iter().map(|misfire| {
        vec![
            misfire.proposed.clone(),
            misfire.decided.clone(),
            misfire.registers.len().to_string(),
            some(&misfire.rules),
            some(&misfire.registers),
        ]
    });
    let headings = [
        ("Usulan aturan", 12),
        ("Ditetapkan petugas", 12),
        ("Kasus", 4),
        ("Aturan yang berlaku", 12),
        ("Register", 12),
    ];
    (columns(&headings), rows.collect())
}

pub(super) fn books(figures: &Figures) -> Table {
    let books = &figures.books;
    let agrees = if books.register == figures.standing.received {
        "cocok"
    } else {
        "TIDAK COCOK: periksa dengan tanggap books verify"
    };
    let tickets = if books.tickets == figures.standing.received {
        "cocok"
    } else {
        "sebagian belum bertiket: lihat tanggap queue"
    };
    let rows = [
        ("Register insiden: kasus baru", books.register, agrees),
        ("Tiket osTicket kasus baru", books.tickets, tickets),
        ("Buku agenda surat masuk", books.agenda_in, ""),
        ("Buku agenda surat keluar", books.agenda_out, ""),
        ("Lembar disposisi", books.dispositions, ""),
        ("Register surat", books.letters, ""),
    ];
    let rows =
        rows.map(|(book, count, note)| vec![book.to_owned(), count.to_string(), note.to_owned()]);
    (
        columns(&[("Buku", 14), ("Baris", 4), ("Dengan jumlah kasus", 14)]),
        rows.to_vec(),
    )
}

/// The first few of a list, and how many more there are.
fn some(list: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown: Vec<_> = list.iter().take(SHOWN).map(String::as_str).collect();
    match list.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{}, dan {more} lagi", shown.join(", ")),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= CELL {
        return text.to_owned();
    }
    let mut cut: String = text.chars().take(CELL - 1).collect();
    cut.push('…');
    cut
}

fn moment(at: Timestamp) -> String {
    at.wib().format("%d-%m-%Y %H.%M").to_string()
}
