//! `tanggap letter issue`: a number, once given, stays in the register of letters for good.
//!
//! The secretariat gives each number, or has reserved a range, or leaves it to tanggap: `[letters] numbering`. A row with a number is
//! entered once only; whoever comes second with the same number and another letter is refused, also after it was cancelled.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use sha2::{Digest, Sha256};

use super::super::staff::{known, operator, said};
use super::{PAGE, Preview, beside, kind};
use crate::case::{Event, LetterDeed, LetterState, Lettered};
use crate::clock::Timestamp;
use crate::config::{Config, Numbering};
use crate::failpoint;
use crate::letter::{Kind, Press, Shelf};
use crate::register::{Book, Cells, hex, rows_of};
use crate::store::{CaseView, LetterDone, LetterWork, PaperFile, PaperView, Store, StoreError};
use crate::tongue::{say, word};

/// How often a letter is made anew because others were faster to its number.
const TRIES: u32 = 200;

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
    /// Nomor dari Tata Usaha; tidak disebut bila tanggap memberi nomor sendiri ([letters] numbering)
    #[arg(long, value_name = "NOMOR", value_parser = said)]
    number: Option<String>,
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

impl Issue {
    /// Enters the number with the file's hash first, then writes the file: the same command on the same day heals a crash between.
    pub fn act(&self, config: &Config, templates: &Shelf) -> anyhow::Result<()> {
        if !self.kind.is_formal() {
            let why = say!(
                "{} adalah surel biasa, tanpa nomor",
                "{} is a plain mail, without a number",
                self.kind.name()
            );
            return Err(StoreError::Refused(why).into());
        }
        let press = Press::new(Arc::new(templates.clone()));
        let maker = Maker {
            issue: self,
            config,
            templates,
            press: &press,
            note: self.note(config)?,
        };
        let (letter, pdf) = match (&config.letters.numbering, &self.number) {
            (Numbering::Manual, Some(number)) => self.by_hand(&maker, number)?,
            (Numbering::Manual, None) => return Err(number_needed().into()),
            (_, Some(number)) => return Err(number_given(number).into()),
            (_, None) => self.by_itself(&maker)?,
        };
        if let Some(letter) = letter {
            let name = format!("{}/letter/{letter}", self.register.to_uppercase());
            println!(
                "{}",
                say!(
                    "{name}: tandatangani berkas ini, lalu: tanggap letter signed BERKAS",
                    "{name}: sign this file, then: tanggap letter signed FILE"
                )
            );
        }
        let usual = || PathBuf::from(format!("{}.pdf", self.kind.name()));
        let path = self.out.clone().unwrap_or_else(usual);
        std::fs::write(&path, &pdf)?;
        println!("{}\nsha256 {}", path.display(), hex(&Sha256::digest(&pdf)));
        Ok(())
    }

    /// The secretariat's number. The same command on the same day is the same letter; another letter under a known number is refused.
    fn by_hand(&self, maker: &Maker<'_>, number: &str) -> anyhow::Result<(Option<i64>, Vec<u8>)> {
        let made = maker.made(number)?;
        let letter = beside(maker.config, async |store, clock| {
            let (operator, case) = self.whose(store).await?;
            let now = clock.now();
            let work = made.work(self, &case);
            let entered = match store.letter_work(&work, &operator, now).await? {
                LetterDone::Done { letter } => return Ok(Some(letter)),
                LetterDone::NumberTaken { row } => row,
                LetterDone::NumberMoved => return Err(too_busy().into()),
            };
            let there = store.book_row(Book::Letters, now.register_year(), entered);
            let mut there = there.await?.map(|there| there.cells);
            if let Some(cells) = &mut there {
                // Which letter of the case it was is known only where it was entered.
                cells.remove("letter");
            }
            if there.is_some() && there == made.cells(self, &case) {
                return Ok(None);
            }
            Err(StoreError::Refused(say!("nomor {number} sudah dipakai (baris {entered} di register surat: tanggap books letters); minta nomor lain kepada Tata Usaha", "number {number} is taken (row {entered} of the register of letters: tanggap books letters); ask the secretariat for another one"
            ))
            .into())
        })?;
        Ok((letter, made.pdf))
    }

    /// The next number of the reserved range, or of the year. Whoever was faster has it: then the letter is made anew with the next one.
    fn by_itself(&self, maker: &Maker<'_>) -> anyhow::Result<(Option<i64>, Vec<u8>)> {
        if let Some(found) = self.issued_today(maker.config)? {
            return Ok(found);
        }
        let letters = &maker.config.letters;
        for _ in 0..TRIES {
            let (offer, now) = beside(maker.config, async |store, clock| {
                let now = clock.now();
                let ranges = letters.numbering.ranges(now.register_year());
                let ranges = ranges.unwrap_or_default();
                let written = |number| letters.number(number, now);
                let offer = store.offer_number(&ranges, written).await?;
                Ok((offer.ok_or_else(|| used_up(now))?, now))
            })?;
            let number = letters.number(offer.number, now);
            let made = maker.made(&number)?;
            let done = beside(maker.config, async |store, clock| {
                if clock.now().register_year() != offer.range.year {
                    return Ok(LetterDone::NumberMoved);
                }
                failpoint::pass("letter.offered");
                let (operator, case) = self.whose(store).await?;
                let work = made.work(self, &case);
                let stamp = (operator.as_str(), now);
                Ok(store.numbered_work(&work, Some(&offer), stamp).await?)
            })?;
            if let LetterDone::Done { letter } = done {
                println!("{}", say!("Nomor {number}", "Number {number}"));
                return Ok((Some(letter), made.pdf));
            }
        }
        Err(too_busy().into())
    }

    /// The letter that this very command made today, where it is still to be signed: asked again, it is printed again, and takes no number.
    fn issued_today(&self, config: &Config) -> anyhow::Result<Option<(Option<i64>, Vec<u8>)>> {
        beside(config, async |store, clock| {
            let case = known(store, &self.register).await?;
            let day = |at: Timestamp| at.wib().date_naive();
            let same = |paper: &&PaperView| {
                paper.kind == self.kind.name()
                    && paper.state == LetterState::Numbered
                    && paper.recipient == self.to
                    && (self.note.is_empty() || paper.note == self.note)
                    && paper.numbered.is_some_and(|at| day(at) == day(clock.now()))
            };
            let papers = store.papers(Some(case.id), i64::MAX).await?;
            let Some(paper) = papers.iter().rev().find(same) else {
                return Ok(None);
            };
            let key = (paper.case, paper.letter);
            let file = store.paper_file(key, PaperFile::Unsigned).await?;
            println!(
                "{}",
                say!(
                    "Nomor {}: surat ini sudah diterbitkan hari ini; dicetak lagi, tanpa nomor baru",
                    "Number {}: this letter was issued today already; printed again, without a new number",
                    paper.number
                )
            );
            let file = file.into_iter().next();
            Ok(file.map(|(_, pdf)| (Some(paper.letter), pdf)))
        })
    }

    async fn whose(&self, store: &Store) -> Result<(String, CaseView), StoreError> {
        let operator = operator(self.by.as_ref())?;
        Ok((operator, known(store, &self.register).await?))
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
}

/// Makes the letter with one number or another.
struct Maker<'a> {
    issue: &'a Issue,
    config: &'a Config,
    templates: &'a Shelf,
    press: &'a Press,
    note: String,
}

/// A letter with its number, as it is to be entered.
struct Made {
    numbered: LetterDeed,
    pdf: Vec<u8>,
}

impl Maker<'_> {
    fn made(&self, number: &str) -> anyhow::Result<Made> {
        let preview = Preview {
            kind: self.issue.kind,
            register: Some(self.issue.register.clone()),
            to: self.issue.to.clone(),
            note: self.note.clone(),
            number: Some(number.to_owned()),
            png: false,
            out: None,
        };
        let (wording, page) = preview.made(self.config, self.templates)?;
        let pdf = self.press.pdf(PAGE, &page)?;
        let numbered = LetterDeed::Numbered {
            number: number.to_owned(),
            to: self.issue.to.clone(),
            subject: wording.subject,
            sha256: hex(&Sha256::digest(&pdf)),
        };
        Ok(Made { numbered, pdf })
    }
}

impl Made {
    fn work(&self, issue: &Issue, case: &CaseView) -> LetterWork {
        LetterWork {
            case: case.id,
            letter: None,
            kind: issue.kind,
            note: issue.note.clone(),
            deeds: vec![self.numbered.clone()],
            files: vec![(PaperFile::Unsigned, String::new(), self.pdf.clone())],
            mail: None,
        }
    }

    /// What the register of letters says of it.
    fn cells(&self, issue: &Issue, case: &CaseView) -> Option<Cells> {
        let told = Lettered {
            letter: 0,
            kind: issue.kind.name().to_owned(),
            deed: self.numbered.clone(),
        };
        let rows = rows_of(&case.register, &Event::Lettered(told));
        rows.into_iter().next().map(|row| row.cells)
    }
}

fn number_needed() -> StoreError {
    StoreError::Refused(
        word("nomor surat diberikan Tata Usaha: sebut dengan --number NOMOR. Agar tanggap memberi nomor sendiri: [letters] numbering = \"block\" \
         (nomor yang disediakan) atau \"automatic\"", "letters get their numbers from the secretariat: name it with --number NUMBER. To let tanggap number letters itself: [letters] numbering = \"block\" (reserved numbers) or \"automatic\"")
            .to_owned(),
    )
}

fn number_given(number: &str) -> StoreError {
    StoreError::Refused(say!(
        "nomor diberikan tanggap sendiri ([letters] numbering); hapus --number {number}. Bila Tata Usaha yang memberi nomor: numbering = \"manual\"",
        "tanggap gives the numbers itself ([letters] numbering); leave out --number {number}. If the secretariat gives them: numbering = \"manual\""
    ))
}

fn used_up(now: Timestamp) -> StoreError {
    StoreError::Refused(say!(
        "tidak ada nomor tersisa untuk tahun {}; minta blok nomor baru kepada Tata Usaha dan tulis sebagai [[letters.block]]. Surat ini belum diterbitkan",
        "no number is left for {}; ask the secretariat for another block and write it as [[letters.block]]. This letter is not issued yet",
        now.register_year()
    ))
}

fn too_busy() -> StoreError {
    StoreError::Refused(
        word(
            "banyak surat sedang diterbitkan; ulangi perintah ini",
            "many letters are being issued; repeat this command",
        )
        .to_owned(),
    )
}
