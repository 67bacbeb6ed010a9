//! `tanggap rules backtest`: what a candidate rule set would have made of the journal, before it is in force.

mod change;
mod count;
mod figures;
mod page;
mod replay;

use std::io::{IsTerminal, Write, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;

use super::outcome::Level;
use super::refuse;
use crate::cli::explain::Bench;
use crate::cli::table::Table;
use crate::cli::{Format, dates};
use crate::clock::{Clock, Timestamp};
use crate::store::{Role, Store};
use crate::tongue::{say, word};
use change::Compared;
use figures::{Figures, Matrix, percent};
use replay::{Journal, Retried};

pub const EXAMPLES: &str = "\
Contoh:
  tanggap rules backtest --rules aturan-baru/            calon aturan atas seluruh jurnal
  tanggap rules backtest --rules aturan-baru/ --since 01-10-2026
  tanggap rules backtest --rules aturan-baru/ --html uji-mundur.html
  tanggap rules backtest --format json                   satu objek per surel yang berubah, ringkasan di baris terakhir

Tidak mengubah apa pun: tiket, kasus dan buku tetap seperti adanya.";

/// Changed mails shown in the terminal, at most.
const SHOWN: usize = 50;
/// Changed mails on the page, at most: a browser must still open it.
const ON_PAGE: usize = 1000;

/// Tries rules on the journal.
#[derive(Debug, Args)]
pub struct Backtest {
    /// Folder calon aturan di atas buku bawaan [bila kosong: menurut konfigurasi]
    #[arg(long, value_name = "FOLDER")]
    rules: Option<PathBuf>,
    /// Hanya surel yang diterima sejak tanggal ini: 23-11-2026
    #[arg(long, value_name = "TANGGAL", value_parser = dates::typed)]
    since: Option<Timestamp>,
    /// Tulis juga satu halaman HTML yang berdiri sendiri, dengan grafik
    #[arg(long, value_name = "BERKAS")]
    html: Option<PathBuf>,
}

/// What is kept while the journal passes by.
#[derive(Default)]
struct Kept {
    figures: Figures,
    /// The first changed mails.
    changes: Vec<Compared>,
}

impl Backtest {
    pub fn act(&self, config: Option<&Path>, format: Format) -> anyhow::Result<ExitCode> {
        let bench = match Bench::set_up(config, self.rules.as_deref()) {
            Ok(bench) => Arc::new(bench),
            Err(error) => return refuse(error, format),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let start = Instant::now();
        let kept = runtime.block_on(self.pass_by(&bench, format))?;
        match format {
            Format::Json => println!("{}", json!({ "summary": summary(&bench, &kept.figures) })),
            Format::Table => show(&bench, &kept),
        }
        if let Some(file) = &self.html {
            let page = page::page(&bench.rules, self.since, &kept.figures, &kept.changes)?;
            for_its_owner(file, &page).with_context(|| {
                say!(
                    "{} tidak dapat ditulis",
                    "{} cannot be written",
                    file.display()
                )
            })?;
            eprintln!(
                "{}",
                say!(
                    "{} ditulis; buka di peramban.",
                    "{} is written; open it in a browser.",
                    file.display()
                )
            );
        }
        let seconds = start.elapsed().as_secs_f64();
        eprintln!(
            "{}",
            say!(
                "{} surel dalam {seconds:.1} detik.",
                "{} mails in {seconds:.1} s.",
                kept.figures.seen()
            )
        );
        Ok(ExitCode::SUCCESS)
    }

    async fn pass_by(&self, bench: &Arc<Bench>, format: Format) -> anyhow::Result<Kept> {
        let Some(config) = &bench.config else {
            bail!(
                "{}",
                say!(
                    "uji mundur membaca jurnal, dan letaknya ada di konfigurasi: sebutkan --config BERKAS",
                    "a backtest reads the journal, which the configuration names: give --config FILE"
                )
            );
        };
        let store = Store::open(&config.store, Role::Visitor, &Clock::default()).await?;
        let journal = Journal {
            store: &store,
            since: self.since.unwrap_or(Timestamp(i64::MIN)),
            mail_size: config.limits.mail_size,
        };
        let mut progress = Progress::of(store.past_count(journal.since).await?);
        let mut kept = Kept::default();
        let passed = journal
            .judge_again(bench, |page| {
                kept.take(page, format);
                progress.tell(kept.figures.seen());
            })
            .await;
        progress.end();
        store.close().await;
        passed.map(|()| kept)
    }
}

impl Kept {
    fn take(&mut self, page: Vec<Retried>, format: Format) {
        for retried in page {
            self.figures.count(&retried);
            let Retried::Compared(mail) = retried else {
                continue;
            };
            if !mail.changed() {
                continue;
            }
            if format == Format::Json {
                println!("{}", mail.as_json());
            }
            if self.changes.len() < ON_PAGE {
                self.changes.push(*mail);
            }
        }
    }
}

/// The page names subjects of reports: nobody but its owner reads it.
fn for_its_owner(file: &Path, text: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    let options = options.write(true).create(true).truncate(true).mode(0o600);
    options.open(file)?.write_all(text.as_bytes())
}

/// How far it is, on the standard error: one line that renews itself on a terminal, else a line a tenth.
struct Progress {
    all: u64,
    told: Instant,
    tenths: u64,
    terminal: bool,
}

impl Progress {
    fn of(all: u64) -> Self {
        Self {
            all,
            told: Instant::now(),
            tenths: 0,
            terminal: stderr().is_terminal(),
        }
    }

    fn tell(&mut self, done: usize) {
        let done = done as u64;
        let tenths = done * 10 / self.all.max(1);
        if self.terminal && self.told.elapsed() >= Duration::from_millis(200) {
            eprint!(
                "{}",
                say!(
                    "\r{done} dari {} surel …",
                    "\r{done} of {} mails …",
                    self.all
                )
            );
            self.told = Instant::now();
        } else if !self.terminal && tenths > self.tenths {
            eprintln!(
                "{}",
                say!("{done} dari {} surel", "{done} of {} mails", self.all)
            );
            self.tenths = tenths;
        }
    }

    fn end(&self) {
        if self.terminal {
            eprint!("\r\u{1b}[K");
        }
    }
}

fn summary(bench: &Bench, figures: &Figures) -> serde_json::Value {
    let mut summary = figures.as_json();
    if let Some(fields) = summary.as_object_mut() {
        fields.insert("digest".to_owned(), bench.rules.digest().into());
    }
    summary
}

fn show(bench: &Bench, kept: &Kept) {
    let figures = &kept.figures;
    if !kept.changes.is_empty() {
        show_changes(&kept.changes);
        show_rules(figures);
    }
    show_matrix(
        word("Tingkat dahulu", "Severity then"),
        &figures.levels,
        "kini",
    );
    if figures.staff_now.all() > 0 {
        show_matrix(
            word("Putusan petugas", "Staff's decision"),
            &figures.staff_now,
            word("kini dinilai", "now judged"),
        );
        println!(
            "{}",
            say!(
                "Sama dengan putusan petugas: dahulu {}, kini {}, dari {} kasus; {} perubahan mendekati petugas, {} menjauhi.",
                "As staff decided: {} then, {} now, of {} cases; {} changes come nearer to staff, {} go away from it.",
                percent(&figures.staff_then),
                percent(&figures.staff_now),
                figures.staff_now.all(),
                figures.nearer,
                figures.further
            )
        );
    }
    println!(
        "{}",
        say!(
            "{} surel dinilai ulang dengan sidik {:.12}: {} berubah ({} tingkat, {} macam, {} jenis, {} antrian atau tanda).",
            "{} mails judged anew by hash {:.12}: {} change ({} severity, {} kind, {} type, {} queue or tags).",
            figures.judged,
            bench.rules.digest(),
            figures.changed,
            figures.changed_level,
            figures.changed_kind,
            figures.changed_type,
            figures.changed_marks
        )
    );
    if figures.by_hand > 0 {
        println!(
            "{}",
            say!(
                "{} laporan yang dicatat manual tidak ikut: orang yang menilainya.",
                "{} reports taken down by hand are left out: people judged them.",
                figures.by_hand
            )
        );
    }
    if figures.removed > 0 {
        println!(
            "{}",
            say!(
                "{} surel tidak ikut: isi aslinya sudah dihapus menurut retensi.",
                "{} mails are left out: their content was removed by retention.",
                figures.removed
            )
        );
    }
    if figures.broken > 0 {
        let named: Vec<String> = figures
            .unreadable
            .iter()
            .map(|one| one.0.to_string())
            .collect();
        println!(
            "{}",
            say!(
                "{} surel tidak dapat dinilai ulang: jurnal nomor {}.",
                "{} mails could not be judged anew: journal numbers {}.",
                figures.broken,
                named.join(", ")
            )
        );
    }
}

fn show_changes(changes: &[Compared]) {
    let mut table = Table::new(&[
        "No",
        "Register",
        word("Perihal", "Subject"),
        word("Perubahan", "Change"),
        word("Sebab", "Reason"),
        word("Petugas", "Staff"),
    ]);
    for change in changes.iter().take(SHOWN) {
        table.row(vec![
            change.entry.0.to_string(),
            change.register.clone(),
            change.subject.clone(),
            change.differences().join("; "),
            because(change),
            change.turn().in_words().to_owned(),
        ]);
    }
    println!("{table}");
    if changes.len() > SHOWN {
        println!(
            "{}",
            say!(
                "… hanya {SHOWN} yang pertama; semuanya: --format json, atau --html BERKAS",
                "… only the first {SHOWN}; all of them: --format json, or --html FILE"
            )
        );
    }
    println!();
}

/// `+ransom (“dienkripsi”) −gangguan`
fn because(change: &Compared) -> String {
    let told = |sign: char, fired: &tanggap_rules::Fired| {
        let words: Vec<String> = fired
            .words
            .iter()
            .take(3)
            .map(|word| format!("“{word}”"))
            .collect();
        let words = match words.as_slice() {
            [] => String::new(),
            words => format!(" ({})", words.join(", ")),
        };
        tanggap_rules::defang(&format!("{sign}{}{words}", fired.rule))
    };
    let gained = change.gained.iter().map(|fired| told('+', fired));
    let lost = change.lost.iter().map(|fired| told('−', fired));
    gained.chain(lost).collect::<Vec<_>>().join(" ")
}

fn show_rules(figures: &Figures) {
    let mut table = Table::new(&[
        word("Aturan", "Rule"),
        word("kini berlaku", "holds now"),
        word("tidak lagi", "no longer"),
        word("Kata-kata", "Words"),
    ]);
    for (name, rule) in figures.most_rules(20) {
        let words = rule.most_words(5).into_iter();
        let words: Vec<String> = words
            .map(|(word, count)| format!("{word} ({count})"))
            .collect();
        table.row(vec![
            name.to_owned(),
            rule.gained.to_string(),
            rule.lost.to_string(),
            tanggap_rules::defang(&words.join(", ")),
        ]);
    }
    println!("{table}\n");
}

fn show_matrix(what: &str, matrix: &Matrix, judged: &str) {
    let mut headings = vec![what.to_owned()];
    headings.extend(Level::ALL.map(|level| format!("{judged} {}", level.in_words())));
    let headings: Vec<&str> = headings.iter().map(String::as_str).collect();
    let mut table = Table::new(&headings);
    for row in Level::ALL {
        let mut cells = vec![row.in_words().to_owned()];
        cells.extend(Level::ALL.map(|column| matrix.at(row, column).to_string()));
        table.row(cells);
    }
    println!("{table}\n");
}
