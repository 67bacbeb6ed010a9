//! What a FETCH response says, as far as we ask for it.

use async_imap::imap_proto::AttributeValue;
use chrono::DateTime;

/// One FETCH response, as far as we ask for it.
#[derive(Default)]
pub(super) struct Answer {
    pub uid: Option<i64>,
    pub bytes: Option<u64>,
    pub internal_ms: Option<i64>,
    pub body: Option<Vec<u8>>,
    /// Where in the mail `body` begins.
    pub offset: u64,
}

pub(super) fn answer(attributes: &[AttributeValue<'_>]) -> Answer {
    let mut answer = Answer::default();
    for attribute in attributes {
        match attribute {
            AttributeValue::Uid(uid) => answer.uid = Some(i64::from(*uid)),
            AttributeValue::Rfc822Size(bytes) => answer.bytes = Some(u64::from(*bytes)),
            AttributeValue::InternalDate(date) => answer.internal_ms = internal_ms(date),
            AttributeValue::BodySection {
                section: None,
                index,
                data: Some(data),
            } => {
                answer.offset = u64::from(index.unwrap_or(0));
                answer.body = Some(data.to_vec());
            }
            _ => {}
        }
    }
    answer
}

/// `" 1-Jan-2026 00:00:00 +0700"` (RFC 3501, date-time).
fn internal_ms(date: &str) -> Option<i64> {
    let date = DateTime::parse_from_str(date.trim(), "%d-%b-%Y %H:%M:%S %z").ok()?;
    Some(date.timestamp_millis())
}
