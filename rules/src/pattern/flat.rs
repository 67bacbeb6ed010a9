//! Patterns over bytes instead of characters, for which a compiled pattern is a tenth as large and has one way to run.
//!
//! A text is flattened first: what is not ASCII becomes one byte that tells its kind, a letter, a space or another. A pattern
//! that treats all letters beyond ASCII alike (`\w`, `\b`, `\S`, `[^x]` and plain words do) finds the same in a flat text as
//! in the text itself; one that does not (`é`, `\p{Greek}`) stays what it is.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look,
    Repetition,
};

/// Stands for any letter that is not ASCII: a letter of words, as they are.
const LETTER: u8 = b'_';
/// Stands for any such space.
const SPACE: u8 = 0x0B;
/// Stands for everything else.
const OTHER: u8 = 0xFF;

/// Characters beyond ASCII whose lower case is ASCII: the long s, and the sign of Kelvin.
const LOWERED: [(char, u8); 2] = [('\u{17f}', b's'), ('\u{212a}', b'k')];

/// A text, one byte a character.
pub struct Flat<'t> {
    pub bytes: Cow<'t, [u8]>,
    /// Where each character begins in the text; empty where all are ASCII.
    starts: Vec<usize>,
    length: usize,
}

impl<'t> Flat<'t> {
    /// `None` where a text holds digits of other scripts, which are letters and digits at once.
    pub fn of(text: &'t str) -> Option<Self> {
        let length = text.len();
        if text.is_ascii() {
            return Some(Self {
                bytes: Cow::Borrowed(text.as_bytes()),
                starts: Vec::new(),
                length,
            });
        }
        let bytes: Option<Vec<u8>> = text.chars().map(kind).collect();
        Some(Self {
            bytes: Cow::Owned(bytes?),
            starts: text.char_indices().map(|(at, _)| at).collect(),
            length,
        })
    }

    /// The place in the text of a place in the bytes.
    pub fn place(&self, at: usize) -> usize {
        if self.starts.is_empty() {
            return at;
        }
        self.starts.get(at).copied().unwrap_or(self.length)
    }
}

fn kind(one: char) -> Option<u8> {
    if let Ok(byte) = u8::try_from(one)
        && byte.is_ascii()
    {
        return Some(byte);
    }
    if let Some((_, lower)) = LOWERED.iter().find(|(other, _)| *other == one) {
        return Some(*lower);
    }
    if one.is_numeric() {
        return None;
    }
    Some(if regex_syntax::is_word_character(one) {
        LETTER
    } else if one.is_whitespace() {
        SPACE
    } else {
        OTHER
    })
}

/// Every character beyond ASCII, by the byte that stands for it.
static KINDS: LazyLock<[(u8, ClassUnicode); 3]> = LazyLock::new(|| {
    let mut set_apart = perl(r"\d");
    let lowered = LOWERED.map(|(one, _)| ClassUnicodeRange::new(one, one));
    set_apart.union(&ClassUnicode::new(lowered));
    set_apart.union(&ascii());
    let without = |mut class: ClassUnicode, others: &[&ClassUnicode]| {
        for other in others {
            class.difference(other);
        }
        class
    };
    let letters = without(perl(r"\w"), &[&set_apart]);
    let spaces = without(perl(r"\s"), &[&set_apart]);
    let all = ClassUnicode::new([ClassUnicodeRange::new('\0', char::MAX)]);
    let others = without(all, &[&set_apart, &letters, &spaces]);
    [(LETTER, letters), (SPACE, spaces), (OTHER, others)]
});

fn ascii() -> ClassUnicode {
    ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')])
}

fn perl(name: &str) -> ClassUnicode {
    match regex_syntax::parse(name).map(Hir::into_kind) {
        Ok(HirKind::Class(Class::Unicode(class))) => class,
        _ => unreachable!("a class that every regular expression knows"),
    }
}

/// The pattern over flat texts; `None` where it looks closer at a character than its kind.
pub fn compile(hir: &Hir, size: usize) -> Option<Regex> {
    let written = flattened(hir)?.to_string();
    let mut builder = RegexBuilder::new(&written);
    builder
        .unicode(false)
        .size_limit(size)
        .dfa_size_limit(CACHE);
    builder.build().ok()
}

/// Bytes of the states that one pattern keeps from search to search, at most.
const CACHE: usize = 128 << 10;

fn flattened(hir: &Hir) -> Option<Hir> {
    let all = |several: &[Hir]| several.iter().map(flattened).collect::<Option<Vec<_>>>();
    Some(match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => {
            let plain = |byte: &u8| byte.is_ascii() && !matches!(*byte, LETTER | SPACE);
            if !literal.0.iter().all(plain) {
                return None;
            }
            Hir::literal(literal.0.clone())
        }
        HirKind::Class(Class::Unicode(class)) => Hir::class(Class::Bytes(bytes_of(class)?)),
        HirKind::Class(Class::Bytes(_)) => return None,
        HirKind::Look(look) => Hir::look(flat_look(*look)),
        HirKind::Repetition(one) => Hir::repetition(Repetition {
            min: one.min,
            max: one.max,
            greedy: one.greedy,
            sub: Box::new(flattened(&one.sub)?),
        }),
        // What a group holds is never asked for.
        HirKind::Capture(one) => flattened(&one.sub)?,
        HirKind::Concat(several) => Hir::concat(all(several)?),
        HirKind::Alternation(several) => Hir::alternation(all(several)?),
    })
}

/// The bytes that stand for a class's characters; `None` where a byte would stand for some that are in it and some that are not.
fn bytes_of(class: &ClassUnicode) -> Option<ClassBytes> {
    let holds = |one: char| {
        let mut ranges = class.ranges().iter();
        ranges.any(|range| (range.start()..=range.end()).contains(&one))
    };
    let lowered = LOWERED
        .iter()
        .all(|(one, lower)| holds(*one) == holds(char::from(*lower)));
    let mut bytes: Vec<u8> = (0..0x80).filter(|byte| holds(char::from(*byte))).collect();
    for (byte, kind) in KINDS.iter() {
        let mut common = class.clone();
        common.intersect(kind);
        let whole = common == *kind;
        let told_alike = *byte == OTHER || whole == bytes.contains(byte);
        if !(whole || common.ranges().is_empty()) || !told_alike {
            return None;
        }
        if whole && *byte == OTHER {
            bytes.push(OTHER);
        }
    }
    let ranges = bytes.iter().map(|byte| ClassBytesRange::new(*byte, *byte));
    lowered.then(|| ClassBytes::new(ranges))
}

/// Of bytes, the same letters are letters.
fn flat_look(look: Look) -> Look {
    match look {
        Look::WordUnicode => Look::WordAscii,
        Look::WordUnicodeNegate => Look::WordAsciiNegate,
        Look::WordStartUnicode => Look::WordStartAscii,
        Look::WordEndUnicode => Look::WordEndAscii,
        Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
        Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::{Flat, compile};

    fn parsed(written: &str) -> regex_syntax::hir::Hir {
        let mut parser = regex_syntax::ParserBuilder::new()
            .case_insensitive(true)
            .multi_line(true)
            .build();
        parser.parse(written).unwrap()
    }

    const PATTERNS: &[&str] = &[
        r"\bslot\b",
        r"slot\w{0,3}\s+gacor\b",
        r"slot[-. ]?gacor",
        r"slots?\s+\w+\s+gacor",
        r"slot\s*[:=]\s*\d+",
        r"slot\W+(?:\w+\W+){0,3}gacor",
        r"https?://\S{0,80}slot",
        r"^(?:slot|gacor).+?x$",
        r"[^a-f\s]slot[a-z]*",
        r"\Bsk\S",
        r"(?-i:Slot)..",
    ];

    #[test]
    fn flat_patterns_find_the_same_places() {
        let pieces = [
            "slot",
            "Gacor",
            "é",
            "–",
            "\u{3000}",
            " ",
            "“",
            "ſlot",
            "s\u{212a}",
            "_",
            "\u{b}",
            "x",
            "7",
            ":",
            "\n",
            "http://",
            "ж",
            "🙂",
            ".",
        ];
        let mut seed = 7_usize;
        for _ in 0..3_000 {
            let mut text = String::new();
            for _ in 0..9 {
                seed = seed
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                text.push_str(pieces[(seed >> 33) % pieces.len()]);
            }
            let flat = Flat::of(&text).unwrap();
            for written in PATTERNS {
                let whole = regex::RegexBuilder::new(written)
                    .case_insensitive(true)
                    .multi_line(true)
                    .build()
                    .unwrap();
                let wanted: Vec<_> = whole.find_iter(&text).map(|one| one.range()).collect();
                let regex = compile(&parsed(written), 1 << 20).unwrap();
                let found = regex.find_iter(&flat.bytes);
                let found: Vec<_> = found
                    .map(|one| flat.place(one.start())..flat.place(one.end()))
                    .collect();
                assert_eq!(found, wanted, "{written} in {text:?}");
            }
        }
    }

    #[test]
    fn what_looks_closer_stays_as_it_is() {
        for written in [
            "slót",
            r"\p{Greek}+",
            "[é-ü]x",
            "a_b",
            r"[\w&&[^_]]",
            r"[a-z_]",
        ] {
            assert!(compile(&parsed(written), 1 << 20).is_none(), "{written}");
        }
        assert!(Flat::of("nomor ٣").is_none());
    }
}
