//! A font as the rotary press needs it: how wide a sign is, and where a line of a cell ends.

use std::ops::Range;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use typst::layout::Abs;
use typst::text::{Font as Source, FontVariant, FontVariations};

use super::super::press::{UNKNOWN, shown};

/// Signs below this are looked up beforehand, once: scripts, punctuation, arrows, and the mark for what is unknown.
const COMMON: u32 = 0x2600;

/// One font, measured in its own size.
pub(super) struct Face {
    pub font: Font,
    /// By code point.
    glyphs: Vec<Option<Sign>>,
}

#[derive(Clone, Copy)]
struct Sign {
    glyph: u32,
    /// In units of the font's size.
    advance: f32,
}

impl Face {
    /// `None` where the bytes are no font.
    pub fn new(bytes: &'static [u8], source: &Source) -> Option<Self> {
        let upright = FontVariant::default();
        let cut = source
            .clone()
            .instantiate(upright, Abs::pt(10.0), &FontVariations::default());
        let ttf = cut.ttf();
        let per_em = f32::from(ttf.units_per_em());
        let sign = |code: u32| {
            // What is not shown as it is goes through `clean`, also where the font has a glyph for it.
            let sign = char::from_u32(code).filter(|sign| shown(*sign) == Some(*sign))?;
            let glyph = ttf.glyph_index(sign)?;
            let advance = f32::from(ttf.glyph_hor_advance(glyph)?) / per_em;
            let glyph = u32::from(glyph.0);
            Some(Sign { glyph, advance })
        };
        Some(Self {
            font: Font::new(bytes.into(), 0)?,
            glyphs: (0..COMMON).map(sign).collect(),
        })
    }

    fn found(&self, sign: char) -> Option<Sign> {
        let place = usize::try_from(u32::from(sign)).ok()?;
        self.glyphs.get(place).copied().flatten()
    }

    fn sign(&self, sign: char) -> Sign {
        let found = self.found(sign).or_else(|| self.found(UNKNOWN));
        found.unwrap_or(Sign {
            glyph: 0,
            advance: 0.5,
        })
    }

    /// Whether this font shows the sign.
    pub fn knows(&self, sign: char) -> bool {
        self.found(sign).is_some()
    }

    /// How wide a text is in units of the font's size.
    pub fn width(&self, text: &str) -> f32 {
        text.chars().map(|sign| self.sign(sign).advance).sum()
    }

    /// The glyphs of a text, in the buffer that is given.
    pub fn shape(&self, text: &str, glyphs: &mut Vec<KrillaGlyph>) {
        glyphs.clear();
        glyphs.extend(text.char_indices().map(|(at, sign)| {
            let Sign { glyph, advance } = self.sign(sign);
            let range = at..at + sign.len_utf8();
            KrillaGlyph::new(GlyphId::new(glyph), advance, 0.0, 0.0, 0.0, range, None)
        }));
    }

    /// Where the lines of a text stand that are no wider than `width`. A line ends at a blank; a word that is wider than a line ends
    /// after one of the signs that addresses are made of, or anywhere.
    pub fn wrap(&self, text: &str, width: f32, lines: &mut Vec<Range<usize>>) {
        lines.clear();
        let mut line = Line::default();
        for (at, sign) in text.char_indices() {
            if sign == '\n' {
                lines.push(line.start..at);
                line = Line::after(at + 1);
                continue;
            }
            let advance = self.sign(sign).advance;
            if line.wide + advance > width && at > line.start && sign != ' ' {
                let end = self.end(text, (&line, at), width);
                lines.push(line.start..end);
                let rest = text.get(end..at).unwrap_or_default();
                line = Line::after(end);
                line.wide = self.width(rest);
            }
            line.wide += advance;
            line.note(sign, at + sign.len_utf8());
        }
        lines.push(line.start..text.len());
    }

    /// Where a line ends that the sign at `at` does not fit on any more.
    fn end(&self, text: &str, (line, at): (&Line, usize), width: f32) -> usize {
        if line.blank > line.start {
            let word = text.get(line.blank..).unwrap_or_default();
            let word = word.split([' ', '\n']).next().unwrap_or_default();
            if line.soft <= line.blank || self.width(word) <= width {
                return line.blank;
            }
        }
        if line.soft > line.start {
            line.soft
        } else {
            at
        }
    }
}

/// A line that is being filled, in bytes of the text.
#[derive(Default)]
struct Line {
    start: usize,
    /// In units of the font's size.
    wide: f32,
    /// After the last blank.
    blank: usize,
    /// After the last sign at which a long word may be parted.
    soft: usize,
}

impl Line {
    fn after(start: usize) -> Self {
        Self {
            start,
            ..Self::default()
        }
    }

    fn note(&mut self, sign: char, after: usize) {
        match sign {
            ' ' => self.blank = after,
            '/' | '-' | '_' | '.' | ',' | '@' | ':' | ';' | '=' | '&' => self.soft = after,
            _ => {}
        }
    }
}
