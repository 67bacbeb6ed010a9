//! `tanggap books`: the SOP's books on the terminal, as CSV, workbook or sheet of paper; and their proof.

pub mod form;
mod queue;
mod rows;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};

use super::Format;
use super::period::Asked;
use super::print;
use super::sheet::{ending, table, unknown_ending};
use super::staff::{known, operator, said};
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::register::{self, Book, Ledger, NewRow, Which};
pub use crate::secretary::sheet_of as sheet;
use crate::store::{Span, Store, StoreError};
use crate::tongue::say;

/// The books.
#[derive(Debug, Subcommand)]
pub enum Books {
    /// Lembar antrian: insiden yang terbuka, yang terberat di atas; dengan --date dsb. seperti keadaannya waktu itu
    Queue {
        #[command(flatten)]
        period: Asked,
        #[command(flatten)]
        out: Out,
    },
    /// Register insiden
    Register(Shown),
    /// Buku agenda surat masuk
    AgendaIn(Shown),
    /// Buku agenda surat keluar
    AgendaOut(Shown),
    /// Disposisi: buku satu periode, atau dengan --case lembar disposisi setengah folio untuk satu kasus
    Disposition(Shown),
    /// Register surat: setiap nomor, terpakai atau batal
    Letters(Shown),
    /// Buku pemusnahan: surel asli yang sudah dihapus menurut retensi
    Retention(Shown),
    /// Koreksi satu baris dengan baris lawan; baris lama tetap ada
    Correct(Correct),
    /// Buktikan keutuhan semua buku, atau sebut baris pertama yang rusak
    Verify,
}

pub const EXAMPLES: &str = "\
Contoh:
  tanggap books queue                                           antrian saat ini, di layar
  tanggap books queue --out antrian.pdf                         dicetak, untuk ditandatangani koordinator
  tanggap books queue --date 20-11-2026                         seperti keadaannya pada hari itu
  tanggap books agenda-in --month 2026-11 --out agenda.xlsx     satu bulan; juga .csv dan .pdf
  tanggap books disposition --case INS-2026-0042 --out lembar.pdf
                                                                lembar disposisi setengah folio
  tanggap books verify                                          buktikan bahwa tidak ada baris yang diubah

PDF sampai 1000 baris dicetak menurut buku.typ; yang lebih panjang ditata tanggap sendiri, dengan rupa yang sama.";

/// Who signs the queue sheet.
const COORDINATOR: &str = "Koordinator Tim Resolusi Insiden";

/// What a sheet of paper says beside the page.
struct Paper<'a> {
    config: &'a Config,
    now: Timestamp,
    signed_by: Option<&'static str>,
}

/// What of a book, and as what.
#[derive(Debug, Args)]
pub struct Shown {
    #[command(flatten)]
    period: Asked,
    /// Hanya satu kasus
    #[arg(long, value_name = "REGISTER")]
    case: Option<String>,
    #[command(flatten)]
    out: Out,
}

/// A file instead of the terminal.
#[derive(Debug, Args)]
pub struct Out {
    /// Tulis ke berkas; akhirannya menentukan bentuk: .csv, .xlsx, atau .pdf untuk dicetak
    #[arg(long, value_name = "BERKAS")]
    out: Option<PathBuf>,
}

/// A counter-entry.
#[derive(Debug, Args)]
pub struct Correct {
    #[arg(value_enum, value_name = "BUKU")]
    book: Named,
    /// Nomor baris yang dikoreksi
    #[arg(value_name = "NOMOR")]
    number: i64,
    /// Tahun baris itu [bila kosong: tahun ini]
    #[arg(long, value_name = "TAHUN")]
    year: Option<i64>,
    /// Kolom dan isi yang benar, misalnya "sender=Dinas Kesehatan"; boleh berulang
    #[arg(long = "set", value_name = "KOLOM=ISI", required = true)]
    set: Vec<String>,
    #[arg(long, value_name = "ALASAN", value_parser = said)]
    reason: String,
    /// Siapa yang mengoreksi
    #[arg(long, value_name = "NAMA")]
    by: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Named {
    Register,
    AgendaIn,
    AgendaOut,
    Disposition,
    Letters,
    Retention,
}

impl Named {
    fn book(self) -> Book {
        match self {
            Self::Register => Book::Register,
            Self::AgendaIn => Book::AgendaIn,
            Self::AgendaOut => Book::AgendaOut,
            Self::Disposition => Book::Disposition,
            Self::Letters => Book::Letters,
            Self::Retention => Book::Retention,
        }
    }
}

impl Books {
    pub async fn act(
        &self,
        (store, clock): (&Store, &Clock),
        config: &Config,
        format: Format,
    ) -> anyhow::Result<()> {
        let paper = |signed_by| Paper {
            config,
            now: clock.now(),
            signed_by,
        };
        let (book, shown) = match self {
            Self::Queue { period, out } => {
                let page = queue::page((store, clock), config, period).await?;
                return show(&page, out, format, &paper(Some(COORDINATOR)));
            }
            Self::Correct(correct) => return Ok(correct.act(store, clock).await?),
            Self::Verify => return verify(store, format).await,
            Self::Register(shown) => (Book::Register, shown),
            Self::AgendaIn(shown) => (Book::AgendaIn, shown),
            Self::AgendaOut(shown) => (Book::AgendaOut, shown),
            Self::Disposition(shown) => (Book::Disposition, shown),
            Self::Letters(shown) => (Book::Letters, shown),
            Self::Retention(shown) => (Book::Retention, shown),
        };
        if let (Book::Disposition, Some(register)) = (book, &shown.case) {
            let form = form::of(store, config, register).await?;
            if form::is_asked(&shown.out) {
                return form::show(&form, &shown.out, format, (config, clock.now()));
            }
        }
        let page = book_page(store, clock, (book, shown)).await?;
        show(&page, &shown.out, format, &paper(None))
    }
}

async fn book_page(
    store: &Store,
    clock: &Clock,
    (book, shown): (Book, &Shown),
) -> Result<Ledger, StoreError> {
    let (span, name, case) = if let Some(register) = &shown.case {
        let case = known(store, register).await?;
        (Span::EVER, case.register, Some(case.id))
    } else {
        let period = shown.period.period(clock)?;
        (period.span, period.name, None)
    };
    let mut rows = store.book(book, span).await?;
    rows.retain(|row| case.is_none() || row.case == case);
    let rows = rows::completed(store, book, rows).await?;
    Ok(register::page(book, &rows, &name))
}

fn show(page: &Ledger, out: &Out, format: Format, paper: &Paper<'_>) -> anyhow::Result<()> {
    if let Some(path) = &out.out {
        std::fs::write(path, file(page, path, paper)?)?;
        println!(
            "{}",
            say!(
                "{}: {} baris.",
                "{}: {} rows.",
                path.display(),
                page.rows.len()
            )
        );
        return Ok(());
    }
    if format == Format::Json {
        println!("{}", page.json());
        return Ok(());
    }
    println!("{}\n{}  ·  TERBATAS\n", page.title, page.subtitle);
    println!("{}\n", table(page));
    for line in &page.foot {
        println!("{line}");
    }
    Ok(())
}

/// The page in the form that the file's name asks for.
fn file(page: &Ledger, path: &Path, paper: &Paper<'_>) -> anyhow::Result<Vec<u8>> {
    match ending(path).as_str() {
        "csv" => Ok(register::csv(page).into_bytes()),
        "xlsx" => Ok(register::xlsx(page)?),
        "pdf" => print::pdf(page, paper.config, (paper.now, paper.signed_by)),
        _ => Err(unknown_ending(path, ".csv, .xlsx atau .pdf").into()),
    }
}

impl Correct {
    async fn act(&self, store: &Store, clock: &Clock) -> Result<(), StoreError> {
        let operator = operator(self.by.as_ref())?;
        let book = self.book.book();
        let year = self.year.unwrap_or_else(|| clock.now().register_year());
        let Some(row) = store.book_row(book, year, self.number).await? else {
            return Err(StoreError::Refused(say!(
                "tidak ada baris nomor {} tahun {year} di {}",
                "there is no row number {} of {year} in {}",
                self.number,
                book.title()
            )));
        };
        let mut counter = NewRow::new(book, [("note", self.reason.clone())]);
        counter
            .cells
            .extend(row.cells.into_iter().filter(|(key, _)| key != "note"));
        for pair in &self.set {
            let (key, value) = column(book, pair)?;
            counter.cells.insert(key, value);
        }
        let counter = counter.correcting(Which::Seq(row.seq));
        let numbers = store
            .enter(vec![(row.case, counter)], &operator, clock.now())
            .await?;
        println!(
            "{}",
            say!(
                "{}: baris {} dikoreksi dengan baris {} atas nama {operator}.",
                "{}: row {} was corrected by row {} in the name of {operator}.",
                book.title(),
                self.number,
                numbers.first().copied().unwrap_or_default()
            )
        );
        Ok(())
    }
}

/// `sender=Dinas Kesehatan`, where the book has such a column.
fn column(book: Book, pair: &str) -> Result<(String, String), StoreError> {
    let names: Vec<_> = book.columns().iter().map(|(key, _, _)| *key).collect();
    match pair.split_once('=') {
        Some((key, value)) if names.contains(&key) => Ok((key.to_owned(), value.to_owned())),
        _ => Err(StoreError::Refused(say!(
            "\"{pair}\": tulis KOLOM=ISI; kolom buku ini: {}",
            "\"{pair}\": write COLUMN=TEXT; columns of this book: {}",
            names.join(", ")
        ))),
    }
}

/// Proves the books; a broken one ends with code 1 and names the first broken row.
async fn verify(store: &Store, format: Format) -> anyhow::Result<()> {
    match store.verify_books().await? {
        Ok(whole) if format == Format::Json => {
            println!(
                "{}",
                serde_json::json!({ "whole": true, "rows": whole.rows, "hash": whole.hash })
            );
        }
        Ok(whole) => println!(
            "{}",
            say!(
                "Semua buku utuh: {} baris, nomor tanpa celah, cocok dengan kasus. Sidik terakhir (catat di kertas): {}",
                "All books are whole: {} rows, numbers without a gap, in agreement with the cases. Last hash (write it on paper): {}",
                whole.rows,
                whole.hash
            )
        ),
        Err(broken) => {
            return Err(StoreError::Refused(say!("BUKU RUSAK pada {broken}. Jangan menulis lagi; pulihkan dari cadangan, dan periksa siapa yang mengubah basis data", "A BOOK IS DAMAGED at {broken}. Write nothing more; restore a backup, and find out who changed the database"
            ))
            .into());
        }
    }
    Ok(())
}
