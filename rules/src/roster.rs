//! The offices (OPD) of our constituency, and who writes for them.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::form::{Faults, Table};
use crate::sheet;
use crate::words;

/// One office.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Office {
    pub name: String,
    /// Other names it goes by (`Dinkes`).
    pub aliases: Vec<String>,
    /// Mail domains; hosts below belong to them.
    pub domains: Vec<String>,
    /// Mail addresses of its agents (*agen siber*).
    pub addresses: Vec<String>,
    pub phones: Vec<String>,
}

/// By what the reporter is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    Address,
    Domain,
    /// A telephone number in the mail: anybody can write one, so it says less.
    Phone,
}

/// How the sender stands to us.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reporter {
    /// The office of the roster.
    pub office: Option<String>,
    pub by: Option<By>,
    /// The address is under a domain of ours.
    pub ours: bool,
}

/// Every office, and the ways to find it.
#[derive(Debug, Default)]
pub struct Roster {
    offices: Vec<Office>,
    addresses: HashMap<String, usize>,
    domains: HashMap<String, usize>,
    phones: HashMap<String, usize>,
    names: HashMap<String, usize>,
}

/// Indonesian heads of a sheet's columns.
const HEADS: &[(&str, &str)] = &[
    ("nama", "name"),
    ("opd", "name"),
    ("instansi", "name"),
    ("nama_lain", "aliases"),
    ("singkatan", "aliases"),
    ("domain", "domains"),
    ("surel", "addresses"),
    ("email", "addresses"),
    ("e_mail", "addresses"),
    ("telepon", "phones"),
    ("telp", "phones"),
    ("hp", "phones"),
    ("wa", "phones"),
];

impl Roster {
    /// Reads a roster, TOML (`[[office]]`) or CSV by its file's name; every fault is told at once.
    pub fn read(file: &str, text: &str) -> Result<Self, Faults> {
        sheet::rows((file, text), ("office", HEADS), office).map(Self::of)
    }

    pub fn of(offices: Vec<Office>) -> Self {
        let mut roster = Self::default();
        for (at, office) in offices.iter().enumerate() {
            let names = std::iter::once(&office.name).chain(&office.aliases);
            names.for_each(|name| first(&mut roster.names, name.to_lowercase(), at));
            office
                .addresses
                .iter()
                .for_each(|one| first(&mut roster.addresses, one.clone(), at));
            office
                .domains
                .iter()
                .for_each(|one| first(&mut roster.domains, one.clone(), at));
            office
                .phones
                .iter()
                .for_each(|one| first(&mut roster.phones, one.clone(), at));
        }
        roster.offices = offices;
        roster
    }

    pub fn is_empty(&self) -> bool {
        self.offices.is_empty()
    }

    pub fn offices(&self) -> &[Office] {
        &self.offices
    }

    /// The office of this address; else of its nearest domain; else of a telephone number in the text.
    pub(crate) fn find(&self, address: &str, text: &str) -> Option<(&Office, By)> {
        let name = |at: &usize| self.offices.get(*at);
        if let Some(office) = self.addresses.get(address).and_then(name) {
            return Some((office, By::Address));
        }
        let mut domain = address.rsplit('@').next().unwrap_or_default();
        while domain.contains('.') {
            if let Some(office) = self.domains.get(domain).and_then(name) {
                return Some((office, By::Domain));
            }
            domain = domain.split_once('.').map_or("", |(_, rest)| rest);
        }
        let mut phones = numbers(text, !self.phones.is_empty());
        let found = phones.find_map(|number| self.phones.get(&number));
        found.and_then(name).map(|office| (office, By::Phone))
    }

    /// The office as the roster writes it, of a name as a mail writes it.
    pub(crate) fn proper(&self, name: &str) -> Option<&str> {
        let at = self.names.get(&name.to_lowercase())?;
        self.offices.get(*at).map(|office| office.name.as_str())
    }
}

fn first(known: &mut HashMap<String, usize>, key: String, at: usize) {
    known.entry(key).or_insert(at);
}

/// Telephone numbers of a text in one form; none where nobody asks.
fn numbers(text: &str, asked: bool) -> impl Iterator<Item = String> {
    let inside =
        |one: char| one.is_ascii_digit() || matches!(one, '+' | '-' | ' ' | '(' | ')' | '.');
    let text = if asked { text } else { "" };
    let runs = text.split(move |one: char| !inside(one));
    runs.filter_map(phone)
}

/// A telephone number as `08…` or `0285…`; `None` where it is none.
fn phone(written: &str) -> Option<String> {
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let national = match digits.strip_prefix("62") {
        Some(rest) if digits.len() > 10 || written.trim_start().starts_with('+') => {
            format!("0{}", rest.trim_start_matches('0'))
        }
        _ => digits,
    };
    (8..=14).contains(&national.len()).then_some(national)
}

fn office(table: &Table<'_>) -> Option<Office> {
    let name = table.need("name").text();
    let aliases = sheet::phrases(&table.maybe("aliases"));
    let domains = sheet::hosts(&table.maybe("domains"));
    let domains = domains
        .into_iter()
        .map(|one| one.trim_start_matches("*.").to_owned());
    let domains: Vec<String> = domains.collect();
    let addresses = addresses(table);
    let phones = phones(table);
    Some(Office {
        name: name?.trim().to_owned(),
        aliases,
        domains,
        addresses,
        phones,
    })
}

fn addresses(table: &Table<'_>) -> Vec<String> {
    let field = table.maybe("addresses");
    let mut addresses = Vec::new();
    for part in sheet::parts(&field) {
        let good = part.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && domain.contains('.') && !domain.contains('@')
        });
        if good {
            addresses.push(part.to_lowercase());
        } else {
            field.fault(
                words!("`{part}` bukan alamat surel", "`{part}` is no mail address"),
                words!(
                    "misalnya agen@dinkes.batangkab.go.id",
                    "such as agen@dinkes.batangkab.go.id"
                ),
            );
        }
    }
    addresses
}

fn phones(table: &Table<'_>) -> Vec<String> {
    let field = table.maybe("phones");
    let mut phones = Vec::new();
    for part in sheet::phrases(&field) {
        match phone(&part) {
            Some(number) => phones.push(number),
            None => field.fault(
                words!(
                    "`{part}` bukan nomor telepon",
                    "`{part}` is no telephone number"
                ),
                words!(
                    "misalnya 0812-3456-7890 atau (0285) 391234; apit dengan tanda kutip",
                    "such as 0812-3456-7890 or (0285) 391234; in quotation marks"
                ),
            ),
        }
    }
    phones
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{By, Roster};

    const CSV: &str = "opd,singkatan,domain,email,hp\n\
        Dinas Kesehatan,Dinkes,dinkes.batangkab.go.id,agen.dinkes@gmail.com,\"0812-3456-7890, (0285) 391234\"\n\
        Puskesmas Bandar,,pkmbandar.dinkes.batangkab.go.id,,\n";

    #[test]
    fn a_sender_is_known_by_address_domain_or_telephone() {
        let roster = Roster::read("opd.csv", CSV).unwrap();
        let check = |address: &str, text: &str, wanted: Option<(&str, By)>| {
            let found = roster
                .find(address, text)
                .map(|(office, by)| (office.name.as_str(), by));
            assert_eq!(found, wanted, "{address} {text}");
        };
        check(
            "agen.dinkes@gmail.com",
            "",
            Some(("Dinas Kesehatan", By::Address)),
        );
        check(
            "x@mail.dinkes.batangkab.go.id",
            "",
            Some(("Dinas Kesehatan", By::Domain)),
        );
        check(
            "x@pkmbandar.dinkes.batangkab.go.id",
            "",
            Some(("Puskesmas Bandar", By::Domain)),
        );
        check(
            "x@gmail.com",
            "Hubungi WA +62 812 3456 7890 ya",
            Some(("Dinas Kesehatan", By::Phone)),
        );
        check(
            "x@gmail.com",
            "telp. 0285 391234",
            Some(("Dinas Kesehatan", By::Phone)),
        );
        check("x@gmail.com", "NIP 19690621 199003 1 003", None);
        assert_eq!(roster.proper("dinkes"), Some("Dinas Kesehatan"));
    }

    #[test]
    fn every_fault_is_told() {
        let toml = "[[office]]\nname = \"Dinas\"\naddresses = [\"bukan\"]\nphones = [\"12\"]\ndomain = \"x.go.id\"\n[[office]]\n";
        let told: Vec<String> = Roster::read("opd.toml", toml)
            .unwrap_err()
            .iter()
            .map(|one| format!("{} {}", one.line, one.what))
            .collect();
        let wanted = [
            "3 `bukan` bukan alamat surel",
            "4 `12` bukan nomor telepon",
            "5 kunci tidak dikenal `office.domain`",
            "6 kunci `name` wajib ada di `office`",
        ];
        assert_eq!(told, wanted);
    }
}
