//! The attached files themselves, for whoever was told by the report which of them to take.

use mail_parser::MimeHeaders;

use super::{PARSER, limits, parts};

/// The attached files whose SHA-256 (lower-case hex) is wanted, each once, with its digest. A mail that cannot be read has none.
pub fn files(raw: &[u8], wanted: &[String]) -> Vec<(String, Vec<u8>)> {
    let bounded = limits::bounded(raw, &mut Vec::new());
    let Some(message) = PARSER.parse(bounded.as_ref()) else {
        return Vec::new();
    };
    let mut found: Vec<(String, Vec<u8>)> = Vec::new();
    for id in message.attachments.iter().take(limits::ATTACHMENTS) {
        let Some(part) = message.parts.get(*id as usize) else {
            continue;
        };
        if part.is_multipart()
            || part
                .content_type()
                .is_some_and(|kind| kind.ctype() == "multipart")
        {
            continue;
        }
        let digest = parts::hex(&parts::digest(part.contents()));
        if wanted.contains(&digest) && !found.iter().any(|(known, _)| *known == digest) {
            found.push((digest, part.contents().to_vec()));
        }
    }
    found
}
