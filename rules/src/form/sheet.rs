//! A CSV sheet as a tree: each row a table under its column heads, so that one reader serves TOML and what Excel saves.

use super::At;
use super::tree::{Entry, Node, Slip, Value};
use crate::tongue::Words;
use crate::words;

/// Rows read, at most.
const ROWS: usize = 20_000;

/// A cell and where it stands, its quotes included.
struct Cell {
    text: String,
    at: At,
}

/// Reads `text` as rows of `name`. Heads are lower case; `same` gives other words for a head (`nama` for `name`).
pub(super) fn parse(text: &str, name: &str, same: &[(&str, &str)]) -> (Node, Vec<Slip>) {
    let mut slips = Vec::new();
    let mut lines = rows(text).into_iter();
    let heads = lines.next().unwrap_or_default();
    let heads: Vec<Head> = heads.iter().map(|cell| Head::of(cell, same)).collect();
    let mut items = Vec::new();
    for cells in lines {
        if items.len() >= ROWS {
            let at = cells
                .first()
                .map_or(At { start: 0, end: 0 }, |cell| cell.at);
            slips.push(slip(
                at,
                words!("lebih dari {ROWS} baris", "more than {ROWS} rows"),
                words!(
                    "bagi menjadi beberapa berkas",
                    "split it into several files"
                ),
            ));
            break;
        }
        items.push(row(&heads, cells, &mut slips));
    }
    let start = At { start: 0, end: 0 };
    let list = Entry {
        name: name.to_owned(),
        at: start,
        node: Node {
            at: start,
            value: Value::List(items),
        },
    };
    let root = Node {
        at: start,
        value: Value::Table(vec![list]),
    };
    (root, slips)
}

fn slip(at: At, what: Words, instead: Words) -> Slip {
    Slip { at, what, instead }
}

/// A column's name, and where it stands: what is wrong with a column is told there, once.
struct Head {
    name: String,
    at: At,
}

impl Head {
    fn of(cell: &Cell, same: &[(&str, &str)]) -> Self {
        let plain = cell
            .text
            .trim()
            .to_lowercase()
            .replace([' ', '-', '/'], "_");
        let meant = same.iter().find(|(other, _)| *other == plain);
        Self {
            name: meant.map_or(plain, |(_, head)| (*head).to_owned()),
            at: cell.at,
        }
    }
}

/// A row as a table; an empty cell says nothing.
fn row(heads: &[Head], cells: Vec<Cell>, slips: &mut Vec<Slip>) -> Node {
    let at = At {
        start: cells.first().map_or(0, |cell| cell.at.start),
        end: cells.last().map_or(0, |cell| cell.at.end),
    };
    let mut entries = Vec::new();
    for (number, cell) in cells.into_iter().enumerate() {
        if cell.text.trim().is_empty() {
            continue;
        }
        let Some(head) = heads.get(number) else {
            let instead = words!(
                "apit isi yang memuat pemisah dengan tanda kutip: \"…\"",
                "put content that has the separator in quotation marks: \"…\""
            );
            slips.push(slip(
                cell.at,
                words!(
                    "sel ini di luar kolom yang berjudul",
                    "this cell is outside the columns that have a heading"
                ),
                instead,
            ));
            continue;
        };
        entries.push(Entry {
            name: head.name.clone(),
            at: head.at,
            node: Node {
                at: cell.at,
                value: Value::Text(cell.text.trim().to_owned()),
            },
        });
    }
    Node {
        at,
        value: Value::Table(entries),
    }
}

/// Every row that is neither empty nor a remark (`#`); quotes keep separators and line ends in (RFC 4180 section 2).
fn rows(text: &str) -> Vec<Vec<Cell>> {
    let body = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offset = text.len() - body.len();
    let separator = separator(body);
    let mut rows = Vec::new();
    let mut scan = Scan::starting(offset);
    for (at, character) in body.char_indices() {
        let at = offset + at;
        match character {
            '"' => scan.quote(),
            '\n' if !scan.quoted => scan.end_row(at, &mut rows),
            other if other == separator && !scan.quoted => scan.end_cell(at),
            '\r' => {}
            other => scan.push(other),
        }
    }
    scan.end_row(text.len(), &mut rows);
    rows
}

fn separator(body: &str) -> char {
    let first = body.lines().find(|line| !line.starts_with('#'));
    let first = first.unwrap_or_default();
    let most = [';', ',', '\t'].into_iter();
    most.max_by_key(|mark| first.matches(*mark).count())
        .filter(|mark| first.contains(*mark))
        .unwrap_or(',')
}

struct Scan {
    cells: Vec<Cell>,
    text: String,
    start: usize,
    quoted: bool,
    /// The character before this one closed a quotation: another quote means a quote.
    closed: bool,
}

impl Scan {
    fn starting(at: usize) -> Self {
        Self {
            cells: Vec::new(),
            text: String::new(),
            start: at,
            quoted: false,
            closed: false,
        }
    }

    fn quote(&mut self) {
        if self.closed {
            self.text.push('"');
        }
        self.closed = self.quoted;
        self.quoted = !self.quoted;
    }

    fn push(&mut self, character: char) {
        self.closed = false;
        self.text.push(character);
    }

    fn end_cell(&mut self, at: usize) {
        let span = At {
            start: self.start,
            end: at,
        };
        let text = std::mem::take(&mut self.text);
        self.cells.push(Cell { text, at: span });
        self.start = at + 1;
        self.closed = false;
    }

    fn end_row(&mut self, at: usize, rows: &mut Vec<Vec<Cell>>) {
        self.end_cell(at);
        self.quoted = false;
        let cells = std::mem::take(&mut self.cells);
        let filled = cells.iter().any(|cell| !cell.text.trim().is_empty());
        let remark = cells.first().is_some_and(|cell| cell.text.starts_with('#'));
        if filled && !remark {
            rows.push(cells);
        }
    }
}
