//! What staff do in the panel, and what osTicket's logs say of it afterwards.

use serde_json::{Value, json};

use super::Standin;
use super::state::{Entry, Event, State, agent_name};

impl Standin {
    /// As the agent with this id: sets a field as the panel does.
    ///
    /// # Panics
    ///
    /// When there is no such ticket or field.
    pub fn staff_sets(&self, agent: i64, number: &str, field: (&str, &str), value: &Value) {
        let mut state = self.inside.state();
        let id = state.id_of(number);
        state.set(id, field, value, agent);
        drop(state);
        self.inside.news.notify_waiters();
    }

    /// As the agent with this id: an internal note (`N`) or a reply (`R`); agent 0 is the reporter (`M`).
    ///
    /// # Panics
    ///
    /// When there is no such ticket.
    pub fn staff_writes(&self, agent: i64, number: &str, kind: &str, text: &str) {
        let mut state = self.inside.state();
        let id = state.id_of(number);
        // Who answers a ticket that nobody has, has it from then on, and no log says so.
        if let Some(ticket) = state
            .ticket(id)
            .filter(|ticket| kind == "R" && ticket.agent == 0)
        {
            ticket.agent = agent;
        }
        state.speak(
            id,
            Entry {
                kind: kind.to_owned(),
                staff: agent,
                body: text.to_owned(),
                ..Entry::default()
            },
        );
        drop(state);
        self.inside.news.notify_waiters();
    }

    /// How many events of this name stand in `thread_event`.
    pub fn logged(&self, name: &str) -> usize {
        let state = self.inside.state();
        let named = state.events.iter().filter(|event| event.name == name);
        named.count()
    }

    /// Merges one ticket into another: the child's entries go over, the child is closed.
    ///
    /// # Panics
    ///
    /// When there are no such tickets.
    pub fn staff_merges(&self, agent: i64, child: &str, parent: &str) {
        let mut state = self.inside.state();
        let (child, parent) = (state.id_of(child), state.id_of(parent));
        let number = state
            .tickets
            .iter()
            .find(|t| t.id == child)
            .map(|t| t.number.clone());
        let data =
            json!({ "ticket": format!("Ticket #{}", number.unwrap_or_default()), "id": child });
        state.log(parent, "merged", &data.to_string(), agent);
        let moved = state.ticket(child).map(|ticket| {
            ticket.parent = parent;
            std::mem::take(&mut ticket.entries)
        });
        if let Some(ticket) = state.ticket(parent) {
            ticket.entries.extend(moved.unwrap_or_default());
        }
        state.set(child, ("status", ""), &json!(3), agent);
        drop(state);
        self.inside.news.notify_waiters();
    }

    /// Deletes a ticket for good.
    ///
    /// # Panics
    ///
    /// When there is no such ticket.
    pub fn staff_deletes(&self, agent: i64, number: &str) {
        let mut state = self.inside.state();
        let id = state.id_of(number);
        state.log(id, "deleted", "", agent);
        if let Some(ticket) = state.ticket(id) {
            ticket.gone = true;
        }
        drop(state);
        self.inside.news.notify_waiters();
    }
}

impl State {
    fn id_of(&self, number: &str) -> i64 {
        let found = self
            .tickets
            .iter()
            .find(|ticket| ticket.number == number && !ticket.gone);
        found.unwrap_or_else(|| panic!("no ticket {number}")).id
    }

    /// Sets a field and logs it as osTicket does. `reopen` sets the default status.
    pub(super) fn set(&mut self, id: i64, (field, name): (&str, &str), value: &Value, agent: i64) {
        let Some((before, shown)) = self.current(id, field, name) else {
            return;
        };
        if before == *value {
            return;
        }
        let number = value.as_i64().unwrap_or(0);
        let Some(ticket) = self.ticket(id) else {
            return;
        };
        match field {
            "status" => return self.set_status(id, number, agent),
            "reopen" => return self.set_status(id, 1, agent),
            "priority" if super::state::name_of(&super::state::PRIORITIES, number).is_empty() => {
                return;
            }
            "priority" => ticket.priority = number,
            "agent" => ticket.agent = number,
            "team" => ticket.team = number,
            "topic" => ticket.topic = number,
            "department" => ticket.department = number,
            "sla" => ticket.sla = number,
            _ => {
                let text = value.as_str().unwrap_or_default().to_owned();
                ticket.fields.insert(name.to_owned(), text);
            }
        }
        let (event, data) = logged((field, name), (&before, &shown), value, agent);
        self.log(id, event, &data, agent);
    }

    fn set_status(&mut self, id: i64, status: i64, agent: i64) {
        let state_of = |status: i64| {
            super::state::STATUSES
                .iter()
                .find(|(known, ..)| *known == status)
        };
        let Some((_, name, state)) = state_of(status) else {
            return;
        };
        let Some(ticket) = self.ticket(id) else {
            return;
        };
        let was = state_of(ticket.status).map_or("open", |(_, _, state)| *state);
        ticket.status = status;
        match (was, *state) {
            (_, "closed") => self.log(
                id,
                "closed",
                &json!({ "status": [status, name] }).to_string(),
                agent,
            ),
            ("closed", _) => self.log(id, "reopened", "", agent),
            _ => self.log(
                id,
                "edited",
                &json!({ "status": status }).to_string(),
                agent,
            ),
        }
    }

    pub(super) fn log(&mut self, id: i64, name: &str, data: &str, agent: i64) {
        self.last_event += 1;
        let row = Event {
            id: self.last_event,
            thread: id,
            at: super::state::clock(),
            name: name.to_owned(),
            data: data.to_owned(),
            username: agent_name(agent),
            uid: agent,
        };
        self.events.push(row);
    }
}

/// The event's name and data, in the shapes that a real osTicket wrote.
fn logged(
    (field, name): (&str, &str),
    (before, shown): (&Value, &str),
    value: &Value,
    agent: i64,
) -> (&'static str, String) {
    let number = value.as_i64().unwrap_or(0);
    let field_id = |name: &str| {
        super::state::FIELDS
            .iter()
            .find(|row| row.2 == name)
            .map_or(0, |row| row.0)
    };
    match field {
        "priority" => {
            let name = super::state::name_of(&super::state::PRIORITIES, number);
            (
                "edited",
                json!({ "fields": { "22": [[shown, before], [name, number]] } }).to_string(),
            )
        }
        "agent" | "team" if number == 0 => ("released", String::new()),
        "agent" if number == agent => ("assigned", json!({ "claim": true }).to_string()),
        "agent" => (
            "assigned",
            json!({ "staff": [number, agent_name(number)] }).to_string(),
        ),
        "team" => ("assigned", json!({ "team": number }).to_string()),
        "topic" => (
            "edited",
            json!({ "topic_id": [before, number] }).to_string(),
        ),
        "sla" => ("edited", json!({ "sla_id": [before, number] }).to_string()),
        "department" => {
            let name = super::state::name_of(&super::state::DEPARTMENTS, number);
            ("transferred", json!({ "dept": name }).to_string())
        }
        _ => (
            "edited",
            json!({ "fields": { field_id(name).to_string(): [shown, value] } }).to_string(),
        ),
    }
}
