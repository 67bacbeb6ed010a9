//! Our plugin, as `bridge/plugin` plays it inside a real osTicket: every write once under its key, half-made tickets finished,
//! changes by cursor with a long poll. What it answers is held to `bridge/plugin/openapi.yaml` by the contract suite.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::http::Request;
use super::state::{Attachment, Entry, Ticket, cut, utf8mb3};
use super::{Inside, json as stock, read};

pub(super) const BASE: &str = "/api/tickets/tanggap/v1/";

/// A refusal: status, word, words.
type Refused = (u16, &'static str, String);
type Said = Result<(u16, Value), Refused>;

/// Answers; `None` where PHP died.
pub(super) async fn serve(
    inside: &Arc<Inside>,
    request: &Request,
    dies: Option<u8>,
) -> Option<(u16, String)> {
    let key_fits = request
        .header("x-api-key")
        .is_some_and(|key| key.eq_ignore_ascii_case(&inside.key));
    if !key_fits {
        let words = "API key unknown, disabled, without the right to create tickets, or bound to another address; osTicket saw 127.0.0.1";
        return Some(told(Err((401, "key", words.to_owned()))));
    }
    let path = request.path.strip_prefix(BASE).unwrap_or_default();
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    match (request.method.as_str(), path.split_once('/')) {
        ("GET", None) => Some(told(asked(inside, path, query).await)),
        ("GET", Some(("tickets", key))) => Some(told(find(inside, key))),
        ("POST", Some((kind @ ("tickets" | "entries" | "changes"), key))) => {
            once(inside, (kind, key), &request.body, dies)
                .await
                .map(told)
        }
        _ => Some((400, "URL not supported".to_owned())),
    }
}

fn told(said: Said) -> (u16, String) {
    match said {
        Ok((status, value)) => (status, value.to_string()),
        Err((status, word, words)) => {
            (status, json!({ "error": word, "words": words }).to_string())
        }
    }
}

async fn asked(inside: &Arc<Inside>, path: &str, query: &str) -> Said {
    let answer = match path {
        "health" => health(inside),
        "catalogue" => read::catalogue(),
        "head" => inside.state().head(),
        "tickets" => read::tickets(&inside.state(), query),
        "changes" => changes(inside, query).await,
        _ => return Err((400, "url", "URL not supported".to_owned())),
    };
    Ok((200, answer))
}

fn health(inside: &Inside) -> Value {
    let setup = inside.setup();
    json!({
        "plugin": setup.plugin, "osticket": "1.18-tiruan", "php": "8.2", "clock": super::state::clock(),
        "saw": "127.0.0.1", "agent": "tanggap", "agent_id": super::state::BOT, "polls": setup.polls, "answers": setup.answers,
        "verifies_addresses": !setup.unresolvable.is_empty(), "max_open_tickets": setup.max_open_tickets,
        "max_file_size": 33_554_432,
        "can": ["create", "find", "message", "note", "reply", "change", "catalogue", "changes", "tickets"],
    })
}

/// Waits for news only where its reader has seen all there is.
async fn changes(inside: &Arc<Inside>, query: &str) -> Value {
    let wait: f64 = read::value(query, "wait").parse().unwrap_or(0.0);
    let end = tokio::time::Instant::now() + Duration::from_secs_f64(wait.clamp(0.0, 25.0));
    loop {
        let news = inside.news.notified();
        let answer = read::changes(&inside.state(), query);
        let seen = read::value(query, "seen");
        if wait <= 0.0 || answer.get("seen").and_then(Value::as_str) != Some(seen.as_str()) {
            return answer;
        }
        if tokio::time::timeout_at(end, news).await.is_err() {
            let cursor = answer.get("cursor");
            return json!({ "events": [], "entries": [], "cursor": cursor, "seen": seen, "more": false });
        }
    }
}

fn find(inside: &Inside, key: &str) -> Said {
    let state = inside.state();
    match state.marked(&marker(key)) {
        Some(ticket) if ticket.gone => Err(gone()),
        Some(ticket) => Ok((200, shown(ticket))),
        None => Err((404, "absent", "no ticket bears this key".to_owned())),
    }
}

fn gone() -> Refused {
    (410, "gone", "the ticket of this key was deleted".to_owned())
}

fn shown(ticket: &Ticket) -> Value {
    json!({ "id": ticket.id, "number": ticket.number, "whole": !ticket.is_husk() })
}

/// Thirty hexadecimal digits as the address that stands in the first INSERT.
pub(super) fn marker(key: &str) -> String {
    let groups = format!("fd{key}");
    let groups: Vec<&str> = (0..8)
        .filter_map(|at| groups.get(at * 4..at * 4 + 4))
        .collect();
    groups
        .join(":")
        .parse::<std::net::Ipv6Addr>()
        .map_or_else(|_| String::new(), |address| address.to_string())
}

/// Under the key's lock; what was done under this key before is answered again.
async fn once(
    inside: &Arc<Inside>,
    (kind, key): (&str, &str),
    body: &[u8],
    dies: Option<u8>,
) -> Option<Said> {
    let Ok(Value::Object(wanted)) = serde_json::from_slice(body) else {
        return Some(Err((400, "json", "Syntax error".to_owned())));
    };
    let lock = Arc::clone(
        inside
            .locks
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .entry(key.to_owned())
            .or_default(),
    );
    let _held = lock.lock().await;
    let known = inside.state().keys.get(key).cloned();
    match known {
        Some((used, _)) if used != kind => {
            let words = "this key was used for something else".to_owned();
            return Some(Err((409, "kind", words)));
        }
        Some((_, answer)) if kind != "tickets" => return Some(Ok((200, answer))),
        _ => {}
    }
    let said = match kind {
        "tickets" => create(inside, key, &wanted, dies).await?,
        "entries" => entry(inside, key, &wanted),
        _ => change(inside, &wanted),
    };
    if let Ok((_, answer)) = &said {
        let row = (kind.to_owned(), answer.clone());
        inside.state().keys.insert(key.to_owned(), row);
        inside.news.notify_waiters();
    }
    Some(said)
}

fn text(wanted: &Map<String, Value>, name: &str) -> String {
    wanted
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn number(wanted: &Map<String, Value>, name: &str) -> i64 {
    wanted.get(name).and_then(Value::as_i64).unwrap_or(0)
}

async fn create(
    inside: &Arc<Inside>,
    key: &str,
    wanted: &Map<String, Value>,
    dies: Option<u8>,
) -> Option<Said> {
    let marker = marker(key);
    let known = inside.state().marked(&marker).cloned();
    if let Some(ticket) = known {
        if ticket.gone {
            return Some(Err(gone()));
        }
        return Some(finish(inside, &ticket, wanted).map(|value| (200, value)));
    }
    let files = match files(wanted) {
        Ok(files) => files,
        Err(refused) => return Some(Err(refused)),
    };
    let needed = ["subject", "body", "name", "email"];
    if let Some(name) = needed
        .iter()
        .find(|name| !wanted.get(**name).is_some_and(Value::is_string))
    {
        return Some(Err((422, "validation", format!("{name} is missing"))));
    }
    if let Some(refused) = denied(inside, wanted) {
        return Some(Err(refused));
    }
    let mut ticket = stock::ticket_of(inside, &stock_fields(wanted, &marker));
    ticket.department = number(wanted, "department").max(1);
    ticket.sla = number(wanted, "sla");
    if let Some(fields) = wanted.get("fields").and_then(Value::as_object) {
        let read = fields
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned()));
        ticket.fields = read.collect();
    }
    let entry = first_entry(wanted, files, &marker);
    let number = stock::write(inside, ticket, entry, dies).await?;
    let state = inside.state();
    let made = state
        .tickets
        .iter()
        .find(|ticket| ticket.number == number)?;
    Some(Ok((201, shown(made))))
}

fn denied(inside: &Inside, wanted: &Map<String, Value>) -> Option<Refused> {
    let fields = stock_fields(wanted, "");
    let (status, words) = stock::refused(inside, &fields)?;
    let word = match () {
        () if status == 403 => return Some((403, "denied", words)),
        () if words.contains("Incomplete client information") => "reporter",
        () => "validation",
    };
    Some((422, word, words))
}

fn stock_fields(wanted: &Map<String, Value>, marker: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    for (theirs, ours) in [
        ("name", "name"),
        ("email", "email"),
        ("subject", "subject"),
        ("message", "body"),
        ("topicId", "topic"),
        ("priorityId", "priority"),
    ] {
        if let Some(value) = wanted.get(ours).filter(|value| !value.is_null()) {
            fields.insert(theirs.to_owned(), value.clone());
        }
    }
    fields.insert("ip".to_owned(), json!(marker));
    fields
}

fn first_entry(wanted: &Map<String, Value>, files: Vec<Attachment>, marker: &str) -> Entry {
    Entry {
        title: cut(&text(wanted, "subject"), 255),
        body: utf8mb3(&text(wanted, "body")),
        attachments: files,
        address: marker.to_owned(),
        ..Entry::default()
    }
}

/// Puts what is missing into a ticket whose maker died.
fn finish(inside: &Inside, husk: &Ticket, wanted: &Map<String, Value>) -> Result<Value, Refused> {
    let files = files(wanted)?;
    let mut state = inside.state();
    if husk.is_husk() {
        let id = husk.id;
        if husk.entries.is_empty() {
            let entry = first_entry(wanted, files, &husk.ip);
            state.speak(id, entry);
        }
        if let Some(ticket) = state.ticket(id) {
            ticket.subject = cut(&utf8mb3(&text(wanted, "subject")), 255);
            ticket.has_thread = true;
            ticket.status = 1;
        }
    }
    state
        .ticket(husk.id)
        .map(|ticket| shown(ticket))
        .ok_or_else(gone)
}

/// Files as they are kept; one that cannot be read, or that is too large, is named in the refusal.
fn files(wanted: &Map<String, Value>) -> Result<Vec<Attachment>, Refused> {
    let list = wanted.get("attachments").and_then(Value::as_array);
    let mut kept = Vec::new();
    for file in list.into_iter().flatten() {
        let name = file["name"].as_str().unwrap_or_default().to_owned();
        let data = file["data"]
            .as_str()
            .and_then(|data| STANDARD.decode(data).ok());
        match data {
            Some(bytes) if bytes.len() > 33_554_432 => {
                let words = format!("{name}: File size is too large");
                return Err((422, "attachment", words));
            }
            Some(bytes) if !name.is_empty() => kept.push(Attachment {
                name,
                size: bytes.len(),
            }),
            _ => {
                let words = "name or base64 data is missing".to_owned();
                return Err((422, "attachment", words));
            }
        }
    }
    Ok(kept)
}

fn addressed(inside: &Inside, wanted: &Map<String, Value>) -> Result<i64, Refused> {
    let state = inside.state();
    let found = state.tickets.iter().find(|ticket| {
        !ticket.gone
            && (ticket.id == number(wanted, "ticket") || ticket.number == text(wanted, "number"))
    });
    found
        .map(|ticket| ticket.id)
        .ok_or_else(|| (410, "gone", "no such ticket".to_owned()))
}

fn entry(inside: &Inside, key: &str, wanted: &Map<String, Value>) -> Said {
    let ticket = addressed(inside, wanted)?;
    let marker = marker(key);
    let attachments = files(wanted)?;
    let mut state = inside.state();
    let written = state
        .tickets
        .iter()
        .flat_map(|ticket| &ticket.entries)
        .find(|entry| entry.address == marker)
        .map(|entry| entry.id);
    if let Some(id) = written {
        return Ok((201, json!({ "id": id })));
    }
    let (kind, staff) = match text(wanted, "kind").as_str() {
        "message" => ("M", 0),
        "note" => ("N", super::state::BOT),
        "reply" => ("R", super::state::BOT),
        _ => {
            let words = "kind is message, note or reply".to_owned();
            return Err((422, "validation", words));
        }
    };
    let id = state.speak(
        ticket,
        Entry {
            kind: kind.to_owned(),
            staff,
            title: cut(&text(wanted, "title"), 255),
            body: utf8mb3(&text(wanted, "body")),
            address: marker,
            attachments,
            ..Entry::default()
        },
    );
    Ok((201, json!({ "id": id })))
}

/// Compares, sets as the plugin's agent, reads back.
fn change(inside: &Inside, wanted: &Map<String, Value>) -> Said {
    let id = addressed(inside, wanted)?;
    let (field, name) = (text(wanted, "set"), text(wanted, "name"));
    let value = wanted.get("value").cloned().unwrap_or(Value::Null);
    let fits = match field.as_str() {
        "reopen" => true,
        "field" => value.is_string(),
        _ => value.is_i64(),
    };
    if !fits {
        let words = "value is a text for a field, and an id for everything else".to_owned();
        return Err((422, "validation", words));
    }
    let mut state = inside.state();
    let (now, shown) = state.current(id, &field, &name).ok_or_else(|| {
        let words = "set is status, reopen, priority, agent, team, topic, department, sla or field";
        (422, "validation", words.to_owned())
    })?;
    let goal = if field == "reopen" {
        json!("open")
    } else {
        value
    };
    if now == goal {
        return Ok((200, json!({ "written": true, "now": shown })));
    }
    let expected = wanted.get("if_still").and_then(Value::as_str);
    let plain = now.as_str().map_or_else(|| now.to_string(), str::to_owned);
    if expected.is_some_and(|expected| expected != shown && expected != plain) {
        return Ok((200, json!({ "written": false, "now": shown })));
    }
    state.set(id, (&field, &name), &goal, super::state::BOT);
    match state.current(id, &field, &name) {
        Some((now, shown)) if now == goal => Ok((200, json!({ "written": true, "now": shown }))),
        _ => Err((
            422,
            "kept",
            format!("osTicket left {field} {name} as it was"),
        )),
    }
}
