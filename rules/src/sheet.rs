//! Lists that an office keeps (assets, offices), as TOML or as CSV out of a spreadsheet: read alike, every fault told at once.

use std::net::IpAddr;

use crate::form::{Complaint, Faults, Field, Form, Table};
use crate::words;

/// Reads the rows of `[[name]]`; a file whose name ends in `.csv` is a sheet. `same` are Indonesian words for the columns.
pub fn rows<T>(
    (file, text): (&str, &str),
    (name, same): (&str, &[(&str, &str)]),
    read: impl Fn(&Table<'_>) -> Option<T>,
) -> Result<Vec<T>, Faults> {
    let csv = file
        .get(file.len().saturating_sub(4)..)
        .is_some_and(|end| end.eq_ignore_ascii_case(".csv"));
    let form = if csv {
        Form::parse_sheet(file, text, name, same)
    } else {
        Form::parse(file, text)
    };
    let root = form.root();
    let found: Vec<T> = root.maybe(name).tables().iter().filter_map(read).collect();
    drop(root);
    let faults = form.finish();
    if faults.is_empty() {
        Ok(found)
    } else {
        Err(faults)
    }
}

/// `true`, or as a cell has it: `ya`, `v`, `x`, `1`, or `tidak`, `-`, `0`; empty means no, and so does a fault, which is noted.
pub fn yes(field: &Field<'_>) -> bool {
    if !field.is_text() {
        return field.flag().unwrap_or(false);
    }
    let read = field.parsed(|text| match text.trim().to_lowercase().as_str() {
        "ya" | "y" | "yes" | "true" | "benar" | "v" | "x" | "1" => Ok(true),
        "tidak" | "t" | "n" | "no" | "false" | "salah" | "-" | "0" => Ok(false),
        other => Err(Complaint::new(
            words!(
                "`{other}` bukan ya atau tidak",
                "`{other}` is neither yes nor no"
            ),
            words!("ya atau tidak", "yes or no"),
        )),
    });
    read.unwrap_or(false)
}

/// A list, or as a cell has it: parts between spaces, commas or semicolons.
pub fn parts(field: &Field<'_>) -> Vec<String> {
    several(field, |mark| {
        mark == ',' || mark == ';' || mark.is_whitespace()
    })
}

/// The same where a part may hold spaces.
pub fn phrases(field: &Field<'_>) -> Vec<String> {
    several(field, |mark| matches!(mark, ',' | ';' | '\n'))
}

fn several(field: &Field<'_>, parted: fn(char) -> bool) -> Vec<String> {
    let written = field.texts().unwrap_or_default();
    let cells = written.iter().flat_map(|one| one.value.split(parted));
    let parts = cells.map(str::trim).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// Host names, lower case; a link is cut to its host.
pub fn hosts(field: &Field<'_>) -> Vec<String> {
    let mut hosts = Vec::new();
    for part in parts(field) {
        let bare = part.rsplit("://").next().unwrap_or(&part);
        let host = bare
            .split(['/', ':'])
            .next()
            .unwrap_or_default()
            .to_lowercase();
        let name = host.strip_prefix("*.").unwrap_or(&host);
        let good = |label: &str| {
            !label.is_empty()
                && label.len() < 64
                && label.chars().all(|one| one.is_alphanumeric() || one == '-')
        };
        if name.contains('.') && name.split('.').all(good) {
            hosts.push(host);
        } else {
            field.fault(
                words!("`{part}` bukan nama domain", "`{part}` is no domain name"),
                words!(
                    "misalnya simrs.batangkab.go.id, atau *.batangkab.go.id dengan segala anaknya",
                    "such as simrs.batangkab.go.id, or *.batangkab.go.id with all below it"
                ),
            );
        }
    }
    hosts
}

/// An address, or a network of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Net {
    first: u128,
    last: u128,
    six: bool,
}

impl Net {
    /// `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/48`, `203.0.113.7-203.0.113.20`.
    pub fn read(text: &str) -> Option<Self> {
        if let Some((from, to)) = text.split_once('-') {
            let (from, to) = (Self::read(from.trim())?, Self::read(to.trim())?);
            return (from.six == to.six && from.first <= to.first).then_some(Self {
                last: to.last,
                ..from
            });
        }
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let (number, six) = number(address.trim().parse().ok()?);
        let width = if six { 128 } else { 32 };
        let bits = bits.unwrap_or(width);
        let open = width.checked_sub(bits)?;
        let mask = u128::MAX.checked_shl(open).unwrap_or(0);
        Some(Self {
            first: number & mask,
            last: number & mask | !mask & (u128::MAX >> (128 - width)),
            six,
        })
    }

    pub fn holds(self, address: IpAddr) -> bool {
        let (number, six) = number(address);
        six == self.six && (self.first..=self.last).contains(&number)
    }
}

fn number(address: IpAddr) -> (u128, bool) {
    match address {
        IpAddr::V4(four) => (u128::from(u32::from(four)), false),
        IpAddr::V6(six) => six
            .to_ipv4_mapped()
            .map_or((u128::from(six), true), |four| {
                (u128::from(u32::from(four)), false)
            }),
    }
}

/// Addresses and networks.
pub fn nets(field: &Field<'_>) -> Vec<Net> {
    let mut nets = Vec::new();
    for part in parts(field) {
        match Net::read(&part) {
            Some(net) => nets.push(net),
            None => field.fault(
                words!("`{part}` bukan alamat IP", "`{part}` is no IP address"),
                words!(
                    "misalnya 203.0.113.7, 203.0.113.0/24 atau 203.0.113.7-203.0.113.20",
                    "such as 203.0.113.7, 203.0.113.0/24 or 203.0.113.7-203.0.113.20"
                ),
            ),
        }
    }
    nets
}

#[cfg(test)]
mod tests {
    use super::Net;

    #[test]
    fn networks_hold_their_addresses_and_no_others() {
        let holds = |net: &str, address: &str| {
            Net::read(net).is_some_and(|net| address.parse().is_ok_and(|one| net.holds(one)))
        };
        assert!(holds("203.0.113.0/24", "203.0.113.255"));
        assert!(!holds("203.0.113.0/24", "203.0.114.0"));
        assert!(holds("203.0.113.7", "203.0.113.7") && !holds("203.0.113.7", "203.0.113.8"));
        assert!(holds("203.0.113.7-203.0.113.20", "203.0.113.20"));
        assert!(holds("2001:db8::/48", "2001:db8::ffff") && !holds("2001:db8::/48", "2001:db9::1"));
        assert!(holds("0.0.0.0/0", "198.51.100.1") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("203.0.113.7", "::ffff:203.0.113.7"));
        for wrong in [
            "203.0.113",
            "203.0.113.0/33",
            "203.0.113.9-203.0.113.1",
            "1.2.3.4-::1",
            "",
        ] {
            assert!(Net::read(wrong).is_none(), "{wrong}");
        }
    }
}
