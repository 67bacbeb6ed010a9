//! Reading the books: a period, a case.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Row};

use super::super::cases::CaseId;
use super::super::sql::{Doing, list};
use super::super::{Store, StoreError};
use super::Entry;
use crate::clock::Timestamp;
use crate::register::{Book, Cells, feed_mark};

/// From (included) to (excluded).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    pub from: Timestamp,
    pub to: Timestamp,
}

impl Span {
    /// All there is.
    pub const EVER: Self = Self {
        from: Timestamp(i64::MIN),
        to: Timestamp(i64::MAX),
    };
}

/// A row of a book, as it is shown.
#[derive(Debug, Clone)]
pub struct BookRow {
    pub seq: i64,
    pub year: i64,
    pub number: i64,
    pub at: Timestamp,
    pub actor: String,
    pub case: Option<CaseId>,
    /// The number of the row that this one corrects, 0 for none.
    pub corrects: i64,
    /// The mark of a row that is entered once only; empty for any other.
    pub once: String,
    pub cells: Cells,
}

pub(super) const COLUMNS: &str =
    "b.seq, b.book, b.year, b.number, b.at_ms, b.actor, b.case_id, b.corrects, b.once, b.cells";

pub(super) fn entry(row: &sqlx::any::AnyRow) -> Result<Entry, StoreError> {
    let book: String = row.try_get(1).doing("reading a book")?;
    let book = Book::named(&book).ok_or_else(|| StoreError::Unreadable {
        what: format!("the book {book:?}"),
    })?;
    let entry = || -> Result<Entry, sqlx::Error> {
        Ok(Entry {
            seq: row.try_get(0)?,
            book,
            year: row.try_get(2)?,
            number: row.try_get(3)?,
            at: Timestamp(row.try_get(4)?),
            actor: row.try_get(5)?,
            case: row.try_get(6)?,
            corrects: row.try_get(7)?,
            once: row.try_get(8)?,
            cells: row.try_get(9)?,
        })
    };
    entry().doing("reading a book")
}

fn shown(row: &sqlx::any::AnyRow) -> Result<BookRow, StoreError> {
    let corrected: Option<i64> = row.try_get(10).doing("reading a book")?;
    cells(entry(row)?, corrected.unwrap_or_default())
}

fn cells(entry: Entry, corrects: i64) -> Result<BookRow, StoreError> {
    let cells = serde_json::from_str(&entry.cells).map_err(|_| StoreError::Unreadable {
        what: format!("row {} of the books", entry.seq),
    })?;
    Ok(BookRow {
        seq: entry.seq,
        year: entry.year,
        number: entry.number,
        at: entry.at,
        actor: entry.actor,
        case: Some(CaseId(entry.case)).filter(|case| case.0 != 0),
        corrects,
        once: entry.once,
        cells,
    })
}

impl Store {
    /// A book's rows of a period, in order.
    pub async fn book(&self, book: Book, span: Span) -> Result<Vec<BookRow>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS}, c.number FROM book_entry b LEFT JOIN book_entry c ON c.seq = b.corrects
             WHERE b.book = $1 AND b.at_ms >= $2 AND b.at_ms < $3 ORDER BY b.seq"
        );
        let rows = sqlx::query(AssertSqlSafe(text))
            .bind(book.name())
            .bind(span.from.0)
            .bind(span.to.0)
            .fetch_all(self.reader())
            .await
            .doing("reading a book")?;
        rows.iter().map(shown).collect()
    }

    /// How many rows each book gained in a period, counter-entries apart.
    pub async fn count_rows(&self, span: Span) -> Result<BTreeMap<Book, u64>, StoreError> {
        let doing = "counting the books' rows";
        let rows = sqlx::query(
            "SELECT book, COUNT(*) FROM book_entry WHERE corrects = 0 AND at_ms >= $1 AND at_ms < $2 GROUP BY book",
        );
        let rows = rows
            .bind(span.from.0)
            .bind(span.to.0)
            .fetch_all(self.reader())
            .await
            .doing(doing)?;
        let mut counts = BTreeMap::new();
        for row in &rows {
            let book: String = row.try_get(0).doing(doing)?;
            let count: i64 = row.try_get(1).doing(doing)?;
            if let Some(book) = Book::named(&book) {
                counts.insert(book, count.unsigned_abs());
            }
        }
        Ok(counts)
    }

    /// How many mails stand behind each row that a machine's day has in the agenda, by the row's mark.
    pub async fn feeds(&self, span: Span) -> Result<BTreeMap<String, u64>, StoreError> {
        let doing = "counting what machines sent";
        // Days as they are in Batang.
        let rows = sqlx::query(
            "SELECT r.sender, (e.kept_ms + 25200000) / 86400000, COUNT(*) FROM reading r JOIN entry e ON e.id = r.entry_id
             WHERE r.kind = 'automated' AND r.fate <> 'duplicate' AND e.kept_ms >= $1 AND e.kept_ms < $2
             GROUP BY r.sender, (e.kept_ms + 25200000) / 86400000",
        );
        let rows = rows
            .bind(span.from.0)
            .bind(span.to.0)
            .fetch_all(self.reader())
            .await
            .doing(doing)?;
        let mut counts = BTreeMap::new();
        for row in &rows {
            let sender: String = row.try_get(0).doing(doing)?;
            let (day, count): (i64, i64) =
                (row.try_get(1).doing(doing)?, row.try_get(2).doing(doing)?);
            let morning = Timestamp(day * 86_400_000);
            counts.insert(feed_mark(&sender, morning), count.unsigned_abs());
        }
        Ok(counts)
    }

    /// A book's row by its number.
    pub async fn book_row(
        &self,
        book: Book,
        year: i64,
        number: i64,
    ) -> Result<Option<BookRow>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS}, c.number FROM book_entry b LEFT JOIN book_entry c ON c.seq = b.corrects
             WHERE b.book = $1 AND b.year = $2 AND b.number = $3"
        );
        let row = sqlx::query(AssertSqlSafe(text))
            .bind(book.name())
            .bind(year)
            .bind(number)
            .fetch_optional(self.reader())
            .await
            .doing("reading a book")?;
        row.map(|row| shown(&row)).transpose()
    }

    /// The first row of each of these cases in a book.
    pub async fn first_rows(
        &self,
        book: Book,
        cases: &[CaseId],
    ) -> Result<BTreeMap<CaseId, BookRow>, StoreError> {
        let mut found = BTreeMap::new();
        for some in cases.chunks(500) {
            let text = format!(
                "SELECT {COLUMNS}, 0 FROM book_entry b WHERE b.book = $1 AND b.case_id IN {} ORDER BY b.seq",
                list(1, some.len())
            );
            let mut query = sqlx::query(AssertSqlSafe(text)).bind(book.name());
            for case in some {
                query = query.bind(case.0);
            }
            let rows = query
                .fetch_all(self.reader())
                .await
                .doing("reading a book")?;
            for row in &rows {
                let row = entry(row).and_then(|entry| cells(entry, 0))?;
                if let Some(case) = row.case {
                    found.entry(case).or_insert(row);
                }
            }
        }
        Ok(found)
    }
}
