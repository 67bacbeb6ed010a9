//! The command line: one verb a file, each ending in an exit code.

mod beside;
mod books;
mod case;
mod check;
pub mod dates;
mod deeds;
mod desk;
mod dossier;
mod english;
mod escalate;
mod explain;
mod intake;
mod journal;
mod letter;
mod merge;
pub mod period;
mod print;
mod queue;
mod report;
mod retention;
mod rules;
mod run;
mod sheet;
mod speech;
mod staff;
pub mod table;
mod usage;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{ArgAction, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::config::ConfigError;
use crate::house::StartError;
use crate::store::StoreError;
use crate::tongue::{Tongue, say, speak, spoken};

/// The command was called wrongly (sysexits).
const EX_USAGE: u8 = 64;
/// Try again later: somebody else has the database.
const EX_TEMPFAIL: u8 = 75;
/// The configuration, or the database's schema, does not fit.
const EX_CONFIG: u8 = 78;

/// Where the configuration is, unless told otherwise.
const CONFIG: &str = "/etc/tanggap/tanggap.toml";

const EXAMPLES: &str = "\
Contoh:
  tanggap check                                   periksa konfigurasi tanpa menjalankan apa pun
  tanggap run                                     jalankan; hentikan dengan Ctrl+C
  tanggap journal                                 nasib setiap surel
  tanggap case show INS-2026-0042                 satu kasus dan riwayatnya
  tanggap books queue                             lembar antrian insiden
  tanggap books agenda-in --month 2026-11 --out agenda.xlsx
                                                  buku agenda sebulan
  tanggap books verify                            buktikan keutuhan buku
  tanggap report --month 2026-11 --out laporan.pdf
                                                  laporan bulanan untuk Kepala Dinas
  tanggap queue                                   yang menunggu, dan mengapa
  tanggap release INS-2026-0042/ticket --ticket 123456
                                                  tiketnya ternyata sudah ada: catat nomornya
  tanggap hold --channel desk                     jangan buka tiket dahulu, misalnya selama osTicket dirawat
  tanggap explain laporan.eml                     bagaimana surel ini dinilai, dan mengapa
  tanggap doctor                                  apa yang bisa dan tidak bisa di osTicket ini
  tanggap sync audit                              beda antara kasus di sini dan tiket di osTicket
  tanggap queue --format json                     untuk program

Kode akhir:
  0   berhasil
  1   gagal; sebabnya tertulis
  64  perintah salah ditulis
  75  basis data sedang dipakai tanggap lain; coba lagi nanti
  78  konfigurasi salah, atau skema basis data lebih baru daripada program ini";

const TEMPLATE: &str = "{about}\n\nPemakaian: {usage}\n\n{all-args}{after-help}";

/// tanggap mengubah surat menjadi kasus: surel ke CSIRT menjadi tiket osTicket dan tanda terima.
#[derive(Debug, Parser)]
#[command(name = "tanggap", version, after_help = EXAMPLES, help_template = TEMPLATE, disable_help_flag = true)]
#[command(
    disable_help_subcommand = true,
    disable_version_flag = true,
    subcommand_help_heading = "Perintah"
)]
#[command(subcommand_value_name = "PERINTAH", next_help_heading = "Pilihan umum")]
struct Arguments {
    /// Berkas konfigurasi [bila kosong: $TANGGAP_CONFIG, lalu /etc/tanggap/tanggap.toml]
    #[arg(long, global = true, value_name = "BERKAS")]
    config: Option<PathBuf>,
    /// Bentuk keluaran: table untuk manusia, json untuk program
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "BENTUK",
        default_value = "table",
        hide_possible_values = true
    )]
    format: Format,
    /// Bahasa keluaran: id atau en [bila kosong: $TANGGAP_LANG, lalu [site] language]
    #[arg(
        long,
        global = true,
        value_name = "BAHASA",
        value_parser = ["id", "en"],
        hide_possible_values = true
    )]
    lang: Option<String>,
    /// Tampilkan bantuan ini
    #[arg(long, short, global = true, action = ArgAction::Help)]
    help: Option<bool>,
    /// Tampilkan versi
    #[arg(long, action = ArgAction::Version)]
    version: Option<bool>,
    #[command(subcommand)]
    verb: Verb,
}

/// How a verb prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Jalankan tanggap sampai diminta berhenti
    #[command(help_template = TEMPLATE)]
    Run(run::Run),
    /// Periksa konfigurasi: sebut semua kesalahan sekaligus, atau apa yang akan terjadi
    #[command(help_template = TEMPLATE)]
    Check,
    /// Jelaskan bagaimana surel dibaca dan dinilai: macam, jenis, tingkat, aturan, dan kata-katanya
    #[command(help_template = TEMPLATE, after_help = explain::EXAMPLES)]
    Explain(explain::Explain),
    /// Aturan: periksa, uji, nilai surel berlabel, uji mundur atas jurnal
    #[command(
        subcommand_value_name = "PERINTAH",
        subcommand_help_heading = "Perintah"
    )]
    Rules {
        #[command(subcommand)]
        what: rules::Rules,
    },
    /// Periksa jalan ke osTicket: mana yang dipakai, apa yang tidak bisa, dan apa yang salah di sana
    #[command(help_template = TEMPLATE)]
    Doctor,
    /// Cocokkan kasus di sini dengan tiket di osTicket
    #[command(
        subcommand_value_name = "PERINTAH",
        subcommand_help_heading = "Perintah"
    )]
    Sync {
        #[command(subcommand)]
        what: desk::SyncVerb,
    },
    /// Surat: lihat dahulu, dan periksa templatnya
    #[command(
        subcommand_value_name = "PERINTAH",
        subcommand_help_heading = "Perintah"
    )]
    Letter {
        #[command(subcommand)]
        what: letter::Letters,
    },
    #[command(flatten)]
    Beside(beside::Beside),
}

/// What was wrong has been printed already; only the exit code is left.
#[derive(Debug, thiserror::Error)]
#[error("sudah disampaikan")]
struct Told(u8);

/// Runs the verb of this process's arguments.
pub fn main() -> ExitCode {
    end_quietly_with_the_reader();
    let line: Vec<_> = std::env::args_os().collect();
    match speech::tongue(&line) {
        Ok(tongue) => speak(tongue),
        Err(why) => {
            eprintln!("tanggap: {why}");
            return ExitCode::from(EX_USAGE);
        }
    }
    let arguments = match understood(line) {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    match act(&arguments) {
        Ok(code) => code,
        Err(error) => complain(&error),
    }
}

/// The command line, by commands whose help is told in the language spoken.
fn understood(line: Vec<OsString>) -> Result<Arguments, clap::Error> {
    let commands = Arguments::command();
    let commands = match spoken() {
        Tongue::Indonesian => commands,
        Tongue::English => english::told(commands),
    };
    let mut matches = commands.try_get_matches_from(line)?;
    Arguments::from_arg_matches_mut(&mut matches)
}

/// `tanggap journal | head` closes the pipe early. The reader has what it wanted; that is no failure of ours.
fn end_quietly_with_the_reader() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let said = panic.payload_as_str().unwrap_or_default();
        if said.starts_with("failed printing to stdout") {
            std::process::exit(0);
        }
        usual(panic);
    }));
}

fn act(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let file = config_file(arguments);
    match &arguments.verb {
        Verb::Run(run) => run.act(&file),
        Verb::Check => check::check(&file, arguments.format).map(|()| ExitCode::SUCCESS),
        Verb::Explain(explain) => explain.act(known_config(arguments).as_deref(), arguments.format),
        Verb::Rules { what } => what.act(known_config(arguments).as_deref(), arguments.format),
        Verb::Doctor => desk::doctor(&file, arguments.format).map(|()| ExitCode::SUCCESS),
        Verb::Sync { what } => what
            .act(&file, arguments.format)
            .map(|()| ExitCode::SUCCESS),
        Verb::Letter { what } => what
            .act(&file, arguments.format)
            .map(|()| ExitCode::SUCCESS),
        Verb::Beside(verb) => verb
            .act(&file, arguments.format)
            .map(|()| ExitCode::SUCCESS),
    }
}

fn config_file(arguments: &Arguments) -> PathBuf {
    let from_environment = || {
        std::env::var_os("TANGGAP_CONFIG")
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let given = arguments.config.clone().or_else(from_environment);
    given.unwrap_or_else(|| PathBuf::from(CONFIG))
}

/// The configuration where there is one; a verb that can do without it is not stopped by its absence.
fn known_config(arguments: &Arguments) -> Option<PathBuf> {
    let file = config_file(arguments);
    (arguments.config.is_some() || file.exists()).then_some(file)
}

fn usage(error: &clap::Error) -> ExitCode {
    match usage::told(error) {
        Some(told) => eprint!("{told}"),
        None => {
            let _ = error.print();
        }
    }
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        _ => ExitCode::from(EX_USAGE),
    }
}

/// Says what went wrong, and ends with the code that tells a script or the service manager.
fn complain(error: &anyhow::Error) -> ExitCode {
    if let Some(Told(code)) = error.downcast_ref() {
        return ExitCode::from(*code);
    }
    eprintln!("tanggap: {}", usage::why(error));
    if let Some(ConfigError::Faulty(faults)) = error.downcast_ref() {
        eprintln!(
            "{}",
            say!(
                "\n{} kesalahan di berkas konfigurasi.",
                "\n{} faults in the configuration.",
                faults.len()
            )
        );
    }
    ExitCode::from(code_of(error))
}

fn code_of(error: &anyhow::Error) -> u8 {
    let start = error.downcast_ref();
    let store = match start {
        Some(StartError::Store(store)) => Some(store),
        _ => error.downcast_ref(),
    };
    match store {
        Some(StoreError::InUse { .. }) => EX_TEMPFAIL,
        Some(
            StoreError::Newer { .. } | StoreError::Damaged { .. } | StoreError::Exposed { .. },
        ) => EX_CONFIG,
        _ if error.is::<ConfigError>() || matches!(start, Some(StartError::Rules(_))) => EX_CONFIG,
        _ => 1,
    }
}
