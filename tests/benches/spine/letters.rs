//! Letters on paper: wording and PDF, one after the other on one core, and whether memory stays flat over thousands.

use std::sync::Arc;

use tanggap::letter::{Kind, Press, Shelf, sample, wording};

/// Letters of the memory's run.
const LETTERS: usize = 5_000;
/// Letters before anything is measured: fonts and caches are there by then.
const WARM: usize = 250;

/// Resident memory, MiB.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<f64>()
        .unwrap()
        / 1024.0
}

/// CPU time of this process so far, in seconds: what one core is given, whoever else works on the machine (proc(5), 100 ticks a second).
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let ticks = |place: usize| fields[place].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

/// One letter, as `tanggap letter issue` makes it.
fn letter(shelf: &Shelf, press: &Press, number: usize) -> usize {
    let mut data = sample();
    *data.pointer_mut("/case/register").unwrap() = format!("INS-2026-{number:04}").into();
    *data.pointer_mut("/letter/number").unwrap() = format!("555/{number:04}/2026").into();
    let words = wording(shelf, Kind::Answer.name(), &data).unwrap();
    let page = serde_json::json!({
        "paper": "A4", "kop": { "lines": ["Pemerintah Kabupaten Batang", "Dinas Komunikasi dan Informatika"], "address": "Jl. RA Kartini No. 1", "emblem": null },
        "place": "Batang", "date": "23 November 2026", "number": format!("555/{number:04}/2026"),
        "security_code": "T", "security_word": "TERBATAS", "urgency": "Segera", "attached": "-", "subject": words.subject,
        "to": ["Kepala Dinas Kesehatan"], "town": "Batang", "parts": words.parts, "copies": words.copies,
        "signatory": { "titles": ["KEPALA DINAS"], "name": "NAMA", "rank": "Pembina", "nip": "19690621 199003 1 003" },
        "reference": format!("INS-2026-{number:04}"),
    });
    press.pdf("surat.typ", &page).unwrap().len()
}

/// Letters a second of CPU, and resident memory after the warm-up and at the end.
pub fn run() -> (f64, f64, f64) {
    let shelf = Shelf::open(None, None).unwrap();
    let press = Press::new(Arc::new(shelf.clone()));
    for number in 0..WARM {
        letter(&shelf, &press, number);
    }
    let (before, start) = (resident(), cpu());
    let mut bytes = 0;
    for number in WARM..WARM + LETTERS {
        bytes += letter(&shelf, &press, number);
    }
    let rate = LETTERS as f64 / (cpu() - start);
    assert!(bytes > LETTERS * 5_000, "these are no letters");
    (rate, before, resident())
}
