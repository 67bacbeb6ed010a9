//! The stand-in's database: one truth, told by HTTP and by MySQL. Whatever changes the state is in the tables before the change can be
//! seen by anybody, because the state's lock is held until it is.

use std::fmt::Write;
use std::ops::{Deref, DerefMut};
use std::sync::MutexGuard;
use std::sync::mpsc::{Receiver, Sender, channel};

use anyhow::{Context, Result};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlPool, MySqlPoolOptions};
use sqlx::{AssertSqlSafe, Executor, MySql};

use super::tables::{Cell, Cells, Key, Rows, rows};
use super::{Inside, State};
use crate::world::mariadb::Mariadb;

const SCHEMA: &str = include_str!("schema.sql");
/// An account that may read and nothing else.
pub(super) const READER: &str = "baca";
pub(super) const PASSWORD: &str = "RAHASIA-BACA";
pub(super) const DATABASE: &str = "osticket";

/// Rows to be written, and whom to tell when they are.
type Job = (Rows, Sender<()>);

/// Writes the tables, on a thread of its own: whoever changes the state may stand in a runtime, or in none.
pub struct Mirror(Sender<Job>);

impl Mirror {
    /// Makes the database in this server, with its reader's account.
    pub fn start(server: &Mariadb) -> Result<Self> {
        let options = MySqlConnectOptions::new()
            .socket(server.socket())
            .username("root")
            .timezone(None);
        let (jobs, todo) = channel();
        let (ready, made) = channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .context("a runtime for the tables");
            let made = runtime.and_then(|runtime| {
                let pool = runtime.block_on(make(options))?;
                Ok((runtime, pool))
            });
            match made {
                Ok((runtime, pool)) => {
                    let _ = ready.send(Ok(()));
                    keep(&runtime, &pool, &todo);
                }
                Err(error) => {
                    let _ = ready.send(Err(error));
                }
            }
        });
        made.recv().context("the tables' thread")??;
        Ok(Self(jobs))
    }

    /// Returns when these rows, and no others, stand in the database.
    fn write(&self, rows: Rows) {
        let (done, told) = channel();
        if self.0.send((rows, done)).is_ok() {
            let _ = told.recv();
        }
    }
}

/// The state, locked. What was changed is in the tables before the lock is released.
pub struct Held<'a> {
    pub state: MutexGuard<'a, State>,
    pub inside: &'a Inside,
    pub changed: bool,
}

impl Deref for Held<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut State {
        self.changed = true;
        &mut self.state
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if self.changed
            && let Some(mirror) = &self.inside.mirror
        {
            mirror.write(rows(&self.state, &self.inside.setup()));
        }
    }
}

async fn make(options: MySqlConnectOptions) -> Result<MySqlPool> {
    let made = format!(
        "CREATE DATABASE {DATABASE} CHARACTER SET utf8mb3; \
         CREATE USER '{READER}'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'; \
         GRANT SELECT ON {DATABASE}.* TO '{READER}'@'127.0.0.1'; USE {DATABASE}; {SCHEMA}"
    );
    let first = MySqlPoolOptions::new().max_connections(1);
    let first = first.connect_with(options.clone()).await?;
    first.execute(AssertSqlSafe(made)).await?;
    first.close().await;
    let pool = MySqlPoolOptions::new().max_connections(1);
    Ok(pool.connect_with(options.database(DATABASE)).await?)
}

/// Takes one job after the other, until the stand-in ends.
fn keep(runtime: &tokio::runtime::Runtime, pool: &MySqlPool, todo: &Receiver<Job>) {
    let mut standing = Rows::new();
    while let Ok((wanted, done)) = todo.recv() {
        match runtime.block_on(turn(pool, &standing, &wanted)) {
            Ok(()) => standing = wanted,
            Err(error) => eprintln!("the stand-in's tables were not written: {error:#}"),
        }
        let _ = done.send(());
    }
}

/// Makes the one into the other, in one transaction.
async fn turn(pool: &MySqlPool, standing: &Rows, wanted: &Rows) -> Result<()> {
    let gone = standing.keys().filter(|key| !wanted.contains_key(key));
    let gone: Vec<&Key> = gone.collect();
    let fresh = wanted
        .iter()
        .filter(|(key, cells)| standing.get(*key) != Some(cells));
    let fresh: Vec<(&Key, &Cells)> = fresh.collect();
    if gone.is_empty() && fresh.is_empty() {
        return Ok(());
    }
    let mut transaction = pool.begin().await?;
    for key in gone {
        remove(&mut transaction, key).await?;
    }
    for (key, cells) in fresh {
        put(&mut transaction, key, cells).await?;
    }
    Ok(transaction.commit().await?)
}

async fn remove(connection: &mut MySqlConnection, (table, key): &Key) -> Result<()> {
    let mut sql = format!("DELETE FROM {table} WHERE TRUE");
    for (column, id) in key {
        write!(sql, " AND {column} = {id}")?;
    }
    connection.execute(AssertSqlSafe(sql)).await?;
    Ok(())
}

async fn put(connection: &mut MySqlConnection, (table, key): &Key, cells: &Cells) -> Result<()> {
    let mut set: Vec<String> = key
        .iter()
        .map(|(column, id)| format!("{column} = {id}"))
        .collect();
    set.extend(
        cells
            .iter()
            .map(|(column, cell)| format!("{column} = {}", mark(cell))),
    );
    let sql = format!("REPLACE INTO {table} SET {}", set.join(", "));
    let mut query = sqlx::query::<MySql>(AssertSqlSafe(sql));
    for (_, cell) in cells {
        query = match cell {
            Cell::Null | Cell::Time(0) => query,
            Cell::Int(number) | Cell::Time(number) => query.bind(*number),
            Cell::Text(text) => query.bind(text.as_str()),
        };
    }
    query
        .execute(connection)
        .await
        .with_context(|| format!("{table} {key:?}"))?;
    Ok(())
}

/// What stands for a cell in a statement.
fn mark(cell: &Cell) -> &'static str {
    match cell {
        Cell::Null => "NULL",
        Cell::Time(0) => "'0000-00-00 00:00:00'",
        Cell::Time(_) => "FROM_UNIXTIME(?)",
        Cell::Int(_) | Cell::Text(_) => "?",
    }
}
