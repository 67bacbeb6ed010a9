//! `tanggap rules check`: every fault and everything surely not meant, at once, as a compiler shows it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use tanggap_rules::form::Faults;
use tanggap_rules::{Examined, Lint, RuleSet};

use crate::cli::check::fault;
use crate::cli::{EX_CONFIG, Format, Told};
use crate::config::{Config, Secrets};
use crate::rulebook::{self, Files};
use crate::tongue::{say, spoken, word};

pub const EXAMPLES: &str = "\
Contoh:
  tanggap rules check                          aturan yang berlaku menurut konfigurasi
  tanggap rules check --rules aturan-baru/     calon aturan sebelum dipakai
  tanggap rules check --strict                 hal yang perlu diperhatikan juga menggagalkan
  tanggap rules check --format json            untuk program

Kode akhir: 0 dapat dipakai, 1 ada yang perlu diperhatikan (hanya dengan --strict), 78 salah tulis.";

/// Examines rules.
#[derive(Debug, Args)]
pub struct Check {
    /// Folder aturan sendiri di atas buku bawaan [bila kosong: menurut konfigurasi]
    #[arg(long, value_name = "FOLDER")]
    rules: Option<PathBuf>,
    /// Berakhir dengan kode 1 bila ada hal yang perlu diperhatikan
    #[arg(long)]
    strict: bool,
}

impl Check {
    pub fn act(&self, config: Option<&Path>, format: Format) -> anyhow::Result<ExitCode> {
        let folder = self.folder(config)?;
        let files = rulebook::files(folder.as_deref())?;
        let found = RuleSet::examine(&files.book);
        match format {
            Format::Json => println!("{}", as_json(&found, &files.passed_over)),
            Format::Table => show(&found, &files, folder.as_deref()),
        }
        if found.rules.is_none() {
            return Err(Told(EX_CONFIG).into());
        }
        let odd = !(found.lints.is_empty() && files.passed_over.is_empty());
        Ok(ExitCode::from(u8::from(self.strict && odd)))
    }

    fn folder(&self, config: Option<&Path>) -> anyhow::Result<Option<PathBuf>> {
        if self.rules.is_some() {
            return Ok(self.rules.clone());
        }
        let config = config.map(|file| Config::load(file, Secrets::Store));
        Ok(config.transpose()?.and_then(|config| config.rules.folder))
    }
}

/// Lints and what is in force go where results go; what keeps the rules from use goes to the standard error.
fn show(found: &Examined, files: &Files, folder: Option<&Path>) {
    let (passed_over, own) = (&files.passed_over, files.own());
    for lint in &found.lints {
        println!("{}\n", lint.told(spoken()));
    }
    for path in passed_over {
        println!(
            "{}",
            say!(
                "perhatikan: {} tidak dibaca: nama berkas aturan harus berakhir dengan .toml\n",
                "note: {} is not read: the name of a rule file must end in .toml\n",
                path.display()
            )
        );
    }
    let Some(rules) = &found.rules else {
        let faults: Faults = found.faults.iter().cloned().collect();
        eprintln!(
            "{}",
            say!(
                "{faults}\n\n{} kesalahan dalam aturan; aturan yang lama tetap berlaku.",
                "{faults}\n\n{} faults in the rules; the old rules stay in force.",
                faults.len(),
                faults = faults.told(spoken())
            )
        );
        return;
    };
    let place = match folder {
        None => word("buku bawaan saja", "the shipped book alone").to_owned(),
        Some(folder) if own == 0 => {
            say!(
                "buku bawaan saja: {} tidak berisi berkas *.toml",
                "the shipped book alone: {} has no file *.toml",
                folder.display()
            )
        }
        Some(folder) => say!(
            "buku bawaan dan {own} berkas dari {}",
            "the shipped book and {own} files from {}",
            folder.display()
        ),
    };
    let odd = match found.lints.len() + passed_over.len() {
        0 => String::new(),
        odd => say!(
            "; {odd} hal perlu diperhatikan",
            "; {odd} things deserve a look"
        ),
    };
    println!(
        "{}",
        say!(
            "{} aturan dapat dipakai ({place}; sidik {:.12}){odd}.",
            "{} rules can be used ({place}; hash {:.12}){odd}.",
            rules.count(),
            rules.digest()
        )
    );
}

fn as_json(found: &Examined, passed_over: &[PathBuf]) -> Value {
    let lints: Vec<Value> = found.lints.iter().map(lint).collect();
    let mut told =
        json!({ "sound": found.rules.is_some(), "lints": lints, "passed_over": passed_over });
    let (key, value) = match &found.rules {
        Some(rules) => ("rules", json!(rules.count())),
        None => ("faults", found.faults.iter().map(fault).collect()),
    };
    if let Some(fields) = told.as_object_mut() {
        fields.insert(key.to_owned(), value);
        let digest = found.rules.as_ref().map(RuleSet::digest);
        fields.insert("digest".to_owned(), json!(digest));
    }
    told
}

fn lint(lint: &Lint) -> Value {
    let mut told = fault(&lint.told);
    if let Some(fields) = told.as_object_mut() {
        fields.insert("flaw".to_owned(), lint.flaw.name().into());
        fields.insert("name".to_owned(), lint.name.as_str().into());
    }
    told
}
