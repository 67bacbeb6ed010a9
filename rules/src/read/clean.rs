//! Takes out of texts what only serves to deceive: control, bidi and zero-width characters.

use std::borrow::Cow;

/// Characters that are invisible or change the direction of what follows (faults: encoded words, names, subjects).
fn invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// As text, whatever the bytes are; most are UTF-8, which is seen at once.
pub fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// One line for display: control characters become spaces, invisible ones go, runs of space become one.
pub fn line(text: &str, most: usize) -> String {
    if fit_as_they_are(text, most) {
        return text.trim().to_owned();
    }
    if text.is_ascii() {
        return ascii_line(text, most);
    }
    let mut out = String::with_capacity(text.len().min(most * 4));
    let mut space = true;
    let mut count = 0;
    for character in text.chars().filter(|character| !invisible(*character)) {
        let blank = character.is_whitespace() || character.is_control();
        if blank && space {
            continue;
        }
        if count >= most {
            break;
        }
        out.push(if blank { ' ' } else { character });
        count += 1;
        space = blank;
    }
    out.truncate(out.trim_end().len());
    out
}

/// The same for ASCII, where every byte is a character and none is invisible.
fn ascii_line(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(most));
    let mut rest = text;
    while out.len() < most {
        let blanks = rest.bytes().position(|byte| !is_blank(byte));
        let (blanks, words) = rest.split_at(blanks.unwrap_or(rest.len()));
        if words.is_empty() {
            break;
        }
        if !blanks.is_empty() && !out.is_empty() {
            out.push(' ');
        }
        let (plain, behind) = words.split_at(plain_length(words.as_bytes()));
        let room = most.saturating_sub(out.len());
        out.push_str(plain.get(..room).unwrap_or(plain));
        rest = behind;
    }
    out.truncate(out.trim_end().len());
    out
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte.is_ascii_control()
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

fn are_spaces(one: u8, two: u8) -> bool {
    one == b' ' && two == b' '
}

/// How many bytes from a word on stand as they are: up to a control character or the second of two spaces.
fn plain_length(bytes: &[u8]) -> usize {
    let mut before = 0;
    let odd = bytes.iter().position(|byte| {
        let odd = byte.is_ascii_control() || (*byte == b' ' && before == b' ');
        before = *byte;
        odd
    });
    // A space before what is odd belongs to it.
    let end = odd.unwrap_or(bytes.len());
    let spaced = odd.is_some() && bytes.get(..end).is_some_and(|head| head.ends_with(b" "));
    end - usize::from(spaced)
}

/// Whether a line is short, printable ASCII without runs of spaces, as nearly every header is. Looks at every byte, which is
/// quicker than to stop: many are looked at at once.
fn fit_as_they_are(text: &str, most: usize) -> bool {
    let text = text.trim_ascii().as_bytes();
    let printable = |plain: bool, byte: &u8| plain & is_printable(*byte);
    let next = text.get(1..).unwrap_or_default();
    let doubled = |doubled: bool, (one, two): (&u8, &u8)| doubled | are_spaces(*one, *two);
    text.len() <= most
        && text.iter().fold(true, printable)
        && !text.iter().zip(next).fold(false, doubled)
}

/// Running text: line ends become `\n`, tabs stay, the rest as in [`line`]; at most `limits::TEXT` bytes.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(super::limits::TEXT));
    let mut rest = text;
    while !rest.is_empty() && out.len() < super::limits::TEXT {
        rest = plain_lines(rest, &mut out);
        let end = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |end| end + 1);
        let (line, behind) = rest.split_at(end);
        odd_line(line, &mut out);
        rest = behind;
    }
    out
}

fn odd_line(line: &str, out: &mut String) {
    let mut rest = line;
    while !rest.is_empty() && out.len() < super::limits::TEXT {
        let room = super::limits::TEXT - out.len();
        let plain = rest.bytes().take(room).position(|byte| !is_plain(byte));
        let (same, odd) = rest.split_at(plain.unwrap_or(rest.len().min(room)));
        out.push_str(same);
        rest = odd_character(odd, out);
    }
}

/// Takes over the lines that stand as they are, line ends apart, as nearly all do; gives what begins with another.
fn plain_lines<'t>(text: &'t str, out: &mut String) -> &'t str {
    let mut rest = text;
    while let Some(end) = memchr::memchr(b'\n', rest.as_bytes()) {
        let (line, behind) = rest.split_at(end);
        let line = line.strip_suffix('\r').unwrap_or(line);
        let plain = line
            .bytes()
            .fold(true, |plain, byte| plain & is_plain(byte));
        if !plain || out.len() + line.len() >= super::limits::TEXT {
            break;
        }
        out.push_str(line);
        out.push('\n');
        rest = behind.get(1..).unwrap_or_default();
    }
    rest
}

/// Most of every text: stands as it is.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\n' | b'\t')
}

/// Cleans the one character that a text begins with; gives what follows it.
fn odd_character<'t>(text: &'t str, out: &mut String) -> &'t str {
    let mut rest = text.chars();
    match rest.next() {
        Some('\r') => {
            out.push('\n');
            return rest.as_str().strip_prefix('\n').unwrap_or(rest.as_str());
        }
        Some('\u{2028}' | '\u{2029}' | '\u{85}') => out.push('\n'),
        Some('\u{a0}') => out.push(' '),
        Some(character) if invisible(character) => {}
        Some(character) if character.is_control() => out.push(' '),
        Some(character) => out.push(character),
        None => {}
    }
    rest.as_str()
}

/// A file name for display: no path, no leading dot or dash, at most 100 characters.
pub fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .map(|character| {
            if matches!(character, ':' | '<' | '>' | '|' | '"' | '?' | '*') {
                '_'
            } else {
                character
            }
        })
        .collect();
    let shown = line(kept.trim_start_matches(['.', '-', ' ']), 100);
    if shown.is_empty() {
        "tanpa-nama".to_owned()
    } else {
        shown
    }
}
