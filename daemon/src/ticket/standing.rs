//! Whose report it is, what of ours it concerns, and what the rules propose beside type and severity. Pure.

use std::fmt::Write;

use tanggap_rules::{AssetSeen, defang};

use super::{Facts, cut, line};

/// Assets shown, at most.
const SHOWN: usize = 20;

pub(super) fn lines(text: &mut String, facts: &Facts<'_>) {
    let (report, judged) = (facts.report, facts.classification);
    let mut tell = |name: &str, what: String| line(text, &format!("{name:<16}: {what}"));
    if let Some(place) = judged.priority {
        tell(
            "Prioritas",
            format!("{place} (usulan aturan; 1 paling dulu)"),
        );
    }
    if !judged.tags.is_empty() {
        tell("Tanda", judged.tags.join(", "));
    }
    if !judged.clauses.is_empty() {
        tell("Dasar", cut(&judged.clauses.join("; "), 400));
    }
    if let Some(tlp) = report.tlp {
        tell("Marka", tlp.label().to_owned());
    }
    if let Some(office) = &report.reporter.office {
        tell(
            "OPD pelapor",
            format!("{} (menurut daftar OPD)", cut(office, 120)),
        );
    }
    for asset in report.assets.iter().take(SHOWN) {
        tell("Aset", described(asset));
    }
    if report.outside {
        let what = "kemungkinan di luar lingkup: tidak menyebut sistem yang kita layani; pertimbangkan rujukan";
        tell("Lingkup", what.to_owned());
    }
}

/// `SIMRS, RSUD Kalisari (layanan inti, data pribadi)`
pub fn described(asset: &AssetSeen) -> String {
    let mut told = cut(&defang(&asset.name), 120);
    if !asset.owner.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(told, ", {}", cut(&asset.owner, 120));
    }
    let traits = asset.traits();
    if !traits.is_empty() {
        let _ = write!(told, " ({})", traits.join(", "));
    }
    told
}
