//! What an event of osTicket's log says was done. Its `data` has another shape for every kind of event.

use serde_json::{Map, Value};

use super::names::{FieldRow, Names, named};
use super::text::shown;
use crate::{Author, Deed, Field, Standing, Status, TicketId};

pub(super) fn deeds(
    name: &str,
    data: &Map<String, Value>,
    names: &Names,
    by: &Author,
) -> Vec<Deed> {
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
        known.map_or_else(|| Field::Other(id.to_owned()), FieldRow::field),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Named;

    fn names() -> Names {
        let status = Status {
            id: 6,
            name: "Dikerjakan".into(),
            standing: Standing::Open,
        };
        let priority = FieldRow {
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
