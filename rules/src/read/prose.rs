//! Sets apart what a sender wrote now from what is quoted, forwarded, signed or disclaimed.

use super::marks::{FROM, OTHERS, attribution, forward_mark, history_mark, label, ordinary};
use super::parts::Enclosed;
use super::tail::without_tail;
use crate::lines::lines;

/// A mail's words, sorted.
#[derive(Debug, Default)]
pub struct Prose {
    pub newest: String,
    pub quoted: String,
    /// The forwarded mail with its header lines, where there is one.
    pub forwarded: String,
    pub bare_forward: bool,
    /// The address in the first attribution or header block above quoted text.
    pub quoted_author: String,
}

/// Words a sender may add and still leave the judging to what is forwarded.
const BARE: usize = 16;
const NESTED: usize = 5;

pub fn apart(text: &str, subject: &str, enclosed: &[Enclosed]) -> Prose {
    let mut prose = split(text);
    let inner: Vec<String> = enclosed
        .iter()
        .map(|mail| format!("{}\n{}", mail.subject, mail.text))
        .collect();
    if prose.forwarded.is_empty() && forwards(subject) && !prose.quoted.is_empty() {
        prose.forwarded.clone_from(&prose.quoted);
    }
    let passed_on = if prose.forwarded.is_empty() {
        inner.join("\n")
    } else {
        prose.forwarded.clone()
    };
    if !passed_on.trim().is_empty() && own_words(&prose.newest) <= BARE {
        prose.bare_forward = true;
        let innermost = unwrap(&passed_on, NESTED);
        prose.newest = format!("{}\n\n{innermost}", prose.newest.trim_end());
    }
    prose
}

/// What a chain of forwards comes down to: the first message in it that says something itself.
fn unwrap(text: &str, depth: usize) -> String {
    let inner = split(&without_header_lines(text));
    let deeper = if inner.forwarded.trim().is_empty() {
        &inner.quoted
    } else {
        &inner.forwarded
    };
    if depth > 0 && !deeper.trim().is_empty() && own_words(&inner.newest) <= BARE {
        return unwrap(deeper, depth - 1);
    }
    if inner.newest.trim().is_empty() {
        without_header_lines(text)
    } else {
        inner.newest
    }
}

pub fn forwards(subject: &str) -> bool {
    let lower = subject.trim_start().to_lowercase();
    [
        "fw:",
        "fwd:",
        "trs:",
        "terusan:",
        "diteruskan:",
        "[fwd:",
        "fw :",
        "fwd :",
    ]
    .iter()
    .any(|mark| lower.starts_with(mark))
}

const POLITE: &[&str] = &[
    "yth",
    "bapak",
    "ibu",
    "pak",
    "bu",
    "bpk",
    "kepada",
    "tim",
    "csirt",
    "batangkab",
    "dengan",
    "hormat",
    "salam",
    "terima",
    "kasih",
    "terimakasih",
    "selamat",
    "pagi",
    "siang",
    "sore",
    "malam",
    "assalamualaikum",
    "wr",
    "wb",
    "wassalamualaikum",
    "mohon",
    "tindak",
    "lanjut",
    "lanjutnya",
    "tindaklanjut",
    "tindaklanjuti",
    "ditindaklanjuti",
    "dibantu",
    "fyi",
    "dear",
    "team",
    "thanks",
    "regards",
    "hi",
    "hello",
    "halo",
    "please",
    "kindly",
    "see",
    "below",
    "forward",
    "forwarded",
    "diteruskan",
    "meneruskan",
    "terusan",
    "mas",
    "mbak",
    "nggih",
    "monggo",
    "suwun",
    "nuwun",
    "demikian",
    "atas",
    "perhatiannya",
    "di",
    "tempat",
];

/// How many words say something: greetings and courtesies do not count.
fn own_words(text: &str) -> usize {
    let words = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words
        .filter(|word| !POLITE.contains(&word.to_lowercase().as_str()))
        .count()
}

fn split(text: &str) -> Prose {
    let lines: Vec<&str> = lines(text).collect();
    let mut newest: Vec<&str> = Vec::with_capacity(lines.len());
    let mut prose = Prose::default();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if ordinary(line) {
            newest.push(line);
            at += 1;
            continue;
        }
        let rest = lines.get(at..).unwrap_or_default();
        if forward_mark(line) {
            prose.forwarded = unquoted(rest.get(1..).unwrap_or_default());
            prose.quoted.push_str(&prose.forwarded.clone());
            break;
        }
        if history_mark(rest) {
            prose.note_author(rest.get(..8).unwrap_or(rest));
            push_lines(&mut prose.quoted, rest);
            break;
        }
        let attribution = attribution(rest);
        if attribution > 0 {
            prose.note_author(rest.get(..attribution).unwrap_or_default());
            at += attribution;
            at += take_quote(lines.get(at..).unwrap_or_default(), &mut prose.quoted);
            continue;
        }
        if line.trim_start().starts_with('>') {
            push_line(&mut prose.quoted, unquote(line));
        } else {
            newest.push(line);
        }
        at += 1;
    }
    prose.newest = without_tail(&newest);
    prose
}

impl Prose {
    fn note_author(&mut self, lines: &[&str]) {
        if self.quoted_author.is_empty() {
            let mut words = lines.iter().flat_map(|line| {
                line.split([' ', '<', '>', '(', ')', '[', ']', ',', ';', ':', '"'])
            });
            self.quoted_author = words.find_map(super::headers::bare).unwrap_or_default();
        }
    }
}

pub fn push_line(into: &mut String, line: &str) {
    into.push_str(line);
    into.push('\n');
}

fn push_lines(into: &mut String, lines: &[&str]) {
    for line in lines {
        push_line(into, line);
    }
}

fn unquote(line: &str) -> &str {
    line.trim_start()
        .trim_start_matches('>')
        .strip_prefix(' ')
        .unwrap_or_else(|| line.trim_start().trim_start_matches('>'))
}

fn unquoted(lines: &[&str]) -> String {
    let mut out = String::new();
    for line in lines {
        push_line(&mut out, unquote(line));
    }
    out
}

/// Behind an attribution: the marked lines, or everything where the client marks nothing. Gives how many lines.
fn take_quote(rest: &[&str], quoted: &mut String) -> usize {
    let blank = rest
        .iter()
        .take_while(|line| line.trim().is_empty())
        .count();
    let marked = rest
        .get(blank)
        .is_some_and(|line| line.trim_start().starts_with('>'));
    if !marked {
        push_lines(quoted, rest);
        return rest.len();
    }
    let count = blank
        + rest
            .iter()
            .skip(blank)
            .take_while(|line| line.trim_start().starts_with('>'))
            .count();
    rest.iter()
        .take(count)
        .for_each(|line| push_line(quoted, unquote(line)));
    count
}

/// A forwarded mail's words without the header lines that some client put above them.
fn without_header_lines(text: &str) -> String {
    let mut out = String::new();
    let mut heading = true;
    for line in text.lines() {
        let line = line.trim_start_matches("> ").trim_start_matches('>');
        let name = label(line).unwrap_or_default();
        let header = FROM.contains(&name.as_str()) || OTHERS.contains(&name.as_str());
        if heading && header {
            if matches!(name.as_str(), "subject" | "perihal" | "subjek") {
                let subject = line.split_once(':').map_or("", |(_, rest)| rest);
                push_line(
                    &mut out,
                    &format!("{}.", subject.trim().trim_matches('*').trim()),
                );
            }
            continue;
        }
        heading = heading && line.trim().is_empty();
        push_line(&mut out, line);
    }
    out
}
