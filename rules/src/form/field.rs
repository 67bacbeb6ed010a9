//! One value of a form, read as the type it should have.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::tree::{Node, Value};
use super::{At, Form, Table, nearest};
use crate::tongue::Words;
use crate::words;

/// A value together with where it was written, for a later complaint about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written<T> {
    pub value: T,
    pub at: At,
}

/// What is wrong with a text, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    pub what: Words,
    pub instead: Words,
}

impl Complaint {
    pub fn new(what: impl Into<Words>, instead: impl Into<Words>) -> Self {
        Self {
            what: what.into(),
            instead: instead.into(),
        }
    }
}

/// One value, present or not. Each reader returns `None` where it is absent, and where it is wrong (which is noted).
#[derive(Debug, Clone)]
pub struct Field<'f> {
    form: &'f Form,
    name: String,
    /// Of the key, or of the table where the key is absent.
    key_at: At,
    node: Option<&'f Node>,
}

impl<'f> Field<'f> {
    pub(super) fn new(form: &'f Form, name: String, key_at: At, node: Option<&'f Node>) -> Self {
        Self {
            form,
            name,
            key_at,
            node,
        }
    }

    pub fn is_present(&self) -> bool {
        self.node.is_some()
    }

    /// Where the value stands; the table's place where it is absent.
    pub fn at(&self) -> At {
        self.node.map_or(self.key_at, |node| node.at)
    }

    /// Notes a fault of this value.
    pub fn fault(&self, what: impl Into<Words>, instead: impl Into<Words>) {
        self.form.fault(self.at(), what, instead);
    }

    /// Notes that this key should not be here at all.
    pub fn refuse(&self, what: impl Into<Words>, instead: impl Into<Words>) {
        if self.is_present() {
            self.form.fault(self.key_at, what, instead);
        }
    }

    /// A text that is not empty.
    pub fn text(&self) -> Option<String> {
        self.written().map(|written| written.value)
    }

    /// A text that is not empty, with its place.
    pub fn written(&self) -> Option<Written<String>> {
        let node = self.node?;
        let Value::Text(text) = &node.value else {
            return self.wrong(words!("teks", "text"), "\"…\"");
        };
        if text.trim().is_empty() {
            self.fault(
                words!("`{}` kosong", "`{}` is empty", self.name),
                words!(
                    "isi, atau hapus kunci ini",
                    "fill it in, or take this key out"
                ),
            );
            return None;
        }
        Some(Written {
            value: text.clone(),
            at: node.at,
        })
    }

    /// A text that `read` understands.
    pub fn parsed<T>(&self, read: impl FnOnce(&str) -> Result<T, Complaint>) -> Option<T> {
        let text = self.text()?;
        let complain = |complaint: Complaint| self.fault(complaint.what, complaint.instead);
        read(&text).map_err(complain).ok()
    }

    /// An integer within a range.
    pub fn integer(&self, range: RangeInclusive<i64>) -> Option<i64> {
        let node = self.node?;
        let Value::Integer(value) = node.value else {
            return self.wrong(words!("bilangan bulat", "a whole number"), range.start());
        };
        if !range.contains(&value) {
            let (least, most) = range.into_inner();
            let bounds = words!(
                "bilangan dari {least} sampai {most}",
                "a number from {least} to {most}"
            );
            self.fault(
                words!(
                    "`{}` = {value} di luar batas",
                    "`{}` = {value} is out of bounds",
                    self.name
                ),
                bounds,
            );
            return None;
        }
        Some(value)
    }

    /// `true` or `false`.
    pub fn flag(&self) -> Option<bool> {
        match self.node?.value {
            Value::Flag(flag) => Some(flag),
            _ => self.wrong(words!("true atau false", "true or false"), "true"),
        }
    }

    /// One of a few words.
    pub fn one_of<T: Clone>(&self, choices: &[(&str, T)]) -> Option<T> {
        let text = self.text()?;
        let found = choices.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            self.fault(
                words!(
                    "`{}` tidak mengenal \"{text}\"",
                    "`{}` does not know \"{text}\"",
                    self.name
                ),
                choice(&text, &words),
            );
        }
        found.map(|(_, meaning)| meaning.clone())
    }

    /// Each of a list of texts, as one of a few words.
    pub fn one_of_each<T: Clone>(&self, choices: &[(&str, T)]) -> Vec<T> {
        if self.is_text() {
            return self.one_of(choices).into_iter().collect();
        }
        let items = if self.is_present() {
            self.items()
        } else {
            Vec::new()
        };
        items
            .iter()
            .filter_map(|item| item.one_of(choices))
            .collect()
    }

    /// A length of time: a number and a unit (`ms`, `s`, `m`, `h`, `d`), as in `"30s"`.
    pub fn duration(&self, range: RangeInclusive<Duration>) -> Option<Duration> {
        let span = self.parsed(|text| parse_duration(text).ok_or_else(|| bad_duration(text)))?;
        if !range.contains(&span) {
            let (least, most) = range.into_inner();
            let bounds = words!(
                "dari \"{}\" sampai \"{}\"",
                "from \"{}\" to \"{}\"",
                spell(least),
                spell(most)
            );
            self.fault(
                words!(
                    "`{}` = {} di luar batas",
                    "`{}` = {} is out of bounds",
                    self.name,
                    spell(span)
                ),
                bounds,
            );
            return None;
        }
        Some(span)
    }

    /// A list of texts, each with its place; a single text counts as a list of one.
    pub fn texts(&self) -> Option<Vec<Written<String>>> {
        if let Some(Node {
            value: Value::Text(_),
            ..
        }) = self.node
        {
            return self.written().map(|one| vec![one]);
        }
        self.node?;
        let items = self.items();
        Some(items.iter().filter_map(Field::written).collect())
    }

    /// The items of a list, of any type each, in order; empty where absent.
    pub fn items(&self) -> Vec<Field<'f>> {
        let Some(node) = self.node else {
            return Vec::new();
        };
        let Value::List(list) = &node.value else {
            return self
                .wrong::<Vec<Field<'f>>>(words!("daftar", "a list"), "[…]")
                .unwrap_or_default();
        };
        list.iter()
            .map(|item| Field::new(self.form, self.name.clone(), item.at, Some(item)))
            .collect()
    }

    /// A table.
    pub fn table(&self) -> Option<Table<'f>> {
        let node = self.node?;
        match &node.value {
            Value::Table(entries) => {
                Some(Table::new(self.form, self.name.clone(), node.at, entries))
            }
            _ => self.wrong(words!("tabel", "a table"), format!("[{}]", self.name)),
        }
    }

    /// The tables of `[[name]]`, in order; empty where absent.
    pub fn tables(&self) -> Vec<Table<'f>> {
        match self.node {
            Some(Node {
                value: Value::List(_),
                ..
            }) => self.items().iter().filter_map(Field::table).collect(),
            Some(_) => self
                .wrong::<Vec<_>>(
                    words!("deretan tabel", "tables in a row"),
                    format!("[[{}]]", self.name),
                )
                .unwrap_or_default(),
            None => Vec::new(),
        }
    }

    /// What the value is, where it matters which of several types was written: text, list, table, ….
    pub fn is_text(&self) -> bool {
        matches!(
            self.node,
            Some(Node {
                value: Value::Text(_),
                ..
            })
        )
    }

    /// Whether a table was written here.
    pub fn is_table(&self) -> bool {
        matches!(
            self.node,
            Some(Node {
                value: Value::Table(_),
                ..
            })
        )
    }

    /// A number, whole or not.
    pub fn number(&self) -> Option<f64> {
        match self.node?.value {
            Value::Number(value) if value.is_finite() => Some(value),
            #[expect(
                clippy::cast_precision_loss,
                reason = "a weight written by hand is far below 2^52"
            )]
            Value::Integer(value) => Some(value as f64),
            _ => self.wrong(words!("bilangan", "a number"), "1.5"),
        }
    }

    fn wrong<T>(&self, wanted: impl Into<Words>, example: impl Display) -> Option<T> {
        let wanted = wanted.into();
        let found = self
            .node
            .map_or(words!("tidak ada", "nothing"), |node| node.value.kind());
        let name = self.name.rsplit('.').next().unwrap_or_default();
        self.fault(
            Words {
                indonesian: format!(
                    "`{}` harus {}, bukan {}",
                    self.name, wanted.indonesian, found.indonesian
                ),
                english: format!(
                    "`{}` must be {}, not {}",
                    self.name, wanted.english, found.english
                ),
            },
            format!("{name} = {example}"),
        );
        None
    }
}

fn choice(written: &str, words: &[&str]) -> Words {
    let all = words
        .iter()
        .map(|word| format!("\"{word}\""))
        .collect::<Vec<_>>()
        .join(" | ");
    match nearest(written, words) {
        Some(near) => words!(
            "maksud Anda \"{near}\"? (pilihan: {all})",
            "did you mean \"{near}\"? (choices: {all})"
        ),
        None => words!("salah satu dari: {all}", "one of: {all}"),
    }
}

const UNITS: &[(&str, u64)] = &[
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];

fn parse_duration(text: &str) -> Option<Duration> {
    let border = text.find(|character: char| !character.is_ascii_digit())?;
    let (digits, unit) = text.split_at_checked(border)?;
    let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
    digits
        .parse::<u64>()
        .ok()?
        .checked_mul(*millis)
        .map(Duration::from_millis)
}

fn bad_duration(text: &str) -> Complaint {
    Complaint::new(
        words!(
            "\"{text}\" bukan lama waktu",
            "\"{text}\" is no length of time"
        ),
        words!(
            "angka dan satuan (ms, s, m, h, d), misalnya \"30s\"",
            "a number and a unit (ms, s, m, h, d), such as \"30s\""
        ),
    )
}

/// A length of time in the largest unit that divides it.
fn spell(span: Duration) -> String {
    let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let unit = UNITS
        .iter()
        .rev()
        .find(|(_, size)| millis >= *size && millis % size == 0);
    unit.map_or_else(
        || format!("{millis}ms"),
        |(name, size)| format!("{}{name}", millis / size),
    )
}
