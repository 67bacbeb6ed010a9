//! Letters: whether a reporter is answered, what the letter says, and how it leaves.
//!
//! Everything here but [`post`] is a pure function of the case, so that a retry sends the same bytes.

pub mod dates;
mod post;
mod suppress;
mod wording;

use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder, SinglePart};
use serde::{Deserialize, Serialize};
use tanggap_rules::Report;

use crate::clock::Timestamp;
use crate::config::Team;

pub use post::{Post, PostError, PostId};
pub use suppress::{Recipient, Withheld, answerable, within_budget};

/// A finished letter, as the outbox keeps it and the post sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedLetter {
    /// Envelope sender; `None` is `<>`, so that a bounce of an automatic letter never answers it (RFC 3834 section 3.3).
    pub from: Option<String>,
    /// Envelope recipient.
    pub to: String,
    /// Without angle brackets.
    pub message_id: String,
    /// The whole message (RFC 5322), CRLF, ASCII.
    pub text: String,
}

/// What a receipt is made of.
pub struct ReceiptFacts<'a> {
    pub register: &'a str,
    pub team: &'a Team,
    pub report: &'a Report,
    pub recipient: &'a Recipient,
    pub received: Timestamp,
    /// The key of this letter's order; its Message-ID is made of it.
    pub key: [u8; 15],
}

/// Message-IDs of the reporter that our References repeats, at most.
const REFERENCES: usize = 10;
/// A Message-ID longer than this is not repeated: it would not fit a header line (RFC 5322 section 2.1.1).
const ID_LENGTH: usize = 250;

/// The receipt for a report (SOP step 1; RFC 3834 for everything a machine's answer must carry). An address that no letter
/// can be written to is a reason not to answer.
pub fn receipt(facts: &ReceiptFacts<'_>) -> Result<SealedLetter, Withheld> {
    let message_id = format!("ack.{}@{}", hex(&facts.key), domain_of(&facts.team.address));
    let part = SinglePart::builder()
        .header(ContentType::TEXT_PLAIN)
        .header(ContentTransferEncoding::QuotedPrintable)
        .body(wording::receipt(facts));
    let message = headed(facts, &message_id)?
        .singlepart(part)
        .map_err(|_| Withheld::UnsafeAddress)?;
    let text = String::from_utf8(message.formatted()).map_err(|_| Withheld::UnsafeAddress)?;
    Ok(SealedLetter {
        from: None,
        to: facts.recipient.address.clone(),
        message_id,
        text,
    })
}

/// Every header of a receipt. The sender's words get into the subject only, cleaned; nothing of theirs is a header of ours.
fn headed(facts: &ReceiptFacts<'_>, message_id: &str) -> Result<MessageBuilder, Withheld> {
    let to: Address = facts
        .recipient
        .address
        .parse()
        .map_err(|_| Withheld::UnsafeAddress)?;
    let from: Address = facts
        .team
        .address
        .parse()
        .map_err(|_| Withheld::UnsafeAddress)?;
    let envelope = Envelope::new(None, vec![to.clone()]).map_err(|_| Withheld::UnsafeAddress)?;
    let builder = MessageBuilder::new()
        .from(Mailbox::new(Some(facts.team.name.clone()), from))
        .to(Mailbox::new(None, to))
        .subject(wording::subject(facts))
        .date(
            std::time::UNIX_EPOCH
                + std::time::Duration::from_millis(facts.received.0.unsigned_abs()),
        )
        .message_id(Some(format!("<{message_id}>")))
        .raw_header(raw("Auto-Submitted", "auto-replied"))
        .raw_header(raw("Precedence", "bulk"))
        .raw_header(raw("X-Auto-Response-Suppress", "All"));
    Ok(threaded(builder, facts.report).envelope(envelope))
}

/// In-Reply-To and References, so that the receipt stands beneath the report in the reporter's mail program (RFC 5322 section 3.6.4).
fn threaded(builder: MessageBuilder, report: &Report) -> MessageBuilder {
    let Some(parent) = report.message_id.as_deref().filter(|id| is_plain_id(id)) else {
        return builder;
    };
    let earlier = report
        .thread
        .iter()
        .filter(|id| is_plain_id(id) && *id != parent);
    let mut chain: Vec<String> = earlier
        .rev()
        .take(REFERENCES)
        .map(|id| format!("<{id}>"))
        .collect();
    chain.reverse();
    chain.push(format!("<{parent}>"));
    builder
        .in_reply_to(format!("<{parent}>"))
        .references(chain.join(" "))
}

/// An id that can stand in a header of ours without meaning anything else there.
fn is_plain_id(id: &str) -> bool {
    let plain = |byte: u8| {
        byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'(' | b')' | b',' | b'"' | b'\\')
    };
    id.len() <= ID_LENGTH && id.contains('@') && id.bytes().all(plain)
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn domain_of(address: &str) -> &str {
    address
        .rsplit_once('@')
        .map_or("localhost", |(_, domain)| domain)
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests;
