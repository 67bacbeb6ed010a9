//! Takes out of texts what only serves to deceive: control, bidi and zero-width characters.

/// Characters that are invisible or change the direction of what follows (faults: encoded words, names, subjects).
fn invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// One line for display: control characters become spaces, invisible ones go, runs of space become one.
pub fn line(text: &str, most: usize) -> String {
    if fit_as_they_are(text, most) {
        return text.trim().to_owned();
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

/// Whether a line is short, printable ASCII without runs of spaces, as nearly every header is.
fn fit_as_they_are(text: &str, most: usize) -> bool {
    let text = text.trim_ascii();
    let pairs = text.bytes().zip(text.bytes().skip(1));
    text.len() <= most
        && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && !pairs.into_iter().any(|pair| pair == (b' ', b' '))
}

/// Running text: line ends become `\n`, tabs stay, the rest as in [`line`]; at most `limits::TEXT` bytes.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(super::limits::TEXT));
    let mut rest = text;
    while !rest.is_empty() && out.len() < super::limits::TEXT {
        let room = super::limits::TEXT - out.len();
        let plain = rest.bytes().take(room).position(|byte| !is_plain(byte));
        let (same, odd) = rest.split_at(plain.unwrap_or(rest.len().min(room)));
        out.push_str(same);
        rest = odd_character(odd, &mut out);
    }
    out
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
