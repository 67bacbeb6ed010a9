//! The Traffic Light Protocol's marking, in the spellings that CERTs and their programs use (FIRST TLP 2.0, and TLP 1's WHITE).

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use std::sync::LazyLock;

use super::parts::Leaves;
use super::shared::{Look, Told};
use crate::report::{Report, Tlp};

/// What a marking begins with.
pub(super) const MARKS: &[&str] = &["tlp", "traffic light protocol"];

static MARK: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .build(MARKS)
        .unwrap_or_else(|_| unreachable!("two short words"))
});

/// Colours, the longer spellings first. In Indonesian mails they are translated.
const COLOURS: &[(&str, Tlp)] = &[
    ("amber+strict", Tlp::AmberStrict),
    ("amber strict", Tlp::AmberStrict),
    ("amber-strict", Tlp::AmberStrict),
    ("amber_strict", Tlp::AmberStrict),
    ("amber + strict", Tlp::AmberStrict),
    ("amber/strict", Tlp::AmberStrict),
    ("amberstrict", Tlp::AmberStrict),
    ("amber", Tlp::Amber),
    ("red", Tlp::Red),
    ("green", Tlp::Green),
    ("clear", Tlp::Clear),
    ("white", Tlp::Clear),
    ("merah", Tlp::Red),
    ("kuning", Tlp::Amber),
    ("hijau", Tlp::Green),
    ("putih", Tlp::Clear),
    ("bening", Tlp::Clear),
];

/// The strictest marking in the subject, in a header made for it, and in what the sender wrote, disclaimers included.
pub fn of(report: &Report, leaves: &Leaves, told: Told) -> Option<Tlp> {
    let header = |line: &&crate::report::HeaderLine| {
        matches!(line.name.as_str(), "x-tlp" | "tlp" | "x-classification-tlp")
    };
    let headers = report.headers.iter().filter(header);
    let named = headers.filter_map(|line| colour(&line.value).or_else(|| strictest(&line.value)));
    // What is quoted was marked by somebody else, for something else.
    let whole = if report.quoted.is_empty() {
        leaves.text.as_str()
    } else {
        ""
    };
    // The newest lines are lines of the whole, unless they were forwarded.
    let newest = if whole.is_empty() || report.bare_forward {
        report.newest.as_str()
    } else {
        ""
    };
    let texts = if report.bare_forward || told.holds(Look::Marking) {
        [report.subject.as_str(), newest, whole]
    } else {
        [report.subject.as_str(), "", ""]
    };
    named.chain(texts.into_iter().filter_map(strictest)).max()
}

/// The strictest marking anywhere in a text.
pub fn strictest(text: &str) -> Option<Tlp> {
    let found = MARK.find_iter(text).filter_map(|mark| {
        let before = text.get(..mark.start())?.chars().next_back();
        let apart = !before.is_some_and(char::is_alphanumeric);
        apart.then(|| colour(text.get(mark.end()..)?)).flatten()
    });
    found.max()
}

/// The colour at the start of a text, behind at most a few marks (`TLP:RED`, `TLP - Red`, `TLP（RED）`, `TLP 2.0: RED`).
fn colour(text: &str) -> Option<Tlp> {
    let end = text.floor_char_boundary(40);
    let head = text.get(..end)?.to_lowercase();
    let marks = |one: char| !one.is_alphabetic();
    let skipped = head.find(|one: char| !marks(one))?;
    // A line's end parts a heading from what follows it; more than a few marks are no marking.
    let between = head.get(..skipped)?;
    if between.contains('\n') || between.chars().count() > 8 {
        return None;
    }
    let rest = head.get(skipped..)?;
    let found = COLOURS.iter().find(|(word, _)| {
        let tail = rest.strip_prefix(word);
        tail.is_some_and(|tail| !tail.starts_with(char::is_alphanumeric))
    });
    found.map(|(_, tlp)| *tlp)
}

#[cfg(test)]
mod tests {
    use super::strictest;
    use crate::report::Tlp;

    #[test]
    fn every_spelling_is_understood() {
        let check = |text: &str, wanted: Option<Tlp>| assert_eq!(strictest(text), wanted, "{text}");
        check("[TLP:AMBER] Compromised host", Some(Tlp::Amber));
        check("TLP: AMBER+STRICT", Some(Tlp::AmberStrict));
        check("tlp:amber strict", Some(Tlp::AmberStrict));
        check("TLP-RED", Some(Tlp::Red));
        check("(TLP GREEN)", Some(Tlp::Green));
        check("TLP2.0:CLEAR", Some(Tlp::Clear));
        check("TLP=WHITE", Some(Tlp::Clear));
        check("TLP：RED", Some(Tlp::Red));
        check("#TLP_Amber_Strict", Some(Tlp::AmberStrict));
        check("Traffic Light Protocol: Red", Some(Tlp::Red));
        check("TLP MERAH, hanya untuk penerima", Some(Tlp::Red));
        check("TLP:GREEN ... TLP:AMBER", Some(Tlp::Amber));
    }

    #[test]
    fn what_only_looks_like_a_marking_is_none() {
        for text in [
            "Tlp. 0285 392219",
            "Telp merah",
            "tlp\nRed Hat",
            "TLP:REDACTED",
            "utlp red",
            "TLP",
        ] {
            assert_eq!(strictest(text), None, "{text}");
        }
    }
}
