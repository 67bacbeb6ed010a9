//! The one translation from a judged report to a ticket. Pure: the same report always gives the same ticket.

mod files;
mod names;
mod note;
pub mod shown;
mod standing;

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use tanggap_rules::{
    Attachment, Classification, Missing, Report, Severity, Tongue, defang, say_in,
};

use files::Fate;
pub use files::FileDraft;
pub use names::{authenticity, missing_name, severity_name};
pub use note::{Kin, classification, raised, same};
pub use shown::{SeverityDraft, StatusDraft};
pub use standing::described;

use crate::clock::Timestamp;
use crate::config::OsticketSettings;
use crate::letter::dates;

/// A ticket, composed and waiting in the outbox. Composed once: a retry says the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketDraft {
    pub subject: String,
    pub body: String,
    pub reporter_name: String,
    pub reporter_address: String,
    /// Where osTicket refuses the reporter's.
    pub stand_in_address: String,
    pub topic: Option<i64>,
    pub priority: Option<i64>,
    #[serde(default)]
    pub department: Option<i64>,
    #[serde(default)]
    pub sla: Option<i64>,
    /// The mail in the journal that brings the files.
    #[serde(default)]
    pub entry: i64,
    #[serde(default)]
    pub files: Vec<FileDraft>,
}

/// A message for an existing ticket, composed and waiting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageDraft {
    pub body: String,
    /// Whose message it is.
    #[serde(default)]
    pub reporter_address: String,
    #[serde(default)]
    pub files: Vec<FileDraft>,
}

/// An internal note, composed and waiting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteDraft {
    pub title: String,
    pub body: String,
}

/// What a ticket is made of.
pub struct Facts<'a> {
    pub register: &'a str,
    /// Number of the mail in the journal.
    pub entry: i64,
    pub received: Timestamp,
    pub report: &'a Report,
    pub classification: &'a Classification,
    /// Why a human must read the original; empty for an ordinary report.
    pub for_human: &'a str,
    /// The address to use where the report has none.
    pub own_address: &'a str,
    /// Files may be copied into the ticket.
    pub copies: bool,
    /// The reasons of the judgement stand in a note for staff alone.
    pub noted: bool,
    /// What staff read.
    pub tongue: Tongue,
}

impl Facts<'_> {
    fn fates(&self) -> Vec<Fate> {
        files::fates(self.report, self.copies)
    }

    fn files(&self) -> Vec<FileDraft> {
        let copied = |fate| match fate {
            Fate::Copied(file) => Some(file),
            Fate::Stays(_) => None,
        };
        self.fates().into_iter().filter_map(copied).collect()
    }
}

/// osTicket loses texts of 64 KB and more (O19); what is cut stays in the journal, and the text says so.
const BODY_LIMIT: usize = 48_000;
const QUOTED_LIMIT: usize = 12_000;
const SUBJECT_LIMIT: usize = 200;

/// The ticket for a new case.
pub fn compose(facts: &Facts<'_>, settings: &OsticketSettings) -> TicketDraft {
    let severity = facts.classification.severity;
    let (name, address) = reporter(facts);
    TicketDraft {
        subject: subject(facts),
        body: body(facts),
        reporter_name: name,
        reporter_address: address,
        stand_in_address: facts.own_address.to_owned(),
        topic: settings.topic,
        priority: match severity {
            Severity::Low => settings.priority_low,
            Severity::Medium => settings.priority_medium,
            Severity::High => settings.priority_high,
        },
        department: settings.department,
        sla: settings.sla,
        entry: facts.entry,
        files: facts.files(),
    }
}

/// The message for a follow-up of a case that exists.
pub fn follow_up(facts: &Facts<'_>) -> MessageDraft {
    let tongue = facts.tongue;
    let mut text = String::new();
    line(
        &mut text,
        &say_in!(
            tongue,
            "SUSULAN untuk {}",
            "FOLLOW-UP to {}",
            facts.register
        ),
    );
    sender_lines(&mut text, facts);
    text.push('\n');
    contents(&mut text, facts);
    let (_, reporter_address) = reporter(facts);
    MessageDraft {
        body: text,
        reporter_address,
        files: facts.files(),
    }
}

fn subject(facts: &Facts<'_>) -> String {
    let tongue = facts.tongue;
    let title = match facts.report.subject.as_str() {
        _ if facts.report.is_red() => tongue.choose(
            "(TLP:RED, perihal ada di jurnal)",
            "(TLP:RED, the subject is in the journal)",
        ),
        "" => tongue.choose("(tanpa perihal)", "(no subject)"),
        subject => subject,
    };
    let level = severity_name(facts.classification.severity);
    let mark = if facts.for_human.is_empty() {
        level
    } else {
        tongue.choose("PERLU DIBACA", "TO BE READ")
    };
    cut(
        &format!("[{}] {mark}: {}", facts.register, defang(title)),
        SUBJECT_LIMIT,
    )
}

/// osTicket wants a name and an address; where a mail has none, the team itself stands in and the text says so.
fn reporter(facts: &Facts<'_>) -> (String, String) {
    let tongue = facts.tongue;
    match &facts.report.from {
        Some(from) if from.address.contains('@') => {
            let name = if from.name.trim().is_empty() {
                &from.address
            } else {
                &from.name
            };
            (cut(name, 60), from.address.clone())
        }
        _ => (
            tongue
                .choose("Pelapor tidak dikenal", "Unknown reporter")
                .to_owned(),
            facts.own_address.to_owned(),
        ),
    }
}

fn body(facts: &Facts<'_>) -> String {
    let tongue = facts.tongue;
    let mut text = String::new();
    line(
        &mut text,
        &say_in!(
            tongue,
            "LAPORAN INSIDEN SIBER {}",
            "CYBER INCIDENT REPORT {}",
            facts.register
        ),
    );
    if !facts.for_human.is_empty() {
        line(
            &mut text,
            &say_in!(
                tongue,
                "PERLU DIBACA MANUSIA: {}",
                "A HUMAN MUST READ THIS: {}",
                facts.for_human
            ),
        );
    }
    judgement_lines(&mut text, facts.classification, tongue);
    standing::lines(&mut text, facts);
    if !facts.noted {
        reasons(&mut text, facts.classification, tongue);
    }
    sender_lines(&mut text, facts);
    missing_line(&mut text, &facts.report.missing, tongue);
    text.push('\n');
    contents(&mut text, facts);
    text
}

fn judgement_lines(text: &mut String, judged: &Classification, tongue: Tongue) {
    line(
        text,
        &say_in!(
            tongue,
            "Tingkat (usulan): {}",
            "Severity (prop.): {}",
            severity_name(judged.severity)
        ),
    );
    line(
        text,
        &say_in!(
            tongue,
            "Jenis (RSIT)    : {}",
            "Type (RSIT)     : {}",
            judged.incident
        ),
    );
    if !judged.also.is_empty() {
        line(
            text,
            &say_in!(
                tongue,
                "Jenis lain      : {}",
                "Other types     : {}",
                judged.also.join(", ")
            ),
        );
    }
}

fn reasons(text: &mut String, judged: &Classification, tongue: Tongue) {
    for reason in &judged.reasons {
        line(
            text,
            &say_in!(
                tongue,
                "Alasan          : {}",
                "Reason          : {}",
                cut(&defang(reason), 400)
            ),
        );
    }
}

/// No angle brackets around the address: osTicket takes `<a@b>` in a text for a quoted id and drops the domain.
fn sender_lines(text: &mut String, facts: &Facts<'_>) {
    let tongue = facts.tongue;
    let from = facts.report.from.as_ref();
    let shown = from.map_or_else(
        || tongue.choose("(tidak terbaca)", "(unreadable)").to_owned(),
        |from| format!("{}, {}", from.name, from.address),
    );
    line(
        text,
        &say_in!(
            tongue,
            "Pelapor         : {shown} ({})",
            "Reporter        : {shown} ({})",
            authenticity(facts.report.authenticity, tongue)
        ),
    );
    if let Some(office) = &facts.report.office {
        line(
            text,
            &say_in!(
                tongue,
                "OPD             : {office}",
                "Unit            : {office}"
            ),
        );
    }
    line(
        text,
        &say_in!(
            tongue,
            "Diterima        : {}",
            "Received        : {}",
            tongue.choose(
                dates::day_and_time(facts.received.wib()),
                dates::day_and_time_english(facts.received.wib()),
            )
        ),
    );
    line(
        text,
        &say_in!(
            tongue,
            "Surel asli      : jurnal tanggap nomor {}",
            "Original mail   : tanggap journal number {}",
            facts.entry
        ),
    );
}

fn missing_line(text: &mut String, missing: &[Missing], tongue: Tongue) {
    if missing.is_empty() {
        return;
    }
    let names: Vec<&str> = missing
        .iter()
        .map(|item| missing_name(*item, tongue))
        .collect();
    line(
        text,
        &say_in!(
            tongue,
            "Belum ada       : {}",
            "Still missing   : {}",
            names.join(", ")
        ),
    );
}

/// What the mail says, unclickable, within osTicket's limits.
fn contents(text: &mut String, facts: &Facts<'_>) {
    let tongue = facts.tongue;
    let report = facts.report;
    if report.is_red() {
        return line(
            text,
            &say_in!(
                tongue,
                "TLP:RED: isi, lampiran, dan indikatornya tidak disalin ke osTicket. Baca dengan: tanggap explain {}",
                "TLP:RED: its text, files and indicators are not copied to osTicket. Read it with: tanggap explain {}",
                facts.entry
            ),
        );
    }
    observables(text, report, tongue);
    attachments(text, &report.attachments, &facts.fates(), tongue);
    for oddity in report.oddities.iter().take(10) {
        line(
            text,
            &say_in!(
                tongue,
                "Kejanggalan surel: {}",
                "Odd in the mail  : {}",
                cut(&oddity.0, 300)
            ),
        );
    }
    line(
        text,
        tongue.choose(
            "\n--- Isi laporan (tautan dimatikan) ---",
            "\n--- The report (links disabled) ---",
        ),
    );
    let room = BODY_LIMIT.saturating_sub(text.len() + QUOTED_LIMIT);
    line(text, &shortened(&defang(&report.newest), room, tongue));
    if !report.quoted.trim().is_empty() {
        line(
            text,
            tongue.choose(
                "\n--- Kutipan atau terusan ---",
                "\n--- Quoted or forwarded ---",
            ),
        );
        line(
            text,
            &shortened(&defang(&report.quoted), QUOTED_LIMIT, tongue),
        );
    }
}

fn observables(text: &mut String, report: &Report, tongue: Tongue) {
    if report.observables.is_empty() {
        return;
    }
    line(
        text,
        tongue.choose("Indikator (dimatikan):", "Indicators (defanged):"),
    );
    for found in report.observables.iter().take(100) {
        line(
            text,
            &format!("  {:<7} {}", found.kind, cut(&found.defanged(), 300)),
        );
    }
    more(text, report.observables.len(), 100, tongue);
}

/// Every attached file is named, with what became of it.
fn attachments(text: &mut String, attachments: &[Attachment], fates: &[Fate], tongue: Tongue) {
    if attachments.is_empty() {
        return;
    }
    line(
        text,
        tongue.choose(
            "Lampiran (semuanya tersimpan di jurnal):",
            "Attachments (all are kept in the journal):",
        ),
    );
    for (file, fate) in attachments.iter().zip(fates).take(50) {
        let kind = if file.detected.is_empty() {
            &file.declared
        } else {
            &file.detected
        };
        let fate = match fate {
            Fate::Copied(_) => tongue.choose("disalin ke sini", "copied here"),
            Fate::Stays(why) => &say_in!(
                tongue,
                "tidak disalin: {}",
                "not copied: {}",
                why.told(tongue)
            ),
        };
        line(
            text,
            &say_in!(
                tongue,
                "  {} ({kind}, {} bita, SHA-256 {}): {fate}",
                "  {} ({kind}, {} bytes, SHA-256 {}): {fate}",
                file.name,
                file.size,
                file.sha256
            ),
        );
    }
    more(text, attachments.len(), 50, tongue);
}

fn more(text: &mut String, all: usize, shown: usize, tongue: Tongue) {
    if all > shown {
        line(
            text,
            &say_in!(
                tongue,
                "  … dan {} lagi di jurnal",
                "  … and {} more in the journal",
                all - shown
            ),
        );
    }
}

fn line(text: &mut String, what: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{what}");
}

/// At most `limit` bytes, never in the middle of a character, and the reader is told.
fn shortened(text: &str, limit: usize, tongue: Tongue) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    say_in!(
        tongue,
        "{}\n[dipotong di sini; naskah lengkap ada di jurnal]",
        "{}\n[cut here; the whole text is in the journal]",
        text.get(..text.floor_char_boundary(limit)).unwrap_or("")
    )
}

/// At most `limit` characters.
fn cut(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}
