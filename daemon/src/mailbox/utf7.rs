//! IMAP folder names outside ASCII (RFC 3501 section 5.1.3, modified UTF-7).

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/// `Surat Masuk & Lama` becomes `Surat Masuk &- Lama`; what is not ASCII becomes base64 of UTF-16.
pub(super) fn encoded(name: &str) -> String {
    let mut text = String::new();
    let mut wide: Vec<u16> = Vec::new();
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            close(&mut text, &mut wide);
            text.push(c);
            text.push_str(if c == '&' { "-" } else { "" });
        } else {
            wide.extend_from_slice(c.encode_utf16(&mut [0; 2]));
        }
    }
    close(&mut text, &mut wide);
    text
}

/// Ends a run of wide characters.
fn close(text: &mut String, wide: &mut Vec<u16>) {
    if wide.is_empty() {
        return;
    }
    let bytes: Vec<u8> = wide.drain(..).flat_map(u16::to_be_bytes).collect();
    text.push('&');
    for group in bytes.chunks(3) {
        let number = group
            .iter()
            .fold(0_u32, |number, byte| number << 8 | u32::from(*byte))
            << (8 * (3 - group.len()));
        for place in 0..=group.len() {
            let index = (number >> (18 - 6 * place)) & 63;
            text.push(
                ALPHABET
                    .get(index as usize)
                    .copied()
                    .map_or('A', char::from),
            );
        }
    }
    text.push('-');
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn as_the_rfc_writes_it() {
        assert_eq!(encoded("INBOX"), "INBOX");
        assert_eq!(encoded("a&b"), "a&-b");
        assert_eq!(encoded("台北"), "&U,BTFw-");
        assert_eq!(encoded("~peter/mail/日本語"), "~peter/mail/&ZeVnLIqe-");
    }
}
