//! What of a stranger's text may stand in a letter of ours: one line, nothing invisible, nothing to click on (`faults.md` 4.5).

use tanggap_rules::defang;

/// A name longer than this is no name.
const NAME: usize = 60;

/// One line of at most `longest` characters: controls become blanks, and what hides or turns text around is gone.
pub(super) fn one_line(text: &str, longest: usize) -> String {
    let visible: String = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if is_break(c) { ' ' } else { c })
        .collect();
    let mut line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = line.char_indices().nth(longest) {
        line.truncate(end);
        line = line.trim_end().to_owned() + "…";
    }
    line
}

/// Text in which no mail program finds a link: `http://a.example/x` becomes `hxxp://a[.]example/x`, `b.example` becomes `b[.]example`.
pub(super) fn without_links(text: &str) -> String {
    let text = defang(text)
        .replace('\\', "/")
        .replace("://", "[:]//")
        .replace("hxxp[:]//", "hxxp://")
        .replace("hxxps[:]//", "hxxps://")
        .replace('@', "[@]");
    let mut broken = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let joins = c == '.'
            && before.is_alphanumeric()
            && rest.peek().is_some_and(|next| next.is_alphabetic());
        broken.push_str(if joins { "[.]" } else { "" });
        if !joins {
            broken.push(c);
        }
        before = c;
    }
    broken
}

/// A person's name as a letter may begin with it; `None` where it is none: too long, or with signs that no name has.
pub(super) fn name(written: &str) -> Option<String> {
    let line = one_line(written, usize::MAX);
    let line = line.trim_matches(|c: char| matches!(c, '"' | '\'' | ' '));
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    let plain = |c: char| c.is_alphabetic() || matches!(c, ' ' | '.' | ',' | '\'' | '’' | '-');
    if letters < 2 || line.chars().count() > NAME || !line.chars().all(plain) {
        return None;
    }
    // A blank after every full stop: titles stay readable (`S. Kom.`), and `evil.example` is no link.
    let spaced = line.replace('.', ". ");
    let joined = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(joined.replace(" ,", ",").replace(". ,", ".,"))
}

fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || c.is_whitespace()
}

/// Characters of Unicode's class Cf that hide, join or reorder text, the tag characters, and variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_and_shows_what_it_holds() {
        let check = |text: &str, expect: &str| assert_eq!(one_line(text, 20), expect, "{text:?}");
        check("a\r\nBcc: v@x.example", "a Bcc: v@x.example");
        check("\u{202E}gpj\u{202C}.exe\u{200B}", "gpj.exe");
        check("a\u{2028}b\0c\tb", "a b c b");
        check("123456789 123456789 123456789", "123456789 123456789…");
        check("tepat dua puluh huruf", "tepat dua puluh huru…");
        check("", "");
    }

    #[test]
    fn nothing_is_left_to_click_on() {
        let check = |text: &str, expect: &str| assert_eq!(without_links(text), expect, "{text:?}");
        check(
            "https://jahat.example/x.php",
            "hxxps://jahat[.]example/x[.]php",
        );
        check(
            "lihat www.jahat.example sekarang",
            "lihat www[.]jahat[.]example sekarang",
        );
        check("file://server/share", "file[:]//server/share");
        check("\\\\server\\share", "//server/share");
        check("hubungi a@b.example", "hubungi a[@]b[.]example");
        check(
            "pukul 09.30, Rp 1.500.000. Selesai",
            "pukul 09.30, Rp 1.500.000. Selesai",
        );
    }

    #[test]
    fn a_name_is_a_name_or_nothing() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(name(text).as_deref(), expect, "{text:?}");
        };
        check(
            "Budi Santoso, S.Kom., M.T.",
            Some("Budi Santoso, S. Kom., M. T."),
        );
        check("\"Sari\"", Some("Sari"));
        check("Nur’aini Al-Hakim", Some("Nur’aini Al-Hakim"));
        check("menang.example", Some("menang. example"));
        check("Klik http://x.example", None);
        check("a@b.example", None);
        check("<script>alert(1)</script>", None);
        check("", None);
        check("X", None);
        check(&"a".repeat(61), None);
        check("Budi\u{202E}\r\nBcc: x", None);
    }
}
