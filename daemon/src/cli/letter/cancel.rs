//! `tanggap letter cancel`: a number taken back stays in the register of letters, with its reason, and is never given again.

use clap::Args;

use super::super::staff::{operator, said};
use super::beside;
use crate::case::{LetterDeed, LetterState};
use crate::clock::Clock;
use crate::config::Config;
use crate::register::{Book, NewRow, Which};
use crate::secretary::kind_of;
use crate::store::{LetterWork, PaperView, Span, Store, StoreError};
use crate::tongue::say;

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

impl Cancel {
    pub fn act(&self, config: &Config) -> anyhow::Result<()> {
        beside(config, async |store, clock| {
            self.enter(store, clock).await?;
            Ok(())
        })?;
        println!(
            "{}",
            say!(
                "Nomor {} batal: {}",
                "Number {} is cancelled: {}",
                self.number,
                self.reason
            )
        );
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
            return Err(StoreError::Refused(say!(
                "tidak ada surat bernomor {}; daftar: tanggap books letters",
                "there is no letter numbered {}; see: tanggap books letters",
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
