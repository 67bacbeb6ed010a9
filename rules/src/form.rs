//! Reads a TOML form (a rule file, the daemon's configuration) and notes every fault at once.
//!
//! ```
//! use tanggap_rules::form::Form;
//!
//! let form = Form::parse("server.toml", "hosst = 'imap.example'\nport = 99999\n");
//! let root = form.root();
//! let host = root.need("host").text();
//! let port = root.maybe("port").integer(1..=65535);
//! drop(root); // whatever nobody asked for is an unknown key
//! let faults = form.finish();
//! assert!(host.is_none() && port.is_none());
//! assert_eq!(faults.len(), 3); // unknown `hosst`, no `host`, port out of range
//! ```
//!
//! A reader asks for every key first and gives up afterwards (`Some(Server { host: host?, port: port? })`): so all
//! faults of a file are told at once, and no key is called unknown only because reading stopped early.

mod fault;
mod field;
mod near;
mod sheet;
mod tree;

use std::cell::{Cell, RefCell};

pub use fault::{Fault, Faults};
pub use field::{Complaint, Field, Written};
pub use near::nearest;

use crate::tongue::Words;
use crate::words;
use fault::Page;
use tree::{Entry, Node};

/// A stretch of a file, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct At {
    pub start: usize,
    pub end: usize,
}

/// One file, with what was found wrong in it so far.
#[derive(Debug)]
pub struct Form {
    page: Page,
    root: Node,
    /// The file broke TOML's grammar somewhere: then what seems missing may only be unread.
    broken: bool,
    noted: RefCell<Vec<(At, Fault)>>,
}

impl Form {
    /// Reads the grammar of `text`; its faults are kept and told by [`Form::finish`]. `file` is the name shown to people.
    pub fn parse(file: &str, text: &str) -> Self {
        let (root, slips) = tree::parse(text);
        let broken = !slips.is_empty();
        Self::of((file, text), root, slips, broken)
    }

    /// Reads CSV as if each row were a table of `[[name]]`; `same` gives other words for a column's head.
    pub fn parse_sheet(file: &str, text: &str, name: &str, same: &[(&str, &str)]) -> Self {
        let (root, slips) = sheet::parse(text, name, same);
        Self::of((file, text), root, slips, false)
    }

    fn of((file, text): (&str, &str), root: Node, slips: Vec<tree::Slip>, broken: bool) -> Self {
        let form = Self {
            page: Page::new(file, text),
            root,
            broken,
            noted: RefCell::new(Vec::new()),
        };
        for slip in slips {
            form.fault(slip.at, slip.what, slip.instead);
        }
        form
    }

    /// The file's outermost table.
    pub fn root(&self) -> Table<'_> {
        Table::new(self, String::new(), self.root.at, self.root.entries())
    }

    /// Notes a fault at a place in the file: what is wrong there, and what to write instead.
    pub fn fault(&self, at: At, what: impl Into<Words>, instead: impl Into<Words>) {
        let fault = self.page.fault(at, what.into(), instead.into());
        self.noted.borrow_mut().push((at, fault));
    }

    /// The same, shown and not noted: what is allowed here and yet worth a look.
    pub fn shown(&self, at: At, what: impl Into<Words>, instead: impl Into<Words>) -> Fault {
        self.page.fault(at, what.into(), instead.into())
    }

    /// Where something stands, as people look it up: `file:line`.
    pub fn place(&self, at: At) -> String {
        let here = self.shown(at, "", "");
        format!("{}:{}", here.file, here.line)
    }

    /// Whether anything is wrong so far.
    pub fn is_faulty(&self) -> bool {
        !self.noted.borrow().is_empty()
    }

    /// Every fault, in the order of the file. Where a line breaks the grammar, only that is told of the line.
    pub fn finish(self) -> Faults {
        let mut noted = self.noted.into_inner();
        if self.broken {
            let mut told = std::collections::HashSet::new();
            noted.retain(|(_, fault)| told.insert(fault.line));
        }
        noted.sort_by_key(|(at, _)| *at);
        noted.dedup();
        noted.into_iter().map(|(_, fault)| fault).collect()
    }
}

/// A table being read. When it goes out of scope, every key nobody asked for is a fault.
#[derive(Debug)]
pub struct Table<'f> {
    form: &'f Form,
    path: String,
    at: At,
    entries: &'f [Entry],
    asked: RefCell<Vec<String>>,
    open: Cell<bool>,
}

impl<'f> Table<'f> {
    fn new(form: &'f Form, path: String, at: At, entries: &'f [Entry]) -> Self {
        Self {
            form,
            path,
            at,
            entries,
            asked: RefCell::new(Vec::new()),
            open: Cell::new(false),
        }
    }

    /// A key that must be there: it is a fault if it is not.
    pub fn need(&self, key: &str) -> Field<'f> {
        let field = self.maybe(key);
        if !field.is_present() && !self.form.broken {
            let place = if self.path.is_empty() {
                Words::default()
            } else {
                words!(" di `{}`", " in `{}`", self.path)
            };
            self.form.fault(
                self.at,
                Words {
                    indonesian: format!("kunci `{key}` wajib ada{}", place.indonesian),
                    english: format!("the key `{key}` must be there{}", place.english),
                },
                words!("tambahkan `{key} = …`", "add `{key} = …`"),
            );
        }
        field
    }

    /// A key that may be there.
    pub fn maybe(&self, key: &str) -> Field<'f> {
        self.asked.borrow_mut().push(key.to_owned());
        let entry = self.entries.iter().find(|entry| entry.name == key);
        Field::new(
            self.form,
            self.name_of(key),
            entry.map_or(self.at, |entry| entry.at),
            entry.map(|entry| &entry.node),
        )
    }

    /// Every key of a free-form table (a word list), in the order written: the key and its value.
    pub fn entries(&self) -> Vec<(Written<String>, Field<'f>)> {
        self.open.set(true);
        self.entries.iter().map(|entry| self.free(entry)).collect()
    }

    /// Where the table stands (its header, or the whole of an inline table).
    pub fn at(&self) -> At {
        self.at
    }

    /// Notes a fault of the table as a whole.
    pub fn fault(&self, what: impl Into<Words>, instead: impl Into<Words>) {
        self.form.fault(self.at, what, instead);
    }

    fn free(&self, entry: &'f Entry) -> (Written<String>, Field<'f>) {
        let key = Written {
            value: entry.name.clone(),
            at: entry.at,
        };
        (
            key,
            Field::new(
                self.form,
                self.name_of(&entry.name),
                entry.at,
                Some(&entry.node),
            ),
        )
    }

    fn name_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn unknown(&self, entry: &Entry) {
        let asked = self.asked.borrow();
        let known: Vec<&str> = asked.iter().map(String::as_str).collect();
        let instead = match nearest(&entry.name, &known) {
            Some(name) => words!("maksud Anda `{name}`?", "did you mean `{name}`?"),
            None if known.is_empty() => words!("hapus kunci ini", "take this key out"),
            None => words!(
                "hapus, atau pakai salah satu dari: {}",
                "take it out, or use one of: {}",
                known.join(", ")
            ),
        };
        self.form.fault(
            entry.at,
            words!(
                "kunci tidak dikenal `{}`",
                "unknown key `{}`",
                self.name_of(&entry.name)
            ),
            instead,
        );
    }
}

impl Drop for Table<'_> {
    fn drop(&mut self) {
        if self.open.get() {
            return;
        }
        let asked = self.asked.borrow().clone();
        let unknown = self
            .entries
            .iter()
            .filter(|entry| !asked.contains(&entry.name));
        unknown.for_each(|entry| self.unknown(entry));
    }
}

#[cfg(test)]
mod tests;
