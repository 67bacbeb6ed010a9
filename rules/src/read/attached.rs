//! What came with a report: who the reporter is, and what shows the incident.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::shared::{Look, Told};
use crate::report::{Attachment, Report};

const CARDS: &[&str] = &[
    "ktp",
    "identitas",
    "id card",
    "id_card",
    "id-card",
    "idcard",
    "passport",
    "paspor",
    "karpeg",
    "kartu pegawai",
    "kartu tanda",
    "kartu-pegawai",
    "kartu_pegawai",
    "identity",
];
const ORNAMENTS: &[&str] = &[
    "logo",
    "icon",
    "ikon",
    "banner",
    "footer",
    "header",
    "ttd",
    "signature",
    "facebook",
    "instagram",
    "twitter",
    "kop",
    "smime",
    "stempel",
];
const LETTERS: &[&str] = &[
    "surat",
    "nota dinas",
    "nota_dinas",
    "undangan",
    "brosur",
    "proposal",
    "leaflet",
    "brochure",
    "invoice",
    "penawaran",
    "sertifikat",
    "agenda",
];
const SHOWS: &[&str] = &[
    "bukti",
    "screenshot",
    "screen",
    "tangkapan",
    "layar",
    "log",
    "capture",
    "evidence",
    "foto",
    "ss_",
    "poc",
    "proof",
    "sample",
    "dump",
];

/// Whether a card scan is attached, or linked in so many words.
pub fn identity(report: &Report, told: Told) -> bool {
    let attached = report.attachments.iter().any(is_card);
    attached || told.holds(Look::Card) && links_a_card(&report.newest)
}

/// Whether a file is a scan of an identity card, as far as its name tells.
pub(crate) fn is_card(attachment: &Attachment) -> bool {
    let name = attachment.name.to_lowercase();
    let words = name.split(|character: char| !character.is_alphanumeric());
    let picture = attachment.declared.starts_with("image/")
        || attachment.declared.ends_with("pdf")
        || attachment.detected.starts_with("image/");
    picture
        && (words
            .into_iter()
            .any(|word| matches!(word, "ktp" | "ektp" | "sim" | "nip" | "id"))
            || CARDS.iter().any(|card| name.contains(card)))
}

/// Whether a text speaks of an identity card.
pub(crate) fn is_card_word(text: &str) -> bool {
    let lower = text.to_lowercase();
    CARDS.iter().any(|card| lower.contains(card))
}

fn links_a_card(text: &str) -> bool {
    text.contains("://")
        && text.lines().collect::<Vec<_>>().windows(2).any(|pair| {
            if !pair.iter().any(|line| line.contains("://")) {
                return false;
            }
            let both = pair.join(" ").to_lowercase();
            both.contains("://")
                && (both.contains("ktp")
                    || both.contains("kartu identitas")
                    || both.contains("id card")
                    || both.contains("identitas pelapor"))
        })
}

/// Whether something that shows the incident is attached: a picture, a log, data, a sample, the mail in question.
pub fn evidence(report: &Report) -> bool {
    report.attachments.iter().any(shows)
        || report
            .machine
            .as_ref()
            .is_some_and(|machine| machine.evidence)
}

fn shows(attachment: &Attachment) -> bool {
    let name = attachment.name.to_lowercase();
    let small_ornament = attachment.declared.starts_with("image/") && attachment.size < 600;
    if is_card(attachment) || small_ornament || ORNAMENTS.iter().any(|word| name.contains(word)) {
        return false;
    }
    if attachment.declared.ends_with("calendar")
        || attachment.declared.contains("signature")
        || attachment.declared.ends_with("ms-tnef")
    {
        return false;
    }
    let document = [".pdf", ".doc", ".docx", ".odt", ".rtf", ".ppt", ".pptx"]
        .iter()
        .any(|end| name.ends_with(end));
    if document || attachment.declared.ends_with("pdf") || attachment.declared.contains("word") {
        return SHOWS.iter().any(|word| name.contains(word))
            && !LETTERS.iter().any(|word| name.contains(word));
    }
    !LETTERS.iter().any(|word| name.starts_with(word))
}

static LABELS: LazyLock<AhoCorasick> =
    LazyLock::new(|| any_of(&["hp", "wa", "telp", "telepon", "phone", "whatsapp", "no."]));
static ANY_TIME: LazyLock<AhoCorasick> = LazyLock::new(|| any_of(TIMES));
static ANY_SYSTEM: LazyLock<AhoCorasick> = LazyLock::new(|| any_of(SYSTEMS));

/// Finds whether any of these words stands in a text, in one pass and in any case.
fn any_of(words: &[&str]) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words)
        .unwrap_or_else(|_| unreachable!("a short list of words"))
}

/// A telephone number, or a label that announces one.
pub fn names_a_contact(story: &str) -> bool {
    LABELS.is_match(story) && digit_run(story) >= 7
}

fn digit_run(story: &str) -> usize {
    let (mut longest, mut run) = (0, 0);
    for some in story.as_bytes().chunks(32) {
        // Most of a text has no digit, which is seen of many bytes at once.
        if !holds_a_digit(some) {
            if !some.iter().all(|byte| joins_digits(*byte)) {
                run = 0;
            }
            continue;
        }
        for byte in some {
            if byte.is_ascii_digit() {
                run += 1;
                longest = longest.max(run);
            } else if !joins_digits(*byte) {
                run = 0;
            }
        }
    }
    longest
}

fn holds_a_digit(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .fold(false, |held, byte| held | byte.is_ascii_digit())
}

fn joins_digits(byte: u8) -> bool {
    matches!(byte, b'-' | b' ' | b'.' | b'(' | b')')
}

const TIMES: &[&str] = &[
    "pukul",
    "jam ",
    "pkl",
    "tadi",
    "kemarin",
    "semalam",
    "hari ini",
    "tanggal",
    "wib",
    "sejak",
    "januari",
    "februari",
    "maret",
    "april",
    " mei ",
    "juni",
    "juli",
    "agustus",
    "september",
    "oktober",
    "november",
    "desember",
    "utc",
    "gmt",
    "yesterday",
    "today",
    "tgl",
    "since",
    " am",
    " pm",
    "mau esuk",
    "wingi",
    // A year.
    "202",
];

pub fn names_a_time(story: &str) -> bool {
    ANY_TIME.is_match(story)
}

const SYSTEMS: &[&str] = &[
    "server",
    "website",
    "web",
    "situs",
    "aplikasi",
    "laman",
    "portal",
    "komputer",
    "laptop",
    "pc",
    "email",
    "surel",
    "akun",
    "sistem",
    "jaringan",
    "http",
    "host",
    "router",
    "database",
    "basis data",
    "domain",
    "whatsapp",
    "subdomain",
    "site",
    "page",
];

pub fn names_a_system(story: &str) -> bool {
    ANY_SYSTEM.is_match(story)
}
