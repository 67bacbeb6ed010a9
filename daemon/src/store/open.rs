//! Opens the database: one SQLite file, or PostgreSQL.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::AnyPool;
use sqlx::any::AnyPoolOptions;

use super::sql::Doing;
use super::{Role, Store, StoreError, file, instance, schema};
use crate::clock::{Clock, random_bytes};
use crate::config::StoreSettings;

/// What every SQLite connection is told first. `FULL` is what makes a commit survive a power cut.
/// The log is copied into the database after 16 MiB, not after 4: a backlog touches the same index pages again and again.
const PRAGMAS: [&str; 6] = [
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    // What is deleted is overwritten where its page is written anyway: retention promises that raw mail is gone.
    "PRAGMA secure_delete = FAST",
    "PRAGMA wal_autocheckpoint = 4000",
];

/// Whoever writes touches the same index pages again and again: 4 MiB of them stay at hand.
const WRITER_CACHE: &str = "PRAGMA cache_size = -1024";
/// Whoever reads comes by each mail once; what a drain has read would only fill memory while the daemon rests.
const READER_CACHE: &str = "PRAGMA cache_size = -512";

impl Store {
    /// Gives up what this daemon alone may do, and ends every connection; what was committed stays.
    pub async fn close(&self) {
        if let Err(error) = self.give_up_leases().await {
            tracing::warn!(%error, "the leases were not given up; another daemon waits until they end");
        }
        self.reader.close().await;
        self.writer.close().await;
    }

    /// Opens the store, makes or updates the schema (daemon), and checks it (visitor).
    pub async fn open(
        settings: &StoreSettings,
        role: Role,
        clock: &Clock,
    ) -> Result<Self, StoreError> {
        sqlx::any::install_drivers(&[sqlx::sqlite::any::DRIVER, sqlx::postgres::any::DRIVER]).ok();
        match settings {
            StoreSettings::Sqlite { path } => open_sqlite(path, role, clock).await,
            StoreSettings::Postgres { url, password } => {
                let password = password.as_ref().map(crate::config::Secret::expose);
                open_postgres(url, password, role, clock).await
            }
        }
    }
}

async fn open_sqlite(path: &Path, role: Role, clock: &Clock) -> Result<Store, StoreError> {
    let lock = match role {
        Role::Daemon => {
            let lock = lock_beside(path)?;
            file::make_private(path)?;
            Some(lock)
        }
        Role::Visitor => None,
    };
    let mode = if role == Role::Daemon { "rwc" } else { "rw" };
    let url = format!("sqlite://{}?mode={mode}", percent_encoded(path));
    file::expect_whole(path, &url, role).await?;
    let unusable = |why: sqlx::Error| file::unusable(path, &why);
    let writer = sqlite_pool(1, WRITER_CACHE)
        .connect(&url)
        .await
        .map_err(unusable)?;
    ready(writer.clone(), role, false).await?;
    let reader = sqlite_pool(2, READER_CACHE)
        .connect(&url)
        .await
        .map_err(unusable)?;
    let pools = (writer, reader);
    assemble(pools, Some(path), lock, clock).await
}

fn sqlite_pool(connections: u32, cache: &'static str) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_mins(1))
        .after_connect(move |connection, _| {
            Box::pin(async move {
                for pragma in PRAGMAS.into_iter().chain([cache]) {
                    sqlx::query(pragma).execute(&mut *connection).await?;
                }
                Ok(())
            })
        })
}

async fn open_postgres(
    url: &str,
    password: Option<&str>,
    role: Role,
    clock: &Clock,
) -> Result<Store, StoreError> {
    let full = with_password(url, password);
    let pool = AnyPoolOptions::new()
        .max_connections(4)
        .acquire_timeout(Duration::from_secs(30));
    let pool = pool
        .connect(&full)
        .await
        .map_err(|why| StoreError::Unusable {
            path: url.to_owned(),
            why: why.to_string(),
        })?;
    ready(pool.clone(), role, true).await?;
    assemble((pool.clone(), pool), None, None, clock).await
}

async fn ready(pool: AnyPool, role: Role, postgres: bool) -> Result<(), StoreError> {
    let mut connection = pool.acquire().await.doing("connecting")?;
    match role {
        Role::Daemon => schema::migrate(&mut connection, postgres).await,
        Role::Visitor => schema::expect_current(&mut connection).await,
    }
}

async fn assemble(
    (writer, reader): (AnyPool, AnyPool),
    path: Option<&Path>,
    lock: Option<File>,
    clock: &Clock,
) -> Result<Store, StoreError> {
    let postgres = path.is_none();
    let secret = instance::secret(&writer, clock.now()).await?;
    // The lock file proves that there is one daemon; the next one simply goes on. On PostgreSQL each is somebody else.
    let holder = if postgres {
        format!("{:032x}", u128::from_ne_bytes(random_bytes()))
    } else {
        "the only one".to_owned()
    };
    let store = Store {
        writer,
        reader,
        path: path.map(Arc::from),
        postgres,
        secret,
        holder,
        _lock: Arc::new(lock),
    };
    store.catch_up_books(clock.now()).await?;
    Ok(store)
}

/// A lock file beside the database: the system frees it however the daemon ends.
fn lock_beside(path: &Path) -> Result<File, StoreError> {
    let shown = path.display().to_string();
    let unusable = |why: std::io::Error| StoreError::Unusable {
        path: shown.clone(),
        why: why.to_string(),
    };
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(name)
        .map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse {
            path: path.display().to_string(),
        }),
        Err(TryLockError::Error(why)) => Err(unusable(why)),
    }
}

/// A path may hold characters that mean something in a URL.
fn percent_encoded(path: &Path) -> String {
    let text = path.to_string_lossy();
    text.replace('%', "%25")
        .replace('?', "%3F")
        .replace('#', "%23")
}

/// The password belongs in the URL only at the last moment, so that it is never stored or shown with it.
fn with_password(url: &str, password: Option<&str>) -> String {
    let Some((password, (scheme, rest))) = password.zip(url.split_once("://")) else {
        return url.to_owned();
    };
    let encoded = password
        .bytes()
        .fold(String::new(), |text, byte| format!("{text}%{byte:02X}"));
    match rest.split_once('@') {
        Some((user, place)) => format!("{scheme}://{user}:{encoded}@{place}"),
        None => format!("{scheme}://:{encoded}@{rest}"),
    }
}
