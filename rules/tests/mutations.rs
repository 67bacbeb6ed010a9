//! A smoke test of the fuzz targets: sample mails and rule files, bent by a seeded die, into the same entry points. Whoever has
//! more time runs `tests/fuzz/run`, which follows coverage.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

#[path = "../../tests/fuzz/entries.rs"]
mod entries;

use std::path::{Path, PathBuf};

/// Bent inputs an entry point gets.
const ROUNDS: usize = 200;
/// Of longer seeds only the beginning is bent: the test must stay short.
const LONGEST: usize = 6 << 10;

/// xorshift: the same inputs in every run, so that a failure comes back.
struct Die(u64);

impl Die {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }
}

/// What breaks readers: ends of structures, odd encodings, direction marks, deep nesting.
const PIECES: [&[u8]; 16] = [
    b"\r\n\r\n",
    b"\0",
    b"=?utf-8?B?",
    b"=?x?Q?=00=FF?=",
    b"\xff\xfe",
    b"<div><table><td><a href=\"",
    b"</",
    b"&#x110000;",
    b"\xe2\x80\xae",
    b"Content-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"[[rule]]\n",
    b"any = [\"\"]\n",
    b"hxxp[:]//[",
    b"1.1.1.1/33-::",
    b"not = { all = [",
];

fn bent(seeds: &[Vec<u8>], die: &mut Die) -> Vec<u8> {
    let mut input = seeds[die.roll(seeds.len())].clone();
    input.truncate(LONGEST);
    for _ in 0..=die.roll(6) {
        let at = die.roll(input.len() + 1);
        match die.roll(6) {
            0 => input.truncate(at),
            1 => drop(input.splice(at..at, PIECES[die.roll(PIECES.len())].iter().copied())),
            2 if at < input.len() => input[at] ^= 1 << die.roll(8),
            3 => {
                let end = (at + die.roll(200)).min(input.len());
                let doubled = input[at..end].repeat(1 + die.roll(4));
                drop(input.splice(at..at, doubled));
            }
            4 => {
                let end = (at + die.roll(80)).min(input.len());
                input.drain(at..end);
            }
            _ => {
                let other = &seeds[die.roll(seeds.len())];
                let from = die.roll(other.len().min(LONGEST));
                let to = (from + die.roll(400)).min(other.len());
                drop(input.splice(at..at, other[from..to].iter().copied()));
            }
        }
    }
    input
}

fn seeds(folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == ending));
    paths.sort();
    let read = paths.iter().map(|path| std::fs::read(path).unwrap());
    read.collect()
}

fn smoke(entry: fn(&[u8]), seeds: &[Vec<u8>], seed: u64) {
    assert!(!seeds.is_empty(), "nothing to bend");
    let mut die = Die(seed);
    for round in 0..ROUNDS {
        let input = bent(seeds, &mut die);
        let attempt = std::panic::catch_unwind(|| entry(&input));
        assert!(
            attempt.is_ok(),
            "round {round} of seed {seed} breaks it:\n{}",
            String::from_utf8_lossy(&input)
        );
    }
}

#[test]
fn bent_mails_are_read_and_judged() {
    smoke(entries::reader, &seeds("../tests/reports", "eml"), 1);
}

#[test]
fn bent_headers_are_read() {
    smoke(entries::headers, &seeds("../tests/reports", "eml"), 2);
}

#[test]
fn bent_html_becomes_text() {
    smoke(entries::html, &seeds("../tests/reports", "eml"), 3);
}

#[test]
fn observables_are_found_in_bent_text() {
    smoke(entries::observables, &seeds("../tests/reports", "eml"), 4);
}

#[test]
fn bent_rule_files_are_refused_with_a_place_or_judge() {
    smoke(entries::compiler, &seeds("book", "toml"), 5);
}
