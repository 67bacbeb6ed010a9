//! Indonesian, English and Javanese text: which it is, and its words made comparable.

pub mod affix;
mod ends;
mod same;
pub mod sieve;
pub mod sorts;
pub mod spelling;
pub mod table;
pub mod words;

pub use spelling::{breaks, spelled};

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::LazyLock;

use crate::report::Language;
use sieve::Sieve;
use sorts::{Fold, hash, hash_bytes};

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

type SmallWords = HashMap<u64, u8, BuildHasherDefault<Fold>>;

static SIEVE: LazyLock<Sieve> = LazyLock::new(|| Sieve::of(SMALL_WORDS.keys().copied()));

/// Which of the three languages a small word belongs to: one bit each, for some words belong to two.
static SMALL_WORDS: LazyLock<SmallWords> = LazyLock::new(|| {
    let mut known = HashMap::default();
    for (words, bit) in [
        (INDONESIAN, IS_INDONESIAN),
        (ENGLISH, IS_ENGLISH),
        (JAVANESE, IS_JAVANESE),
    ] {
        for word in words {
            *known.entry(hash(word)).or_default() |= bit;
        }
    }
    known
});
const IS_INDONESIAN: u8 = 1;
const IS_ENGLISH: u8 = 2;
const IS_JAVANESE: u8 = 4;
/// Bytes of a word that may be one of those, at most.
const LONGEST: usize = 12;
/// Words looked at.
const SAMPLE: usize = 600;

/// Of a short word in lower case.
fn hash_of_lower(word: &str) -> u64 {
    if !word.is_ascii() {
        return hash(&word.to_lowercase());
    }
    let mut lower = [0_u8; LONGEST];
    for (lower, byte) in lower.iter_mut().zip(word.bytes()) {
        *lower = byte.to_ascii_lowercase();
    }
    hash_bytes(lower.get(..word.len()).unwrap_or_default())
}

/// The language most of a text is written in.
pub fn of(subject: &str, text: &str) -> Language {
    let (mut indonesian, mut english, mut javanese) = (0_usize, 0_usize, 0_usize);
    let words = crate::lines::words(subject).chain(crate::lines::words(text));
    for raw in words.take(SAMPLE) {
        let word = crate::lines::bare(raw, &[]);
        if word.is_empty() || word.len() > LONGEST {
            continue;
        }
        let hash = hash_of_lower(word);
        if !SIEVE.may_hold(hash) {
            continue;
        }
        let known = SMALL_WORDS.get(&hash).copied().unwrap_or(0);
        indonesian += usize::from(known & IS_INDONESIAN != 0);
        english += usize::from(known & IS_ENGLISH != 0);
        javanese += usize::from(known & IS_JAVANESE != 0);
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
