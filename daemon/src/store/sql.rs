//! Small pieces of SQL that all tables share.

use std::fmt::Write;

use sqlx::{Any, AnyConnection, AnyPool, Transaction};

use super::{Store, StoreError};

/// `($1,$2),($3,$4)`: placeholders for `rows` rows of `columns` values.
pub(super) fn rows(rows: usize, columns: usize) -> String {
    let mut text = String::with_capacity(rows * columns * 5);
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { "," };
            // Writing to a String cannot fail.
            let _ = write!(text, "{comma}${}", row * columns + column + 1);
        }
        text.push(')');
    }
    text
}

/// `($3,$4,$5)`: placeholders for a list of `count` values after `before` others.
pub(super) fn list(before: usize, count: usize) -> String {
    let names: Vec<String> = (before + 1..=before + count)
        .map(|n| format!("${n}"))
        .collect();
    format!("({})", names.join(","))
}

/// Says what was being done when the database failed.
pub(super) trait Doing<T> {
    fn doing(self, what: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for Result<T, sqlx::Error> {
    fn doing(self, what: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Database {
            doing: what,
            source,
        })
    }
}

impl Store {
    /// A transaction that will write. SQLite takes the write lock at once, so that two writers queue instead of failing half-way.
    pub(super) async fn begin(&self) -> Result<Transaction<'static, Any>, StoreError> {
        let begin = if self.postgres {
            "BEGIN"
        } else {
            "BEGIN IMMEDIATE"
        };
        self.writer
            .begin_with(begin)
            .await
            .doing("beginning a transaction")
    }

    pub(super) fn reader(&self) -> &AnyPool {
        &self.reader
    }
}

/// A connection inside a transaction, as the statement functions take it.
pub(super) type Conn = AnyConnection;
