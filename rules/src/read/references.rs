//! References of our form in a mail, and the sender's own ticket tags. Whether they exist only the journal knows.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::shared::{Look, Told};
use crate::lines::{bare, words};
use crate::report::{Reference, Report, Site};

/// Every reference of our form: in the thread headers, the subject, the newest text and what it quotes.
pub fn find(report: &Report, told: Told, site: &Site) -> Vec<Reference> {
    let mut found = Vec::new();
    for id in &report.thread {
        if ours(id, site) {
            add(&mut found, Reference::MessageId(id.clone()));
        }
    }
    let texts = [
        (&report.subject, true),
        (&report.newest, told.holds(Look::Ticket)),
    ];
    for (text, names_tickets) in texts {
        registers(text, &site.register_prefix, &mut found);
        if names_tickets {
            named_tickets(text, &mut found);
        }
        message_ids(text, site, &mut found);
    }
    bracketed(&report.subject, &mut found);
    bracketed(&report.newest, &mut found);
    message_ids(&report.quoted, site, &mut found);
    found
}

/// A delivery report speaks of the mail that it returns, though its own text may not name it.
pub fn add_returned(report: &mut Report, ids: Vec<String>, site: &Site) {
    for id in ids.into_iter().filter(|id| ours(id, site)) {
        add(&mut report.references, Reference::MessageId(id));
    }
}

fn add(found: &mut Vec<Reference>, reference: Reference) {
    if !found.contains(&reference) && found.len() < 50 {
        found.push(reference);
    }
}

fn ours(id: &str, site: &Site) -> bool {
    let domain = id.rsplit('@').next().unwrap_or_default();
    id.contains('@')
        && site
            .message_id_domains
            .iter()
            .any(|own| own.eq_ignore_ascii_case(domain))
}

/// `INS-2026-0042`, in any case.
fn registers(text: &str, prefix: &str, found: &mut Vec<Reference>) {
    if prefix.is_empty() {
        return;
    }
    for at in memchr::memchr_iter(b'-', text.as_bytes()) {
        let start = at.checked_sub(prefix.len());
        let Some(head) = start.and_then(|start| text.get(..start)) else {
            continue;
        };
        let named = text
            .get(head.len()..at)
            .is_some_and(|name| name.eq_ignore_ascii_case(prefix));
        if !named || head.chars().next_back().is_some_and(char::is_alphanumeric) {
            continue;
        }
        let rest = text.get(at + 1..).unwrap_or_default();
        let number: String = rest
            .chars()
            .take_while(|character| character.is_ascii_digit() || *character == '-')
            .collect();
        let number = number.trim_end_matches('-');
        let good = number.split_once('-').is_some_and(|(year, serial)| {
            year.len() == 4 && (1..=9).contains(&serial.len()) && !serial.contains('-')
        });
        if good {
            let prefix = prefix.to_uppercase();
            add(found, Reference::Register(format!("{prefix}-{number}")));
        }
    }
}

/// osTicket's `[#123456]`; another desk's tag has words between bracket and number sign.
fn bracketed(text: &str, found: &mut Vec<Reference>) {
    for at in memchr::memmem::find_iter(text.as_bytes(), b"[#") {
        let rest = text.get(at + 2..).unwrap_or_default();
        let digits = leading_digits(rest);
        if (4..=12).contains(&digits.len())
            && rest
                .get(digits.len()..)
                .is_some_and(|tail| tail.starts_with(']'))
        {
            add(found, Reference::Ticket(digits.to_owned()));
        }
    }
}

fn leading_digits(text: &str) -> &str {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

pub(super) const NOUNS: &[&str] = &[
    "tiket",
    "ticket",
    "laporan",
    "aduan",
    "report",
    "tiketnya",
    "laporannya",
    "kasus",
];
/// Letters of the shortest of them.
const SHORTEST_NOUN: usize = 5;
/// Finds the few texts that must be read word by word.
static ANY_NOUN: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(NOUNS)
        .unwrap_or_else(|_| unreachable!("a short list of words"))
});

const BETWEEN: &[&str] = &[
    "nomor",
    "nomer",
    "no",
    "nmr",
    "number",
    "nr",
    "id",
    "dengan",
    "kami",
    "saya",
    "sebelumnya",
    "csirt",
    "insiden",
    "saudara",
    "batangkab",
    "ber",
    "reg",
];
const NUMBER: &[&str] = &["nomor", "nomer", "no", "number", "nmr"];

/// "tiket nomor 123456", "laporan #123456", "ticket 123456", never "[Tiket #884120]" of another desk's own tag.
fn named_tickets(text: &str, found: &mut Vec<Reference>) {
    if !ANY_NOUN.is_match(text) {
        return;
    }
    let mut noun: Option<(bool, usize, bool)> = None;
    let mut before = "";
    for raw in words(text) {
        if noun.is_none() && raw.len() < SHORTEST_NOUN {
            before = raw;
            continue;
        }
        let foreign = raw.starts_with('[') && raw.len() > 2 && !raw.starts_with("[#");
        let word = bare(raw, &['#']);
        let named = NOUNS.iter().find(|noun| noun.eq_ignore_ascii_case(word));
        if named.is_none() && noun.is_none() {
            before = raw;
            continue;
        }
        let word = word.to_lowercase();
        let bare = word.trim_start_matches('#');
        if let Some(named) = named {
            noun = Some((named.starts_with("ti"), 0, foreign));
        } else if let Some((strong, steps, false)) = noun {
            let digits = bare.len() == 6 && bare.bytes().all(|byte| byte.is_ascii_digit());
            let pointed = word.starts_with('#')
                || NUMBER.contains(&before.trim_end_matches(['.', ':']).to_lowercase().as_str());
            if digits && (strong || pointed) {
                add(found, Reference::Ticket(bare.to_owned()));
            }
            noun = (BETWEEN.contains(&bare) && steps < 4).then_some((strong, steps + 1, false));
        } else {
            noun = None;
        }
        before = raw;
    }
}

fn message_ids(text: &str, site: &Site, found: &mut Vec<Reference>) {
    for domain in &site.message_id_domains {
        let wanted = format!("@{domain}");
        for at in memchr::memmem::find_iter(text.as_bytes(), wanted.as_bytes()) {
            let head = behind(text, at);
            let start = head.rfind(|character: char| {
                character.is_whitespace() || matches!(character, '<' | '(' | '"' | ':' | ',' | ';')
            });
            let local = head
                .get(start.map_or(0, |start| start + 1)..)
                .unwrap_or_default();
            let end = text
                .get(at + wanted.len()..)
                .and_then(|tail| tail.chars().next());
            let whole = !end.is_some_and(|next| next.is_alphanumeric() || next == '-');
            let like_an_id =
                local.chars().any(|character| character.is_ascii_digit()) && local.len() > 3;
            if whole && like_an_id {
                add(found, Reference::MessageId(format!("{local}{wanted}")));
            }
        }
    }
}

/// The sender's own tags (`[JPCERT#123]`, `[rt.example #77]`, `INC0012345`), to be kept in replies.
pub fn tags(subject: &str) -> Vec<String> {
    let mut tags = Vec::new();
    let mut rest = subject;
    while let Some(open) = rest.find('[') {
        let tail = rest.get(open..).unwrap_or_default();
        let Some(close) = tail.find(']') else {
            break;
        };
        let tag = tail.get(..=close).unwrap_or_default();
        let numbered = tag.contains('#') && !tag.starts_with("[#")
            || tag.chars().filter(char::is_ascii_digit).count() >= 3 && tag.contains('-');
        if numbered && tag.len() < 60 && tags.len() < 10 {
            tags.push(tag.to_owned());
        }
        rest = tail.get(close + 1..).unwrap_or_default();
    }
    let words = subject
        .split_whitespace()
        .filter(|word| word.len() > 7 && word.starts_with("INC"));
    tags.extend(
        words
            .filter(|word| {
                word.get(3..)
                    .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
            })
            .map(str::to_owned),
    );
    tags
}

/// The 250 bytes (or a few less) before a place.
fn behind(text: &str, at: usize) -> &str {
    let from = (at.saturating_sub(250)..=at).find(|index| text.is_char_boundary(*index));
    text.get(from.unwrap_or(at)..at).unwrap_or_default()
}
