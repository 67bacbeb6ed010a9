//! Indonesian, English and Javanese text: which it is, and its words made comparable.

pub mod affix;
pub mod sorts;
pub mod spelling;
pub mod words;

pub use spelling::{BREAKS, spelled};

use crate::report::Language;

const INDONESIAN: &[&str] = &[
    "yang", "dan", "di", "ke", "dari", "kami", "saya", "tidak", "ada", "dengan", "untuk", "pada",
    "ini", "itu", "sudah", "belum", "mohon", "adalah", "akan", "atau", "oleh", "juga", "karena",
    "telah", "bisa", "dapat", "tim", "terima", "kasih", "pak", "bapak", "ibu", "yg", "tdk", "sdh",
    "udah", "ga", "gak", "nggak", "kok", "sejak", "tadi", "anda", "bahwa", "masih", "seperti",
    "dalam", "hari", "jam", "tolong", "sampai", "kalau", "klo", "dgn", "utk", "lagi", "cuma",
    "nih", "sama", "kita", "kantor", "laporan", "sebagai",
];
const ENGLISH: &[&str] = &[
    "the",
    "and",
    "is",
    "are",
    "of",
    "to",
    "in",
    "we",
    "you",
    "your",
    "for",
    "this",
    "that",
    "with",
    "on",
    "have",
    "has",
    "was",
    "not",
    "from",
    "be",
    "it",
    "at",
    "by",
    "as",
    "please",
    "our",
    "i",
    "or",
    "an",
    "were",
    "which",
    "can",
    "will",
    "been",
    "report",
    "hello",
    "dear",
    "regards",
    "following",
    "host",
    "may",
    "if",
    "any",
    "there",
];
const JAVANESE: &[&str] = &[
    "ora",
    "wis",
    "wes",
    "sing",
    "karo",
    "neng",
    "ning",
    "iki",
    "kuwi",
    "opo",
    "apa",
    "ana",
    "ono",
    "durung",
    "urung",
    "iso",
    "isa",
    "rak",
    "ra",
    "mung",
    "kula",
    "kulo",
    "panjenengan",
    "njenengan",
    "mboten",
    "dereng",
    "sampun",
    "nggih",
    "saged",
    "dipun",
    "wonten",
    "kalih",
    "ing",
    "nopo",
    "napa",
    "wong",
    "wong2",
    "pada",
    "duwe",
    "kayae",
    "kaya",
    "koyo",
    "aku",
    "awakmu",
    "saiki",
    "mau",
    "wau",
    "esuk",
    "bengi",
    "wingi",
    "maneh",
    "meneh",
    "kabeh",
    "ndan",
    "iku",
    "niku",
    "niki",
    "maturnuwun",
    "nuwun",
    "suwun",
    "mtrnwn",
    "thok",
    "dadi",
    "metu",
    "mergo",
    "jebul",
    "barusan_",
];

/// The language most of a text is written in.
pub fn of(subject: &str, text: &str) -> Language {
    let (mut indonesian, mut english, mut javanese) = (0_usize, 0_usize, 0_usize);
    let words = subject
        .split_whitespace()
        .chain(text.split_whitespace())
        .take(600);
    for raw in words {
        let word = raw.trim_matches(|character: char| !character.is_alphanumeric());
        if word.is_empty() || word.len() > 12 {
            continue;
        }
        let word = word.to_lowercase();
        indonesian += usize::from(INDONESIAN.contains(&word.as_str()));
        english += usize::from(ENGLISH.contains(&word.as_str()));
        javanese += usize::from(JAVANESE.contains(&word.as_str()));
    }
    if javanese >= 3 && javanese * 2 > indonesian && javanese > english {
        return Language::Jv;
    }
    if english > indonesian {
        Language::En
    } else {
        Language::Id
    }
}
