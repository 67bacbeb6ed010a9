//! *Lembar antrian insiden*: what is open, worst first (SOP step 2; columns as `domain.md` 5.8). Pure.

use super::{Column, Ledger};
use crate::case::{Deadline, Progress, Sheet, Way};
use crate::clock::Timestamp;
use crate::letter::{dates, incident_name};
use crate::tongue::Tongue;

/// One open case.
#[derive(Debug, Clone)]
pub struct QueueRow {
    pub register: String,
    pub agenda: String,
    pub opened: Timestamp,
    pub reporter: String,
    pub subject: String,
    pub incident: String,
    /// As the register has it now.
    pub severity: String,
    /// As the rules proposed it.
    pub proposed: String,
    pub ticket: String,
    pub progress: Progress,
    pub sheet: Sheet,
    /// The OPD that the register names.
    pub office: String,
    /// The clocks that run.
    pub clocks: Vec<Deadline>,
}

impl QueueRow {
    /// The next deadline, if any.
    fn due(&self) -> Option<Timestamp> {
        self.clocks.iter().map(|clock| clock.due).min()
    }
}

/// When, and of whom.
pub struct QueueFacts {
    /// The cases stand on the sheet as they stood then.
    pub now: Timestamp,
    /// A period that the sheet is about; empty for one of this moment.
    pub period: String,
    pub rows: Vec<QueueRow>,
}

const COLUMNS: [(&str, u16); 16] = [
    ("No", 3),
    ("Reg", 9),
    ("No. agenda", 5),
    ("Diterima", 8),
    ("Pelapor/OPD", 12),
    ("Sistem/perihal", 14),
    ("Tipe", 10),
    ("Tingkat (usulan → ditetapkan)", 8),
    ("Prio", 4),
    ("Penanggung jawab", 8),
    ("Status", 9),
    ("Eskalasi BSSN", 6),
    ("Batas waktu", 11),
    ("Tiket", 6),
    ("Tgl closed", 6),
    ("Paraf", 5),
];

/// The queue sheet, in the order in which it is to be worked off.
pub fn queue(mut facts: QueueFacts) -> Ledger {
    let now = facts.now;
    facts.rows.sort_by_key(|row| place(row, now));
    let rows = (1..)
        .zip(&facts.rows)
        .map(|(number, row)| line(number, row, now));
    Ledger {
        title: "LEMBAR ANTRIAN INSIDEN".to_owned(),
        subtitle: if facts.period.is_empty() {
            format!("per {}", dates::moment(now.wib()))
        } else {
            format!(
                "{} · keadaan per {}",
                facts.period,
                dates::moment(now.wib())
            )
        },
        columns: COLUMNS
            .iter()
            .map(|(heading, width)| Column::new(heading, *width))
            .collect(),
        rows: rows.collect(),
        foot: vec![counted(&facts.rows)],
    }
}

fn counted(rows: &[QueueRow]) -> String {
    let ended = rows.iter().filter(|row| row.sheet.ended.is_some()).count();
    let open = rows.len() - ended;
    if ended == 0 {
        format!("{open} insiden terbuka.")
    } else {
        format!("{open} insiden terbuka, {ended} berakhir dalam periode ini.")
    }
}

/// What is over stands last. A priority that a person set, else the rules' proposal, goes first within its severity; then what is
/// overdue; then age.
fn place(row: &QueueRow, now: Timestamp) -> (bool, u8, i64, bool, i64) {
    let severity = match row.severity.as_str() {
        "high" => 0,
        "medium" => 1,
        _ => 2,
    };
    let priority = match (row.sheet.priority, row.sheet.proposed_priority) {
        (0, 0) => 100,
        (0, proposed) => proposed,
        (set, _) => set,
    };
    let overdue = row.due().is_some_and(|due| due < now);
    let over = row.sheet.ended.is_some();
    (over, severity, priority, !overdue, row.opened.0)
}

fn line(number: usize, row: &QueueRow, now: Timestamp) -> Vec<String> {
    let sheet = &row.sheet;
    let reporter = match &sheet.taken_down {
        Some(taken) => join(&[&taken.name, &taken.office]),
        None if sheet.office.is_empty() => join(&[&row.reporter, &row.office]),
        None => join(&[&row.reporter, &sheet.office]),
    };
    let system = join(&[&sheet.system, &row.subject]);
    let level = match &sheet.severity {
        Some(set) => format!("{} → {}", level(&row.proposed), level(set)),
        None => format!("{} → …", level(&row.proposed)),
    };
    let escalated = match &sheet.decision {
        Some((Way::Bssn, _)) => "ya",
        Some((Way::Own, _)) => "tidak",
        None => "…",
    };
    let waiting = if row.progress.waiting {
        ", menunggu pelapor"
    } else {
        ""
    };
    vec![
        number.to_string(),
        row.register.clone(),
        row.agenda.clone(),
        short(row.opened),
        reporter,
        system,
        incident_name(&row.incident),
        level,
        match (sheet.priority, sheet.proposed_priority) {
            (0, 0) => String::new(),
            (0, proposed) => format!("({proposed})"),
            (set, _) => set.to_string(),
        },
        sheet.assigned.clone().unwrap_or_default(),
        format!(
            "{}{waiting}",
            row.progress.phase.in_words(Tongue::Indonesian)
        ),
        escalated.to_owned(),
        clocks(row, now),
        row.ticket.clone(),
        sheet.ended.map(short).unwrap_or_default(),
        String::new(),
    ]
}

/// Every clock by its name, the next one first.
fn clocks(row: &QueueRow, now: Timestamp) -> String {
    let mut clocks: Vec<_> = row.clocks.iter().collect();
    clocks.sort_by_key(|clock| clock.due);
    let told = clocks.into_iter().map(|clock| {
        let late = if clock.due < now { "LEWAT " } else { "" };
        format!(
            "{}: {late}{}",
            clock.in_words(Tongue::Indonesian),
            short(clock.due)
        )
    });
    told.collect::<Vec<_>>().join("; ")
}

fn level(stored: &str) -> &'static str {
    match stored {
        "high" => "High",
        "medium" => "Medium",
        _ => "Low",
    }
}

fn join(parts: &[&str]) -> String {
    let said: Vec<_> = parts
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect();
    said.join(", ")
}

fn short(at: Timestamp) -> String {
    at.wib().format("%d-%m-%Y %H.%M").to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]

    use super::*;

    fn row(register: &str, severity: &str, opened: i64, due: Option<i64>) -> QueueRow {
        QueueRow {
            register: register.to_owned(),
            agenda: String::new(),
            opened: Timestamp(opened),
            reporter: String::new(),
            subject: String::new(),
            incident: String::new(),
            severity: severity.to_owned(),
            proposed: severity.to_owned(),
            ticket: String::new(),
            progress: Progress::default(),
            sheet: Sheet::default(),
            office: String::new(),
            clocks: due.into_iter().map(|due| clock("iiv", due)).collect(),
        }
    }

    fn clock(which: &str, due: i64) -> Deadline {
        Deadline {
            which: which.to_owned(),
            starts: Timestamp(0),
            due: Timestamp(due),
        }
    }

    #[test]
    fn every_clock_is_named_and_what_is_over_stands_last() {
        let hour = 3_600_000;
        let mut open = row("terbuka", "low", 1, Some(hour));
        open.clocks.insert(0, clock("PANDI", 9 * hour));
        let mut over = row("selesai", "high", 1, None);
        over.sheet.ended = Some(Timestamp(2));
        let ledger = queue(QueueFacts {
            now: Timestamp(2 * hour),
            period: "Bulan Januari 1970".to_owned(),
            rows: vec![over, open],
        });
        assert_eq!(
            (ledger.rows[0][1].as_str(), ledger.rows[1][1].as_str()),
            ("terbuka", "selesai")
        );
        assert_eq!(
            ledger.rows[0][12],
            "1×24 jam (IIV): LEWAT 01-01-1970 08.00; PANDI: 01-01-1970 16.00"
        );
        assert_eq!(
            ledger.foot,
            ["1 insiden terbuka, 1 berakhir dalam periode ini."]
        );
        assert!(
            ledger
                .subtitle
                .starts_with("Bulan Januari 1970 · keadaan per 1 Januari 1970 pukul 09.00")
        );
    }

    #[test]
    fn worst_first_then_overdue_then_oldest() {
        let rows = vec![
            row("low", "low", 1, None),
            row("young", "high", 9, None),
            row("old", "high", 2, None),
            row("overdue", "high", 8, Some(50)),
            row("medium", "medium", 0, Some(1)),
        ];
        let ledger = queue(QueueFacts {
            now: Timestamp(100),
            period: String::new(),
            rows,
        });
        let order: Vec<_> = ledger.rows.iter().map(|row| row[1].as_str()).collect();
        assert_eq!(order, ["overdue", "old", "young", "medium", "low"]);
    }
}
