//! Brings the schema up to date, and refuses one from the future.

use std::borrow::Cow;

use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, SqlStr};

use super::StoreError;
use crate::tongue::word;

/// Number, name, SQLite text, PostgreSQL text. The two texts make the same tables with the same columns.
const MIGRATIONS: [(i64, &str, &str, &str); 8] = [
    (
        1,
        "spine",
        include_str!("../../../migrations/sqlite/0001_spine.sql"),
        include_str!("../../../migrations/postgres/0001_spine.sql"),
    ),
    (
        2,
        "progress",
        include_str!("../../../migrations/sqlite/0002_progress.sql"),
        include_str!("../../../migrations/postgres/0002_progress.sql"),
    ),
    (
        3,
        "books",
        include_str!("../../../migrations/sqlite/0003_books.sql"),
        include_str!("../../../migrations/postgres/0003_books.sql"),
    ),
    (
        4,
        "desk",
        include_str!("../../../migrations/sqlite/0004_desk.sql"),
        include_str!("../../../migrations/postgres/0004_desk.sql"),
    ),
    (
        5,
        "counting",
        include_str!("../../../migrations/sqlite/0005_counting.sql"),
        include_str!("../../../migrations/postgres/0005_counting.sql"),
    ),
    (
        8,
        "paper",
        include_str!("../../../migrations/sqlite/0008_paper.sql"),
        include_str!("../../../migrations/postgres/0008_paper.sql"),
    ),
    (
        9,
        "retention",
        include_str!("../../../migrations/sqlite/0009_retention.sql"),
        include_str!("../../../migrations/postgres/0009_retention.sql"),
    ),
    (
        10,
        "numbers",
        include_str!("../../../migrations/sqlite/0010_numbers.sql"),
        include_str!("../../../migrations/postgres/0010_numbers.sql"),
    ),
];

/// The schema version this program was built for.
pub(super) const KNOWN: i64 = match MIGRATIONS.last() {
    Some((version, ..)) => *version,
    None => 0,
};

fn migrator(postgres: bool) -> Migrator {
    let migrations = MIGRATIONS.iter().map(|(version, name, sqlite, pg)| {
        let text = SqlStr::from_static(if postgres { pg } else { sqlite });
        Migration::new(
            *version,
            Cow::Borrowed(*name),
            MigrationType::Simple,
            text,
            false,
        )
    });
    Migrator::with_migrations(migrations.collect())
}

/// Applies what is missing; each migration is one transaction with its version row.
pub(super) async fn migrate(
    connection: &mut AnyConnection,
    postgres: bool,
) -> Result<(), StoreError> {
    let migrator = migrator(postgres);
    match migrator.run_direct(None, connection, false).await {
        Err(MigrateError::VersionMissing(found)) => Err(StoreError::Newer {
            found,
            known: KNOWN,
        }),
        other => Ok(other?),
    }
}

/// Refuses a schema that is not exactly ours; for commands beside the daemon.
pub(super) async fn expect_current(connection: &mut AnyConnection) -> Result<(), StoreError> {
    let table = "_sqlx_migrations";
    connection.ensure_migrations_table(table).await?;
    let applied = connection.list_applied_migrations(table).await?;
    let found = applied
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0);
    match found {
        found if found > KNOWN => Err(StoreError::Newer {
            found,
            known: KNOWN,
        }),
        found if found < KNOWN => Err(StoreError::Refused(
            word(
                "basis data belum disiapkan; jalankan `tanggap run` sekali dahulu",
                "the database is not prepared yet; run `tanggap run` once first",
            )
            .to_owned(),
        )),
        _ => Ok(()),
    }
}
