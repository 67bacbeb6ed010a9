//! Whose a mail is: the reporter in the roster, the assets in the inventory, and hosts that others look after.

use super::fangs::refang;
use super::hosts::{host_of, is_victims, known_domain, organisation, within};
use super::parts::Leaves;
use super::shared::Shared;
use crate::inventory::AssetSeen;
use crate::report::{Report, Site};
use crate::roster::Reporter;

/// Bytes of each text that are looked at.
const MUCH: usize = 256 * 1024;

/// Fills in who and what of ours a report concerns.
pub fn place(report: &mut Report, (leaves, shared): (&Leaves, &Shared), site: &Site) {
    report.reporter = reporter(report, site);
    let proper = report
        .office
        .as_deref()
        .and_then(|name| site.roster.proper(name));
    if let Some(proper) = proper {
        report.office = Some(proper.to_owned());
    }
    report.assets = assets(report, leaves, site);
    report.outside = outside(report, shared, site);
}

fn reporter(report: &Report, site: &Site) -> Reporter {
    let address = report
        .from
        .as_ref()
        .map(|from| from.address.as_str())
        .unwrap_or_default();
    let domain = address.rsplit('@').next().unwrap_or_default();
    let found = site.roster.find(address, beginning(&report.newest));
    Reporter {
        office: found.map(|(office, _)| office.name.clone()),
        by: found.map(|(_, by)| by),
        ours: address.contains('@') && within(domain, &site.domains),
    }
}

fn assets(report: &Report, leaves: &Leaves, site: &Site) -> Vec<AssetSeen> {
    if site.assets.is_empty() {
        return Vec::new();
    }
    let links = leaves.links.join("\n");
    let feedback = leaves.feedback.as_deref().unwrap_or_default();
    let texts = [
        report.subject.as_str(),
        &report.newest,
        &report.attached_text,
        &links,
        feedback,
    ];
    let whole: Vec<_> = texts.iter().map(|text| refang(beginning(text))).collect();
    let whole: Vec<&str> = whole.iter().map(AsRef::as_ref).collect();
    site.assets.seen(&whole)
}

/// A public body's host is named that is not ours, and nothing of ours is: a case for a referral, which people decide.
fn outside(report: &Report, shared: &Shared, site: &Site) -> bool {
    if report.assets.iter().any(|asset| !asset.outside) || report.reporter.by.is_some() {
        return false;
    }
    if report.assets.iter().any(|asset| asset.outside) {
        return true;
    }
    let sender = report
        .from
        .as_ref()
        .and_then(|from| organisation(from.address.rsplit('@').next()?));
    let mut elsewhere = false;
    let subject = refang(beginning(&report.subject));
    for text in [subject.as_ref(), shared.refanged(report)] {
        let text = beginning(text);
        if !may_name_a_host(text) {
            continue;
        }
        for word in text.split(|one: char| {
            one.is_whitespace() || matches!(one, '<' | '>' | '"' | '(' | ')' | ',' | ';')
        }) {
            let Some(host) = public_host(word) else {
                continue;
            };
            if within(&host, &site.domains) {
                return false;
            }
            elsewhere |= organisation(&host) != sender;
        }
    }
    elsewhere
}

/// Whether a text holds the country's ending, as hosts are written.
fn may_name_a_host(text: &str) -> bool {
    let bytes = text.as_bytes();
    let held = |ending: &[u8]| memchr::memmem::find(bytes, ending).is_some();
    held(b".id") || held(b".ID")
}

/// A host under one of the suffixes that public bodies have; no e-mail address.
fn public_host(word: &str) -> Option<String> {
    if word.len() > 300 || word.contains('@') || !may_name_a_host(word) {
        return None;
    }
    let bare = word.rsplit("://").next().unwrap_or(word);
    let authority = bare.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host_of(authority.trim_end_matches(['.', ':', '!', '*', '\'']));
    (is_victims(&host) && known_domain(&host)).then_some(host)
}

fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MUCH))
        .unwrap_or_default()
}
