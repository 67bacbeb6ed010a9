//! The office (OPD) that a mail names.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::shared::{Look, Told};
use crate::lines::{label, lines};
use crate::report::Report;

/// What an office's name begins with.
pub(super) const HEADS: &[&str] = &[
    "Dinas",
    "Badan",
    "Kecamatan",
    "Kelurahan",
    "Puskesmas",
    "RSUD",
    "Inspektorat",
    "Sekretariat",
    "Satuan",
    "Bagian",
    "UPTD",
    "SMPN",
    "SDN",
    "Pemerintah",
    "Desa",
    "BPBD",
    "Kesbangpol",
    "Satpol",
    "Perumda",
    "PDAM",
];
const JOINS: &[&str] = &["dan", "dan/atau", "serta", "&"];
const STOPS: &[&str] = &[
    "Kabupaten",
    "Kab",
    "Kab.",
    "Batang",
    "Telp",
    "Telp.",
    "Jl",
    "Jl.",
    "Yth",
    "Yth.",
    "NIP",
    "Kota",
    "Provinsi",
    "Daerah,",
];

const LABELS: &[&str] = &[
    "instansi",
    "opd",
    "dinas",
    "unit kerja",
    "asal instansi",
    "instansi/opd",
    "opd/instansi",
    "unit",
    "kantor",
    "satuan kerja",
];

/// The office named by a form's line, the signature, or anywhere; our own (the receiver) only if no other is.
pub fn named(report: &Report, told: Told) -> Option<String> {
    let labelled = lines(&report.newest).find_map(of_label);
    let newest = if told.holds(Look::Office) {
        report.newest.as_str()
    } else {
        ""
    };
    let places = [newest, report.subject.as_str()];
    let all: Vec<String> = labelled
        .into_iter()
        .chain(places.iter().flat_map(|text| names(text)))
        .collect();
    let ours = |name: &&String| name.contains("Komunikasi dan Informatika");
    all.iter()
        .find(|name| !ours(name))
        .or_else(|| all.first())
        .cloned()
}

fn of_label(line: &str) -> Option<String> {
    let (label, value) = label(line, 40)?;
    let label = label.trim();
    let asks = if label.is_ascii() {
        LABELS.iter().any(|known| known.eq_ignore_ascii_case(label))
    } else {
        LABELS.contains(&label.to_lowercase().as_str())
    };
    let value = value.trim();
    (asks && value.len() > 3 && !value.starts_with('(')).then(|| value.chars().take(120).collect())
}

/// Finds the lines worth reading: most name no office at all.
static ANY_HEAD: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::new(HEADS).unwrap_or_else(|_| unreachable!("a short list of words"))
});

fn names(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    if !ANY_HEAD.is_match(text) {
        return found;
    }
    for line in lines(text).filter(|line| ANY_HEAD.is_match(*line)) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut at = 0;
        while at < words.len() {
            let taken = name_at(words.get(at..).unwrap_or_default());
            if taken.len() > 1 || taken.first().is_some_and(|word| *word == "Inspektorat") {
                found.push(
                    taken
                        .join(" ")
                        .trim_end_matches([',', '.', ';', ':', ')'])
                        .to_owned(),
                );
            }
            at += taken.len().max(1);
        }
    }
    found
}

/// The words of an office's name at the start of `words`: capitalised ones, and what joins them.
fn name_at<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let mut taken = Vec::new();
    let starts = words.first().is_some_and(|word| {
        HEADS.contains(&word.trim_matches(|character: char| !character.is_alphanumeric()))
    });
    if !starts {
        return taken;
    }
    for (at, word) in words.iter().take(10).enumerate() {
        let plain = word.trim_matches(['(', ')', '"', '“', '”']);
        let capital = plain.chars().next().is_some_and(char::is_uppercase);
        let join = JOINS.contains(word)
            && words
                .get(at + 1)
                .is_some_and(|next| next.chars().next().is_some_and(char::is_uppercase));
        if at > 0 && (STOPS.contains(&plain) && plain != "Daerah," || !(capital || join)) {
            break;
        }
        taken.push(plain);
        if word.ends_with(['.', ';', ':', ')', '!', '?'])
            || word.ends_with(',')
                && !words
                    .get(at + 1)
                    .is_some_and(|next| next.chars().next().is_some_and(char::is_uppercase))
        {
            break;
        }
    }
    taken
}
