//! Walks the parts of a mail once: the words, what is attached, what is enclosed, and the digest that tells twins.

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};
use sha2::{Digest, Sha256};

use super::xarf::{self, Accusation};
use super::{clean, headers, html, limits, zipped};
use crate::report::{Attachment, Report};
use crate::tongue::Words;
use crate::words;

/// A mail within the mail.
#[derive(Debug, Clone, Default)]
pub struct Enclosed {
    /// `Name <address>` and all that its headers tell of its way.
    pub headers: String,
    pub subject: String,
    pub text: String,
}

/// What the parts of a mail hold.
#[derive(Debug, Default)]
pub struct Leaves {
    pub text: String,
    /// Link targets of an HTML part whose plain twin is `text`.
    pub links: Vec<String>,
    pub attachments: Vec<Attachment>,
    pub attached_text: String,
    /// Who or what an XARF report accuses.
    pub accusation: Option<Accusation>,
    pub enclosed: Vec<Enclosed>,
    /// The `message/feedback-report` part (RFC 5965 section 2).
    pub feedback: Option<String>,
    /// Every decoded leaf, for the digest.
    pub digest: [u8; 32],
}

impl Leaves {
    /// Two texts that differ only beyond what is parsed are two mails.
    pub fn see_beyond(&mut self, beyond: &[u8]) {
        if !beyond.is_empty() {
            self.digest = digest(&[self.digest, digest(beyond)].concat());
        }
    }
}

pub fn gather(message: &Message<'_>, oddities: &mut Vec<Words>) -> Leaves {
    let mut leaves = Leaves {
        text: body(message),
        ..Leaves::default()
    };
    leaves.links = twin_links(message);
    let leaf = |part: &MessagePart<'_>| {
        if part.is_multipart() {
            [0; 32]
        } else {
            digest(part.contents())
        }
    };
    // Each part is hashed once, for its own sake and for the mail's.
    let digests: Vec<[u8; 32]> = message.parts.iter().take(limits::PARTS).map(leaf).collect();
    leaves.digest = digest(&digests.concat());
    for id in &message.attachments {
        let Some(part) = message.parts.get(*id as usize) else {
            continue;
        };
        if leaves.attachments.len() >= limits::ATTACHMENTS {
            oddities.push(words!(
                "lebih dari 200 lampiran: sisanya tidak didaftar",
                "over 200 attachments: the rest is not listed"
            ));
            break;
        }
        let known = digests.get(*id as usize).copied();
        attach(part, (message.raw_message(), known), &mut leaves);
        if let Some(zipped) = unzip(part, &mut leaves.attached_text) {
            oddities.extend(zipped.odd);
            if let Some(last) = leaves.attachments.last_mut() {
                last.members = zipped.names;
            }
        }
    }
    leaves.accusation = xarf::accusation(&leaves.attached_text);
    if message.parts.len() > limits::PARTS {
        oddities.push(words!(
            "lebih dari 1000 bagian: sisanya tidak dibaca",
            "over 1000 parts: the rest is not read"
        ));
    }
    leaves
}

/// The words of a message: plain text where there is any, else the HTML as text.
fn body(message: &Message<'_>) -> String {
    let mut text = String::new();
    for id in message.text_body.iter().take(50) {
        match message.parts.get(*id as usize).map(|part| &part.body) {
            Some(PartType::Text(words)) => text.push_str(beginning(words)),
            Some(PartType::Html(page)) => text.push_str(&html::to_text(page)),
            _ => continue,
        }
        text.push('\n');
    }
    if text.trim().is_empty() {
        let pages = message
            .html_body
            .iter()
            .filter_map(|id| message.parts.get(*id as usize));
        let words = pages.filter_map(|part| match &part.body {
            PartType::Html(page) => Some(html::to_text(page)),
            _ => None,
        });
        text.extend(words);
    }
    clean::text(&text)
}

/// As much of a text as is judged: a large one is never copied as a whole.
fn beginning(words: &str) -> &str {
    let end = words.floor_char_boundary(limits::TEXT);
    words.get(..end).unwrap_or(words)
}

fn twin_links(message: &Message<'_>) -> Vec<String> {
    let twins = message
        .html_body
        .iter()
        .filter(|id| !message.text_body.contains(id));
    let pages = twins.filter_map(|id| match &message.parts.get(*id as usize)?.body {
        PartType::Html(page) => Some(html::links(page)),
        _ => None,
    });
    pages.flatten().take(300).collect()
}

fn attach(part: &MessagePart<'_>, (raw, known): (&[u8], Option<[u8; 32]>), leaves: &mut Leaves) {
    let declared = part.content_type().map_or_else(
        || "text/plain".to_owned(),
        |content| {
            format!("{}/{}", content.ctype(), content.subtype().unwrap_or("x")).to_ascii_lowercase()
        },
    );
    if declared == "message/feedback-report" {
        leaves.feedback = Some(clean::text(&String::from_utf8_lossy(head(
            part.contents(),
            65536,
        ))));
        return;
    }
    if matches!(
        declared.as_str(),
        "message/delivery-status"
            | "text/rfc822-headers"
            | "multipart/alternative"
            | "multipart/related"
    ) {
        return;
    }
    if let PartType::Message(inner) = &part.body
        && leaves.enclosed.len() < limits::NESTING
    {
        enclose(inner, raw, leaves, 1);
    }
    let contents = part.contents();
    let name = part
        .attachment_name()
        .map_or_else(|| unnamed(part, &declared), clean::file_name);
    read_text(part, &declared, &name, &mut leaves.attached_text);
    leaves.attachments.push(Attachment {
        detected: magic(contents).to_owned(),
        size: contents.len() as u64,
        sha256: hex(&known.unwrap_or_else(|| digest(contents))),
        name,
        declared: clean::line(&declared, 100),
        members: Vec::new(),
    });
}

fn unnamed(part: &MessagePart<'_>, declared: &str) -> String {
    match &part.body {
        PartType::Message(inner) => {
            format!(
                "{}.eml",
                clean::file_name(inner.subject().unwrap_or("surel"))
            )
        }
        _ => clean::file_name(&declared.replace('/', "-")),
    }
}

fn head(bytes: &[u8], most: usize) -> &[u8] {
    bytes.get(..most).unwrap_or(bytes)
}

/// The data in a zipped feed are read as if they were attached as they are.
fn unzip(part: &MessagePart<'_>, into: &mut String) -> Option<zipped::Zipped> {
    let contents = part.contents();
    if part.is_message() || !zipped::is_zip(contents) {
        return None;
    }
    let zipped = zipped::look(contents, limits::ATTACHED_TEXT.saturating_sub(into.len()))?;
    into.push_str(&zipped.text);
    Some(zipped)
}

/// Small text files are evidence that can be read as it stands; nothing else is ever opened.
fn read_text(part: &MessagePart<'_>, declared: &str, name: &str, into: &mut String) {
    let lower = name.to_ascii_lowercase();
    let textual =
        declared.starts_with("text/") && declared != "text/html" && declared != "text/calendar"
            || matches!(
                declared,
                "application/json" | "application/xml" | "application/csv" | "application/x-yaml"
            )
            || [".txt", ".csv", ".log", ".json", ".xml", ".yaml", ".yml"]
                .iter()
                .any(|end| lower.ends_with(end));
    if part.is_message() || !textual || into.len() >= limits::ATTACHED_TEXT {
        return;
    }
    let room = limits::ATTACHED_TEXT - into.len();
    let bytes = head(part.contents(), room);
    if bytes.contains(&0) {
        return;
    }
    into.push_str(&clean::text(&String::from_utf8_lossy(bytes)));
    into.push('\n');
}

fn enclose(inner: &Message<'_>, raw: &[u8], leaves: &mut Leaves, depth: usize) {
    let mut told = String::new();
    for line in headers::lines_within(inner, raw) {
        if matches!(
            line.name.as_str(),
            "from" | "sender" | "reply-to" | "received" | "x-originating-ip" | "return-path"
        ) {
            told.push_str(&line.name);
            told.push_str(": ");
            told.push_str(&line.value);
            told.push('\n');
        }
    }
    leaves.enclosed.push(Enclosed {
        headers: told,
        subject: clean::line(inner.subject().unwrap_or_default(), 500),
        text: body(inner),
    });
    for id in &inner.attachments {
        let deeper = inner.parts.get(*id as usize).and_then(MessagePart::message);
        if let (Some(message), true) = (
            deeper,
            depth < limits::NESTING && leaves.enclosed.len() < limits::NESTING,
        ) {
            enclose(message, raw, leaves, depth + 1);
        }
    }
}

/// Equal for two deliveries of one mail: its From, Date, Subject, Message-ID and decoded parts are equal.
pub fn canon(report: &Report, leaves: &Leaves) -> [u8; 32] {
    let mut canon = Sha256::new();
    let from = report.from.as_ref().map(|contact| contact.address.as_str());
    for field in [
        from,
        Some(report.subject.as_str()),
        report.message_id.as_deref(),
    ] {
        canon.update(field.unwrap_or_default().as_bytes());
        canon.update([0]);
    }
    canon.update(report.date_ms.unwrap_or(i64::MIN).to_be_bytes());
    canon.update(leaves.digest);
    canon.finalize().into()
}

pub fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

const MAGIC: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
    (b"Rar!\x1a\x07", "application/x-rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\x1f\x8b", "application/gzip"),
    (b"MZ", "application/x-dosexec"),
    (b"\x7fELF", "application/x-elf"),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "application/x-ole-storage",
    ),
    (b"RIFF", "application/x-riff"),
    (b"\x00\x00\x00\x18ftyp", "video/mp4"),
    (b"\x00\x00\x00\x1cftyp", "video/mp4"),
    (b"\x00\x00\x00\x20ftyp", "video/mp4"),
    (b"OggS", "audio/ogg"),
    (b"-----BEGIN PGP", "application/pgp"),
    (b"{\\rtf", "application/rtf"),
    (b"<?xml", "text/xml"),
    (b"\xd4\xc3\xb2\xa1", "application/vnd.tcpdump.pcap"),
    (b"\x0a\x0d\x0d\x0a", "application/vnd.tcpdump.pcapng"),
];

/// The type that the first bytes show; empty where unknown.
fn magic(contents: &[u8]) -> &'static str {
    let found = MAGIC.iter().find(|(start, _)| contents.starts_with(start));
    found.map_or("", |(_, name)| name)
}
