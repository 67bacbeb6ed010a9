//! osTicket's rows as it keeps them, and what they mean. They come from its database or from our plugin; they mean the same.

mod deeds;
mod names;
mod text;
mod tickets;

use serde::Deserialize;

pub(crate) use names::{FieldRow, Names, standing};
pub(crate) use tickets::{TicketRow, ValueRow, key_of};

use crate::{Author, Change, Deed, EffectKey, Entry, Mark, Named, Source, ThreadId, TicketId};

/// Rows before the cursor that are read once more: a row may appear after one with a higher id. The plugin does the same.
pub(crate) const OVERLAP: i64 = 50;
/// One event can change many fields; each is a change of its own.
const PARTS: i64 = 100;
/// `ThreadEntry::FLAG_EDITED`: stands in the place of its parent.
const EDITED: i64 = 0x2;

/// A row of `thread_event`. Zero and empty where osTicket has nothing.
#[derive(Debug, Deserialize)]
pub(crate) struct EventRow {
    pub id: i64,
    pub thread: i64,
    pub ticket: i64,
    /// The ticket's `ip_address`.
    pub marker: String,
    /// Seconds since 1970-01-01 UTC.
    pub at: i64,
    pub name: String,
    pub data: String,
    pub username: String,
    pub uid: i64,
    pub uid_type: String,
}

/// A row of `thread_entry`.
#[derive(Debug, Deserialize)]
pub(crate) struct EntryRow {
    pub id: i64,
    pub thread: i64,
    pub ticket: i64,
    /// The ticket's `ip_address`.
    pub marker: String,
    /// Seconds since 1970-01-01 UTC.
    pub at: i64,
    pub kind: String,
    pub body: String,
    pub poster: String,
    pub staff: i64,
    pub user: i64,
    pub title: String,
    pub format: String,
    pub flags: i64,
    pub parent: i64,
    /// 1 where no entry of its thread came before it.
    pub first: i64,
    /// Its own `ip_address`.
    pub address: String,
}

/// A stretch of both logs.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub events: Vec<EventRow>,
    pub entries: Vec<EntryRow>,
}

/// What both logs say of a change, beside what was done.
struct Place {
    id: i64,
    thread: ThreadId,
    ticket: Option<TicketId>,
    key: Option<EffectKey>,
    at: i64,
}

impl Place {
    fn change(&self, source: Source, part: i64, by: Author, deed: Deed) -> Change {
        let mark = Mark {
            source,
            id: self.id * PARTS + part,
        };
        Change {
            mark,
            ticket: self.ticket,
            thread: self.thread,
            key: self.key,
            at: self.at,
            by,
            deed,
        }
    }
}

impl Log {
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.entries.is_empty()
    }

    /// What was done, oldest first. What `agent` did, this house did.
    pub fn changes(self, names: &Names, agent: Option<i64>) -> Vec<Change> {
        let events = self.events.iter();
        let events = events.flat_map(|row| row.changes(names, agent)).collect();
        let entries = self.entries.into_iter().map(EntryRow::change).collect();
        woven(events, entries)
    }
}

/// Both logs as one, by their clock, each in its own order.
fn woven(events: Vec<Change>, entries: Vec<Change>) -> Vec<Change> {
    let mut woven = Vec::with_capacity(events.len() + entries.len());
    let (mut events, mut entries) = (
        events.into_iter().peekable(),
        entries.into_iter().peekable(),
    );
    while let (Some(event), Some(entry)) = (events.peek(), entries.peek()) {
        let next = if entry.at < event.at {
            entries.next()
        } else {
            events.next()
        };
        woven.extend(next);
    }
    woven.extend(events);
    woven.extend(entries);
    woven
}

impl EventRow {
    fn changes(&self, names: &Names, agent: Option<i64>) -> Vec<Change> {
        let place = Place {
            id: self.id,
            thread: ThreadId(self.thread),
            ticket: (self.ticket > 0).then_some(TicketId(self.ticket)),
            key: key_of(&self.marker),
            at: self.at,
        };
        let by = self.author(names);
        let data = serde_json::from_str(&self.data).unwrap_or_default();
        let deeds = deeds::deeds(&self.name, &data, names, &by);
        let by = match by {
            Author::Agent(who) if Some(who.id) == agent => Author::Us(None),
            by => by,
        };
        let change = |(deed, part)| place.change(Source::Event, part, by.clone(), deed);
        deeds.into_iter().zip(0..PARTS).map(change).collect()
    }

    fn author(&self, names: &Names) -> Author {
        match self.uid_type.as_str() {
            _ if self.uid == 0 || self.username == "SYSTEM" => Author::System,
            "S" => names::named(&names.agents, self.uid).map_or(Author::System, Author::Agent),
            _ => Author::User(Named {
                id: self.uid,
                name: self.username.clone(),
            }),
        }
    }
}

impl EntryRow {
    fn change(self) -> Change {
        let place = Place {
            id: self.id,
            thread: ThreadId(self.thread),
            ticket: (self.ticket > 0).then_some(TicketId(self.ticket)),
            key: key_of(&self.marker),
            at: self.at,
        };
        let entry = Entry {
            id: self.id,
            title: self.title,
            text: text::plain(&self.body, &self.format),
            replaces: (self.flags & EDITED != 0 && self.parent > 0).then_some(self.parent),
        };
        let ours = place.key.is_some() && self.first == 1 && self.kind == "M";
        // What our plugin writes bears its own key where others have their address.
        let written = key_of(&self.address);
        let named = |id, name| Named { id, name };
        let by = match (self.staff, self.user) {
            _ if ours => Author::Us(place.key),
            _ if written.is_some() && entry.replaces.is_none() => Author::Us(written),
            (id @ 1.., _) => Author::Agent(named(id, self.poster)),
            (_, id @ 1..) => Author::User(named(id, self.poster)),
            _ => Author::System,
        };
        let deed = match self.kind.as_str() {
            "R" => Deed::Reply(entry),
            "N" => Deed::Note(entry),
            _ => Deed::Message(entry),
        };
        place.change(Source::Entry, 0, by, deed)
    }
}
