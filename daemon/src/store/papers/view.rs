//! Letters as people see them, with what became of their mail.

use sqlx::{AssertSqlSafe, Row};

use super::super::cases::CaseId;
use super::super::sql::Doing;
use super::super::{OrderState, Store, StoreError};
use super::PaperFile;
use super::rows::named;
use crate::case::LetterState;
use crate::clock::Timestamp;

/// A letter as people see it.
#[derive(Debug, Clone)]
pub struct PaperView {
    pub case: CaseId,
    pub register: String,
    /// Counts the letters of the case.
    pub letter: i64,
    pub kind: String,
    pub state: LetterState,
    pub note: String,
    /// Empty while it has none.
    pub number: String,
    /// After *Yth.*
    pub recipient: String,
    pub subject: String,
    /// Where it was released to; empty where nowhere, or by hand.
    pub address: String,
    /// How often it was released.
    pub turn: i64,
    pub made: Timestamp,
    /// The letter's date, where it has a number.
    pub numbered: Option<Timestamp>,
    pub unsigned_sha256: String,
    pub signed_sha256: String,
    /// Its order's state and why, where it was released by mail.
    pub order: Option<(OrderState, String)>,
    /// When it came back.
    pub bounced: Option<Timestamp>,
}

impl PaperView {
    /// `INS-2026-0042/letter/1`, as it is typed.
    pub fn name(&self) -> String {
        format!("{}/letter/{}", self.register, self.letter)
    }
}

const VIEW: &str = "SELECT p.case_id, i.register, p.letter, p.kind, p.state, p.note, p.number, p.recipient, p.subject, p.address,
        p.turn, p.made_ms, p.numbered_ms, p.unsigned_sha256, p.signed_sha256, COALESCE(o.state, ''), COALESCE(o.why, ''), l.bounced_ms
     FROM paper p JOIN incident i ON i.id = p.case_id
     LEFT JOIN outbox_order o ON o.key = i.register || '/letter/' || p.letter || CASE WHEN p.turn > 1 THEN '/' || p.turn ELSE '' END
     LEFT JOIN letter l ON l.message_id = p.message_id";

impl Store {
    /// Letters of one case, or of all, newest last.
    pub async fn papers(
        &self,
        case: Option<CaseId>,
        limit: i64,
    ) -> Result<Vec<PaperView>, StoreError> {
        let text = format!(
            "{VIEW} WHERE (p.case_id = $1 OR $1 = 0) ORDER BY p.made_ms DESC, p.case_id DESC, p.letter DESC LIMIT $2"
        );
        let query = sqlx::query(AssertSqlSafe(text))
            .bind(case.map_or(0, |case| case.0))
            .bind(limit);
        let rows = query
            .fetch_all(self.reader())
            .await
            .doing("listing letters")?;
        rows.iter().rev().map(view).collect()
    }

    /// A file of a letter, by its name where there are several.
    pub async fn paper_file(
        &self,
        paper: (CaseId, i64),
        which: PaperFile,
    ) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let rows = sqlx::query(
            "SELECT name, bytes FROM paper_file WHERE case_id = $1 AND letter = $2 AND which = $3 ORDER BY name",
        )
        .bind(paper.0.0)
        .bind(paper.1)
        .bind(which.name())
        .fetch_all(self.reader())
        .await
        .doing("reading a letter's file")?;
        let read = |row: &sqlx::any::AnyRow| -> Result<(String, Vec<u8>), sqlx::Error> {
            Ok((row.try_get(0)?, row.try_get(1)?))
        };
        rows.iter()
            .map(|row| read(row).doing("reading a letter's file"))
            .collect()
    }

    /// The first letter of ours to an address in a case: what a later one answers to. Only mail that was found authentic got one.
    pub async fn first_letter(&self, case: CaseId) -> Result<Option<(String, String)>, StoreError> {
        let row = sqlx::query(
            "SELECT message_id, recipient FROM letter WHERE case_id = $1 ORDER BY written_ms, message_id LIMIT 1",
        );
        let row = row.bind(case.0).fetch_optional(self.reader()).await;
        let read = |row: sqlx::any::AnyRow| -> Result<(String, String), sqlx::Error> {
            Ok((row.try_get(0)?, row.try_get(1)?))
        };
        row.doing("reading a case's first letter")?
            .map(|row| read(row).doing("reading a case's first letter"))
            .transpose()
    }
}

fn view(row: &sqlx::any::AnyRow) -> Result<PaperView, StoreError> {
    let state: String = row.try_get(4).doing("listing letters")?;
    let order: String = row.try_get(15).doing("listing letters")?;
    let why: String = row.try_get(16).doing("listing letters")?;
    let order = (!order.is_empty()).then(|| OrderState::named(&order));
    let (state, order) = (named(&state)?, order.transpose()?);
    let view = || -> Result<PaperView, sqlx::Error> {
        let numbered: i64 = row.try_get(12)?;
        let bounced: Option<i64> = row.try_get(17)?;
        Ok(PaperView {
            case: CaseId(row.try_get(0)?),
            register: row.try_get(1)?,
            letter: row.try_get(2)?,
            kind: row.try_get(3)?,
            state,
            note: row.try_get(5)?,
            number: row.try_get(6)?,
            recipient: row.try_get(7)?,
            subject: row.try_get(8)?,
            address: row.try_get(9)?,
            turn: row.try_get(10)?,
            made: Timestamp(row.try_get(11)?),
            numbered: (numbered > 0).then_some(Timestamp(numbered)),
            unsigned_sha256: row.try_get(13)?,
            signed_sha256: row.try_get(14)?,
            order: order.map(|state| (state, why)),
            bounced: bounced.map(Timestamp),
        })
    };
    view().doing("listing letters")
}
