//! The packet for BSSN: what it is made of, and how it is written as folder and zip.

use std::io::{Cursor, Write as _};
use std::path::Path;

use sha2::{Digest, Sha256};
use tanggap_rules::{Observable, Report, read};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::super::{dates, deeds};
use super::{Escalate, Packed};
use crate::case::{Event, Sheet};
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::letter::{Evidence, Moment, PacketFacts, incident_name, level};
use crate::pgp;
use crate::register::hex;
use crate::secretary::sheet_of;
use crate::store::{CaseView, EntryId, EventView, Store, StoreError};
use crate::tongue::Tongue;

/// Observables of one packet, at most.
const OBSERVABLES: usize = 500;
/// Mails of one case that are read again, at most.
const MAILS: usize = 200;
/// Pieces of evidence that are listed, at most.
const EVIDENCE: usize = 1000;

impl Escalate {
    /// All that the packet says.
    pub(super) fn facts(
        &self,
        config: &Config,
        (case, events): (&CaseView, &[EventView]),
        (reports, mut evidence): (Vec<Report>, Vec<Evidence>),
    ) -> PacketFacts {
        let sheet = sheet_of(events);
        evidence.truncate(EVIDENCE);
        let mut observables: Vec<Observable> = Vec::new();
        for seen in reports.iter().flat_map(|report| &report.observables) {
            let known = observables
                .iter()
                .any(|known| known.kind == seen.kind && known.value == seen.value);
            if !known && observables.len() < OBSERVABLES {
                observables.push(seen.clone());
            }
        }
        PacketFacts {
            register: case.register.clone(),
            fields: self.fields(config, (case, &sheet)),
            chronology: chronology(events),
            observables,
            evidence,
        }
    }

    /// What BSSN's form asks for (`domain.md` 3.3).
    fn fields(
        &self,
        config: &Config,
        (case, sheet): (&CaseView, &Sheet),
    ) -> Vec<(&'static str, String)> {
        let help = match self.help_wanted.as_str() {
            "" => "tidak diminta",
            wanted => wanted,
        };
        let findings = sheet.findings.as_ref().map(|told| told.text.clone());
        let actions: Vec<_> = sheet
            .handled
            .iter()
            .map(|told| told.text.as_str())
            .collect();
        let clocks: Vec<_> = sheet
            .deadlines
            .iter()
            .map(|(which, ..)| which.as_str())
            .collect();
        let yes = |which: &str| {
            if clocks.contains(&which) {
                "ya"
            } else {
                "tidak dinyatakan"
            }
        };
        vec![
            (
                "Waktu ditemukan",
                moment(sheet.found.unwrap_or(case.opened)),
            ),
            ("Waktu dilaporkan", moment(case.opened)),
            ("Narahubung (nama, jabatan)", config.bssn.contact.clone()),
            ("Telepon narahubung", config.bssn.contact_phone.clone()),
            ("Surel narahubung", config.team.address.clone()),
            ("Instansi pelapor", config.team.office.clone()),
            ("OPD pemilik sistem", sheet.office.clone()),
            ("Sistem terdampak", sheet.system.clone()),
            ("Infrastruktur informasi vital (IIV)", yes("iiv").to_owned()),
            ("Memproses data pribadi", yes("pdp").to_owned()),
            (
                "Jenis insiden",
                format!("{} ({})", incident_name(&case.incident), case.incident),
            ),
            ("Tingkat menurut SOP", level(&case.severity).to_owned()),
            (
                "Deskripsi (identifikasi awal)",
                findings.unwrap_or_default(),
            ),
            ("Dampak", sheet.impact.clone()),
            ("Tindakan yang telah dilakukan", actions.join("; ")),
            ("Kelemahan yang ditemukan", sheet.weaknesses.clone()),
            ("Bantuan yang diminta", help.to_owned()),
            ("Sifat", "TERBATAS (TLP:AMBER)".to_owned()),
        ]
    }
}

/// Every mail of the case, read again, and what is kept as evidence of it.
pub(super) async fn mails(
    store: &Store,
    config: &Config,
    events: &[EventView],
) -> Result<(Vec<Report>, Vec<Evidence>), StoreError> {
    let entries =
        events
            .iter()
            .filter_map(|event| match serde_json::from_str(&event.event).ok()? {
                Event::Registered { entry, .. } | Event::FollowedUp { entry } => Some(entry),
                _ => None,
            });
    let (mut reports, mut evidence) = (Vec::new(), Vec::new());
    for entry in entries.take(MAILS) {
        let raw = store.raw(EntryId(entry), config.limits.mail_size).await?;
        let report = read(&raw, &config.site);
        evidence.push(Evidence {
            name: format!("surel-{entry}.eml"),
            size: raw.len() as u64,
            sha256: hex(&Sha256::digest(&raw)),
            source: format!("surel jurnal {entry}, utuh"),
        });
        evidence.extend(report.attachments.iter().map(|file| Evidence {
            name: file.name.clone(),
            size: file.size,
            sha256: file.sha256.clone(),
            source: format!("lampiran surel jurnal {entry}"),
        }));
        reports.push(report);
    }
    Ok((reports, evidence))
}

/// What happened, first to last, in the words of the case's history.
fn chronology(events: &[EventView]) -> Vec<Moment> {
    let told = |event: &EventView| {
        let what = match serde_json::from_str(&event.event).ok()? {
            Event::Registered { entry, .. } => {
                format!("laporan diterima dan dicatat (surel jurnal {entry})")
            }
            Event::FollowedUp { entry } => {
                format!("informasi susulan diterima (surel jurnal {entry})")
            }
            Event::Acted(act) => deeds::in_words(&act, Tongue::Indonesian),
            _ => return None,
        };
        Some(Moment {
            at: dates::short(event.at),
            what,
            source: event.actor.clone(),
        })
    };
    events.iter().filter_map(told).collect()
}

fn moment(at: Timestamp) -> String {
    dates::moment(at)
}

/// The folder, for people to look into; and the same as one file, encrypted where a key is configured.
pub(super) fn write(
    folder: &Path,
    facts: &PacketFacts,
    (config, clock): (&Config, &Clock),
) -> anyhow::Result<Packed> {
    std::fs::create_dir_all(folder)?;
    let files = facts.files();
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, bytes) in &files {
        std::fs::write(folder.join(name), bytes)?;
        archive.start_file(name.as_str(), options)?;
        archive.write_all(bytes)?;
    }
    let bytes = archive.finish()?.into_inner();
    let name = format!("{}-paket.zip", facts.register);
    let packed = match &config.bssn.key {
        Some(key) => Packed {
            name: format!("{name}.gpg"),
            bytes: pgp::encrypt(key, clock, &bytes)?,
        },
        None => Packed { name, bytes },
    };
    std::fs::write(folder.join(&packed.name), &packed.bytes)?;
    Ok(packed)
}
