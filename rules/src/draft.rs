//! What a rule file says, as written: word lists, defaults and rules, each with its place for a later complaint.

pub mod sample;
pub mod weights;

use sample::SampleDraft;
use weights::ScaleDraft;

use crate::form::{At, Faults, Field, Form, Table, Written};
use crate::report::{Kind, Severity};

#[derive(Debug, Default)]
pub struct Draft {
    pub lists: Vec<ListDraft>,
    pub defaults: Vec<(Written<String>, Severity)>,
    pub rules: Vec<RuleDraft>,
    /// The tests of the file, those beside a rule and those of `[[test]]`.
    pub samples: Vec<SampleDraft>,
    pub scales: Vec<ScaleDraft>,
}

#[derive(Debug)]
pub struct ListDraft {
    pub name: Written<String>,
    pub phrases: Vec<Written<String>>,
}

#[derive(Debug)]
pub struct RuleDraft {
    pub name: Written<String>,
    pub kind: Option<Kind>,
    pub incident: Option<String>,
    pub severity: Option<Severity>,
    pub at_most: Option<Severity>,
    pub firm: bool,
    pub priority: i64,
    pub clause: String,
    pub reason: String,
    pub when: Group,
}

/// `any`, `all` and `not`, which must all hold.
#[derive(Debug, Default)]
pub struct Group {
    pub at: Option<At>,
    pub any: Vec<Item>,
    pub all: Vec<Item>,
    pub not: Vec<Item>,
}

#[derive(Debug)]
pub enum Item {
    Says(Written<String>),
    Nested(Group),
}

pub(crate) const LEVELS: &[(&str, Severity)] = &[
    ("high", Severity::High),
    ("medium", Severity::Medium),
    ("low", Severity::Low),
];
pub(crate) const KINDS: &[(&str, Kind)] = &[
    ("report", Kind::Report),
    ("follow_up", Kind::FollowUp),
    ("automated", Kind::Automated),
    ("auto_reply", Kind::AutoReply),
    ("bounce", Kind::Bounce),
    ("other", Kind::Other),
];

/// Reads one file; every fault of its form is told at once.
pub fn read(form: &Form) -> Draft {
    let root = form.root();
    let mut draft = Draft::default();
    if let Some(words) = root.maybe("words").table() {
        for (name, field) in words.entries() {
            draft.lists.push(ListDraft {
                name,
                phrases: field.texts().unwrap_or_default(),
            });
        }
    }
    if let Some(defaults) = root.maybe("severity").table() {
        for (name, field) in defaults.entries() {
            draft
                .defaults
                .extend(field.one_of(LEVELS).map(|level| (name, level)));
        }
    }
    let rules = root.maybe("rule").tables();
    for table in &rules {
        draft.rules.extend(rule(table));
        draft.samples.extend(sample::beside(table));
    }
    draft.samples.extend(sample::apart(&root));
    draft.scales = weights::all(&root);
    draft
}

/// The faults of the files' form, and the drafts they give.
pub fn finish(form: Form) -> Faults {
    form.finish()
}

fn rule(table: &Table<'_>) -> Option<RuleDraft> {
    let name = table.need("name").written();
    let kind = table.maybe("kind").one_of(KINDS);
    let incident = table.maybe("type").text();
    let severity = table.maybe("severity").one_of(LEVELS);
    let at_most = table.maybe("at_most").one_of(LEVELS);
    let firm = table.maybe("firm").flag().unwrap_or(false);
    let priority = table.maybe("priority").integer(0..=1000).unwrap_or(0);
    let clause = table.maybe("clause").text().unwrap_or_default();
    let reason = table.maybe("reason").text().unwrap_or_default();
    let mut when = group(table);
    when.at = Some(table.at());
    if when.any.is_empty() && when.all.is_empty() {
        table.fault(
            "aturan ini tidak pernah berlaku: tidak ada `any` maupun `all`",
            "tambahkan any = [\"nama-daftar-kata\"]",
        );
    }
    if kind.is_none() && incident.is_none() && severity.is_none() && at_most.is_none() {
        table.fault(
            "aturan ini tidak memutuskan apa pun",
            "tambahkan type, severity, at_most atau kind",
        );
    }
    Some(RuleDraft {
        name: name?,
        kind,
        incident,
        severity,
        at_most,
        firm,
        priority,
        clause,
        reason,
        when,
    })
}

fn group(table: &Table<'_>) -> Group {
    Group {
        at: Some(table.at()),
        any: items(&table.maybe("any")),
        all: items(&table.maybe("all")),
        not: items(&table.maybe("not")),
    }
}

fn items(field: &Field<'_>) -> Vec<Item> {
    if field.is_text() {
        return field.written().map(Item::Says).into_iter().collect();
    }
    let list = field.items();
    let read = list.iter().filter_map(|item| {
        if item.is_table() {
            item.table().map(|table| Item::Nested(group(&table)))
        } else {
            item.written().map(Item::Says)
        }
    });
    read.collect()
}
