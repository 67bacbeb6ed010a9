//! Whether a mail is answered at all: RFC 3834 in full, and every clause of `faults.md` 4.1. Pure.

use serde::{Deserialize, Serialize};
use tanggap_rules::{Authenticity, Classification, Kind, Report, ReturnPath, Sign, Site};

use crate::config::{ReceiptSettings, Trust};
use crate::store::LetterCounts;

/// Whom the receipt goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// One validated address: the Return-Path, never Reply-To (RFC 3834 section 4).
    pub address: String,
    /// The organisational domain that the budget counts by.
    pub domain: String,
}

/// Why no receipt is written. What it prints is shown to staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Withheld {
    #[error("tanda terima dimatikan dalam konfigurasi")]
    SwitchedOff,
    #[error("bukan laporan dari manusia")]
    NotAReport,
    #[error("surel perlu dibaca manusia dahulu")]
    ForHuman,
    #[error("surel otomatis, tidak dijawab ({0})")]
    Automatic(String),
    #[error("surel milis atau massal, tidak dijawab ({0})")]
    Bulk(String),
    #[error("pengirim minta tidak dijawab otomatis ({0})")]
    Asked(String),
    #[error("alamat sistem, tidak dijawab ({0})")]
    SystemSender(String),
    #[error("surel dari alamat kita sendiri")]
    OwnMail,
    #[error("alamat kita tidak tertulis sebagai tujuan surel ini")]
    NotAddressedToUs,
    #[error("surel sudah melalui terlalu banyak server ({0}); mungkin berputar-putar")]
    ManyHops(u32),
    #[error("server penerima menandainya sebagai spam atau virus ({0})")]
    Spam(String),
    #[error("tidak ada alamat balasan (Return-Path kosong)")]
    NullSender,
    #[error("server penerima tidak mencatat alamat balasan (Return-Path)")]
    NoReturnPath,
    #[error("alamat balasan dan alamat pengirim berbeda domain; mungkin dipalsukan")]
    OtherDomain,
    #[error("pemeriksaan server menyatakan pengirim dipalsukan")]
    Forged,
    #[error("keaslian pengirim tidak terbukti")]
    Unproven,
    #[error("alamat balasan tidak aman untuk disurati")]
    UnsafeAddress,
    #[error("pengirim ini sudah mendapat tanda terima dalam 24 jam terakhir")]
    SenderBudget,
    #[error("domain pengirim sudah terlalu banyak mendapat tanda terima dalam satu jam")]
    DomainBudget,
    #[error("batas tanda terima dalam satu jam sudah tercapai")]
    WholeBudget,
    #[error("surat kita ke alamat ini baru saja kembali; alamatnya diistirahatkan")]
    CoolingDown,
}

/// Whom to answer, or why nobody.
pub fn answerable(
    report: &Report,
    classification: &Classification,
    site: &Site,
    settings: &ReceiptSettings,
) -> Result<Recipient, Withheld> {
    if !settings.enabled {
        return Err(Withheld::SwitchedOff);
    }
    if classification.kind != Kind::Report {
        return Err(Withheld::NotAReport);
    }
    if let Some(sign) = report.signs.first().map(withheld_by) {
        return Err(sign);
    }
    let address = return_path(report)?;
    not_ours(report, &address, site)?;
    authentic(report, &address, settings.trust)?;
    let address = safe(&address).ok_or(Withheld::UnsafeAddress)?;
    let domain = organisation(domain_of(&address)).to_owned();
    Ok(Recipient { address, domain })
}

/// Whether the budget still has a place. It is what stops a loop that shows no sign of one.
pub fn within_budget(counts: &LetterCounts, settings: &ReceiptSettings) -> Result<(), Withheld> {
    if counts.cooling_down {
        Err(Withheld::CoolingDown)
    } else if counts.to_sender_in_day >= settings.per_sender_day {
        Err(Withheld::SenderBudget)
    } else if counts.to_domain_in_hour >= settings.per_domain_hour {
        Err(Withheld::DomainBudget)
    } else if counts.in_all_in_hour >= settings.in_all_hour {
        Err(Withheld::WholeBudget)
    } else {
        Ok(())
    }
}

/// Every sign is a reason of its own; the catalogue is complete, so a new sign cannot be forgotten here.
fn withheld_by(sign: &Sign) -> Withheld {
    match sign {
        Sign::AutoSubmitted(value) => Withheld::Automatic(format!("Auto-Submitted: {value}")),
        Sign::Precedence(value) => Withheld::Bulk(format!("Precedence: {value}")),
        Sign::List(header) => Withheld::Bulk(header.clone()),
        Sign::SuppressAsked(value) => Withheld::Asked(format!("X-Auto-Response-Suppress: {value}")),
        Sign::LoopHeader(header) => Withheld::Automatic(header.clone()),
        Sign::SystemSender(address) => Withheld::SystemSender(address.clone()),
        Sign::MachineType(kind) => Withheld::Automatic(kind.clone()),
        Sign::NullReturnPath => Withheld::NullSender,
        Sign::ManyHops(count) => Withheld::ManyHops(*count),
        Sign::SpamVerdict(verdict) => Withheld::Spam(verdict.clone()),
        Sign::OwnMail(_) => Withheld::OwnMail,
        Sign::NotAddressedToUs => Withheld::NotAddressedToUs,
    }
}

fn return_path(report: &Report) -> Result<String, Withheld> {
    match &report.return_path {
        ReturnPath::Address(address) => Ok(address.to_ascii_lowercase()),
        ReturnPath::Null => Err(Withheld::NullSender),
        ReturnPath::Missing => Err(Withheld::NoReturnPath),
        ReturnPath::Unreadable => Err(Withheld::UnsafeAddress),
    }
}

fn not_ours(report: &Report, return_path: &str, site: &Site) -> Result<(), Withheld> {
    let from = report.from.as_ref().map(|from| from.address.as_str());
    let ours = |address: &str| {
        site.addresses
            .iter()
            .any(|own| own.eq_ignore_ascii_case(address))
    };
    if ours(return_path) || from.is_some_and(ours) {
        Err(Withheld::OwnMail)
    } else {
        Ok(())
    }
}

/// A forged sender is never answered: the answer would reach somebody who wrote nothing (backscatter).
fn authentic(report: &Report, return_path: &str, trust: Trust) -> Result<(), Withheld> {
    let from = report
        .from
        .as_ref()
        .map(|from| from.address.as_str())
        .ok_or(Withheld::Unproven)?;
    if organisation(domain_of(from)) != organisation(domain_of(return_path)) {
        return Err(Withheld::OtherDomain);
    }
    match (report.authenticity, trust) {
        (Authenticity::Pass, _) | (Authenticity::Unknown, Trust::ReturnPath) => Ok(()),
        (Authenticity::Fail, _) => Err(Withheld::Forged),
        (Authenticity::Neutral, _) | (Authenticity::Unknown, Trust::Authenticated) => {
            Err(Withheld::Unproven)
        }
    }
}

/// One plain addr-spec, or nothing (S6): no quoting, no literal, no second address, nothing outside ASCII (S8), nothing that
/// another program could take for an option.
fn safe(address: &str) -> Option<String> {
    let (local, domain) = address.split_once('@')?;
    let atom = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&byte);
    let host = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.';
    let plain = (1..=64).contains(&local.len())
        && (3..=253).contains(&domain.len())
        && local.bytes().all(atom)
        && domain.bytes().all(host)
        && domain.contains('.')
        && !local.starts_with(['-', '.'])
        && !local.ends_with('.')
        && !domain.starts_with(['-', '.'])
        && !domain.ends_with(['-', '.'])
        && !address.contains("..");
    plain.then(|| address.to_owned())
}

fn domain_of(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// The registrable domain (`dinkes.batangkab.go.id` and `batangkab.go.id` are one organisation), by the public suffix list.
fn organisation(domain: &str) -> &str {
    psl::domain_str(domain).unwrap_or(domain)
}

#[cfg(test)]
mod tests;
