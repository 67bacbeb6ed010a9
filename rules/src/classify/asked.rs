//! Answers to what rules ask of who and what a mail concerns.

use super::facts::Amid;
use crate::inventory::AssetSeen;
use crate::past::Counted;
use crate::report::Report;
use crate::roster::By;
use crate::ruleset::{Ask, Count, Tie, Trait};

pub fn holds(ask: &Ask, report: &Report, amid: Amid<'_>) -> bool {
    match ask {
        Ask::Reporter(ties) => ties.iter().any(|tie| tied(*tie, report)),
        Ask::Office(pieces) => pieces.iter().any(|piece| names_office(report, piece)),
        Ask::Asset(traits) => traits.iter().any(|one| has_trait(*one, report)),
        Ask::Authentic(wanted) => wanted.contains(&report.authenticity),
        Ask::Language(wanted) => wanted.contains(&report.language),
        Ask::Tlp(wanted) => report.tlp.is_some_and(|tlp| wanted.contains(&tlp)),
        Ask::Count(count) => counted(*count, report, amid) >= count.least,
        // Asked by the judge itself, when the kind is known.
        Ask::Kind(_) => false,
    }
}

/// What of the mail made it hold, for people.
pub fn because(ask: &Ask, report: &Report, amid: Amid<'_>) -> Vec<String> {
    match ask {
        Ask::Asset(traits) => {
            let fits = |seen: &&AssetSeen| traits.iter().any(|one| is(*one, seen));
            report
                .assets
                .iter()
                .filter(fits)
                .map(|seen| seen.name.clone())
                .collect()
        }
        Ask::Office(_) => offices(report).map(str::to_owned).collect(),
        Ask::Tlp(_) => report
            .tlp
            .iter()
            .map(|tlp| tlp.label().to_owned())
            .collect(),
        Ask::Count(count) => {
            let of = match count.of {
                Counted::Sender => "dari pengirim ini",
                Counted::Asset => "tentang aset ini",
                Counted::Indicator => "dengan indikator ini",
            };
            vec![format!("{} laporan {of}", counted(*count, report, amid))]
        }
        _ => Vec::new(),
    }
}

fn counted(count: Count, report: &Report, amid: Amid<'_>) -> u32 {
    amid.past
        .count(report, count.of, (amid.now_ms, count.within_ms))
}

fn tied(tie: Tie, report: &Report) -> bool {
    let reporter = &report.reporter;
    match tie {
        Tie::Known => reporter.by.is_some(),
        Tie::Agent => reporter.by == Some(By::Address),
        Tie::Ours => reporter.ours,
        Tie::Outside => reporter.by.is_none() && !reporter.ours,
    }
}

fn offices(report: &Report) -> impl Iterator<Item = &str> {
    [&report.office, &report.reporter.office]
        .into_iter()
        .flatten()
        .map(String::as_str)
}

/// A piece of a name stands in it as whole words.
fn names_office(report: &Report, piece: &str) -> bool {
    offices(report).any(|office| {
        let office = office.to_lowercase();
        office.match_indices(piece).any(|(at, _)| {
            let before = office.get(..at).unwrap_or_default().chars().next_back();
            let behind = office
                .get(at + piece.len()..)
                .unwrap_or_default()
                .chars()
                .next();
            ![before, behind]
                .into_iter()
                .flatten()
                .any(char::is_alphanumeric)
        })
    })
}

fn has_trait(wanted: Trait, report: &Report) -> bool {
    wanted == Trait::Outside && report.outside || report.assets.iter().any(|seen| is(wanted, seen))
}

fn is(wanted: Trait, seen: &AssetSeen) -> bool {
    use crate::inventory::Vital;
    if wanted == Trait::Outside {
        return seen.outside;
    }
    // What others look after may be ever so important: it is not ours to raise.
    !seen.outside
        && match wanted {
            Trait::Known | Trait::Outside => true,
            Trait::Core => seen.core,
            Trait::PersonalData => seen.personal_data,
            Trait::Vital => seen.vital == Vital::Yes,
            Trait::VitalUnknown => seen.vital == Vital::Unknown,
        }
}
