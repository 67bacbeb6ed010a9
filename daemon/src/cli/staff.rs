//! `tanggap case triage|dispose|decide|…`: what the staff do, typed. Every verb is events with the operator's name on them.

mod acting;

use clap::{Args, Subcommand, ValueEnum};

pub use acting::{act, known, operator, with_skips};

use super::dates;
use crate::case::{Act, Exit, Way};
use crate::clock::Clock;
use crate::config::Config;
use crate::letter::Shelf;
use crate::secretary::Secretary;
use crate::showing::Typed;
use crate::store::{Store, StoreError};
use crate::tongue::{say, spoken, word};

/// Who does it, and which case.
#[derive(Debug, Args)]
pub struct On {
    #[arg(value_name = "REGISTER")]
    pub register: String,
    /// Siapa yang melakukan [bila kosong: $TANGGAP_OPERATOR, lalu nama pengguna sistem]
    #[arg(long, value_name = "NAMA")]
    pub by: Option<String>,
    /// Lewati langkah SOP yang belum dilakukan, dengan alasan yang tercatat
    #[arg(long, value_name = "ALASAN")]
    pub skip: Option<String>,
}

/// A severity as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    High,
    Medium,
    Low,
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// A way out as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Out {
    BukanInsiden,
    DiLuarLingkup,
    Duplikat,
}

/// The verbs that are one act on one case.
#[derive(Debug, Subcommand)]
pub enum Deed {
    /// Langkah 2: tetapkan jenis, tingkat, dan prioritas
    Triage {
        #[command(flatten)]
        on: On,
        /// Tingkat menurut SOP [bila kosong: usulan aturan]
        #[arg(long, value_enum, value_name = "TINGKAT")]
        severity: Option<Level>,
        /// Jenis menurut RSIT, kelas:jenis [bila kosong: usulan aturan]
        #[arg(long = "type", value_name = "JENIS", value_parser = rsit)]
        incident: Option<String>,
        /// Urutan penanganan, 1 yang pertama [bila kosong: mengikuti tingkat]
        #[arg(long, value_name = "ANGKA", default_value_t = 0, value_parser = clap::value_parser!(i64).range(0..=99))]
        priority: i64,
        /// Alasan, wajib bila usulan diubah
        #[arg(long, value_name = "ALASAN", default_value = "", required_if_eq_any = [("severity", "high"), ("severity", "medium"), ("severity", "low")])]
        reason: String,
    },
    /// Ubah jenis atau tingkat sesudah triase
    Reclassify {
        #[command(flatten)]
        on: On,
        #[arg(
            long,
            value_enum,
            value_name = "TINGKAT",
            required_unless_present = "incident"
        )]
        severity: Option<Level>,
        #[arg(long = "type", value_name = "JENIS", value_parser = rsit)]
        incident: Option<String>,
        #[arg(long, value_name = "ALASAN", value_parser = said)]
        reason: String,
    },
    /// Langkah 2: isi satu baris lembar disposisi
    Dispose {
        #[command(flatten)]
        on: On,
        /// Dari siapa [bila kosong: yang mengetik]
        #[arg(long, value_name = "JABATAN", default_value = "")]
        from: String,
        #[arg(long, value_name = "JABATAN", value_parser = said)]
        to: String,
        #[arg(long, value_name = "ISI", value_parser = said)]
        instruction: String,
    },
    /// Langkah 3: tangani sendiri (--own) atau eskalasi ke BSSN (--bssn)
    Decide {
        #[command(flatten)]
        on: On,
        #[arg(long, conflicts_with = "bssn", required_unless_present = "bssn")]
        own: bool,
        #[arg(long)]
        bssn: bool,
        #[arg(long, value_name = "ALASAN", value_parser = said)]
        reason: String,
    },
    /// Langkah 3: tunjuk personil
    Assign {
        #[command(flatten)]
        on: On,
        #[arg(long, value_name = "NAMA", value_parser = said)]
        to: String,
    },
    /// Langkah 4: identifikasi awal untuk BSSN
    Identify {
        #[command(flatten)]
        on: On,
        #[arg(long, value_name = "TEMUAN", value_parser = said)]
        findings: String,
    },
    /// Langkah 4: catat nomor dan saran dari BSSN
    BssnAnswer {
        #[command(flatten)]
        on: On,
        #[arg(long, value_name = "NOMOR", value_parser = said)]
        reference: String,
        #[arg(long, value_name = "ISI", default_value = "")]
        advice: String,
    },
    /// Langkah 5: kelemahan yang ditemukan dan deteksi yang diperbarui
    Detect {
        #[command(flatten)]
        on: On,
        #[arg(long, value_name = "ISI", value_parser = said)]
        weaknesses: String,
        #[arg(long, value_name = "ISI", default_value = "")]
        detection: String,
    },
    /// Langkah 6: catat satu tindakan penanganan
    Handle {
        #[command(flatten)]
        on: On,
        #[arg(value_name = "TINDAKAN", value_parser = said)]
        what: String,
    },
    /// Langkah 6: aplikasi kembali normal
    Recover {
        #[command(flatten)]
        on: On,
        /// Kapan, WIB: "23-11-2026 10.30" [bila kosong: sekarang]
        #[arg(long, value_name = "WAKTU", value_parser = dates::typed)]
        at: Option<crate::clock::Timestamp>,
        /// Siapa yang memastikan
        #[arg(long, value_name = "NAMA", value_parser = said)]
        confirmed_by: String,
    },
    /// Langkah 7: hasil analisis
    Analyse {
        #[command(flatten)]
        on: On,
        #[arg(long, value_name = "ISI", value_parser = said)]
        cause: String,
        #[arg(long, value_name = "ISI", value_parser = said)]
        impact: String,
        #[arg(long, value_name = "ISI", value_parser = said)]
        recommendation: String,
    },
    /// Langkah 8: tutup kasus
    Close {
        #[command(flatten)]
        on: On,
        /// Hasil penanganan, seperti akan tertulis di surat penutupan
        #[arg(long, value_name = "ISI", value_parser = said)]
        result: String,
    },
    /// Buka lagi kasus yang sudah ditutup
    Reopen {
        #[command(flatten)]
        on: On,
        #[arg(long, value_name = "ALASAN", value_parser = said)]
        reason: String,
    },
    /// Keluarkan dari penanganan: bukan insiden, di luar lingkup
    Dismiss {
        #[command(flatten)]
        on: On,
        #[arg(long = "as", value_enum, value_name = "SEBAB")]
        out: Out,
        #[arg(long, value_name = "ALASAN", value_parser = said)]
        reason: String,
    },
    /// Tunggu jawaban pelapor
    Wait {
        #[command(flatten)]
        on: On,
        /// Apa yang diminta
        #[arg(long = "for", value_name = "ISI", value_parser = said)]
        what: String,
    },
    /// Kapan insiden ditemukan: awal semua batas waktu
    Found {
        #[command(flatten)]
        on: On,
        #[arg(long, value_name = "WAKTU", value_parser = dates::typed)]
        at: crate::clock::Timestamp,
    },
    /// Pasang batas waktu: iiv (1×24 jam), pdp (3×24 jam), atau dari luar dengan --at
    Deadline {
        #[command(flatten)]
        on: On,
        /// iiv, pdp, atau nama pihak yang memberi batas
        #[arg(long, value_name = "NAMA", value_parser = said)]
        which: String,
        #[arg(long, value_name = "WAKTU", value_parser = dates::typed)]
        at: Option<crate::clock::Timestamp>,
    },
    /// Tambah catatan
    Note {
        #[command(flatten)]
        on: On,
        #[arg(value_name = "CATATAN", value_parser = said)]
        text: String,
    },
}

/// RSIT's two words with a colon between them.
pub fn rsit(text: &str) -> Result<String, String> {
    let plain = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    match text.split_once(':') {
        Some((class, kind)) if plain(class) && plain(kind) => Ok(text.to_owned()),
        _ => Err(word(
            "tulis kelas:jenis menurut RSIT, misalnya fraud:phishing",
            "write class:type by RSIT, such as fraud:phishing",
        )
        .to_owned()),
    }
}

/// Something must be said; control characters are not kept.
pub fn said(text: &str) -> Result<String, String> {
    let clean: String = text
        .chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .collect();
    let clean = clean.trim().to_owned();
    if clean.is_empty() {
        return Err(word("tidak boleh kosong", "must not be empty").to_owned());
    }
    Ok(clean)
}

impl Deed {
    fn on(&self) -> &On {
        match self {
            Self::Triage { on, .. }
            | Self::Reclassify { on, .. }
            | Self::Dispose { on, .. }
            | Self::Decide { on, .. }
            | Self::Assign { on, .. }
            | Self::Identify { on, .. }
            | Self::BssnAnswer { on, .. }
            | Self::Detect { on, .. }
            | Self::Handle { on, .. }
            | Self::Recover { on, .. }
            | Self::Analyse { on, .. }
            | Self::Close { on, .. }
            | Self::Reopen { on, .. }
            | Self::Dismiss { on, .. }
            | Self::Wait { on, .. }
            | Self::Found { on, .. }
            | Self::Deadline { on, .. }
            | Self::Note { on, .. } => on,
        }
    }

    /// The act that was typed: steps 2 to 4.
    fn act(&self, operator: &str, clock: &Clock) -> Act {
        let level = |level: &Option<Level>| level.map_or("", Level::name).to_owned();
        match self {
            Self::Triage {
                severity,
                incident,
                priority,
                reason,
                ..
            } => Act::Triaged {
                severity: level(severity),
                incident: incident.clone().unwrap_or_default(),
                priority: *priority,
                reason: reason.clone(),
            },
            Self::Reclassify {
                severity,
                incident,
                reason,
                ..
            } => Act::Reclassified {
                severity: level(severity),
                incident: incident.clone().unwrap_or_default(),
                reason: reason.clone(),
            },
            Self::Dispose {
                from,
                to,
                instruction,
                ..
            } => Act::Disposed {
                from: if from.is_empty() { operator } else { from }.to_owned(),
                to: to.clone(),
                instruction: instruction.clone(),
            },
            Self::Decide { bssn, reason, .. } => Act::Decided {
                way: if *bssn { Way::Bssn } else { Way::Own },
                reason: reason.clone(),
            },
            Self::Assign { to, .. } => Act::Assigned { to: to.clone() },
            Self::Identify { findings, .. } => Act::Identified {
                findings: findings.clone(),
            },
            Self::BssnAnswer {
                reference, advice, ..
            } => Act::NationalAnswer {
                reference: reference.clone(),
                advice: advice.clone(),
            },
            later => later.later_act(clock),
        }
    }

    /// Steps 5 to 8, and what belongs to no step.
    fn later_act(&self, clock: &Clock) -> Act {
        match self {
            Self::Detect {
                weaknesses,
                detection,
                ..
            } => Act::Detected {
                weaknesses: weaknesses.clone(),
                detection: detection.clone(),
            },
            Self::Handle { what, .. } => Act::Handled { done: what.clone() },
            Self::Recover {
                at, confirmed_by, ..
            } => Act::Recovered {
                at_ms: at.unwrap_or_else(|| clock.now()).0,
                confirmed_by: confirmed_by.clone(),
            },
            Self::Analyse {
                cause,
                impact,
                recommendation,
                ..
            } => Act::Analysed {
                cause: cause.clone(),
                impact: impact.clone(),
                recommendation: recommendation.clone(),
            },
            Self::Close { result, .. } => Act::Closed {
                result: result.clone(),
            },
            Self::Reopen { reason, .. } => Act::Reopened {
                reason: reason.clone(),
            },
            Self::Dismiss { out, reason, .. } => Act::Dismissed {
                exit: match out {
                    Out::BukanInsiden => Exit::NotIncident,
                    Out::DiLuarLingkup => Exit::OutOfScope,
                    Out::Duplikat => Exit::Duplicate,
                },
                of: String::new(),
                reason: reason.clone(),
            },
            Self::Wait { what, .. } => Act::Waiting {
                asked: what.clone(),
            },
            Self::Found { at, .. } => Act::Found { at_ms: at.0 },
            Self::Deadline { which, at, .. } => Act::Deadline {
                which: which.to_lowercase(),
                at_ms: at.map_or(0, |at| at.0),
            },
            Self::Note { text, .. } => Act::Noted { text: text.clone() },
            _ => Act::Noted {
                text: String::new(),
            },
        }
    }

    /// Does it, with the steps before it skipped where a reason for that was given.
    /// Letters that it brings with it are drafted in the same transaction.
    pub async fn carry_out(
        &self,
        (store, clock): (&Store, &Clock),
        config: &Config,
    ) -> Result<(), StoreError> {
        let on = self.on();
        let operator = operator(on.by.as_ref())?;
        let case = known(store, &on.register).await?;
        let act = self.act(&operator, clock);
        let secretary = Secretary {
            store,
            clock,
            config,
            shelf: &Shelf::default(),
        };
        let letters = secretary
            .prompted(&case, std::slice::from_ref(&act))
            .await?;
        let stands = letters.standing_in_words(spoken());
        let mut events = with_skips(&case, act, on.skip.as_deref())?;
        let drafted = letters.drafts.len();
        events.extend(letters.drafts);
        let typed = || {
            let events = events.clone();
            vec![Typed {
                case: case.id,
                events,
            }]
        };
        let shown = self::act((store, clock), &config.osticket, typed, &operator).await?;
        let now = known(store, &on.register).await?;
        println!(
            "{}",
            say!(
                "{}: dicatat atas nama {operator}; tahap sekarang: {}.",
                "{}: recorded by {operator}; step now: {}.",
                now.register,
                now.progress.phase.in_words(spoken())
            )
        );
        if shown > 0 {
            println!("{}", acting::ticket_follows(store, &now).await?);
        }
        if drafted > 0 {
            println!(
                "{}",
                say!(
                    "{drafted} surat disiapkan dan menunggu manusia: tanggap letter list {}",
                    "{drafted} letters are prepared and wait for a person: tanggap letter list {}",
                    now.register
                )
            );
        }
        if let Some(stands) = stands {
            println!("{stands}");
        }
        Ok(())
    }
}
