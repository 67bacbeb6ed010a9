//! A TOML document as a tree of our own, in the order written, every node with its place.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::At;

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
    pub what: String,
    pub instead: String,
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
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "teks",
            Self::Integer(_) => "bilangan bulat",
            Self::Number(_) => "bilangan pecahan",
            Self::Flag(_) => "true/false",
            Self::Date => "tanggal",
            Self::List(_) => "daftar",
            Self::Table(_) => "tabel",
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
            "tanda kutip miring (“…”) bukan tanda kutip TOML".to_owned(),
            "tanda kutip lurus: `\"…\"`".to_owned(),
        ),
        _ if nothing && unquoted => words("missing value"),
        message => words(message),
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

/// The grammar's commonest complaints, in the reader's language: how the parser's message starts, what is wrong, what to write.
const WORDS: &[(&str, &str, &str)] = &[
    (
        "duplicate key",
        "kunci ini sudah ditulis sebelumnya",
        "hapus salah satu",
    ),
    ("key with no value", "kunci tanpa nilai", "`kunci = nilai`"),
    ("missing value", "nilai belum ditulis", "`kunci = nilai`"),
    ("missing assignment", "tanda `=` kurang", "`kunci = nilai`"),
    ("extra `=`", "tanda `=` berlebih", "`kunci = nilai`"),
    (
        "string values must be quoted",
        "teks harus diapit tanda kutip",
        "`\"…\"`; ya dan tidak ditulis `true` dan `false`",
    ),
    (
        "invalid boolean",
        "teks harus diapit tanda kutip",
        "`\"…\"`, `true` atau `false`",
    ),
    (
        "unexpected key or value, expected newline",
        "ada tulisan sesudah nilai",
        "satu `kunci = nilai` sebaris; pecahan memakai titik: `1.5`",
    ),
    (
        "invalid unquoted key",
        "nama kunci berisi tanda yang tidak boleh",
        "apit nama kunci dengan `\"…\"`",
    ),
    ("unclosed table", "kepala tabel tidak ditutup", "`[nama]`"),
    (
        "unclosed array table",
        "kepala deretan tabel tidak ditutup",
        "`[[nama]]`",
    ),
    ("unclosed array", "daftar tidak ditutup", "tutup dengan `]`"),
    (
        "unclosed inline table",
        "tabel sebaris tidak ditutup",
        "tutup dengan `}`",
    ),
    (
        "missing comma",
        "tanda koma kurang",
        "beri `,` di antara dua butir",
    ),
    ("extra comma", "tanda koma berlebih", "hapus tanda koma ini"),
    (
        "invalid basic string",
        "teks tidak ditutup, atau berisi tanda yang tidak boleh",
        "tutup dengan `\"`",
    ),
    (
        "invalid literal string",
        "teks tidak ditutup, atau berisi tanda yang tidak boleh",
        "tutup dengan `'`",
    ),
    (
        "missing escaped value",
        "tanda `\\` tidak diikuti apa-apa",
        "`\\\\`, atau apit teks dengan `'…'`",
    ),
    (
        "unexpected leading zero",
        "bilangan tidak boleh berawalan nol",
        "hapus nol di depan, atau apit dengan `\"…\"`",
    ),
];

fn words(message: &str) -> (String, String) {
    match WORDS
        .iter()
        .find(|(start, _, _)| message.starts_with(start))
    {
        Some((_, what, instead)) => ((*what).to_owned(), (*instead).to_owned()),
        None => (
            format!("bukan TOML yang sah: {message}"),
            "perbaiki penulisan baris ini".to_owned(),
        ),
    }
}

fn at(span: std::ops::Range<usize>) -> At {
    At {
        start: span.start,
        end: span.end,
    }
}
