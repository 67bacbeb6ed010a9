//! The small words of the configuration: addresses, domains, hosts, names, sizes.

use std::net::IpAddr;

use crate::tongue::words;
use tanggap_rules::form::Complaint;

/// One mail address, lower case: an addr-spec with a plain local part (RFC 5321 section 4.1.2, `Dot-string`).
pub(super) fn address(text: &str) -> Result<String, Complaint> {
    let lower = text.trim().to_lowercase();
    let sound = lower
        .rsplit_once('@')
        .is_some_and(|(local, host)| is_local_part(local) && is_domain(host));
    let complaint = || {
        Complaint::new(
            words!(
                "\"{text}\" bukan alamat surel",
                "\"{text}\" is no mail address"
            ),
            words!(
                "satu alamat, misalnya \"csirt@batangkab.go.id\"",
                "one address, such as \"csirt@batangkab.go.id\""
            ),
        )
    };
    if sound { Ok(lower) } else { Err(complaint()) }
}

/// A domain name, lower case.
pub(super) fn domain(text: &str) -> Result<String, Complaint> {
    let lower = text.trim().trim_end_matches('.').to_lowercase();
    let complaint = || {
        Complaint::new(
            words!(
                "\"{text}\" bukan nama domain",
                "\"{text}\" is no domain name"
            ),
            words!(
                "misalnya \"batangkab.go.id\"",
                "such as \"batangkab.go.id\""
            ),
        )
    };
    if is_domain(&lower) {
        Ok(lower)
    } else {
        Err(complaint())
    }
}

/// A host name or an IP address.
pub(super) fn host(text: &str) -> Result<String, Complaint> {
    let complaint = || {
        Complaint::new(
            words!("\"{text}\" bukan nama host", "\"{text}\" is no host name"),
            words!(
                "nama atau alamat IP saja, tanpa port: \"mail.batangkab.go.id\"",
                "a name or IP address alone, without a port: \"mail.batangkab.go.id\""
            ),
        )
    };
    let sound = text.parse::<IpAddr>().is_ok() || is_domain(&text.to_lowercase());
    if sound {
        Ok(text.to_owned())
    } else {
        Err(complaint())
    }
}

/// A short name for our records: small letters, digits, `-` and `_`.
pub(super) fn name(text: &str) -> Result<String, Complaint> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let complaint = || {
        Complaint::new(
            words!(
                "\"{text}\" bukan nama yang sah",
                "\"{text}\" is no valid name"
            ),
            words!(
                "huruf kecil, angka, `-` dan `_`, paling banyak 40: \"csirt\"",
                "lower-case letters, digits, `-` and `_`, at most 40: \"csirt\""
            ),
        )
    };
    if text.len() <= 40 && text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err(complaint())
    }
}

/// What register numbers begin with: two to eight capital letters.
pub(super) fn register_prefix(text: &str) -> Result<String, Complaint> {
    let sound = (2..=8).contains(&text.len()) && text.chars().all(|c| c.is_ascii_uppercase());
    let complaint = || {
        Complaint::new(
            words!(
                "\"{text}\" bukan awalan nomor register",
                "\"{text}\" cannot begin register numbers"
            ),
            words!(
                "2 sampai 8 huruf besar: \"INS\"",
                "2 to 8 capital letters: \"INS\""
            ),
        )
    };
    if sound {
        Ok(text.to_owned())
    } else {
        Err(complaint())
    }
}

/// A size in bytes, written with a unit: `"50MiB"`; from 64 KiB to 512 MiB.
pub(super) fn size(text: &str) -> Result<u64, Complaint> {
    let bytes = parse_size(text);
    let complaint = || {
        Complaint::new(
            words!(
                "\"{text}\" bukan ukuran surel yang sah",
                "\"{text}\" is no valid size of mails"
            ),
            words!(
                "dari \"64KiB\" sampai \"512MiB\"",
                "from \"64KiB\" to \"512MiB\""
            ),
        )
    };
    bytes
        .filter(|bytes| (64 << 10..=512 << 20).contains(bytes))
        .ok_or_else(complaint)
}

/// Whether a host is this very machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let address = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    address.map_or_else(
        |_| host.eq_ignore_ascii_case("localhost"),
        |address| address.is_loopback(),
    )
}

fn parse_size(text: &str) -> Option<u64> {
    let border = text.find(|c: char| !c.is_ascii_digit())?;
    let (digits, unit) = text.split_at_checked(border)?;
    let shift = match unit.trim() {
        "KiB" => 10,
        "MiB" => 20,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}

fn is_local_part(text: &str) -> bool {
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    (1..=64).contains(&text.len())
        && text
            .split('.')
            .all(|part| !part.is_empty() && part.chars().all(atom))
}

/// Letters, digits and hyphens between dots (RFC 1123 section 2.1).
fn is_domain(text: &str) -> bool {
    (1..=253).contains(&text.len()) && text.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    (1..=63).contains(&label.len())
        && label.chars().all(plain)
        && !label.starts_with('-')
        && !label.ends_with('-')
}
