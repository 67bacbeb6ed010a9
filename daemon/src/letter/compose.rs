//! Lays a letter out as a mail: RFC 5322, RFC 2045, and what RFC 3834 section 3.1 asks of a machine's answer.
//!
//! Everything is given, nothing is asked of the clock or of chance: the same letter is the same bytes, whenever it is written.

use lettre::Address;
use lettre::message::header::{
    ContentTransferEncoding, ContentType, From, HeaderName, HeaderValue, Headers, MIME_VERSION_1_0,
    MessageId, Subject, To,
};
use lettre::message::{Body, Mailbox, Mailboxes};

use super::suppress::OWN_ID;
use super::wording;
use super::{DispatchFacts, Notice, ReceiptFacts};
use crate::config::Team;

/// Message-IDs of their thread that our References repeats, at most.
const REFERENCES: usize = 10;
/// A Message-ID longer than this is not repeated: it would not fit a header line (RFC 5322 section 2.1.1).
const ID: usize = 250;

/// The Message-ID of a letter, without angle brackets: the key of its order makes it the same on every try.
pub(super) fn message_id(team: &Team, key: [u8; 15]) -> String {
    let hex = |text: String, byte: &u8| format!("{text}{byte:02x}");
    let key = key.iter().fold(String::new(), hex);
    let domain = team.address.rsplit_once('@');
    format!("{OWN_ID}{key}@{}", domain.map_or("", |(_, domain)| domain))
}

/// The whole message: ASCII, CRLF, no line over 998 characters.
pub(super) fn message(facts: &ReceiptFacts<'_>) -> String {
    let body = Body::new(wording::body(facts));
    let mut headers = Headers::new();
    headers.set(From::from(mailbox(&facts.team.name, &facts.team.address)));
    headers.set(To::from(mailbox("", &facts.recipient.address)));
    headers.set(Subject::from(wording::subject(facts)));
    raw(&mut headers, "Date", facts.received.wib().to_rfc2822());
    headers.set(MessageId::from(format!(
        "<{}>",
        message_id(facts.team, facts.key)
    )));
    thread(&mut headers, facts);
    raw(&mut headers, "Auto-Submitted", "auto-replied".to_owned());
    raw(&mut headers, "Precedence", "bulk".to_owned());
    raw(&mut headers, "X-Auto-Response-Suppress", "All".to_owned());
    headers.set(MIME_VERSION_1_0);
    headers.set(ContentType::TEXT_PLAIN);
    headers.set::<ContentTransferEncoding>(body.encoding());
    let text = String::from_utf8_lossy(body.as_ref()).into_owned();
    format!("{headers}\r\n{text}")
}

/// A letter with what goes along with it (RFC 2046 section 5.1.3). It is no machine's answer: a person released it. Machines at the other
/// end are asked to keep their automatic replies, and not their bounces.
pub(super) fn with_attachments(facts: &DispatchFacts<'_>) -> String {
    let id = message_id(facts.team, facts.key);
    let boundary = format!("=_{}", id.split('@').next().unwrap_or_default());
    let mut headers = Headers::new();
    headers.set(From::from(mailbox(&facts.team.name, &facts.team.address)));
    headers.set(To::from(mailbox("", &facts.to.address)));
    headers.set(Subject::from(facts.subject.to_owned()));
    raw(&mut headers, "Date", facts.date.wib().to_rfc2822());
    headers.set(MessageId::from(format!("<{id}>")));
    if let Some(parent) = facts.answers.filter(|id| is_id(id)) {
        raw(&mut headers, "In-Reply-To", format!("<{parent}>"));
        raw(&mut headers, "References", format!("<{parent}>"));
    }
    raw(
        &mut headers,
        "X-Auto-Response-Suppress",
        "OOF, AutoReply".to_owned(),
    );
    headers.set(MIME_VERSION_1_0);
    raw(
        &mut headers,
        "Content-Type",
        format!("multipart/mixed;\r\n boundary=\"{boundary}\""),
    );
    let mut text = format!("{headers}\r\n");
    let body = Body::new(facts.text.to_owned());
    text.push_str(&part(&boundary, "text/plain; charset=utf-8", "", &body));
    for file in facts.attachments {
        let disposition = format!(
            "Content-Disposition: attachment; filename=\"{}\"\r\n",
            plain_name(&file.name)
        );
        let bytes = Body::new_with_encoding(file.bytes.clone(), ContentTransferEncoding::Base64);
        let bytes = bytes.unwrap_or_else(Body::new);
        text.push_str(&part(&boundary, file.kind, &disposition, &bytes));
    }
    format!("{text}--{boundary}--\r\n")
}

/// A notice of ours to ourselves: plain text, and marked as a machine's (RFC 3834 section 5).
pub(super) fn notice(facts: &Notice<'_>) -> String {
    let body = Body::new(facts.text.to_owned());
    let id = message_id(facts.team, facts.key);
    let mut headers = Headers::new();
    headers.set(From::from(mailbox(&facts.team.name, &facts.team.address)));
    headers.set(To::from(mailbox("", &facts.to.address)));
    headers.set(Subject::from(facts.subject.to_owned()));
    raw(&mut headers, "Date", facts.date.wib().to_rfc2822());
    headers.set(MessageId::from(format!("<{id}>")));
    raw(&mut headers, "Auto-Submitted", "auto-generated".to_owned());
    raw(&mut headers, "X-Auto-Response-Suppress", "All".to_owned());
    headers.set(MIME_VERSION_1_0);
    headers.set(ContentType::TEXT_PLAIN);
    headers.set::<ContentTransferEncoding>(body.encoding());
    let text = String::from_utf8_lossy(body.as_ref()).into_owned();
    format!("{headers}\r\n{text}")
}

fn part(boundary: &str, kind: &str, more: &str, body: &Body) -> String {
    format!(
        "--{boundary}\r\nContent-Type: {kind}\r\n{more}Content-Transfer-Encoding: {}\r\n\r\n{}\r\n",
        body.encoding(),
        String::from_utf8_lossy(body.as_ref())
    )
}

/// Our own files have plain names; whatever is not plain is replaced.
fn plain_name(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
            c
        } else {
            '-'
        }
    };
    name.chars().map(plain).collect()
}

/// In-Reply-To their mail, References their thread and their mail (RFC 5322 section 3.6.4).
fn thread(headers: &mut Headers, facts: &ReceiptFacts<'_>) {
    let report = facts.report;
    let parent = report.message_id.as_deref().filter(|id| is_id(id));
    let mut ids: Vec<&str> = Vec::new();
    for id in report.thread.iter().map(String::as_str).chain(parent) {
        if is_id(id) && Some(id) != parent && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids.drain(..ids.len().saturating_sub(REFERENCES - 1));
    ids.extend(parent);
    if let Some(id) = parent {
        raw(headers, "In-Reply-To", format!("<{id}>"));
    }
    if !ids.is_empty() {
        let bracketed: Vec<String> = ids.iter().map(|id| format!("<{id}>")).collect();
        // One a line, folded (RFC 5322 section 2.2.3).
        raw(headers, "References", bracketed.join("\r\n "));
    }
}

/// Visible ASCII without brackets, quotes or blanks: a stranger's id cannot end our header.
fn is_id(id: &str) -> bool {
    let plain = |c: char| {
        c.is_ascii_graphic() && !matches!(c, '<' | '>' | '(' | ')' | '"' | '\\' | ',' | ';')
    };
    (1..=ID).contains(&id.len()) && id.chars().all(plain)
}

/// A header whose value is known to be ASCII and folded.
fn raw(headers: &mut Headers, name: &'static str, value: String) {
    let name = HeaderName::new_from_ascii_str(name);
    headers.insert_raw(HeaderValue::dangerous_new_pre_encoded(
        name,
        value.clone(),
        value,
    ));
}

/// Both addresses were checked: ours by the configuration, theirs by [`super::Recipient`].
fn mailbox(name: &str, address: &str) -> Mailboxes {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let name = Some(name.to_owned()).filter(|name| !name.is_empty());
    Mailboxes::from(Mailbox::new(name, Address::new_dangerous(local, domain)))
}

#[cfg(test)]
mod tests;
