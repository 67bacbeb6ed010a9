//! The tables of a case's analysis report (SOP step 7): who, when, what was done, with which evidence. Pure.

use tanggap_rules::{Report, defang};

use super::{Column, Ledger, Row, hex};
use crate::case::Sheet;
use crate::clock::Timestamp;
use crate::letter::{dates, incident_name, level};
use crate::store::{CaseMail, CaseView};
use crate::tongue::Tongue;

/// Indicators that the report lists, at most.
const INDICATORS: usize = 200;

/// The tables of an analysis report.
pub const ANALYSIS_TABLES: [&str; 5] = ["identitas", "kronologi", "tindakan", "bukti", "indikator"];

/// What is known of a case, with its mails.
pub struct CaseFile<'a> {
    pub case: &'a CaseView,
    pub sheet: &'a Sheet,
    pub office: String,
    pub agenda: String,
    /// When, who, what happened, in words.
    pub history: Vec<(Timestamp, String, String)>,
    /// Each mail, and what was read in it where it could be read again.
    pub mails: Vec<(CaseMail, Option<Report>)>,
}

/// The tables by the names that the template calls them.
pub fn analysis(file: &CaseFile<'_>) -> Vec<(&'static str, Ledger)> {
    vec![
        (
            "identitas",
            ledger(
                "Identitas insiden",
                &[("Uraian", 7), ("Isi", 20)],
                identity(file),
            ),
        ),
        (
            "kronologi",
            ledger(
                "Kronologi",
                &[("Waktu (WIB)", 7), ("Oleh", 6), ("Kejadian", 25)],
                chronology(file),
            ),
        ),
        (
            "tindakan",
            ledger(
                "Tindakan penanganan",
                &[("Waktu (WIB)", 7), ("Oleh", 6), ("Tindakan", 25)],
                actions(file),
            ),
        ),
        (
            "bukti",
            ledger(
                "Daftar bukti",
                &[("No", 2), ("Bukti", 13), ("Bita", 4), ("SHA-256", 30)],
                evidence(file),
            ),
        ),
        (
            "indikator",
            ledger(
                "Indikator (tidak dapat diklik)",
                &[("Jenis", 5), ("Isi", 20), ("Letak", 9)],
                indicators(file),
            ),
        ),
    ]
}

fn ledger(title: &str, columns: &[(&str, u16)], rows: Vec<Row>) -> Ledger {
    Ledger {
        title: title.to_owned(),
        subtitle: String::new(),
        columns: columns
            .iter()
            .map(|(heading, width)| Column::new(heading, *width))
            .collect(),
        rows,
        foot: Vec::new(),
    }
}

fn identity(file: &CaseFile<'_>) -> Vec<Row> {
    let (case, sheet) = (file.case, file.sheet);
    let moment = |at: Timestamp| dates::moment(at.wib());
    let rows = [
        ("Nomor register", case.register.clone()),
        ("Nomor agenda", file.agenda.clone()),
        ("Tiket osTicket", case.ticket.clone()),
        ("Diterima", moment(case.opened)),
        ("Ditemukan", moment(sheet.found.unwrap_or(case.opened))),
        ("Pelapor", case.reporter.clone()),
        ("OPD", file.office.clone()),
        ("Sistem terdampak", defang(&sheet.system)),
        ("Perihal", defang(&case.subject)),
        ("Jenis", incident_name(&case.incident)),
        ("Tingkat", level(&case.severity).to_owned()),
        (
            "Penanggung jawab",
            sheet.assigned.clone().unwrap_or_default(),
        ),
        (
            "Kembali normal",
            sheet
                .recovered
                .as_ref()
                .map(|(at, by)| format!("{} (dipastikan {by})", moment(*at)))
                .unwrap_or_default(),
        ),
        (
            "Tahap",
            case.progress.phase.in_words(Tongue::Indonesian).to_owned(),
        ),
    ];
    let said = rows
        .into_iter()
        .map(|(what, value)| vec![what.to_owned(), or_dash(value)]);
    said.collect()
}

fn chronology(file: &CaseFile<'_>) -> Vec<Row> {
    let found = file
        .sheet
        .found
        .map(|at| (at, String::new(), "insiden ditemukan".to_owned()));
    let mut all: Vec<_> = found
        .into_iter()
        .chain(file.history.iter().cloned())
        .collect();
    all.sort_by_key(|(at, _, _)| *at);
    all.into_iter()
        .map(|(at, by, what)| vec![short(at), by, defang(&what)])
        .collect()
}

fn actions(file: &CaseFile<'_>) -> Vec<Row> {
    let handled = file.sheet.handled.iter();
    handled
        .map(|told| vec![short(told.at), told.by.clone(), defang(&told.text)])
        .collect()
}

/// Each mail, then what is attached to it; never a file itself.
fn evidence(file: &CaseFile<'_>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut row = |what: String, size: String, digest: String| {
        let number = (rows.len() + 1).to_string();
        rows.push(vec![number, what, size, digest]);
    };
    for (mail, report) in &file.mails {
        let what = format!(
            "surel jurnal {}, diterima {}",
            mail.entry.0,
            short(mail.kept)
        );
        let what = match mail.removed {
            Some(at) => format!("{what}; isi asli dihapus menurut retensi {}", short(at)),
            None => what,
        };
        row(what, mail.size.to_string(), hex(&mail.digest));
        for attached in report.iter().flat_map(|report| &report.attachments) {
            let kind = if attached.detected.is_empty() {
                &attached.declared
            } else {
                &attached.detected
            };
            let what = format!("lampiran \"{}\" ({kind})", attached.name);
            row(what, attached.size.to_string(), attached.sha256.clone());
        }
    }
    rows
}

fn indicators(file: &CaseFile<'_>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (mail, report) in &file.mails {
        for found in report.iter().flat_map(|report| &report.observables) {
            let value = found
                .value
                .replace('.', "[.]")
                .replace("http", "hxxp")
                .replace('@', "[at]");
            let known = rows.iter().any(|row| row.get(1) == Some(&value));
            if !known && rows.len() < INDICATORS {
                let place = format!("surel {}, {}", mail.entry.0, found.place);
                rows.push(vec![
                    found.kind.clone(),
                    value,
                    place.trim_end_matches(", ").to_owned(),
                ]);
            }
        }
    }
    rows
}

fn or_dash(text: String) -> String {
    if text.trim().is_empty() {
        "-".to_owned()
    } else {
        text
    }
}

fn short(at: Timestamp) -> String {
    at.wib().format("%d-%m-%Y %H.%M").to_string()
}
