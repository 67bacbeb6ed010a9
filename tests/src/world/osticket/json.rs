//! `POST /api/tickets.json`, as `osticket.md` section a describes it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::state::{Attachment, Entry, Ticket, cut, utf8mb3};
use super::{Inside, state};

/// A PHP fatal error is a page with status 200 (O18).
const FATAL: &str = "<br />\n<b>Fatal error</b>:  Uncaught TypeError: trim(): Argument #1 ($string) must be of type string";
/// Fields osTicket knows; each other one is logged, and passed on all the same.
const KNOWN: [&str; 16] = [
    "alert",
    "autorespond",
    "source",
    "topicId",
    "attachments",
    "ip",
    "priorityId",
    "priority",
    "name",
    "email",
    "subject",
    "message",
    "phone",
    "notes",
    "duedate",
    "slaId",
];

pub(super) async fn create(
    inside: &Arc<Inside>,
    body: &[u8],
    dies: Option<u8>,
) -> Option<(u16, String)> {
    let Ok(text) = std::str::from_utf8(body) else {
        return Some((
            400,
            "Malformed UTF-8 characters, possibly incorrectly encoded".to_owned(),
        ));
    };
    let fields = match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) => return Some((400, "No errors".to_owned())),
        Err(_) => return Some((400, "Syntax error, malformed JSON".to_owned())),
    };
    if let Some(refusal) = refused(inside, &fields) {
        return Some(refusal);
    }
    log_unknown(inside, &fields);
    let ticket = ticket_of(inside, &fields);
    let entry = entry_of(&fields);
    let number = write(inside, ticket, entry, dies).await?;
    if wants(&fields, "autorespond") {
        inside.state().answered.push(field(&fields, "email"));
    }
    Some((201, number))
}

pub(super) fn refused(inside: &Inside, fields: &Map<String, Value>) -> Option<(u16, String)> {
    let unable = |what: &str| Some((500, format!("Unable to create new ticket {what}")));
    let email = field(fields, "email").to_lowercase();
    let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_owned());
    let setup = inside.setup();
    if fields.get("message").is_some_and(Value::is_array)
        || fields.get("attachments").is_some_and(Value::is_object)
    {
        return Some((200, FATAL.to_owned()));
    }
    if fields
        .get("source")
        .and_then(Value::as_str)
        .is_some_and(|source| !source.eq_ignore_ascii_case("api"))
    {
        return unable(":source\nInvalid ticket origin given");
    }
    if setup.banned.contains(&email) {
        return Some((
            403,
            format!(
                "Unable to create new ticket :Ticket denied: {email}\n\nThis help desk is for use by authorized users only"
            ),
        ));
    }
    if field(fields, "subject").trim().is_empty() {
        return unable(":20\nIssue Summary is a required field");
    }
    let known = inside.state().users.contains(&email);
    let nameless = field(fields, "name").trim().is_empty() && !known;
    if nameless
        || domain.is_none_or(|domain| domain.is_empty() || setup.unresolvable.contains(&domain))
    {
        return unable(":user\nIncomplete client information");
    }
    let open = inside
        .state()
        .tickets
        .iter()
        .filter(|ticket| ticket.email == email)
        .count();
    if setup.max_open_tickets > 0 && open >= setup.max_open_tickets {
        return unable(":err\nYou've reached the maximum open tickets allowed.");
    }
    None
}

/// The API key stands in the log in clear, which is why ours is for nothing else.
fn log_unknown(inside: &Inside, fields: &Map<String, Value>) {
    for name in fields.keys().filter(|name| !KNOWN.contains(&name.as_str())) {
        inside
            .state()
            .log
            .push(format!("Unexpected Data (400): {name}"));
    }
}

pub(super) fn ticket_of(inside: &Inside, fields: &Map<String, Value>) -> Ticket {
    let number = |name: &str| fields.get(name).and_then(Value::as_i64).unwrap_or(0);
    let email = field(fields, "email").to_lowercase();
    let mut state = inside.state();
    if !state.users.contains(&email) {
        state.users.push(email.clone());
    }
    Ticket {
        number: String::new(),
        ip: cut(&field(fields, "ip"), 64),
        email,
        name: utf8mb3(&field(fields, "name")),
        subject: cut(&utf8mb3(&field(fields, "subject")), 255),
        topic: number("topicId"),
        priority: number("priorityId"),
        ..Ticket::default()
    }
}

/// A text of 65 000 bytes and more becomes an attachment and leaves the message empty (O19); `data:` texts are read as URLs.
fn entry_of(fields: &Map<String, Value>) -> Entry {
    let message = utf8mb3(&field(fields, "message"));
    let mut attachments = attachments_of(fields);
    let body = match message.as_str() {
        "" => "-".to_owned(),
        text if text.starts_with("data:") => "-".to_owned(),
        text if text.len() >= 65_000 => {
            attachments.push(Attachment {
                name: "pesan.txt".to_owned(),
                size: text.len(),
            });
            String::new()
        }
        text => text.to_owned(),
    };
    Entry {
        title: cut(&field(fields, "subject"), 255),
        body,
        mid: cut(&field(fields, "mid"), 255),
        attachments,
        ..Entry::default()
    }
}

/// Two files of the same content are one row (O21).
fn attachments_of(fields: &Map<String, Value>) -> Vec<Attachment> {
    let files = fields
        .get("attachments")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flatten();
    let mut kept: Vec<(&Value, Attachment)> = Vec::new();
    for (name, content) in files {
        if !kept.iter().any(|(known, _)| *known == content) {
            let size = content.as_str().map_or(0, str::len);
            kept.push((
                content,
                Attachment {
                    name: name.clone(),
                    size,
                },
            ));
        }
    }
    kept.into_iter().map(|(_, attachment)| attachment).collect()
}

/// Six statements and no transaction: whoever looks in between, or dies in between, finds a husk.
pub(super) async fn write(
    inside: &Arc<Inside>,
    ticket: Ticket,
    entry: Entry,
    dies: Option<u8>,
) -> Option<String> {
    let at = {
        let mut state = inside.state();
        let number = state.fresh_number();
        let id = i64::try_from(state.tickets.len()).unwrap_or(0) + 1;
        state.tickets.push(Ticket {
            id,
            number,
            subject: String::new(),
            ..ticket.clone()
        });
        state.tickets.len() - 1
    };
    let pause = inside.setup().step;
    let mid = entry.mid.clone();
    for step in 1..=6 {
        if dies == Some(step) {
            return None;
        }
        rest(pause).await;
        let mut state = inside.state();
        let id = state.tickets.get(at)?.id;
        if step == 3 {
            let entry = Entry {
                mid: String::new(),
                ..entry.clone()
            };
            state.speak(id, entry);
        }
        if step == 6 {
            state.log(id, "created", "", 0);
        }
        let row = state.tickets.get_mut(at)?;
        match step {
            1 => row.subject.clone_from(&ticket.subject),
            2 => row.has_thread = true,
            4 => row
                .entries
                .iter_mut()
                .for_each(|entry| entry.mid.clone_from(&mid)),
            5 => row.status = 1,
            _ => {}
        }
    }
    inside
        .state()
        .tickets
        .get(at)
        .map(|row: &state::Ticket| row.number.clone())
}

async fn rest(pause: Duration) {
    if pause.is_zero() {
        tokio::task::yield_now().await;
    } else {
        tokio::time::sleep(pause).await;
    }
}

fn field(fields: &Map<String, Value>, name: &str) -> String {
    match fields.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// PHP's boolean: the text "false" is true, and an absent flag is true.
fn wants(fields: &Map<String, Value>, name: &str) -> bool {
    match fields.get(name) {
        None => true,
        Some(Value::Bool(flag)) => *flag,
        Some(Value::Number(number)) => number.as_f64() != Some(0.0),
        Some(Value::String(text)) => !matches!(text.as_str(), "" | "0"),
        Some(_) => false,
    }
}
