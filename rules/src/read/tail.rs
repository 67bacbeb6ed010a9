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

static A_DEVICE: LazyLock<(Letters, AhoCorasick)> = LazyLock::new(|| openings(DEVICES));
static A_DISCLAIMER: LazyLock<(Letters, AhoCorasick)> = LazyLock::new(|| openings(DISCLAIMERS));

/// With what letters words begin: most lines begin with none of them.
type Letters = Vec<u8>;

/// Finds whether a line begins with one of these, in any case.
fn openings(words: &[&str]) -> (Letters, AhoCorasick) {
    let mut letters: Letters = words
        .iter()
        .filter_map(|word| word.bytes().next())
        .collect();
    letters.sort_unstable();
    letters.dedup();
    let words = AhoCorasick::builder()
        .start_kind(StartKind::Anchored)
        .ascii_case_insensitive(true)
        .build(words)
        .unwrap_or_else(|_| unreachable!("a short list of words"));
    (letters, words)
}

fn opens_with((letters, words): &(Letters, AhoCorasick), line: &str) -> bool {
    let first = line.as_bytes().first().map(u8::to_ascii_lowercase);
    first.is_some_and(|first| letters.contains(&first))
        && words.is_match(Input::new(line).anchored(Anchored::Yes))
}

/// The lines up to a signature mark, a device line or a disclaimer, as one text.
pub fn without_tail(lines: &[&str]) -> String {
    let mut filled = lines.iter().filter(|line| !is_blank(line)).count();
    let length = |sum: usize, line: &&str| sum + line.len() + 1;
    let mut out = String::with_capacity(lines.iter().fold(0, length));
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
        if tail && at > 0 && opens_with(&A_DISCLAIMER, bare(plain)) {
            let paragraph = lines.iter().skip(at);
            let paragraph = paragraph.take_while(|line| !is_blank(line)).count();
            filled = filled.saturating_sub(paragraph);
            at += paragraph;
            continue;
        }
        filled = filled.saturating_sub(usize::from(!is_blank(line)));
        push_line(&mut out, line);
        at += 1;
    }
    out.truncate(out.trim_end().len());
    out
}

/// A line without the marks that make it stand out.
fn bare(plain: &str) -> &str {
    plain.trim_start_matches(['*', '_', '#', ' ', '-'])
}

/// Whether a line is empty, or spaces alone.
fn is_blank(line: &str) -> bool {
    let begun = line.as_bytes().first().is_some_and(u8::is_ascii_graphic);
    !begun && line.trim().is_empty()
}
