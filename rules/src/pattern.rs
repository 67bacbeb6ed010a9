//! Named patterns (regular expressions) of a book. A pattern is tried only on a text that holds a literal it cannot do
//! without; the literals of all patterns are looked for in one pass.

mod flat;

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use regex::{Regex, RegexBuilder, bytes};
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::language::words::Words;
use crate::lexicon::{Hit, List};
use crate::{tongue, words};
use flat::Flat;

/// Characters of a pattern, at most.
const LONGEST: usize = 1_000;
/// Bytes of one compiled pattern, at most (`faults.md` 4.4).
const SIZE: usize = 1 << 20;
/// The most that a counted repetition may ask for.
const REPEATS: u32 = 1_000;
/// Brackets within brackets.
const NESTED: u32 = 50;
/// A literal shorter than this stands in nearly every text.
const SHORTEST: usize = 3;
/// Alternatives of a required literal: beyond these the whole is no sieve.
const ALTERNATIVES: usize = 64;
/// Letters of all literals up to which the sieve has a table of every state.
const LETTERS: usize = 20_000;
/// Finds of one pattern in one text, at most.
const FINDS: usize = 50;

/// Compiled once a text first holds what it needs: of a thousand patterns most wait for long.
#[derive(Debug)]
struct Pattern {
    list: List,
    written: String,
    /// Over flat texts; `None` where it looks closer than those tell.
    flat: OnceLock<Option<bytes::Regex>>,
    whole: OnceLock<Option<Regex>>,
}

impl Pattern {
    fn new(list: List, written: &str) -> Self {
        Self {
            list,
            written: written.to_owned(),
            flat: OnceLock::new(),
            whole: OnceLock::new(),
        }
    }

    /// The places where it fits, in bytes of the text.
    fn places(&self, text: &str, flat: Option<&Flat<'_>>) -> Vec<Range<usize>> {
        let regex = self.flat.get_or_init(|| flattened(&self.written));
        if let (Some(flat), Some(regex)) = (flat, regex) {
            let finds = regex.find_iter(&flat.bytes).take(FINDS);
            let places = finds.map(|find| flat.place(find.start())..flat.place(find.end()));
            return places.collect();
        }
        let whole = self.whole.get_or_init(|| compiled(&self.written).ok());
        let finds = whole.iter().flat_map(|regex| regex.find_iter(text));
        finds.take(FINDS).map(|find| find.range()).collect()
    }
}

fn compiled(written: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(written)
        .case_insensitive(true)
        .multi_line(true)
        .size_limit(SIZE)
        .dfa_size_limit(SIZE)
        .nest_limit(NESTED)
        .build()
}

fn flattened(written: &str) -> Option<bytes::Regex> {
    let mut parser = regex_syntax::ParserBuilder::new()
        .case_insensitive(true)
        .multi_line(true)
        .nest_limit(NESTED)
        .build();
    flat::compile(&parser.parse(written).ok()?, SIZE)
}

/// The patterns of a book, and the sieve before them.
#[derive(Debug, Default)]
pub struct Patterns {
    all: Vec<Pattern>,
    /// Literals, and the pattern each belongs to.
    literals: Vec<(String, usize)>,
    /// Patterns without a required literal: tried on every text.
    always: Vec<usize>,
    sieve: Option<AhoCorasick>,
}

impl Patterns {
    /// Adds a pattern to a list; the reason why it cannot be used otherwise.
    pub fn add(&mut self, list: List, written: &str) -> Result<(), tongue::Words> {
        if written.chars().count() > LONGEST {
            return Err(words!(
                "pola lebih panjang dari {LONGEST} huruf",
                "the pattern is longer than {LONGEST} letters"
            ));
        }
        compiled(written).map_err(|error| refused(&error))?;
        // A case-sensitive reading keeps letters as letters; the sieve looks in either case.
        let mut parser = regex_syntax::ParserBuilder::new()
            .multi_line(true)
            .nest_limit(NESTED)
            .build();
        let hir = parser
            .parse(written)
            .map_err(|error| first_line(&error.to_string()))?;
        if repeats(&hir) > REPEATS {
            return Err(words!(
                "pengulangan dalam pola paling banyak {REPEATS}",
                "a pattern may repeat at most {REPEATS} times"
            ));
        }
        if hir.properties().minimum_len() == Some(0) {
            return Err(words!(
                "pola ini juga cocok dengan teks kosong",
                "this pattern also matches an empty text"
            ));
        }
        let at = self.all.len();
        match literals(&hir) {
            Some(found) => self.literals.extend(found.into_iter().map(|one| (one, at))),
            None => self.always.push(at),
        }
        self.all.push(Pattern::new(list, written));
        Ok(())
    }

    /// Takes every pattern off a list: who replaces a list brings its own.
    pub fn clear(&mut self, list: List) {
        let kept = self.all.drain(..).filter(|one| one.list != list);
        let kept: Vec<Pattern> = kept.collect();
        *self = Self::default();
        for pattern in kept {
            // What was accepted once is accepted again.
            let _ = self.add(pattern.list, &pattern.written);
        }
    }

    /// Builds the sieve; before this nothing is found.
    pub fn close(&mut self) {
        let words = self.literals.iter().map(|(literal, _)| literal.as_str());
        let letters: usize = words.clone().map(str::len).sum();
        // One look-up a byte, as long as the tables stay within a few megabytes.
        let kind = (letters < LETTERS).then_some(AhoCorasickKind::DFA);
        self.sieve = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .kind(kind)
            .build(words)
            .ok();
    }

    pub fn lists(&self) -> impl Iterator<Item = List> {
        self.all.iter().map(|pattern| pattern.list)
    }

    /// Patterns that are tried on every text, as written.
    pub fn slow(&self) -> impl Iterator<Item = (List, &str)> {
        let slow = self.always.iter().filter_map(|at| self.all.get(*at));
        slow.map(|pattern| (pattern.list, pattern.written.as_str()))
    }

    /// Every find in a text, told by the words it lies on, in their order.
    pub fn hits(&self, text: &str, words: &Words) -> Vec<Hit> {
        let mut hits = Vec::new();
        if self.all.is_empty() {
            return hits;
        }
        // Words beyond the last one read are not looked at by any rule.
        let end = words.words.last().map_or(0, |word| word.end);
        let text = text.get(..end).unwrap_or_default();
        let candidates = self.candidates(text);
        let flat = (!candidates.is_empty()).then(|| Flat::of(text)).flatten();
        for pattern in candidates {
            let places = pattern.places(text, flat.as_ref()).into_iter();
            hits.extend(places.filter_map(|place| lying_on(place, words, pattern.list)));
        }
        hits.sort_by_key(|hit| (hit.first, hit.last));
        hits
    }

    fn candidates(&self, text: &str) -> Vec<&Pattern> {
        let mut wanted = self.always.clone();
        if let Some(sieve) = &self.sieve {
            let found = sieve.find_overlapping_iter(text);
            let literals = found.filter_map(|one| self.literals.get(one.pattern().as_usize()));
            wanted.extend(literals.map(|(_, at)| *at));
        }
        wanted.sort_unstable();
        wanted.dedup();
        wanted
            .into_iter()
            .filter_map(|at| self.all.get(at))
            .collect()
    }
}

/// The words that a find lies on; `None` where it lies between words.
fn lying_on(range: Range<usize>, words: &Words, list: List) -> Option<Hit> {
    let first = words.words.partition_point(|word| word.end <= range.start);
    let beyond = words.words.partition_point(|word| word.start < range.end);
    (first < beyond).then(|| Hit {
        list,
        first,
        last: beyond - 1,
        named: u64::MAX,
    })
}

fn refused(error: &regex::Error) -> tongue::Words {
    match error {
        regex::Error::CompiledTooBig(_) => {
            words!(
                "pola ini terlalu besar: kurangi pengulangan atau pilihannya",
                "this pattern is too large: take repetitions or alternatives out"
            )
        }
        other => first_line(&other.to_string()),
    }
}

/// The parser draws the pattern over several lines; what is wrong stands in the last.
fn first_line(message: &str) -> tongue::Words {
    let last = message.lines().last().unwrap_or_default();
    let what = last.trim().trim_start_matches("error: ");
    words!(
        "pola tidak dapat dibaca ({what})",
        "the pattern cannot be read ({what})"
    )
}

fn repeats(hir: &Hir) -> u32 {
    match hir.kind() {
        HirKind::Repetition(one) => one
            .max
            .unwrap_or(one.min)
            .max(one.min)
            .max(repeats(&one.sub)),
        HirKind::Capture(one) => repeats(&one.sub),
        HirKind::Concat(all) | HirKind::Alternation(all) => {
            all.iter().map(repeats).max().unwrap_or(0)
        }
        _ => 0,
    }
}

/// Literals of which one stands in every text that a pattern fits; `None` where there are none of use.
fn literals(hir: &Hir) -> Option<Vec<String>> {
    required(hir).or_else(|| beginnings(hir))
}

/// What the whole must begin with, as `regex_syntax` finds it: it sees through small classes (`[ab]cd`).
fn beginnings(hir: &Hir) -> Option<Vec<String>> {
    let found = Extractor::new().extract(hir);
    let each = found.literals()?.iter().map(|one| {
        let text = std::str::from_utf8(one.as_bytes()).ok()?;
        Some(text.to_ascii_lowercase()).filter(|text| text.is_ascii())
    });
    useful(each.collect::<Option<Vec<_>>>()?)
}

fn required(hir: &Hir) -> Option<Vec<String>> {
    match hir.kind() {
        HirKind::Capture(one) => required(&one.sub),
        HirKind::Repetition(one) if one.min > 0 => required(&one.sub),
        HirKind::Alternation(all) => {
            let each: Option<Vec<_>> = all.iter().map(required).collect();
            useful(each?.concat())
        }
        HirKind::Literal(_) | HirKind::Class(_) => useful(vec![letters(hir)?]),
        HirKind::Concat(all) => longest(all),
        _ => None,
    }
}

fn useful(literals: Vec<String>) -> Option<Vec<String>> {
    let long = literals.iter().all(|one| one.len() >= SHORTEST);
    (long && !literals.is_empty() && literals.len() <= ALTERNATIVES).then_some(literals)
}

/// Of a sequence: its longest run of plain letters, or the alternatives of one of its parts, whichever is longer.
fn longest(parts: &[Hir]) -> Option<Vec<String>> {
    let mut best: Option<Vec<String>> = None;
    let least = |one: &Vec<String>| one.iter().map(String::len).min().unwrap_or(0);
    let mut offer = |one: Option<Vec<String>>| {
        let better = one.as_ref().map(least) > best.as_ref().map(least);
        if better {
            best = one;
        }
    };
    let mut run = String::new();
    for part in parts {
        match (part.kind(), letters(part)) {
            (HirKind::Look(_), _) => {}
            (_, Some(more)) => run.push_str(&more),
            _ => {
                offer(useful(vec![std::mem::take(&mut run)]));
                offer(required(part));
            }
        }
    }
    offer(useful(vec![run]));
    best
}

/// Plain ASCII letters that a part stands for, in lower case; a class of one letter's two cases is that letter.
fn letters(hir: &Hir) -> Option<String> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            text.is_ascii().then(|| text.to_ascii_lowercase())
        }
        HirKind::Capture(one) => letters(&one.sub),
        HirKind::Class(class) => one_letter(class).map(String::from),
        _ => None,
    }
}

fn one_letter(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else {
        return None;
    };
    let mut letters = class
        .ranges()
        .iter()
        .map(|range| (range.start(), range.end()));
    let (first, end) = letters.next()?;
    let lower = first.to_ascii_lowercase();
    let same = |(from, to): (char, char)| from == to && from.to_ascii_lowercase() == lower;
    (first.is_ascii() && same((first, end)) && letters.all(same)).then_some(lower)
}

#[cfg(test)]
mod tests;
