//! The osTicket under test: the stand-in, or the real one that the environment names.

use serde_json::{Value, json};
use sqlx::Row;
use sqlx::mysql::{MySqlConnectOptions, MySqlPool};
use tanggap_tests::world::osticket::Standin;

/// One of the two.
pub enum Subject {
    Standin(Standin),
    Real {
        url: String,
        key: String,
        pool: MySqlPool,
    },
}

/// A ticket as its rows say it.
#[derive(Debug)]
pub struct Seen {
    pub number: String,
    pub ip: String,
    pub subject: String,
    pub entries: Vec<Entry>,
}

/// A message of its thread.
#[derive(Debug, Default)]
pub struct Entry {
    pub title: String,
    pub body: String,
    pub mid: String,
    pub files: Vec<String>,
}

fn named(name: &str) -> Option<String> {
    std::env::var(format!("TANGGAP_OSTICKET_{name}")).ok()
}

fn real() -> Option<Subject> {
    let options = MySqlConnectOptions::new()
        .host(&named("DB_HOST")?)
        .port(named("DB_PORT")?.parse().ok()?)
        .username(&named("DB_USER")?)
        .password(&named("DB_PASSWORD")?)
        .database(&named("DB_NAME")?);
    Some(Subject::Real {
        url: named("URL")?,
        key: named("KEY")?,
        pool: MySqlPool::connect_lazy_with(options),
    })
}

impl Subject {
    pub async fn all() -> Vec<Self> {
        let standin = Self::Standin(Standin::start().await);
        std::iter::once(standin).chain(real()).collect()
    }

    fn url(&self) -> String {
        match self {
            Self::Standin(standin) => standin.url(),
            Self::Real { url, .. } => url.clone(),
        }
    }

    pub fn key(&self) -> String {
        match self {
            Self::Standin(standin) => standin.key(),
            Self::Real { key, .. } => key.clone(),
        }
    }

    /// For messages: which of the two failed.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Standin(_) => "the stand-in",
            Self::Real { .. } => "the real osTicket",
        }
    }

    pub async fn ask(&self, path: &str, key: &str, body: impl Into<Vec<u8>>) -> (u16, String) {
        // The first of several tests in one process wins; the others find it done.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let request = reqwest::Client::new()
            .post(format!("{}api/{path}", self.url()))
            .header("X-API-Key", key)
            .body(body.into());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// A JSON create with these fields beside, or instead of, the usual ones.
    pub async fn create(&self, token: &str, fields: &Value) -> (u16, String) {
        let mut body = json!({
            "name": "Uji Kontrak", "email": format!("{token}@dinkes.example"), "subject": format!("Uji {token}"),
            "message": "Isi uji", "alert": false, "autorespond": false,
        });
        for (name, value) in fields.as_object().unwrap() {
            body[name] = value.clone();
        }
        self.ask("tickets.json", &self.key(), body.to_string())
            .await
    }

    pub async fn mail(&self, raw: &str) -> (u16, String) {
        let raw = raw.replace('\n', "\r\n");
        self.ask("tickets.email", &self.key(), raw).await
    }

    /// The tickets whose subject holds this token, first to last.
    pub async fn tickets(&self, token: &str) -> Vec<Seen> {
        match self {
            Self::Standin(standin) => kept(standin, token),
            Self::Real { pool, .. } => stored(pool, token).await,
        }
    }

    /// The one ticket of this token.
    pub async fn only(&self, token: &str) -> Seen {
        let mut tickets = self.tickets(token).await;
        assert_eq!(tickets.len(), 1, "{}: {tickets:?}", self.name());
        tickets.remove(0)
    }
}

fn kept(standin: &Standin, token: &str) -> Vec<Seen> {
    let tickets = standin.tickets().into_iter();
    tickets
        .filter(|ticket| ticket.subject.contains(token))
        .map(|ticket| Seen {
            number: ticket.number,
            ip: ticket.ip,
            subject: ticket.subject,
            entries: ticket.entries.into_iter().map(kept_entry).collect(),
        })
        .collect()
}

fn kept_entry(entry: tanggap_tests::world::osticket::Entry) -> Entry {
    Entry {
        title: entry.title,
        body: entry.body,
        mid: entry.mid,
        files: entry
            .attachments
            .into_iter()
            .map(|file| file.name)
            .collect(),
    }
}

async fn stored(pool: &MySqlPool, token: &str) -> Vec<Seen> {
    let sql = "SELECT CAST(t.ticket_id AS SIGNED), CAST(t.number AS CHAR), CAST(t.ip_address AS CHAR), CAST(c.subject AS CHAR) \
               FROM ost_ticket t JOIN ost_ticket__cdata c ON c.ticket_id = t.ticket_id WHERE c.subject LIKE ? ORDER BY 1";
    let rows = sqlx::query(sql)
        .bind(format!("%{token}%"))
        .fetch_all(pool)
        .await
        .unwrap();
    let mut tickets = Vec::new();
    for row in rows {
        tickets.push(Seen {
            number: row.get(1),
            ip: row.get(2),
            subject: row.get(3),
            entries: stored_entries(pool, row.get(0)).await,
        });
    }
    tickets
}

async fn stored_entries(pool: &MySqlPool, ticket: i64) -> Vec<Entry> {
    let sql = "SELECT CAST(e.id AS SIGNED), CAST(COALESCE(e.title, '') AS CHAR), CAST(e.body AS CHAR), CAST(COALESCE(m.mid, '') AS CHAR) \
               FROM ost_thread h JOIN ost_thread_entry e ON e.thread_id = h.id LEFT JOIN ost_thread_entry_email m ON m.thread_entry_id = e.id \
               WHERE h.object_type = 'T' AND e.type = 'M' AND h.object_id = ? ORDER BY 1";
    let rows = sqlx::query(sql).bind(ticket).fetch_all(pool).await.unwrap();
    let mut entries = Vec::new();
    for row in rows {
        entries.push(Entry {
            title: row.get(1),
            body: row.get(2),
            mid: row.get(3),
            files: stored_files(pool, row.get(0)).await,
        });
    }
    entries
}

async fn stored_files(pool: &MySqlPool, entry: i64) -> Vec<String> {
    let sql = "SELECT CAST(COALESCE(a.name, f.name) AS CHAR) FROM ost_attachment a JOIN ost_file f ON f.id = a.file_id \
               WHERE a.type = 'H' AND a.object_id = ? ORDER BY a.id";
    let rows = sqlx::query(sql).bind(entry).fetch_all(pool).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}
