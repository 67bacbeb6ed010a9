//! What a report is made of, read from the store.

use std::collections::BTreeMap;

use tanggap_rules::Classification;

use super::super::period::Period;
use crate::clock::Timestamp;
use crate::config::Config;
use crate::register::Book;
use crate::register::report::{BookCounts, Life, ReportFacts};
use crate::secretary::happened;
use crate::store::{BookRow, CaseId, CaseView, EventView, Span, Store, StoreError};

/// Reads every case that was opened before the period's end.
pub async fn gather(
    store: &Store,
    period: &Period,
    config: &Config,
) -> Result<ReportFacts, StoreError> {
    let span = period.span;
    let before = Span {
        from: Timestamp(i64::MIN),
        to: span.to,
    };
    let cases = store.cases_of(before).await?;
    let ids: Vec<_> = cases.iter().map(|case| case.id).collect();
    let events = store.events_of(&ids).await?;
    let first = store.first_rows(Book::Register, &ids).await?;
    let mut books = counts(&store.count_rows(span).await?);
    let new = |case: &&CaseView| case.opened >= span.from;
    let booked = cases
        .iter()
        .filter(new)
        .filter(|case| first.contains_key(&case.id));
    books.register = booked.count() as u64;
    books.tickets = cases
        .iter()
        .filter(new)
        .filter(|case| !case.ticket.is_empty())
        .count() as u64;
    let mut lives = lived(&cases, (&events, &first), span);
    for life in &mut lives {
        life.start_clocks(&config.deadlines.clocks, &config.hours);
    }
    name_rules(store, &ids, &mut lives).await?;
    Ok(ReportFacts {
        period: period.name.clone(),
        span,
        lives,
        books,
        hours: config.hours.clone(),
    })
}

fn lived(
    cases: &[CaseView],
    (events, first): (
        &BTreeMap<CaseId, Vec<EventView>>,
        &BTreeMap<CaseId, BookRow>,
    ),
    span: Span,
) -> Vec<Life> {
    let life = |case: &CaseView| {
        let happened = events
            .get(&case.id)
            .map(|events| happened(events))
            .unwrap_or_default();
        let row = first.get(&case.id).map(|row| &row.cells);
        Life::of((&case.register, case.opened), row, &happened, span)
    };
    cases.iter().map(life).collect()
}

fn counts(rows: &BTreeMap<Book, u64>) -> BookCounts {
    let of = |book| rows.get(&book).copied().unwrap_or_default();
    BookCounts {
        register: 0,
        tickets: 0,
        agenda_in: of(Book::AgendaIn),
        agenda_out: of(Book::AgendaOut),
        dispositions: of(Book::Disposition),
        letters: of(Book::Letters),
    }
}

/// The rules that had fired, where a person judged otherwise.
async fn name_rules(store: &Store, ids: &[CaseId], lives: &mut [Life]) -> Result<(), StoreError> {
    let overridden: Vec<_> = ids
        .iter()
        .zip(lives.iter())
        .filter(|(_, life)| life.overridden().is_some())
        .map(|(id, _)| *id)
        .collect();
    let judgements = store.judgements_of(&overridden).await?;
    for (id, life) in ids.iter().zip(lives) {
        let judged = judgements.get(id);
        let judged: Option<Classification> =
            judged.and_then(|text| serde_json::from_str(text).ok());
        life.rules = judged
            .map(|judged| judged.fired.into_iter().map(|fired| fired.rule).collect())
            .unwrap_or_default();
    }
    Ok(())
}
