//! What osTicket's database would hold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Our plugin's agent.
pub const BOT: i64 = 2;
/// Id, name, state.
pub const STATUSES: [(i64, &str, &str); 7] = [
    (1, "Open", "open"),
    (2, "Resolved", "closed"),
    (3, "Closed", "closed"),
    (4, "Archived", "archived"),
    (5, "Deleted", "deleted"),
    (6, "Penanganan", "open"),
    (7, "Disposisi", "open"),
];
pub const PRIORITIES: [(i64, &str); 4] = [(1, "Low"), (2, "Normal"), (3, "High"), (4, "Emergency")];
pub const TOPICS: [(i64, &str); 3] = [
    (1, "General Inquiry"),
    (2, "Feedback"),
    (10, "Report a Problem"),
];
pub const DEPARTMENTS: [(i64, &str); 3] = [(1, "Support"), (2, "Sales"), (3, "Maintenance")];
pub const AGENTS: [(i64, &str); 3] = [(1, "Ada Admin"), (BOT, "Tanggap Bot"), (3, "Bela Staf")];
pub const TEAMS: [(i64, &str); 1] = [(1, "Level I Support")];
/// Id, type, name, label.
pub const FIELDS: [(i64, &str, &str, &str); 4] = [
    (20, "text", "subject", "Issue Summary"),
    (22, "priority", "priority", "Priority Level"),
    (36, "text", "tahap", "Tahap"),
    (37, "text", "sistem", "Sistem"),
];

pub(super) fn name_of(list: &[(i64, &str)], id: i64) -> String {
    let found = list.iter().find(|(known, _)| *known == id);
    found
        .map(|(_, name)| (*name).to_owned())
        .unwrap_or_default()
}

pub(super) fn agent_name(id: i64) -> String {
    let name = name_of(&AGENTS, id);
    if name.is_empty() {
        "Pelapor".to_owned()
    } else {
        name
    }
}

/// Seconds since 1970-01-01 UTC.
pub(super) fn clock() -> i64 {
    let since = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(0)
}

/// All of it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct State {
    pub tickets: Vec<Ticket>,
    /// Addresses osTicket itself answered.
    pub answered: Vec<String>,
    /// Users osTicket knows, lower case.
    pub users: Vec<String>,
    /// What went to its system log.
    pub log: Vec<String>,
    /// `thread_event`.
    #[serde(default)]
    pub events: Vec<Event>,
    /// The plugin's keys: what each was used for, and the answer.
    #[serde(default)]
    pub keys: BTreeMap<String, (String, Value)>,
    #[serde(default)]
    pub last_event: i64,
    #[serde(default)]
    pub last_entry: i64,
}

/// A row of `thread_event`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Event {
    pub id: i64,
    pub thread: i64,
    pub at: i64,
    pub name: String,
    pub data: String,
    pub username: String,
    pub uid: i64,
}

/// A ticket row with what hangs on it; a husk has less.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ticket {
    pub id: i64,
    pub number: String,
    /// `ip_address`, of the first INSERT.
    pub ip: String,
    pub email: String,
    pub name: String,
    pub subject: String,
    pub topic: i64,
    pub priority: i64,
    pub has_thread: bool,
    pub entries: Vec<Entry>,
    /// 0 until the create is through.
    pub status: i64,
    pub department: i64,
    pub sla: i64,
    pub agent: i64,
    pub team: i64,
    pub fields: BTreeMap<String, String>,
    /// The ticket it was merged into.
    pub parent: i64,
    /// Deleted for good.
    pub gone: bool,
}

impl Ticket {
    /// Half-made: staff see it broken, and a look-up by Message-ID misses it.
    pub fn is_husk(&self) -> bool {
        self.status == 0 || (self.entries.is_empty() && self.parent == 0)
    }

    /// The first message's text.
    pub fn body(&self) -> &str {
        self.entries.first().map_or("", |entry| &entry.body)
    }
}

/// A message of a thread.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    pub id: i64,
    /// `M`, `N` or `R`; empty is `M`.
    pub kind: String,
    /// 0 where no agent wrote it.
    pub staff: i64,
    pub at: i64,
    /// Its own `ip_address`.
    pub address: String,
    pub title: String,
    pub body: String,
    /// `thread_entry_email.mid`; written last.
    pub mid: String,
    pub attachments: Vec<Attachment>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub name: String,
    pub size: usize,
}

impl State {
    pub(super) fn ticket(&mut self, id: i64) -> Option<&mut Ticket> {
        self.tickets.iter_mut().find(|ticket| ticket.id == id)
    }

    pub(super) fn marked(&self, marker: &str) -> Option<&Ticket> {
        self.tickets.iter().find(|ticket| ticket.ip == marker)
    }

    pub(super) fn head(&self) -> Value {
        json!({ "event": self.last_event, "entry": self.last_entry, "log": 0 })
    }

    /// Writes an entry into a ticket's thread; returns its id.
    pub(super) fn speak(&mut self, id: i64, entry: Entry) -> i64 {
        self.last_entry += 1;
        let entry = Entry {
            id: self.last_entry,
            at: clock(),
            ..entry
        };
        if let Some(ticket) = self.ticket(id) {
            ticket.entries.push(entry);
        }
        self.last_entry
    }

    /// What a field is, as it is compared and as people read it.
    pub(super) fn current(&self, id: i64, field: &str, name: &str) -> Option<(Value, String)> {
        let ticket = self.tickets.iter().find(|ticket| ticket.id == id)?;
        let named = |list: &[(i64, &str)], id: i64| Some((json!(id), name_of(list, id)));
        let status = STATUSES.iter().find(|(id, ..)| *id == ticket.status);
        match field {
            "status" => Some((
                json!(ticket.status),
                status.map(|row| row.1.to_owned()).unwrap_or_default(),
            )),
            "reopen" => status.map(|row| (json!(row.2), row.1.to_owned())),
            "priority" => named(&PRIORITIES, ticket.priority),
            "agent" => named(&AGENTS, ticket.agent),
            "team" => named(&TEAMS, ticket.team),
            "topic" => named(&TOPICS, ticket.topic),
            "department" => named(&DEPARTMENTS, ticket.department),
            "sla" => named(&[(1, "Default SLA")], ticket.sla),
            "field" => {
                FIELDS.iter().find(|row| row.2 == name)?;
                let text = ticket.fields.get(name).cloned().unwrap_or_default();
                Some((json!(text), text))
            }
            _ => None,
        }
    }

    /// osTicket draws numbers at random; these are as unlike one another, and the same in every run.
    pub fn fresh_number(&self) -> String {
        let count = self.tickets.len() as u64 + 1;
        (100_000 + count * 7_919 % 899_981).to_string()
    }

    /// What a curious person sees in a browser.
    pub fn page(&self) -> String {
        let row = |ticket: &Ticket| {
            let husk = if ticket.is_husk() {
                "setengah jadi"
            } else {
                "terbuka"
            };
            let cells = [
                &ticket.number,
                &ticket.subject,
                &ticket.name,
                &ticket.email,
                husk,
            ]
            .map(|cell| format!("<td>{}</td>", escaped(cell)));
            format!("<tr>{}</tr>\n", cells.concat())
        };
        let rows: String = self.tickets.iter().map(row).collect();
        format!(
            "<!doctype html><meta charset=utf-8><title>osTicket (tiruan)</title><h1>osTicket (tiruan)</h1>\n\
             <table border=1 cellpadding=4><tr><th>Tiket<th>Perihal<th>Pelapor<th>Alamat<th>Keadaan</tr>\n{rows}</table>"
        )
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// utf8mb3: emoji vanish, other four-byte characters become question marks.
pub(super) fn utf8mb3(text: &str) -> String {
    let stored = |c: char| match c {
        '\u{1f000}'..='\u{1faff}' => String::new(),
        c if c.len_utf8() == 4 => "????".to_owned(),
        c => c.to_string(),
    };
    text.chars().map(stored).collect()
}

/// SQL_MODE='': what is too long is cut without a word.
pub(super) fn cut(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}
