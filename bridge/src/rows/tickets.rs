//! Tickets as they are now.

use std::net::Ipv6Addr;

use serde::Deserialize;

use super::names::{Names, named};
use super::text;
use crate::{EffectKey, Field, Snapshot, ThreadId, TicketId, TicketNumber};

/// `Ticket::FLAG_LINKED`: a linked ticket has a parent too, and stays a ticket of its own.
const LINKED: i64 = 0x8;

/// A row of `ticket`, with what stands in its form. Zero where osTicket has nothing.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct TicketRow {
    pub id: i64,
    pub thread: i64,
    pub number: String,
    /// `ip_address`
    pub marker: String,
    pub status: i64,
    pub topic: i64,
    pub department: i64,
    pub agent: i64,
    pub team: i64,
    pub parent: i64,
    pub flags: i64,
    /// 1 where its thread has an entry.
    pub spoken: i64,
    pub values: Vec<ValueRow>,
}

/// A row of `form_entry_values`.
#[derive(Debug, Deserialize)]
pub(crate) struct ValueRow {
    pub field: i64,
    pub value: String,
    pub value_id: i64,
}

impl TicketRow {
    pub fn snapshot(self, names: &Names) -> Snapshot {
        let merged = self.parent > 0 && self.flags & LINKED == 0;
        let mut snapshot = Snapshot {
            id: TicketId(self.id),
            thread: ThreadId(self.thread),
            key: key_of(&self.marker),
            number: TicketNumber(self.number),
            // A merged ticket's entries hang on its parent's thread.
            whole: self.status > 0 && self.thread > 0 && (self.spoken > 0 || merged),
            subject: String::new(),
            status: names.status(self.status),
            priority: None,
            topic: named(&names.topics, self.topic),
            department: named(&names.departments, self.department),
            agent: named(&names.agents, self.agent),
            team: named(&names.teams, self.team),
            fields: std::collections::BTreeMap::new(),
            merged_into: merged.then_some(TicketId(self.parent)),
        };
        for value in self.values {
            value.fill(names, &mut snapshot);
        }
        snapshot
    }
}

impl ValueRow {
    fn fill(self, names: &Names, ticket: &mut Snapshot) {
        let Some(field) = names.fields.iter().find(|known| known.id == self.field) else {
            return;
        };
        match field.field() {
            Field::Priority => ticket.priority = named(&names.priorities, self.value_id),
            Field::Subject => ticket.subject = self.value,
            Field::Custom(name) if field.kind != "thread" => {
                ticket.fields.insert(name, text::stored(&self.value));
            }
            _ => {}
        }
    }
}

/// The key that an address stands for, where it is one of ours (RFC 4193, `fd` and 120 bits).
pub(crate) fn key_of(address: &str) -> Option<EffectKey> {
    let bytes = address.parse::<Ipv6Addr>().ok()?.octets();
    let (first, rest) = bytes.split_first()?;
    (*first == 0xfd)
        .then(|| rest.try_into().ok().map(EffectKey))
        .flatten()
}
