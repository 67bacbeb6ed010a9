//! From osTicket's words to the case's: what a change is, what it leaves a ticket as, and what it means. Pure.

use std::collections::BTreeMap;

use tanggap_bridge::{self as bridge, Author, Change, Field, Snapshot};

use super::command::{self, Command};
use crate::case::{Deed, InDesk, Meaning};
use crate::config::Mapping;
use crate::store::Seen;
use crate::tongue::Words;

/// A change in the case's words.
pub(super) struct Told {
    pub seen: InDesk,
    /// What is different on the ticket from now on, by field.
    pub values: Vec<(String, String)>,
    pub meaning: Option<Meaning>,
    /// A note that begins with a command word; its writer gets an answer.
    pub command: Option<Result<Command, Words>>,
    /// With this the ticket went into another one.
    pub merges: bool,
}

/// The fields of a ticket as this house remembers them.
pub(super) fn values_of(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let name = |named: &Option<bridge::Named>| {
        named
            .as_ref()
            .map(|named| named.name.clone())
            .unwrap_or_default()
    };
    let status = snapshot.status.as_ref().map(|status| status.name.clone());
    let mut values: BTreeMap<String, String> = [
        ("status", status.unwrap_or_default()),
        ("priority", name(&snapshot.priority)),
        ("topic", name(&snapshot.topic)),
        ("department", name(&snapshot.department)),
        ("agent", name(&snapshot.agent)),
        ("team", name(&snapshot.team)),
        ("subject", snapshot.subject.clone()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect();
    values.extend(
        snapshot
            .fields
            .iter()
            .map(|(field, value)| (format!("field:{field}"), value.clone())),
    );
    values
}

/// What both sides say differently, field by field: the field, what we last saw, what it is. A field that is empty on one side
/// and unknown on the other is no difference.
pub(super) fn drift(seen: &Seen, now: &BTreeMap<String, String>) -> Vec<(String, String, String)> {
    let mut keys: Vec<&String> = seen.values.keys().chain(now.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    let pair = |key: &String| {
        let was = seen.values.get(key).cloned().unwrap_or_default();
        let is = now.get(key).cloned().unwrap_or_default();
        (was != is).then(|| (key.clone(), was, is))
    };
    keys.into_iter().filter_map(pair).collect()
}

/// A change in the case's words; `None` for what has no place in its history: our own echo, and the ticket's creation.
pub(super) fn told(change: &Change, now: Option<&Snapshot>, mapping: &Mapping) -> Option<Told> {
    if matches!(change.by, Author::Us(_)) {
        return None;
    }
    let by = author(&change.by);
    let (deed, values) = deed(&change.deed, now)?;
    let person = matches!(change.by, Author::Agent(_));
    // osTicket closes what is merged: that is no word on the case.
    let closed_by_merging = matches!(change.deed, bridge::Deed::Status(_))
        && now.is_some_and(|now| now.merged_into.is_some());
    let meaning = if person && !closed_by_merging {
        meaning(&deed, mapping)
    } else {
        None
    };
    let command = match &deed {
        Deed::Note { text } if person => command::read(text),
        _ => None,
    };
    let at_ms = change.at.saturating_mul(1000);
    Some(Told {
        seen: InDesk { deed, by, at_ms },
        values,
        meaning,
        command,
        merges: false,
    })
}

/// What an echo of ours leaves a ticket as.
pub(super) fn echo(change: &Change, now: Option<&Snapshot>) -> Option<Vec<(String, String)>> {
    matches!(change.by, Author::Us(_)).then(|| {
        deed(&change.deed, now)
            .map(|(_, values)| values)
            .unwrap_or_default()
    })
}

/// A difference that was found by comparing: nobody can say who made it, and it counts all the same.
pub(super) fn found(key: &str, was: &str, is: &str, mapping: &Mapping) -> Told {
    let deed = match key {
        "status" => Deed::Status { to: is.to_owned() },
        "agent" | "team" if is.is_empty() => Deed::Released,
        "agent" | "team" => Deed::Assigned { to: is.to_owned() },
        other => Deed::Edited {
            field: field_name(other),
            from: was.to_owned(),
            to: is.to_owned(),
        },
    };
    let meaning = meaning(&deed, mapping);
    Told {
        seen: InDesk {
            deed,
            by: String::new(),
            at_ms: 0,
        },
        values: vec![(key.to_owned(), is.to_owned())],
        meaning,
        command: None,
        merges: false,
    }
}

fn author(by: &Author) -> String {
    match by {
        Author::Us(_) => "tanggap".to_owned(),
        Author::Agent(who) | Author::User(who) => who.name.clone(),
        Author::System => "osTicket".to_owned(),
    }
}

type Deeds = (Deed, Vec<(String, String)>);

fn deed(deed: &bridge::Deed, now: Option<&Snapshot>) -> Option<Deeds> {
    use bridge::Deed as There;
    let present = || {
        now.and_then(|now| now.status.as_ref())
            .map(|status| status.name.clone())
            .unwrap_or_default()
    };
    let same = |deed: Deed| Some((deed, Vec::new()));
    match deed {
        There::Created => None,
        There::Status(to) => {
            let to = to.as_ref().map_or_else(present, |to| to.name.clone());
            Some((
                Deed::Status { to: to.clone() },
                vec![("status".to_owned(), to)],
            ))
        }
        There::Reopened => Some((
            Deed::Reopened { to: present() },
            vec![("status".to_owned(), present())],
        )),
        There::Assigned { agent, team } => Some(assigned(agent.as_ref(), team.as_ref())),
        There::Released => Some((
            Deed::Released,
            vec![
                ("agent".to_owned(), String::new()),
                ("team".to_owned(), String::new()),
            ],
        )),
        There::Edited { field, from, to } => Some(edited(field, from, to)),
        There::Message(entry) => same(written(entry, |text| Deed::Message { text })),
        There::Reply(entry) => same(written(entry, |text| Deed::Reply { text })),
        There::Note(entry) => same(written(entry, |text| Deed::Note { text })),
        There::Merged { number, .. } => same(Deed::Merged {
            number: number.clone(),
        }),
        There::Linked { number, .. } => same(Deed::Linked {
            number: number.clone(),
        }),
        There::Unlinked { number, .. } => same(Deed::Unlinked {
            number: number.clone(),
        }),
        There::Deleted => same(Deed::Deleted),
        There::Other(name) => same(Deed::Other { name: name.clone() }),
    }
}

fn assigned(agent: Option<&bridge::Named>, team: Option<&bridge::Named>) -> Deeds {
    let mut values = Vec::new();
    let mut names = Vec::new();
    for (key, who) in [("agent", agent), ("team", team)] {
        if let Some(who) = who {
            values.push((key.to_owned(), who.name.clone()));
            names.push(who.name.as_str());
        }
    }
    (
        Deed::Assigned {
            to: names.join(", "),
        },
        values,
    )
}

fn edited(field: &Field, from: &str, to: &str) -> Deeds {
    let key = match field {
        Field::Subject => "subject".to_owned(),
        Field::Priority => "priority".to_owned(),
        Field::Topic => "topic".to_owned(),
        Field::Department => "department".to_owned(),
        Field::Custom(name) => format!("field:{name}"),
        Field::Other(name) => format!("other:{name}"),
    };
    let deed = Deed::Edited {
        field: field_name(&key),
        from: from.to_owned(),
        to: to.to_owned(),
    };
    let followed = !matches!(field, Field::Other(_));
    (
        deed,
        followed.then(|| (key, to.to_owned())).into_iter().collect(),
    )
}

fn field_name(key: &str) -> String {
    match key {
        "subject" => "perihal",
        "priority" => "prioritas",
        "topic" => "topik",
        "department" => "bagian",
        other => other.split_once(':').map_or(other, |(_, name)| name),
    }
    .to_owned()
}

fn written(entry: &bridge::Entry, deed: impl FnOnce(String) -> Deed) -> Deed {
    match entry.replaces {
        Some(_) => Deed::Rewritten {
            text: entry.text.clone(),
        },
        None => deed(entry.text.clone()),
    }
}

/// What the deed of a person means, by the words of the configuration.
fn meaning(deed: &Deed, mapping: &Mapping) -> Option<Meaning> {
    match deed {
        Deed::Status { to } => {
            let step = mapping.status.get(&to.to_lowercase())?;
            Some(Meaning::Step {
                step: *step,
                reason: String::new(),
            })
        }
        Deed::Reopened { .. } => Some(Meaning::Reopened),
        Deed::Assigned { to } => Some(Meaning::Assigned(to.clone())),
        Deed::Edited { field, to, .. } => edit_means(field, to, mapping),
        _ => None,
    }
}

fn edit_means(field: &str, to: &str, mapping: &Mapping) -> Option<Meaning> {
    let severity = || {
        mapping
            .priority
            .get(&to.to_lowercase())
            .cloned()
            .map(Meaning::Severity)
    };
    if field == "prioritas" || mapping.severity_field.as_deref() == Some(field) {
        return severity();
    }
    if mapping.type_field.as_deref() == Some(field) && !to.is_empty() {
        return Some(Meaning::Type(to.to_owned()));
    }
    let step = mapping.fields.get(field)?.get(&to.to_lowercase())?;
    Some(Meaning::Step {
        step: *step,
        reason: String::new(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use tanggap_bridge::{Mark, Named, Source, ThreadId};

    use super::*;
    use crate::case::Sop;

    fn change(by: Author, deed: bridge::Deed) -> Change {
        let mark = Mark {
            source: Source::Event,
            id: 1,
        };
        Change {
            mark,
            ticket: None,
            thread: ThreadId(1),
            key: None,
            at: 7,
            by,
            deed,
        }
    }

    fn ada() -> Author {
        Author::Agent(Named {
            id: 1,
            name: "Ada".into(),
        })
    }

    fn priority(to: &str) -> bridge::Deed {
        bridge::Deed::Edited {
            field: Field::Priority,
            from: "Normal".into(),
            to: to.into(),
        }
    }

    #[test]
    fn a_persons_word_counts_and_an_echo_does_not() {
        let mapping = Mapping::default();
        let by_ada = told(&change(ada(), priority("Emergency")), None, &mapping).unwrap();
        assert_eq!(by_ada.meaning, Some(Meaning::Severity("high".into())));
        assert_eq!(
            by_ada.values,
            [("priority".to_owned(), "Emergency".to_owned())]
        );
        assert!(told(&change(Author::Us(None), priority("High")), None, &mapping).is_none());
        let by_itself = told(&change(Author::System, priority("High")), None, &mapping).unwrap();
        assert_eq!(
            by_itself.meaning, None,
            "an automatic change of osTicket's is no decision of a person"
        );
    }

    #[test]
    fn statuses_and_fields_mean_what_the_configuration_says() {
        let mut mapping = Mapping::default();
        mapping.fields.insert(
            "tahap".into(),
            [("disposisi".to_owned(), Sop::Disposition)].into(),
        );
        let deed = bridge::Deed::Edited {
            field: Field::Custom("tahap".into()),
            from: String::new(),
            to: "Disposisi".into(),
        };
        let staged = told(&change(ada(), deed), None, &mapping).unwrap();
        assert!(matches!(
            staged.meaning,
            Some(Meaning::Step {
                step: Sop::Disposition,
                ..
            })
        ));
        assert_eq!(staged.values[0].0, "field:tahap");
    }

    #[test]
    fn both_maps_are_walked() {
        let seen = Seen {
            values: [
                ("status".to_owned(), "Open".to_owned()),
                ("agent".to_owned(), "Ada".to_owned()),
            ]
            .into(),
            ..Seen::default()
        };
        let now = [
            ("status".to_owned(), "Open".to_owned()),
            ("field:tahap".to_owned(), "Pulih".to_owned()),
            ("topic".to_owned(), String::new()),
        ]
        .into();
        assert_eq!(
            drift(&seen, &now),
            [
                ("agent".to_owned(), "Ada".to_owned(), String::new()),
                ("field:tahap".to_owned(), String::new(), "Pulih".to_owned())
            ]
        );
    }
}
