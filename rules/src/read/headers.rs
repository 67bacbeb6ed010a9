//! Reads the headers: decoded twice where a sender encoded twice, every occurrence kept.

use mail_parser::parsers::MessageStream;
use mail_parser::{Address, HeaderValue, Message};

use super::{clean, limits};
use crate::report::{Authenticity, Contact, HeaderLine, ReturnPath, Site};

/// One header line: lower-case name, decoded value without comments' removal.
pub struct Line {
    pub name: String,
    pub value: String,
}

/// Every header line of the message itself, in order, decoded (RFC 2047).
pub fn lines(message: &Message<'_>) -> Vec<Line> {
    lines_within(message, message.raw_message())
}

/// The same of an enclosed message, whose offsets may count from the start of the mail around it.
pub fn lines_within(message: &Message<'_>, around: &[u8]) -> Vec<Line> {
    let end = message
        .headers()
        .iter()
        .map(|header| header.offset_end as usize)
        .max();
    let own = message.raw_message();
    let raw = if end.is_some_and(|end| end > own.len()) {
        around
    } else {
        own
    };
    let mut lines = Vec::with_capacity(message.headers().len());
    for header in message.headers().iter().take(1000) {
        let range = header.offset_start as usize..header.offset_end as usize;
        lines.push(Line {
            name: header.name().to_ascii_lowercase(),
            value: decoded(raw.get(range).unwrap_or_default()),
        });
    }
    lines
}

/// Bytes of header lines that a report keeps.
const KEPT: usize = 64 * 1024;

/// The lines that rules may ask for.
pub fn kept(lines: Vec<Line>) -> Vec<HeaderLine> {
    let mut room = KEPT;
    let fits = |line: &Line| {
        room = room.saturating_sub(line.name.len() + line.value.len());
        room > 0
    };
    let lines = lines.into_iter().take_while(fits);
    let kept = lines.map(|Line { name, value }| HeaderLine { name, value });
    kept.collect()
}

/// A header's value as meant; words encoded twice are decoded twice.
fn decoded(raw: &[u8]) -> String {
    let once = unfold(raw);
    if once.contains("=?") {
        unfold(format!("{once}\r\n").as_bytes())
    } else {
        once
    }
}

fn unfold(raw: &[u8]) -> String {
    let bounded = raw.get(..raw.len().min(64 * 1024)).unwrap_or_default();
    let mut signs = memchr::memchr_iter(b'=', bounded);
    if !signs.any(|at| bounded.get(at + 1) == Some(&b'?')) {
        return clean::line(&clean::lossy(bounded), 64 * 1024);
    }
    let mut ended = bounded.to_vec();
    ended.extend_from_slice(b"\r\n");
    match MessageStream::new(&ended).parse_unstructured() {
        HeaderValue::Text(text) => clean::line(&text, 64 * 1024),
        _ => clean::line(&String::from_utf8_lossy(bounded), 64 * 1024),
    }
}

/// The values of every header of this (lower-case) name.
pub fn all<'l>(lines: &'l [Line], name: &'l str) -> impl Iterator<Item = &'l str> {
    lines
        .iter()
        .filter(move |line| line.name == name)
        .map(|line| line.value.as_str())
}

pub fn first<'l>(lines: &'l [Line], name: &'l str) -> Option<&'l str> {
    all(lines, name).next()
}

/// A value without its RFC 5322 comments.
pub fn without_comments(value: &str) -> String {
    let (mut depth, mut out) = (0_usize, String::with_capacity(value.len()));
    for character in value.chars() {
        match character {
            '(' => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth == 0 => out.push(character),
            _ => {}
        }
    }
    if depth > 0 {
        value.to_owned()
    } else {
        out.trim().to_owned()
    }
}

pub fn contacts(address: Option<&Address<'_>>) -> Vec<Contact> {
    let Some(address) = address else {
        return Vec::new();
    };
    let found = address.iter().take(limits::ADDRESSES);
    found.filter_map(contact).collect()
}

fn contact(addr: &mail_parser::Addr<'_>) -> Option<Contact> {
    let address = bare(addr.address.as_deref().unwrap_or_default())?;
    let name = addr.name.as_deref().unwrap_or_default();
    let name = if name.contains("=?") {
        decoded(name.as_bytes())
    } else {
        clean::line(name, 200)
    };
    Some(Contact { name, address })
}

/// A bare lower-case address, if it is one.
pub fn bare(text: &str) -> Option<String> {
    let text = clean::line(text, 320)
        .trim_matches(['<', '>', ' '])
        .to_lowercase();
    let (local, domain) = text.rsplit_once('@')?;
    let good = !local.is_empty() && !domain.is_empty() && !text.contains([' ', ',', ';', '<', '>']);
    good.then_some(text)
}

pub fn return_path(lines: &[Line]) -> ReturnPath {
    let Some(value) = first(lines, "return-path") else {
        return ReturnPath::Missing;
    };
    let value = without_comments(value);
    let inner = value
        .rsplit_once('<')
        .map_or(value.as_str(), |(_, rest)| rest);
    let inner = inner.trim_end_matches('>').trim();
    if inner.is_empty() && value.contains('<') {
        return ReturnPath::Null;
    }
    bare(inner).map_or(ReturnPath::Unreadable, ReturnPath::Address)
}

pub fn subject(lines: &[Line]) -> String {
    first(lines, "subject")
        .map(|value| clean::line(value, 500))
        .unwrap_or_default()
}

pub fn message_id(lines: &[Line]) -> Option<String> {
    let value = first(lines, "message-id")?;
    // RFC 5322 section 3.6.4 lets comments stand around the brackets; broken software leaves the brackets out, or one of them.
    let value = value.split_once('<').map_or(value, |(_, rest)| rest);
    let mut pieces = value.split(['<', '>']).map(str::trim);
    let id = pieces.find(|piece| !piece.is_empty())?;
    let id = clean::line(id, 998);
    (!id.is_empty()).then_some(id)
}

/// In-Reply-To and References, in order, each once.
pub fn thread(lines: &[Line]) -> Vec<String> {
    let mut ids = Vec::new();
    let named = all(lines, "in-reply-to").chain(all(lines, "references"));
    for value in named {
        for piece in value.split(['<', '>', ' ', ',', '\t']) {
            let id = clean::line(piece, 998);
            if id.contains('@') && !ids.contains(&id) && ids.len() < limits::THREAD {
                ids.push(id);
            }
        }
    }
    ids
}

/// What the topmost `Authentication-Results` says, if its authserv-id is one we trust (RFC 8601 section 5).
pub fn authenticity(lines: &[Line], site: &Site) -> Authenticity {
    let Some(value) = first(lines, "authentication-results") else {
        return Authenticity::Unknown;
    };
    let value = without_comments(value).to_lowercase();
    let mut clauses = value.split(';');
    let server = clauses.next().unwrap_or_default();
    let server = server.split_whitespace().next().unwrap_or_default();
    if !site
        .authserv_ids
        .iter()
        .any(|id| id.eq_ignore_ascii_case(server))
    {
        return Authenticity::Unknown;
    }
    let clauses: Vec<&str> = clauses.map(str::trim).collect();
    let domain = first(lines, "from").and_then(domain_of).unwrap_or_default();
    weigh(&clauses, &domain)
}

fn domain_of(value: &str) -> Option<String> {
    let (_, domain) = value.rsplit_once('@')?;
    let end = domain
        .find(|character: char| !(character.is_alphanumeric() || matches!(character, '.' | '-')));
    Some(domain.get(..end.unwrap_or(domain.len()))?.to_lowercase())
}

fn weigh(clauses: &[&str], domain: &str) -> Authenticity {
    let has = |word: &str| {
        clauses
            .iter()
            .any(|clause| clause.split_whitespace().next() == Some(word))
    };
    let fails = |method: &str| {
        ["fail", "softfail", "permerror"]
            .iter()
            .any(|end| has(&format!("{method}={end}")))
    };
    if has("dmarc=pass") {
        return Authenticity::Pass;
    }
    if has("dmarc=fail") {
        return Authenticity::Fail;
    }
    if clauses.iter().any(|clause| aligned_pass(clause, domain)) {
        return Authenticity::Pass;
    }
    if fails("spf") && fails("dkim") {
        Authenticity::Fail
    } else {
        Authenticity::Neutral
    }
}

/// An spf or dkim pass for the From domain or a parent or child of it (relaxed alignment).
fn aligned_pass(clause: &str, domain: &str) -> bool {
    if !(clause.starts_with("spf=pass") || clause.starts_with("dkim=pass")) || domain.is_empty() {
        return false;
    }
    clause
        .split_whitespace()
        .filter_map(|word| word.split_once('='))
        .any(|(key, value)| {
            let about = matches!(key, "smtp.mailfrom" | "smtp.mail" | "header.d" | "header.i");
            let other = value.rsplit('@').next().unwrap_or_default();
            about && organisation(other).is_some_and(|one| organisation(domain) == Some(one))
        })
}

fn organisation(domain: &str) -> Option<&str> {
    psl::domain_str(domain).or((!domain.is_empty()).then_some(domain))
}
