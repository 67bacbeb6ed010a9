//! *Lembar antrian insiden*: what is open, worst first (SOP step 2; columns as `domain.md` 5.8). Pure.

use super::{Column, Ledger};
use crate::case::{Progress, Sheet, Way};
use crate::clock::Timestamp;
use crate::letter::dates;

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
    /// The next deadline, if any.
    pub due: Option<Timestamp>,
}

/// When, and of whom.
pub struct QueueFacts {
    pub now: Timestamp,
    pub rows: Vec<QueueRow>,
}

const COLUMNS: [(&str, u16); 16] = [
    ("No", 3),
    ("Reg", 9),
    ("No. agenda", 5),
    ("Diterima", 8),
    ("Pelapor/OPD", 12),
    ("Sistem/perihal", 14),
    ("Tipe", 11),
    ("Tingkat (usulan → ditetapkan)", 8),
    ("Prio", 4),
    ("Penanggung jawab", 8),
    ("Status", 9),
    ("Eskalasi BSSN", 6),
    ("Batas waktu", 8),
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
        subtitle: format!("per {}", dates::moment(now.wib())),
        columns: COLUMNS
            .iter()
            .map(|(heading, width)| Column::new(heading, *width))
            .collect(),
        rows: rows.collect(),
        foot: vec![format!("{} insiden terbuka.", facts.rows.len())],
    }
}

/// A priority that a person set, else the rules' proposal, goes first within its severity; then what is overdue; then age.
fn place(row: &QueueRow, now: Timestamp) -> (u8, i64, bool, i64) {
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
    let overdue = row.due.is_some_and(|due| due < now);
    (severity, priority, !overdue, row.opened.0)
}

fn line(number: usize, row: &QueueRow, now: Timestamp) -> Vec<String> {
    let sheet = &row.sheet;
    let (reporter, system) = match &sheet.taken_down {
        Some(taken) => (
            join(&[&taken.name, &taken.office]),
            join(&[&taken.system, &row.subject]),
        ),
        None => (row.reporter.clone(), row.subject.clone()),
    };
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
    let due = match row.due {
        Some(due) if due < now => format!("LEWAT {}", short(due)),
        Some(due) => short(due),
        None => String::new(),
    };
    vec![
        number.to_string(),
        row.register.clone(),
        row.agenda.clone(),
        short(row.opened),
        reporter,
        system,
        row.incident.clone(),
        level,
        match (sheet.priority, sheet.proposed_priority) {
            (0, 0) => String::new(),
            (0, proposed) => format!("({proposed})"),
            (set, _) => set.to_string(),
        },
        sheet.assigned.clone().unwrap_or_default(),
        format!("{}{waiting}", row.progress.phase.in_words()),
        escalated.to_owned(),
        due,
        row.ticket.clone(),
        sheet.ended.map(short).unwrap_or_default(),
        String::new(),
    ]
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
            due: due.map(Timestamp),
        }
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
            rows,
        });
        let order: Vec<_> = ledger.rows.iter().map(|row| row[1].as_str()).collect();
        assert_eq!(order, ["overdue", "old", "young", "medium", "low"]);
    }
}
