//! How a mail of the journal was judged when it came, and by which rule set.

use serde::Serialize;
use tanggap_rules::{Classification, Kind, Severity};

use super::verdict::spelled;
use crate::store::PastMail;

#[derive(Debug, Clone, Serialize)]
pub struct Then {
    pub entry: i64,
    pub register: Option<String>,
    pub kind: Kind,
    pub severity: Severity,
    #[serde(rename = "type")]
    pub incident: String,
    pub ruleset: String,
}

impl Then {
    /// `None` where the judgement of that time cannot be read any more.
    pub fn of(mail: &PastMail) -> Option<Self> {
        let judged: Classification = serde_json::from_str(&mail.judgement).ok()?;
        Some(Self {
            entry: mail.entry.0,
            register: mail.case.as_ref().map(|case| case.register.clone()),
            kind: judged.kind,
            severity: judged.severity,
            incident: judged.incident,
            ruleset: judged.ruleset,
        })
    }

    /// `report, high, malicious-code:infected-system`
    pub fn in_words(&self) -> String {
        let (kind, severity) = (spelled(&self.kind), spelled(&self.severity));
        format!("{kind}, {severity}, {}", self.incident)
    }
}
