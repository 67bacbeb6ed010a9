//! The assets we look after, as an ICT officer lists them, and which of them a mail names.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use serde::{Deserialize, Serialize};

use crate::form::{Complaint, Faults, Field, Table};
use crate::sheet::{self, Net};
use crate::tongue::Tongue;
use crate::words;

/// Whether an asset is vital information infrastructure (IIV, Perpres 82/2022).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vital {
    Yes,
    #[default]
    No,
    /// Nobody has decided yet.
    Unknown,
}

/// One system, site or network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asset {
    pub name: String,
    /// Other names it goes by in mails (`SIMRS`).
    pub aliases: Vec<String>,
    /// Host names; `*.` in front means every host below as well.
    pub domains: Vec<String>,
    pub nets: Vec<Net>,
    /// The office (OPD) whose it is.
    pub owner: String,
    /// A public service that must not stop.
    pub core: bool,
    pub personal_data: bool,
    pub vital: Vital,
    /// Named in mails to us, and looked after by others.
    pub outside: bool,
}

/// An asset that a mail names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AssetSeen {
    pub name: String,
    pub owner: String,
    pub core: bool,
    pub personal_data: bool,
    pub vital: Vital,
    pub outside: bool,
}

impl AssetSeen {
    fn of(asset: &Asset) -> Self {
        Self {
            name: asset.name.clone(),
            owner: asset.owner.clone(),
            core: asset.core,
            personal_data: asset.personal_data,
            vital: asset.vital,
            outside: asset.outside,
        }
    }

    /// For people: what it is to us, in a few words; empty for an everyday asset.
    pub fn traits(&self, tongue: Tongue) -> Vec<&'static str> {
        let all = [
            (self.core, tongue.choose("layanan inti", "core service")),
            (
                self.personal_data,
                tongue.choose("data pribadi", "personal data"),
            ),
            (
                self.vital == Vital::Yes,
                tongue.choose("IIV", "vital information infrastructure (IIV)"),
            ),
            (
                self.vital == Vital::Unknown,
                tongue.choose("IIV belum ditetapkan", "IIV not decided yet"),
            ),
            (
                self.outside,
                tongue.choose("di luar lingkup", "out of scope"),
            ),
        ];
        all.into_iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, word)| word)
            .collect()
    }
}

/// Assets of one mail, at most.
const SEEN: usize = 50;

/// Every asset, and what finds them in a text in one pass.
#[derive(Debug, Default)]
pub struct Inventory {
    assets: Vec<Asset>,
    finder: Option<AhoCorasick>,
    /// For each word of the finder, its asset and what it is.
    words: Vec<(usize, Sought)>,
}

/// What a word of the finder must stand as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sought {
    Name,
    Host,
    /// The host itself or any below it.
    Below,
}

/// Indonesian heads of a sheet's columns.
const HEADS: &[(&str, &str)] = &[
    ("nama", "name"),
    ("sistem", "name"),
    ("aset", "name"),
    ("nama_lain", "aliases"),
    ("alias", "aliases"),
    ("domain", "domains"),
    ("alamat_ip", "addresses"),
    ("ip", "addresses"),
    ("pemilik", "owner"),
    ("opd", "owner"),
    ("layanan_inti", "core"),
    ("inti", "core"),
    ("data_pribadi", "personal_data"),
    ("luar_lingkup", "outside"),
];

impl Inventory {
    /// Reads an inventory, TOML (`[[asset]]`) or CSV by its file's name; every fault is told at once.
    pub fn read(file: &str, text: &str) -> Result<Self, Faults> {
        sheet::rows((file, text), ("asset", HEADS), asset).map(Self::of)
    }

    pub fn of(assets: Vec<Asset>) -> Self {
        let mut texts: Vec<String> = Vec::new();
        let mut words = Vec::new();
        for (at, asset) in assets.iter().enumerate() {
            for host in &asset.domains {
                let below = host.strip_prefix("*.");
                texts.push(below.unwrap_or(host).to_owned());
                words.push((
                    at,
                    if below.is_some() {
                        Sought::Below
                    } else {
                        Sought::Host
                    },
                ));
            }
            for name in std::iter::once(&asset.name).chain(&asset.aliases) {
                texts.push(name.clone());
                words.push((at, Sought::Name));
            }
        }
        let finder = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .build(&texts);
        Self {
            finder: finder.ok().filter(|_| !assets.is_empty()),
            assets,
            words,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.assets.is_empty()
    }

    pub fn assets(&self) -> &[Asset] {
        &self.assets
    }

    /// Every asset that these texts name, each once, in the order of the inventory.
    pub fn seen(&self, texts: &[&str]) -> Vec<AssetSeen> {
        let Some(finder) = &self.finder else {
            return Vec::new();
        };
        let mut named = vec![false; self.assets.len()];
        for text in texts {
            for found in finder.find_overlapping_iter(text) {
                let word = self.words.get(found.pattern().as_usize());
                if let Some((at, _)) =
                    word.filter(|(_, sought)| stands(text, found.range(), *sought))
                {
                    mark(&mut named, *at);
                }
            }
            self.by_address(text, &mut named);
        }
        let chosen = self.assets.iter().zip(named).filter(|(_, named)| *named);
        chosen
            .map(|(asset, _)| AssetSeen::of(asset))
            .take(SEEN)
            .collect()
    }

    fn by_address(&self, text: &str, named: &mut [bool]) {
        if self.assets.iter().all(|asset| asset.nets.is_empty()) {
            return;
        }
        let pieces = text.split(|one: char| !(one.is_ascii_hexdigit() || one == '.' || one == ':'));
        let long = pieces
            .map(|piece| piece.trim_matches(['.', ':']))
            .filter(|piece| piece.len() > 6);
        for address in long.filter_map(address) {
            for (at, asset) in self.assets.iter().enumerate() {
                if asset.nets.iter().any(|net| net.holds(address)) {
                    mark(named, at);
                }
            }
        }
    }
}

/// An address, with or without a port behind it.
fn address(piece: &str) -> Option<std::net::IpAddr> {
    let dotted = || piece.split(':').next().filter(|head| head.contains('.'));
    piece.parse().ok().or_else(|| dotted()?.parse().ok())
}

fn mark(named: &mut [bool], at: usize) {
    if let Some(named) = named.get_mut(at) {
        *named = true;
    }
}

/// Whether a find stands alone: a name as whole words; a host neither within a longer one nor behind a person's `@`.
fn stands(text: &str, range: std::ops::Range<usize>, sought: Sought) -> bool {
    let head = text.get(..range.start).unwrap_or_default();
    let mut behind = text.get(range.end..).unwrap_or_default().chars();
    let before = head.chars().next_back();
    let (next, after) = (behind.next(), behind.next());
    let letter = |one: Option<char>| one.is_some_and(char::is_alphanumeric);
    if sought == Sought::Name {
        return !letter(before) && !letter(next);
    }
    let goes_on = letter(next) || next == Some('-') || next == Some('.') && letter(after);
    let begins = match before {
        Some('@' | '-' | '_') => false,
        Some('.') => sought == Sought::Below && !of_a_person(head) || www(head),
        other => !letter(other),
    };
    begins && !goes_on
}

/// `www.` in front names the same site.
fn www(head: &str) -> bool {
    let bare = head.len().checked_sub(4).and_then(|at| head.get(at..));
    let before = head
        .len()
        .checked_sub(5)
        .and_then(|at| head.get(at..))
        .and_then(|tail| tail.chars().next());
    bare.is_some_and(|bare| bare.eq_ignore_ascii_case("www."))
        && !before.is_some_and(|one| one == '.' || one.is_alphanumeric())
}

/// The host belongs to an e-mail address (`budi@dinkes.`).
fn of_a_person(head: &str) -> bool {
    let part_of = |one: char| one.is_alphanumeric() || matches!(one, '.' | '-' | '_' | '+');
    head.trim_end_matches(part_of).ends_with('@')
}

fn asset(table: &Table<'_>) -> Option<Asset> {
    let name = table.need("name").parsed(long_enough);
    let aliases = sheet::phrases(&table.maybe("aliases"));
    let short = aliases
        .iter()
        .find(|alias| alias.chars().count() < SHORTEST);
    if short.is_some() {
        table.maybe("aliases").fault(
            words!(
                "nama lain ini terlalu pendek: ia ada di mana-mana",
                "this alias is too short: it occurs everywhere"
            ),
            words!(
                "paling sedikit {SHORTEST} huruf",
                "at least {SHORTEST} letters"
            ),
        );
    }
    let asset = Asset {
        name: name.clone().unwrap_or_default(),
        aliases,
        domains: sheet::hosts(&table.maybe("domains")),
        nets: sheet::nets(&table.maybe("addresses")),
        owner: table.maybe("owner").text().unwrap_or_default(),
        core: sheet::yes(&table.maybe("core")),
        personal_data: sheet::yes(&table.maybe("personal_data")),
        vital: vital(&table.maybe("iiv")),
        outside: sheet::yes(&table.maybe("outside")),
    };
    name.map(|_| asset)
}

/// Letters of a name, at least.
const SHORTEST: usize = 3;

fn long_enough(text: &str) -> Result<String, Complaint> {
    let text = text.trim();
    if text.chars().count() < SHORTEST {
        let what = words!(
            "`{text}` terlalu pendek untuk nama aset: ia ada di mana-mana",
            "`{text}` is too short for the name of an asset: it occurs everywhere"
        );
        return Err(Complaint::new(
            what,
            words!("nama lengkapnya", "its full name"),
        ));
    }
    Ok(text.to_owned())
}

/// Yes, no, or nobody knows; empty means no.
fn vital(field: &Field<'_>) -> Vital {
    if field.is_text() {
        let text = field.text().unwrap_or_default().to_lowercase();
        if matches!(
            text.trim(),
            "belum" | "belum tahu" | "belum ditetapkan" | "unknown" | "?"
        ) {
            return Vital::Unknown;
        }
    }
    if sheet::yes(field) {
        Vital::Yes
    } else {
        Vital::No
    }
}

#[cfg(test)]
mod tests;
