//! `tanggap rules learn`: weighs the words of labelled mails, into a rule file that a person can read, try and refuse.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tanggap_rules::{Kind, Lesson, Severity};

use super::label::Label;
use super::labelled;
use crate::cli::Format;
use crate::cli::explain::Bench;
use crate::tongue::say;

pub const EXAMPLES: &str = "\
Contoh:
  tanggap rules learn surel-berlabel/ --out aturan/80-timbangan.toml
                                             timbang kata-kata surel berlabel (NAMA.eml di samping NAMA.toml)
  tanggap rules backtest --rules aturan/     lalu lihat apa yang akan berubah, sebelum dipakai

Timbangan di berkas sendiri menggantikan timbangan bawaan untuk jawaban yang sama.";

/// Which mails, and where the weights go.
#[derive(Debug, Args)]
pub struct Learn {
    /// Folder surel berlabel; boleh beberapa
    #[arg(value_name = "FOLDER", required = true)]
    folders: Vec<PathBuf>,
    /// Berkas aturan yang ditulis
    #[arg(long, value_name = "BERKAS")]
    out: PathBuf,
}

const HEAD: &str = "\
# Timbangan: apa yang diberatkan oleh kata, daftar, aturan, dan tanda dalam surel, dalam perseribu logaritma alami.
# Dipelajari dari surel berlabel oleh `tanggap rules learn`, bukan ditulis tangan; lihat README.
# `kata`, `[daftar]`, `[denied daftar]`, `{aturan}`, `<tanda>`.
";

impl Learn {
    pub fn act(&self, config: Option<&Path>, format: Format) -> anyhow::Result<ExitCode> {
        let bench = Bench::set_up(config, None)?;
        let mut lessons = Vec::new();
        for folder in &self.folders {
            for mail in labelled(folder)? {
                lessons.push(lesson(&bench, &mail)?);
            }
        }
        eprintln!(
            "{}",
            say!(
                "menimbang kata-kata {} surel …",
                "weighing the words of {} mails …",
                lessons.len()
            )
        );
        let scales = tanggap_rules::learn(&lessons);
        if !scales.contains("\n  \"") {
            bail!(
                "{}",
                say!(
                    "surelnya terlalu sedikit: tidak ada yang muncul di tiga surel berlabel",
                    "too few mails: nothing occurs in three labelled mails"
                )
            );
        }
        let text = format!("{HEAD}# Dari {} surel.\n{scales}", lessons.len());
        std::fs::write(&self.out, text).with_context(|| {
            say!(
                "{} tidak dapat ditulis",
                "{} cannot be written",
                self.out.display()
            )
        })?;
        let out = self.out.display().to_string();
        match format {
            Format::Json => println!("{}", json!({ "mails": lessons.len(), "file": out })),
            Format::Table => println!(
                "{}",
                say!(
                    "timbangan dari {} surel ditulis ke {out}. Coba dahulu: tanggap rules backtest",
                    "scales from {} mails are written to {out}. Try them first: tanggap rules backtest",
                    lessons.len()
                )
            ),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn lesson(bench: &Bench, mail: &Path) -> anyhow::Result<Lesson> {
    let label = Label::beside(mail)?;
    let raw = std::fs::read(mail).with_context(|| mail.display().to_string())?;
    let report = tanggap_rules::read(&raw, &bench.site);
    let kind: Kind = named(&label.kind, mail)?;
    let severity = label.severity.as_deref().filter(|level| !level.is_empty());
    let severity: Option<Severity> = severity.map(|level| named(level, mail)).transpose()?;
    let incident = label.incident.unwrap_or_default();
    if !incident.is_empty() && !tanggap_rules::is_type(&incident) {
        bail!(
            "{}",
            say!(
                "label surel {}: jenis `{incident}` tidak dikenal; tulis kelas dan jenis RSIT, misalnya fraud:phishing",
                "label of the mail {}: type `{incident}` is not known; write class and type of RSIT, such as fraud:phishing",
                mail.display()
            )
        );
    }
    Ok(Lesson::new(
        &bench.rules,
        &report,
        (kind, severity, &incident),
    ))
}

fn named<T: DeserializeOwned>(name: &str, mail: &Path) -> anyhow::Result<T> {
    serde_json::from_value(Value::from(name)).with_context(|| {
        say!(
            "label surel {}: `{name}` tidak dikenal",
            "label of the mail {}: `{name}` is not known",
            mail.display()
        )
    })
}
