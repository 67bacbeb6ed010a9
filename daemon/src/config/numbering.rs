//! `[letters] numbering`, `number_format` and `[[letters.block]]`: who gives a formal letter its number, and how it is written.

use std::fmt::Write;

use tanggap_rules::form::{Complaint, Field, Table};

use crate::clock::Timestamp;
use crate::tongue::words;

/// No office writes more letters in a year; and no number is longer than its field on paper.
const HIGHEST: i64 = 999_999;

/// Who gives a letter its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Numbering {
    /// The secretariat; it is typed when the letter is issued.
    Manual,
    /// The secretariat has reserved these, and tanggap gives one after the other.
    Block(Vec<Block>),
    /// tanggap, from 1 each year.
    Automatic,
}

/// Numbers of one year that are reserved for this house, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    pub year: i64,
    pub from: i64,
    pub to: i64,
}

impl Numbering {
    /// The ranges a number of this year may be taken from, in their order; `None` where a person gives each.
    pub fn ranges(&self, year: i64) -> Option<Vec<Block>> {
        match self {
            Self::Manual => None,
            Self::Automatic => Some(vec![Block {
                year,
                from: 1,
                to: HIGHEST,
            }]),
            Self::Block(blocks) => {
                let mut of_year: Vec<Block> = blocks
                    .iter()
                    .copied()
                    .filter(|block| block.year == year)
                    .collect();
                of_year.sort_by_key(|block| block.from);
                Some(of_year)
            }
        }
    }
}

/// How a number is written: `{kode}/{urut:04}/{tahun}`. `{bulan}` is the month in Roman numerals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberFormat(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Code,
    /// With zeros up to this width.
    Number(usize),
    Month,
    Year,
}

impl NumberFormat {
    pub(super) fn usual() -> Self {
        Self(vec![
            Piece::Code,
            Piece::Text("/".to_owned()),
            Piece::Number(4),
            Piece::Text("/".to_owned()),
            Piece::Year,
        ])
    }

    /// The number as it stands on the letter; `None`: dots, for a person to write upon.
    pub fn written(&self, code: &str, number: Option<i64>, at: Timestamp) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            // Writing to a String cannot fail.
            let _ = match (piece, number) {
                (Piece::Text(words), _) => write!(text, "{words}"),
                (Piece::Code, _) => write!(text, "{code}"),
                (Piece::Number(_), None) => write!(text, "......."),
                (Piece::Number(width), Some(number)) => write!(text, "{number:0width$}"),
                (Piece::Month, _) => write!(text, "{}", month(at)),
                (Piece::Year, _) => write!(text, "{}", at.register_year()),
            };
        }
        text
    }

    /// Every part of it is known, and the number and its year stand in it, so that two letters never look alike.
    pub(super) fn read(text: &str) -> Result<Self, Complaint> {
        let usual = || {
            words!(
                "misalnya \"{{kode}}/{{urut:04}}/{{tahun}}\"",
                "such as \"{{kode}}/{{urut:04}}/{{tahun}}\""
            )
        };
        let mut pieces = Vec::new();
        let mut rest = text.trim();
        while let Some((before, after)) = rest.split_once('{') {
            let Some((slot, after)) = after.split_once('}') else {
                return Err(Complaint::new(
                    words!("kurung {{ tidak ditutup", "a bracket {{ is not closed"),
                    usual(),
                ));
            };
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            pieces.push(piece(slot)?);
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        let numbers = pieces
            .iter()
            .filter(|piece| matches!(piece, Piece::Number(_)));
        if numbers.count() == 1 && pieces.contains(&Piece::Year) {
            return Ok(Self(pieces));
        }
        Err(Complaint::new(
            words!(
                "format nomor harus memuat satu {{urut}}, dan {{tahun}}: tanpa itu dua surat dapat bernomor sama",
                "the format of numbers must have one {{urut}}, and {{tahun}}: without them two letters could have the same number"
            ),
            usual(),
        ))
    }
}

fn piece(slot: &str) -> Result<Piece, Complaint> {
    let unknown = || {
        Complaint::new(
            words!(
                "bagian {{{slot}}} tidak dikenal",
                "the part {{{slot}}} is not known"
            ),
            words!(
                "{{kode}}, {{urut}}, {{urut:04}} (selebar itu, didahului nol; paling lebar 6), {{bulan}} (angka Romawi), {{tahun}}",
                "{{kode}}, {{urut}}, {{urut:04}} (that wide, with leading zeros; at most 6), {{bulan}} (the month, in Roman numerals), {{tahun}} (the year)"
            ),
        )
    };
    match slot {
        "kode" => return Ok(Piece::Code),
        "bulan" => return Ok(Piece::Month),
        "tahun" => return Ok(Piece::Year),
        "urut" => return Ok(Piece::Number(1)),
        _ => {}
    }
    let width = slot
        .strip_prefix("urut:0")
        .and_then(|width| width.parse().ok());
    let width = width.filter(|width| (1..=6).contains(width));
    width.map(Piece::Number).ok_or_else(unknown)
}

fn month(at: Timestamp) -> &'static str {
    use chrono::Datelike;
    const ROMAN: [&str; 12] = [
        "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII",
    ];
    let month = usize::try_from(at.wib().month0()).unwrap_or_default();
    ROMAN.get(month).copied().unwrap_or_default()
}

/// The mode, with the blocks where it needs some. Ranges that could give one number twice are a fault.
pub(super) fn read(table: &Table<'_>) -> Numbering {
    let mode = table.maybe("numbering");
    let chosen = mode.one_of(&[("manual", 0), ("block", 1), ("automatic", 2)]);
    let field = table.maybe("block");
    let blocks = blocks(&field);
    match chosen.unwrap_or(0) {
        1 if blocks.is_empty() && !field.is_present() => {
            mode.fault(
                words!("penomoran \"block\" tidak menyebut nomor mana yang disediakan Tata Usaha", "numbering \"block\" does not say which numbers the secretariat reserved"),
                words!("tambahkan [[letters.block]] dengan year, from, dan to; atau numbering = \"manual\"", "add [[letters.block]] with year, from and to; or numbering = \"manual\""),
            );
            Numbering::Manual
        }
        1 => Numbering::Block(blocks),
        other => {
            if field.is_present() {
                field.fault(
                    words!(
                        "blok nomor hanya dipakai bila numbering = \"block\"",
                        "blocks of numbers are only used with numbering = \"block\""
                    ),
                    words!(
                        "tulis numbering = \"block\" di [letters], atau hapus [[letters.block]]",
                        "write numbering = \"block\" in [letters], or take [[letters.block]] out"
                    ),
                );
            }
            if other == 2 {
                Numbering::Automatic
            } else {
                Numbering::Manual
            }
        }
    }
}

fn blocks(field: &Field<'_>) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    for table in field.tables() {
        let year = table.need("year").integer(2020..=2100);
        let from = table.need("from").integer(1..=HIGHEST);
        let to = table.need("to").integer(1..=HIGHEST);
        let (Some(year), Some(from), Some(to)) = (year, from, to) else {
            continue;
        };
        let block = Block { year, from, to };
        if from > to {
            table.maybe("to").fault(
                words!(
                    "blok nomor berakhir ({to}) sebelum awalnya ({from})",
                    "the block of numbers ends ({to}) before it begins ({from})"
                ),
                words!(
                    "from yang terkecil, to yang terbesar; keduanya ikut dipakai",
                    "from is the smallest, to the largest; both are used"
                ),
            );
        } else if let Some(other) = blocks.iter().find(|other| meet(other, &block)) {
            table.maybe("from").fault(
                words!("blok {from}–{to} bertumpang dengan {}–{} pada tahun {year}: satu nomor dapat terpakai dua kali", "the blocks {from}–{to} and {}–{} of {year} overlap: a number could be used twice",
                    other.from, other.to
                ),
                words!("blok-blok setahun yang tidak bertumpang", "blocks of a year that do not overlap"),
            );
        } else {
            blocks.push(block);
        }
    }
    blocks
}

fn meet(one: &Block, other: &Block) -> bool {
    one.year == other.year && one.from <= other.to && other.from <= one.to
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23, and the last second of that year by WIB.
    const NOVEMBER: Timestamp = Timestamp(1_795_392_000_000);
    const NEW_YEARS_EVE: Timestamp = Timestamp(1_798_736_399_000);

    #[track_caller]
    fn check(format: &str, number: Option<i64>, at: Timestamp, expect: &str) {
        let written = NumberFormat::read(format).map(|format| format.written("555", number, at));
        assert_eq!(written.ok().as_deref(), Some(expect), "{format}");
    }

    #[test]
    fn numbers_are_written_as_the_office_writes_them() {
        check(
            "{kode}/{urut:04}/{tahun}",
            Some(7),
            NOVEMBER,
            "555/0007/2026",
        );
        check(
            "{kode}/{urut:04}/{tahun}",
            None,
            NOVEMBER,
            "555/......./2026",
        );
        check(
            "{kode}/{urut}/DISKOMINFO/{bulan}/{tahun}",
            Some(120),
            NOVEMBER,
            "555/120/DISKOMINFO/XI/2026",
        );
        check("{urut:03}-{tahun}", Some(12_345), NOVEMBER, "12345-2026");
        check(
            "{urut}/{bulan}/{tahun}",
            Some(1),
            NEW_YEARS_EVE,
            "1/XII/2026",
        );
        let midnight = Timestamp(NEW_YEARS_EVE.0 + 1000);
        check("{urut}/{bulan}/{tahun}", Some(1), midnight, "1/I/2027");
    }

    #[test]
    fn formats_that_cannot_be_told_apart_or_read_are_refused() {
        let refused = [
            "{kode}/{tahun}",
            "{urut}",
            "{urut}/{urut}/{tahun}",
            "{urut}/{minggu}/{tahun}",
            "{urut:4}/{tahun}",
            "{urut:09}/{tahun}",
            "{urut/{tahun}",
            "",
        ];
        for format in refused {
            assert!(NumberFormat::read(format).is_err(), "{format}");
        }
    }
}
