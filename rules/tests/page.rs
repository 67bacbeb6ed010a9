//! The reference page of the rule language: what it shows is true.
#![allow(clippy::unwrap_used)]

use tanggap_rules::{Inventory, Roster, RuleFile, RuleSet, Site};

const PAGE: &str = include_str!("../BAHASA.md");

/// Every example of a sort (`toml`, `csv aset`), with the page's line where it begins.
fn examples(sort: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String, String)> = None;
    for (number, line) in (1..).zip(PAGE.lines()) {
        match (line.strip_prefix("```"), &mut open) {
            (Some(kind), None) => open = Some((number, kind.trim().to_owned(), String::new())),
            (Some(_), Some(_)) => {
                let (at, kind, text) = open.take().unwrap();
                if kind == sort {
                    found.push((at, text));
                }
            }
            (None, Some((_, _, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(!found.is_empty(), "the page has no example of {sort}");
    found
}

/// As a site's own file over the shipped book; and the tests that stand in it pass.
#[test]
fn every_example_compiles_and_does_what_it_says() {
    let site = Site {
        addresses: vec!["csirt@batangkab.go.id".into()],
        domains: vec!["batangkab.go.id".into()],
        ..Site::default()
    };
    for (at, text) in examples("toml") {
        let mut files = RuleSet::book();
        files.push(RuleFile {
            name: format!("BAHASA.md+{at}"),
            text,
        });
        let rules = RuleSet::compile(&files).unwrap_or_else(|faults| panic!("{faults:#?}"));
        let no_file = |_: &str, name: &str| Err(format!("no file {name}"));
        let trials = rules.trials(&site, &no_file).into_iter();
        let of_page = trials.filter(|trial| trial.place.starts_with("BAHASA"));
        let failed: Vec<_> = of_page.filter(|trial| !trial.amiss.is_empty()).collect();
        assert!(failed.is_empty(), "example of line {at}: {failed:#?}");
    }
}

#[test]
fn the_lists_are_read_as_they_stand() {
    for (kind, name) in [("csv aset", "aset.csv"), ("toml aset", "aset.toml")] {
        for (_, text) in examples(kind) {
            let assets = Inventory::read(name, &text).unwrap_or_else(|faults| panic!("{faults}"));
            assert_eq!(assets.assets().first().unwrap().owner, "RSUD Kalisari");
        }
    }
    for (kind, name) in [("csv opd", "opd.csv"), ("toml opd", "opd.toml")] {
        for (_, text) in examples(kind) {
            let roster = Roster::read(name, &text).unwrap_or_else(|faults| panic!("{faults}"));
            assert_eq!(roster.offices().first().unwrap().aliases, ["Dinkes"]);
        }
    }
}

/// Whatever a condition may begin with, or a rule may hold, the page explains: the compiler's own complaints name them all.
#[test]
fn no_key_is_left_out() {
    let complaint = |text: &str| {
        let file = RuleFile {
            name: "a.toml".into(),
            text: text.into(),
        };
        let faults = RuleSet::compile(&[file]).unwrap_err();
        faults
            .into_iter()
            .map(|fault| fault.instead.indonesian)
            .collect::<Vec<_>>()
            .join(", ")
    };
    let places = complaint("[[rule]]\nname = \"x\"\nseverity = \"low\"\nany = [\"qqqq: x\"]\n");
    for head in places
        .split([' ', ','])
        .filter(|word| !word.is_empty() && *word != "atau")
    {
        assert!(
            PAGE.contains(&format!("{head}:")),
            "`{head}:` is not explained"
        );
    }
    let signs = complaint(
        "[[rule]]\nname = \"x\"\nseverity = \"low\"\nany = [\"sign: qqqqqqqq\", \"has: qqqqqqqq\", \"asset: qqqqqqqq\", \"reporter: qqqqqqqq\", \"tlp: qqqqqqqq\"]\n",
    );
    for word in signs.split(", ").filter(|word| *word != "feedback-id") {
        assert!(
            PAGE.contains(&format!("`{word}`")) || PAGE.contains(&format!(": {word}\"")),
            "`{word}` is not explained"
        );
    }
    let keys = complaint(
        "[[rule]]\nname = \"x\"\nseverity = \"low\"\nany = [\"has: cve\"]\nqqqqqqqqqq = 1\n",
    );
    let (_, keys) = keys.split_once(": ").unwrap();
    for key in keys.split(", ") {
        assert!(
            PAGE.contains(&format!("`{key}`"))
                || PAGE.contains(&format!("{key} = "))
                || PAGE.contains(&format!(".{key}]")),
            "`{key}` is not explained"
        );
    }
}
