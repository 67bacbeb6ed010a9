//! `[[scale]]`: one answer of a scale, and what speaks for and against it.

use crate::form::{Table, Written};
use crate::scale::Question;

#[derive(Debug)]
pub struct ScaleDraft {
    pub of: Question,
    pub is: Written<String>,
    pub base: i64,
    /// `412 kuota`, `-40 [denied mati]`, `120 {phishing}`, `30 <attachment>`.
    pub weighs: Vec<Written<String>>,
}

const QUESTIONS: &[(&str, Question)] = &[
    ("type", Question::Type),
    ("severity", Question::Severity),
    ("kind", Question::Kind),
];

pub fn all(root: &Table<'_>) -> Vec<ScaleDraft> {
    let tables = root.maybe("scale").tables();
    tables.iter().filter_map(one).collect()
}

fn one(table: &Table<'_>) -> Option<ScaleDraft> {
    let of = table.need("of").one_of(QUESTIONS);
    let is = table.need("is").written();
    let base = table.maybe("base").integer(-1_000_000..=1_000_000);
    let weighs = table.need("weighs").texts();
    Some(ScaleDraft {
        of: of?,
        is: is?,
        base: base.unwrap_or(0),
        weighs: weighs?,
    })
}
