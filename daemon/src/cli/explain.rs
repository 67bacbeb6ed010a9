//! `tanggap explain`: how a mail is read and judged, and by which words. Changes nothing, and needs no running daemon.

mod decided;
mod page;
mod source;
pub(super) mod then;
pub(super) mod verdict;

use std::io::{IsTerminal, Write, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::Serialize;
use serde_json::json;
use tanggap_rules::{Leaning, Report, RuleSet, Site, classify, read};

use super::Format;
use super::usage::why;
use crate::config::{self, Config, Secrets};
use crate::rulebook;
use crate::tongue::spoken;
use source::{Found, Source};
use then::Then;
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
        let mut site = match &config {
            Some(config) if !config.lists.trouble.is_empty() => {
                return Err(config::ConfigError::Lists(config.lists.trouble.clone()).into());
            }
            Some(config) => config.site.clone(),
            None => config::example_site().map_err(config::ConfigError::Faulty)?,
        };
        site.tongue = spoken();
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
            match source.find(mail) {
                Ok(found) => self.tell(&bench, mail, &found, format)?,
                Err(error) => {
                    missed += 1;
                    complain(mail, &error, format);
                }
            }
        }
        Ok(ExitCode::from(u8::from(missed > 0)))
    }

    fn tell(&self, bench: &Bench, mail: &str, found: &Found, format: Format) -> anyhow::Result<()> {
        let (report, verdict) = bench.judge(&found.raw);
        let then = found.past.as_ref().and_then(Then::of);
        let mut out = stdout().lock();
        match format {
            Format::Json => {
                let told = Told {
                    verdict: &verdict,
                    ruleset: bench.rules.digest(),
                    scales: bench.rules.leanings(&report, &verdict.rules),
                    journal: then.as_ref(),
                };
                writeln!(out, "{}", serde_json::to_string(&told)?)?;
            }
            Format::Table => {
                let passages = bench.rules.passages(&report);
                let leanings = bench.rules.leanings(&report, &verdict.rules);
                let page = page::Page {
                    report: &report,
                    verdict: &verdict,
                    passages: &passages,
                    leanings: &leanings,
                    ruleset: bench.rules.digest(),
                    then: then.as_ref(),
                    coloured: coloured(),
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

/// Colours are for a terminal, and for nobody who asks for none (no-color.org).
fn coloured() -> bool {
    let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    stdout().is_terminal() && !unwanted
}

/// What programs read of one mail.
#[derive(Serialize)]
struct Told<'t> {
    #[serde(flatten)]
    verdict: &'t Verdict,
    /// The rule set that explains it.
    ruleset: &'t str,
    /// Where the scales lean, and by what.
    scales: Vec<Leaning>,
    /// How the journal's mail was judged when it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    journal: Option<&'t Then>,
}

/// A mail that cannot be read keeps its line, so that a program can count.
fn complain(mail: &str, error: &anyhow::Error, format: Format) {
    let why = why(error);
    if format == Format::Json {
        println!("{}", json!({ "mail": mail, "error": why }));
    }
    eprintln!("tanggap: {mail}: {why}");
}

#[cfg(test)]
mod tests;
