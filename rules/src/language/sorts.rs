//! What a word is besides its letters, and the one form it is known by.

use std::hash::{BuildHasher, Hasher};

/// What a word is besides its letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    Word,
    /// A count of a hundred or more (not a year, not a time).
    Many,
    Number,
    /// A sum of two million rupiah or more, or foreign money.
    Money,
    /// Less than that.
    Petty,
    Link,
    Address,
    Email,
    File,
}

/// The hash that stands for a normalised form.
pub fn hash(form: &str) -> u64 {
    hash_bytes(form.as_bytes())
}

/// The same of a form in bytes.
pub fn hash_bytes(form: &[u8]) -> u64 {
    // Fixed keys: a rule set must judge the same in every process.
    let mut hasher = std::hash::BuildHasherDefault::<Fold>::default().build_hasher();
    hasher.write(form);
    hasher.finish()
}

#[derive(Default)]
pub struct Fold(u64);

/// Both halves of a product: every bit of it depends on every bit of what is taken in.
fn mixed(before: u64, more: u64) -> u64 {
    let taken = before.wrapping_add(0xD1B5_4A32_D192_ED03) ^ more;
    let (low, high) = taken.carrying_mul(0x9E37_79B9_7F4A_7C15, 0);
    low ^ high
}

impl Hasher for Fold {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
    fn write(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            self.0 = mixed(self.0, u64::from_le_bytes(*eight));
        }
        if !rest.is_empty() {
            let last = rest
                .iter()
                .rev()
                .fold(0, |last, byte| last << 8 | u64::from(*byte));
            // A byte is always left for the length.
            self.0 = mixed(self.0, last | (rest.len() as u64) << 56);
        }
    }
    fn write_u16(&mut self, value: u16) {
        self.write_u32(u32::from(value));
    }
    fn write_u32(&mut self, value: u32) {
        self.0 = u64::from(value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

pub fn amount(digits: &str) -> Sort {
    let value: u64 = digits.parse().unwrap_or(u64::MAX);
    let year = digits.len() == 4 && (1900..2100).contains(&value);
    if (100..100_000_000_000).contains(&value) && !year && !digits.starts_with('0') {
        Sort::Many
    } else {
        Sort::Number
    }
}

/// Links, addresses, sums and files are one word each.
pub fn special(bare: &str) -> Option<Sort> {
    if bare.contains("://") || bare.starts_with("www.") {
        return Some(Sort::Link);
    }
    if bare.contains('@') && bare.contains('.') {
        return Some(Sort::Email);
    }
    let money = bare
        .strip_prefix("Rp")
        .or_else(|| bare.strip_prefix("rp"))
        .or_else(|| bare.strip_prefix("IDR"))
        .or_else(|| bare.strip_prefix('$'));
    if let Some(rest) = money.filter(|rest| {
        rest.starts_with(|character: char| character.is_ascii_digit() || character == '.')
    }) {
        let head = rest.trim_end_matches(",-").trim_end_matches(",00");
        let digits: String = head.chars().filter(char::is_ascii_digit).collect();
        let value: u64 = digits.parse().unwrap_or(0);
        return Some(if value >= 2_000_000 || bare.starts_with('$') {
            Sort::Money
        } else {
            Sort::Petty
        });
    }
    let numeric = bare
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
        && bare.len() > 1
        && bare.contains(['.', ',']);
    if numeric {
        return Some(grouped(bare));
    }
    file_or_host(bare)
}

/// `12.000` counts twelve thousand; `203.0.113.7` is an address; `08.15` is a time.
fn grouped(bare: &str) -> Sort {
    let groups: Vec<&str> = bare.split(['.', ',']).collect();
    if groups.len() == 4 && bare.parse::<std::net::Ipv4Addr>().is_ok() {
        return Sort::Address;
    }
    let thousands = groups.len() > 1
        && groups.iter().skip(1).all(|group| group.len() == 3)
        && groups
            .first()
            .is_some_and(|group| (1..4).contains(&group.len()));
    if thousands { Sort::Many } else { Sort::Number }
}

fn file_or_host(bare: &str) -> Option<Sort> {
    let (head, end) = bare.rsplit_once('.')?;
    let good = !head.is_empty()
        && (1..12).contains(&end.len())
        && end.chars().next().is_some_and(char::is_alphabetic)
        && end.chars().all(char::is_alphanumeric);
    let several = bare.split('.').all(|piece| piece.len() > 1);
    (good && several && !bare.contains('/')).then_some(Sort::File)
}

const JOINED: &[&str] = &[
    "di", "ke", "ter", "me", "mem", "men", "meng", "nge", "pe", "ber", "se", "e", "re", "un",
    "anti", "auto", "log", "on", "off", "web", "de", "non",
];
const ENDINGS: &[&str] = &[
    "nya", "an", "kan", "i", "e", "in", "ku", "mu", "lah", "pun", "ne", "an", "ed", "ing",
    "kannya", "annya",
];

/// "di-hack" is one word, "data-data" is "data"; "brute-force" stays two.
pub fn hyphened(bare: &str) -> Option<String> {
    let mut pieces = bare.split('-');
    let (first, second) = (pieces.next()?.to_lowercase(), pieces.next()?.to_lowercase());
    let third = pieces.next().map(str::to_lowercase);
    if pieces.next().is_some()
        || first.is_empty()
        || second.is_empty()
        || !bare
            .chars()
            .all(|character| character.is_alphabetic() || character == '-')
    {
        return None;
    }
    let joined = match third {
        None if second.starts_with(&first) && first.len() > 2 => second,
        None if first.ends_with(&second) && second.len() > 2 => first,
        None if JOINED.contains(&first.as_str()) || ENDINGS.contains(&second.as_str()) => {
            format!("{first}{second}")
        }
        Some(end) if JOINED.contains(&first.as_str()) => format!("{first}{second}{end}"),
        Some(end) if second == first && ENDINGS.contains(&end.as_str()) => format!("{first}{end}"),
        _ => return None,
    };
    Some(joined)
}

pub fn unleet(form: &str) -> String {
    let letter = |character| match character {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other,
    };
    form.chars().map(letter).collect()
}
