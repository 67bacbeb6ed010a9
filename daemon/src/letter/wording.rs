//! Every sentence that a reporter reads, in Indonesian, and in English where the report is English (`domain.md` 5.9 (a), (d)).
//!
//! Of the stranger's own words only a name and a subject are repeated, both cleaned; nothing of the body, no link.

use tanggap_rules::{Language, Missing, Report};

use super::{ReceiptFacts, clean, dates};

/// Characters of the reporter's subject that are repeated (`faults.md` 4.1).
const SUBJECT: usize = 80;
/// The reporter's own ticket tags that are kept in the subject.
const TAGS: usize = 3;
const TAG: usize = 40;
/// RFC 5322 section 2.1.1 wants lines of 78 characters at most; quoting by the reader needs room.
const LINE: usize = 72;

/// `Re: <their subject> [their tags] [INS-2026-0042]`
pub(super) fn subject(facts: &ReceiptFacts<'_>) -> String {
    let tags = tags(facts);
    let kept = |group: &str| tags.iter().any(|tag| tag == group);
    let drop = |group: &str| kept(group) || is_marker(group, &facts.team.register_prefix);
    let line = clean::one_line(&facts.report.subject, usize::MAX);
    let own = without_groups(&line, drop);
    let own = clean::one_line(without_replies(own.trim()), SUBJECT);
    let own = match (own.is_empty(), facts.report.language) {
        (false, _) => clean::without_links(&own),
        (true, Language::En) => "Your report".to_owned(),
        (true, Language::Id | Language::Jv) => "Laporan Saudara".to_owned(),
    };
    let bracketed = |text: String, tag: &String| format!("{text} [{tag}]");
    let tags = tags.iter().fold(String::new(), bracketed);
    format!("Re: {own}{tags} [{}]", facts.register)
}

/// The letter's text.
pub(super) fn body(facts: &ReceiptFacts<'_>) -> String {
    match facts.report.language {
        Language::En => english(facts),
        Language::Id | Language::Jv => indonesian(facts),
    }
}

fn indonesian(facts: &ReceiptFacts<'_>) -> String {
    let team = facts.team;
    let mut text = Text::default();
    match greeted(facts.report) {
        Some(name) => text.paragraph(&format!("Yth. Bapak/Ibu {name},")),
        None => text.paragraph("Yth. Bapak/Ibu pelapor,"),
    }
    text.paragraph(&format!(
        "Laporan Saudara telah kami terima pada {} dan dicatat dengan nomor register {}. Laporan akan ditelaah oleh Tim Resolusi Insiden {}.",
        dates::day_and_time(facts.received.wib()), facts.register, team.name
    ));
    let missing: Vec<&str> = facts.report.missing.iter().copied().map(asked).collect();
    text.list("Untuk melengkapi laporan, mohon mengirimkan:", &missing);
    text.paragraph("Mohon tidak mematikan sistem yang terdampak, tidak menghapus berkas di dalamnya, dan menyimpan log sebagai bukti.");
    text.paragraph("Bila membalas surel ini, mohon tidak mengubah nomor register pada subjek. Informasi ini bersifat terbatas.");
    text.signature(&[&team.name, &team.office, &team.address]);
    text.paragraph(
        "Pesan ini dikirim otomatis sebagai tanda terima dan bukan merupakan surat jawaban resmi.",
    );
    text.0
}

fn english(facts: &ReceiptFacts<'_>) -> String {
    let team = facts.team;
    let mut text = Text::default();
    match greeted(facts.report) {
        Some(name) => text.paragraph(&format!("Dear {name},")),
        None => text.paragraph("Dear reporter,"),
    }
    text.paragraph(&format!(
        "Thank you for your report received on {}. It has been registered as {} by {} ({}) and will be assessed by our incident resolution team.",
        dates::day_and_time_english(facts.received.wib()), facts.register, team.name, team.office_english
    ));
    let missing: Vec<&str> = facts
        .report
        .missing
        .iter()
        .copied()
        .map(asked_english)
        .collect();
    text.list("To complete the report, please send us:", &missing);
    text.paragraph("If the affected system is yours, please do not switch it off, do not delete files on it, and keep its logs as evidence.");
    text.paragraph("When you reply, please keep the register number in the subject line. Please treat this exchange as confidential.");
    text.signature(&[&team.name, &team.office_english, &team.address]);
    text.paragraph("This is an automatic receipt. It is not an official answer to your report.");
    text.0
}

fn asked(missing: Missing) -> &'static str {
    match missing {
        Missing::Identity => "foto atau pindaian kartu identitas pelapor (KTP atau kartu pegawai)",
        Missing::Evidence => {
            "bukti insiden: tangkapan layar, foto, log, atau berkas yang terdampak"
        }
        Missing::Contact => "nama, nomor telepon, dan instansi yang dapat kami hubungi",
        Missing::Time => "tanggal dan jam kejadian",
        Missing::System => "sistem yang terdampak: nama aplikasi, alamat situs, atau alamat IP",
    }
}

fn asked_english(missing: Missing) -> &'static str {
    match missing {
        Missing::Identity => "who you are: a scan of an identity or staff card",
        Missing::Evidence => "evidence: screenshots, logs, or samples",
        Missing::Contact => "your name, organisation, and a telephone number",
        Missing::Time => "date and time of the incident, in UTC",
        Missing::System => "the affected system: its name, URL, or IP address",
    }
}

fn greeted(report: &Report) -> Option<String> {
    clean::name(&report.from.as_ref()?.name)
}

/// The sender's own tags (`JPCERT#123`), without brackets; one that could be read as ours or as a link is not kept.
fn tags(facts: &ReceiptFacts<'_>) -> Vec<String> {
    let prefix = &facts.team.register_prefix;
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '#' | '-' | '_' | ':' | '.');
    let sound = |tag: &String| {
        (1..=TAG).contains(&tag.len())
            && tag.chars().all(plain)
            && clean::without_links(tag) == *tag
            && !is_marker(tag, prefix)
    };
    let mut tags: Vec<String> = Vec::new();
    for tag in &facts.report.tags {
        let tag = tag.trim_matches(['[', ']', ' ']).to_owned();
        if sound(&tag) && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags.truncate(TAGS);
    tags
}

/// `INS-2026-0042` or `#123456`: by these we and osTicket know cases, so a stranger does not put them on our letter.
fn is_marker(group: &str, prefix: &str) -> bool {
    let group = group.trim();
    let number = group
        .get(..prefix.len())
        .filter(|start| start.eq_ignore_ascii_case(prefix))
        .and_then(|_| group.get(prefix.len()..));
    number.is_some_and(|rest| rest.trim_start().starts_with('-'))
        || group
            .strip_prefix('#')
            .is_some_and(|rest| rest.trim().chars().all(|c| c.is_ascii_digit()))
}

/// The text without those `[groups]` that are to be dropped.
fn without_groups(text: &str, drop: impl Fn(&str) -> bool) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        kept.push_str(before);
        match after.split_once(']') {
            Some((group, tail)) if drop(group) => {
                kept.push(' ');
                rest = tail;
            }
            _ => {
                kept.push('[');
                rest = after;
            }
        }
    }
    kept.push_str(rest);
    kept
}

/// `Re: RE: Bls: a` becomes `a`; `Fwd: a` says something and stays.
fn without_replies(subject: &str) -> &str {
    let mut rest = subject;
    while let Some((word, tail)) = rest.split_once(':') {
        let word = word.trim();
        if !["re", "bls", "balas"]
            .iter()
            .any(|reply| word.eq_ignore_ascii_case(reply))
        {
            break;
        }
        rest = tail.trim_start();
    }
    rest
}

/// Text in the making: paragraphs apart by a blank line, lines of at most [`LINE`] characters.
#[derive(Default)]
pub(super) struct Text(String);

impl Text {
    pub(super) fn paragraph(&mut self, words: &str) {
        self.apart();
        self.wrapped(words, "", "");
    }

    /// A numbered point, on lines of its own.
    pub(super) fn point(&mut self, number: usize, words: &str) {
        self.wrapped(words, &format!("{number}. "), "   ");
    }

    pub(super) fn finished(self) -> String {
        self.0
    }

    /// Nothing at all where there is nothing to list.
    fn list(&mut self, head: &str, items: &[&str]) {
        if items.is_empty() {
            return;
        }
        self.paragraph(head);
        let last = items.len() - 1;
        for (place, item) in items.iter().enumerate() {
            let end = if place == last { "." } else { ";" };
            self.wrapped(&format!("{item}{end}"), "- ", "  ");
        }
    }

    fn signature(&mut self, lines: &[&str]) {
        self.apart();
        for line in lines {
            self.wrapped(line, "", "");
        }
    }

    fn apart(&mut self) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
    }

    fn wrapped(&mut self, words: &str, first: &str, further: &str) {
        let mut line = first.to_owned();
        let mut begun = false;
        for word in words.split_whitespace() {
            if begun && line.chars().count() + 1 + word.chars().count() > LINE {
                self.0.push_str(&line);
                self.0.push('\n');
                further.clone_into(&mut line);
                begun = false;
            }
            line.push_str(if begun { " " } else { "" });
            line.push_str(word);
            begun = true;
        }
        self.0.push_str(&line);
        self.0.push('\n');
    }
}

#[cfg(test)]
mod tests;
