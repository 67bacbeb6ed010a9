//! Which attached files are copied into the ticket, and why the others stay in the journal. Pure.

use serde::{Deserialize, Serialize};
use tanggap_rules::{Attachment, Report, Words, words};

/// Files of one mail that are copied, in bytes; osTicket takes no more in one request.
const ALL: u64 = 10 << 20;
/// Files of one mail that are copied, at most.
const COUNT: usize = 20;

/// Kinds that staff may open without harm, by the end of the name; what the first bytes show must not contradict it.
const OPENED: [(&str, &str, &[&str]); 17] = [
    (".png", "image/png", &["image/png"]),
    (".jpg", "image/jpeg", &["image/jpeg"]),
    (".jpeg", "image/jpeg", &["image/jpeg"]),
    (".gif", "image/gif", &["image/gif"]),
    (".bmp", "image/bmp", &["image/bmp"]),
    (".pdf", "application/pdf", &["application/pdf"]),
    (".txt", "text/plain", &["", "text/xml"]),
    (".log", "text/plain", &["", "text/xml"]),
    (".csv", "text/csv", &[""]),
    (".json", "application/json", &[""]),
    (".yaml", "text/plain", &[""]),
    (".yml", "text/plain", &[""]),
    (
        ".docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        &["application/zip"],
    ),
    (
        ".xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        &["application/zip"],
    ),
    (
        ".pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        &["application/zip"],
    ),
    (
        ".odt",
        "application/vnd.oasis.opendocument.text",
        &["application/zip"],
    ),
    (
        ".ods",
        "application/vnd.oasis.opendocument.spreadsheet",
        &["application/zip"],
    ),
];
/// What a picture of the incident, not of a card, is called.
const SHOWS: [&str; 10] = [
    "bukti", "screen", "layar", "capture", "evidence", "log", "deface", "error", "web", "situs",
];

/// A file that an order brings into the ticket; its bytes stay in the journal until it leaves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDraft {
    pub name: String,
    /// `application/pdf`
    pub media_type: String,
    /// Lower-case hex.
    pub sha256: String,
}

/// What becomes of one attached file.
pub(super) enum Fate {
    Copied(FileDraft),
    /// Why it stays in the journal.
    Stays(Words),
}

/// What becomes of each attached file, in their order.
pub(super) fn fates(report: &Report, wanted: bool) -> Vec<Fate> {
    let (mut bytes, mut count) = (0, 0);
    let mut fate = |file: &Attachment| match refused(file, report, wanted) {
        Some(why) => Fate::Stays(why),
        None if bytes + file.size > ALL || count == COUNT => {
            Fate::Stays(words!("terlalu besar", "too large"))
        }
        None => {
            bytes += file.size;
            count += 1;
            kind(file).map_or_else(
                || Fate::Stays(unknown()),
                |media_type| {
                    Fate::Copied(FileDraft {
                        name: file.name.clone(),
                        media_type: media_type.to_owned(),
                        sha256: file.sha256.clone(),
                    })
                },
            )
        }
    };
    report.attachments.iter().map(&mut fate).collect()
}

fn unknown() -> Words {
    words!(
        "jenis berkas ini tidak dibuka di ruang petugas",
        "files of this type are not opened on staff computers"
    )
}

fn refused(file: &Attachment, report: &Report, wanted: bool) -> Option<Words> {
    match () {
        () if !wanted => Some(words!(
            "[osticket] attachments dimatikan",
            "[osticket] attachments is off"
        )),
        () if report.is_red() => Some("TLP:RED".into()),
        () if file.is_identity_card() => Some(words!("kartu identitas", "identity card")),
        () if report.hides_a_card() && may_be_a_card(file) => Some(words!(
            "mungkin kartu identitas: disebut di surel, tidak ada di nama berkas",
            "perhaps an identity card: the mail speaks of one, no file is named so"
        )),
        () if kind(file).is_none() => Some(unknown()),
        () => None,
    }
}

fn may_be_a_card(file: &Attachment) -> bool {
    let name = file.name.to_lowercase();
    let shown = kind(file)
        .is_some_and(|kind| kind.starts_with("image/") || kind.starts_with("application/"));
    shown && !SHOWS.iter().any(|word| name.contains(word))
}

/// The type it is shown as: by its last ending, where the first bytes agree.
fn kind(file: &Attachment) -> Option<&'static str> {
    let name = file.name.to_lowercase();
    let (_, media_type, shows) = OPENED.iter().find(|(end, ..)| name.ends_with(end))?;
    shows
        .contains(&file.detected.as_str())
        .then_some(*media_type)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use std::fmt::Write as _;

    use tanggap_rules::{Site, read};

    use super::*;

    fn report(text: &str, files: &[(&str, &str, &str)]) -> Report {
        let mut raw = format!(
            "From: a@b.example\r\nSubject: Uji\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n\
             --x\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
        );
        for (name, kind, body) in files {
            let _ = write!(
                raw,
                "--x\r\nContent-Type: {kind}; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n{body}\r\n"
            );
        }
        raw.push_str("--x--\r\n");
        read(raw.as_bytes(), &Site::default())
    }

    #[track_caller]
    fn check(text: &str, file: (&str, &str, &str), expect: &str) {
        let report = report(text, &[file]);
        let fate = match fates(&report, true).remove(0) {
            Fate::Copied(file) => file.media_type,
            Fate::Stays(why) => why.indonesian.clone(),
        };
        assert_eq!(fate, expect, "{file:?}");
    }

    #[test]
    fn evidence_goes_and_cards_secrets_and_programs_stay() {
        let story = "Situs kami diretas.";
        check(
            story,
            ("bukti.png", "image/png", "\u{89}PNG"),
            &unknown().indonesian,
        );
        check(
            story,
            ("laporan.pdf", "application/pdf", "%PDF-1.4 x"),
            "application/pdf",
        );
        check(story, ("access.log", "text/plain", "GET /"), "text/plain");
        check(
            story,
            ("KTP Budi.pdf", "application/pdf", "%PDF-1.4 x"),
            "kartu identitas",
        );
        check(
            story,
            ("faktur.pdf.exe", "application/pdf", "MZ x"),
            &unknown().indonesian,
        );
        check(
            story,
            ("faktur.pdf", "application/pdf", "MZ x"),
            &unknown().indonesian,
        );
        check(
            story,
            ("halaman.html", "text/html", "<p>"),
            &unknown().indonesian,
        );
        check(
            "TLP: RED\r\nx",
            ("access.log", "text/plain", "GET /"),
            "TLP:RED",
        );
        let with_card = "Terlampir KTP saya dan buktinya.";
        check(
            with_card,
            ("scan001.pdf", "application/pdf", "%PDF-1.4 x"),
            "mungkin kartu identitas: disebut di surel, tidak ada di nama berkas",
        );
        check(
            with_card,
            ("bukti01.pdf", "application/pdf", "%PDF-1.4 x"),
            "application/pdf",
        );
        check(
            with_card,
            ("access.log", "text/plain", "GET /"),
            "text/plain",
        );
    }

    #[test]
    fn too_much_stays() {
        let report = report(
            "x",
            &[
                ("a.log", "text/plain", &"x".repeat(6 << 20)),
                ("b.log", "text/plain", &"y".repeat(6 << 20)),
                ("c.log", "text/plain", "z"),
            ],
        );
        let fates = fates(&report, true);
        assert!(matches!(fates[0], Fate::Copied(_)) && matches!(fates[2], Fate::Copied(_)));
        assert!(matches!(&fates[1], Fate::Stays(why) if why.indonesian == "terlalu besar"));
    }
}
