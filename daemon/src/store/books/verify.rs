//! Proves the books: the chain from its first row to its last, the numbers, and that books and cases agree.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Row};

use super::super::sql::Doing;
use super::super::{Store, StoreError};
use super::read::{COLUMNS, entry};
use crate::register::Book;
use crate::tongue::{say, word};

/// Rows read in one statement.
const AT_ONCE: i64 = 1000;

/// Books that are whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub rows: i64,
    /// The chain's last hash, hexadecimal: written on paper, it proves later that nothing before it was changed or cut off.
    pub hash: String,
}

/// The first thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", say!("baris {seq} ({book} nomor {number} tahun {year}): {why}", "row {seq} ({book} number {number} of {year}): {why}"))]
pub struct Broken {
    pub seq: i64,
    pub book: String,
    pub year: i64,
    pub number: i64,
    pub why: String,
}

/// How far the walk has come.
struct Walk {
    seq: i64,
    hash: Vec<u8>,
    numbers: BTreeMap<(Book, i64), i64>,
}

impl Store {
    /// Walks the whole chain. The outer error is a failure to read; the inner one is what was found.
    pub async fn verify_books(&self) -> Result<Result<Verified, Broken>, StoreError> {
        let mut walk = Walk {
            seq: 0,
            hash: vec![0; 32],
            numbers: BTreeMap::new(),
        };
        let text = format!(
            "SELECT {COLUMNS}, b.hash FROM book_entry b WHERE b.seq > $1 ORDER BY b.seq LIMIT $2"
        );
        loop {
            let rows = sqlx::query(AssertSqlSafe(text.clone()))
                .bind(walk.seq)
                .bind(AT_ONCE)
                .fetch_all(self.reader())
                .await
                .doing("reading the books")?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                if let Err(broken) = walk.step(row)? {
                    return Ok(Err(broken));
                }
            }
        }
        self.ends_agree(walk).await
    }

    async fn ends_agree(&self, walk: Walk) -> Result<Result<Verified, Broken>, StoreError> {
        let row = sqlx::query(
            "SELECT COALESCE((SELECT last FROM book_head), 0),
             (SELECT COALESCE(MAX(seq), 0) FROM book_entry),
             (SELECT COUNT(*) FROM incident),
             (SELECT COUNT(DISTINCT case_id) FROM book_entry WHERE book = 'register' AND corrects = 0),
             (SELECT COUNT(*) FROM event WHERE event LIKE '%\"act\":\"disposed\"%'),
             (SELECT COUNT(*) FROM book_entry WHERE book = 'disposition' AND corrects = 0)",
        );
        let row = row
            .fetch_one(self.reader())
            .await
            .doing("counting cases and books")?;
        let count = |column: usize| -> Result<i64, StoreError> {
            row.try_get(column).doing("counting cases and books")
        };
        let found = [
            count(0)?,
            count(1)?,
            count(2)?,
            count(3)?,
            count(4)?,
            count(5)?,
        ];
        let [last, rows, cases, registered, disposed, dispositions] = found;
        // One statement sees one moment: a daemon that writes meanwhile does not disturb.
        let why = if last != rows {
            say!(
                "buku seharusnya berakhir pada baris {last}; baris terakhir hilang",
                "the books should end at row {last}; the last rows are missing"
            )
        } else if cases != registered {
            say!(
                "{cases} kasus, tetapi {registered} di register insiden",
                "{cases} cases, but {registered} in the register of incidents"
            )
        } else if disposed != dispositions {
            say!(
                "{disposed} disposisi di kasus, tetapi {dispositions} di lembar disposisi",
                "{disposed} dispositions in cases, but {dispositions} on disposition sheets"
            )
        } else {
            return Ok(Ok(Verified {
                rows: walk.seq,
                hash: crate::register::hex(&walk.hash),
            }));
        };
        Ok(Err(Broken {
            seq: walk.seq,
            book: word("semua buku", "all books").to_owned(),
            year: 0,
            number: 0,
            why,
        }))
    }
}

impl Walk {
    fn step(&mut self, row: &sqlx::any::AnyRow) -> Result<Result<(), Broken>, StoreError> {
        let entry = entry(row)?;
        let written: Vec<u8> = row.try_get(10).doing("reading the books")?;
        let last = self.numbers.entry((entry.book, entry.year)).or_default();
        let expected = *last + 1;
        *last = entry.number;
        let hash = entry.hash(&self.hash);
        let why = if entry.seq != self.seq + 1 {
            say!(
                "baris {} hilang sebelum baris ini",
                "row {} is missing before this one",
                self.seq + 1
            )
        } else if entry.number != expected {
            say!(
                "nomor {expected} dilompati",
                "number {expected} was passed over"
            )
        } else if hash.as_slice() != written {
            word(
                "isi baris ini atau sebelum ini diubah: sidiknya tidak cocok",
                "this row or one before it was changed: its hash does not fit",
            )
            .to_owned()
        } else {
            self.seq = entry.seq;
            self.hash = written;
            return Ok(Ok(()));
        };
        Ok(Err(Broken {
            seq: entry.seq,
            book: entry.book.name().to_owned(),
            year: entry.year,
            number: entry.number,
            why,
        }))
    }
}
