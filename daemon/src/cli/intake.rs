//! `tanggap case new`: a report by telephone, fax, letter, messenger or in person, taken down in half a minute.

use std::io::{BufRead, IsTerminal, Write};

use clap::{Args, ValueEnum};
use tanggap_rules::Severity;

use super::Format;
use super::staff::{Level, operator, rsit, said};
use crate::case::Intake;
use crate::clock::Clock;
use crate::config::Config;
use crate::judge::{Judge, Notes};
use crate::rulebook::Rulebook;
use crate::store::{EntryId, Store, StoreError};
use crate::tongue::{say, word};

/// What is asked where no flag answers it.
#[derive(Debug, Args)]
pub struct New {
    /// Lewat mana laporan datang
    #[arg(long, value_enum, value_name = "KANAL")]
    channel: Way,
    /// Nama pelapor
    #[arg(long, value_name = "NAMA", value_parser = said)]
    name: Option<String>,
    /// Nomor yang dapat dihubungi
    #[arg(long, value_name = "NOMOR", value_parser = said)]
    phone: Option<String>,
    /// Alamat surel pelapor, untuk tanda terima
    #[arg(long, value_name = "ALAMAT", value_parser = said)]
    email: Option<String>,
    /// Instansi atau OPD pelapor
    #[arg(long, value_name = "NAMA", value_parser = said)]
    office: Option<String>,
    /// Sistem yang terdampak
    #[arg(long, value_name = "NAMA", value_parser = said)]
    system: Option<String>,
    /// Perihal, satu baris
    #[arg(long, value_name = "PERIHAL", value_parser = said)]
    subject: Option<String>,
    /// Uraian kejadian
    #[arg(long, value_name = "ISI", value_parser = said)]
    text: Option<String>,
    /// Tingkat, bila sudah jelas [bila kosong: menurut aturan]
    #[arg(long, value_enum, value_name = "TINGKAT")]
    severity: Option<Level>,
    /// Jenis menurut RSIT [bila kosong: menurut aturan]
    #[arg(long = "type", value_name = "JENIS", value_parser = rsit)]
    incident: Option<String>,
    /// Siapa yang mencatat [bila kosong: $TANGGAP_OPERATOR, lalu nama pengguna sistem]
    #[arg(long, value_name = "NAMA")]
    by: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Way {
    Telepon,
    Fax,
    Surat,
    Wa,
    Langsung,
}

impl Way {
    fn intake(self) -> Intake {
        match self {
            Self::Telepon => Intake::Telepon,
            Self::Fax => Intake::Fax,
            Self::Surat => Intake::Surat,
            Self::Wa => Intake::Wa,
            Self::Langsung => Intake::Langsung,
        }
    }
}

impl New {
    /// Takes the report down and prints its number.
    pub async fn act(
        &self,
        (store, clock): (&Store, &Clock),
        config: Config,
        format: Format,
    ) -> anyhow::Result<()> {
        let notes = self.notes()?;
        let mut judge = judge(store, clock, config)?;
        // As for a report by mail; before osTicket has ever answered, the note waits with the ticket.
        judge.notes = store.desk_writes().await?.unwrap_or(true);
        let register = judge.take_down(&notes).await?;
        match format {
            Format::Json => println!("{}", serde_json::json!({ "register": register })),
            Format::Table => println!(
                "{}",
                say!(
                    "Tercatat sebagai {register}. Sampaikan nomor ini kepada pelapor; rinciannya: tanggap case show {register}",
                    "Recorded as {register}. Give this number to the reporter; details: tanggap case show {register}"
                )
            ),
        }
        Ok(())
    }

    fn notes(&self) -> anyhow::Result<Notes> {
        Ok(Notes {
            intake: self.channel.intake(),
            operator: operator(self.by.as_ref())?,
            name: asked(
                self.name.as_ref(),
                word("Nama pelapor", "The reporter's name"),
                true,
            )?,
            contact: asked(
                self.phone.as_ref(),
                word("Nomor telepon", "Telephone number"),
                false,
            )?,
            email: asked(
                self.email.as_ref(),
                word("Alamat surel (boleh kosong)", "Mail address (may be empty)"),
                false,
            )?,
            office: asked(
                self.office.as_ref(),
                word("Instansi/OPD", "Organisation or unit"),
                false,
            )?,
            system: asked(
                self.system.as_ref(),
                word("Sistem terdampak", "Affected system"),
                false,
            )?,
            subject: asked(self.subject.as_ref(), word("Perihal", "Subject"), true)?,
            text: asked(
                self.text.as_ref(),
                word("Uraian kejadian", "What happened"),
                true,
            )?,
            severity: self.severity.map(|level| match level {
                Level::High => Severity::High,
                Level::Medium => Severity::Medium,
                Level::Low => Severity::Low,
            }),
            incident: self.incident.clone(),
        })
    }
}

/// A case parted in two.
#[derive(Debug, Args)]
pub struct Split {
    /// Nomor surel di jurnal yang menjadi kasus sendiri
    #[arg(value_name = "SUREL")]
    entry: i64,
    #[arg(long, value_name = "ALASAN", value_parser = said)]
    reason: String,
    /// Siapa yang melakukan
    #[arg(long, value_name = "NAMA")]
    by: Option<String>,
}

impl Split {
    pub async fn act(
        &self,
        (store, clock): (&Store, &Clock),
        config: Config,
    ) -> anyhow::Result<()> {
        let operator = operator(self.by.as_ref())?;
        let register = judge(store, clock, config)?
            .part(EntryId(self.entry), &self.reason, &operator)
            .await?;
        println!(
            "{}",
            say!(
                "Surel jurnal {} sekarang kasus {register}.",
                "Journal mail {} is now case {register}.",
                self.entry
            )
        );
        Ok(())
    }
}

fn judge(store: &Store, clock: &Clock, config: Config) -> anyhow::Result<Judge> {
    let rulebook = Rulebook::open(&config)?;
    Ok(Judge {
        store: store.clone(),
        clock: clock.clone(),
        rules: rulebook.in_force(),
        site: rulebook.site(),
        wronged: Vec::new(),
        notes: false,
        config: std::sync::Arc::new(config),
    })
}

/// The flag's value, or what is typed; without a terminal an optional answer is empty and a needed one is an error.
fn asked(given: Option<&String>, what: &str, needed: bool) -> anyhow::Result<String> {
    if let Some(given) = given {
        return Ok(given.clone());
    }
    let input = std::io::stdin();
    if !input.is_terminal() {
        let missing = || {
            StoreError::Refused(say!(
                "{what} belum disebut; lihat `tanggap case new --help`",
                "{what} is missing; see `tanggap case new --help`"
            ))
        };
        return if needed {
            Err(missing().into())
        } else {
            Ok(String::new())
        };
    }
    loop {
        eprint!("{what}: ");
        std::io::stderr().flush()?;
        let mut line = String::new();
        let ended = input.lock().read_line(&mut line)? == 0;
        match said(&line) {
            Ok(text) => return Ok(text),
            Err(_) if !needed => return Ok(String::new()),
            Err(why) if ended => return Err(StoreError::Refused(format!("{what}: {why}")).into()),
            Err(why) => eprintln!("{what} {why}."),
        }
    }
}
