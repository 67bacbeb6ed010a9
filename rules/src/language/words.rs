//! A text as words in sentences and clauses, each word in the form the book is written in.

use std::ops::Range;

use compact_str::CompactString;

use super::ends::{abbreviated, breaks, plain_word};
pub use super::sorts::{Fold, Sort, hash};
use super::sorts::{amount, hyphened, special, unleet};
use super::spelling;
use super::table::narrow;
use crate::lines::with_ends;

/// One word where it stands.
#[derive(Debug, Clone)]
pub struct Word {
    /// Of the normalised form.
    pub hash: u64,
    /// The same with digits read as the letters they stand for (`sl0t`); 0 where there are none.
    pub folded: u64,
    pub sort: Sort,
    /// In bytes of the text.
    pub start: usize,
    pub end: usize,
    pub sentence: u32,
    pub clause: u32,
    /// The first word of the text that is the same as this one in all but its place; often it is that itself.
    pub first: u32,
    /// The first bytes of the normalised form, for the patterns that end in a star.
    pub form: CompactString,
}

/// One sentence: the words from `first` up to `end`.
#[derive(Debug, Clone, Copy)]
pub struct Sentence {
    pub first: usize,
    pub end: usize,
    pub asks: bool,
}

#[derive(Debug, Default)]
pub struct Words {
    pub words: Vec<Word>,
    pub sentences: Vec<Sentence>,
}

/// Bytes of a word with its blank, about.
const LETTERS: usize = 6;
/// Words judged of one text: more are not looked at.
const MOST: usize = 8_000;

pub fn split(text: &str) -> Words {
    let mut reader = Reader::default();
    reader.out.words.reserve((text.len() / LETTERS).min(MOST));
    let mut offset = 0;
    let mut lines = with_ends(text).peekable();
    while let Some(line) = lines.next() {
        reader.line(line, offset);
        offset += line.len();
        let next = lines.peek().copied().unwrap_or_default();
        if breaks(line, next) {
            reader.end_sentence(false);
        }
        if reader.out.words.len() > MOST {
            break;
        }
    }
    reader.end_sentence(false);
    reader.out.find_same();
    reader.out
}

/// A word in lower case as the book spells it, and whether it opens a clause. Where it stands in clauses is told later.
#[inline]
fn spelled(lower: CompactString, sort: Sort, place: Range<usize>) -> (Word, bool) {
    let hash = hash(&lower);
    let known = spelling::known(&lower, hash);
    let word = Word {
        hash: known.map_or(hash, |known| known.hash),
        folded: 0,
        sort,
        start: place.start,
        end: place.end,
        sentence: 0,
        clause: 0,
        first: 0,
        form: known.map_or(lower, |known| known.book.into()),
    };
    (word, known.is_some_and(|known| known.breaks))
}

#[derive(Default)]
struct Reader {
    out: Words,
    first: usize,
    clause: u32,
    lower: String,
}

/// Adds a text in lower case.
pub fn push_lower(into: &mut String, text: &str) {
    if text.is_ascii() {
        let from = into.len();
        into.push_str(text);
        if let Some(added) = into.get_mut(from..) {
            added.make_ascii_lowercase();
        }
    } else {
        into.extend(text.chars().flat_map(char::to_lowercase));
    }
}

/// Nouns that are counted: a number before them is a count, not a sum.
const COUNTED: &[&str] = &[
    "data", "baris", "record", "records", "akun", "orang", "warga", "nik", "pegawai", "pasien",
    "siswa", "penduduk", "alamat", "email", "lembar", "berkas", "file",
];

impl Reader {
    fn line(&mut self, line: &str, offset: usize) {
        let mut rest = line;
        while !rest.is_empty() {
            let at = offset + line.len() - rest.len();
            rest = match plain_word(rest) {
                Some((word, tail, after)) => {
                    self.plain(word, tail, at);
                    after
                }
                None => self.any_chunk(rest, at),
            };
        }
    }

    /// A word of ASCII letters alone, and the marks behind it.
    fn plain(&mut self, word: &str, tail: &str, at: usize) {
        if self.out.words.len() < MOST {
            self.push_letters(word, at);
            self.punctuation(word, tail);
        }
    }

    /// The next of what is parted by blanks, whatever it is; gives what follows it.
    fn any_chunk<'l>(&mut self, rest: &'l str, at: usize) -> &'l str {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (chunk, after) = rest.split_at(end);
        if !chunk.is_empty() && self.out.words.len() < MOST {
            self.chunk(chunk, at);
        }
        let mut after = after.chars();
        after.next();
        after.as_str()
    }

    fn chunk(&mut self, chunk: &str, at: usize) {
        let lead = chunk.len()
            - chunk
                .trim_start_matches(['(', '"', '“', '‘', '\'', '[', '*', '_', '<'])
                .len();
        let body = chunk.get(lead..).unwrap_or_default();
        let bare = body
            .trim_end_matches(|character: char| !character.is_alphanumeric() && character != '%');
        if body.len() < chunk.len() && lead > 0 && chunk.starts_with('(') {
            self.clause += 1;
        }
        if !bare.is_empty() {
            self.pieces(bare, at + lead);
        }
        let tail = body.get(bare.len()..).unwrap_or_default();
        self.punctuation(bare, tail);
    }

    fn punctuation(&mut self, bare: &str, tail: &str) {
        if tail.is_empty() {
            return;
        }
        if bare.is_empty() {
            self.clause += u32::from(tail.contains([':', '-', '–', '—', ';']));
            return;
        }
        if tail.contains(['!', '?', '…']) {
            return self.end_sentence(tail.contains('?'));
        }
        if tail.contains('.') && !abbreviated(bare) {
            return self.end_sentence(false);
        }
        if tail.contains([',', ';', ':', ')', '—', '–']) {
            self.clause += 1;
        }
    }

    fn end_sentence(&mut self, asks: bool) {
        let end = self.out.words.len();
        if end > self.first {
            self.out.sentences.push(Sentence {
                first: self.first,
                end,
                asks,
            });
            self.first = end;
        }
        self.clause += 1;
    }

    fn pieces(&mut self, bare: &str, at: usize) {
        // Most words are letters alone, and nothing but words.
        if bare.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return self.push_letters(bare, at);
        }
        if let Some(sort) = special(bare) {
            return self.push(bare, sort, at, at + bare.len());
        }
        if bare.contains('-')
            && let Some(joined) = hyphened(bare)
        {
            let end = at + bare.len();
            return self.push(&joined, Sort::Word, at, end);
        }
        let mut from = 0;
        for piece in bare.split(|character: char| {
            !(character.is_alphanumeric() || matches!(character, '\'' | '’'))
        }) {
            let start = at + from;
            from += piece.len()
                + bare
                    .get(from + piece.len()..)
                    .and_then(|rest| rest.chars().next())
                    .map_or(0, char::len_utf8);
            if !piece.is_empty() {
                self.push(piece, Sort::Word, start, start + piece.len());
            }
        }
    }

    fn push(&mut self, piece: &str, sort: Sort, start: usize, end: usize) {
        self.lower.clear();
        push_lower(&mut self.lower, piece);
        if piece.contains(['\'', '’']) {
            self.lower
                .retain(|character| !matches!(character, '\'' | '’'));
        }
        let plain = self.lower.trim_end_matches('2');
        let doubled = plain.len() < self.lower.len()
            && plain.len() > 2
            && plain.bytes().all(|byte| byte.is_ascii_alphabetic());
        let plain = if doubled { plain } else { self.lower.as_str() };
        let (mut word, breaks) = spelled(plain.into(), sort, start..end);
        let form = word.form.as_str();
        let digits = form.bytes().filter(u8::is_ascii_digit).count();
        let mixed = digits > 0 && form.bytes().any(|byte| byte.is_ascii_alphabetic());
        let folded = if mixed && form.len() < 20 {
            hash(&unleet(form))
        } else {
            0
        };
        if sort == Sort::Word && digits == form.len() {
            word.sort = amount(form);
        }
        word.folded = folded;
        self.add(word, breaks);
    }

    /// Of ASCII letters alone, as most words are.
    fn push_letters(&mut self, letters: &str, start: usize) {
        let mut form = CompactString::from(letters);
        form.make_ascii_lowercase();
        let (word, breaks) = spelled(form, Sort::Word, start..start + letters.len());
        self.add(word, breaks);
    }

    #[inline]
    fn add(&mut self, mut word: Word, breaks: bool) {
        self.clause += u32::from(breaks);
        word.sentence = narrow(self.out.sentences.len());
        word.clause = self.clause;
        self.out.words.push(word);
        self.unit();
    }

    /// A unit behind a number makes a sum or a count of it.
    fn unit(&mut self) {
        let [.., number, word] = self.out.words.as_mut_slice() else {
            return;
        };
        if number.sort == Sort::Word && word.sort == Sort::Word {
            return self.counted();
        }
        let priced = matches!(number.sort, Sort::Petty | Sort::Money);
        let numeric = priced || matches!(number.sort, Sort::Number | Sort::Many);
        match &*word.form {
            "ribu" | "rb" if numeric => number.sort = Sort::Petty,
            "juta" | "jt" if numeric => {
                number.sort = if &*number.form == "1" {
                    Sort::Petty
                } else {
                    Sort::Money
                }
            }
            "miliar" | "milyar" | "usd" | "dollar" | "dollars" | "euro" if numeric => {
                number.sort = Sort::Money;
            }
            "kali" | "x" | "menit" | "jam" | "gb" | "mb" | "kb" | "tb" | "detik" | "port"
                if numeric =>
            {
                number.sort = Sort::Number;
            }
            "data" | "baris" | "record" | "records" | "akun" | "orang" | "warga" | "nik"
            | "pegawai" | "pasien" | "siswa" | "alamat" | "penduduk" | "email"
                if matches!(number.sort, Sort::Petty | Sort::Money) =>
            {
                number.sort = Sort::Many;
            }
            _ if matches!(word.sort, Sort::Many | Sort::Number)
                && matches!(&*number.form, "rp" | "idr" | "usd" | "eur") =>
            {
                self.price();
            }
            _ => {}
        }
        self.counted();
    }

    /// "ribu" or "juta" before a noun that is counted makes the number a count again.
    fn counted(&mut self) {
        let [.., number, unit, noun] = self.out.words.as_mut_slice() else {
            return;
        };
        let short = matches!(unit.form.len(), 2 | 4);
        if short
            && matches!(&*unit.form, "ribu" | "rb" | "juta" | "jt")
            && COUNTED.contains(&&*noun.form)
        {
            number.sort = Sort::Many;
        }
    }

    fn price(&mut self) {
        if let Some(word) = self.out.words.last_mut() {
            let digits: String = word
                .form
                .split(',')
                .next()
                .unwrap_or_default()
                .chars()
                .filter(char::is_ascii_digit)
                .collect();
            let value: u64 = digits.parse().unwrap_or(0);
            word.sort = if value >= 2_000_000 {
                Sort::Money
            } else {
                Sort::Petty
            };
        }
    }
}
