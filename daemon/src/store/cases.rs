//! Tables `register_counter`, `incident`, `event`, `participant`: the register of incidents and what happened to each.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Row};

use super::books::{Chain, Stamp};
use super::sql::{Conn, Doing, list, rows};
use super::{Store, StoreError, papers};
use crate::case::{Case, Effect, Event, Phase, Progress, Stage, step};
use crate::clock::Timestamp;
use crate::register::{NewRow, is_booked, rows_of};

/// One case in our database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CaseId(pub i64);

/// What the register says of a new case.
#[derive(Debug, Clone)]
pub struct CaseFacts {
    pub severity: String,
    /// RSIT class and type.
    pub incident: String,
    pub subject: String,
    /// Address, or a name where there is none.
    pub reporter: String,
}

/// What applying events led to.
#[derive(Debug, Default)]
pub(super) struct Applied {
    pub effects: Vec<(CaseId, Effect)>,
    pub illegal: Vec<crate::case::Illegal>,
    /// What the books say of it.
    pub rows: Vec<(CaseId, NewRow)>,
}

/// A case row while events are applied to it.
struct CaseRow {
    register: String,
    case: Case,
    events: i64,
    touched: bool,
}

/// The next register number of the year: gap-free, because it is taken in the transaction that uses it.
pub(super) async fn next_number(tx: &mut Conn, year: i64) -> Result<i64, StoreError> {
    let row = sqlx::query(
        "INSERT INTO register_counter (year, last) VALUES ($1, 1)
         ON CONFLICT (year) DO UPDATE SET last = register_counter.last + 1 RETURNING last",
    )
    .bind(year)
    .fetch_one(tx)
    .await
    .doing("taking a register number")?;
    row.try_get(0).doing("taking a register number")
}

/// Writes a case before its first event.
pub(super) async fn insert(
    tx: &mut Conn,
    register: &str,
    facts: &CaseFacts,
    now: Timestamp,
) -> Result<CaseId, StoreError> {
    let row = sqlx::query(
        "INSERT INTO incident (register, stage, events, ticket, severity, incident, subject, reporter, opened_ms)
         VALUES ($1, $2, 0, '', $3, $4, $5, $6, $7) RETURNING id",
    )
    .bind(register)
    .bind(Stage::New.name())
    .bind(&facts.severity)
    .bind(&facts.incident)
    .bind(&facts.subject)
    .bind(&facts.reporter)
    .bind(now.0)
    .fetch_one(tx)
    .await
    .doing("registering a case")?;
    Ok(CaseId(row.try_get(0).doing("registering a case")?))
}

/// Lets these addresses speak for the case.
pub(super) async fn add_participants(
    tx: &mut Conn,
    case: CaseId,
    addresses: &[String],
) -> Result<(), StoreError> {
    if addresses.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO participant (case_id, address) VALUES {} ON CONFLICT (case_id, address) DO NOTHING",
        rows(addresses.len(), 2)
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for address in addresses {
        query = query.bind(case.0).bind(address);
    }
    query.execute(tx).await.doing("adding participants")?;
    Ok(())
}

/// Appends events, moves the cases they belong to, and enters the books. The chain is locked before any case.
pub(super) async fn apply(
    tx: &mut Conn,
    events: &[(CaseId, Event)],
    actor: &str,
    now: Timestamp,
) -> Result<Applied, StoreError> {
    if !events.iter().any(|(_, event)| is_booked(event)) {
        return apply_unbooked(tx, events, actor, now).await;
    }
    let mut chain = Chain::lock(tx).await?;
    let mut applied = apply_unbooked(tx, events, actor, now).await?;
    enter(&mut chain, tx, &mut applied, (actor, now)).await?;
    chain.write(tx).await?;
    Ok(applied)
}

/// Enters what events brought.
pub(super) async fn enter(
    chain: &mut Chain,
    tx: &mut Conn,
    applied: &mut Applied,
    (actor, now): (&str, Timestamp),
) -> Result<(), StoreError> {
    for (case, row) in applied.rows.drain(..) {
        let stamp = Stamp {
            case: Some(case),
            actor,
            now,
        };
        chain.enter(tx, row, stamp).await?;
    }
    Ok(())
}

/// Appends events and moves the cases they belong to, all by the machine's word. What the machine calls illegal is
/// not applied and handed back, so that one stale event never blocks the others.
pub(super) async fn apply_unbooked(
    tx: &mut Conn,
    events: &[(CaseId, Event)],
    actor: &str,
    now: Timestamp,
) -> Result<Applied, StoreError> {
    let mut cases = lock(tx, events).await?;
    let mut applied = Applied::default();
    let mut written = Vec::new();
    for (id, event) in events {
        let Some(row) = cases.get_mut(id) else {
            continue;
        };
        match step(&row.case, event) {
            Ok(step) => {
                row.case = step.case;
                row.events += 1;
                row.touched = true;
                written.push((*id, row.events, event));
                let rows = rows_of(&row.register, event);
                applied.rows.extend(rows.into_iter().map(|row| (*id, row)));
                applied
                    .effects
                    .extend(step.effects.into_iter().map(|effect| (*id, effect)));
            }
            Err(illegal) => applied.illegal.push(illegal),
        }
    }
    insert_events(tx, &written, actor, now).await?;
    rejudge(tx, &written).await?;
    papers::follow(tx, &written, now).await?;
    update(tx, &cases).await?;
    Ok(applied)
}

/// Reads the cases and locks them against another daemon until the transaction ends.
async fn lock(
    tx: &mut Conn,
    events: &[(CaseId, Event)],
) -> Result<BTreeMap<CaseId, CaseRow>, StoreError> {
    let ids: BTreeSet<CaseId> = events.iter().map(|(id, _)| *id).collect();
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let text = format!(
        "UPDATE incident SET events = events WHERE id IN {} RETURNING id, stage, ticket, events, phase, waiting, escalated, register",
        list(0, ids.len())
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for id in &ids {
        query = query.bind(id.0);
    }
    let rows = query.fetch_all(tx).await.doing("reading cases")?;
    rows.iter().map(read).collect()
}

/// Locks one case against another daemon until the transaction ends.
pub(super) async fn lock_one(tx: &mut Conn, case: CaseId) -> Result<(), StoreError> {
    sqlx::query("UPDATE incident SET events = events WHERE id = $1")
        .bind(case.0)
        .execute(tx)
        .await
        .doing("locking a case")?;
    Ok(())
}

fn read(row: &sqlx::any::AnyRow) -> Result<(CaseId, CaseRow), StoreError> {
    let id: i64 = row.try_get(0).doing("reading a case")?;
    let stage: String = row.try_get(1).doing("reading a case")?;
    let ticket: String = row.try_get(2).doing("reading a case")?;
    let stage = Stage::named(&stage).ok_or_else(|| StoreError::Unreadable {
        what: format!("the stage {stage:?}"),
    })?;
    let case = Case {
        stage,
        ticket: Some(ticket).filter(|number| !number.is_empty()),
        progress: progress(row)?,
    };
    Ok((
        CaseId(id),
        CaseRow {
            register: row.try_get(7).doing("reading a case")?,
            case,
            events: row.try_get(3).doing("reading a case")?,
            touched: false,
        },
    ))
}

fn progress(row: &sqlx::any::AnyRow) -> Result<Progress, StoreError> {
    let phase: String = row.try_get(4).doing("reading a case")?;
    let waiting: i64 = row.try_get(5).doing("reading a case")?;
    let escalated: i64 = row.try_get(6).doing("reading a case")?;
    let phase = Phase::named(&phase).ok_or_else(|| StoreError::Unreadable {
        what: format!("the phase {phase:?}"),
    })?;
    Ok(Progress {
        phase,
        waiting: waiting == 1,
        escalated: escalated == 1,
    })
}

async fn insert_events(
    tx: &mut Conn,
    events: &[(CaseId, i64, &Event)],
    actor: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let text = format!(
        "INSERT INTO event (case_id, seq, at_ms, actor, event) VALUES {}",
        rows(events.len(), 5)
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for (id, seq, event) in events {
        query = query
            .bind(id.0)
            .bind(*seq)
            .bind(now.0)
            .bind(actor.to_owned())
            .bind(json(event)?);
    }
    query.execute(tx).await.doing("appending events")?;
    Ok(())
}

/// `VALUES` names its columns column1, column2, … on both databases.
async fn update(tx: &mut Conn, cases: &BTreeMap<CaseId, CaseRow>) -> Result<(), StoreError> {
    let touched: Vec<(&CaseId, &CaseRow)> = cases.iter().filter(|(_, row)| row.touched).collect();
    if touched.is_empty() {
        return Ok(());
    }
    let text = format!(
        "UPDATE incident SET stage = v.column2, ticket = v.column3, events = v.column4, phase = v.column5, waiting = v.column6, escalated = v.column7 FROM (VALUES {}) AS v WHERE incident.id = v.column1",
        rows(touched.len(), 7)
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    for (id, row) in touched {
        let ticket = row.case.ticket.clone().unwrap_or_default();
        query = query
            .bind(id.0)
            .bind(row.case.stage.name())
            .bind(ticket)
            .bind(row.events)
            .bind(row.case.progress.phase.name())
            .bind(i64::from(row.case.progress.waiting))
            .bind(i64::from(row.case.progress.escalated));
    }
    query.execute(tx).await.doing("moving cases")?;
    Ok(())
}

/// The register shows the type and severity in force; who changed them, and what they were, stays in the events.
async fn rejudge(tx: &mut Conn, events: &[(CaseId, i64, &Event)]) -> Result<(), StoreError> {
    let acts = events.iter().filter_map(|(id, _, event)| match event {
        Event::Acted(act) => Some((id, act.judgement()?)),
        _ => None,
    });
    for (id, (severity, incident)) in acts {
        sqlx::query(
            "UPDATE incident SET severity = CASE WHEN $2 = '' THEN severity ELSE $2 END,
             incident = CASE WHEN $3 = '' THEN incident ELSE $3 END WHERE id = $1",
        )
        .bind(id.0)
        .bind(severity.to_owned())
        .bind(incident.to_owned())
        .execute(&mut *tx)
        .await
        .doing("changing type and severity")?;
    }
    Ok(())
}

/// Our own types always become JSON.
pub(super) fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|why| StoreError::Unreadable {
        what: why.to_string(),
    })
}

/// A case's register number.
pub(super) async fn register(tx: &mut Conn, case: CaseId) -> Result<String, StoreError> {
    let row = sqlx::query("SELECT register FROM incident WHERE id = $1").bind(case.0);
    let row = row.fetch_one(tx).await.doing("reading a register number")?;
    row.try_get(0).doing("reading a register number")
}

/// Whether so many events have happened to a case.
pub(super) async fn has_events(
    tx: &mut Conn,
    case: CaseId,
    events: i64,
) -> Result<bool, StoreError> {
    let row = sqlx::query("SELECT 1 FROM incident WHERE id = $1 AND events = $2");
    let row = row
        .bind(case.0)
        .bind(events)
        .fetch_optional(tx)
        .await
        .doing("counting a case's events")?;
    Ok(row.is_some())
}

/// Where a case stands in the SOP, its register number, and how many events have made it so.
pub(super) async fn standing(
    database: impl sqlx::AnyExecutor<'_>,
    case: CaseId,
) -> Result<(Progress, String, i64), StoreError> {
    let row = sqlx::query(
        "SELECT register, stage, events, severity, phase, waiting, escalated FROM incident WHERE id = $1",
    );
    let row = row
        .bind(case.0)
        .fetch_one(database)
        .await
        .doing("reading where a case stands")?;
    let register = row.try_get(0).doing("reading where a case stands")?;
    let events = row.try_get(2).doing("reading where a case stands")?;
    Ok((progress(&row)?, register, events))
}

impl Store {
    /// osTicket's number for a case, once it is known.
    pub async fn ticket_of(&self, case: CaseId) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT ticket FROM incident WHERE id = $1").bind(case.0);
        let row = row
            .fetch_one(self.reader())
            .await
            .doing("reading a ticket number")?;
        let number: String = row.try_get(0).doing("reading a ticket number")?;
        Ok(Some(number).filter(|number| !number.is_empty()))
    }

    /// The addresses that belong to a case.
    pub async fn participants(&self, case: CaseId) -> Result<Vec<String>, StoreError> {
        let rows =
            sqlx::query("SELECT address FROM participant WHERE case_id = $1 ORDER BY address");
        let rows = rows
            .bind(case.0)
            .fetch_all(self.reader())
            .await
            .doing("reading who belongs to a case")?;
        rows.iter()
            .map(|row| row.try_get(0).doing("reading who belongs to a case"))
            .collect()
    }
}
