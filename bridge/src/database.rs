//! An unmodified osTicket and its database, read and never written (`osticket.md` section d): tickets are opened by the stock API,
//! and found, followed and compared by a MySQL account that may only SELECT, on the primary.

mod log;
mod names;
mod tickets;

use std::time::Duration;

use sqlx::mysql::{MySqlConnectOptions, MySqlPool, MySqlPoolOptions};
use sqlx::{AssertSqlSafe, MySql, Row};
use tokio::time::sleep;

use crate::rows::OVERLAP;
use crate::stock::marker;
use crate::{
    Catalogue, Changes, Cursor, EffectKey, Facts, Found, ReadError, Snapshot, TicketId, TicketRef,
    words,
};

/// Where osTicket's database is.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    pub host: String,
    pub port: u16,
    pub user: String,
    /// Secret; never printed.
    pub password: String,
    pub database: String,
    /// `TABLE_PREFIX` of osTicket's configuration; letters, digits and underscores.
    pub prefix: String,
}

/// A reader of osTicket's database. Connects when it is first asked.
#[derive(Clone)]
pub struct Database {
    pool: MySqlPool,
    prefix: String,
    /// The agent whose deeds are ours.
    agent: Option<i64>,
}

/// A database that takes no connection within this is away; whoever typed `doctor` is waiting.
const PATIENCE: Duration = Duration::from_secs(5);
/// osTicket's own small look at the head of its logs is as cheap as this.
const GLANCE: Duration = Duration::from_millis(500);
/// Every column that is read; a schema without one of them is not understood, and says so.
const COLUMNS: [(&str, &[&str]); 15] = [
    (
        "ticket",
        &[
            "ticket_id",
            "ticket_pid",
            "number",
            "status_id",
            "dept_id",
            "topic_id",
            "staff_id",
            "team_id",
            "flags",
            "ip_address",
        ],
    ),
    ("thread", &["id", "object_id", "object_type"]),
    (
        "thread_entry",
        &[
            "id",
            "pid",
            "thread_id",
            "staff_id",
            "user_id",
            "type",
            "flags",
            "poster",
            "title",
            "body",
            "format",
            "ip_address",
            "created",
            "updated",
        ],
    ),
    (
        "thread_event",
        &[
            "id",
            "thread_id",
            "thread_type",
            "event_id",
            "data",
            "username",
            "uid",
            "uid_type",
            "timestamp",
        ],
    ),
    ("event", &["id", "name"]),
    ("ticket_status", &["id", "name", "state"]),
    ("ticket_priority", &["priority_id", "priority_desc"]),
    ("help_topic", &["topic_id", "topic"]),
    ("department", &["id", "name"]),
    ("staff", &["staff_id", "firstname", "lastname", "isactive"]),
    ("team", &["team_id", "name"]),
    ("form_entry", &["id", "object_id", "object_type"]),
    (
        "form_entry_values",
        &["entry_id", "field_id", "value", "value_id"],
    ),
    ("form_field", &["id", "form_id", "type", "name", "label"]),
    ("config", &["namespace", "key", "value"]),
];

type Query<'q> = sqlx::query::Query<'q, MySql, sqlx::mysql::MySqlArguments>;

impl Database {
    pub(crate) fn new(settings: &DatabaseSettings) -> Self {
        let options = MySqlConnectOptions::new()
            .host(&settings.host)
            .port(settings.port)
            .username(&settings.user)
            .password(&settings.password)
            .database(&settings.database)
            // osTicket writes the clock of the database's host; UNIX_TIMESTAMP reads it back by the same zone.
            .timezone(None)
            .pipes_as_concat(false)
            .no_engine_substitution(false);
        let pool = MySqlPoolOptions::new()
            .max_connections(3)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(options);
        let prefix = settings
            .prefix
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
            .collect();
        Self {
            pool,
            prefix,
            agent: None,
        }
    }

    /// Whatever this agent does in osTicket, this house did: its echo is no news.
    pub(crate) fn knowing_us_as(self, agent: Option<i64>) -> Self {
        Self { agent, ..self }
    }

    /// A statement of ours with the tables named as this osTicket names them: `{ticket}` is `ost_ticket`.
    fn sql(&self, text: &str) -> String {
        text.replace('{', &self.prefix).replace('}', "")
    }

    /// Looks whether every column is there that will be read.
    pub(crate) async fn probe(&self) -> Result<(), ReadError> {
        let rows = sqlx::query("SELECT CAST(TABLE_NAME AS CHAR), CAST(COLUMN_NAME AS CHAR) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()")
            .fetch_all(&self.pool)
            .await
            .map_err(|error| trouble(&error))?;
        let known: Vec<(String, String)> = rows
            .iter()
            .filter_map(|row| Some((row.try_get(0).ok()?, row.try_get(1).ok()?)))
            .collect();
        let wanted = COLUMNS.iter().flat_map(|(table, columns)| {
            columns
                .iter()
                .map(move |column| (format!("{}{table}", self.prefix), (*column).to_owned()))
        });
        let missing: Vec<String> = wanted
            .filter(|column| !known.contains(column))
            .map(|(table, column)| format!("{table}.{column}"))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        Err(ReadError::Unable {
            why: words::schema_differs(&missing),
        })
    }

    /// Looks for the ticket that bears this key. No index helps here, which is why only what is in doubt is looked up.
    pub(crate) async fn lookup(&self, key: EffectKey) -> Found {
        match self.find(key).await {
            Ok(None) => Found::Absent,
            Ok(Some(found)) if found.whole => Found::Ticket(found.reference()),
            Ok(Some(found)) => Found::Partial(found.reference()),
            Err(ReadError::Unable { why }) => Found::Unable { why },
            Err(ReadError::NotNow { why, .. }) => Found::AskAgain { why },
        }
    }

    async fn find(&self, key: EffectKey) -> Result<Option<Snapshot>, ReadError> {
        self.probe().await?;
        let text = self.sql("SELECT CAST(ticket_id AS SIGNED) FROM {ticket} WHERE ip_address = ? ORDER BY ticket_id LIMIT 1");
        let row = sqlx::query(AssertSqlSafe(text))
            .bind(marker(key))
            .fetch_optional(&self.pool)
            .await
            .map_err(|error| trouble(&error))?;
        let Some(row) = row else { return Ok(None) };
        let id: i64 = row.try_get(0).map_err(|error| trouble(&error))?;
        Ok(self.snapshots(&[TicketId(id)]).await?.into_iter().next())
    }

    /// The head of both logs.
    pub(crate) async fn head(&self) -> Result<Cursor, ReadError> {
        self.probe().await?;
        let text = self.sql("SELECT CAST(COALESCE((SELECT MAX(id) FROM {thread_event}), 0) AS SIGNED), CAST(COALESCE((SELECT MAX(id) FROM {thread_entry}), 0) AS SIGNED)");
        let row = sqlx::query(AssertSqlSafe(text))
            .fetch_one(&self.pool)
            .await
            .map_err(|error| trouble(&error))?;
        let read = || -> Result<Cursor, sqlx::Error> {
            Ok(Cursor {
                event: row.try_get(0)?,
                entry: row.try_get(1)?,
                log: 0,
            })
        };
        read().map_err(|error| trouble(&error))
    }

    /// What has happened since; where nothing has, one cheap look at the head of the logs twice a second, until the wait is over.
    pub(crate) async fn changes(
        &self,
        cursor: Cursor,
        wait: Duration,
    ) -> Result<Changes, ReadError> {
        let mut left = wait;
        let before = self.glance(cursor).await?;
        let changes = self.read_log(cursor).await?;
        while changes.cursor == cursor && !left.is_zero() {
            let nap = GLANCE.min(left);
            sleep(nap).await;
            left = left.saturating_sub(nap);
            if self.glance(cursor).await? != before {
                return self.read_log(cursor).await;
            }
        }
        Ok(changes)
    }

    /// How many rows there are around the cursor: by primary key, so that it costs next to nothing.
    async fn glance(&self, cursor: Cursor) -> Result<(i64, i64), ReadError> {
        let text = self.sql("SELECT (SELECT COUNT(*) FROM {thread_event} WHERE id > ?), (SELECT COUNT(*) FROM {thread_entry} WHERE id > ?)");
        let query = sqlx::query(AssertSqlSafe(text))
            .bind(cursor.event - OVERLAP)
            .bind(cursor.entry - OVERLAP);
        let row = query
            .fetch_one(&self.pool)
            .await
            .map_err(|error| trouble(&error))?;
        let read = || -> Result<(i64, i64), sqlx::Error> { Ok((row.try_get(0)?, row.try_get(1)?)) };
        read().map_err(|error| trouble(&error))
    }

    pub(crate) async fn catalogue(&self) -> Result<Catalogue, ReadError> {
        self.probe().await?;
        Ok(self.names().await?.catalogue())
    }

    pub(crate) async fn facts(&self) -> Result<Facts, ReadError> {
        self.probe().await?;
        let text = self.sql("SELECT CAST(`key` AS CHAR), CAST(value AS CHAR) FROM {config} WHERE namespace = 'core'");
        let rows = sqlx::query(AssertSqlSafe(text))
            .fetch_all(&self.pool)
            .await
            .map_err(|error| trouble(&error))?;
        let settings: Vec<(String, String)> = rows
            .iter()
            .filter_map(|row| Some((row.try_get(0).ok()?, row.try_get(1).ok()?)))
            .collect();
        let setting = |name: &str| {
            settings
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.clone())
        };
        let flag = |name: &str| setting(name).map(|value| value == "1");
        let number = |name: &str| setting(name).and_then(|value| value.parse().ok());
        let polling = flag("enable_mail_polling").unwrap_or(false);
        Ok(Facts {
            clock: Some(self.clock().await?),
            polls: if polling {
                self.polled().await
            } else {
                Some(Vec::new())
            },
            answers: flag("ticket_autoresponder"),
            verifies_addresses: flag("verify_email_addrs"),
            max_open_tickets: number("max_open_tickets"),
            max_file_size: number("max_file_size"),
            ..Facts::default()
        })
    }

    async fn clock(&self) -> Result<i64, ReadError> {
        let row = sqlx::query("SELECT CAST(UNIX_TIMESTAMP() AS SIGNED)")
            .fetch_one(&self.pool)
            .await
            .map_err(|error| trouble(&error))?;
        row.try_get(0).map_err(|error| trouble(&error))
    }

    /// Mailboxes that osTicket fetches; `None` where these tables are not as in 1.17 and later, or may not be read.
    async fn polled(&self) -> Option<Vec<String>> {
        let text = self.sql("SELECT CAST(e.email AS CHAR) FROM {email_account} a JOIN {email} e ON e.email_id = a.email_id WHERE a.type = 'mailbox' AND a.active = 1");
        let rows = sqlx::query(AssertSqlSafe(text))
            .fetch_all(&self.pool)
            .await
            .ok()?;
        Some(rows.iter().filter_map(|row| row.try_get(0).ok()).collect())
    }
}

impl Snapshot {
    fn reference(&self) -> TicketRef {
        TicketRef {
            number: self.number.clone(),
            id: Some(self.id),
        }
    }
}

/// A database that does not answer now may answer later; nothing is guessed meanwhile (T14).
fn trouble(error: &sqlx::Error) -> ReadError {
    let denied = error
        .as_database_error()
        .is_some_and(|error| error.message().contains("denied"));
    if denied {
        return ReadError::Unable {
            why: words::database_denied(&error.to_string()),
        };
    }
    ReadError::NotNow {
        why: words::database_away(&error.to_string()),
        after: None,
    }
}

/// `(?,?,?)`
fn marks(count: usize) -> String {
    format!("({})", vec!["?"; count].join(","))
}

fn bound<'q>(mut query: Query<'q>, ids: &[i64]) -> Query<'q> {
    for id in ids {
        query = query.bind(*id);
    }
    query
}
