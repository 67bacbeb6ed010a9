//! What osTicket's database would hold.

use serde::{Deserialize, Serialize};

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
}

/// A ticket row with what hangs on it; a husk has less.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ticket {
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
}

impl Ticket {
    /// Half-made: staff see it broken, and a look-up by Message-ID misses it.
    pub fn is_husk(&self) -> bool {
        self.status == 0 || self.entries.is_empty()
    }

    /// The first message's text.
    pub fn body(&self) -> &str {
        self.entries.first().map_or("", |entry| &entry.body)
    }
}

/// A message of a thread.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Entry {
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
