//! `tanggap letter`: letters looked at, numbered, signed, released.

mod cancel;
mod issue;
pub mod life;
mod signed;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::staff::{known, said};
use super::table::Table;
use super::{EX_CONFIG, Format, Told};
use crate::clock::{Clock, Timestamp};
use crate::config::{Config, Secrets};
use crate::letter::{Head, Kind, Press, Shelf, Wording, page, sample, wording};
use crate::secretary::{COVER, Said, Secretary};
use crate::store::{Role, Store};
use crate::tongue::{say, word};

pub const EXAMPLES: &str = "\
Contoh:
  tanggap letter preview jawaban                       surat jawaban atas kasus contoh: jawaban.pdf
  tanggap letter preview penutupan INS-2026-0042 --to \"Kepala Dinas Kesehatan\" --png
  tanggap letter preview susulan INS-2026-0042         surel susulan, di layar
  tanggap letter issue jawaban INS-2026-0042 --to \"Kepala Dinas Kesehatan\" --number 555/0123/2026
  tanggap letter issue jawaban INS-2026-0042 --to \"Kepala Dinas Kesehatan\"    bila [letters] numbering = \"block\" atau \"automatic\"
  tanggap letter cancel 555/0123/2026 --reason \"salah alamat\"
  tanggap letter check                                 periksa semua templat";

/// The page of a formal letter.
const PAGE: &str = "surat.typ";
/// What a stranger may write to break out of a template, a page or a mail.
const HOSTILE: &str = "#. satu\n\nHal: palsu\r\nBcc: x@y.example\n{{ 7 * 7 }}{% for a in b %} #eval(\"1\") $x$ *_`\\ <img src=x> \u{202e}\u{0}@a 漢字 مرحبا 😀";

/// What to do with letters.
#[derive(Debug, Subcommand)]
pub enum Letters {
    /// Lihat sebuah surat, atas sebuah kasus atau kasus contoh; tidak ada yang dicatat atau dikirim
    #[command(after_help = EXAMPLES)]
    Preview(Preview),
    /// Terbitkan surat dengan nomor: dari Tata Usaha, dari blok yang disediakan, atau otomatis ([letters] numbering)
    #[command(after_help = EXAMPLES)]
    Issue(issue::Issue),
    /// Siapkan surat tanpa menerbitkannya: surel biasa siap dilepas, surat dinas menunggu nomor
    Draft(life::Draft),
    /// Surat yang menunggu, dan yang sudah keluar
    List(life::List),
    /// Lihat satu surat: isi surelnya, atau berkas PDF-nya
    Show(life::Show),
    /// Terima kembali berkas PDF yang sudah ditandatangani; dicocokkan sendiri dengan suratnya
    Signed(signed::Signed),
    /// Lepas surat: dikirim sekali, tepat berkas yang ditandatangani
    Release(life::Release),
    /// Batalkan nomor surat: nomornya tetap tercatat dengan alasannya, dan tidak dipakai lagi
    Cancel(cancel::Cancel),
    /// Periksa semua templat: dengan isi biasa, isi kosong, dan isi yang mencoba merusak
    Check,
}

#[derive(Debug, Args)]
pub struct Preview {
    /// jawaban, kelengkapan, susulan, tingkat, penutupan, closing, lapor-bssn, bantuan-bssn, opd, pelimpahan, imbauan
    #[arg(value_name = "JENIS", value_parser = kind)]
    kind: Kind,
    /// Kasusnya [bila kosong: kasus contoh]
    #[arg(value_name = "REGISTER")]
    register: Option<String>,
    /// Kepada siapa, seperti tertulis sesudah Yth.
    #[arg(long, value_name = "JABATAN", default_value = "")]
    to: String,
    /// Yang ditambahkan pada isi surat
    #[arg(long, value_name = "ISI", default_value = "")]
    note: String,
    /// Nomor surat [bila kosong: titik-titik]
    #[arg(long, value_name = "NOMOR", value_parser = said)]
    number: Option<String>,
    /// Juga gambar PNG tiap halaman
    #[arg(long)]
    png: bool,
    /// Berkas PDF [bila kosong: JENIS.pdf di folder ini]
    #[arg(long, value_name = "BERKAS")]
    out: Option<PathBuf>,
}

fn kind(name: &str) -> Result<Kind, String> {
    let all = Kind::ALL.map(Kind::name).join(", ");
    Kind::named(name).ok_or_else(|| say!("jenis surat: {all}", "kinds of letters: {all}"))
}

impl Letters {
    pub fn act(&self, file: &Path, format: Format) -> anyhow::Result<()> {
        let config = Config::load(file, Secrets::Store)?;
        let letters = &config.letters;
        let templates = Shelf::open(letters.folder.as_deref(), letters.emblem.as_deref())?;
        match self {
            Self::Preview(preview) => preview.act(&config, templates),
            Self::Issue(issue) => issue.act(&config, &templates),
            Self::Draft(draft) => draft.act(&config),
            Self::List(list) => list.act(&config, format),
            Self::Show(show) => show.act(&config, &templates),
            Self::Signed(signed) => signed.act(&config),
            Self::Release(release) => release.act(&config, &templates),
            Self::Cancel(cancel) => cancel.act(&config),
            Self::Check => check(&config, &templates, format),
        }
    }
}

impl Preview {
    fn act(&self, config: &Config, templates: Shelf) -> anyhow::Result<()> {
        let (wording, page) = self.made(config, &templates)?;
        if self.kind.is_formal() {
            return self.print(&Press::new(Arc::new(templates)), &page);
        }
        println!(
            "Subject: {}\n\n{}",
            wording.subject,
            wording.as_mail().trim_end()
        );
        Ok(())
    }

    /// The letter's wording, and its page.
    fn made(&self, config: &Config, templates: &Shelf) -> anyhow::Result<(Wording, Value)> {
        let now = Clock::default().now();
        let blank = config.letters.blank_number(now);
        let number = self.number.clone().unwrap_or(blank);
        let data = match &self.register {
            Some(register) => self.facts((config, templates), (register, &number))?,
            None => self.made_up(&number, now),
        };
        let wording = wording(templates, self.kind.name(), &data)?;
        let head = Head {
            number: &number,
            date: now,
            reference: self.register.as_deref().unwrap_or("INS-2026-0042"),
            to: &self.to,
        };
        let page = page(&config.letters, &wording, &head, templates.emblem());
        Ok((wording, page))
    }

    fn made_up(&self, number: &str, now: Timestamp) -> Value {
        let mut data = sample();
        let set = [
            ("to", &*self.to),
            ("note", &self.note),
            ("number", number),
            ("date", &super::dates::day(now)),
        ];
        for (key, value) in set {
            if let Some(slot) = data
                .pointer_mut(&format!("/letter/{key}"))
                .filter(|_| !value.is_empty() || self.kind.names_its_addressee())
            {
                *slot = Value::from(value);
            }
        }
        data
    }

    fn facts(
        &self,
        (config, templates): (&Config, &Shelf),
        (register, number): (&str, &str),
    ) -> anyhow::Result<Value> {
        let said = Said {
            to: &self.to,
            note: &self.note,
            number,
            subject: "",
        };
        beside(config, async |store, clock| {
            let case = known(store, register).await?;
            let secretary = Secretary {
                store,
                clock,
                config,
                shelf: templates,
            };
            Ok(secretary.data(self.kind, &case, &said).await?)
        })
    }

    fn print(&self, press: &Press, page: &Value) -> anyhow::Result<()> {
        let usual = || PathBuf::from(format!("{}.pdf", self.kind.name()));
        let path = self.out.clone().unwrap_or_else(usual);
        std::fs::write(&path, press.pdf(PAGE, page)?)?;
        println!("{}", path.display());
        if self.png {
            for (number, image) in press.png(PAGE, page)?.iter().enumerate() {
                let path = path.with_extension(format!("{}.png", number + 1));
                std::fs::write(&path, image)?;
                println!("{}", path.display());
            }
        }
        Ok(())
    }
}

/// Opens the store beside the daemon, does it, and closes it.
fn beside<T>(
    config: &Config,
    work: impl AsyncFnOnce(&Store, &Clock) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let clock = Clock::default();
        let store = Store::open(&config.store, Role::Visitor, &clock).await?;
        let done = work(&store, &clock).await;
        store.close().await;
        done
    })
}

/// Every template with usual, empty and hostile values; every fault is told.
fn check(config: &Config, shelf: &Shelf, format: Format) -> anyhow::Result<()> {
    let press = Press::new(Arc::new(shelf.clone()));
    let usual = sample();
    let filled = [
        (word("isi biasa", "ordinary content"), usual.clone()),
        (word("isi kosong", "empty content"), every(&usual, "")),
        (
            word("isi merusak", "hostile content"),
            every(&usual, HOSTILE),
        ),
    ];
    let kinds = Kind::ALL.map(|kind| (kind.name(), kind.is_formal()));
    let mut faults = Vec::new();
    for (name, formal) in kinds.into_iter().chain([(COVER, false)]) {
        for (what, data) in &filled {
            let fault = trial(config, (shelf, &press), (name, formal), data).err();
            faults.extend(fault.map(|fault| (format!("{name} ({what})"), fault.to_string())));
        }
    }
    faults.extend(super::report::faults(config, shelf, &press));
    faults.extend(super::dossier::faults(config, shelf, &press));
    faults.extend(super::books::form::faults(config, shelf, &press));
    tell(&faults, format)
}

fn trial(
    config: &Config,
    (shelf, press): (&Shelf, &Press),
    (name, formal): (&str, bool),
    data: &Value,
) -> anyhow::Result<()> {
    let wording = wording(shelf, name, data)?;
    sound(&wording)?;
    if formal {
        let number = data.pointer("/letter/number").and_then(Value::as_str);
        let head = Head {
            number: number.unwrap_or_default(),
            date: Timestamp(1_795_392_000_000),
            reference: "INS-2026-0042",
            to: "",
        };
        let page = page(&config.letters, &wording, &head, shelf.emblem());
        press.pdf(PAGE, &page)?;
    }
    Ok(())
}

/// A letter says what it is about, and something more.
fn sound(wording: &Wording) -> anyhow::Result<()> {
    anyhow::ensure!(
        !wording.subject.is_empty(),
        word(
            "baris \"Hal:\" atau \"Subject:\" tidak ada di atas isi",
            "there is no line \"Hal:\" or \"Subject:\" above the text"
        )
    );
    anyhow::ensure!(
        !wording.parts.is_empty(),
        word("tidak ada isi", "there is no text")
    );
    Ok(())
}

/// The same keys, every text this one.
fn every(data: &Value, text: &str) -> Value {
    match data {
        Value::Object(fields) => {
            let fields = fields.iter();
            Value::Object(
                fields
                    .map(|(key, value)| (key.clone(), every(value, text)))
                    .collect(),
            )
        }
        _ => Value::from(text),
    }
}

fn tell(faults: &[(String, String)], format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        let told: Vec<_> = faults
            .iter()
            .map(|(letter, what)| json!({ "letter": letter, "what": what }))
            .collect();
        println!("{}", json!({ "sound": faults.is_empty(), "faults": told }));
    } else if faults.is_empty() {
        println!(
            "{}",
            say!(
                "{} templat surat baik",
                "{} letter templates are good",
                Kind::ALL.len()
                    + 1
                    + super::report::TEMPLATES
                    + super::dossier::TEMPLATES
                    + super::books::form::TEMPLATES
            )
        );
    } else {
        let mut table = Table::new(&[word("Surat", "Letter"), word("Kesalahan", "Fault")]);
        for (letter, what) in faults {
            table.row(vec![letter.clone(), what.clone()]);
        }
        println!("{table}");
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Told(EX_CONFIG).into())
}
