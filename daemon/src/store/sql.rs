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

/// Rows of `columns` values that go into one statement: SQLite finds a parameter's name by walking all of them, so that long
/// statements cost by the square.
pub(super) fn rows_at_once(columns: usize) -> usize {
    (PARAMETERS / columns.max(1)).max(1)
}

const PARAMETERS: usize = 128;

/// Values of a roomy list, at most.
pub(super) const AT_ONCE: usize = 256;

/// A list with room for at least `count` values, in one of few sizes: the database prepares few statements, not one per length.
pub(super) fn roomy_list(count: usize) -> String {
    list(0, room(count))
}

pub(super) fn room(count: usize) -> usize {
    count.max(8).next_power_of_two()
}

/// Binds the values of a roomy list; the last one again until the room is filled, which finds nothing more.
pub(super) fn bind_roomy<'q, T>(mut query: AnyQuery<'q>, values: &[T]) -> AnyQuery<'q>
where
    T: Clone + sqlx::Encode<'q, Any> + sqlx::Type<Any> + 'q,
{
    let last = values.last().into_iter().cycle();
    for value in values.iter().chain(last).take(room(values.len())) {
        query = query.bind(value.clone());
    }
    query
}

type AnyQuery<'q> = sqlx::query::Query<'q, Any, sqlx::any::AnyArguments>;

/// Says what was being done when the database failed.
pub(super) trait Doing<T> {
    fn doing(self, what: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for Result<T, sqlx::Error> {
    fn doing(self, what: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| {
            let code = source
                .as_database_error()
                .and_then(sqlx::error::DatabaseError::code);
            // SQLITE_FULL, and PostgreSQL's disk_full.
            if matches!(code.as_deref(), Some("13" | "53100")) {
                return StoreError::Full {
                    doing: what,
                    source,
                };
            }
            StoreError::Database {
                doing: what,
                source,
            }
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
        let doing = "beginning a transaction";
        match self.writer.begin_with(begin).await {
            Err(sqlx::Error::InvalidSavePointStatement) => {}
            other => return other.doing(doing),
        }
        // Where the disk failed or was full, SQLite ended the transaction by itself, and the library believes in it still: that
        // connection would never begin another one.
        let stuck = self.writer.acquire().await.doing(doing)?;
        if let Err(error) = stuck.close().await {
            tracing::warn!(%error, "a connection to the database did not close well");
        }
        self.writer.begin_with(begin).await.doing(doing)
    }

    pub(super) fn reader(&self) -> &AnyPool {
        &self.reader
    }
}

/// A connection inside a transaction, as the statement functions take it.
pub(super) type Conn = AnyConnection;
