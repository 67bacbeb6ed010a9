//! Tables `book_head`, `book_counter`, `book_entry`: the SOP's books, append-only and chained.
//!
//! Whoever writes a book locks the head of the chain first, before any case: so two daemons queue, numbers have no gap,
//! and nobody waits for each other in a circle. A transaction that is undone gives its numbers back.

mod read;
mod verify;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Row};

pub use read::{BookRow, Span};
pub use verify::{Broken, Verified};

use super::cases::{CaseId, json};
use super::sql::{Conn, Doing, rows};
use super::{Store, StoreError};
use crate::clock::Timestamp;
use crate::register::{Book, NewRow, Which};

/// Rows in one statement, at most.
const AT_ONCE: usize = 200;

/// The locked end of the chain, with what is to be added to it.
pub(super) struct Chain {
    last: i64,
    hash: [u8; 32],
    counters: BTreeMap<(Book, i64), i64>,
    waiting: Vec<Entry>,
}

/// A row of a book with its place in the chain.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub seq: i64,
    pub book: Book,
    pub year: i64,
    pub number: i64,
    pub at: Timestamp,
    pub actor: String,
    /// 0 where it belongs to none.
    pub case: i64,
    pub corrects: i64,
    pub once: String,
    /// JSON.
    pub cells: String,
}

impl Entry {
    /// The hash of this row after the one before it. Every field has its length before it, so that no two rows say the same.
    pub fn hash(&self, before: &[u8]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(before);
        let numbers = [
            self.seq,
            self.year,
            self.number,
            self.at.0,
            self.case,
            self.corrects,
        ];
        for number in numbers {
            hasher.update(number.to_be_bytes());
        }
        for text in [self.book.name(), &self.actor, &self.once, &self.cells] {
            hasher.update((text.len() as u64).to_be_bytes());
            hasher.update(text.as_bytes());
        }
        hasher.finalize().into()
    }
}

/// What a row is entered as.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stamp<'a> {
    pub case: Option<CaseId>,
    pub actor: &'a str,
    pub now: Timestamp,
}

impl Chain {
    /// Locks the end of the chain until the transaction ends.
    pub async fn lock(tx: &mut Conn) -> Result<Self, StoreError> {
        let row = sqlx::query(
            "INSERT INTO book_head (id, last, hash) VALUES (1, 0, $1)
             ON CONFLICT (id) DO UPDATE SET last = book_head.last RETURNING last, hash",
        )
        .bind(vec![0_u8; 32])
        .fetch_one(tx)
        .await
        .doing("opening the books")?;
        let hash: Vec<u8> = row.try_get(1).doing("opening the books")?;
        Ok(Self {
            last: row.try_get(0).doing("opening the books")?,
            hash: hash.try_into().map_err(|_| StoreError::Unreadable {
                what: "the books' last hash".to_owned(),
            })?,
            counters: BTreeMap::new(),
            waiting: Vec::new(),
        })
    }

    /// Enters a row; its number in its book is known at once. A row that is entered once only gives the first one's number.
    pub async fn enter(
        &mut self,
        tx: &mut Conn,
        row: NewRow,
        stamp: Stamp<'_>,
    ) -> Result<i64, StoreError> {
        if let Some(number) = self.entered_before(tx, &row.once).await? {
            return Ok(number);
        }
        let year = stamp.now.register_year();
        let number = self.next(tx, row.book, year).await?;
        let corrects = match row.corrects {
            Which::None => 0,
            Which::Seq(seq) => seq,
            Which::FirstOfCase => self.first_of(tx, row.book, stamp.case).await?,
        };
        let entry = Entry {
            seq: self.last + 1,
            book: row.book,
            year,
            number,
            at: stamp.now,
            actor: stamp.actor.to_owned(),
            case: stamp.case.map_or(0, |case| case.0),
            corrects,
            once: row.once,
            cells: json(&row.cells)?,
        };
        self.last += 1;
        self.waiting.push(entry);
        Ok(number)
    }

    /// The number of the row that bears a mark, where there is one.
    pub async fn entered_before(
        &self,
        tx: &mut Conn,
        once: &str,
    ) -> Result<Option<i64>, StoreError> {
        if once.is_empty() {
            return Ok(None);
        }
        if let Some(entry) = self.waiting.iter().find(|entry| entry.once == once) {
            return Ok(Some(entry.number));
        }
        let row = sqlx::query("SELECT number FROM book_entry WHERE once = $1");
        let row = row
            .bind(once.to_owned())
            .fetch_optional(tx)
            .await
            .doing("looking into a book")?;
        row.map(|row| row.try_get(0).doing("looking into a book"))
            .transpose()
    }

    async fn next(&mut self, tx: &mut Conn, book: Book, year: i64) -> Result<i64, StoreError> {
        let known = self.counters.get(&(book, year)).copied();
        let last = match known {
            Some(last) => last,
            None => counter(tx, book, year).await?,
        };
        self.counters.insert((book, year), last + 1);
        Ok(last + 1)
    }

    async fn first_of(
        &self,
        tx: &mut Conn,
        book: Book,
        case: Option<CaseId>,
    ) -> Result<i64, StoreError> {
        let Some(case) = case else { return Ok(0) };
        let mut waiting = self.waiting.iter();
        if let Some(entry) = waiting.find(|entry| entry.book == book && entry.case == case.0) {
            return Ok(entry.seq);
        }
        let row = sqlx::query("SELECT MIN(seq) FROM book_entry WHERE case_id = $1 AND book = $2");
        let row = row
            .bind(case.0)
            .bind(book.name())
            .fetch_one(tx)
            .await
            .doing("looking into a book")?;
        let first: Option<i64> = row.try_get(0).doing("looking into a book")?;
        Ok(first.unwrap_or_default())
    }

    /// Writes what was entered, and moves the end of the chain.
    pub async fn write(mut self, tx: &mut Conn) -> Result<(), StoreError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        for some in waiting.chunks(AT_ONCE) {
            self.hash = insert(tx, some, self.hash).await?;
        }
        for ((book, year), last) in &self.counters {
            set_counter(tx, *book, *year, *last).await?;
        }
        sqlx::query("UPDATE book_head SET last = $1, hash = $2 WHERE id = 1")
            .bind(self.last)
            .bind(self.hash.to_vec())
            .execute(tx)
            .await
            .doing("closing the books")?;
        Ok(())
    }
}

async fn counter(tx: &mut Conn, book: Book, year: i64) -> Result<i64, StoreError> {
    let row = sqlx::query("SELECT last FROM book_counter WHERE book = $1 AND year = $2");
    let row = row
        .bind(book.name())
        .bind(year)
        .fetch_optional(tx)
        .await
        .doing("counting a book's rows")?;
    row.map_or(Ok(0), |row| row.try_get(0).doing("counting a book's rows"))
}

async fn set_counter(tx: &mut Conn, book: Book, year: i64, last: i64) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO book_counter (book, year, last) VALUES ($1, $2, $3)
         ON CONFLICT (book, year) DO UPDATE SET last = $3",
    )
    .bind(book.name())
    .bind(year)
    .bind(last)
    .execute(tx)
    .await
    .doing("counting a book's rows")?;
    Ok(())
}

/// Writes rows and returns the hash after the last of them.
async fn insert(
    tx: &mut Conn,
    entries: &[Entry],
    before: [u8; 32],
) -> Result<[u8; 32], StoreError> {
    let text = format!(
        "INSERT INTO book_entry (seq, book, year, number, at_ms, actor, case_id, corrects, once, cells, hash) VALUES {}",
        rows(entries.len(), 11)
    );
    let mut query = sqlx::query(AssertSqlSafe(text));
    let mut hash = before;
    for entry in entries {
        hash = entry.hash(&hash);
        query = query
            .bind(entry.seq)
            .bind(entry.book.name())
            .bind(entry.year)
            .bind(entry.number)
            .bind(entry.at.0)
            .bind(&entry.actor)
            .bind(entry.case)
            .bind(entry.corrects)
            .bind(&entry.once)
            .bind(&entry.cells)
            .bind(hash.to_vec());
    }
    query.execute(tx).await.doing("writing a book")?;
    Ok(hash)
}

impl Store {
    /// Enters rows that no event brings: corrections by hand, letters. Returns their numbers.
    pub async fn enter(
        &self,
        entries: Vec<(Option<CaseId>, NewRow)>,
        actor: &str,
        now: Timestamp,
    ) -> Result<Vec<i64>, StoreError> {
        let mut tx = self.begin().await?;
        let mut chain = Chain::lock(&mut tx).await?;
        let mut numbers = Vec::with_capacity(entries.len());
        for (case, row) in entries {
            let stamp = Stamp { case, actor, now };
            numbers.push(chain.enter(&mut tx, row, stamp).await?);
        }
        chain.write(&mut tx).await?;
        tx.commit().await.doing("writing a book")?;
        Ok(numbers)
    }

    /// Enters the cases that were registered before there were books, so that every case has its row.
    pub(super) async fn catch_up_books(&self, now: Timestamp) -> Result<(), StoreError> {
        let late = sqlx::query(
            "SELECT i.id, i.register, i.severity, i.incident, i.subject, i.reporter FROM incident i
             WHERE NOT EXISTS (SELECT 1 FROM book_entry b WHERE b.case_id = i.id AND b.book = 'register') ORDER BY i.id",
        );
        let late = late
            .fetch_all(self.reader())
            .await
            .doing("looking for unbooked cases")?;
        let mut entries = Vec::with_capacity(late.len());
        for row in &late {
            let text = |column: usize| -> Result<String, StoreError> {
                row.try_get(column).doing("looking for unbooked cases")
            };
            let id: i64 = row.try_get(0).doing("looking for unbooked cases")?;
            let mut entry = NewRow::new(
                Book::Register,
                [
                    ("register", text(1)?),
                    ("severity", text(2)?),
                    ("incident", text(3)?),
                    ("subject", text(4)?),
                    ("reporter", text(5)?),
                    ("mutation", "dibukukan kemudian".to_owned()),
                ],
            );
            entry.once = format!("register {id}");
            entries.push((Some(CaseId(id)), entry));
        }
        if !entries.is_empty() {
            self.enter(entries, "tanggap", now).await?;
        }
        Ok(())
    }
}
