//! What a rule file says, as written: word lists, defaults and rules, each with its place for a later complaint.

pub mod sample;
pub mod weights;

use sample::SampleDraft;
use weights::ScaleDraft;

use crate::form::{At, Faults, Field, Form, Table, Written};
use crate::report::{Kind, Severity};
use crate::words;

#[derive(Debug, Default)]
pub struct Draft {
    /// Words that are added to what earlier files have.
    pub lists: Vec<ListDraft>,
    /// Words that take the place of what earlier files have.
    pub instead: Vec<ListDraft>,
    /// Phrases that are taken out of what earlier files have.
    pub without: Vec<ListDraft>,
    pub patterns: Vec<ListDraft>,
    /// A level that cannot be read is `None`; its type is looked at all the same.
    pub defaults: Vec<(Written<String>, Option<Severity>)>,
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
    pub incident: Option<Written<String>>,
    pub severity: Option<Severity>,
    pub at_most: Option<Severity>,
    pub firm: bool,
    /// Where the decisions stand.
    pub at: Decided,
    pub priority: i64,
    /// Takes an earlier file's rule away.
    pub off: bool,
    pub queue: Option<u8>,
    pub tags: Vec<String>,
    pub deadlines: Vec<String>,
    pub clause: String,
    pub reason: String,
    pub when: Group,
}

/// Where a rule writes what it decides; the table's own place where it does not.
#[derive(Debug, Clone, Copy)]
pub struct Decided {
    pub kind: At,
    pub severity: At,
    pub at_most: At,
    pub firm: At,
}

impl Decided {
    fn of(table: &Table<'_>) -> Self {
        let at = |key: &str| table.maybe(key).at();
        Self {
            kind: at("kind"),
            severity: at("severity"),
            at_most: at("at_most"),
            firm: at("firm"),
        }
    }
}

/// `any`, `all` and `not`, which must all hold.
#[derive(Debug, Default)]
pub struct Group {
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
    let mut draft = Draft {
        lists: lists(&root.maybe("words")),
        instead: lists(&root.maybe("words_instead")),
        without: lists(&root.maybe("words_without")),
        patterns: lists(&root.maybe("patterns")),
        ..Draft::default()
    };
    if let Some(defaults) = root.maybe("severity").table() {
        for (name, field) in defaults.entries() {
            draft.defaults.push((name, field.one_of(LEVELS)));
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

fn lists(field: &Field<'_>) -> Vec<ListDraft> {
    let Some(table) = field.table() else {
        return Vec::new();
    };
    let list = |(name, field): (Written<String>, Field<'_>)| ListDraft {
        name,
        phrases: field.texts().unwrap_or_default(),
    };
    table.entries().into_iter().map(list).collect()
}

/// The faults of the files' form, and the drafts they give.
pub fn finish(form: Form) -> Faults {
    form.finish()
}

/// What starts a deadline's clock; `daemon/src/case/deadline.rs` knows how long each runs.
const CLOCKS: &[&str] = &["iiv", "pdp"];
/// The queue sheet's places.
const PLACES: std::ops::RangeInclusive<i64> = 1..=9;

fn rule(table: &Table<'_>) -> Option<RuleDraft> {
    let name = table.need("name").written();
    let draft = RuleDraft {
        name: name.clone().unwrap_or_else(|| Written {
            value: String::new(),
            at: table.at(),
        }),
        kind: table.maybe("kind").one_of(KINDS),
        incident: table.maybe("type").written(),
        severity: table.maybe("severity").one_of(LEVELS),
        at_most: table.maybe("at_most").one_of(LEVELS),
        firm: table.maybe("firm").flag().unwrap_or(false),
        at: Decided::of(table),
        priority: table.maybe("priority").integer(0..=1000).unwrap_or(0),
        off: table.maybe("off").flag().unwrap_or(false),
        queue: table
            .maybe("queue")
            .integer(PLACES)
            .and_then(|place| u8::try_from(place).ok()),
        tags: tags(&table.maybe("tags")),
        deadlines: clocks(&table.maybe("deadline")),
        clause: table.maybe("clause").text().unwrap_or_default(),
        reason: table.maybe("reason").text().unwrap_or_default(),
        when: group(table),
    };
    if draft.off {
        alone(table, &draft);
    } else {
        complete(table, &draft);
    }
    name.map(|_| draft)
}

/// A rule must be able to hold, and must decide something.
fn complete(table: &Table<'_>, draft: &RuleDraft) {
    if draft.when.any.is_empty() && draft.when.all.is_empty() {
        table.fault(
            words!(
                "aturan ini tidak pernah berlaku: tidak ada `any` maupun `all`",
                "this rule never holds: it has neither `any` nor `all`"
            ),
            words!(
                "tambahkan any = [\"nama-daftar-kata\"]",
                "add any = [\"name-of-a-word-list\"]"
            ),
        );
    }
    let levels = draft.severity.is_some() || draft.at_most.is_some();
    let marks = draft.queue.is_some() || !draft.tags.is_empty() || !draft.deadlines.is_empty();
    if draft.kind.is_none() && draft.incident.is_none() && !levels && !marks {
        table.fault(
            words!(
                "aturan ini tidak memutuskan apa pun",
                "this rule decides nothing"
            ),
            words!(
                "tambahkan type, severity, at_most, kind, queue, tags atau deadline",
                "add type, severity, at_most, kind, queue, tags or deadline"
            ),
        );
    }
}

/// `off = true` takes a rule away; what else stands beside it would never be looked at.
fn alone(table: &Table<'_>, draft: &RuleDraft) {
    let asks =
        !(draft.when.any.is_empty() && draft.when.all.is_empty() && draft.when.not.is_empty());
    if asks || draft.severity.is_some() || draft.kind.is_some() || draft.incident.is_some() {
        table.fault(
            words!(
                "`off = true` mematikan aturan ini, tetapi isinya masih ditulis",
                "`off = true` switches this rule off, and yet it has content"
            ),
            words!(
                "cukup name dan off; hapus off bila aturan ini hendak diganti",
                "name and off are enough; take out off if this rule is to be replaced"
            ),
        );
    }
}

/// Tags go into tickets and reports: short words of small letters, digits and hyphens.
fn tags(field: &Field<'_>) -> Vec<String> {
    let good = |tag: &str| {
        let letters = tag
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        letters && tag.len() <= 30
    };
    let mut tags: Vec<String> = Vec::new();
    for tag in field.texts().unwrap_or_default() {
        if !good(&tag.value) || tags.len() >= 8 {
            field.fault(
                words!("tanda `{}` tidak dapat dipakai", "the tag `{}` cannot be used", tag.value),
                words!("paling banyak 8 tanda, masing-masing huruf kecil, angka dan tanda hubung, paling panjang 30 huruf", "at most 8 tags, each of lower-case letters, digits and hyphens, at most 30 long"),
            );
            continue;
        }
        tags.push(tag.value);
    }
    tags
}

fn clocks(field: &Field<'_>) -> Vec<String> {
    let written = field.texts().unwrap_or_default().into_iter();
    let clocks: Vec<String> = written.map(|clock| clock.value).collect();
    for clock in clocks
        .iter()
        .filter(|clock| !CLOCKS.contains(&clock.as_str()))
    {
        field.fault(
            words!(
                "tenggat `{clock}` tidak dikenal",
                "the deadline `{clock}` is not known"
            ),
            words!(
                "iiv (1×24 jam, Perban BSSN 1/2024) atau pdp (3×24 jam, UU 27/2022)",
                "iiv (1×24 hours, Perban BSSN 1/2024) or pdp (3×24 hours, UU 27/2022)"
            ),
        );
    }
    clocks
}

fn group(table: &Table<'_>) -> Group {
    Group {
        any: items(&table.maybe("any")),
        all: items(&table.maybe("all")),
        not: items(&table.maybe("not")),
    }
}

fn nested(table: &Table<'_>) -> Group {
    let group = group(table);
    if group.any.is_empty() && group.all.is_empty() && group.not.is_empty() {
        table.fault(
            words!("kelompok ini kosong", "this group is empty"),
            words!(
                "{{ any = [\"nama-daftar-kata\"] }}, atau hapus kelompoknya",
                "{{ any = [\"name-of-a-word-list\"] }}, or take the group out"
            ),
        );
    }
    group
}

fn items(field: &Field<'_>) -> Vec<Item> {
    if field.is_text() {
        return field.written().map(Item::Says).into_iter().collect();
    }
    let list = field.items();
    let read = list.iter().filter_map(|item| {
        if item.is_table() {
            item.table().map(|table| Item::Nested(nested(&table)))
        } else {
            item.written().map(Item::Says)
        }
    });
    read.collect()
}
