//! Which mail a delivery report brings back (RFC 3464): the Message-ID in the headers or the message that it returns.
//!
//! Only where delivery failed for good: of a mail that is merely late nothing has come back.

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use super::{headers, limits};

/// Of returned headers so much is looked at.
const HEADERS: usize = 64 << 10;

/// Message-IDs of what came back, without angle brackets.
pub fn message_ids(message: &Message<'_>) -> Vec<String> {
    let parts = || message.parts.iter().take(limits::PARTS);
    if !parts().any(says_failed) {
        return Vec::new();
    }
    let raw = message.raw_message();
    parts().filter_map(|part| returned(part, raw)).collect()
}

fn is(part: &MessagePart<'_>, kind: &str, sub: &str) -> bool {
    part.content_type().is_some_and(|content| {
        content.ctype().eq_ignore_ascii_case(kind)
            && content
                .subtype()
                .is_some_and(|named| named.eq_ignore_ascii_case(sub))
    })
}

/// `Action: failed` (RFC 3464 section 2.3.3).
fn says_failed(part: &MessagePart<'_>) -> bool {
    if !is(part, "message", "delivery-status") {
        return false;
    }
    fields(part).any(|(name, value)| name == "action" && value.eq_ignore_ascii_case("failed"))
}

fn returned(part: &MessagePart<'_>, raw: &[u8]) -> Option<String> {
    let id = if let PartType::Message(inner) = &part.body {
        let lines = headers::lines_within(inner, raw);
        lines
            .into_iter()
            .find(|line| line.name == "message-id")?
            .value
    } else if is(part, "text", "rfc822-headers") {
        fields(part).find(|(name, _)| name == "message-id")?.1
    } else {
        return None;
    };
    let id = id.trim_matches(|c: char| c.is_whitespace() || matches!(c, '<' | '>'));
    (!id.is_empty()).then(|| id.to_owned())
}

/// Header fields, names in lower case; a line that begins with a blank goes on with the one before it.
fn fields(part: &MessagePart<'_>) -> impl Iterator<Item = (String, String)> {
    let bytes = part.contents();
    let text = String::from_utf8_lossy(bytes.get(..HEADERS).unwrap_or(bytes)).into_owned();
    let unfolded = text
        .replace("\r\n", "\n")
        .replace("\n ", " ")
        .replace("\n\t", " ");
    let lines: Vec<(String, String)> = unfolded
        .lines()
        .filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.trim().to_lowercase(), value.trim().to_owned()))
        })
        .collect();
    lines.into_iter()
}
