//! Cuts a mail to what may be parsed (see `docs` of each limit): the parser itself sets no bounds.

use std::borrow::Cow;

use crate::tongue::Words;
use crate::words;

/// Text kept for the rules, bytes.
pub const TEXT: usize = 2 * 1024 * 1024;
/// A mail that is one text is parsed up to so many raw bytes: three times [`TEXT`] hold it in any encoding, and more would be
/// decoded for nothing. Its other bytes count for its digest alone.
const ONE_TEXT: usize = 8 * 1024 * 1024;
/// Text attachments read as evidence, bytes in all.
pub const ATTACHED_TEXT: usize = 128 * 1024;
/// Archives larger than this are listed by name only.
pub const ARCHIVE: usize = 10 * 1024 * 1024;
/// Parts of one mail, nested ones included.
pub const PARTS: usize = 1000;
/// Attachments listed.
pub const ATTACHMENTS: usize = 200;
/// Messages within messages.
pub const NESTING: usize = 5;
/// Addresses read from one header.
pub const ADDRESSES: usize = 500;
/// Message-IDs read from In-Reply-To and References.
pub const THREAD: usize = 100;
/// Observables told of one mail.
pub const OBSERVABLES: usize = 500;

const RAW: usize = 50 * 1024 * 1024;
const HEADER_BLOCK: usize = 256 * 1024;
const HEADER_LINE: usize = 64 * 1024;
const HEADERS: usize = 1000;
const LINES: usize = 1_000_000;
const BOUNDARIES: usize = 4000;
/// Enclosed messages are dropped recursively by the parser: far below what a thread's stack holds.
const ENCLOSED: usize = 64;
/// The same for digests, whose every part is a message.
const DIGEST_BOUNDARIES: usize = 200;

/// The mail, or as much of it as is safe to parse.
pub fn bounded<'x>(raw: &'x [u8], oddities: &mut Vec<Words>) -> Cow<'x, [u8]> {
    let whole = raw.get(..RAW).unwrap_or(raw);
    if whole.len() < raw.len() {
        oddities.push(words!(
            "lebih besar dari 50 MB: sisanya tidak dibaca",
            "over 50 MB: the rest is not read"
        ));
    }
    let cut = whole.get(..safe_length(whole)).unwrap_or(whole);
    if cut.len() < whole.len() {
        oddities.push(words!(
            "terlalu banyak bagian atau baris: sisanya tidak dibaca",
            "too many parts or lines: the rest is not read"
        ));
    }
    short_headers(cut, oddities)
}

/// What is parsed of a mail, and what lies behind that where the mail is one long text.
pub fn one_text(raw: &[u8]) -> (&[u8], &[u8]) {
    if raw.len() > ONE_TEXT && is_one_text(raw) {
        raw.split_at(ONE_TEXT)
    } else {
        (raw, &[])
    }
}

/// Whether a mail's headers say that it is a text and nothing else: no parts, no file.
fn is_one_text(raw: &[u8]) -> bool {
    let head = raw.get(..HEADER_BLOCK).unwrap_or(raw);
    let mut of_content = false;
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            return true;
        }
        let folded = line.starts_with(b" ") || line.starts_with(b"\t");
        let named = |name: &[u8]| {
            let start = line.get(..name.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(name))
        };
        let typed = named(b"content-type:");
        if typed && !(contains(line, b"text/plain") || contains(line, b"text/html")) {
            return false;
        }
        of_content = typed || folded && of_content;
        if named(b"content-disposition:") || of_content && contains(line, b"name") {
            return false;
        }
    }
    false
}

/// Whether a mail cannot run over any limit: it has few lines that may be boundaries, and none that encloses a message.
fn surely_safe(raw: &[u8]) -> bool {
    let boundaries = memchr::memmem::find_iter(raw, b"\n--").take(DIGEST_BOUNDARIES);
    raw.len() < LINES
        && boundaries.count() + 1 < DIGEST_BOUNDARIES
        && memchr::memmem::find(raw, b"822").is_none()
        && !contains(raw, b"global")
}

/// How many bytes can be parsed before lines, boundaries or enclosed messages run over their limit.
fn safe_length(raw: &[u8]) -> usize {
    if surely_safe(raw) {
        return raw.len();
    }
    let (mut at, mut lines, mut boundaries, mut enclosed) = (0, 0_usize, 0_usize, 0_usize);
    let mut most = BOUNDARIES;
    let ends = memchr::memchr_iter(b'\n', raw).map(|end| end + 1);
    for end in ends.chain([raw.len()]) {
        let line = raw.get(at..end).unwrap_or_default();
        lines += 1;
        if line.starts_with(b"--") {
            boundaries += 1;
            if boundaries == DIGEST_BOUNDARIES && contains(raw, b"digest") {
                most = DIGEST_BOUNDARIES;
            }
        }
        enclosed += usize::from(line.len() < HEADER_LINE && encloses(line));
        if lines > LINES || boundaries > most || enclosed > ENCLOSED {
            return at;
        }
        at = end;
    }
    at
}

/// Whether a line may declare an enclosed message. Only the few lines with a slash are looked at closely.
fn encloses(line: &[u8]) -> bool {
    let first = line.first().copied().unwrap_or_default();
    let folded = first == b' ' || first == b'\t';
    let header = folded || first.eq_ignore_ascii_case(&b'c');
    let typed = header && memchr::memchr(b'/', line).is_some();
    typed && (contains(line, b"rfc822") || contains(line, b"global"))
}

fn contains(haystack: &[u8], lower: &[u8]) -> bool {
    let Some(first) = lower.first() else {
        return true;
    };
    let mut begun = memchr::memchr2_iter(*first, first.to_ascii_uppercase(), haystack);
    begun.any(|at| {
        let there = haystack.get(at..at + lower.len());
        there.is_some_and(|there| there.eq_ignore_ascii_case(lower))
    })
}

/// Whether the header block ends so soon that neither it nor a line of it can be too large, nor its lines too many.
fn has_few_headers(raw: &[u8]) -> bool {
    let head = raw.get(..HEADERS * 4).unwrap_or(raw);
    let ends: [&[u8]; 2] = [b"\n\r\n", b"\n\n"];
    let ended = |end: &[u8]| memchr::memmem::find(head, end).is_some();
    head.len() == raw.len() || ends.into_iter().any(ended)
}

/// The same mail with a header block of bearable size.
fn short_headers<'x>(raw: &'x [u8], oddities: &mut Vec<Words>) -> Cow<'x, [u8]> {
    if has_few_headers(raw) {
        return Cow::Borrowed(raw);
    }
    let (mut end, mut count, mut over) = (0, 0_usize, false);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        if line == b"\n" || line == b"\r\n" {
            break;
        }
        count += 1;
        over |= line.len() > HEADER_LINE;
        end += line.len();
    }
    if end <= HEADER_BLOCK && count <= HEADERS * 4 && !over {
        return Cow::Borrowed(raw);
    }
    oddities.push(words!(
        "kepala surel terlalu besar: dipotong",
        "headers too large: cut"
    ));
    let mut kept = Vec::new();
    let head = raw.get(..end).unwrap_or_default();
    for line in head
        .split_inclusive(|byte| *byte == b'\n')
        .take(HEADERS * 4)
    {
        if kept.len() + line.len() > HEADER_BLOCK || line.len() > HEADER_LINE {
            continue;
        }
        kept.extend_from_slice(line);
    }
    kept.extend_from_slice(b"\r\n");
    kept.extend_from_slice(raw.get(end..).unwrap_or_default());
    Cow::Owned(kept)
}
