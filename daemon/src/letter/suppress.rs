//! Whether a reporter may be answered at all (RFC 3834, RFC 5230 section 4.6, RFC 5436 section 2.7; `faults.md` 4.1 and 4.2).
//!
//! `rules` tells the facts of a mail; here is the policy. In doubt there is no letter: a receipt that is missing costs a
//! question, a receipt too many costs a loop or a stranger's trust.

use tanggap_rules::{Authenticity, Classification, Contact, Kind, Report, ReturnPath, Sign, Site};

use super::recipient::{Recipient, organisation};
use super::withheld::Withheld;
use crate::config::{ReceiptSettings, Trust};

/// How the Message-ID of every letter of ours begins.
pub(super) const OWN_ID: &str = "ack.";

/// Whom to answer, or why nobody. The answer goes to the Return-Path, never to Reply-To (RFC 3834 section 4).
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
        return Err(Withheld::NotAReport(classification.kind));
    }
    if report.unreadable.is_some() {
        return Err(Withheld::ForHuman);
    }
    no_sign(report)?;
    let from = report.from.as_ref().ok_or(Withheld::NoSender)?;
    let recipient = Recipient::new(return_path(report)?)?;
    not_ourselves(from, &recipient, report, site)?;
    same_house(from, &recipient)?;
    proven(report.authenticity, settings.trust)?;
    Ok(recipient)
}

fn no_sign(report: &Report) -> Result<(), Withheld> {
    match report.signs.first() {
        Some(sign) => Err(told(sign)),
        None => Ok(()),
    }
}

fn told(sign: &Sign) -> Withheld {
    match sign {
        Sign::AutoSubmitted(value) => Withheld::Automatic(value.clone()),
        Sign::Precedence(value) => Withheld::Precedence(value.clone()),
        Sign::List(header) => Withheld::List(header.clone()),
        Sign::SuppressAsked(value) => Withheld::SuppressAsked(value.clone()),
        Sign::LoopHeader(header) => Withheld::LoopHeader(header.clone()),
        Sign::SystemSender(address) => Withheld::SystemSender(address.clone()),
        Sign::MachineType(kind) => Withheld::MachineType(kind.clone()),
        Sign::NullReturnPath => Withheld::NullSender,
        Sign::ManyHops(count) => Withheld::ManyHops(*count),
        Sign::SpamVerdict(verdict) => Withheld::Spam(verdict.clone()),
        Sign::OwnMail(what) => Withheld::OwnMail(what.clone()),
        Sign::NotAddressedToUs => Withheld::NotToUs,
    }
}

fn return_path(report: &Report) -> Result<&str, Withheld> {
    match &report.return_path {
        ReturnPath::Address(address) => Ok(address),
        ReturnPath::Null => Err(Withheld::NullSender),
        ReturnPath::Missing => Err(Withheld::NoReturnPath),
        ReturnPath::Unreadable => Err(Withheld::UnreadableReturnPath),
    }
}

/// Neither from one of our own addresses (ours and osTicket's are both listed in `site.addresses`), nor an answer to a
/// letter of ours: whoever answers a receipt belongs to its case, or is a machine.
fn not_ourselves(
    from: &Contact,
    recipient: &Recipient,
    report: &Report,
    site: &Site,
) -> Result<(), Withheld> {
    let ours = |address: &str| {
        site.addresses
            .iter()
            .any(|own| without_tag(own) == without_tag(address))
    };
    if ours(&from.address) || ours(&recipient.address) {
        return Err(Withheld::OwnMail(from.address.clone()));
    }
    let own_letter = report.thread.iter().find(|id| is_own_letter(id, site));
    own_letter.map_or(Ok(()), |id| Err(Withheld::OwnMail(id.clone())))
}

/// `csirt+laporan@a.example` is delivered to `csirt@a.example`.
fn without_tag(address: &str) -> String {
    let lower = address.to_lowercase();
    match lower.rsplit_once('@') {
        Some((local, domain)) => {
            let local = local.split('+').next().unwrap_or_default();
            format!("{local}@{domain}")
        }
        None => lower,
    }
}

fn is_own_letter(id: &str, site: &Site) -> bool {
    let lower = id.to_lowercase();
    let domain = lower.rsplit_once('@').map_or("", |(_, domain)| domain);
    let ours = site.message_id_domains.iter().any(|own| own == domain)
        || site
            .addresses
            .iter()
            .any(|own| own.rsplit_once('@').is_some_and(|(_, own)| own == domain));
    ours && lower.starts_with(OWN_ID)
}

/// A forger can write any From; the Return-Path of another house is where the harm of an answer would go.
fn same_house(from: &Contact, recipient: &Recipient) -> Result<(), Withheld> {
    let domain = from
        .address
        .rsplit_once('@')
        .map_or("", |(_, domain)| domain);
    if organisation(domain) == recipient.domain {
        return Ok(());
    }
    Err(Withheld::OtherHouse {
        from: from.address.clone(),
        return_path: recipient.address.clone(),
    })
}

fn proven(authenticity: Authenticity, trust: Trust) -> Result<(), Withheld> {
    match (authenticity, trust) {
        (Authenticity::Pass, _) | (Authenticity::Unknown, Trust::ReturnPath) => Ok(()),
        (Authenticity::Fail, _) => Err(Withheld::Forged),
        (Authenticity::Neutral, _) | (Authenticity::Unknown, Trust::Authenticated) => {
            Err(Withheld::Unproven)
        }
    }
}

#[cfg(test)]
mod tests;
