//! A test as written beside a rule: a mail, and what must come of it.

use super::{KINDS, LEVELS};
use crate::form::{Field, Form, Table, Written};
use crate::prove::{Letter, Sample, Scene, Wanted};
use crate::roster::By;
use crate::ruleset::Trait;
use crate::words;

#[derive(Debug)]
pub struct SampleDraft {
    pub rule: Written<String>,
    pub letter: Letter,
    pub wanted: Wanted,
}

impl SampleDraft {
    pub fn placed(&self, form: &Form, file: usize) -> Sample {
        Sample {
            rule: self.rule.value.clone(),
            place: form.place(self.rule.at),
            file,
            letter: self.letter.clone(),
            wanted: self.wanted.clone(),
        }
    }
}

/// The `[[rule.test]]` of one rule.
pub fn beside(rule: &Table<'_>) -> Vec<SampleDraft> {
    let tests = rule.maybe("test").tables();
    let name = rule.maybe("name").text();
    let named = |table: &Table<'_>| {
        let value = name.clone()?;
        Some(Written {
            value,
            at: table.at(),
        })
    };
    let read = tests.iter().filter_map(|table| sample(table, named(table)));
    read.collect()
}

/// The `[[test]]` of a file, each naming its rule.
pub fn apart(root: &Table<'_>) -> Vec<SampleDraft> {
    let tests = root.maybe("test").tables();
    let read = tests
        .iter()
        .filter_map(|table| sample(table, table.need("rule").written()));
    read.collect()
}

fn sample(table: &Table<'_>, rule: Option<Written<String>>) -> Option<SampleDraft> {
    let letter = Letter {
        file: table.maybe("file").text(),
        text: table.maybe("text").text(),
        subject: table.maybe("subject").text(),
        from: table.maybe("from").text(),
        headers: lines(&table.maybe("headers")),
        scene: scene(table),
    };
    let wanted = Wanted {
        holds: table.maybe("holds").flag().unwrap_or(true),
        kind: table.maybe("kind").one_of(KINDS),
        incident: table.maybe("type").text(),
        severity: table.maybe("severity").one_of(LEVELS),
        tags: lines(&table.maybe("tags")),
        queue: table.maybe("queue").integer(1..=9),
    };
    if letter.file.is_some() == (letter.text.is_some() || letter.subject.is_some()) {
        table.fault(
            words!(
                "uji ini tidak menyebut tepat satu surel",
                "this test does not name exactly one mail"
            ),
            words!(
                "text = \"…\" (boleh dengan subject), atau file = \"contoh.eml\"",
                "text = \"…\" (with a subject, if wanted), or file = \"example.eml\""
            ),
        );
        return None;
    }
    Some(SampleDraft {
        rule: rule?,
        letter,
        wanted,
    })
}

/// What the site knows, as if its lists held it: a rule's test needs no lists of its own.
fn scene(table: &Table<'_>) -> Scene {
    let asset = table.maybe("asset").one_of_each(&[
        ("known", Trait::Known),
        ("core", Trait::Core),
        ("personal_data", Trait::PersonalData),
        ("iiv", Trait::Vital),
        ("iiv_unknown", Trait::VitalUnknown),
        ("outside", Trait::Outside),
    ]);
    Scene {
        asset,
        office: table.maybe("office").text(),
        reporter: table
            .maybe("reporter")
            .one_of(&[("known", By::Domain), ("agent", By::Address)]),
        count: table.maybe("count").integer(1..=1000).unwrap_or(1),
    }
}

fn lines(field: &Field<'_>) -> Vec<String> {
    let written = field.texts().unwrap_or_default();
    written.into_iter().map(|line| line.value).collect()
}
