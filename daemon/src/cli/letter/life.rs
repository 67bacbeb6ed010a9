//! `tanggap letter draft`, `list`, `show`, `release`: a letter's life between its wording and its reader.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::super::staff::{known, operator, said};
use super::super::table::Table;
use super::super::{Format, dates};
use super::{beside, kind};
use crate::case::LetterState;
use crate::clock::Clock;
use crate::config::Config;
use crate::letter::{Kind, Shelf};
use crate::secretary::{Secretary, kind_of};
use crate::store::{LetterDone, LetterWork, OrderState, PaperFile, PaperView, Store, StoreError};
use crate::tongue::{say, spoken, word};

/// Letters shown at once, at most.
const SHOWN: i64 = 1000;

#[derive(Debug, Args)]
pub struct Draft {
    /// jawaban, kelengkapan, susulan, tingkat, penutupan, closing, lapor-bssn, bantuan-bssn, opd, pelimpahan, imbauan
    #[arg(value_name = "JENIS", value_parser = kind)]
    kind: Kind,
    #[arg(value_name = "REGISTER")]
    register: String,
    /// Yang ditambahkan pada isi surat
    #[arg(long, value_name = "ISI", default_value = "")]
    note: String,
    /// Siapa yang menyiapkan
    #[arg(long, value_name = "NAMA")]
    by: Option<String>,
}

#[derive(Debug, Args)]
pub struct List {
    /// Hanya surat sebuah kasus
    #[arg(value_name = "REGISTER")]
    register: Option<String>,
    /// Hanya yang menunggu manusia
    #[arg(long)]
    waiting: bool,
}

#[derive(Debug, Args)]
pub struct Show {
    /// Nama surat, misalnya INS-2026-0042/letter/1
    #[arg(value_name = "SURAT")]
    letter: String,
    /// Tulis berkas PDF-nya ke sini: yang bertanda tangan, bila sudah ada
    #[arg(long, value_name = "BERKAS")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Release {
    /// Nama surat, misalnya INS-2026-0042/letter/1
    #[arg(value_name = "SURAT")]
    letter: String,
    /// Alamat surel tujuan [bila kosong: alamat yang menerima tanda terima]
    #[arg(long, value_name = "ALAMAT", value_parser = said, conflicts_with = "by_hand")]
    mail: Option<String>,
    /// Diantar di atas kertas: dicatat di agenda, tidak ada surel
    #[arg(long)]
    by_hand: bool,
    /// Siapa yang melepas
    #[arg(long, value_name = "NAMA")]
    by: Option<String>,
}

impl Draft {
    pub fn act(&self, config: &Config) -> anyhow::Result<()> {
        let (name, state) = beside(config, async |store, clock| {
            let operator = operator(self.by.as_ref())?;
            let case = known(store, &self.register).await?;
            let work = LetterWork {
                case: case.id,
                letter: None,
                kind: self.kind,
                note: self.note.clone(),
                deeds: Vec::new(),
                files: Vec::new(),
                mail: None,
            };
            let done = store.letter_work(&work, &operator, clock.now()).await?;
            let LetterDone::Done { letter } = done else {
                return Err(StoreError::Refused(
                    word("nomor sudah dipakai", "the number is taken").to_owned(),
                )
                .into());
            };
            let paper = named(store, &format!("{}/letter/{letter}", case.register)).await?;
            Ok((paper.name(), paper.state))
        })?;
        println!("{name}: {}.", state.in_words(spoken()));
        Ok(())
    }
}

impl List {
    pub fn act(&self, config: &Config, format: Format) -> anyhow::Result<()> {
        let papers = beside(config, async |store, _| {
            let case = match &self.register {
                Some(register) => Some(known(store, register).await?.id),
                None => None,
            };
            Ok(store.papers(case, SHOWN).await?)
        })?;
        let shown: Vec<_> = papers
            .iter()
            .filter(|paper| !self.waiting || waits(paper))
            .collect();
        match format {
            Format::Json => println!(
                "{}",
                json!({ "letters": shown.iter().map(|paper| as_json(paper)).collect::<Vec<_>>() })
            ),
            Format::Table if shown.is_empty() => {
                println!("{}", say!("Tidak ada surat.", "No letters."));
            }
            Format::Table => println!("{}", table(&shown)),
        }
        Ok(())
    }
}

/// A person must do something about it.
fn waits(paper: &PaperView) -> bool {
    let held = matches!(
        &paper.order,
        Some((OrderState::Held | OrderState::Dropped, _))
    );
    let waiting = matches!(
        paper.state,
        LetterState::Draft | LetterState::Numbered | LetterState::Signed | LetterState::Ready
    );
    waiting || held || paper.bounced.is_some()
}

pub fn table(papers: &[&PaperView]) -> Table {
    let mut table = Table::new(&[
        word("Surat", "Letter"),
        word("Jenis", "Kind"),
        word("Nomor", "Number"),
        word("Kepada", "To"),
        word("Alamat", "Address"),
        word("Keadaan", "State"),
        word("Disiapkan (WIB)", "Prepared (WIB)"),
    ]);
    for paper in papers {
        table.row(vec![
            paper.name(),
            paper.kind.clone(),
            or_dash(&paper.number),
            or_dash(&paper.recipient),
            or_dash(&paper.address),
            standing(paper),
            dates::short(paper.made),
        ]);
    }
    table
}

fn or_dash(text: &str) -> String {
    if text.is_empty() { "-" } else { text }.to_owned()
}

/// The letter's state, and what is the matter with its mail.
fn standing(paper: &PaperView) -> String {
    let state = paper.state.in_words(spoken());
    match (&paper.bounced, &paper.order) {
        (Some(at), _) => say!(
            "KEMBALI {}: alamat tidak menerima; kirim ke alamat lain: tanggap letter release {} --mail ALAMAT",
            "CAME BACK {}: the address does not accept it; send it to another one: tanggap letter release {} --mail ADDRESS",
            dates::short(*at),
            paper.name()
        ),
        (None, Some((OrderState::Held, why))) => say!("DITAHAN: {why}", "HELD: {why}"),
        (None, Some((OrderState::Unknown, _))) => word(
            "belum diketahui, akan diperiksa",
            "not known yet, will be looked up",
        )
        .to_owned(),
        (None, Some((OrderState::Dropped, why))) => say!(
            "pengirimannya dibatalkan: {why}",
            "its sending was given up: {why}"
        ),
        (None, Some((OrderState::Due, why))) if !why.is_empty() => format!("{state} ({why})"),
        _ => state.to_owned(),
    }
}

pub fn as_json(paper: &PaperView) -> serde_json::Value {
    json!({
        "letter": paper.name(), "register": paper.register, "kind": paper.kind, "state": paper.state.name(),
        "number": paper.number, "recipient": paper.recipient, "subject": paper.subject, "address": paper.address,
        "made": paper.made.wib().to_rfc3339(), "unsigned_sha256": paper.unsigned_sha256, "signed_sha256": paper.signed_sha256,
        "order": paper.order.as_ref().map(|(state, _)| state.name()),
        "why": paper.order.as_ref().map(|(_, why)| why.as_str()).unwrap_or_default(),
        "bounced": paper.bounced.map(|at| at.wib().to_rfc3339()),
    })
}

impl Show {
    pub fn act(&self, config: &Config, templates: &Shelf) -> anyhow::Result<()> {
        beside(config, async |store, clock| {
            let paper = named(store, &self.letter).await?;
            println!("{}: {}", paper.name(), standing(&paper));
            if kind_of(&paper)?.is_formal() {
                return self.file(store, &paper).await;
            }
            let secretary = Secretary {
                store,
                clock,
                config,
                shelf: templates,
            };
            let words = secretary.plain(&paper).await?;
            println!(
                "Subject: {}\n\n{}",
                words.subject,
                words.as_mail().trim_end()
            );
            Ok(())
        })
    }

    async fn file(&self, store: &Store, paper: &PaperView) -> anyhow::Result<()> {
        let (which, digest) = if paper.signed_sha256.is_empty() {
            (PaperFile::Unsigned, &paper.unsigned_sha256)
        } else {
            (PaperFile::Signed, &paper.signed_sha256)
        };
        let file = store.paper_file((paper.case, paper.letter), which).await?;
        let Some((_, bytes)) = file.into_iter().next() else {
            return Err(StoreError::Refused(say!(
                "{} belum diterbitkan; lihat dahulu: tanggap letter preview {} {}",
                "{} is not issued yet; see it first: tanggap letter preview {} {}",
                paper.name(),
                paper.kind,
                paper.register
            ))
            .into());
        };
        println!(
            "{}",
            say!(
                "nomor {}, kepada {}\nsha256 {digest}",
                "number {}, to {}\nsha256 {digest}",
                paper.number,
                paper.recipient
            )
        );
        if let Some(path) = &self.out {
            std::fs::write(path, bytes)?;
            println!("{}", path.display());
        }
        Ok(())
    }
}

impl Release {
    pub fn act(&self, config: &Config, templates: &Shelf) -> anyhow::Result<()> {
        let name = beside(config, async |store, clock| {
            self.let_go((store, clock), config, templates).await
        })?;
        if self.by_hand {
            println!(
                "{}",
                say!(
                    "{name}: dicatat diantar di buku agenda surat keluar.",
                    "{name}: recorded as delivered in the agenda of outgoing letters."
                )
            );
        } else {
            println!(
                "{}",
                say!(
                    "{name}: dilepas; perkembangannya: tanggap letter list",
                    "{name}: released; see what becomes of it: tanggap letter list"
                )
            );
        }
        Ok(())
    }

    async fn let_go(
        &self,
        (store, clock): (&Store, &Clock),
        config: &Config,
        templates: &Shelf,
    ) -> anyhow::Result<String> {
        let operator = operator(self.by.as_ref())?;
        let paper = named(store, &self.letter).await?;
        let secretary = Secretary {
            store,
            clock,
            config,
            shelf: templates,
        };
        let work = if self.by_hand {
            secretary.carried(&paper)?
        } else {
            let address = self.mail.as_deref().unwrap_or_default();
            secretary.release(&paper, address).await?
        };
        store.letter_work(&work, &operator, clock.now()).await?;
        Ok(paper.name())
    }
}

/// A letter by its name, or what to do where there is none.
pub async fn named(store: &Store, name: &str) -> Result<PaperView, StoreError> {
    let unknown = || {
        StoreError::Refused(say!(
            "tidak ada surat {name}; daftarnya: tanggap letter list",
            "there is no letter {name}; all letters: tanggap letter list"
        ))
    };
    let register = name.split('/').next().unwrap_or_default();
    let case = known(store, register).await?;
    let papers = store.papers(Some(case.id), i64::MAX).await?;
    let wanted = |paper: &PaperView| paper.name().eq_ignore_ascii_case(name);
    papers.into_iter().find(wanted).ok_or_else(unknown)
}
