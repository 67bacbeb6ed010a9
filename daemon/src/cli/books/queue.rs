//! The queue sheet: the open cases of this moment, or those of a period as they stood at its end.

use std::collections::BTreeMap;

use super::super::period::Asked;
use crate::case::{Sheet, replay, running_clocks};
use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::register::{self, Book, Ledger, QueueFacts, QueueRow};
use crate::secretary::happened;
use crate::store::{BookRow, CaseId, CaseView, EventView, Span, Store, StoreError};
use crate::tongue::say;

/// When the sheet is about, and whether it is told as of now.
struct Moment {
    /// A case is on the sheet when it was open at some time since.
    since: Timestamp,
    at: Timestamp,
    name: String,
    past: bool,
}

/// What the sheet is made of beside the cases.
struct Sources {
    events: BTreeMap<CaseId, Vec<EventView>>,
    agenda: BTreeMap<CaseId, BookRow>,
    register: BTreeMap<CaseId, BookRow>,
}

/// The queue sheet, of now or of a period.
pub async fn page(
    (store, clock): (&Store, &Clock),
    config: &Config,
    asked: &Asked,
) -> Result<Ledger, StoreError> {
    let now = clock.now();
    let moment = moment(clock, asked)?;
    let cases = if moment.past {
        let before = Span {
            from: Timestamp(i64::MIN),
            to: moment.at,
        };
        store.cases_of(before).await?
    } else {
        store.open_cases().await?
    };
    let ids: Vec<_> = cases.iter().map(|case| case.id).collect();
    let mut sources = Sources {
        events: store.events_of(&ids).await?,
        agenda: store.first_rows(Book::AgendaIn, &ids).await?,
        register: store.first_rows(Book::Register, &ids).await?,
    };
    let rows = cases
        .into_iter()
        .filter_map(|case| row(case, &mut sources, (&moment, config)));
    Ok(register::queue(QueueFacts {
        now: moment.at.min(now),
        rows: rows.collect(),
        period: moment.name,
    }))
}

fn moment(clock: &Clock, asked: &Asked) -> Result<Moment, StoreError> {
    let now = clock.now();
    if !asked.is_given() {
        return Ok(Moment {
            since: now,
            at: now,
            name: String::new(),
            past: false,
        });
    }
    let period = asked.period(clock)?;
    if period.span.from > now {
        let why = say!(
            "{}: periode ini belum mulai",
            "{}: this period has not begun",
            period.name
        );
        return Err(StoreError::Refused(why));
    }
    Ok(Moment {
        since: period.span.from,
        at: period.span.to.min(now),
        name: period.name,
        past: true,
    })
}

/// A case's line; `None` where it was over before.
fn row(
    case: CaseView,
    sources: &mut Sources,
    (moment, config): (&Moment, &Config),
) -> Option<QueueRow> {
    let mut happened = happened(&sources.events.remove(&case.id).unwrap_or_default());
    if moment.past {
        happened.retain(|(at, _, _)| *at < moment.at);
    }
    let told = happened.iter();
    let sheet = Sheet::of(told.map(|(at, by, event)| (*at, by.as_str(), event)));
    if moment.past && sheet.ended.is_some_and(|ended| ended < moment.since) {
        return None;
    }
    let stood = replay(happened.iter().map(|(_, _, event)| event));
    let first = sources.register.remove(&case.id).map(|row| row.cells);
    let cell = |key: &str| {
        let value = first.as_ref().and_then(|cells| cells.get(key));
        value.cloned().unwrap_or_default()
    };
    let proposed = Some(cell("severity").to_lowercase()).filter(|level| !level.is_empty());
    let proposed = sheet.raised.clone().or(proposed);
    let (severity, incident) = judged(
        &case,
        (&sheet, moment),
        (proposed.as_ref(), cell("incident")),
    );
    let rules = (config.deadlines.clocks.as_slice(), &config.hours);
    let clocks = running_clocks((&severity, &incident), (&sheet, case.opened), rules);
    let agenda = sources.agenda.remove(&case.id);
    Some(QueueRow {
        // A machine's later mails of a day have no row of their own; the register names the day's.
        agenda: agenda.map_or_else(|| cell("agenda"), |row| row.number.to_string()),
        opened: case.opened,
        reporter: case.reporter,
        subject: case.subject,
        incident,
        proposed: proposed.unwrap_or_else(|| severity.clone()),
        severity,
        ticket: stood.ticket.unwrap_or(case.ticket),
        progress: stood.progress,
        register: case.register,
        office: cell("office"),
        clocks: clocks.into_iter().map(|clock| clock.deadline).collect(),
        sheet,
    })
}

/// Severity and type in force at that moment.
fn judged(
    case: &CaseView,
    (sheet, moment): (&Sheet, &Moment),
    (proposed, incident): (Option<&String>, String),
) -> (String, String) {
    if !moment.past || proposed.is_none() {
        return (case.severity.clone(), case.incident.clone());
    }
    let severity = sheet.severity.as_ref().or(proposed);
    (
        severity.unwrap_or(&case.severity).clone(),
        sheet.incident.clone().unwrap_or(incident),
    )
}
