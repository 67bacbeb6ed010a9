//! The one translation from a judged report to a ticket. Pure: the same report always gives the same ticket.

mod files;
mod note;
pub mod shown;
mod standing;

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use tanggap_rules::{Attachment, Authenticity, Classification, Missing, Report, Severity, defang};

use files::Fate;
pub use files::FileDraft;
pub use note::{Kin, classification, same};
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
    let mut text = String::new();
    line(&mut text, &format!("SUSULAN untuk {}", facts.register));
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
    let title = match facts.report.subject.as_str() {
        _ if facts.report.is_red() => "(TLP:RED, perihal ada di jurnal)",
        "" => "(tanpa perihal)",
        subject => subject,
    };
    let level = severity_name(facts.classification.severity);
    let mark = if facts.for_human.is_empty() {
        level
    } else {
        "PERLU DIBACA"
    };
    cut(
        &format!("[{}] {mark}: {}", facts.register, defang(title)),
        SUBJECT_LIMIT,
    )
}

/// osTicket wants a name and an address; where a mail has none, the team itself stands in and the text says so.
fn reporter(facts: &Facts<'_>) -> (String, String) {
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
            "Pelapor tidak dikenal".to_owned(),
            facts.own_address.to_owned(),
        ),
    }
}

fn body(facts: &Facts<'_>) -> String {
    let mut text = String::new();
    line(
        &mut text,
        &format!("LAPORAN INSIDEN SIBER {}", facts.register),
    );
    if !facts.for_human.is_empty() {
        line(
            &mut text,
            &format!("PERLU DIBACA MANUSIA: {}", facts.for_human),
        );
    }
    judgement_lines(&mut text, facts.classification);
    standing::lines(&mut text, facts);
    if !facts.noted {
        reasons(&mut text, facts.classification);
    }
    sender_lines(&mut text, facts);
    missing_line(&mut text, &facts.report.missing);
    text.push('\n');
    contents(&mut text, facts);
    text
}

fn judgement_lines(text: &mut String, judged: &Classification) {
    line(
        text,
        &format!("Tingkat (usulan): {}", severity_name(judged.severity)),
    );
    line(text, &format!("Jenis (RSIT)    : {}", judged.incident));
    if !judged.also.is_empty() {
        line(
            text,
            &format!("Jenis lain      : {}", judged.also.join(", ")),
        );
    }
}

fn reasons(text: &mut String, judged: &Classification) {
    for reason in &judged.reasons {
        line(
            text,
            &format!("Alasan          : {}", cut(&defang(reason), 400)),
        );
    }
}

/// No angle brackets around the address: osTicket takes `<a@b>` in a text for a quoted id and drops the domain.
fn sender_lines(text: &mut String, facts: &Facts<'_>) {
    let from = facts.report.from.as_ref();
    let shown = from.map_or_else(
        || "(tidak terbaca)".to_owned(),
        |from| format!("{}, {}", from.name, from.address),
    );
    line(
        text,
        &format!(
            "Pelapor         : {shown} ({})",
            authenticity(facts.report.authenticity)
        ),
    );
    if let Some(office) = &facts.report.office {
        line(text, &format!("OPD             : {office}"));
    }
    line(
        text,
        &format!(
            "Diterima        : {}",
            dates::day_and_time(facts.received.wib())
        ),
    );
    line(
        text,
        &format!("Surel asli      : jurnal tanggap nomor {}", facts.entry),
    );
}

fn missing_line(text: &mut String, missing: &[Missing]) {
    if missing.is_empty() {
        return;
    }
    let names: Vec<&str> = missing.iter().map(|item| missing_name(*item)).collect();
    line(text, &format!("Belum ada       : {}", names.join(", ")));
}

/// What the mail says, unclickable, within osTicket's limits.
fn contents(text: &mut String, facts: &Facts<'_>) {
    let report = facts.report;
    if report.is_red() {
        return line(
            text,
            &format!(
                "TLP:RED: isi, lampiran, dan indikatornya tidak disalin ke osTicket. Baca dengan: tanggap explain {}",
                facts.entry
            ),
        );
    }
    observables(text, report);
    attachments(text, &report.attachments, &facts.fates());
    for oddity in report.oddities.iter().take(10) {
        line(text, &format!("Kejanggalan surel: {}", cut(&oddity.0, 300)));
    }
    line(text, "\n--- Isi laporan (tautan dimatikan) ---");
    let room = BODY_LIMIT.saturating_sub(text.len() + QUOTED_LIMIT);
    line(text, &shortened(&defang(&report.newest), room));
    if !report.quoted.trim().is_empty() {
        line(text, "\n--- Kutipan atau terusan ---");
        line(text, &shortened(&defang(&report.quoted), QUOTED_LIMIT));
    }
}

fn observables(text: &mut String, report: &Report) {
    if report.observables.is_empty() {
        return;
    }
    line(text, "Indikator (dimatikan):");
    for found in report.observables.iter().take(100) {
        line(
            text,
            &format!("  {:<7} {}", found.kind, cut(&found.defanged(), 300)),
        );
    }
    more(text, report.observables.len(), 100);
}

/// Every attached file is named, with what became of it.
fn attachments(text: &mut String, attachments: &[Attachment], fates: &[Fate]) {
    if attachments.is_empty() {
        return;
    }
    line(text, "Lampiran (semuanya tersimpan di jurnal):");
    for (file, fate) in attachments.iter().zip(fates).take(50) {
        let kind = if file.detected.is_empty() {
            &file.declared
        } else {
            &file.detected
        };
        let fate = match fate {
            Fate::Copied(_) => "disalin ke sini",
            Fate::Stays(why) => &format!("tidak disalin: {why}"),
        };
        line(
            text,
            &format!(
                "  {} ({kind}, {} bita, SHA-256 {}): {fate}",
                file.name, file.size, file.sha256
            ),
        );
    }
    more(text, attachments.len(), 50);
}

fn more(text: &mut String, all: usize, shown: usize) {
    if all > shown {
        line(text, &format!("  … dan {} lagi di jurnal", all - shown));
    }
}

fn line(text: &mut String, what: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{what}");
}

/// At most `limit` bytes, never in the middle of a character, and the reader is told.
fn shortened(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    format!(
        "{}\n[dipotong di sini; naskah lengkap ada di jurnal]",
        text.get(..text.floor_char_boundary(limit)).unwrap_or("")
    )
}

/// At most `limit` characters.
fn cut(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

/// The SOP writes its three severities in English ("Tingkatan").
pub fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
    }
}

/// What the reporter still owes, in Indonesian.
pub fn missing_name(missing: Missing) -> &'static str {
    match missing {
        Missing::Identity => "kartu identitas",
        Missing::Evidence => "bukti (tangkapan layar atau log)",
        Missing::Contact => "kontak yang dapat dihubungi",
        Missing::Time => "waktu kejadian",
        Missing::System => "sistem yang terdampak",
    }
}

/// Whether the sender is who it says, in Indonesian.
pub fn authenticity(found: Authenticity) -> &'static str {
    match found {
        Authenticity::Pass => "pengirim terbukti asli",
        Authenticity::Fail => "AWAS: alamat pengirim kemungkinan dipalsukan",
        Authenticity::Neutral | Authenticity::Unknown => "keaslian pengirim tidak terbukti",
    }
}
