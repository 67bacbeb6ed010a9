//! `tanggap case analysis`: the skeleton of a case's analysis report (SOP step 7).

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::super::Format;
use super::super::report::{PAGE, tables};
use super::super::sheet::{ending, unknown_ending};
use super::{ANALYSIS, Dossier, gather};
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::letter::{
    Cover, Head, Inserts, LetterFacts, Press, Shelf, Wording, data, report_page, wording,
};
use crate::register::Ledger;
use crate::store::Store;
use crate::tongue::say;

#[derive(Debug, Args)]
pub struct Analysis {
    #[arg(value_name = "REGISTER")]
    register: String,
    /// Tulis ke berkas: .pdf untuk dicetak, atau .json
    #[arg(long, value_name = "BERKAS")]
    out: Option<PathBuf>,
}

impl Analysis {
    pub async fn act(
        &self,
        (store, clock): (&Store, &Clock),
        config: &Config,
        format: Format,
    ) -> anyhow::Result<()> {
        let dossier = gather(store, config, &self.register).await?;
        let ledgers = dossier.tables();
        let Some(path) = &self.out else {
            if format == Format::Json {
                println!("{}", as_json(&dossier, &ledgers));
            } else {
                println!(
                    "LAPORAN ANALISIS KEAMANAN\n{}  ·  TERBATAS",
                    dossier.case.register
                );
                tables(ledgers.iter().map(|(_, ledger)| ledger));
            }
            return Ok(());
        };
        let bytes = match ending(path).as_str() {
            "json" => format!("{:#}\n", as_json(&dossier, &ledgers)).into_bytes(),
            "pdf" => printed(config, &dossier, &ledgers, clock.now())?,
            _ => return Err(unknown_ending(path, ".pdf atau .json").into()),
        };
        std::fs::write(path, bytes)?;
        println!(
            "{}",
            say!(
                "{}: {}, {} bukti.",
                "{}: {}, {} pieces of evidence.",
                path.display(),
                dossier.case.register,
                dossier.mails.len()
            )
        );
        Ok(())
    }
}

fn as_json(dossier: &Dossier, ledgers: &[(&str, Ledger)]) -> Value {
    let tables = ledgers.iter().map(|(key, ledger)| (*key, ledger.json()));
    json!({
        "register": dossier.case.register,
        "tables": tables.collect::<std::collections::BTreeMap<_, _>>(),
    })
}

fn printed(
    config: &Config,
    dossier: &Dossier,
    ledgers: &[(&'static str, Ledger)],
    now: Timestamp,
) -> anyhow::Result<Vec<u8>> {
    let letters = &config.letters;
    let templates = Shelf::open(letters.folder.as_deref(), letters.emblem.as_deref())?;
    let facts = LetterFacts {
        team: &config.team,
        case: &dossier.case,
        sheet: &dossier.sheet,
        agenda: dossier.agenda.as_ref().map(|row| (row.number, &row.cells)),
        to: "",
        note: "",
        number: "",
        date: now,
    };
    let words = wording(&templates, ANALYSIS, &data(&facts))?;
    let made = page(
        config,
        &templates,
        (&words, &dossier.case.register, now),
        ledgers,
    )?;
    Ok(Press::new(Arc::new(templates)).pdf(PAGE, &made)?)
}

/// The page of an analysis report.
pub fn page(
    config: &Config,
    templates: &Shelf,
    (words, reference, now): (&Wording, &str, Timestamp),
    ledgers: &[(&'static str, Ledger)],
) -> anyhow::Result<Value> {
    let head = Head {
        number: "",
        date: now,
        reference,
        to: "",
    };
    let inserts = Inserts {
        tables: ledgers.iter().map(|(key, ledger)| (*key, ledger)).collect(),
        charts: Vec::new(),
        emblem: templates.emblem(),
    };
    let cover = Cover::restricted("Laporan Analisis Keamanan Aplikasi dan Sistem", reference);
    Ok(report_page(
        &config.letters,
        words,
        (&head, &cover),
        &inserts,
    )?)
}
