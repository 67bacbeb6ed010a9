//! osTicket's rows as the plugin hands them out.

use serde_json::{Value, json};

use super::state::{AGENTS, FIELDS, PRIORITIES, STATUSES, State, Ticket};

const OVERLAP: i64 = 50;
const PAGE: usize = 300;

/// A value of a query string; empty where it is not there.
pub(super) fn value(query: &str, name: &str) -> String {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .filter(|(known, _)| *known == name)
        .map(|(_, value)| value.replace("%2C", ","))
        .next()
        .unwrap_or_default()
}

fn number(query: &str, name: &str) -> i64 {
    value(query, name).parse().unwrap_or(0)
}

pub(super) fn catalogue() -> Value {
    let named = |rows: &[(i64, &str)]| -> Vec<Value> {
        rows.iter()
            .map(|(id, name)| json!({ "id": id, "name": name }))
            .collect()
    };
    let statuses: Vec<Value> = STATUSES
        .iter()
        .map(|(id, name, state)| json!({ "id": id, "name": name, "state": state }))
        .collect();
    let fields: Vec<Value> = FIELDS
        .iter()
        .map(|(id, kind, name, label)| json!({ "id": id, "type": kind, "name": name, "label": label }))
        .collect();
    json!({
        "statuses": statuses, "priorities": named(&PRIORITIES), "topics": named(&super::state::TOPICS),
        "departments": named(&super::state::DEPARTMENTS), "agents": named(&AGENTS), "teams": named(&super::state::TEAMS),
        "slas": [{ "id": 1, "name": "Default SLA" }], "fields": fields,
    })
}

pub(super) fn tickets(state: &State, query: &str) -> Value {
    let ids = value(query, "ids");
    if !ids.is_empty() {
        let ids: Vec<i64> = ids.split(',').filter_map(|id| id.parse().ok()).collect();
        let rows = state
            .tickets
            .iter()
            .filter(|ticket| ids.contains(&ticket.id) && !ticket.gone);
        return json!({ "tickets": rows.map(row).collect::<Vec<_>>() });
    }
    let after = number(query, "after");
    let limit = usize::try_from(number(query, "limit"))
        .unwrap_or(200)
        .min(200);
    let page: Vec<&Ticket> = state
        .tickets
        .iter()
        .filter(|ticket| ticket.id > after && !ticket.gone)
        .take(limit)
        .collect();
    let last = page.last().map_or(after, |ticket| ticket.id);
    let ours = page.iter().filter(|ticket| ticket.ip.starts_with("fd"));
    json!({ "tickets": ours.map(|ticket| row(ticket)).collect::<Vec<_>>(), "last": last })
}

fn row(ticket: &Ticket) -> Value {
    let mut values = vec![
        json!({ "field": 20, "value": ticket.subject, "value_id": 0 }),
        json!({ "field": 22, "value": "", "value_id": ticket.priority }),
    ];
    for (id, _, name, _) in FIELDS {
        if let Some(value) = ticket.fields.get(name) {
            values.push(json!({ "field": id, "value": value, "value_id": 0 }));
        }
    }
    json!({
        "id": ticket.id, "thread": if ticket.has_thread { ticket.id } else { 0 }, "number": ticket.number, "marker": ticket.ip,
        "status": ticket.status, "topic": ticket.topic, "department": ticket.department, "agent": ticket.agent,
        "team": ticket.team, "parent": ticket.parent, "flags": 0, "spoken": i64::from(!ticket.entries.is_empty()),
        "values": values,
    })
}

/// Both logs after their cursors, the last rows once more.
pub(super) fn changes(state: &State, query: &str) -> Value {
    let (event, entry) = (number(query, "event"), number(query, "entry"));
    let marker = |thread: i64| -> (i64, String) {
        let ticket = state
            .tickets
            .iter()
            .find(|ticket| ticket.id == thread && !ticket.gone);
        ticket.map_or((0, String::new()), |ticket| (ticket.id, ticket.ip.clone()))
    };
    let events: Vec<Value> = state
        .events
        .iter()
        .filter(|row| row.id > event - OVERLAP)
        .map(|row| {
            let (ticket, marker) = marker(row.thread);
            json!({
                "id": row.id, "thread": row.thread, "ticket": ticket, "marker": marker, "at": row.at, "name": row.name,
                "data": row.data, "username": row.username, "uid": row.uid, "uid_type": "S",
            })
        })
        .collect();
    let mut entries: Vec<(i64, Value)> = Vec::new();
    for ticket in state.tickets.iter().filter(|ticket| !ticket.gone) {
        for (place, row) in ticket
            .entries
            .iter()
            .enumerate()
            .filter(|(_, row)| row.id > entry - OVERLAP)
        {
            entries.push((row.id, json!({
                "id": row.id, "thread": ticket.id, "ticket": ticket.id, "marker": ticket.ip, "at": row.at,
                "kind": if row.kind.is_empty() { "M" } else { &row.kind }, "body": escaped(&row.body),
                "poster": super::state::agent_name(row.staff), "staff": row.staff, "user": i64::from(row.staff == 0),
                "title": row.title, "format": "text", "flags": 0, "parent": 0, "first": i64::from(place == 0),
                "address": row.address,
            })));
        }
    }
    entries.sort_by_key(|(id, _)| *id);
    let seen = format!("{}.{}", events.len(), entries.len());
    let more = events.len() > PAGE || entries.len() > PAGE;
    let events: Vec<Value> = events.into_iter().take(PAGE).collect();
    let entries: Vec<Value> = entries.into_iter().map(|(_, row)| row).take(PAGE).collect();
    let last = |rows: &[Value], before: i64| {
        rows.last()
            .and_then(|row| row["id"].as_i64())
            .unwrap_or(before)
            .max(before)
    };
    json!({
        "cursor": { "event": last(&events, event), "entry": last(&entries, entry), "log": 0 },
        "events": events, "entries": entries, "seen": seen, "more": more,
    })
}

/// osTicket stores plain text with its markup characters as entities.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
