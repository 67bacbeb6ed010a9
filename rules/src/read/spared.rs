//! Which words of a mail speak of the culprit, and which of the reporter or the attacked.

use super::hosts::within;
use crate::report::{Report, Site};

/// A report passed on without a word: its header lines name colleagues; the author of the innermost mail is its culprit.
pub fn without_senders(forwarded: &str) -> String {
    let plain = |line: &str| line.trim_start_matches(['>', ' ', '*']).to_lowercase();
    let begins = |line: &str, names: &[&str]| {
        let line = plain(line);
        names.iter().any(|name| line.starts_with(name))
    };
    let authors = ["dari:", "from:"];
    let others = ["kepada:", "to:", "cc:", "tembusan:", "reply-to:"];
    let named = forwarded.lines().enumerate();
    let named = named.filter(|(_, line)| begins(line, &authors));
    let innermost = named.last().filter(|_| lures(forwarded)).map(|(at, _)| at);
    let lines = forwarded.lines().enumerate().filter(|(at, line)| {
        !(begins(line, &others) || begins(line, &authors) && Some(*at) != innermost)
    });
    lines.map(|(_, line)| line).collect::<Vec<_>>().join("\n")
}

/// What is quoted below, if somebody outside wrote it: the mail that did the harm, not older correspondence.
pub fn quoted_from_outside(report: &Report, site: &Site) -> Option<String> {
    let address = report.quoted_author.as_str();
    let domain = address.rsplit('@').next()?;
    let ours = within(domain, &site.domains) || within(domain, &site.message_id_domains);
    let outside = address.contains('@') && !ours && report.references.is_empty();
    let author = if lures(&report.quoted) { address } else { "" };
    outside.then(|| format!("{author}\n{}", report.quoted))
}

/// Whether a mail passed on wants something of who reads it, as bait and blackmail do: else its author is who tells of the trouble.
fn lures(text: &str) -> bool {
    const WANTS: &[&str] = &[
        "http",
        "hxxp",
        "www.",
        "klik",
        "click",
        "bitcoin",
        "btc",
        "wallet",
        "rekening",
        "transfer",
        "bayar",
        "payment",
        "pembayaran",
        "tagihan",
        "invoice",
        "kata sandi",
        "password",
        "passwd",
        "otp",
        "hadiah",
        "undian",
        "menang",
        "unduh",
        "download",
        "terlampir",
        "attach",
        "pinjaman",
    ];
    let lower = text.to_lowercase();
    !lower.contains("cve-") && WANTS.iter().any(|word| lower.contains(word))
}

/// The fields of RFC 5965 section 3 that name the culprit, not the reporter.
pub fn feedback_values(feedback: &str) -> String {
    let culprit = [
        "source-ip",
        "original-mail-from",
        "reported-uri",
        "reported-domain",
        "source",
    ];
    let lines = feedback.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        culprit
            .contains(&name.trim().to_ascii_lowercase().as_str())
            .then(|| value.trim())
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A form's line that tells of the reporter or of what was attacked, not of the culprit.
pub fn reporters_own(line: &str) -> bool {
    let Some((label, _)) = line.split_once(':') else {
        return false;
    };
    let label = label.trim();
    if label.len() > 40 {
        return false;
    }
    let own = [
        "aset",
        "aset terdampak",
        "sistem terdampak",
        "target",
        "sasaran",
        "ip tujuan",
        "ip target",
        "affected asset",
        "affected system",
        "penerima",
        "recipient",
        "recipients",
        "ip pengirim",
        "email",
        "e-mail",
        "surel",
        "email pelapor",
        "surel pelapor",
        "alamat email",
        "alamat surel",
        "kontak",
        "e-mail pelapor",
        "reporter",
        "website instansi",
        "x-originating-ip",
        "contact",
        "hubungi kami",
        "web",
        "ip pelapor",
    ];
    if label.is_ascii() {
        own.iter().any(|known| known.eq_ignore_ascii_case(label))
    } else {
        own.contains(&label.to_lowercase().as_str())
    }
}

/// A line with an address of ours and one from outside: ours received what the other sent.
pub fn names_a_recipient(line: &str, site: &Site) -> bool {
    let addresses =
        line.split(|character: char| character.is_whitespace() || "<>,;|\"".contains(character));
    let mut domains = addresses
        .filter_map(|word| word.split_once('@'))
        .map(|(_, domain)| domain.to_lowercase());
    let (mut ours, mut others) = (false, false);
    for domain in &mut domains {
        let own = within(&domain, &site.domains);
        ours |= own;
        others |= !own;
    }
    ours && others
}

/// Whether a log's line gives an address as the goal, not the source.
pub fn word_is_target(word: &str, before: &[&str; 3]) -> bool {
    let begins = |start: &str| {
        word.get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start))
    };
    let arrow = matches!(before[2], "-" | "->" | "=>");
    begins("DST=") || begins("DEST_IP") || before[2].eq_ignore_ascii_case("dst") || arrow
}

/// Whether a sentence gives an address as that of the reporter's or our own machine: "server aplikasi kami (192.0.2.7)".
pub fn names_the_attacked(before: &[&str; 3]) -> bool {
    const PHRASES: &[&str] = &[
        "server kami",
        "ip kami",
        "ip publik kami",
        "our server",
        "our host",
        "our system",
        "our servers",
        "ip lokal",
        "ip internal",
        "kami di",
        "ip server kami",
        "alamat server kami",
        "our network",
        "honeypot",
        "honeypot kami",
        "our sensor",
        "your network",
        "your network,",
        "jaringan anda",
        "jaringan saudara",
    ];
    if matches!(before[2], "kami" | "kita") {
        return true;
    }
    let behind = before.join(" ").to_lowercase();
    PHRASES.iter().any(|phrase| {
        let head = behind.strip_suffix(phrase);
        head.is_some_and(|head| head.is_empty() || head.ends_with(' '))
    })
}
