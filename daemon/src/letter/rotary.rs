//! The rotary press: a table of any length as PDF, page by page. It looks as `buku.typ` does.
//!
//! typst lays a table out as a whole, in memory and time that grow with its cells; here a page is measured, written and forgotten, so
//! that a year's agenda prints while somebody waits. The file is tagged (a heading, and one paragraph a row in reading order), but it
//! does not claim PDF/UA as the typst pages do: that would ask for an element a cell, some hundreds of megabytes of them. The same
//! table gives the same bytes.

mod draw;
mod face;
mod plan;

use std::borrow::Cow;

use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::tagging::TagTree;
use krilla::{Document, SerializeSettings};
use sha2::{Digest, Sha256};

use super::press::{FONTS, PressError, TYPE, shown};
use crate::config::Paper;
use crate::register::{Ledger, hex};
use draw::Brush;
use face::Face;

/// Points (1/72 inch) in a millimetre.
const MM: f32 = 72.0 / 25.4;
/// Size of the table's letters.
const SIZE: f32 = 7.5;
/// From one line of a cell to the next.
const LEADING: f32 = SIZE * 1.137;
/// Height of a capital letter of Liberation Sans.
const CAPITAL: f32 = SIZE * 0.688;
/// Between a cell's border and its text.
const INSET: f32 = 3.0;
/// Height of the title above the first page's table.
const TITLE: f32 = 46.0;
/// Height of the block that is signed by hand.
const SIGNATURE: f32 = 92.0;
/// Left and right, above, below.
const MARGINS: [f32; 3] = [12.0 * MM, 13.0 * MM, 15.0 * MM];

/// What is printed.
pub struct Roll<'a> {
    pub paper: Paper,
    /// Above the title.
    pub office: &'a str,
    pub ledger: &'a Ledger,
    /// Place and date, and the office that signs.
    pub signed: Option<[String; 2]>,
}

/// The two fonts of a book.
struct Faces {
    plain: Face,
    bold: Face,
}

/// Points, all of them.
struct Measures {
    page: [f32; 2],
    /// Of every column.
    widths: Vec<f32>,
    /// What the table's head takes, on every page.
    head: f32,
    /// Room for rows on the first page, and on each of the others.
    first: f32,
    next: f32,
}

impl Measures {
    fn of(sheet: &Roll<'_>, faces: &Faces) -> Self {
        let [high, width] = match sheet.paper {
            Paper::A4 => [210.0 * MM, 297.0 * MM],
            Paper::F4 => [215.0 * MM, 330.0 * MM],
        };
        let [side, above, below] = MARGINS;
        let columns = &sheet.ledger.columns;
        let shares: f32 = columns.iter().map(|column| f32::from(column.width)).sum();
        let share = (width - 2.0 * side) / shares.max(1.0);
        let widths = columns.iter().map(|column| f32::from(column.width) * share);
        let mut measures = Self {
            page: [width, high],
            widths: widths.collect(),
            head: 0.0,
            first: 0.0,
            next: 0.0,
        };
        measures.head = height(measures.lines_of_head(sheet, faces));
        measures.next = high - above - below - measures.head;
        measures.first = measures.next - TITLE;
        measures
    }

    fn lines_of_head(&self, sheet: &Roll<'_>, faces: &Faces) -> u16 {
        let mut lines = Vec::new();
        let columns = sheet.ledger.columns.iter().zip(&self.widths);
        let counts = columns.map(|(column, width)| {
            let face = &faces.bold;
            face.wrap(&column.heading, inner(*width), &mut lines);
            u16::try_from(lines.len()).unwrap_or(u16::MAX)
        });
        counts.max().unwrap_or(1)
    }
}

/// A row of so many lines, in points.
fn height(lines: u16) -> f32 {
    2.0 * INSET + CAPITAL + f32::from(lines.saturating_sub(1)) * LEADING
}

/// How many lines of a row fit into this room.
fn fit(room: f32) -> u16 {
    let mut lines = 0;
    while lines < u16::MAX && height(lines + 1) <= room {
        lines += 1;
    }
    lines
}

/// The width of a column's text, in units of its size.
fn inner(width: f32) -> f32 {
    (width - 2.0 * INSET) / SIZE
}

/// The sheet as a PDF.
pub fn roll(sheet: &Roll<'_>) -> Result<Vec<u8>, PressError> {
    let faces = faces().ok_or_else(|| broken("huruf bawaan tidak terbaca"))?;
    let measures = Measures::of(sheet, &faces);
    let pages = plan::plan(sheet, &faces, &measures);
    let mut document = Document::new_with(SerializeSettings::default());
    document.set_metadata(metadata(sheet));
    let [width, high] = measures.page;
    let mut tags = TagTree::new().with_lang(Some("id".to_owned()));
    for (number, page) in (1..).zip(&pages) {
        let size = PageSettings::from_wh(width, high).ok_or_else(|| broken("ukuran kertas"))?;
        let mut paper = document.start_page_with(size);
        let mut brush = Brush::new(paper.surface(), (sheet, &faces, &measures), &mut tags);
        brush.page(page, (number, pages.len()));
    }
    document.set_tag_tree(tags);
    document.finish().map_err(|why| broken(&why.to_string()))
}

fn broken(why: &str) -> PressError {
    PressError::Template {
        template: "buku".to_owned(),
        why: why.to_owned(),
    }
}

fn faces() -> Option<Faces> {
    let [plain, bold, _] = FONTS;
    let mut read = TYPE.fonts.iter();
    Some(Faces {
        plain: Face::new(plain, read.next()?)?,
        bold: Face::new(bold, read.next()?)?,
    })
}

/// The identifier is the table's hash: the same table is the same file.
fn metadata(sheet: &Roll<'_>) -> Metadata {
    let ledger = sheet.ledger;
    let mut hasher = Sha256::new();
    let texts = ledger.rows.iter().flatten().chain(&ledger.foot);
    for text in texts.chain([&ledger.title, &ledger.subtitle]) {
        hasher.update((text.len() as u64).to_be_bytes());
        hasher.update(text.as_bytes());
    }
    Metadata::new()
        .title(ledger.title.clone())
        .authors(vec![sheet.office.to_owned()])
        .creator("tanggap".to_owned())
        .language("id".to_owned())
        .document_id(format!("buku {}", hex(&hasher.finalize())))
}

/// A cell's text without what our fonts cannot show.
fn clean<'t>(face: &Face, text: &'t str) -> Cow<'t, str> {
    if text.chars().all(|sign| sign == '\n' || face.knows(sign)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(shown).collect())
}

#[cfg(test)]
mod tests;
