//! One page on paper: title, the table's head, rows, lines, foot. What is repeated or only drawn is no part of the text that is read out.

use std::num::NonZeroU16;
use std::ops::Range;

use krilla::geom::{PathBuilder, Point};
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node, Tag, TagGroup, TagTree,
};
use krilla::text::KrillaGlyph;

use super::face::Face;
use super::plan::{Page, Slice};
use super::{CAPITAL, Faces, INSET, LEADING, MARGINS, Measures, Roll, SIZE, TITLE, clean};

/// Thickness of the table's lines.
const LINE: f32 = 0.4;
/// Sizes of the title's three lines, and where they stand below the upper margin.
const HEADINGS: [(f32, f32); 3] = [(9.0, 7.0), (12.0, 24.0), (9.0, 37.0)];
/// The foot's baseline below the table's lowest line.
const FOOT: f32 = 20.0;

/// Draws one page.
pub(super) struct Brush<'a> {
    surface: Surface<'a>,
    sheet: &'a Roll<'a>,
    faces: &'a Faces,
    measures: &'a Measures,
    tags: &'a mut TagTree,
    glyphs: Vec<KrillaGlyph>,
    lines: Vec<Range<usize>>,
}

/// Where a text stands on its line.
#[derive(Clone, Copy)]
enum At {
    Left(f32),
    Middle(f32),
    Right(f32),
}

impl<'a> Brush<'a> {
    pub fn new(
        mut surface: Surface<'a>,
        (sheet, faces, measures): (&'a Roll<'a>, &'a Faces, &'a Measures),
        tags: &'a mut TagTree,
    ) -> Self {
        surface.set_fill(Some(Fill::default()));
        Self {
            surface,
            sheet,
            faces,
            measures,
            tags,
            glyphs: Vec::new(),
            lines: Vec::new(),
        }
    }

    pub fn page(&mut self, page: &Page, (number, of): (usize, usize)) {
        let [_, above, _] = MARGINS;
        let mut top = above;
        if number == 1 {
            self.title(top);
            top += TITLE;
        }
        let mut rules = vec![top];
        self.head(top, number == 1);
        let mut y = top + self.measures.head;
        rules.push(y);
        for slice in &page.slices {
            self.row(*slice, y);
            y += super::height(slice.lines);
            rules.push(y);
        }
        self.artifact();
        self.rules(&rules);
        self.foot(number, of);
        self.surface.end_tagged();
        if let (true, Some(signed)) = (page.signed, &self.sheet.signed) {
            self.signature(signed, y);
        }
    }

    fn title(&mut self, top: f32) {
        let ledger = &self.sheet.ledger;
        let middle = self.measures.page[0] / 2.0;
        let office = self.sheet.office.to_uppercase();
        let texts = [office.as_str(), &ledger.title, &ledger.subtitle];
        let faces = self.faces;
        for ((text, (size, down)), place) in texts.into_iter().zip(HEADINGS).zip(0..) {
            let id = self.surface.start_tagged(ContentTag::Other);
            let face = if place == 1 {
                &faces.bold
            } else {
                &faces.plain
            };
            self.text((face, size), At::Middle(middle), top + down, text);
            self.surface.end_tagged();
            let group = match NonZeroU16::new(place) {
                Some(level) if place == 1 => TagGroup::new(Tag::Hn(level, Some(text.to_owned()))),
                _ => TagGroup::new(Tag::P),
            };
            self.told(group, id);
        }
    }

    fn told(&mut self, mut group: TagGroup, id: Identifier) {
        group.push(id);
        self.tags.push(group);
    }

    /// The headings; read out once, repeated on every page for the eye.
    fn head(&mut self, top: f32, first: bool) {
        let id = if first {
            Some(self.surface.start_tagged(ContentTag::Other))
        } else {
            self.artifact();
            None
        };
        let faces = self.faces;
        let (columns, widths) = (&self.sheet.ledger.columns, &self.measures.widths);
        let mut x = MARGINS[0];
        for (column, width) in columns.iter().zip(widths) {
            let inner = super::inner(*width);
            let mut lines = std::mem::take(&mut self.lines);
            faces.bold.wrap(&column.heading, inner, &mut lines);
            let own = u16::try_from(lines.len()).unwrap_or(u16::MAX);
            let spare = (self.measures.head - super::height(own)) / 2.0;
            let mut y = top + spare + INSET + CAPITAL;
            for line in &lines {
                let text = column.heading.get(line.clone()).unwrap_or_default();
                let at = At::Middle(x + width / 2.0);
                self.text((&faces.bold, SIZE), at, y, text.trim());
                y += LEADING;
            }
            self.lines = lines;
            x += width;
        }
        self.surface.end_tagged();
        if let Some(id) = id {
            self.told(TagGroup::new(Tag::P), id);
        }
    }

    /// A row, or so much of it as stands on this page.
    fn row(&mut self, slice: Slice, top: f32) {
        let Some(row) = self.sheet.ledger.rows.get(slice.row) else {
            return;
        };
        let id = self.surface.start_tagged(ContentTag::Other);
        let (faces, measures) = (self.faces, self.measures);
        let mut x = MARGINS[0];
        for (cell, width) in row.iter().zip(&measures.widths) {
            let text = clean(&faces.plain, cell);
            let mut lines = std::mem::take(&mut self.lines);
            let inner = super::inner(*width);
            faces.plain.wrap(&text, inner, &mut lines);
            let here = lines.iter().skip(slice.from.into());
            let mut y = top + INSET + CAPITAL;
            for line in here.take(slice.lines.into()) {
                let line = text.get(line.clone()).unwrap_or_default();
                self.text((&faces.plain, SIZE), At::Left(x + INSET), y, line);
                y += LEADING;
            }
            self.lines = lines;
            x += width;
        }
        self.surface.end_tagged();
        match self.tags.children.last_mut() {
            // The same row, begun on the page before.
            Some(Node::Group(group)) if slice.from > 0 => group.push(id),
            _ => self.told(TagGroup::new(Tag::P), id),
        }
    }

    /// The table's lines: one path a page.
    fn rules(&mut self, rules: &[f32]) {
        let (Some(top), Some(bottom)) = (rules.first(), rules.last()) else {
            return;
        };
        let (left, right) = (MARGINS[0], self.measures.page[0] - MARGINS[0]);
        let mut path = PathBuilder::new();
        for y in rules {
            path.move_to(left, *y);
            path.line_to(right, *y);
        }
        let mut x = left;
        for width in [0.0].iter().chain(&self.measures.widths) {
            x += width;
            path.move_to(x, *top);
            path.line_to(x, *bottom);
        }
        let stroke = Stroke {
            width: LINE,
            ..Stroke::default()
        };
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(stroke));
        if let Some(path) = path.finish() {
            self.surface.draw_path(&path);
        }
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(Fill::default()));
    }

    fn foot(&mut self, number: usize, of: usize) {
        let [width, height] = self.measures.page;
        let [side, _, below] = MARGINS;
        let y = height - below + FOOT;
        let plain = (&self.faces.plain, SIZE);
        let said = format!("TERBATAS · {}", self.sheet.ledger.foot.join(" "));
        self.text(plain, At::Left(side), y, &said);
        let page = format!("halaman {number} dari {of}");
        self.text(plain, At::Right(width - side), y, &page);
    }

    /// Place and date, the office, room for a hand, and dots for the name.
    fn signature(&mut self, [placed, office]: &[String; 2], top: f32) {
        let middle = self.measures.page[0] - MARGINS[0] - 99.0;
        let lines = [
            (placed.as_str(), 18.0),
            (office, 28.0),
            ("…………………………", 80.0),
        ];
        let id = self.surface.start_tagged(ContentTag::Other);
        for (text, down) in lines {
            let plain = (&self.faces.plain, SIZE);
            self.text(plain, At::Middle(middle), top + down, text);
        }
        self.surface.end_tagged();
        self.told(TagGroup::new(Tag::P), id);
    }

    fn artifact(&mut self) {
        let repeated = Artifact::with_kind(ArtifactType::PaginationOther);
        self.surface.start_tagged(ContentTag::Artifact(repeated));
    }

    fn text(&mut self, (face, size): (&Face, f32), at: At, y: f32, text: &str) {
        let text = text.trim_end();
        if text.is_empty() {
            return;
        }
        let wide = |part: f32| face.width(text) * size * part;
        let x = match at {
            At::Left(x) => x,
            At::Middle(x) => x - wide(0.5),
            At::Right(x) => x - wide(1.0),
        };
        let mut glyphs = std::mem::take(&mut self.glyphs);
        face.shape(text, &mut glyphs);
        let point = Point::from_xy(x, y);
        self.surface
            .draw_glyphs(point, &glyphs, face.font.clone(), text, size, false);
        self.glyphs = glyphs;
    }
}
