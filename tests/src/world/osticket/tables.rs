//! The stand-in's state as the rows of osTicket's database: what of it an account sees that may read there.

use std::collections::BTreeMap;

use super::Setup;
use super::state::{
    AGENTS, DEPARTMENTS, Entry, Event, FIELDS, PRIORITIES, STATUSES, State, TEAMS, TOPICS, Ticket,
    agent_name, name_of,
};

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Null,
    Int(i64),
    Text(String),
    /// Seconds since 1970-01-01 UTC; 0 is osTicket's "never", `0000-00-00 00:00:00`.
    Time(i64),
}

/// A table and what its primary key is there.
pub(super) type Key = (&'static str, Vec<(&'static str, i64)>);
/// The other columns.
pub(super) type Cells = Vec<(&'static str, Cell)>;
/// Rows by their keys.
pub(super) type Rows = BTreeMap<Key, Cells>;

/// osTicket's events, with the ids of a fresh 1.18.
const EVENTS: [(i64, &str); 12] = [
    (1, "created"),
    (2, "closed"),
    (3, "reopened"),
    (4, "assigned"),
    (5, "released"),
    (6, "transferred"),
    (9, "edited"),
    (12, "collab"),
    (14, "deleted"),
    (15, "merged"),
    (16, "unlinked"),
    (17, "linked"),
];

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn or_null(id: i64) -> Cell {
    if id == 0 { Cell::Null } else { Cell::Int(id) }
}

/// Everything that stands in the database now.
pub(super) fn rows(state: &State, setup: &Setup) -> Rows {
    let mut rows = fixed();
    rows.extend(settings(setup));
    for ticket in state.tickets.iter().filter(|ticket| !ticket.gone) {
        rows.extend(of_ticket(ticket));
    }
    rows.extend(state.events.iter().map(event));
    rows
}

/// What an administrator of osTicket once set up.
fn fixed() -> Rows {
    let mut rows = Rows::new();
    let mut named_as = |table, key, column, named: &[(i64, &str)]| {
        rows.extend(
            named
                .iter()
                .map(|(id, name)| ((table, vec![(key, *id)]), vec![(column, text(*name))])),
        );
    };
    named_as("ost_event", "id", "name", &EVENTS);
    named_as(
        "ost_ticket_priority",
        "priority_id",
        "priority_desc",
        &PRIORITIES,
    );
    named_as("ost_help_topic", "topic_id", "topic", &TOPICS);
    named_as("ost_department", "id", "name", &DEPARTMENTS);
    named_as("ost_team", "team_id", "name", &TEAMS);
    for (id, name, state) in STATUSES {
        let cells = vec![("name", text(name)), ("state", text(state))];
        rows.insert(("ost_ticket_status", vec![("id", id)]), cells);
    }
    for (id, name) in AGENTS {
        let (first, last) = name.split_once(' ').unwrap_or((name, ""));
        let cells = vec![("firstname", text(first)), ("lastname", text(last))];
        rows.insert(("ost_staff", vec![("staff_id", id)]), cells);
    }
    for (id, kind, name, label) in FIELDS {
        let cells = vec![
            ("type", text(kind)),
            ("name", text(name)),
            ("label", text(label)),
        ];
        rows.insert(("ost_form_field", vec![("id", id)]), cells);
    }
    rows
}

fn settings(setup: &Setup) -> Rows {
    let flag = |on: bool| if on { "1" } else { "0" }.to_owned();
    let limit = match setup.max_open_tickets {
        0 => String::new(),
        limit => limit.to_string(),
    };
    let settings = [
        ("enable_mail_polling", flag(!setup.polls.is_empty())),
        ("max_file_size", "33554432".to_owned()),
        ("max_open_tickets", limit),
        ("ticket_autoresponder", flag(setup.answers)),
        ("verify_email_addrs", flag(!setup.unresolvable.is_empty())),
    ];
    let mut rows = Rows::new();
    for (id, (key, value)) in (1..).zip(settings) {
        let cells = vec![
            ("namespace", text("core")),
            ("`key`", text(key)),
            ("value", text(value)),
        ];
        rows.insert(("ost_config", vec![("id", id)]), cells);
    }
    for (id, address) in (1..).zip(&setup.polls) {
        let email = vec![("email", text(address.as_str()))];
        rows.insert(("ost_email", vec![("email_id", id)]), email);
        let account = vec![
            ("email_id", Cell::Int(id)),
            ("type", text("mailbox")),
            ("active", Cell::Int(1)),
        ];
        rows.insert(("ost_email_account", vec![("id", id)]), account);
    }
    rows
}

/// A half-made ticket lacks rows, as it does in osTicket.
fn of_ticket(ticket: &Ticket) -> Rows {
    let mut rows = Rows::new();
    let id = ticket.id;
    let cells = vec![
        ("ticket_pid", or_null(ticket.parent)),
        ("number", text(ticket.number.as_str())),
        ("status_id", Cell::Int(ticket.status)),
        ("dept_id", Cell::Int(ticket.department)),
        ("topic_id", Cell::Int(ticket.topic)),
        ("staff_id", Cell::Int(ticket.agent)),
        ("team_id", Cell::Int(ticket.team)),
        ("ip_address", text(ticket.ip.as_str())),
    ];
    rows.insert(("ost_ticket", vec![("ticket_id", id)]), cells);
    if ticket.has_thread {
        // A merged ticket's thread is called "C", for child.
        let kind = if ticket.parent > 0 { "C" } else { "T" };
        let cells = vec![("object_id", Cell::Int(id)), ("object_type", text(kind))];
        rows.insert(("ost_thread", vec![("id", id)]), cells);
    }
    rows.extend(ticket.entries.iter().map(|row| entry(id, row)));
    if !ticket.subject.is_empty() {
        rows.extend(form(ticket));
    }
    rows
}

fn entry(thread: i64, entry: &Entry) -> (Key, Cells) {
    let kind = if entry.kind.is_empty() {
        "M"
    } else {
        &entry.kind
    };
    let cells = vec![
        ("thread_id", Cell::Int(thread)),
        ("staff_id", Cell::Int(entry.staff)),
        ("user_id", Cell::Int(i64::from(entry.staff == 0))),
        ("type", text(kind)),
        ("poster", text(agent_name(entry.staff))),
        ("title", text(entry.title.as_str())),
        ("body", text(super::read::escaped(&entry.body))),
        ("format", text("text")),
        ("ip_address", text(entry.address.as_str())),
        ("created", Cell::Time(entry.at)),
        ("updated", Cell::Time(0)),
    ];
    (("ost_thread_entry", vec![("id", entry.id)]), cells)
}

/// The form's values; a choice has its name and its id.
fn form(ticket: &Ticket) -> Rows {
    let id = ticket.id;
    let mut rows = Rows::new();
    let cells = vec![("object_id", Cell::Int(id)), ("object_type", text("T"))];
    rows.insert(("ost_form_entry", vec![("id", id)]), cells);
    for (field, _, name, _) in FIELDS {
        let (value, value_id) = match name {
            "subject" => (text(ticket.subject.as_str()), Cell::Null),
            "priority" => (
                text(name_of(&PRIORITIES, ticket.priority)),
                or_null(ticket.priority),
            ),
            name => (
                ticket
                    .fields
                    .get(name)
                    .map_or(Cell::Null, |value| text(value.as_str())),
                Cell::Null,
            ),
        };
        rows.insert(
            (
                "ost_form_entry_values",
                vec![("entry_id", id), ("field_id", field)],
            ),
            vec![("value", value), ("value_id", value_id)],
        );
    }
    rows
}

fn event(event: &Event) -> (Key, Cells) {
    let named = EVENTS.iter().find(|(_, name)| *name == event.name);
    let cells = vec![
        ("thread_id", Cell::Int(event.thread)),
        ("thread_type", text("T")),
        (
            "event_id",
            named.map_or(Cell::Null, |(id, _)| Cell::Int(*id)),
        ),
        ("data", text(event.data.as_str())),
        ("username", text(event.username.as_str())),
        ("uid", or_null(event.uid)),
        ("uid_type", text("S")),
        ("timestamp", Cell::Time(event.at)),
    ];
    (("ost_thread_event", vec![("id", event.id)]), cells)
}
