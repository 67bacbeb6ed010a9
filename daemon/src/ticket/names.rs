//! What staff call a severity, what a reporter owes, and whether a sender is who it says. Pure.

use tanggap_rules::{Authenticity, Missing, Severity, Tongue};

/// The SOP writes its three severities in English ("Tingkatan").
pub fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
    }
}

/// What the reporter still owes.
pub fn missing_name(missing: Missing, tongue: Tongue) -> &'static str {
    match missing {
        Missing::Identity => tongue.choose("kartu identitas", "identity card"),
        Missing::Evidence => tongue.choose(
            "bukti (tangkapan layar atau log)",
            "evidence (screenshot or log)",
        ),
        Missing::Contact => tongue.choose(
            "kontak yang dapat dihubungi",
            "a contact that can be reached",
        ),
        Missing::Time => tongue.choose("waktu kejadian", "time of the incident"),
        Missing::System => tongue.choose("sistem yang terdampak", "affected system"),
    }
}

/// Whether the sender is who it says.
pub fn authenticity(found: Authenticity, tongue: Tongue) -> &'static str {
    match found {
        Authenticity::Pass => tongue.choose("pengirim terbukti asli", "sender verified"),
        Authenticity::Fail => tongue.choose(
            "AWAS: alamat pengirim kemungkinan dipalsukan",
            "WARNING: the sender's address is probably forged",
        ),
        Authenticity::Neutral | Authenticity::Unknown => {
            tongue.choose("keaslian pengirim tidak terbukti", "sender not verified")
        }
    }
}
