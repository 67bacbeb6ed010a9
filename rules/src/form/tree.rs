//! A TOML document as a tree of our own, in the order written, every node with its place.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::At;
use crate::tongue::Words;
use crate::words;

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Node {
    pub at: At,
    pub value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    /// Also an integer beyond 64 bits: nothing here wants one.
    Number(f64),
    Flag(bool),
    Date,
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key, where it stands, and its value.
#[derive(Debug)]
pub(super) struct Entry {
    pub name: String,
    pub at: At,
    pub node: Node,
}

/// A slip in the grammar itself.
pub(super) struct Slip {
    pub at: At,
    pub what: Words,
    pub instead: Words,
}

/// Reads as much of `text` as can be read, and tells every slip.
pub(super) fn parse(text: &str) -> (Node, Vec<Slip>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let start = At { start: 0, end: 0 };
    let root = Node {
        at: start,
        value: Value::Table(entries(table.get_ref())),
    };
    (root, errors.iter().map(|error| slip(text, error)).collect())
}

impl Node {
    /// The keys of a table; none of any other value.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Table(entries) => entries,
            _ => &[],
        }
    }
}

impl Value {
    /// What people call this type.
    pub fn kind(&self) -> Words {
        match self {
            Self::Text(_) => words!("teks", "text"),
            Self::Integer(_) => words!("bilangan bulat", "a whole number"),
            Self::Number(_) => words!("bilangan pecahan", "a fraction"),
            Self::Flag(_) => "true/false".into(),
            Self::Date => words!("tanggal", "a date"),
            Self::List(_) => words!("daftar", "a list"),
            Self::Table(_) => words!("tabel", "a table"),
        }
    }
}

fn entries(table: &DeTable<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table.iter().map(|(key, value)| entry(key, value)).collect();
    entries.sort_by_key(|entry| entry.at);
    entries
}

fn entry(key: &Spanned<std::borrow::Cow<'_, str>>, value: &Spanned<DeValue<'_>>) -> Entry {
    Entry {
        name: key.get_ref().to_string(),
        at: at(key.span()),
        node: node(value),
    }
}

fn node(value: &Spanned<DeValue<'_>>) -> Node {
    Node {
        at: at(value.span()),
        value: meaning(value.get_ref()),
    }
}

fn meaning(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(digits) => integer(digits.as_str(), digits.radix()),
        DeValue::Float(digits) => Value::Number(digits.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Datetime(_) => Value::Date,
        DeValue::Array(list) => Value::List(list.iter().map(node).collect()),
        DeValue::Table(table) => Value::Table(entries(table)),
    }
}

fn integer(digits: &str, radix: u32) -> Value {
    i64::from_str_radix(digits, radix).map_or(Value::Number(f64::NAN), Value::Integer)
}

fn slip(text: &str, error: &toml::de::Error) -> Slip {
    let at = at(error.span().unwrap_or_default());
    let nothing = text
        .get(at.start..at.end)
        .is_some_and(|marked| marked.trim().is_empty());
    let unquoted = error.message().starts_with("string values must be quoted");
    let (what, instead) = match error.message() {
        _ if curly(text, at) => (
            words!(
                "tanda kutip miring (“…”) bukan tanda kutip TOML",
                "slanted quotation marks (“…”) are no quotation marks of TOML"
            ),
            words!(
                "tanda kutip lurus: `\"…\"`",
                "straight quotation marks: `\"…\"`"
            ),
        ),
        _ if nothing && unquoted => in_words("missing value"),
        message => in_words(message),
    };
    Slip { at, what, instead }
}

/// A text editor for letters makes quotation marks of its own.
fn curly(text: &str, at: At) -> bool {
    let marked = text.get(at.start..at.end).unwrap_or_default();
    let before = text.get(..at.start).unwrap_or_default().chars().next_back();
    marked
        .chars()
        .chain(before)
        .any(|one| matches!(one, '“' | '”' | '„' | '‘' | '’'))
}

/// The grammar's commonest complaints, in words people know: how the parser's message starts, what is wrong, what to write (Indonesian, English).
const WORDS: &[(&str, &str, &str, &str)] = &[
    (
        "duplicate key",
        "kunci ini sudah ditulis sebelumnya",
        "hapus salah satu",
        "take one of them out",
    ),
    (
        "key with no value",
        "kunci tanpa nilai",
        "`kunci = nilai`",
        "`key = value`",
    ),
    (
        "missing value",
        "nilai belum ditulis",
        "`kunci = nilai`",
        "`key = value`",
    ),
    (
        "missing assignment",
        "tanda `=` kurang",
        "`kunci = nilai`",
        "`key = value`",
    ),
    (
        "extra `=`",
        "tanda `=` berlebih",
        "`kunci = nilai`",
        "`key = value`",
    ),
    (
        "string values must be quoted",
        "teks harus diapit tanda kutip",
        "`\"…\"`; ya dan tidak ditulis `true` dan `false`",
        "`\"…\"`; yes and no are written `true` and `false`",
    ),
    (
        "invalid boolean",
        "teks harus diapit tanda kutip",
        "`\"…\"`, `true` atau `false`",
        "`\"…\"`, `true` or `false`",
    ),
    (
        "unexpected key or value, expected newline",
        "ada tulisan sesudah nilai",
        "satu `kunci = nilai` sebaris; pecahan memakai titik: `1.5`",
        "one `key = value` a line; fractions have a point: `1.5`",
    ),
    (
        "invalid unquoted key",
        "nama kunci berisi tanda yang tidak boleh",
        "apit nama kunci dengan `\"…\"`",
        "put the key in `\"…\"`",
    ),
    (
        "unclosed table",
        "kepala tabel tidak ditutup",
        "`[nama]`",
        "`[name]`",
    ),
    (
        "unclosed array table",
        "kepala deretan tabel tidak ditutup",
        "`[[nama]]`",
        "`[[name]]`",
    ),
    (
        "unclosed array",
        "daftar tidak ditutup",
        "tutup dengan `]`",
        "close it with `]`",
    ),
    (
        "unclosed inline table",
        "tabel sebaris tidak ditutup",
        "tutup dengan `}`",
        "close it with `}`",
    ),
    (
        "missing comma",
        "tanda koma kurang",
        "beri `,` di antara dua butir",
        "put `,` between two items",
    ),
    (
        "extra comma",
        "tanda koma berlebih",
        "hapus tanda koma ini",
        "take this comma out",
    ),
    (
        "invalid basic string",
        "teks tidak ditutup, atau berisi tanda yang tidak boleh",
        "tutup dengan `\"`",
        "close it with `\"`",
    ),
    (
        "invalid literal string",
        "teks tidak ditutup, atau berisi tanda yang tidak boleh",
        "tutup dengan `'`",
        "close it with `'`",
    ),
    (
        "missing escaped value",
        "tanda `\\` tidak diikuti apa-apa",
        "`\\\\`, atau apit teks dengan `'…'`",
        "`\\\\`, or put the text in `'…'`",
    ),
    (
        "unexpected leading zero",
        "bilangan tidak boleh berawalan nol",
        "hapus nol di depan, atau apit dengan `\"…\"`",
        "take the leading zero out, or put it in `\"…\"`",
    ),
];

/// In English the parser's own words do for what is wrong.
fn in_words(message: &str) -> (Words, Words) {
    let known = WORDS.iter().find(|(start, ..)| message.starts_with(start));
    let english = format!("this is not valid TOML: {message}");
    match known {
        Some((_, what, instead, mended)) => (both(what, english), both(instead, *mended)),
        None => (
            words!(
                "bukan TOML yang sah: {message}",
                "this is not valid TOML: {message}"
            ),
            words!(
                "perbaiki penulisan baris ini",
                "mend how this line is written"
            ),
        ),
    }
}

fn both(indonesian: &str, english: impl Into<String>) -> Words {
    Words {
        indonesian: indonesian.to_owned(),
        english: english.into(),
    }
}

fn at(span: std::ops::Range<usize>) -> At {
    At {
        start: span.start,
        end: span.end,
    }
}
