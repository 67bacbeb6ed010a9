//! Every sentence that a reporter reads (`domain.md` 5.9 a and d). Nothing of the report's text is repeated but its subject.

use tanggap_rules::{Language, Missing, defang};

use super::{ReceiptFacts, dates};

/// The reporter's own subject may fill so many characters of ours.
const SUBJECT: usize = 80;
const NAME: usize = 60;

/// `Re: <their subject> <their ticket tags> [INS-2026-0042]`
pub(super) fn subject(facts: &ReceiptFacts<'_>) -> String {
    let theirs = defang(&one_line(&facts.report.subject, SUBJECT));
    let base = strip_re(&theirs);
    let tags = facts
        .report
        .tags
        .iter()
        .filter(|tag| !base.contains(tag.as_str()))
        .take(3);
    let tags = tags.fold(String::new(), |text, tag| {
        format!("{text}{} ", one_line(tag, 40))
    });
    let base = match (base.is_empty(), english(facts)) {
        (false, _) => base.to_owned(),
        (true, true) => "your report".to_owned(),
        (true, false) => "laporan Saudara".to_owned(),
    };
    format!("Re: {base} {tags}[{}]", facts.register)
}

/// The receipt's text, in the language of the report.
pub(super) fn receipt(facts: &ReceiptFacts<'_>) -> String {
    let text = if english(facts) {
        in_english(facts)
    } else {
        in_indonesian(facts)
    };
    text.replace('\n', "\r\n")
}

fn in_indonesian(facts: &ReceiptFacts<'_>) -> String {
    let team = facts.team;
    format!(
        "Yth. Bapak/Ibu{},\n\n\
         Laporan Saudara telah kami terima pada {} dan dicatat dengan nomor register {}. \
         Laporan akan ditelaah oleh Tim Resolusi Insiden {}.\n\n\
         {}\
         Mohon tidak mematikan sistem atau menghapus berkas yang terdampak, dan menyimpan log sebagai bukti.\n\n\
         Mohon tidak mengubah nomor register pada subjek surel. Informasi ini bersifat terbatas.\n\n\
         {}\n{}\n\n\
         Pesan ini dikirim otomatis sebagai tanda terima dan bukan merupakan surat jawaban resmi.\n",
        name(facts),
        dates::day_and_time(facts.received.wib()),
        facts.register,
        team.name,
        wanted(
            "Untuk melengkapi laporan, mohon mengirimkan:",
            &facts.report.missing,
            in_words
        ),
        team.name,
        team.office,
    )
}

fn in_english(facts: &ReceiptFacts<'_>) -> String {
    let team = facts.team;
    format!(
        "Dear{},\n\n\
         Thank you for your report, received on {}. It has been registered as {} by {} ({}, Indonesia). \
         The report will be assessed by our incident resolution team.\n\n\
         {}\
         Please do not switch off affected systems or delete files on them, and keep the logs as evidence.\n\n\
         Please keep the reference in the subject line. Please treat this exchange as restricted.\n\n\
         {}\n{}\n\n\
         This message was sent automatically as a receipt; it is not a formal reply.\n",
        if name(facts).is_empty() {
            " Sir or Madam".to_owned()
        } else {
            name(facts)
        },
        dates::english(facts.received.wib()),
        facts.register,
        team.name,
        team.office_english,
        wanted(
            "To complete the report, please send:",
            &facts.report.missing,
            in_english_words
        ),
        team.name,
        team.office_english,
    )
}

/// What is still missing, as a list; nothing where nothing is.
fn wanted(ask: &str, missing: &[Missing], word: fn(Missing) -> &'static str) -> String {
    if missing.is_empty() {
        return String::new();
    }
    let items = missing.iter().fold(String::new(), |text, item| {
        format!("{text}- {}\n", word(*item))
    });
    format!("{ask}\n{items}\n")
}

fn in_words(missing: Missing) -> &'static str {
    match missing {
        Missing::Identity => "foto atau pindaian kartu identitas pelapor",
        Missing::Evidence => "bukti insiden berupa foto, tangkapan layar, atau berkas log",
        Missing::Contact => "nama dan nomor telepon yang dapat dihubungi",
        Missing::Time => "tanggal dan jam kejadian",
        Missing::System => "nama, alamat, atau URL sistem yang terdampak",
    }
}

fn in_english_words(missing: Missing) -> &'static str {
    match missing {
        Missing::Identity => "a photo or scan of your identity card",
        Missing::Evidence => "evidence: a photo, a screenshot, or a log file",
        Missing::Contact => "a name and a telephone number to reach you",
        Missing::Time => "date and time of the incident, with its time zone",
        Missing::System => "name, address, or URL of the affected system",
    }
}

fn english(facts: &ReceiptFacts<'_>) -> bool {
    facts.report.language == Language::En
}

/// A blank and the reporter's name, or nothing. A "name" with a link or an address in it is none.
fn name(facts: &ReceiptFacts<'_>) -> String {
    let name = facts
        .report
        .from
        .as_ref()
        .map(|from| one_line(&from.name, NAME))
        .unwrap_or_default();
    let odd = name.contains(['@', '/', ':', '<', '>', '"', '[', ']']) || name.contains("www.");
    if name.is_empty() || odd {
        String::new()
    } else {
        format!(" {name}")
    }
}

/// Visible characters on one line, at most `limit` of them.
fn one_line(text: &str, limit: usize) -> String {
    let kept: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !is_hidden(*c))
        .collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    words.join(" ").chars().take(limit).collect()
}

/// Characters that change what a reader sees without being seen: bidi controls, zero-width, line and paragraph separators.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn strip_re(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some(shorter) = ["re:", "bls:", "balas:"]
        .iter()
        .find_map(|prefix| strip_prefix(rest, prefix))
    {
        rest = shorter.trim_start();
    }
    rest
}

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}
