//! The lines of a text, found many bytes at a time: they are walked by all that reads.

/// As [`str::lines`] gives them.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    with_ends(text).map(|line| match line.strip_suffix('\n') {
        Some(line) => line.strip_suffix('\r').unwrap_or(line),
        None => line,
    })
}

/// The same with their ends.
pub fn with_ends(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
        let (line, behind) = rest.split_at(end);
        rest = behind;
        Some(line)
    })
}

/// The words of a text as [`str::split_whitespace`] gives them.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_ascii_start();
        let plain = rest.bytes().position(|byte| !byte.is_ascii_graphic());
        let plain = plain.unwrap_or(rest.len());
        let blank = rest
            .as_bytes()
            .get(plain)
            .is_none_or(|end| *end == b' ' || *end == b'\n');
        if plain > 0 && blank {
            let (word, behind) = rest.split_at(plain);
            rest = behind;
            return Some(word);
        }
        rest = rest.trim_start();
        let (word, behind) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
        rest = behind;
        (!word.is_empty()).then_some(word)
    })
}

/// A word without the marks before and behind it: all that is neither letter nor digit, nor kept.
pub fn bare<'w>(word: &'w str, kept: &[char]) -> &'w str {
    let bytes = word.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return word;
    };
    // Most words have none.
    if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        return word;
    }
    word.trim_matches(|one: char| !one.is_alphanumeric() && !kept.contains(&one))
}

/// What stands before a line's first colon and behind it, if that is no further than `most` bytes in.
pub fn label(line: &str, most: usize) -> Option<(&str, &str)> {
    let head = line.as_bytes();
    let at = memchr::memchr(b':', head.get(..=most).unwrap_or(head))?;
    Some((line.get(..at)?, line.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::{bare, label, lines, with_ends, words};

    #[test]
    fn lines_are_those_of_the_standard_library() {
        for text in [
            "",
            "\n",
            "a",
            "a\r\nb\n\nc\r",
            "\r\n\r\n",
            "é\nü",
            "a\r\r\n",
        ] {
            assert!(lines(text).eq(text.lines()), "{text:?}");
            assert!(with_ends(text).eq(text.split_inclusive('\n')), "{text:?}");
        }
    }

    #[test]
    fn words_are_those_of_the_standard_library() {
        for text in [
            "",
            " ",
            "a",
            " a  b\n\tc\u{b}d\r\n",
            "é\u{3000}ü b\u{a0}c",
            "\u{3000} a\u{85}",
            "x\u{0}y z\u{1f}",
        ] {
            assert!(words(text).eq(text.split_whitespace()), "{text:?}");
        }
    }

    #[test]
    fn a_bare_word_has_no_marks_around_it() {
        let check = |word: &str, wanted: &str| assert_eq!(bare(word, &['#']), wanted, "{word}");
        check("", "");
        check("tiket", "tiket");
        check("(tiket),", "tiket");
        check("\u{201c}#1-2\u{201d}", "#1-2");
        check("é!", "é");
        check("--", "");
    }

    #[test]
    fn a_label_ends_at_the_first_colon_if_that_is_near() {
        assert_eq!(label("Unit: a:b", 5), Some(("Unit", " a:b")));
        assert_eq!(label("Unit: a", 4), Some(("Unit", " a")));
        assert_eq!(label("Unit: a", 3), None);
        assert_eq!(label("é:", 2), Some(("é", "")));
    }
}
