//! `tanggap explain`: how a mail is read and judged, and by which words. Changes nothing, and needs no running daemon.

mod page;
mod source;
pub(super) mod verdict;

use std::io::{IsTerminal, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use tanggap_rules::{Report, RuleSet, Site, classify, read};

use super::Format;
use crate::config::{self, Config, Secrets};
use crate::pace::Chain;
use crate::rulebook;
use source::Source;
use verdict::Verdict;

pub const EXAMPLES: &str = "\
Contoh:
  tanggap explain laporan.eml             satu berkas, dengan kata-katanya
  tanggap explain --format json *.eml     satu objek JSON per baris, menurut urutannya
  tanggap explain INS-2026-0042           surel yang membuka kasus ini
  tanggap explain 17                      surel nomor 17 di jurnal
  cat laporan.eml | tanggap explain -     dari masukan baku";

/// Explains mails.
#[derive(Debug, Args)]
pub struct Explain {
    /// Berkas surel, nomor jurnal, nomor register, atau - untuk masukan baku
    #[arg(required = true, value_name = "SUREL")]
    mails: Vec<String>,
    /// Folder aturan sendiri di atas buku bawaan [bila kosong: menurut konfigurasi]
    #[arg(long, value_name = "FOLDER")]
    rules: Option<PathBuf>,
}

/// What mails are judged by: the site and the rules, from a configuration or as shipped.
pub(super) struct Bench {
    pub site: Site,
    pub rules: RuleSet,
    pub config: Option<Config>,
}

impl Bench {
    /// Reads the configuration where there is one.
    pub fn set_up(config: Option<&Path>, rules: Option<&Path>) -> anyhow::Result<Self> {
        let config = config
            .map(|file| Config::load(file, Secrets::Store))
            .transpose()?;
        let site = match &config {
            Some(config) => config.site.clone(),
            None => config::example_site().map_err(config::ConfigError::Faulty)?,
        };
        let own = config
            .as_ref()
            .and_then(|config| config.rules.folder.as_deref());
        let rules = rulebook::read(rules.or(own))?;
        Ok(Self {
            site,
            rules,
            config,
        })
    }

    /// Reads and judges one mail.
    pub fn judge(&self, raw: &[u8]) -> (Report, Verdict) {
        let report = read(raw, &self.site);
        let judged = classify(&self.rules, &report);
        let verdict = Verdict::of(&report, &judged);
        (report, verdict)
    }
}

impl Explain {
    /// Explains every mail that can be read; ends with 1 where one could not.
    pub fn act(&self, config: Option<&Path>, format: Format) -> anyhow::Result<ExitCode> {
        let bench = Bench::set_up(config, self.rules.as_deref())?;
        let source = Source::new(bench.config.as_ref());
        let mut missed = 0;
        for mail in &self.mails {
            match source.bytes(mail) {
                Ok(raw) => self.tell(&bench, mail, &raw, format)?,
                Err(error) => {
                    missed += 1;
                    complain(mail, &error, format);
                }
            }
        }
        Ok(ExitCode::from(u8::from(missed > 0)))
    }

    fn tell(&self, bench: &Bench, mail: &str, raw: &[u8], format: Format) -> anyhow::Result<()> {
        let (report, verdict) = bench.judge(raw);
        let mut out = stdout().lock();
        match format {
            Format::Json => writeln!(out, "{}", serde_json::to_string(&verdict)?)?,
            Format::Table => {
                let passages = bench.rules.passages(&report);
                let page = page::Page {
                    report: &report,
                    verdict: &verdict,
                    passages: &passages,
                    coloured: stdout().is_terminal(),
                };
                if self.mails.len() > 1 {
                    writeln!(out, "── {mail}")?;
                }
                writeln!(out, "{page}")?;
            }
        }
        Ok(())
    }
}

/// A mail that cannot be read keeps its line, so that a program can count.
fn complain(mail: &str, error: &anyhow::Error, format: Format) {
    let why = Chain(error.as_ref()).to_string();
    if format == Format::Json {
        println!("{}", json!({ "mail": mail, "error": why }));
    }
    eprintln!("tanggap: {mail}: {why}");
}
