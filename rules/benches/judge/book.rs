//! A book of 1,000 patterns in eight shapes, made of words that the corpus really holds.

use std::collections::HashMap;
use std::fmt::Write;

use tanggap_rules::RuleFile;

const PATTERNS: usize = 1000;

/// The patterns as regular expressions that Rust, rspamd (PCRE, hyperscan) and SpamAssassin (Perl) read alike.
pub fn patterns(mails: &[Vec<u8>]) -> Vec<String> {
    let words = words(mails);
    let word = |at: usize| words[at % words.len()].as_str();
    let shaped = (0..PATTERNS).map(|at| {
        let (a, b, c) = (word(at), word(at * 7 + 3), word(at * 13 + 5));
        match at % 8 {
            0 => format!(r"\b{a}\b"),
            1 => format!(r"\b{a}\w{{0,3}}\s+{b}\b"),
            2 => format!(r"{a}[-_ ]?{b}"),
            3 => format!(r"\b{a}s?\s+\w+\s+{c}\b"),
            4 => format!(r"{a}\s*[:=]\s*\d+"),
            5 => format!(r"\b{a}\W+(?:\w+\W+){{0,3}}{b}\b"),
            6 => format!(r"https?://\S{{0,80}}{a}"),
            _ => format!(r"{a}\s+{b}"),
        }
    });
    shaped.collect()
}

/// Words of five to ten letters that stand in some of the mails, neither everywhere nor once, in a fixed order.
fn words(mails: &[Vec<u8>]) -> Vec<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for mail in mails.iter().step_by(3) {
        let text = String::from_utf8_lossy(mail).to_lowercase();
        let mut seen: Vec<&str> = text
            .split(|character: char| !character.is_ascii_lowercase())
            .filter(|word| (5..=10).contains(&word.len()))
            .collect();
        seen.sort_unstable();
        seen.dedup();
        for word in seen {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
    }
    let mut words: Vec<(String, usize)> = counts
        .into_iter()
        .filter(|(_, count)| (3..=40).contains(count))
        .collect();
    words.sort();
    let step = (words.len() / (2 * PATTERNS)).max(1);
    words
        .into_iter()
        .step_by(step)
        .map(|(word, _)| word)
        .collect()
}

/// One rule a pattern.
pub fn of(patterns: &[String]) -> RuleFile {
    let mut text = String::from("[patterns]\n");
    for (number, pattern) in patterns.iter().enumerate() {
        let _ = writeln!(text, "pola-{number} = ['{pattern}']");
    }
    for number in 0..patterns.len() {
        let _ = write!(
            text,
            "[[rule]]\nname = \"aturan-{number}\"\nseverity = \"low\"\nreason = \"Pola {number}.\"\nany = [\"pola-{number}\"]\n"
        );
    }
    RuleFile {
        name: "seribu.toml".to_owned(),
        text,
    }
}
