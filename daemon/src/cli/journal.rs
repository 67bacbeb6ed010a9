//! `tanggap journal`: what became of each mail.

use serde_json::{Value, json};

use super::table::Table;
use super::{Format, dates};
use crate::store::{MailView, ReadView, Store, StoreError};
use crate::tongue::{say, word};

/// Prints the newest `limit` mails, oldest of them first.
pub async fn journal(store: &Store, format: Format, limit: i64) -> Result<(), StoreError> {
    let mails = store.mails(limit).await?;
    let (all, unread) = store.journal_counts().await?;
    match format {
        Format::Json => {
            let rows: Vec<Value> = mails.iter().map(as_json).collect();
            println!(
                "{}",
                json!({ "entries": all, "unread": unread, "mails": rows })
            );
        }
        Format::Table => {
            println!("{}", as_table(&mails));
            println!(
                "{}",
                say!(
                    "{all} surel di jurnal, {unread} belum dibaca.",
                    "{all} mails in the journal, {unread} not read yet."
                )
            );
        }
    }
    Ok(())
}

fn as_table(mails: &[MailView]) -> Table {
    let mut table = Table::new(&[
        "No",
        word("Diterima (WIB)", "Received (WIB)"),
        word("Dari", "From"),
        word("Perihal", "Subject"),
        word("Macam", "Kind"),
        word("Jenis", "Type"),
        word("Tingkat", "Severity"),
        "Register",
        word("Tiket", "Ticket"),
        word("Tanda terima", "Receipt"),
    ]);
    for mail in mails {
        let number = mail.entry.to_string();
        let kept = dates::short(mail.kept);
        match &mail.read {
            Some(read) => table.row(vec![
                number,
                kept,
                cut(&read.sender, 32),
                cut(&read.subject, 36),
                read.kind.clone(),
                judged(read, "incident"),
                judged(read, "severity"),
                read.register.clone(),
                ticket(read),
                receipt(read),
            ]),
            None => table.row(vec![
                number,
                kept,
                String::new(),
                word("(belum dibaca)", "(not read yet)").to_owned(),
            ]),
        }
    }
    table
}

/// Type and severity mean something for mail that opens or joins a case, and for nothing else.
fn judged(read: &ReadView, what: &str) -> String {
    if read.register.is_empty() {
        return "-".to_owned();
    }
    let judgement: Value = serde_json::from_str(&read.judgement).unwrap_or_default();
    judgement
        .get(what)
        .and_then(Value::as_str)
        .unwrap_or("-")
        .to_owned()
}

fn ticket(read: &ReadView) -> String {
    match (read.ticket.as_str(), read.ticket_state.as_str()) {
        ("", "") => "-".to_owned(),
        ("", state) => format!("({})", super::queue::state_in_words(state)),
        (number, _) => number.to_owned(),
    }
}

fn receipt(read: &ReadView) -> String {
    match read.receipt_state.as_str() {
        "done" => word("terkirim", "sent").to_owned(),
        "" => say!("tidak: {}", "no: {}", cut(&read.no_receipt, 60)),
        state => super::queue::state_in_words(state).to_owned(),
    }
}

fn as_json(mail: &MailView) -> Value {
    let mut row = json!({
        "entry": mail.entry,
        "kept": mail.kept.wib().to_rfc3339(),
        "size": mail.size,
        "sightings": mail.sightings,
    });
    let (Some(read), Some(fields)) = (&mail.read, row.as_object_mut()) else {
        return row;
    };
    let judgement: Value = serde_json::from_str(&read.judgement).unwrap_or_default();
    let field = |name: &str| judgement.get(name).cloned().unwrap_or_default();
    let more = json!({
        "kind": read.kind, "fate": read.fate, "why": read.why, "from": read.sender, "subject": read.subject,
        "severity": field("severity"), "type": field("incident"), "reasons": field("reasons"), "rules": field("fired"), "ruleset": field("ruleset"),
        "register": read.register, "ticket": read.ticket, "ticket_state": read.ticket_state,
        "receipt": read.receipt_state, "no_receipt": read.no_receipt,
    });
    if let Value::Object(more) = more {
        fields.extend(more);
    }
    row
}

/// At most `limit` characters, and a sign that there was more.
fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(limit.saturating_sub(1)).collect();
    short.push('…');
    short
}
