//! What happened, from osTicket's two logs: events and entries. Neither is complete alone, and neither knows of the other.

use serde_json::{Map, Value};
use sqlx::mysql::MySqlRow;
use sqlx::{AssertSqlSafe, Row};

use super::names::{Names, named};
use super::text::{plain, shown};
use super::tickets::key_of;
use super::{Database, trouble};
use crate::{
    Author, Change, Changes, Cursor, Deed, Entry, Field, Mark, Named, ReadError, Source, Standing,
    Status, ThreadId, TicketId,
};

/// Rows before the cursor that are read once more: a row may appear after one with a higher id.
pub(super) const OVERLAP: i64 = 50;
/// Rows of each log in one reading, beside the overlap.
const PAGE: i64 = 250;
/// One event can change many fields; each is a change of its own.
const PARTS: i64 = 100;
/// `ThreadEntry::FLAG_EDITED`: stands in the place of its parent.
const EDITED: i64 = 0x2;

const EVENTS: &str = "SELECT CAST(ev.id AS SIGNED), CAST(ev.thread_id AS SIGNED), CAST(COALESCE(t.ticket_id, 0) AS SIGNED), CAST(COALESCE(t.ip_address, '') AS CHAR),
    CAST(UNIX_TIMESTAMP(ev.timestamp) AS SIGNED), CAST(en.name AS CHAR), CAST(COALESCE(ev.data, '') AS CHAR), CAST(ev.username AS CHAR), CAST(COALESCE(ev.uid, 0) AS SIGNED), CAST(ev.uid_type AS CHAR)
    FROM {thread_event} ev JOIN {event} en ON en.id = ev.event_id LEFT JOIN {thread} th ON th.id = ev.thread_id LEFT JOIN {ticket} t ON t.ticket_id = th.object_id AND th.object_type IN ('T', 'C')
    WHERE ev.id > ? AND ev.thread_type <> 'A' ORDER BY ev.id LIMIT ?";

const ENTRIES: &str = "SELECT CAST(e.id AS SIGNED), CAST(e.thread_id AS SIGNED), CAST(COALESCE(t.ticket_id, 0) AS SIGNED), CAST(COALESCE(t.ip_address, '') AS CHAR),
    CAST(UNIX_TIMESTAMP(IF(e.flags & 2, e.updated, e.created)) AS SIGNED), CAST(e.type AS CHAR), CAST(e.body AS CHAR), CAST(e.poster AS CHAR), CAST(e.staff_id AS SIGNED), CAST(e.user_id AS SIGNED),
    CAST(COALESCE(e.title, '') AS CHAR), CAST(e.format AS CHAR), CAST(e.flags AS SIGNED), CAST(e.pid AS SIGNED),
    CAST(NOT EXISTS (SELECT 1 FROM {thread_entry} f WHERE f.thread_id = e.thread_id AND f.id < e.id) AS SIGNED), CAST(COALESCE(e.ip_address, '') AS CHAR)
    FROM {thread_entry} e JOIN {thread} th ON th.id = e.thread_id AND th.object_type IN ('T', 'C') LEFT JOIN {ticket} t ON t.ticket_id = th.object_id
    WHERE e.id > ? ORDER BY e.id LIMIT ?";

/// What both logs say of a change, beside what was done.
struct Place {
    id: i64,
    thread: ThreadId,
    ticket: Option<TicketId>,
    key: Option<crate::EffectKey>,
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

impl Database {
    pub(super) async fn read_log(&self, cursor: Cursor) -> Result<Changes, ReadError> {
        let limit = PAGE + OVERLAP;
        let events = self.rows(EVENTS, cursor.event - OVERLAP, limit).await?;
        let entries = self.rows(ENTRIES, cursor.entry - OVERLAP, limit).await?;
        if events.is_empty() && entries.is_empty() {
            return Ok(Changes {
                cursor,
                ..Changes::default()
            });
        }
        let names = self.names().await?;
        let told = |error| trouble(&error);
        let mut from_events = Vec::new();
        for row in &events {
            from_events.extend(event(row, &names).map_err(told)?);
        }
        let from_entries = entries
            .iter()
            .map(|row| entry(row).map_err(told))
            .collect::<Result<Vec<_>, _>>()?;
        for change in &mut from_events {
            if matches!(&change.by, Author::Agent(who) if Some(who.id) == self.agent) {
                change.by = Author::Us(None);
            }
        }
        let last = |rows: &[MySqlRow], before: i64| {
            rows.last()
                .and_then(|row| row.try_get(0).ok())
                .unwrap_or(before)
                .max(before)
        };
        let full = |rows: &[MySqlRow]| i64::try_from(rows.len()).is_ok_and(|count| count >= limit);
        Ok(Changes {
            cursor: Cursor {
                event: last(&events, cursor.event),
                entry: last(&entries, cursor.entry),
                log: 0,
            },
            more: full(&events) || full(&entries),
            changes: woven(from_events, from_entries),
        })
    }

    async fn rows(&self, text: &str, after: i64, limit: i64) -> Result<Vec<MySqlRow>, ReadError> {
        let query = sqlx::query(AssertSqlSafe(self.sql(text)))
            .bind(after)
            .bind(limit);
        query
            .fetch_all(&self.pool)
            .await
            .map_err(|error| trouble(&error))
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

fn place(row: &MySqlRow) -> Result<Place, sqlx::Error> {
    let ticket: i64 = row.try_get(2)?;
    let address: String = row.try_get(3)?;
    let at: Option<i64> = row.try_get(4)?;
    Ok(Place {
        id: row.try_get(0)?,
        thread: ThreadId(row.try_get(1)?),
        ticket: (ticket > 0).then_some(TicketId(ticket)),
        key: key_of(&address),
        at: at.unwrap_or(0),
    })
}

fn event(row: &MySqlRow, names: &Names) -> Result<Vec<Change>, sqlx::Error> {
    let place = place(row)?;
    let (name, data, username, uid_type): (String, String, String, String) = (
        row.try_get(5)?,
        row.try_get(6)?,
        row.try_get(7)?,
        row.try_get(9)?,
    );
    let uid: i64 = row.try_get(8)?;
    let by = match uid_type.as_str() {
        _ if uid == 0 || username == "SYSTEM" => Author::System,
        "S" => named(&names.agents, uid).map_or(Author::System, Author::Agent),
        _ => Author::User(Named {
            id: uid,
            name: username,
        }),
    };
    let data: Map<String, Value> = serde_json::from_str(&data).unwrap_or_default();
    let deeds = deeds(&name, &data, names, &by);
    Ok(deeds
        .into_iter()
        .zip(0..PARTS)
        .map(|(deed, part)| place.change(Source::Event, part, by.clone(), deed))
        .collect())
}

fn deeds(name: &str, data: &Map<String, Value>, names: &Names, by: &Author) -> Vec<Deed> {
    let one = |deed: Deed| vec![deed];
    match name {
        "created" => one(Deed::Created),
        "closed" => one(Deed::Status(closed(data, names))),
        "reopened" => one(Deed::Reopened),
        "assigned" => one(assigned(data, names, by)),
        "released" => one(Deed::Released),
        "transferred" => one(Deed::Edited {
            field: Field::Department,
            from: String::new(),
            to: data.get("dept").map(shown).unwrap_or_default(),
        }),
        "edited" => edited(data, names),
        "merged" => one(Deed::Merged {
            with: other(data),
            number: number(data),
        }),
        "linked" => one(Deed::Linked {
            with: other(data),
            number: number(data),
        }),
        "unlinked" => one(Deed::Unlinked {
            with: other(data),
            number: number(data),
        }),
        "deleted" => one(Deed::Deleted),
        other => one(Deed::Other(other.to_owned())),
    }
}

/// `{"status":[3,"Closed"]}`
fn closed(data: &Map<String, Value>, names: &Names) -> Option<Status> {
    let pair = data.get("status")?;
    let id = pair.get(0).unwrap_or(pair).as_i64()?;
    let said = || {
        pair.get(1).map(|name| Status {
            id,
            name: shown(name),
            standing: Standing::Closed,
        })
    };
    names.status(id).or_else(said)
}

/// `{"claim":true}`, `{"staff":4}`, `{"staff":[4,"Ada"]}`, `{"team":1}`
fn assigned(data: &Map<String, Value>, names: &Names, by: &Author) -> Deed {
    let id = |key: &str| {
        data.get(key)
            .and_then(|value| value.get(0).unwrap_or(value).as_i64())
            .unwrap_or(0)
    };
    let claimed = match by {
        Author::Agent(who) if data.contains_key("claim") => Some(who.clone()),
        _ => None,
    };
    Deed::Assigned {
        agent: claimed.or_else(|| named(&names.agents, id("staff"))),
        team: named(&names.teams, id("team")),
    }
}

/// `{"status":6}`; `{"fields":{"22":[["Normal",2],["High",3]]}}`; `{"topic_id":[1,2]}`
fn edited(data: &Map<String, Value>, names: &Names) -> Vec<Deed> {
    let mut deeds = Vec::new();
    for (key, value) in data {
        match (key.as_str(), value) {
            ("status", status) => deeds.push(Deed::Status(
                status.as_i64().and_then(|id| names.status(id)),
            )),
            ("fields", Value::Object(fields)) => {
                deeds.extend(fields.iter().map(|(id, pair)| field(id, pair, names)));
            }
            // The panel's field dialog logs the pair once more, without the field.
            (key, _) if key.bytes().all(|byte| byte.is_ascii_digit()) => {}
            ("topic_id", pair) => deeds.push(topic(pair, names)),
            (other, pair) => deeds.push(pair_of(Field::Other(other.to_owned()), pair)),
        }
    }
    if deeds.is_empty() {
        deeds.push(Deed::Other("edited".to_owned()));
    }
    deeds
}

fn field(id: &str, pair: &Value, names: &Names) -> Deed {
    let known = names.fields.iter().find(|field| id.parse() == Ok(field.id));
    pair_of(
        known.map_or_else(
            || Field::Other(id.to_owned()),
            super::names::FieldRow::field,
        ),
        pair,
    )
}

fn topic(pair: &Value, names: &Names) -> Deed {
    let name = |place: usize| {
        pair.get(place)
            .and_then(Value::as_i64)
            .and_then(|id| named(&names.topics, id))
            .map(|topic| topic.name)
            .unwrap_or_default()
    };
    Deed::Edited {
        field: Field::Topic,
        from: name(0),
        to: name(1),
    }
}

fn pair_of(field: Field, pair: &Value) -> Deed {
    let side = |place: usize| pair.get(place).map(shown).unwrap_or_default();
    Deed::Edited {
        field,
        from: side(0),
        to: side(1),
    }
}

fn other(data: &Map<String, Value>) -> Option<TicketId> {
    data.get("id")?.as_i64().map(TicketId)
}

/// `Ticket #123456`
fn number(data: &Map<String, Value>) -> String {
    let said = data.get("ticket").map(shown).unwrap_or_default();
    said.rsplit_once('#')
        .map_or(said.clone(), |(_, number)| number.to_owned())
}

fn entry(row: &MySqlRow) -> Result<Change, sqlx::Error> {
    let place = place(row)?;
    let (kind, body, poster): (String, String, String) =
        (row.try_get(5)?, row.try_get(6)?, row.try_get(7)?);
    let (staff, user, flags, parent, first): (i64, i64, i64, i64, i64) = (
        row.try_get(8)?,
        row.try_get(9)?,
        row.try_get(12)?,
        row.try_get(13)?,
        row.try_get(14)?,
    );
    let format: String = row.try_get(11)?;
    let entry = Entry {
        id: place.id,
        title: row.try_get(10)?,
        text: plain(&body, &format),
        replaces: (flags & EDITED != 0 && parent > 0).then_some(parent),
    };
    let ours = place.key.is_some() && first == 1 && kind == "M";
    // What our plugin writes bears its own key where others have their address.
    let written = key_of(&row.try_get::<String, _>(15)?);
    let by = match (staff, user) {
        _ if ours => Author::Us(place.key),
        _ if written.is_some() && entry.replaces.is_none() => Author::Us(written),
        (1.., _) => Author::Agent(Named {
            id: staff,
            name: poster,
        }),
        (_, 1..) => Author::User(Named {
            id: user,
            name: poster,
        }),
        _ => Author::System,
    };
    let deed = match kind.as_str() {
        "R" => Deed::Reply(entry),
        "N" => Deed::Note(entry),
        _ => Deed::Message(entry),
    };
    Ok(place.change(Source::Entry, 0, by, deed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let status = Status {
            id: 6,
            name: "Dikerjakan".into(),
            standing: Standing::Open,
        };
        let priority = super::super::names::FieldRow {
            id: 22,
            kind: "priority".into(),
            name: "priority".into(),
            label: "Priority Level".into(),
        };
        let named = |id, name: &str| Named {
            id,
            name: name.to_owned(),
        };
        Names {
            statuses: vec![status],
            priorities: vec![],
            topics: vec![named(1, "Umum"), named(2, "Insiden")],
            departments: vec![],
            agents: vec![named(1, "Ada")],
            teams: vec![],
            fields: vec![priority],
        }
    }

    #[track_caller]
    fn check(name: &str, data: &str, expect: &[Deed]) {
        let data = serde_json::from_str(data).unwrap_or_default();
        let by = Author::Agent(Named {
            id: 1,
            name: "Ada".into(),
        });
        assert_eq!(deeds(name, &data, &names(), &by), expect);
    }

    /// As a real osTicket 1.18-git wrote them.
    #[test]
    fn recorded_events_are_read() {
        let edited = |field, from: &str, to: &str| Deed::Edited {
            field,
            from: from.into(),
            to: to.into(),
        };
        check(
            "edited",
            r#"{"0":["Normal",2],"1":["Emergency","4"],"fields":{"22":[["Normal",2],["Emergency","4"]]}}"#,
            &[edited(Field::Priority, "Normal", "Emergency")],
        );
        check(
            "edited",
            r#"{"status":6}"#,
            &[Deed::Status(names().status(6))],
        );
        check(
            "edited",
            r#"{"topic_id":[1,2]}"#,
            &[edited(Field::Topic, "Umum", "Insiden")],
        );
        check(
            "transferred",
            r#"{"dept":"Sales"}"#,
            &[edited(Field::Department, "", "Sales")],
        );
        check(
            "assigned",
            r#"{"claim":true}"#,
            &[Deed::Assigned {
                agent: Some(Named {
                    id: 1,
                    name: "Ada".into(),
                }),
                team: None,
            }],
        );
        check(
            "linked",
            r#"{"ticket":"Ticket #123456","id":5}"#,
            &[Deed::Linked {
                with: Some(TicketId(5)),
                number: "123456".into(),
            }],
        );
        check(
            "closed",
            r#"{"status":[3,"Closed"]}"#,
            &[Deed::Status(Some(Status {
                id: 3,
                name: "Closed".into(),
                standing: Standing::Closed,
            }))],
        );
        check("reopened", "", &[Deed::Reopened]);
        check("deleted", "rusak", &[Deed::Deleted]);
    }
}
