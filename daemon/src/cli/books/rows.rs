//! A book's rows with what is read off other tables when it is shown: where a letter was forwarded to, its agenda number, how many
//! mails a feed sent that day. What was written stays as it was chained.

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::Timestamp;
use crate::register::Book;
use crate::store::{BookRow, CaseId, Span, Store, StoreError};

const DAY_MS: i64 = 86_400_000;

/// Fills in what the rows themselves cannot say.
pub async fn completed(
    store: &Store,
    book: Book,
    mut rows: Vec<BookRow>,
) -> Result<Vec<BookRow>, StoreError> {
    match book {
        Book::AgendaIn => {
            forward(store, &mut rows).await?;
            count_feeds(store, &mut rows).await?;
        }
        Book::Register | Book::Disposition => number(store, &mut rows).await?,
        _ => {}
    }
    Ok(rows)
}

fn set(row: &mut BookRow, key: &str, value: String) {
    row.cells.entry(key.to_owned()).or_insert(value);
}

/// *Diteruskan ke*: whom the disposition sheet of the case names.
async fn forward(store: &Store, rows: &mut [BookRow]) -> Result<(), StoreError> {
    let mut to: BTreeMap<CaseId, Vec<String>> = BTreeMap::new();
    for disposed in store.book(Book::Disposition, Span::EVER).await? {
        if let (Some(case), Some(whom)) = (disposed.case, disposed.cells.get("to")) {
            let known = to.entry(case).or_default();
            if !known.contains(whom) {
                known.push(whom.clone());
            }
        }
    }
    for row in rows {
        if let Some(whom) = row.case.and_then(|case| to.get(&case)) {
            set(row, "forwarded", whom.join(", "));
        }
    }
    Ok(())
}

/// How many mails stand behind the one row that a machine's day has.
async fn count_feeds(store: &Store, rows: &mut [BookRow]) -> Result<(), StoreError> {
    let days = |row: &BookRow| (!row.once.is_empty()).then_some(row.at.0);
    let (Some(first), Some(last)) = (
        rows.iter().filter_map(days).min(),
        rows.iter().filter_map(days).max(),
    ) else {
        return Ok(());
    };
    let counts = store
        .feeds(Span {
            from: Timestamp(first - DAY_MS),
            to: Timestamp(last + DAY_MS),
        })
        .await?;
    for row in rows {
        if let Some(count) = counts.get(&row.once) {
            let note = row.cells.entry("note".to_owned()).or_default();
            note.push_str(&[" (", &count.to_string(), " surel hari itu)"].concat());
        }
    }
    Ok(())
}

/// The agenda number of the letter that the case began with.
async fn number(store: &Store, rows: &mut [BookRow]) -> Result<(), StoreError> {
    let cases: BTreeSet<CaseId> = rows.iter().filter_map(|row| row.case).collect();
    let cases: Vec<_> = cases.into_iter().collect();
    let agenda = store.first_rows(Book::AgendaIn, &cases).await?;
    for row in rows {
        if let Some(first) = row.case.and_then(|case| agenda.get(&case)) {
            set(row, "agenda", first.number.to_string());
        }
    }
    Ok(())
}
