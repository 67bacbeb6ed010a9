//! What stands in a report beside the matter: links to read up on, a program's version, digests of passwords, the address that
//! the swindler imitates.

use std::net::Ipv4Addr;

/// Words of the clause before a link that is there to be read, not to be feared.
const READING: &[&str] = &[
    "panduan",
    "pedoman",
    "referensi",
    "rujukan",
    "dirujuk",
    "dokumentasi",
    "guide",
    "guidance",
    "documentation",
    "docs",
    "reference",
    "references",
    "advisory",
    "faq",
    "unsubscribe",
    "berhenti berlangganan",
    "learn more",
    "more information",
    "read more",
    "info lebih lanjut",
    "informasi lebih lanjut",
    "selengkapnya",
];
/// What takes a clause back from them: the guide itself is the bait.
const BAIT: &[&str] = &[
    "palsu",
    "tiruan",
    "fake",
    "phish",
    "jebakan",
    "menipu",
    "penipu",
    "pelaku",
    "malware",
    "berbahaya",
    "malicious",
];

/// The part of a line before a piece of it, back to the last end of a sentence.
pub fn clause_before<'l>(line: &'l str, piece: &str) -> &'l str {
    let at = (piece.as_ptr().addr()).saturating_sub(line.as_ptr().addr());
    let before = line.get(..at).unwrap_or_default();
    let ends = [". ", "! ", "? ", "; ", "://"];
    let from = ends.iter().filter_map(|end| before.rfind(end)).max();
    from.and_then(|from| before.get(from..)).unwrap_or(before)
}

/// Whether the clause before a link, or the link itself, says that it leads to something to read or to manage.
pub fn is_reading(clause: &str, host: &str, path: &str) -> bool {
    let lower = clause.to_lowercase();
    let named = |words: &[&str]| words.iter().any(|word| holds_word(&lower, word));
    let bait = BAIT.iter().any(|word| lower.contains(word));
    !bait && (named(READING) || is_manual(host, path)) || is_upkeep(path)
}

fn holds_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|head| head.chars().next_back());
        let after = text
            .get(at + word.len()..)
            .and_then(|tail| tail.chars().next());
        let edge = |one: Option<char>| one.is_none_or(|one| !one.is_alphanumeric());
        edge(before) && edge(after)
    })
}

/// `docs.vendor.example`, `helpcenter.vendor.example`, `support.vendor.example/kb/7`.
fn is_manual(host: &str, path: &str) -> bool {
    let first = host.split('.').next().unwrap_or_default();
    let book = path.split('/').any(|step| {
        matches!(
            step,
            "docs" | "kb" | "help" | "hc" | "article" | "articles" | "faq"
        )
    });
    matches!(first, "helpcenter" | "kb" | "knowledgebase")
        || book && matches!(first, "docs" | "help" | "support" | "learn" | "www")
}

/// A link by which the mail's own receiver manages what sent it.
fn is_upkeep(path: &str) -> bool {
    let last = path.trim_end_matches('/').rsplit('/').next();
    let last = last.and_then(|step| step.split('?').next());
    matches!(
        last,
        Some("quarantine" | "karantina" | "unsubscribe" | "preferences" | "optout" | "opt-out")
    )
}

/// "versi 7.4.0.2", "build 12.0.1.8", and "Replication 12.1.2.172": small numbers behind a product's name.
pub fn is_version(address: Ipv4Addr, before: &str) -> bool {
    let word = before.trim_matches(|one: char| !one.is_alphanumeric());
    let lower = word.to_lowercase();
    let told = matches!(
        lower.as_str(),
        "versi" | "version" | "ver" | "v" | "build" | "release" | "rilis" | "firmware"
    );
    let [first, second, third, _] = address.octets();
    let small = first < 32 && second < 16 && third < 16;
    let address_word = matches!(
        lower.as_str(),
        "address"
            | "alamat"
            | "host"
            | "server"
            | "source"
            | "from"
            | "dari"
            | "penyerang"
            | "attacker"
            | "client"
    );
    let product = word.len() >= 4
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && word.bytes().skip(1).any(|byte| byte.is_ascii_lowercase())
        && word.starts_with(|one: char| one.is_ascii_uppercase());
    told || small && product && !address_word
}

/// A key or column whose digest is that of a password: `"pw_sha1":"…"`.
pub fn names_a_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    let parts = key.split(|one: char| !one.is_ascii_alphanumeric());
    let mut parts = parts.filter(|part| part.len() < 20);
    parts.any(|part| {
        matches!(
            part,
            "pw" | "pwd" | "sandi" | "ntlm" | "nthash" | "credential"
        ) || part.starts_with("pass")
    })
}

/// Whether a table's first row has a column of passwords: the digests in it are no files'.
pub fn tabulates_secrets(text: &str) -> bool {
    let heads = text.lines().take(3);
    heads.filter(|head| head.len() < 1000).any(|head| {
        let cells = head.split([',', ';', '\t']);
        cells.clone().count() > 1
            && cells
                .into_iter()
                .any(|cell| cell.len() < 40 && names_a_secret(cell))
    })
}

/// "toko aslinya (x@y)", "rekanan kami memakai x@y": the address that was imitated; "pemegang hak: x@y": whom to ask.
pub fn names_the_genuine(clause: &str) -> bool {
    const WORDS: &[&str] = &[
        "asli",
        "aslinya",
        "yang benar",
        "yg benar",
        "yang resmi",
        "yg resmi",
        "alamat resmi",
        "seharusnya",
        "rekanan kami",
        "vendor kami",
        "kami memakai",
        "genuine",
        "real address",
        "legitimate",
        "should be",
        "the real",
        "pemegang",
        "rights holder",
        "rightsholder",
        "narahubung",
        "tembusan",
    ];
    let lower = clause.to_lowercase();
    let near = lower.rsplit(',').take(2).collect::<Vec<_>>().join(" ");
    WORDS.iter().any(|word| holds_word(&near, word))
        && !BAIT.iter().any(|word| near.contains(word))
        && !holds_word(&near, "mengaku")
        && !holds_word(&near, "bukan")
}

/// A link whose query holds brackets, which part words elsewhere: `?q=<svg onload=alert(1)>`, encoded but for them.
pub fn whole_link<'l>(line: &'l str, piece: &'l str) -> &'l str {
    let at = (piece.as_ptr().addr()).saturating_sub(line.as_ptr().addr());
    let end = at + piece.len();
    if !piece.contains('?') || line.as_bytes().get(end) != Some(&b'(') {
        return piece;
    }
    let rest = line.get(at..).unwrap_or(piece);
    let stop = rest.find(|one: char| one.is_whitespace() || "<>\"'`|;".contains(one));
    let whole = rest.get(..stop.unwrap_or(rest.len())).unwrap_or(piece);
    let (opened, closed) = (whole.matches('(').count(), whole.matches(')').count());
    if opened == closed { whole } else { piece }
}

/// Whether the words before a range of addresses say that it is the reporter's or the receiver's own.
pub fn is_own_range(before: &str) -> bool {
    const OWN: &[&str] = &[
        "kita",
        "kami",
        "our",
        "your",
        "anda",
        "saudara",
        "kantor",
        "internal",
        "vpn",
        "lan",
        "wifi",
        "resmi",
        "asked",
        "subscribed",
        "langganan",
        "manajemen",
        "management",
    ];
    let lower = before.to_lowercase();
    OWN.iter().any(|word| holds_word(&lower, word))
}

/// `203.0.113.0/24`.
pub fn has_bits(word: &str) -> bool {
    let bits = word.split_once('/').map(|(_, bits)| bits);
    let bits = bits.map(|bits| bits.trim_end_matches(['.', ':', ')']));
    bits.and_then(|bits| bits.parse::<u8>().ok())
        .is_some_and(|bits| (8..32).contains(&bits))
}

#[cfg(test)]
mod tests {
    use super::{
        clause_before, is_own_range, is_reading, is_version, names_a_secret, names_the_genuine,
        tabulates_secrets, whole_link,
    };

    #[test]
    fn what_is_to_be_read_is_told_from_what_is_to_be_feared() {
        let line =
            "Situs dinas aman. Panduan auditor: https://tls.example/x dan https://evil.example/y";
        let guide = line.get(35..).unwrap_or_default();
        assert!(is_reading(clause_before(line, guide), "tls.example", "/x"));
        assert!(!is_reading(
            "pelaku mengirim panduan palsu",
            "a.example",
            "/x"
        ));
        assert!(is_reading("", "docs.vendor.example", "/kb/malware"));
        assert!(is_reading("", "mail.vendor.example", "/quarantine"));
        assert!(!is_reading("Tautannya", "support.evil.example", "/login"));
        assert!(!is_reading("Berkasnya", "docs.sheets.example", "/d/1/edit"));
    }

    #[test]
    fn versions_are_no_addresses() {
        let one = |text: &str| text.parse().expect("an address");
        assert!(is_version(one("7.4.0.2"), "versi"));
        assert!(is_version(one("12.1.2.172"), "Replication"));
        assert!(!is_version(one("12.1.2.172"), "dari"));
        assert!(!is_version(one("203.0.113.9"), "Suricata"));
        assert!(!is_version(one("8.8.8.8"), "IP"));
    }

    #[test]
    fn digests_of_passwords_are_known_by_their_key() {
        assert!(names_a_secret("\"pw_sha1\":"));
        assert!(names_a_secret("password-hash"));
        assert!(!names_a_secret("file_sha1"));
        assert!(tabulates_secrets("user;host;password_md5\na;b;c"));
        assert!(!tabulates_secrets("timestamp,ip,sha1"));
    }

    #[test]
    fn the_imitated_address_is_not_the_swindlers() {
        assert!(names_the_genuine("Ternyata toko aslinya ("));
        assert!(names_the_genuine(", sedangkan rekanan kami memakai "));
        assert!(!names_the_genuine("rekening baru yg dikirim lewat email "));
        assert!(!names_the_genuine("kontak palsu "));
    }

    #[test]
    fn brackets_stay_in_a_links_query() {
        let line = "lihat https://a.example/?k=alert(1)%3E di sana";
        assert_eq!(
            whole_link(line, line.get(6..32).unwrap_or_default()),
            "https://a.example/?k=alert(1)%3E"
        );
        let plain = "lihat https://a.example/x(jahat)";
        assert_eq!(
            whole_link(plain, plain.get(6..25).unwrap_or_default()),
            "https://a.example/x"
        );
    }

    #[test]
    fn our_own_ranges_are_known() {
        assert!(is_own_range("Range manajemen kita "));
        assert!(!is_own_range("serangan dari "));
    }
}
