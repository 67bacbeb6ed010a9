//! `tanggap case escalate`: the decision for BSSN, and the packet that a person looks at, signs for and releases.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use sha2::{Digest, Sha256};
use tanggap_rules::{Observable, Report, read};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::deeds;
use super::staff::{On, act, known, operator, said, with_skips};
use super::{Format, dates};
use crate::case::{Act, Event, Sheet, Way};
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::letter::{Evidence, Kind, Moment, PacketFacts, incident_name, level};
use crate::pgp;
use crate::register::hex;
use crate::secretary::sheet_of;
use crate::showing::Typed;
use crate::store::{
    CaseView, EntryId, EventView, LetterDone, LetterWork, PaperFile, Store, StoreError,
};

/// Observables of one packet, at most.
const OBSERVABLES: usize = 500;
/// Mails of one case that are read again, at most.
const MAILS: usize = 200;

pub const EXAMPLES: &str = "\
Contoh:
  tanggap case escalate INS-2026-0042 --reason \"di luar kemampuan\" --system simpus.batangkab.go.id --owner \"Dinas Kesehatan\"
  tanggap case escalate INS-2026-0042 --help-wanted \"analisis malware\" --out /srv/paket

Yang terjadi: keputusan dicatat (bila belum), paket ditulis ke folder, surat ke BSSN disiapkan dengan paket sebagai lampiran.
Tidak ada yang terkirim sebelum surat diterbitkan, ditandatangani, dan dilepas: tanggap letter list";

#[derive(Debug, Args)]
pub struct Escalate {
    #[command(flatten)]
    on: On,
    /// Mengapa dieskalasi; wajib bila belum diputuskan
    #[arg(long, value_name = "ALASAN", value_parser = said)]
    reason: Option<String>,
    /// Sistem terdampak: nama, URL, IP, fungsi
    #[arg(long, value_name = "ISI", default_value = "")]
    system: String,
    /// OPD pemilik sistem
    #[arg(long, value_name = "NAMA", default_value = "")]
    owner: String,
    /// Dampak: layanan, jumlah pengguna atau data
    #[arg(long, value_name = "ISI", default_value = "")]
    impact: String,
    /// Juga mohon bantuan tanggap insiden: bantuan apa
    #[arg(long, value_name = "ISI", default_value = "")]
    help_wanted: String,
    /// Folder tempat paket ditulis
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
}

/// The packet, ready to be attached.
struct Packed {
    name: String,
    bytes: Vec<u8>,
}

impl Escalate {
    pub async fn act(
        &self,
        (store, clock): (&Store, &Clock),
        config: &Config,
        format: Format,
    ) -> anyhow::Result<()> {
        // Before anything is decided or written: an expired key must stop all of it.
        if let Some(key) = &config.bssn.key {
            pgp::check(key, clock)?;
        }
        let operator = operator(self.on.by.as_ref())?;
        let case = self.decide((store, clock), config, &operator).await?;
        let events = store.events(case.id).await?;
        let facts = self.facts(store, config, (&case, &events)).await?;
        let folder = self.out.join(format!("{}-bssn", case.register));
        let packed = write(&folder, &facts, (config, clock))?;
        let letters = self
            .letters((store, clock), &case, (&packed, &operator))
            .await?;
        tell(&facts, (&folder, &packed), &letters, format);
        Ok(())
    }

    /// The decision of step 3, where it was not taken yet.
    async fn decide(
        &self,
        (store, clock): (&Store, &Clock),
        config: &Config,
        operator: &str,
    ) -> Result<CaseView, StoreError> {
        let case = known(store, &self.on.register).await?;
        if case.progress.escalated {
            return Ok(case);
        }
        let Some(reason) = &self.reason else {
            return Err(StoreError::Refused(format!(
                "{} belum diputuskan untuk BSSN; sebut alasannya: --reason ALASAN",
                case.register
            )));
        };
        let decided = Act::Decided {
            way: Way::Bssn,
            reason: reason.clone(),
        };
        let events = with_skips(&case, decided, self.on.skip.as_deref())?;
        let typed = || {
            let events = events.clone();
            vec![Typed {
                case: case.id,
                events,
            }]
        };
        act((store, clock), &config.osticket, typed, operator).await?;
        known(store, &self.on.register).await
    }

    async fn facts(
        &self,
        store: &Store,
        config: &Config,
        (case, events): (&CaseView, &[EventView]),
    ) -> Result<PacketFacts, StoreError> {
        let sheet = sheet_of(events);
        let (reports, mut evidence) = mails(store, config, events).await?;
        evidence.truncate(1000);
        let mut observables: Vec<Observable> = Vec::new();
        for seen in reports.iter().flat_map(|report| &report.observables) {
            let known = observables
                .iter()
                .any(|known| known.kind == seen.kind && known.value == seen.value);
            if !known && observables.len() < OBSERVABLES {
                observables.push(seen.clone());
            }
        }
        Ok(PacketFacts {
            register: case.register.clone(),
            fields: self.fields(config, (case, &sheet), reports.first()),
            chronology: chronology(events),
            observables,
            evidence,
        })
    }

    /// What BSSN's form asks for (`domain.md` 3.3).
    fn fields(
        &self,
        config: &Config,
        (case, sheet): (&CaseView, &Sheet),
        report: Option<&Report>,
    ) -> Vec<(&'static str, String)> {
        let taken = sheet.taken_down.as_ref();
        let or = |said: &str, known: Option<&String>| {
            if said.is_empty() {
                known.cloned().unwrap_or_default()
            } else {
                said.to_owned()
            }
        };
        let owner = taken
            .map(|taken| &taken.office)
            .filter(|office| !office.is_empty())
            .or_else(|| report.and_then(|report| report.office.as_ref()));
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
            ("OPD pemilik sistem", or(&self.owner, owner)),
            (
                "Sistem terdampak",
                or(&self.system, taken.map(|taken| &taken.system)),
            ),
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
            ("Dampak", or(&self.impact, Some(&sheet.impact))),
            ("Tindakan yang telah dilakukan", actions.join("; ")),
            ("Kelemahan yang ditemukan", sheet.weaknesses.clone()),
            (
                "Bantuan yang diminta",
                or(&self.help_wanted, Some(&"tidak diminta".to_owned())),
            ),
            ("Sifat", "TERBATAS (TLP:AMBER)".to_owned()),
        ]
    }

    /// Drafts that wait for number, signature and release, each with the packet beside it; a newer packet is a newer draft.
    async fn letters(
        &self,
        (store, clock): (&Store, &Clock),
        case: &CaseView,
        (packed, operator): (&Packed, &str),
    ) -> Result<Vec<String>, StoreError> {
        let mut kinds = vec![(Kind::BssnReport, String::new())];
        if !self.help_wanted.is_empty() {
            kinds.push((Kind::BssnHelp, self.help_wanted.clone()));
        }
        let mut names = Vec::new();
        for (kind, note) in kinds {
            let work = LetterWork {
                case: case.id,
                letter: None,
                kind,
                note,
                deeds: Vec::new(),
                files: vec![(
                    PaperFile::Enclosure,
                    packed.name.clone(),
                    packed.bytes.clone(),
                )],
                mail: None,
            };
            if let LetterDone::Done { letter } =
                store.letter_work(&work, operator, clock.now()).await?
            {
                names.push(format!(
                    "{}/letter/{letter} ({})",
                    case.register,
                    kind.name()
                ));
            }
        }
        Ok(names)
    }
}

/// Every mail of the case, read again, and what is kept as evidence of it.
async fn mails(
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
            Event::Acted(act) => deeds::in_words(&act),
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
fn write(
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

fn tell(
    facts: &PacketFacts,
    (folder, packed): (&Path, &Packed),
    letters: &[String],
    format: Format,
) {
    let missing = facts.missing();
    if format == Format::Json {
        println!(
            "{}",
            serde_json::json!({
                "register": facts.register, "folder": folder.display().to_string(), "packet": packed.name,
                "sha256": hex(&Sha256::digest(&packed.bytes)), "missing": missing, "letters": letters,
            })
        );
        return;
    }
    println!("{}: paket ditulis ke {}", facts.register, folder.display());
    println!(
        "lampiran {}, sha256 {}",
        packed.name,
        hex(&Sha256::digest(&packed.bytes))
    );
    for what in &missing {
        println!("BELUM ADA: {what}");
    }
    for letter in letters {
        println!("disiapkan: {letter}; terbitkan dengan nomor, tandatangani, lalu lepas");
    }
}
