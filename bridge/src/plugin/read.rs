//! What the plugin tells: the rows of osTicket's logs and tickets, as a reader of its database would find them.

use std::sync::PoisonError;
use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Answer, Plugin, not_now};
use crate::rows::{EntryRow, EventRow, FieldRow, Log, Names, TicketRow, standing};
use crate::stock::short;
use crate::{
    Catalogue, Changes, Cursor, Facts, Named, ReadError, Snapshot, Status, TicketId, words,
};

/// The plugin lets nobody wait longer, and proxies cut what is silent for a minute.
const LONGEST_POLL: Duration = Duration::from_secs(25);

#[derive(Deserialize)]
struct At {
    event: i64,
    entry: i64,
    log: i64,
}

impl From<At> for Cursor {
    fn from(at: At) -> Self {
        Self {
            event: at.event,
            entry: at.entry,
            log: at.log,
        }
    }
}

#[derive(Deserialize)]
struct Told {
    events: Vec<EventRow>,
    entries: Vec<EntryRow>,
    cursor: At,
    seen: String,
    more: bool,
}

#[derive(Deserialize)]
struct Listed {
    tickets: Vec<TicketRow>,
    #[serde(default)]
    last: i64,
}

#[derive(Deserialize)]
struct Offered {
    statuses: Vec<StatusRow>,
    priorities: Vec<NamedRow>,
    topics: Vec<NamedRow>,
    departments: Vec<NamedRow>,
    agents: Vec<NamedRow>,
    #[serde(default)]
    teams: Vec<NamedRow>,
    #[serde(default)]
    fields: Vec<FieldRow>,
}

#[derive(Deserialize)]
struct NamedRow {
    id: i64,
    name: String,
}

#[derive(Deserialize)]
struct StatusRow {
    id: i64,
    name: String,
    #[serde(default)]
    state: String,
}

impl From<NamedRow> for Named {
    fn from(row: NamedRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
        }
    }
}

impl From<StatusRow> for Status {
    fn from(row: StatusRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            standing: standing(&row.state),
        }
    }
}

impl From<Offered> for Names {
    fn from(offered: Offered) -> Self {
        let named = |rows: Vec<NamedRow>| rows.into_iter().map(Named::from).collect();
        Self {
            statuses: offered.statuses.into_iter().map(Status::from).collect(),
            priorities: named(offered.priorities),
            topics: named(offered.topics),
            departments: named(offered.departments),
            agents: named(offered.agents),
            teams: named(offered.teams),
            fields: offered.fields,
        }
    }
}

impl Plugin {
    /// The head of both logs.
    pub(crate) async fn head(&self) -> Result<Cursor, ReadError> {
        let at: At = read(self.get("head").await)?;
        Ok(at.into())
    }

    /// What has happened since. Where the logs still look as we last saw them, the plugin keeps us waiting for news.
    pub(crate) async fn changes(
        &self,
        cursor: Cursor,
        wait: Duration,
    ) -> Result<Changes, ReadError> {
        let wait = wait.min(LONGEST_POLL);
        let path = format!(
            "changes?event={}&entry={}&log={}&seen={}&wait={}",
            cursor.event,
            cursor.entry,
            cursor.log,
            self.seen_at(cursor),
            wait.as_secs_f64()
        );
        let request = self.request(Method::GET, &path);
        let request = request.timeout(self.stock.timeout() + wait);
        let told: Told = read(self.send(request).await)?;
        let next = Cursor::from(told.cursor);
        if next == cursor {
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some((cursor, told.seen));
        }
        let log = Log {
            events: told.events,
            entries: told.entries,
        };
        let changes = if log.is_empty() {
            Vec::new()
        } else {
            let names = self.names().await?;
            let changes = log.changes(&names, self.agent);
            *self.met.lock().unwrap_or_else(PoisonError::into_inner) = Some(names);
            changes
        };
        Ok(Changes {
            changes,
            cursor: next,
            more: told.more,
        })
    }

    /// These tickets as they are now.
    pub(crate) async fn snapshots(&self, ids: &[TicketId]) -> Result<Vec<Snapshot>, ReadError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
        let path = format!("tickets?ids={}", ids.join(","));
        let listed: Listed = read(self.get(&path).await)?;
        self.read_all(listed.tickets).await
    }

    /// Tickets that bear a mark of ours, and the highest id that was looked at.
    pub(crate) async fn listing(
        &self,
        after: TicketId,
        limit: u32,
    ) -> Result<(Vec<Snapshot>, TicketId), ReadError> {
        let path = format!("tickets?after={}&limit={limit}", after.0);
        let listed: Listed = read(self.get(&path).await)?;
        let last = TicketId(listed.last.max(after.0));
        let mut ours = self.read_all(listed.tickets).await?;
        ours.retain(|snapshot| snapshot.key.is_some());
        Ok((ours, last))
    }

    pub(crate) async fn catalogue(&self) -> Result<Catalogue, ReadError> {
        Ok(self.names().await?.catalogue())
    }

    async fn names(&self) -> Result<Names, ReadError> {
        let offered: Offered = read(self.get("catalogue").await)?;
        Ok(offered.into())
    }

    async fn read_all(&self, rows: Vec<TicketRow>) -> Result<Vec<Snapshot>, ReadError> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let met = self
            .met
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let known = |names: &Names| {
            let known = |row: &TicketRow| row.status == 0 || names.status(row.status).is_some();
            rows.iter().all(known)
        };
        let names = match met.filter(known) {
            Some(names) => names,
            None => self.names().await?,
        };
        Ok(rows.into_iter().map(|row| row.snapshot(&names)).collect())
    }

    fn seen_at(&self, cursor: Cursor) -> String {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match &*seen {
            Some((at, seen)) if *at == cursor => seen.clone(),
            _ => String::new(),
        }
    }
}

/// The answer as it is documented, or a reason to ask again.
fn read<T: DeserializeOwned>(answer: Answer) -> Result<T, ReadError> {
    match answer {
        Answer::Said(200, said, _) => {
            let told = short(&said.to_string());
            serde_json::from_value(said).map_err(|error| ReadError::NotNow {
                why: words::strange(200, &format!("{error}: {told}")),
                after: None,
            })
        }
        answer => Err(not_now(answer)),
    }
}

pub(super) fn facts(health: &Value) -> Facts {
    let text = |name: &str| Some(health.get(name)?.as_str()?.to_owned());
    let flag = |name: &str| health.get(name).and_then(Value::as_bool);
    let number = |name: &str| health.get(name).and_then(Value::as_i64);
    let polls = health.get("polls").and_then(Value::as_array);
    let address = |value: &Value| value.as_str().map(str::to_owned);
    Facts {
        osticket: text("osticket"),
        plugin: text("plugin"),
        clock: number("clock"),
        saw_us_as: text("saw"),
        polls: polls.map(|polls| polls.iter().filter_map(address).collect()),
        answers: flag("answers"),
        verifies_addresses: flag("verifies_addresses"),
        max_open_tickets: number("max_open_tickets"),
        max_file_size: number("max_file_size"),
    }
}
