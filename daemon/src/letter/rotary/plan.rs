//! Which lines of which row stand on which page. Rows are measured once and forgotten; only the breaks are kept.

use std::ops::Range;

use super::face::Face;
use super::{Faces, Measures, Roll};

/// Lines of a row that stand together on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slice {
    pub row: usize,
    /// The first of its lines, counted from 0.
    pub from: u16,
    pub lines: u16,
}

/// One page's rows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub slices: Vec<Slice>,
    /// The signature stands below them.
    pub signed: bool,
}

/// Every page, first to last; there is always one.
pub(super) fn plan(sheet: &Roll<'_>, faces: &Faces, measures: &Measures) -> Vec<Page> {
    let mut pages = Pages {
        done: Vec::new(),
        page: Page::default(),
        left: measures.first,
        measures,
    };
    let mut lines = Vec::new();
    for (number, row) in sheet.ledger.rows.iter().enumerate() {
        let count = lines_of(row, (&faces.plain, measures), &mut lines);
        pages.place(number, count);
    }
    if sheet.signed.is_some() {
        pages.sign();
    }
    pages.done.push(pages.page);
    pages.done
}

/// How many lines a row has: as many as its longest cell.
fn lines_of(
    row: &[String],
    (face, measures): (&Face, &Measures),
    lines: &mut Vec<Range<usize>>,
) -> u16 {
    let mut most = 1;
    for (cell, width) in row.iter().zip(&measures.widths) {
        face.wrap(&super::clean(face, cell), super::inner(*width), lines);
        most = most.max(lines.len());
    }
    u16::try_from(most).unwrap_or(u16::MAX)
}

struct Pages<'a> {
    done: Vec<Page>,
    page: Page,
    /// Points.
    left: f32,
    measures: &'a Measures,
}

impl Pages<'_> {
    fn turn(&mut self) {
        self.done.push(std::mem::take(&mut self.page));
        self.left = self.measures.next;
    }

    /// On this page, else whole on the next; what is longer than a page goes on over as many as it needs.
    fn place(&mut self, row: usize, lines: u16) {
        let whole = super::height(lines);
        if whole > self.left && whole <= self.measures.next && !self.page.slices.is_empty() {
            self.turn();
        }
        let mut from = 0;
        while from < lines {
            let fit = super::fit(self.left).min(lines - from);
            if fit == 0 && !self.page.slices.is_empty() {
                self.turn();
                continue;
            }
            // Whatever the headings leave of a page, it takes a line.
            let fit = fit.max(1);
            let slice = Slice {
                row,
                from,
                lines: fit,
            };
            self.page.slices.push(slice);
            self.left -= super::height(fit);
            from += fit;
        }
    }

    fn sign(&mut self) {
        if self.left < super::SIGNATURE {
            self.turn();
        }
        self.page.signed = true;
    }
}
