//! `tanggap letter issue` and `cancel`: a number, once given, stays in the register of letters for good.
//!
//! Numbers are not invented: the secretariat gives each. A row with a number is entered once only; whoever comes second
//! with the same number and another letter is refused, also after it was cancelled.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use sha2::{Digest, Sha256};

use super::super::staff::{known, operator, said};
use super::{PAGE, Preview, beside, kind};
use crate::case::{Event, LetterDeed, LetterState, Lettered};
use crate::clock::Clock;
use crate::config::Config;
use crate::letter::{Kind, Press, Shelf};
use crate::register::{Book, NewRow, Which, hex, rows_of};
use crate::secretary::kind_of;
use crate::store::{LetterDone, LetterWork, PaperFile, PaperView, Span, Store, StoreError};

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
        let note = self.note(config)?;
        let (wording, page) = letter_of(self, &note).made(config, &templates)?;
        let press = Press::new(Arc::new(templates));
        let pdf = press.pdf(PAGE, &page)?;
        let digest = hex(&Sha256::digest(&pdf));
        let numbered = LetterDeed::Numbered {
            number: self.number.clone(),
            to: self.to.clone(),
            subject: wording.subject,
            sha256: digest.clone(),
        };
        let letter = beside(config, async |store, clock| {
            Ok(self.enter(store, clock, (numbered, pdf)).await?)
        })?;
        if let Some(letter) = letter {
            let name = format!("{}/letter/{letter}", self.register.to_uppercase());
            println!("{name}: tandatangani berkas ini, lalu: tanggap letter signed BERKAS");
        }
        letter_of(self, &note).print(&press, &page)?;
        println!("sha256 {digest}");
        Ok(())
    }

    /// What was said, or what the draft that waits was to say.
    fn note(&self, config: &Config) -> anyhow::Result<String> {
        if !self.note.is_empty() {
            return Ok(self.note.clone());
        }
        beside(config, async |store, _| {
            let case = known(store, &self.register).await?;
            let papers = store.papers(Some(case.id), i64::MAX).await?;
            let waits = |paper: &&PaperView| {
                paper.kind == self.kind.name() && paper.state == LetterState::Draft
            };
            let draft = papers.iter().rev().find(waits);
            Ok(draft.map(|paper| paper.note.clone()).unwrap_or_default())
        })
    }

    /// The same command on the same day is the same letter; another letter under a known number is refused.
    async fn enter(
        &self,
        store: &Store,
        clock: &Clock,
        (numbered, pdf): (LetterDeed, Vec<u8>),
    ) -> Result<Option<i64>, StoreError> {
        let operator = operator(self.by.as_ref())?;
        let case = known(store, &self.register).await?;
        let row = rows_of(
            &case.register,
            &Event::Lettered(Lettered {
                letter: 0,
                kind: self.kind.name().to_owned(),
                deed: numbered.clone(),
            }),
        );
        let work = LetterWork {
            case: case.id,
            letter: None,
            kind: self.kind,
            note: self.note.clone(),
            deeds: vec![numbered],
            files: vec![(PaperFile::Unsigned, String::new(), pdf)],
            mail: None,
        };
        let now = clock.now();
        let entered = match store.letter_work(&work, &operator, now).await? {
            LetterDone::Done { letter } => return Ok(Some(letter)),
            LetterDone::NumberTaken { row } => row,
        };
        let there = store.book_row(Book::Letters, now.register_year(), entered);
        let there = there.await?.map(|there| there.cells);
        if there.is_some() && there == row.into_iter().next().map(|row| row.cells) {
            return Ok(None);
        }
        Err(StoreError::Refused(format!(
            "nomor {} sudah dipakai (baris {entered} di register surat: tanggap books letters); minta nomor lain kepada Tata Usaha",
            self.number
        )))
    }
}

/// The letter as it is looked at before.
fn letter_of(issue: &Issue, note: &str) -> Preview {
    Preview {
        kind: issue.kind,
        register: Some(issue.register.clone()),
        to: issue.to.clone(),
        note: note.to_owned(),
        number: Some(issue.number.clone()),
        png: false,
        out: issue.out.clone(),
    }
}

impl Cancel {
    pub fn act(&self, config: &Config) -> anyhow::Result<()> {
        beside(config, async |store, clock| {
            self.enter(store, clock).await?;
            Ok(())
        })?;
        println!("Nomor {} batal: {}", self.number, self.reason);
        Ok(())
    }

    async fn enter(&self, store: &Store, clock: &Clock) -> Result<(), StoreError> {
        let operator = operator(self.by.as_ref())?;
        self.take_back(store, clock, &operator).await?;
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

    /// The letter that bears the number waits for nothing any more; one that has left cannot be taken back.
    async fn take_back(
        &self,
        store: &Store,
        clock: &Clock,
        operator: &str,
    ) -> Result<(), StoreError> {
        let papers = store.papers(None, i64::MAX).await?;
        let bears = |paper: &PaperView| paper.number == self.number || paper.name() == self.number;
        let Some(paper) = papers.into_iter().find(bears) else {
            return Ok(());
        };
        if paper.state == LetterState::Cancelled {
            return Ok(());
        }
        let work = LetterWork {
            case: paper.case,
            letter: Some(paper.letter),
            kind: kind_of(&paper)?,
            note: String::new(),
            deeds: vec![LetterDeed::Cancelled {
                number: paper.number.clone(),
                reason: self.reason.clone(),
            }],
            files: Vec::new(),
            mail: None,
        };
        store.letter_work(&work, operator, clock.now()).await?;
        Ok(())
    }
}
