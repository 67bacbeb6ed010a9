//! What stands below a letter: signatures, device lines, disclaimers.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Anchored, Input, StartKind};

use super::prose::push_line;

const DEVICES: &[&str] = &[
    "dikirim dari ",
    "sent from ",
    "terkirim dari ",
    "dapatkan outlook",
    "get outlook for",
    "sent via ",
    "dikirim melalui ",
    "kirim dari ",
    "sent using ",
];
const DISCLAIMERS: &[&str] = &[
    "kerahasiaan:",
    "kerahasiaan ",
    "disclaimer",
    "pemberitahuan: surel",
    "pemberitahuan: email",
    "pemberitahuan: pesan",
    "perhatian: surel",
    "catatan: surel ini",
    "catatan: email ini",
    "penyangkalan",
    "pernyataan penyangkalan",
    "peringatan kerahasiaan",
    "email ini ditujukan",
    "surel ini ditujukan",
    "notice: this",
    "important notice: this",
    "privileged and confidential",
    "legal notice",
    "penafian",
    "pesan ini hanya",
    "pesan ini bersifat",
    "pesan ini dan",
    "pesan ini ditujukan",
    "email ini hanya",
    "email ini bersifat",
    "email ini dan",
    "email ini beserta",
    "email ini berisi",
    "email ini mungkin",
    "e-mail ini",
    "surel ini hanya",
    "surel ini dapat memuat",
    "surel ini bersifat",
    "surel ini dan",
    "surel ini beserta",
    "surat elektronik ini",
    "this e-mail and",
    "this email and",
    "this message and",
    "this e-mail is",
    "this email is intended",
    "this e-mail may",
    "this email may",
    "this message is intended",
    "this message contains",
    "this message may",
    "the information contained in this",
    "the information in this e",
    "confidentiality notice",
    "confidential:",
    "perhatian: email ini",
    "perhatian: pesan ini",
    "peringatan: email ini",
    "informasi yang terkandung dalam",
    "informasi dalam surel",
    "informasi dalam email",
    "isi surel ini",
    "isi email ini",
    "catatan kerahasiaan",
    "kerahasiaan",
];

static A_DEVICE: LazyLock<AhoCorasick> = LazyLock::new(|| openings(DEVICES));
static A_DISCLAIMER: LazyLock<AhoCorasick> = LazyLock::new(|| openings(DISCLAIMERS));

/// Finds whether a line begins with one of these, in any case.
fn openings(words: &[&str]) -> AhoCorasick {
    AhoCorasick::builder()
        .start_kind(StartKind::Anchored)
        .ascii_case_insensitive(true)
        .build(words)
        .unwrap_or_else(|_| unreachable!("a short list of words"))
}

fn opens_with(words: &AhoCorasick, line: &str) -> bool {
    words.is_match(Input::new(line).anchored(Anchored::Yes))
}

/// The words up to a signature mark, a device line or a disclaimer.
pub fn without_tail(text: &str) -> String {
    let lines: Vec<&str> = crate::lines::lines(text).collect();
    let mut filled = lines.iter().filter(|line| !line.trim().is_empty()).count();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let plain = line.get(..100).unwrap_or(line).trim();
        let left = lines.len() - at;
        if (*line == "-- " || plain == "--") && filled <= 16 && at > 0 {
            break;
        }
        if plain.len() < 80 && opens_with(&A_DEVICE, plain) {
            filled = filled.saturating_sub(1);
            at += 1;
            continue;
        }
        let tail = left * 2 <= lines.len() || filled <= 14;
        let bare = plain.trim_start_matches(['*', '_', '#', ' ', '-']);
        if tail && at > 0 && opens_with(&A_DISCLAIMER, bare) {
            let paragraph = lines
                .iter()
                .skip(at)
                .take_while(|line| !line.trim().is_empty())
                .count();
            filled = filled.saturating_sub(paragraph);
            at += paragraph;
            continue;
        }
        filled = filled.saturating_sub(usize::from(!line.trim().is_empty()));
        push_line(&mut out, line);
        at += 1;
    }
    out.truncate(out.trim_end().len());
    out
}
