//! Traces that lead to people and payments rather than to hosts: ranges of addresses, bitcoin, Telegram, WhatsApp.

use std::net::Ipv4Addr;

use sha2::{Digest, Sha256};

use super::beside::{clause_before, is_own_range};
use super::fangs::refang;
use super::limits;
use super::pieces::has_long_piece;
use super::shared::Shared;
use crate::lines::{bare, lines};
use crate::report::{Observable, Report};

/// Bytes of a text that are searched.
const MUCH: usize = 256 * 1024;
/// Traces of one mail, at most.
const MOST: usize = 50;

/// Every trace in the subject, the newest text and the attached texts, each once.
pub fn find(report: &Report, shared: &Shared) -> Vec<Observable> {
    let mut found = Vec::new();
    let (subject, attached) = (refang(&report.subject), refang(&report.attached_text));
    let texts = [
        (subject.as_ref(), "judul"),
        (shared.refanged(report), "isi surel"),
        (attached.as_ref(), "lampiran"),
    ];
    for (text, part) in texts {
        let whole = text
            .get(..text.floor_char_boundary(MUCH))
            .unwrap_or_default();
        let several = part != "judul";
        for (at, line) in (1..).zip(lines(whole)) {
            let at = if several { at } else { 0 };
            of_line(line, (part, at), &mut found);
        }
    }
    found.truncate(MOST.min(limits::OBSERVABLES));
    found
}

/// Whether anything looked for may stand in a line: all but a Telegram name have a digit.
fn promising(line: &str) -> bool {
    let bytes = line.as_bytes();
    let digits = bytes
        .iter()
        .fold(false, |held, byte| held | byte.is_ascii_digit());
    digits || memchr::memchr(b'@', bytes).is_some() || line.contains("t.me/")
}

/// Letters of a bitcoin address, at least.
const SHORTEST_WALLET: usize = 26;

/// Whether a word of a line may be a trace by itself: an address has a dot between digits, a name follows an `@` or a link,
/// a wallet is long.
fn may_hold_one_word(line: &[u8]) -> bool {
    let digit = |at: usize| line.get(at).is_some_and(u8::is_ascii_digit);
    let dotted = |at: usize| digit(at + 1) && at.checked_sub(1).is_some_and(digit);
    memchr::memchr(b'@', line).is_some()
        || memchr::memchr_iter(b'.', line).any(|at| dotted(at) || follows(line, at, b"me/"))
        || has_long_piece(line, SHORTEST_WALLET)
}

fn follows(line: &[u8], at: usize, what: &[u8]) -> bool {
    line.get(at + 1..)
        .is_some_and(|rest| rest.starts_with(what))
}

/// Looks at one line of a part; line 0 is a part of one line.
fn of_line(line: &str, (part, at): (&str, usize), found: &mut Vec<Observable>) {
    if !promising(line) {
        return;
    }
    let spelled_out = may_hold_one_word(line.as_bytes());
    let mut add = |kind: &str, value: String| {
        let known = found
            .iter()
            .any(|one: &Observable| one.kind == kind && one.value == value);
        if !known && found.len() < MOST {
            found.push(Observable {
                kind: kind.to_owned(),
                value,
                place: match at {
                    0 => part.to_owned(),
                    at => format!("{part}, baris {at}"),
                },
            });
        }
    };
    let words: Vec<&str> = line
        .split(|one: char| {
            matches!(
                one,
                ' ' | '\t' | ',' | ';' | '(' | ')' | '<' | '>' | '"' | '\''
            )
        })
        .filter(|word| !word.is_empty())
        .take(if spelled_out { 400 } else { 0 })
        .collect();
    for (at, word) in words.iter().enumerate() {
        let bare = bare(word, &['@']);
        if let Some(range) = range(&words, at)
            && !is_own_range(clause_before(line, word))
        {
            add("range", range);
        }
        let wallet = bare.strip_prefix("bitcoin:").unwrap_or(bare);
        if is_bitcoin(wallet) {
            add("bitcoin", wallet.to_owned());
        }
        if let Some(name) = telegram(bare, &words, at) {
            add("telegram", format!("@{name}"));
        }
    }
    if let Some(number) = whatsapp(line) {
        add("whatsapp", number);
    }
}

/// `203.0.113.0/24`, `203.0.113.1-203.0.113.20`, `203.0.113.1-20`, the last two also with spaces around the hyphen.
fn range(words: &[&str], at: usize) -> Option<String> {
    // Each of them begins with an address.
    let word = words
        .get(at)
        .filter(|word| word.starts_with(|one: char| one.is_ascii_digit()))?;
    let word = word.trim_end_matches(['.', ':']);
    if let Some((address, bits)) = word.split_once('/') {
        let address: Ipv4Addr = address.parse().ok()?;
        let bits: u8 = bits.parse().ok()?;
        return ((8..32).contains(&bits) && !address.is_private())
            .then(|| format!("{address}/{bits}"));
    }
    let hyphen = |word: &&&str| matches!(**word, "-" | "–" | "s.d." | "s/d" | "sampai" | "to");
    let (from, to) = match word.split_once(['-', '–']) {
        Some((from, to)) => (from, to),
        None => (
            word,
            *words
                .get(at + 1)
                .filter(hyphen)
                .and_then(|_| words.get(at + 2))?,
        ),
    };
    let from: Ipv4Addr = from.parse().ok()?;
    let to = to.trim_end_matches(['.', ':']);
    let to = match to.parse::<u8>() {
        Ok(last) => {
            let [a, b, c, _] = from.octets();
            Ipv4Addr::new(a, b, c, last)
        }
        Err(_) => to.parse().ok()?,
    };
    (from < to).then(|| format!("{from}-{to}"))
}

/// `@nama` behind the word Telegram, or a link to t.me.
fn telegram(bare: &str, words: &[&str], at: usize) -> Option<String> {
    let linked = [
        "https://t.me/",
        "http://t.me/",
        "t.me/",
        "https://telegram.me/",
        "telegram.me/",
    ];
    if !bare.starts_with(['@', 'h', 't']) {
        return None;
    }
    let link = linked.iter().find_map(|start| bare.strip_prefix(start));
    let name = match link {
        Some(rest) => rest.split(['/', '?']).next()?,
        None => bare.strip_prefix('@').filter(|_| speaks_of_it(words, at))?,
    };
    let good = (5..=32).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (good && name != "joinchat").then(|| name.to_owned())
}

/// One of the three words before tells which messenger is meant.
fn speaks_of_it(words: &[&str], at: usize) -> bool {
    let near = words.get(at.saturating_sub(3)..at).unwrap_or_default();
    near.iter().any(|word| {
        let word = word.trim_matches(|one: char| !one.is_alphanumeric());
        matches!(word.to_lowercase().as_str(), "telegram" | "tele" | "tg")
    })
}

/// Every word for it begins so, and a number has ten digits at least.
fn may_speak_of_whatsapp(line: &[u8]) -> bool {
    let mut begun = memchr::memchr2_iter(b'w', b'W', line);
    let named = |at: usize| {
        let next = line.get(at + 1).copied().unwrap_or_default();
        matches!(next.to_ascii_lowercase(), b'a' | b'h')
    };
    begun.any(named) && line.iter().filter(|byte| byte.is_ascii_digit()).count() >= 10
}

/// A number behind wa.me, or on a line that speaks of WhatsApp and not of how to reach the reporter.
fn whatsapp(line: &str) -> Option<String> {
    if !may_speak_of_whatsapp(line.as_bytes()) {
        return None;
    }
    let lower = line.to_lowercase();
    let linked = ["wa.me/", "api.whatsapp.com/send?phone="];
    if let Some(rest) = linked
        .iter()
        .find_map(|start| lower.split_once(start))
        .map(|(_, rest)| rest)
    {
        let digits: String = rest
            .chars()
            .skip_while(|one| *one == '+')
            .take_while(char::is_ascii_digit)
            .collect();
        return number(&digits);
    }
    let word = |one: &str| {
        lower
            .split(|mark: char| !mark.is_alphanumeric())
            .any(|word| word == one)
    };
    if !(word("wa") || word("whatsapp") || word("watsap")) {
        return None;
    }
    let own = [
        "saya",
        "kami",
        "hubungi",
        "pelapor",
        "narahubung",
        "kontak",
        "contact",
        "hp",
        "telp",
        "telepon",
        "pic",
        "my",
        "our",
    ];
    let labelled = lower
        .split_once(':')
        .is_some_and(|(label, _)| label.split_whitespace().count() <= 2);
    if labelled || own.iter().any(|one| word(one)) {
        return None;
    }
    let mut runs =
        line.split(|one: char| !(one.is_ascii_digit() || matches!(one, '-' | ' ' | '+')));
    runs.find_map(|run| number(&run.chars().filter(char::is_ascii_digit).collect::<String>()))
}

/// An Indonesian mobile number as `+628…`.
fn number(digits: &str) -> Option<String> {
    let rest = digits
        .strip_prefix("62")
        .or_else(|| digits.strip_prefix('0'))?;
    let mobile = rest.starts_with('8') && (9..=12).contains(&rest.len());
    mobile.then(|| format!("+62{rest}"))
}

/// A bitcoin address whose checksum is right: a random word has none.
fn is_bitcoin(word: &str) -> bool {
    match word.bytes().next() {
        Some(b'1' | b'3') => (26..=35).contains(&word.len()) && base58(word),
        Some(b'b' | b'B') => (42..=62).contains(&word.len()) && bech32(&word.to_ascii_lowercase()),
        _ => false,
    }
}

const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Base58Check: 21 bytes, and the first four of their double SHA-256.
fn base58(word: &str) -> bool {
    let mut bytes = [0_u8; 25];
    for letter in word.bytes() {
        let Some(mut carry) = BASE58.iter().position(|known| *known == letter) else {
            return false;
        };
        for byte in bytes.iter_mut().rev() {
            carry += usize::from(*byte) * 58;
            *byte = u8::try_from(carry & 0xff).unwrap_or(0);
            carry >>= 8;
        }
        if carry > 0 {
            return false;
        }
    }
    let (body, sum) = bytes.split_at(21);
    Sha256::digest(Sha256::digest(body)).starts_with(sum)
}

/// BIP 173 and BIP 350: the polymod over the expanded prefix `bc` and the data.
fn bech32(word: &str) -> bool {
    const LETTERS: &[u8] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let Some(data) = word.strip_prefix("bc1") else {
        return false;
    };
    let mut values: Vec<u32> = vec![3, 3, 0, 2, 3];
    for letter in data.bytes() {
        let Some(value) = LETTERS.iter().position(|known| *known == letter) else {
            return false;
        };
        values.push(u32::try_from(value).unwrap_or(0));
    }
    let sum = values.iter().fold(1_u32, |sum, value| {
        let top = sum >> 25;
        let next = (sum & 0x01ff_ffff) << 5 ^ value;
        let bits = (0_u32..).zip(GENERATOR);
        bits.fold(next, |next, (bit, mask)| {
            if top >> bit & 1 == 1 {
                next ^ mask
            } else {
                next
            }
        })
    });
    matches!(sum, 1 | 0x2bc8_30a3)
}

#[cfg(test)]
mod tests {
    use super::of_line;

    fn found(line: &str) -> Vec<String> {
        let mut found = Vec::new();
        of_line(line, ("uji", 0), &mut found);
        found
            .into_iter()
            .map(|one| format!("{}:{}", one.kind, one.value))
            .collect()
    }

    #[test]
    fn payments_people_and_ranges_are_found() {
        let check = |line: &str, wanted: &[&str]| assert_eq!(found(line), wanted, "{line}");
        check(
            "kirim ke 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa segera",
            &["bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"],
        );
        check(
            "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy.",
            &["bitcoin:3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"],
        );
        check(
            "bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
            &["bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"],
        );
        check(
            "hubungi Telegram @tebus_data99 untuk kunci",
            &["telegram:@tebus_data99"],
        );
        check(
            "dijual di https://t.me/databocorid/12",
            &["telegram:@databocorid"],
        );
        check(
            "Pelaku memakai nomor WA 0812-3456-7890 dengan foto Bupati",
            &["whatsapp:+6281234567890"],
        );
        check(
            "klik https://wa.me/6281234567890?text=x",
            &["whatsapp:+6281234567890"],
        );
        check("rentang kantor kami 203.0.113.0/24, VPN 10.1.0.0/16", &[]);
        check("serangan dari 203.0.113.0/24", &["range:203.0.113.0/24"]);
        check(
            "198.51.100.1 - 198.51.100.20 dan 203.0.113.5-9",
            &[
                "range:198.51.100.1-198.51.100.20",
                "range:203.0.113.5-203.0.113.9",
            ],
        );
    }

    #[test]
    fn what_only_looks_like_a_trace_is_none() {
        for line in [
            "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
            "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdx",
            "WA saya 0812-3456-7890",
            "HP/WA: 081234567890",
            "Instagram @dinaskesehatan",
            "versi 1.2.3.4/5 tanggal 01-02",
            "NIP 19690621 199003 1 003",
            "Rp 1.250.000/bulan",
        ] {
            assert_eq!(found(line), [""; 0], "{line}");
        }
    }
}
