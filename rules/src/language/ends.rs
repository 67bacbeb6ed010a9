//! Where a text's words and sentences end.

use crate::lines::label;

/// Whether a line's end is a sentence's end: not where a mail program only wrapped it.
pub fn breaks(line: &str, next: &str) -> bool {
    let (line, next) = (line.trim(), next.trim());
    if line.is_empty() || next.is_empty() {
        return true;
    }
    let bullet = next.starts_with(['-', '*', '•', '–', '>', '+']) || numbered(next);
    // No text has more characters than bytes.
    let shorter = |than: usize| line.len() < than || line.chars().count() < than;
    bullet || shorter(35) || labelled(next) || labelled(line) && shorter(60)
}

fn numbered(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (1..3).contains(&digits)
        && line
            .get(digits..)
            .is_some_and(|rest| rest.starts_with([')', '.']))
}

/// `Label : value`, as forms have it.
fn labelled(line: &str) -> bool {
    label(line, 31).is_some_and(|(label, rest)| {
        label.split_whitespace().count() <= 3
            && !rest.starts_with("//")
            && (rest.starts_with(' ') || rest.is_empty())
    })
}

/// A word that is nothing but ASCII letters, the marks behind it, and what follows the blank behind those.
pub fn plain_word(rest: &str) -> Option<(&str, &str, &str)> {
    let bytes = rest.as_bytes();
    let letters = bytes.iter().position(|byte| !byte.is_ascii_alphabetic());
    let letters = letters.unwrap_or(bytes.len());
    let mut end = letters;
    while bytes.get(end).is_some_and(|byte| is_mark(*byte)) {
        end += 1;
    }
    let blank = bytes.get(end).copied().unwrap_or(b' ');
    if letters == 0 || !matches!(blank, b' ' | b'\t' | b'\n' | b'\r') {
        return None;
    }
    let (word, behind) = rest.split_at(letters);
    let (tail, behind) = behind.split_at(end - letters);
    Some((word, tail, behind.get(1..).unwrap_or_default()))
}

fn is_mark(byte: u8) -> bool {
    byte.is_ascii_punctuation() && byte != b'%'
}

const ABBREVIATIONS: &[&str] = &[
    "yth", "bpk", "no", "rp", "dr", "drs", "pkl", "an", "up", "jl", "tgl", "sdr", "kab", "hal",
    "mr", "mrs", "ms", "etc", "dll", "dsb", "telp", "prof", "ir", "hj", "st", "cq", "vs", "eg",
    "ie", "kec",
];

/// A full stop behind these closes no sentence.
pub fn abbreviated(bare: &str) -> bool {
    if bare.is_ascii() {
        let known = |word: &&str| word.eq_ignore_ascii_case(bare);
        return bare.len() == 1
            || ABBREVIATIONS.iter().any(known)
            || bare.len() < 7 && bare.contains('.');
    }
    let lower = bare.to_lowercase();
    bare.chars().count() == 1
        || ABBREVIATIONS.contains(&lower.as_str())
        || lower.contains('.') && lower.len() < 7
}
