//! `tanggap letter issue` and `cancel`: a number, once given, stays in the register of letters for good.
//!
//! Numbers are not invented: the secretariat gives each. A row with a number is entered once only; whoever comes second
//! with the same number and another letter is refused, also after it was cancelled.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use sha2::{Digest, Sha256};

use super::super::staff::{known, operator, said};
use super::{PAGE, Preview, kind};
use crate::clock::Clock;
use crate::config::Config;
use crate::letter::{Kind, Press, Shelf};
use crate::register::{Book, NewRow, Which, hex};
use crate::store::{Role, Span, Store, StoreError};

#[derive(Debug, Args)]
pub struct Issue {
    /// jawaban, penutupan, lapor-bssn, bantuan-bssn, opd, pelimpahan
    #[arg(value_name = "JENIS", value_parser = kind)]
    kind: Kind,
    #[arg(value_name = "REGISTER")]
    register: String,
    /// Kepada siapa, seperti tertulis sesudah Yth.
    #[arg(long, value_name = "JABATAN", value_parser = said)]
    to: String,
    /// Nomor dari Tata Usaha
    #[arg(long, value_name = "NOMOR", value_parser = said)]
    number: String,
    /// Yang ditambahkan pada isi surat
    #[arg(long, value_name = "ISI", default_value = "")]
    note: String,
    /// Berkas PDF [bila kosong: JENIS.pdf di folder ini]
    #[arg(long, value_name = "BERKAS")]
    out: Option<PathBuf>,
    /// Siapa yang menerbitkan
    #[arg(long, value_name = "NAMA")]
    by: Option<String>,
}

#[derive(Debug, Args)]
pub struct Cancel {
    #[arg(value_name = "NOMOR", value_parser = said)]
    number: String,
    #[arg(long, value_name = "ALASAN", value_parser = said)]
    reason: String,
    /// Siapa yang membatalkan
    #[arg(long, value_name = "NAMA")]
    by: Option<String>,
}

impl Issue {
    /// Enters the number with the file's hash first, then writes the file: the same command on the same day heals a crash between.
    pub fn act(&self, config: &Config, templates: Shelf) -> anyhow::Result<()> {
        if !self.kind.is_formal() {
            let why = format!("{} adalah surel biasa, tanpa nomor", self.kind.name());
            return Err(StoreError::Refused(why).into());
        }
        let letter = Preview {
            kind: self.kind,
            register: Some(self.register.clone()),
            to: self.to.clone(),
            note: self.note.clone(),
            number: Some(self.number.clone()),
            png: false,
            out: self.out.clone(),
        };
        let (wording, page) = letter.made(config, &templates)?;
        let press = Press::new(Arc::new(templates));
        let digest = hex(&Sha256::digest(press.pdf(PAGE, &page)?));
        let row = self.row(&wording.subject, &digest);
        beside(config, async |store, clock| {
            self.enter(store, clock, row).await
        })?;
        letter.print(&press, &page)?;
        println!("sha256 {digest}");
        Ok(())
    }

    fn row(&self, subject: &str, digest: &str) -> NewRow {
        let mut row = NewRow::new(
            Book::Letters,
            [
                ("kind", self.kind.name().to_owned()),
                ("letter_number", self.number.clone()),
                ("state", "bernomor".to_owned()),
                ("recipient", self.to.clone()),
                ("subject", subject.to_owned()),
                ("register", self.register.clone()),
                ("sha256", digest.to_owned()),
            ],
        );
        row.once = format!("letter number {}", self.number);
        row
    }

    async fn enter(&self, store: &Store, clock: &Clock, row: NewRow) -> Result<(), StoreError> {
        let operator = operator(self.by.as_ref())?;
        let case = known(store, &self.register).await?.id;
        let (now, cells) = (clock.now(), row.cells.clone());
        let numbers = store.enter(vec![(Some(case), row)], &operator, now).await?;
        let entered = numbers.first().copied().unwrap_or_default();
        let there = store.book_row(Book::Letters, now.register_year(), entered);
        if there.await?.is_some_and(|there| there.cells == cells) {
            return Ok(());
        }
        Err(StoreError::Refused(format!(
            "nomor {} sudah dipakai (baris {entered} di register surat: tanggap books letters); minta nomor lain kepada Tata Usaha",
            self.number
        )))
    }
}

impl Cancel {
    pub fn act(&self, config: &Config) -> anyhow::Result<()> {
        beside(config, async |store, clock| self.enter(store, clock).await)?;
        println!("Nomor {} batal: {}", self.number, self.reason);
        Ok(())
    }

    async fn enter(&self, store: &Store, clock: &Clock) -> Result<(), StoreError> {
        let operator = operator(self.by.as_ref())?;
        let rows = store.book(Book::Letters, Span::EVER).await?;
        let number =
            |cells: &crate::register::Cells| cells.get("letter_number") == Some(&self.number);
        let mut of_number = rows.into_iter().filter(|row| number(&row.cells));
        let Some(first) = of_number.next() else {
            return Err(StoreError::Refused(format!(
                "tidak ada surat bernomor {}; daftar: tanggap books letters",
                self.number
            )));
        };
        let mut counter = NewRow::new(Book::Letters, [("note", self.reason.clone())]);
        counter.cells.extend(first.cells);
        counter.cells.insert("state".to_owned(), "batal".to_owned());
        counter.once = format!("letter cancelled {}", self.number);
        let counter = counter.correcting(Which::Seq(first.seq));
        store
            .enter(vec![(first.case, counter)], &operator, clock.now())
            .await?;
        Ok(())
    }
}

/// Opens the store beside the daemon, does it, and closes it.
fn beside(
    config: &Config,
    work: impl AsyncFnOnce(&Store, &Clock) -> Result<(), StoreError>,
) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let clock = Clock::default();
        let store = Store::open(&config.store, Role::Visitor, &clock).await?;
        let done = work(&store, &clock).await;
        store.close().await;
        Ok(done?)
    })
}
