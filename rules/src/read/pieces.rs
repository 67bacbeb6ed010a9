//! A line as the pieces in which addresses, links and digests stand, and which of them are worth a look.

/// Letters of the shortest digest (MD5).
pub const SHORTEST_HASH: usize = 32;

/// Whether anything looked for may stand in a line: an address, a link and a name have a dot, a colon or an `@` before
/// something else, a CVE number has a hyphen, a digest is long.
pub fn promising(line: &str) -> bool {
    let bytes = line.as_bytes();
    let after = |at: usize| bytes.get(at + 1).copied().unwrap_or(b' ');
    let mut marks = memchr::memchr3_iter(b'.', b':', b'@', bytes);
    marks.any(|at| after(at) != b' ') || names_a_cve(bytes) || has_long_piece(bytes, SHORTEST_HASH)
}

fn names_a_cve(line: &[u8]) -> bool {
    let mut hyphens = memchr::memchr_iter(b'-', line);
    hyphens.any(|at| {
        let before = at.checked_sub(3).and_then(|from| line.get(from..at));
        before.is_some_and(|word| word.eq_ignore_ascii_case(b"cve"))
    })
}

/// Whether so many bytes stand in a row without a space: only then may a piece be so long.
pub fn has_long_piece(line: &[u8], length: usize) -> bool {
    let mut from = 0;
    while let Some(row) = line.get(from..from + length) {
        match memchr::memrchr(b' ', row) {
            Some(at) => from += at + 1,
            None => return true,
        }
    }
    false
}

/// The pieces of a line, none of them empty.
pub fn pieces(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (piece, behind) = rest.split_at(end_of_piece(rest));
            let mut behind = behind.chars();
            behind.next();
            rest = behind.as_str();
            if !piece.is_empty() {
                return Some(piece);
            }
        }
        None
    })
}

/// Where the piece that a text begins with ends. Curled quotes part pieces too, and begin with E2.
fn end_of_piece(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = bytes.iter().skip(at).position(|byte| parts(*byte)) {
        at += found;
        let mark = text.get(at..).and_then(|rest| rest.chars().next());
        if mark.is_none_or(|mark| mark.is_ascii() || matches!(mark, '“' | '”' | '‘' | '’'))
        {
            return at;
        }
        at += 1;
    }
    text.len()
}

/// Whether a byte is a mark that parts pieces, or the first of one. A table, since it is asked of every byte of a line.
fn parts(byte: u8) -> bool {
    PARTS.get(usize::from(byte)).copied().unwrap_or_default()
}

#[expect(
    clippy::indexing_slicing,
    reason = "every byte is a place of the table"
)]
const PARTS: [bool; 256] = {
    let mut parts = [false; 256];
    let mut marks: &[u8] = b" \t<>\"'`|;{}(),\xE2";
    while let [mark, others @ ..] = marks {
        parts[*mark as usize] = true;
        marks = others;
    }
    parts
};

/// Whether a piece may hold anything that is looked for: within it stands a dot, a colon, an `@` or a hyphen, or it is as
/// long as a digest. A sentence's last word has its dot behind it, and is none.
pub fn may_lead_anywhere(piece: &str) -> bool {
    if piece.len() >= SHORTEST_HASH {
        return true;
    }
    let mark = |byte: &u8| byte.is_ascii_punctuation();
    let bytes = piece.as_bytes();
    let end = bytes.len() - bytes.iter().rev().take_while(|byte| mark(byte)).count();
    // A colon may begin an address (`::1`), and never ends one.
    let head = bytes.get(..end).unwrap_or_default();
    let start = head.iter().take_while(|byte| mark(byte) && **byte != b':');
    let mut inner = head.iter().skip(start.count());
    inner.any(|byte| matches!(byte, b'.' | b':' | b'@' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::{has_long_piece, may_lead_anywhere, pieces, promising};

    #[test]
    fn marks_and_curled_quotes_part_pieces() {
        let line = "lihat “situs.example” (203.0.113.7), é—x <a@b.example>;";
        let found: Vec<&str> = pieces(line).collect();
        let wanted = [
            "lihat",
            "situs.example",
            "203.0.113.7",
            "é—x",
            "a@b.example",
        ];
        assert_eq!(found, wanted);
    }

    #[test]
    fn lines_of_mere_words_promise_nothing() {
        let nearly = "0123456789abcdef0123456789abcde";
        for line in ["", "Yth. Bapak, mohon dibantu:", "serba-serbi", nearly] {
            assert!(!promising(line), "{line}");
        }
        let digest = "x 0123456789abcdef0123456789abcdef";
        for line in [
            "a.b",
            "lihat http://x",
            "x@y",
            "10:30",
            "(Cve-2026-1)",
            digest,
        ] {
            assert!(promising(line), "{line}");
        }
        assert!(has_long_piece(b"ab cde f", 3));
        assert!(!has_long_piece(b"ab cde f", 4));
    }

    #[test]
    fn words_that_only_end_with_a_mark_lead_nowhere() {
        for word in ["aneh.", "Perihal:", "(segera)!", "...", "fe80::"] {
            assert!(!may_lead_anywhere(word), "{word}");
        }
        let digest = "d41d8cd98f00b204e9800998ecf8427e";
        for word in [
            "a.example",
            "::ffff",
            "a@b",
            "CVE-2026-1",
            "http://a",
            digest,
        ] {
            assert!(may_lead_anywhere(word), "{word}");
        }
    }
}
