//! What people look at: mails and what became of them, cases and what happened to them.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Row};

use super::cases::CaseId;
use super::sql::{Doing, list};
use super::{Span, Store, StoreError};
use crate::case::{Phase, Progress};
use crate::clock::Timestamp;

/// A mail of the journal and what became of it.
#[derive(Debug, Clone)]
pub struct MailView {
    pub entry: i64,
    pub kept: Timestamp,
    pub size: i64,
    pub sightings: i64,
    /// `None` while unread.
    pub read: Option<ReadView>,
}

/// The part of it that exists once the mail is read.
#[derive(Debug, Clone)]
pub struct ReadView {
    pub kind: String,
    pub fate: String,
    pub why: String,
    pub sender: String,
    pub subject: String,
    /// The whole classification, JSON.
    pub judgement: String,
    /// Why no receipt was written; empty where one was.
    pub no_receipt: String,
    pub register: String,
    pub ticket: String,
    pub ticket_state: String,
    pub receipt_state: String,
}

/// A case of the register.
#[derive(Debug, Clone)]
pub struct CaseView {
    pub id: CaseId,
    pub register: String,
    pub stage: String,
    pub ticket: String,
    pub severity: String,
    pub incident: String,
    pub subject: String,
    pub reporter: String,
    pub opened: Timestamp,
    pub progress: Progress,
}

/// One event of a case, as stored.
#[derive(Debug, Clone)]
pub struct EventView {
    pub seq: i64,
    pub at: Timestamp,
    pub actor: String,
    /// JSON of `case::Event`.
    pub event: String,
}

const MAILS: &str = "SELECT e.id, e.kept_ms, e.size,
        (SELECT COUNT(*) FROM sighting s WHERE s.entry_id = e.id),
        r.kind, r.fate, r.why, r.sender, r.subject, r.judgement, r.receipt,
        COALESCE(i.register, ''), COALESCE(i.ticket, ''), COALESCE(t.state, ''), COALESCE(p.state, '')
     FROM entry e
     LEFT JOIN reading r ON r.entry_id = e.id
     LEFT JOIN incident i ON i.id = r.case_id
     LEFT JOIN outbox_order t ON t.key = i.register || '/ticket'
     LEFT JOIN outbox_order p ON p.key = i.register || '/receipt' AND r.fate = 'opened'";

const CASES: &str = "SELECT id, register, stage, ticket, severity, incident, subject, reporter, opened_ms, phase, waiting, escalated FROM incident";

/// Cases named in one statement, at most.
const MANY: usize = 500;

impl Store {
    /// The newest `limit` mails, oldest of them first.
    pub async fn mails(&self, limit: i64) -> Result<Vec<MailView>, StoreError> {
        let text = format!("{MAILS} ORDER BY e.id DESC LIMIT $1");
        let rows = sqlx::query(AssertSqlSafe(text))
            .bind(limit)
            .fetch_all(self.reader())
            .await
            .doing("listing the journal")?;
        rows.iter()
            .rev()
            .map(|row| mail(row).doing("listing the journal"))
            .collect()
    }

    /// How many entries the journal has, and how many of them are unread.
    pub async fn journal_counts(&self) -> Result<(i64, i64), StoreError> {
        let row = sqlx::query("SELECT (SELECT COUNT(*) FROM entry), (SELECT COUNT(*) FROM unread)");
        let row = row
            .fetch_one(self.reader())
            .await
            .doing("counting the journal")?;
        let count = |column| row.try_get(column).doing("counting the journal");
        Ok((count(0)?, count(1)?))
    }

    /// The newest `limit` cases, oldest of them first.
    pub async fn cases(&self, limit: i64) -> Result<Vec<CaseView>, StoreError> {
        let text = format!("{CASES} ORDER BY id DESC LIMIT $1");
        let rows = sqlx::query(AssertSqlSafe(text))
            .bind(limit)
            .fetch_all(self.reader())
            .await
            .doing("listing cases")?;
        rows.iter()
            .rev()
            .map(|row| case(row).doing("listing cases"))
            .collect()
    }

    /// A case by its register number, in any letter case.
    pub async fn case(&self, register: &str) -> Result<Option<CaseView>, StoreError> {
        let text = format!("{CASES} WHERE register = $1");
        let row = sqlx::query(AssertSqlSafe(text)).bind(register.to_uppercase());
        let row = row
            .fetch_optional(self.reader())
            .await
            .doing("reading a case")?;
        row.map(|row| case(&row).doing("reading a case"))
            .transpose()
    }

    /// Every case that is not over, oldest first.
    pub async fn open_cases(&self) -> Result<Vec<CaseView>, StoreError> {
        let over: Vec<_> = Phase::STEPS
            .into_iter()
            .chain(Phase::EXITS)
            .filter(|phase| phase.is_over())
            .collect();
        let text = format!(
            "{CASES} WHERE phase NOT IN {} ORDER BY id",
            list(0, over.len())
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for phase in over {
            query = query.bind(phase.name());
        }
        let rows = query
            .fetch_all(self.reader())
            .await
            .doing("listing open cases")?;
        rows.iter()
            .map(|row| case(row).doing("listing open cases"))
            .collect()
    }

    /// Every case that was opened in a period, oldest first.
    pub async fn cases_of(&self, span: Span) -> Result<Vec<CaseView>, StoreError> {
        let text = format!("{CASES} WHERE opened_ms >= $1 AND opened_ms < $2 ORDER BY id");
        let rows = sqlx::query(AssertSqlSafe(text))
            .bind(span.from.0)
            .bind(span.to.0)
            .fetch_all(self.reader())
            .await
            .doing("listing a period's cases")?;
        rows.iter()
            .map(|row| case(row).doing("listing a period's cases"))
            .collect()
    }

    /// What happened to these cases, first to last each.
    pub async fn events_of(
        &self,
        cases: &[CaseId],
    ) -> Result<BTreeMap<CaseId, Vec<EventView>>, StoreError> {
        let mut found: BTreeMap<CaseId, Vec<EventView>> = BTreeMap::new();
        for some in cases.chunks(MANY) {
            let text = format!(
                "SELECT seq, at_ms, actor, event, case_id FROM event WHERE case_id IN {} ORDER BY case_id, seq",
                list(0, some.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(text));
            for case in some {
                query = query.bind(case.0);
            }
            let rows = query
                .fetch_all(self.reader())
                .await
                .doing("reading what happened to cases")?;
            for row in &rows {
                let case: i64 = row.try_get(4).doing("reading what happened to cases")?;
                let read = event(row).doing("reading what happened to cases")?;
                found.entry(CaseId(case)).or_default().push(read);
            }
        }
        Ok(found)
    }

    /// What the rules said of the mail that opened each of these cases: the classification, JSON.
    pub async fn judgements_of(
        &self,
        cases: &[CaseId],
    ) -> Result<BTreeMap<CaseId, String>, StoreError> {
        let doing = "reading how cases were judged";
        let mut found = BTreeMap::new();
        for some in cases.chunks(MANY) {
            let text = format!(
                "SELECT case_id, judgement FROM reading WHERE fate = 'opened' AND case_id IN {}",
                list(0, some.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(text));
            for case in some {
                query = query.bind(case.0);
            }
            for row in &query.fetch_all(self.reader()).await.doing(doing)? {
                let case: i64 = row.try_get(0).doing(doing)?;
                found.insert(CaseId(case), row.try_get(1).doing(doing)?);
            }
        }
        Ok(found)
    }

    /// What happened to a case, first to last.
    pub async fn events(&self, case: CaseId) -> Result<Vec<EventView>, StoreError> {
        let rows = sqlx::query(
            "SELECT seq, at_ms, actor, event FROM event WHERE case_id = $1 ORDER BY seq",
        );
        let rows = rows
            .bind(case.0)
            .fetch_all(self.reader())
            .await
            .doing("reading what happened to a case")?;
        rows.iter()
            .map(|row| event(row).doing("reading what happened to a case"))
            .collect()
    }
}

fn mail(row: &sqlx::any::AnyRow) -> Result<MailView, sqlx::Error> {
    let kind: Option<String> = row.try_get(4)?;
    let read = kind.map(|kind| read(row, kind)).transpose()?;
    Ok(MailView {
        entry: row.try_get(0)?,
        kept: Timestamp(row.try_get(1)?),
        size: row.try_get(2)?,
        sightings: row.try_get(3)?,
        read,
    })
}

fn read(row: &sqlx::any::AnyRow, kind: String) -> Result<ReadView, sqlx::Error> {
    Ok(ReadView {
        kind,
        fate: row.try_get(5)?,
        why: row.try_get(6)?,
        sender: row.try_get(7)?,
        subject: row.try_get(8)?,
        judgement: row.try_get(9)?,
        no_receipt: row.try_get(10)?,
        register: row.try_get(11)?,
        ticket: row.try_get(12)?,
        ticket_state: row.try_get(13)?,
        receipt_state: row.try_get(14)?,
    })
}

fn case(row: &sqlx::any::AnyRow) -> Result<CaseView, sqlx::Error> {
    let phase: String = row.try_get(9)?;
    let (waiting, escalated): (i64, i64) = (row.try_get(10)?, row.try_get(11)?);
    Ok(CaseView {
        id: CaseId(row.try_get(0)?),
        register: row.try_get(1)?,
        stage: row.try_get(2)?,
        ticket: row.try_get(3)?,
        severity: row.try_get(4)?,
        incident: row.try_get(5)?,
        subject: row.try_get(6)?,
        reporter: row.try_get(7)?,
        opened: Timestamp(row.try_get(8)?),
        progress: Progress {
            phase: Phase::named(&phase).unwrap_or_default(),
            waiting: waiting == 1,
            escalated: escalated == 1,
        },
    })
}

fn event(row: &sqlx::any::AnyRow) -> Result<EventView, sqlx::Error> {
    Ok(EventView {
        seq: row.try_get(0)?,
        at: Timestamp(row.try_get(1)?),
        actor: row.try_get(2)?,
        event: row.try_get(3)?,
    })
}
