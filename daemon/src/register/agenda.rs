//! What the register and the agenda of incoming letters say of a report (`domain.md` 5.7). Pure.

use sha2::{Digest, Sha256};
use tanggap_rules::{Kind, Report, Severity};

use super::{Book, NewRow, hex};
use crate::clock::Timestamp;

/// The channel of what came by mail.
const BY_MAIL: &str = "surel";
/// The longest text that a cell keeps of what a stranger wrote.
const CELL: usize = 200;

/// The row of a letter that came in.
pub fn incoming(
    report: &Report,
    (kind, channel): (Kind, &str),
    kept: Timestamp,
    register: &str,
) -> NewRow {
    let sender = sender(report, channel);
    let date = report
        .date_ms
        .map(|at| Timestamp(at).wib().format("%d-%m-%Y").to_string());
    let subject = if report.subject.trim().is_empty() {
        "(tanpa perihal)"
    } else {
        &report.subject
    };
    let mut row = NewRow::new(
        Book::AgendaIn,
        [
            ("sender", sender.clone()),
            ("letter_date", date.unwrap_or_else(|| "-".to_owned())),
            (
                "letter_number",
                letter_number(&report.newest).unwrap_or_else(|| "-".to_owned()),
            ),
            ("subject", cut(subject)),
            (
                "attachments",
                match report.attachments.len() {
                    0 => "-".to_owned(),
                    count => count.to_string(),
                },
            ),
            ("channel", channel.to_owned()),
            ("security", "T".to_owned()),
            ("register", register.to_owned()),
            ("message", fingerprint(report)),
        ],
    );
    if kind == Kind::Automated {
        // A machine that writes four hundred times a day is one line of the agenda.
        let address = report
            .from
            .as_ref()
            .map_or("", |from| from.address.as_str());
        row.once = feed_mark(address, kept);
        row.cells.insert(
            "note".to_owned(),
            "kiriman otomatis; satu baris sehari".to_owned(),
        );
    }
    row
}

/// The mark of a machine's day: one row, however often it writes.
pub fn feed_mark(address: &str, day: Timestamp) -> String {
    format!("feed {address} {}", day.wib().format("%Y-%m-%d"))
}

/// The row of a new case.
pub fn registered(
    report: &Report,
    judged: (&str, Severity),
    channel: &str,
    register: &str,
) -> NewRow {
    NewRow::new(
        Book::Register,
        [
            ("register", register.to_owned()),
            ("channel", channel.to_owned()),
            ("reporter", sender(report, channel)),
            ("office", report.office.clone().unwrap_or_default()),
            ("subject", cut(&report.subject)),
            ("incident", judged.0.to_owned()),
            (
                "severity",
                crate::ticket::severity_name(judged.1).to_owned(),
            ),
            ("mutation", "dicatat (usulan aturan)".to_owned()),
        ],
    )
}

/// Name and address; of what was taken down by hand the name alone, for the address is our own.
fn sender(report: &Report, channel: &str) -> String {
    let Some(from) = &report.from else {
        return "(tidak terbaca)".to_owned();
    };
    let shown = if from.name.trim().is_empty() {
        from.address.clone()
    } else if channel != BY_MAIL {
        from.name.clone()
    } else {
        format!("{}, {}", from.name, from.address)
    };
    cut(&shown)
}

/// Which mail it was, without saying more than that.
fn fingerprint(report: &Report) -> String {
    let Some(id) = &report.message_id else {
        return String::new();
    };
    let digest = Sha256::digest(id.as_bytes());
    hex(digest.get(..6).unwrap_or_default())
}

/// `Nomor : 005/123/2026` near the top of a letter.
pub fn letter_number(text: &str) -> Option<String> {
    let named = |line: &str| -> Option<String> {
        let (label, value) = line.split_once(':')?;
        let label = label.trim().to_lowercase();
        let value = value.trim();
        let is_number = matches!(
            label.as_str(),
            "nomor" | "no" | "no." | "nomor surat" | "no. surat"
        ) && value.contains('/')
            && value.chars().any(|c| c.is_ascii_digit());
        is_number.then(|| value.chars().take(60).collect())
    };
    text.lines().take(40).find_map(named)
}

fn cut(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .take(CELL)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::letter_number;

    #[test]
    fn a_letters_number_is_found_and_a_telephone_number_is_not() {
        assert_eq!(
            letter_number("PEMERINTAH\nNomor  : 005/123/2026\nSifat : Segera").as_deref(),
            Some("005/123/2026")
        );
        assert_eq!(letter_number("No: 0812-3333"), None);
        assert_eq!(letter_number("Nomor tiket: 1/2"), None);
    }
}
