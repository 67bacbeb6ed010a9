//! `tanggap report`: a period's cases in figures, for Kepala Dinas or for Bupati and Sekda (SOP steps 7 and 10).

mod facts;
mod record;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::Format;
use super::period::{Asked, Period};
use super::sheet::{ending, table, unknown_ending};
use super::staff::said;
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::letter::{Chart, Cover, Head, Inserts, Press, Shelf, dates, report_page, wording};
use crate::register::report::{Depth, Figures, Levels, ReportFacts, Section, figures, sections};
use crate::register::{self, Ledger};
use crate::store::{Span, Store, StoreError};
use crate::tongue::say;

pub const EXAMPLES: &str = "\
Contoh:
  tanggap report --month 2026-11                                angkanya di layar
  tanggap report --month 2026-11 --out laporan.pdf              untuk Kepala Dinas, dicetak
  tanggap report --quarter 2026-Q4 --depth pimpinan --out ringkas.pdf
                                                                untuk Bupati/Sekda: tanpa nama, alamat, URL
  tanggap report --year 2026 --out laporan.xlsx                 semua tabel, satu lembar sebuah
  tanggap report --month 2026-11 --record --skip \"tidak dipublikasikan\"
                                                                catat langkah 10 pada kasus yang sudah ditutup";

/// The page of every report.
pub const PAGE: &str = "laporan.typ";
/// Kinds of incidents that a chart shows.
const KINDS: usize = 10;

#[derive(Debug, Args)]
pub struct Report {
    #[command(flatten)]
    period: Asked,
    /// kadis: rinci, untuk Kepala Dinas; pimpinan: dua halaman untuk Bupati/Sekda, tanpa nama, alamat, URL
    #[arg(
        long,
        value_enum,
        value_name = "PEMBACA",
        default_value = "kadis",
        hide_possible_values = true
    )]
    depth: Reader,
    /// Tulis ke berkas: .pdf untuk dicetak, .xlsx, atau .json
    #[arg(long, value_name = "BERKAS")]
    out: Option<PathBuf>,
    /// Nomor dari Tata Usaha [bila kosong: titik-titik]
    #[arg(long, value_name = "NOMOR", value_parser = said)]
    number: Option<String>,
    /// Catat langkah 10 (laporan kegiatan) pada setiap kasus yang ditutup sampai akhir periode
    #[arg(long)]
    record: bool,
    /// Alasan bagi kasus tanpa draf publikasi (langkah 9), untuk --record
    #[arg(long, value_name = "ALASAN", requires = "record", value_parser = said)]
    skip: Option<String>,
    /// Siapa yang mencatat [bila kosong: $TANGGAP_OPERATOR, lalu nama pengguna sistem]
    #[arg(long, value_name = "NAMA")]
    by: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Reader {
    Kadis,
    Pimpinan,
}

impl Reader {
    fn depth(self) -> Depth {
        match self {
            Self::Kadis => Depth::Office,
            Self::Pimpinan => Depth::Leaders,
        }
    }

    fn template(self) -> &'static str {
        match self {
            Self::Kadis => "laporan-kadis",
            Self::Pimpinan => "laporan-pimpinan",
        }
    }
}

/// A report before it is a page, a workbook or a table.
struct Made {
    figures: Figures,
    sections: Vec<Section>,
    period: Period,
    now: Timestamp,
}

impl Report {
    pub async fn act(
        &self,
        (store, clock): (&Store, &Clock),
        config: &Config,
        format: Format,
    ) -> anyhow::Result<()> {
        let made = self.made(store, clock, config).await?;
        match &self.out {
            Some(path) => {
                std::fs::write(path, self.file(&made, path, config)?)?;
                println!(
                    "{}",
                    say!(
                        "{}: {}, {} kasus.",
                        "{}: {}, {} cases.",
                        path.display(),
                        made.period.name,
                        made.figures.standing.received
                    )
                );
            }
            None if format == Format::Json => println!("{}", as_json(&made)),
            None => show(&made),
        }
        if self.record {
            record::record(self, (store, clock), &made.period).await?;
        }
        Ok(())
    }

    async fn made(&self, store: &Store, clock: &Clock, config: &Config) -> anyhow::Result<Made> {
        let now = clock.now();
        let mut period = self.period.period(clock)?;
        if period.span.from > now {
            let why = say!(
                "{}: periode ini belum mulai",
                "{}: this period has not begun",
                period.name
            );
            return Err(StoreError::Refused(why).into());
        }
        // What is not over yet is told as it stands now.
        period.span.to = period.span.to.min(Timestamp(now.0 + 1));
        let facts: ReportFacts = facts::gather(store, &period, config).await?;
        let figures = figures(&facts);
        let sections = sections(&figures, &facts.lives, period.span, self.depth.depth());
        Ok(Made {
            figures,
            sections,
            period,
            now,
        })
    }

    fn file(&self, made: &Made, path: &Path, config: &Config) -> anyhow::Result<Vec<u8>> {
        match ending(path).as_str() {
            "pdf" => self.printed(made, config),
            "xlsx" => {
                let sheets: Vec<_> = made
                    .sections
                    .iter()
                    .map(|section| titled(section, made))
                    .collect();
                Ok(register::workbook(&sheets)?)
            }
            "json" => Ok(format!("{:#}\n", as_json(made)).into_bytes()),
            _ => Err(unknown_ending(path, ".pdf, .xlsx atau .json").into()),
        }
    }

    fn printed(&self, made: &Made, config: &Config) -> anyhow::Result<Vec<u8>> {
        let letters = &config.letters;
        let templates = Shelf::open(letters.folder.as_deref(), letters.emblem.as_deref())?;
        let page = page_of(
            (config, &templates),
            self.depth,
            made,
            self.number.as_deref(),
        )?;
        Ok(Press::new(Arc::new(templates)).pdf(PAGE, &page)?)
    }
}

/// How many templates of reports there are.
pub const TEMPLATES: usize = 2;

/// The faults of the reports' templates, tried on a period without any case.
pub fn faults(config: &Config, shelf: &Shelf, press: &Press) -> Vec<(String, String)> {
    let now = Timestamp(1_795_392_000_000);
    let span = Span {
        from: Timestamp(0),
        to: now,
    };
    let tried = [Reader::Kadis, Reader::Pimpinan].map(|depth| {
        let figures = figures(&ReportFacts::empty(
            "Bulan November 2026",
            span,
            &config.hours,
        ));
        let made = Made {
            sections: sections(&figures, &[], span, depth.depth()),
            figures,
            period: Period {
                span,
                name: "Bulan November 2026".to_owned(),
            },
            now,
        };
        let page = page_of((config, shelf), depth, &made, None);
        let printed = page.and_then(|page| Ok(press.pdf(PAGE, &page)?));
        let fault = printed.err()?;
        Some((depth.template().to_owned(), format!("{fault:#}")))
    });
    tried.into_iter().flatten().collect()
}

fn page_of(
    (config, shelf): (&Config, &Shelf),
    depth: Reader,
    made: &Made,
    number: Option<&str>,
) -> anyhow::Result<Value> {
    let words = wording(shelf, depth.template(), &data(config, made))?;
    let blank = config.letters.blank_number(made.now);
    let head = Head {
        number: number.unwrap_or(&blank),
        date: made.now,
        reference: &made.period.name,
        to: "",
    };
    let tables = made
        .sections
        .iter()
        .map(|section| (section.key, &section.ledger));
    let inserts = Inserts {
        tables: tables.collect(),
        charts: charts(&made.figures),
        emblem: shelf.emblem(),
    };
    let title = "Laporan Penanganan Insiden Keamanan Siber";
    let cover = Cover::restricted(title, &made.period.name);
    Ok(report_page(
        &config.letters,
        &words,
        (&head, &cover),
        &inserts,
    )?)
}

/// What the wording's template may name.
fn data(config: &Config, made: &Made) -> Value {
    let (team, figures) = (&config.team, &made.figures);
    let standing = figures.standing;
    let overridden: usize = figures
        .misfires
        .iter()
        .map(|misfire| misfire.registers.len())
        .sum();
    let until = Timestamp(made.period.span.to.0 - 1);
    json!({
        "team": { "name": team.name, "office": team.office, "office_english": team.office_english, "address": team.address },
        "report": {
            "period": made.period.name, "place": config.letters.place, "until": dates::moment(until.wib()),
            "received": standing.received.to_string(), "carried": standing.carried.to_string(),
            "high": figures.received.high.to_string(), "medium": figures.received.medium.to_string(),
            "low": figures.received.low.to_string(), "closed": standing.closed.to_string(),
            "open": standing.open.to_string(), "overdue": standing.overdue.to_string(),
            "escalated": standing.escalated.to_string(), "judged": figures.judged.to_string(),
            "overridden": overridden.to_string(),
        },
    })
}

fn charts(figures: &Figures) -> Vec<(&'static str, Chart)> {
    let series: Vec<String> = ["High", "Medium", "Low"].map(str::to_owned).into();
    let bar = |(name, levels): (&String, &Levels)| {
        (name.clone(), vec![levels.high, levels.medium, levels.low])
    };
    let mut kinds: Vec<_> = figures.by_type.iter().collect();
    kinds.sort_by_key(|(_, levels)| std::cmp::Reverse(levels.all()));
    let chart = |title: &str, upright, bars| Chart {
        title: title.to_owned(),
        upright,
        series: series.clone(),
        bars,
    };
    let kinds = kinds.into_iter().take(KINDS).map(bar).collect();
    let months = figures
        .trend
        .iter()
        .map(|(name, levels)| bar((name, levels)));
    vec![
        (
            "jenis",
            chart("Insiden menurut jenis dan tingkat", false, kinds),
        ),
        (
            "tren",
            chart("Insiden per bulan menurut tingkat", true, months.collect()),
        ),
    ]
}

/// A table with the report's period as its subtitle.
fn titled(section: &Section, made: &Made) -> Ledger {
    Ledger {
        subtitle: made.period.name.clone(),
        ..section.ledger.clone()
    }
}

fn as_json(made: &Made) -> Value {
    let span = made.period.span;
    let tables = made
        .sections
        .iter()
        .map(|section| (section.key, section.ledger.json()));
    json!({
        "period": made.period.name, "from": span.from.wib().to_rfc3339(), "until": span.to.wib().to_rfc3339(),
        "tables": tables.collect::<std::collections::BTreeMap<_, _>>(),
        "figures": made.figures.json(made.sections.iter().any(|section| section.key == "aturan")),
    })
}

fn show(made: &Made) {
    println!(
        "LAPORAN PENANGANAN INSIDEN KEAMANAN SIBER\n{}  ·  TERBATAS",
        made.period.name
    );
    tables(made.sections.iter().map(|section| &section.ledger));
}

/// Tables on the terminal, each under its title.
pub fn tables<'l>(ledgers: impl Iterator<Item = &'l Ledger>) {
    for ledger in ledgers {
        println!("\n{}", ledger.title);
        if ledger.rows.is_empty() {
            println!("  Nihil.");
        } else {
            println!("{}", table(ledger));
        }
    }
}
