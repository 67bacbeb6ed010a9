//! Text as osTicket can take it, with nothing in it that the sender could mean for osTicket.

/// osTicket stores a text of 65 000 bytes and more as an attachment and leaves the message empty (O19).
const BODY: usize = 60_000;
/// osTicket's own subject column.
const SUBJECT: usize = 250;
const NAME: usize = 64;

/// One line: no control, no invisible, no four-byte characters, and no `#123456` that osTicket could take for a ticket.
pub(crate) fn subject(text: &str) -> String {
    let line = neutral(&one_line(text, SUBJECT));
    line.replace('#', "No.")
}

pub(crate) fn name(text: &str) -> String {
    one_line(text, NAME)
}

/// A name to show, never a path: osTicket keeps it as it comes (O24). What it ends in stays, for people judge a file by it.
pub(crate) fn file_name(text: &str) -> String {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let harmless = last.replace(['<', '>', '"', '\'', '&', '|', ':', '*', '?'], "_");
    let line = one_line(&harmless, usize::MAX);
    let line = line.trim_start_matches(['.', '-', ' ']);
    let count = line.chars().count();
    let kept: String = if count <= NAME {
        line.to_owned()
    } else {
        let end = line.chars().skip(count - 20);
        line.chars()
            .take(NAME - 21)
            .chain(['…'])
            .chain(end)
            .collect()
    };
    if kept.is_empty() {
        "lampiran".to_owned()
    } else {
        kept
    }
}

/// Plain text. osTicket would read a text that begins with `data:` as a data URL and lose it.
pub(crate) fn body(text: &str) -> String {
    let mut clean: String = text
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .map(storable)
        .collect();
    clean.retain(|c| !is_hidden(c));
    let clean = neutral(&clean);
    let cut = if clean.len() > BODY {
        clean
            .get(..clean.floor_char_boundary(BODY))
            .unwrap_or_default()
    } else {
        &clean
    };
    let note = if cut.len() < clean.len() {
        "\n[dipotong; naskah lengkap ada di jurnal tanggap]"
    } else {
        ""
    };
    format!("{cut}{note}")
}

/// osTicket threads by these marks wherever they stand in a text (O11).
fn neutral(text: &str) -> String {
    let marked = text
        .replace("Ref-Mid:", "Ref-Mid :")
        .replace("class=\"mid-", "class=\"mid -");
    if marked
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("data:")
    {
        format!("> {marked}")
    } else {
        marked
    }
}

fn one_line(text: &str, limit: usize) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { storable(c) })
        .filter(|c| !is_hidden(*c))
        .collect();
    let words: Vec<&str> = spaced.split_whitespace().collect();
    words.join(" ").chars().take(limit).collect()
}

/// osTicket's connection is utf8mb3: what takes four bytes would be dropped or become `????` without a word.
fn storable(c: char) -> char {
    if c.len_utf8() > 3 { '\u{25a1}' } else { c }
}

/// Changes what a reader sees without being seen: bidi controls, zero-width, line and paragraph separators (O24).
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_senders_means_anything_to_osticket() {
        assert_eq!(
            subject("Re: [#123456]\r\nBcc: x \u{202e}fdp"),
            "Re: [No.123456] Bcc: x fdp"
        );
        assert_eq!(body("data:text/html,<b>"), "> data:text/html,<b>");
        assert_eq!(body("Ref-Mid: a@b"), "Ref-Mid : a@b");
        assert_eq!(body("baris\nlagi\u{0}\u{1f600}"), "baris\nlagi\u{25a1}");
    }

    #[test]
    fn a_file_name_is_no_path_and_no_markup_and_keeps_its_end() {
        assert_eq!(
            file_name("../../../../tmp/evil<img onerror>.php"),
            "evil_img onerror_.php"
        );
        assert_eq!(file_name("C:\\x\\laporan\u{202e}fdp.exe"), "laporanfdp.exe");
        assert_eq!(file_name("..."), "lampiran");
        let long = file_name(&format!("{}.pdf.exe", "x".repeat(200)));
        assert!(
            long.chars().count() == 64 && long.ends_with("x.pdf.exe"),
            "{long}"
        );
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let long = body(&"é".repeat(50_000));
        assert!(long.len() < 60_200 && long.ends_with("jurnal tanggap]"));
        assert_eq!(subject(&"x".repeat(400)).len(), 250);
    }
}
