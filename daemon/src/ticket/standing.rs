//! Whose report it is, what of ours it concerns, and what the rules propose beside type and severity. Pure.

use std::fmt::Write;

use tanggap_rules::{AssetSeen, Tongue, defang, say_in};

use super::{Facts, cut, line};

/// Assets shown, at most.
const SHOWN: usize = 20;

pub(super) fn lines(text: &mut String, facts: &Facts<'_>) {
    let (report, judged, tongue) = (facts.report, facts.classification, facts.tongue);
    let mut tell = |name: &str, what: String| line(text, &format!("{name:<16}: {what}"));
    if let Some(place) = judged.priority {
        tell(
            tongue.choose("Prioritas", "Priority"),
            say_in!(
                tongue,
                "{place} (usulan aturan; 1 paling dulu)",
                "{place} (proposed by rules; 1 comes first)"
            ),
        );
    }
    if !judged.tags.is_empty() {
        tell(tongue.choose("Tanda", "Tags"), judged.tags.join(", "));
    }
    if !judged.clauses.is_empty() {
        tell(
            tongue.choose("Dasar", "Basis"),
            cut(&judged.clauses.join("; "), 400),
        );
    }
    if let Some(tlp) = report.tlp {
        tell(tongue.choose("Marka", "Marking"), tlp.label().to_owned());
    }
    if let Some(office) = &report.reporter.office {
        tell(
            tongue.choose("OPD pelapor", "Reporter's unit"),
            say_in!(
                tongue,
                "{} (menurut daftar OPD)",
                "{} (by the list of units)",
                cut(office, 120)
            ),
        );
    }
    for asset in report.assets.iter().take(SHOWN) {
        tell(tongue.choose("Aset", "Asset"), described(asset, tongue));
    }
    if report.outside {
        let what = tongue.choose("kemungkinan di luar lingkup: tidak menyebut sistem yang kita layani; pertimbangkan rujukan", "perhaps out of scope: it names no system that we serve; consider a referral");
        tell(tongue.choose("Lingkup", "Scope"), what.to_owned());
    }
}

/// `SIMRS, RSUD Kalisari (layanan inti, data pribadi)`
pub fn described(asset: &AssetSeen, tongue: Tongue) -> String {
    let mut told = cut(&defang(&asset.name), 120);
    if !asset.owner.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(told, ", {}", cut(&asset.owner, 120));
    }
    let traits = asset.traits(tongue);
    if !traits.is_empty() {
        let _ = write!(told, " ({})", traits.join(", "));
    }
    told
}
