//! A mail as judged, under the keys of the label files (`labelling-guide.md`).

use serde::Serialize;
use tanggap_rules::{AssetSeen, Classification, Fired, Kind, Language, Report, Reporter, Severity};

/// One judged mail, for programs.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    pub kind: Kind,
    /// Only what opens a ticket has a severity.
    pub severity: Option<Severity>,
    /// RSIT class and type.
    #[serde(rename = "type")]
    pub incident: String,
    pub also: Vec<String>,
    pub language: Language,
    /// The office that the mail names.
    pub opd: Option<String>,
    pub identity_attached: bool,
    pub evidence_attached: bool,
    /// `ipv4:203.0.113.7`; a mail that tells of no incident has none.
    pub indicators: Vec<String>,
    /// Ranges, payments and messengers, which the label files do not know (`bitcoin:…`).
    pub traces: Vec<String>,
    pub tlp: Option<&'static str>,
    /// Who of the roster sent it.
    pub reporter: Reporter,
    /// What of the inventory it names.
    pub assets: Vec<AssetSeen>,
    /// It names a public body's host that we do not look after, and nothing of ours.
    pub outside: bool,
    /// The place in the queue sheet that the rules propose.
    pub priority: Option<u8>,
    pub tags: Vec<String>,
    /// Clocks that the rules start.
    pub deadlines: Vec<String>,
    /// What the rules that decided the severity cite.
    pub clauses: Vec<String>,
    pub rules: Vec<Fired>,
    /// Why this kind and this severity, one sentence each.
    pub reasons: Vec<String>,
}

impl Verdict {
    pub fn of(report: &Report, judged: &Classification) -> Self {
        let opens = matches!(judged.kind, Kind::Report | Kind::Automated);
        let tells = opens || judged.kind == Kind::FollowUp;
        let observables = || report.observables.iter().filter(|_| tells);
        let told = |traces: bool| {
            let wanted = observables().filter(move |one| one.is_trace() == traces);
            wanted
                .map(|one| format!("{}:{}", one.kind, one.value))
                .collect()
        };
        let mut reasons = vec![judged.kind_reason.clone()];
        reasons.extend(judged.reasons.iter().filter(|_| opens).cloned());
        Self {
            kind: judged.kind,
            severity: opens.then_some(judged.severity),
            incident: judged.incident.clone(),
            also: judged.also.clone(),
            language: report.language,
            opd: report.office.clone(),
            identity_attached: report.identity_attached(),
            evidence_attached: report.evidence_attached(),
            indicators: told(false),
            traces: told(true),
            tlp: report.tlp.map(tanggap_rules::Tlp::label),
            reporter: report.reporter.clone(),
            assets: report.assets.clone(),
            outside: report.outside,
            priority: judged.priority,
            tags: judged.tags.clone(),
            deadlines: judged.deadlines.clone(),
            clauses: judged.clauses.clone(),
            rules: judged.fired.clone(),
            reasons,
        }
    }

    /// Whether a ticket is opened for it.
    pub fn opens(&self) -> bool {
        self.severity.is_some()
    }
}

/// An enum's name as the label files spell it.
pub fn spelled<T: Serialize>(value: &T) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}
