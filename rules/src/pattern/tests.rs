#![allow(clippy::unwrap_used)]

use super::{Patterns, literals};
use crate::language::words;
use crate::lexicon::List;

fn needed(written: &str) -> Option<Vec<String>> {
    let mut parser = regex_syntax::ParserBuilder::new().multi_line(true).build();
    literals(&parser.parse(written).unwrap())
}

#[test]
fn a_literal_that_must_stand_there_is_found_anywhere_in_the_pattern() {
    let check = |written: &str, wanted: &[&str]| {
        let found = needed(written).unwrap_or_default();
        assert_eq!(found, wanted, "{written}");
    };
    check(r"\bslot\s?\d{2,}\b", &["slot"]);
    check(r"\d{4}-lockbit(?:\.txt)?", &["-lockbit"]);
    check(r"(?i)GaCoR", &["gacor"]);
    check(r"(?:rtp|maxwin)\s+live", &["live"]);
    check(r"(?:situs|laman) \w+", &["situs", "laman"]);
    check(r"[ab]cde", &["cde"]);
    check(r"[ab]cd", &["acd", "bcd"]);
    check(r"(?:ab|abc)?\d+", &[]);
    check(r"\w+", &[]);
    check(r"ab", &[]);
}

#[test]
fn a_pattern_is_found_in_any_case_and_told_by_its_words() {
    let mut patterns = Patterns::default();
    patterns.add(List(3), r"sl[o0]t\s?\d{2}").unwrap();
    patterns.add(List(4), r"tak ada di sini").unwrap();
    patterns.close();
    let text = "Muncul SLOT 88 dan sl0t77 di beranda.";
    let read = words::split(text);
    let hits = patterns.hits(text, &read);
    let said: Vec<&str> = hits
        .iter()
        .map(|hit| {
            let (first, last) = (
                read.words.get(hit.first).unwrap(),
                read.words.get(hit.last).unwrap(),
            );
            text.get(first.start..last.end).unwrap()
        })
        .collect();
    assert_eq!(said, ["SLOT 88", "sl0t77"]);
    assert!(hits.iter().all(|hit| hit.list == List(3)));
}

#[test]
fn what_no_book_should_hold_is_refused_with_a_reason() {
    let check = |written: &str, wanted: &str| {
        let told = Patterns::default().add(List(0), written).unwrap_err();
        assert!(told.indonesian.contains(wanted), "{written}: {told}");
    };
    check("(slot", "tidak dapat dibaca");
    check("x*", "teks kosong");
    check("a{2000}b", "pengulangan");
    check(r"(?:\w{900}){900}slot", "terlalu besar");
    check(&"a".repeat(1_001), "lebih panjang");
    check(
        &format!("{}a{}", "(".repeat(60), ")".repeat(60)),
        "tidak dapat dibaca",
    );
}

#[test]
fn replacing_a_list_takes_its_patterns_away() {
    let mut patterns = Patterns::default();
    patterns.add(List(0), "slot gacor").unwrap();
    patterns.add(List(1), "maxwin").unwrap();
    patterns.clear(List(0));
    patterns.close();
    let text = "slot gacor maxwin";
    let lists: Vec<List> = patterns
        .hits(text, &words::split(text))
        .iter()
        .map(|hit| hit.list)
        .collect();
    assert_eq!(lists, [List(1)]);
}
