//! `tanggap rules`: are the rules sound, how well do they judge labelled mails, and what would they have made of the journal?

mod backtest;
mod check;
mod figures;
mod label;
mod learn;
mod misfires;
mod outcome;
mod trial;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Subcommand;
use serde_json::json;
use tanggap_rules::form::Faults;

use super::Format;
use super::explain::Bench;
use super::table::Table;
use crate::rulebook::RulebookError;
use crate::tongue::{say, spoken, word};
use figures::Figures;
use label::Label;

const TEST_EXAMPLES: &str = "\
Contoh:
  tanggap rules test                         uji aturan yang berlaku
  tanggap rules test --rules aturan-baru/    uji calon aturan sebelum dipakai
  tanggap rules test --format json           untuk program

Kode akhir: 0 semua lulus, 1 ada yang gagal, 78 aturannya salah tulis.";

const SCORE_EXAMPLES: &str = "\
Contoh:
  tanggap rules score contoh/                        aturan yang berlaku atas folder contoh/
  tanggap rules score contoh/ --rules aturan-baru/   calon aturan
  tanggap rules score contoh/ --format json          untuk program

Label ditulis di NAMA.toml di samping NAMA.eml, misalnya:
  kind = \"report\"
  severity = \"medium\"
  type = \"fraud:phishing\"";

/// What to do with rules.
#[derive(Debug, Subcommand)]
pub enum Rules {
    /// Periksa aturan: semua kesalahan sekaligus, dan yang pasti bukan maksudnya: aturan mati, tertutup aturan lain, belum diuji
    #[command(after_help = check::EXAMPLES)]
    Check(check::Check),
    /// Jalankan uji yang tertulis di samping aturan ([[rule.test]]), dan tunjukkan aturan yang belum diuji
    #[command(after_help = TEST_EXAMPLES)]
    Test {
        /// Folder aturan sendiri di atas buku bawaan [bila kosong: menurut konfigurasi]
        #[arg(long, value_name = "FOLDER")]
        rules: Option<PathBuf>,
    },
    /// Nilai satu folder surel berlabel (NAMA.eml di samping NAMA.toml)
    #[command(after_help = SCORE_EXAMPLES)]
    Score {
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
        /// Folder aturan sendiri di atas buku bawaan [bila kosong: menurut konfigurasi]
        #[arg(long, value_name = "FOLDER")]
        rules: Option<PathBuf>,
    },
    /// Pelajari timbangan kata dari surel berlabel, ke berkas aturan yang dapat dibaca, dicoba dan ditolak
    #[command(after_help = learn::EXAMPLES)]
    Learn(learn::Learn),
    /// Uji mundur: nilai ulang seluruh jurnal dengan calon aturan, dan tunjukkan apa yang berubah dan mengapa
    #[command(after_help = backtest::EXAMPLES)]
    Backtest(backtest::Backtest),
    /// Aturan yang dikoreksi petugas, dengan kata-katanya: saran saja, admin yang memutuskan
    #[command(after_help = misfires::EXAMPLES)]
    Misfires(misfires::Misfires),
}

impl Rules {
    pub fn act(&self, config: Option<&Path>, format: Format) -> anyhow::Result<ExitCode> {
        match self {
            Self::Check(check) => check.act(config, format),
            Self::Test { rules } => trial::test(config, rules.as_ref(), format),
            Self::Learn(learn) => learn.act(config, format),
            Self::Backtest(backtest) => backtest.act(config, format),
            Self::Misfires(misfires) => misfires.act(config, format),
            Self::Score { folder, rules } => {
                score(&Bench::set_up(config, rules.as_deref())?, folder, format)
            }
        }
    }
}

fn refuse(error: anyhow::Error, format: Format) -> anyhow::Result<ExitCode> {
    match error.downcast_ref() {
        Some(RulebookError::Faulty(faults)) if format == Format::Json => {
            Err(super::check::tell(faults))
        }
        Some(RulebookError::Faulty(faults)) => {
            eprintln!(
                "{}",
                say!(
                    "{faults}\n\n{} kesalahan dalam aturan; aturan yang lama tetap berlaku.",
                    "{faults}\n\n{} faults in the rules; the old rules stay in force.",
                    faults.len(),
                    faults = faults.told(spoken())
                )
            );
            Err(super::Told(super::EX_CONFIG).into())
        }
        _ => Err(error),
    }
}

fn score(bench: &Bench, folder: &Path, format: Format) -> anyhow::Result<ExitCode> {
    let mut figures = Figures::default();
    let (labels, faults) = labels(folder)?;
    if !faults.is_empty() {
        return refuse_labels(&faults, format);
    }
    for (mail, label) in labels {
        let raw = std::fs::read(&mail).with_context(|| mail.display().to_string())?;
        let (_, verdict) = bench.judge(&raw);
        let name = mail.file_stem().unwrap_or_default().to_string_lossy();
        figures.count(&name, &label, &verdict);
    }
    match format {
        Format::Json => println!("{}", figures.as_json()),
        Format::Table => show(&figures),
    }
    Ok(ExitCode::SUCCESS)
}

/// Every labelled mail of a folder, and whatever is wrong in any label.
fn labels(folder: &Path) -> anyhow::Result<(Vec<(PathBuf, Label)>, Faults)> {
    let (mut labels, mut faults) = (Vec::new(), Faults::default());
    for mail in labelled(folder)? {
        match Label::beside(&mail) {
            Ok(label) => labels.push((mail, label)),
            Err(error) => faults.extend(error.downcast::<Faults>()?),
        }
    }
    Ok((labels, faults))
}

fn refuse_labels(faults: &Faults, format: Format) -> anyhow::Result<ExitCode> {
    if format == Format::Json {
        return Err(super::check::tell(faults));
    }
    eprintln!(
        "{}",
        say!(
            "{faults}\n\n{} kesalahan dalam label.",
            "{faults}\n\n{} faults in labels.",
            faults.len(),
            faults = faults.told(spoken())
        )
    );
    Err(super::Told(super::EX_CONFIG).into())
}

/// The mails of a folder that have a label file beside them, by name.
fn labelled(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| {
        say!(
            "folder {} tidak dapat dibaca",
            "the folder {} cannot be read",
            folder.display()
        )
    })?;
    let mut mails = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let mail = path.extension().is_some_and(|end| end == "eml");
        if mail && path.with_extension("toml").exists() {
            mails.push(path);
        }
    }
    if mails.is_empty() {
        bail!(
            "{}",
            say!(
                "di {} tidak ada surel berlabel: letakkan NAMA.toml di samping NAMA.eml",
                "there is no labelled mail in {}: put NAME.toml beside NAME.eml",
                folder.display()
            )
        );
    }
    mails.sort();
    Ok(mails)
}

fn show(figures: &Figures) {
    let mut table = Table::new(&[
        word("Ukuran", "Measure"),
        word("Nilai", "Value"),
        word("Sasaran", "Goal"),
    ]);
    for (name, value, goal) in figures.rows() {
        table.row(vec![name.to_owned(), value, goal.to_owned()]);
    }
    println!("{table}\n");
    let mut table = Table::new(&[
        word("Tingkat seharusnya", "Right severity"),
        word("dinilai high", "judged high"),
        "medium",
        "low",
    ]);
    for wanted in figures::LEVELS {
        let mut row = vec![wanted.to_owned()];
        row.extend(figures::LEVELS.map(|judged| figures.severity(wanted, judged).to_string()));
        table.row(row);
    }
    println!("{table}");
    let wrong = figures.wrong();
    if !wrong.is_empty() {
        println!(
            "{}",
            say!(
                "\nYang berbeda dari labelnya:",
                "\nWhat differs from its label:"
            )
        );
    }
    for (name, what) in wrong {
        println!("  {name}: {what}");
    }
}

/// Counts and ratios as programs read them.
fn ratio_json(part: usize, whole: usize) -> serde_json::Value {
    json!({ "right": part, "of": whole, "ratio": figures::ratio(part, whole) })
}
