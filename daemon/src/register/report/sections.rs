//! A report's tables, by the names that its template calls them. What leaders read holds no name, address or URL.

mod lists;

use std::collections::BTreeMap;

use lists::{books, escalated, misfires, notable, open, repeats};

use super::{Figures, Levels, Life, NO_OFFICE, Spread, in_words};
use crate::register::{Column, Ledger, Row};
use crate::store::Span;

/// Who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Kepala Dinas: every case that matters.
    Office,
    /// Bupati and Sekda: two pages, nothing that names a person, an address or a host.
    Leaders,
}

/// Rows that leaders see of a table, at most: theirs is a report of two pages.
const FEW: usize = 8;
/// All that is not named one by one.
const OTHERS: &str = "Lainnya";

/// A table of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// As the template calls it: `@tabel jenis`.
    pub key: &'static str,
    pub ledger: Ledger,
}

/// Every table of a depth.
pub fn sections(figures: &Figures, lives: &[Life], span: Span, depth: Depth) -> Vec<Section> {
    let mut sections = vec![
        section("ringkas", summary(figures)),
        section("kanal", channels(figures)),
        section("tren", trend(figures)),
        section("waktu", times(figures)),
    ];
    let new = || lives.iter().filter(|life| life.is_new(span));
    match depth {
        Depth::Leaders => sections.extend([
            section(
                "jenis",
                levels("Jenis insiden", &short(&figures.by_type, |_| true)),
            ),
            section(
                "opd",
                levels("OPD", &short(&figures.by_office, is_office_name)),
            ),
            section("menonjol", notable(new(), depth)),
        ]),
        Depth::Office => sections.extend([
            section("jenis", levels("Jenis insiden", &figures.by_type)),
            section("opd", offices(figures)),
            section("menonjol", notable(new(), depth)),
            section("terbuka", open(lives, span)),
            section("eskalasi", escalated(lives, span)),
            section("berulang", repeats(&figures.repeats)),
            section("aturan", misfires(figures)),
            section("buku", books(figures)),
        ]),
    }
    sections
}

fn section(key: &'static str, (columns, rows): (Vec<Column>, Vec<Row>)) -> Section {
    let title = match key {
        "ringkas" => "Ringkasan",
        "jenis" => "Jenis dan tingkat",
        "kanal" => "Kanal laporan",
        "tren" => "Tren per bulan",
        "waktu" => "Waktu penanganan",
        "opd" => "Per OPD",
        "menonjol" => "Insiden tingkat High",
        "terbuka" => "Belum selesai",
        "eskalasi" => "Eskalasi BSSN",
        "berulang" => "Korban berulang",
        "aturan" => "Usulan aturan yang diubah",
        _ => "Kecocokan buku",
    };
    let ledger = Ledger {
        title: title.to_owned(),
        subtitle: String::new(),
        columns,
        rows,
        foot: Vec::new(),
    };
    Section { key, ledger }
}

type Table = (Vec<Column>, Vec<Row>);

fn columns(headings: &[(&str, u16)]) -> Vec<Column> {
    let columns = headings.iter();
    columns
        .map(|(heading, width)| Column::new(heading, *width))
        .collect()
}

fn summary(figures: &Figures) -> Table {
    let standing = &figures.standing;
    let counts = [
        ("Masih terbuka dari periode sebelumnya", standing.carried),
        ("Dibuka kembali dalam periode ini", standing.reopened),
        ("Laporan insiden diterima", standing.received),
        ("Selesai ditangani dan ditutup", standing.closed),
        ("Bukan insiden", standing.not_incident),
        ("Duplikat", standing.duplicate),
        ("Di luar lingkup", standing.out_of_scope),
        ("Masih terbuka pada akhir periode", standing.open),
        ("  di antaranya melewati batas waktu", standing.overdue),
        ("Dieskalasi ke BSSN", standing.escalated),
    ];
    let rows = counts.map(|(what, count)| vec![what.to_owned(), count.to_string()]);
    (columns(&[("Uraian", 20), ("Jumlah", 4)]), rows.to_vec())
}

fn level_columns(first: &[(&str, u16)]) -> Vec<Column> {
    let levels = [("High", 4), ("Medium", 4), ("Low", 4), ("Jumlah", 4)];
    columns(&[first, &levels].concat())
}

fn counted(first: Vec<String>, levels: Levels) -> Row {
    let counts = [levels.high, levels.medium, levels.low, levels.all()];
    first
        .into_iter()
        .chain(counts.map(|count| count.to_string()))
        .collect()
}

fn sum<'l>(all: impl IntoIterator<Item = &'l Levels>) -> Levels {
    let add = |a: Levels, b: &Levels| Levels {
        high: a.high + b.high,
        medium: a.medium + b.medium,
        low: a.low + b.low,
    };
    all.into_iter().fold(Levels::default(), add)
}

/// Groups by severity, the largest first, with their sum below.
fn levels(heading: &str, groups: &BTreeMap<String, Levels>) -> Table {
    let mut sorted: Vec<_> = groups.iter().collect();
    sorted.sort_by_key(|(name, levels)| (*name == OTHERS, std::cmp::Reverse(levels.all()), *name));
    let mut rows: Vec<Row> = sorted
        .into_iter()
        .map(|(name, levels)| counted(vec![name.clone()], *levels))
        .collect();
    if !rows.is_empty() {
        rows.push(counted(vec!["Jumlah".to_owned()], sum(groups.values())));
    }
    (level_columns(&[(heading, 16)]), rows)
}

fn offices(figures: &Figures) -> Table {
    let mut rows = Vec::new();
    for (office, types) in &figures.by_office_and_type {
        for (incident, levels) in types {
            rows.push(counted(vec![office.clone(), incident.clone()], *levels));
        }
    }
    if !rows.is_empty() {
        let first = vec!["Jumlah".to_owned(), String::new()];
        rows.push(counted(first, sum(figures.by_office.values())));
    }
    (level_columns(&[("OPD", 12), ("Jenis insiden", 14)]), rows)
}

/// The groups with the most cases; the others, and whatever must not be named, as one.
fn short(groups: &BTreeMap<String, Levels>, named: fn(&str) -> bool) -> BTreeMap<String, Levels> {
    let mut sorted: Vec<_> = groups.iter().collect();
    sorted.sort_by_key(|(_, levels)| std::cmp::Reverse(levels.all()));
    let mut shown: BTreeMap<String, Levels> = BTreeMap::new();
    for (name, levels) in sorted {
        let room = shown.len() < FEW || shown.contains_key(name);
        let key = if room && named(name) { name } else { OTHERS };
        let slot = shown.entry(key.to_owned()).or_default();
        *slot = sum([&*slot, levels]);
    }
    shown
}

/// The words an office's name begins with; anything else could be a person or a host.
fn is_office_name(name: &str) -> bool {
    const BEGINS: [&str; 20] = [
        "dinas",
        "badan",
        "kecamatan",
        "kelurahan",
        "desa",
        "sekretariat",
        "bagian",
        "rsud",
        "puskesmas",
        "inspektorat",
        "satuan",
        "satpol",
        "bappeda",
        "bapperida",
        "bkd",
        "bpbd",
        "kantor",
        "pemerintah",
        "perumda",
        "sekolah",
    ];
    let lower = name.to_lowercase();
    let first = lower.split_whitespace().next().unwrap_or_default();
    let strange = name.contains(['@', '/', ':']) || name.chars().any(|c| c.is_ascii_digit());
    let dotted = name
        .split_whitespace()
        .any(|word| word.trim_end_matches('.').contains('.'));
    name == NO_OFFICE || (BEGINS.contains(&first) && !strange && !dotted)
}

fn channels(figures: &Figures) -> Table {
    let rows = figures.by_channel.iter();
    let rows = rows.map(|(channel, count)| vec![channel.clone(), count.to_string()]);
    (columns(&[("Kanal", 16), ("Jumlah", 4)]), rows.collect())
}

fn trend(figures: &Figures) -> Table {
    let rows = figures.trend.iter();
    let rows = rows.map(|(month, levels)| counted(vec![month.clone()], *levels));
    (level_columns(&[("Bulan", 8)]), rows.collect())
}

fn times(figures: &Figures) -> Table {
    let headings = columns(&[
        ("Sejak laporan diterima sampai", 14),
        ("Kasus", 4),
        ("Median", 8),
        ("90 % paling lama", 8),
        ("Median, jam kerja", 8),
        ("90 %, jam kerja", 8),
    ]);
    let row = |what: &str, spread: &Spread| {
        let times = [
            spread.wall.median,
            spread.wall.most,
            spread.work.median,
            spread.work.most,
        ];
        let told = |time| {
            if spread.cases == 0 {
                "-".to_owned()
            } else {
                in_words(time)
            }
        };
        let first = [what.to_owned(), spread.cases.to_string()];
        first.into_iter().chain(times.map(told)).collect()
    };
    let rows = vec![
        row("tanda terima kepada pelapor", &figures.answer),
        row("triase oleh petugas", &figures.triage),
        row("aplikasi kembali normal", &figures.recovery),
    ];
    (headings, rows)
}
