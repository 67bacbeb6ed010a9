//! Counting how often the rules and the labels agree.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::label::Label;
use super::ratio_json;
use crate::cli::explain::verdict::{Verdict, spelled};
use crate::tongue::{say, word};

pub const LEVELS: [&str; 3] = ["high", "medium", "low"];

/// Types between which RSIT leaves the choice open: either counts as right (labelling guide, "Type").
const EITHER: [[&str; 2]; 2] = [
    [
        "malicious-code:infected-system",
        "information-content-security:unauthorised-information-modification",
    ],
    [
        "intrusions:application-compromise",
        "information-content-security:unauthorised-information-modification",
    ],
];

/// How often something was right.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    right: usize,
    of: usize,
}

impl Tally {
    fn count(&mut self, right: bool) {
        self.right += usize::from(right);
        self.of += 1;
    }

    fn shown(self) -> String {
        say!(
            "{:.3} ({} dari {})",
            "{:.3} ({} of {})",
            ratio(self.right, self.of),
            self.right,
            self.of
        )
    }

    fn json(self) -> Value {
        ratio_json(self.right, self.of)
    }
}

/// All figures over a folder of mails.
#[derive(Debug, Default)]
pub struct Figures {
    kind: Tally,
    opened: Tally,
    class: Tally,
    language: Tally,
    identity: Tally,
    evidence: Tally,
    /// Labelled, judged.
    levels: BTreeMap<(String, String), usize>,
    wanted: usize,
    found: usize,
    both: usize,
    wrong: Vec<(String, String)>,
}

impl Figures {
    pub fn count(&mut self, name: &str, label: &Label, verdict: &Verdict) {
        let kind = spelled(&verdict.kind);
        let mut wrong = Vec::new();
        self.kind.count(kind == label.kind);
        self.opened.count(verdict.opens() == label.opens());
        if kind != label.kind {
            wrong.push(say!("macam {} → {kind}", "kind {} → {kind}", label.kind));
        }
        let language = label.language.as_deref();
        self.language
            .count(language.is_none_or(|language| language == spelled(&verdict.language)));
        if label.opens() {
            self.count_ticket(label, verdict, &mut wrong);
        }
        if label.opens() || label.kind == "follow_up" {
            self.count_indicators(label, verdict, &mut wrong);
        }
        if !wrong.is_empty() {
            self.wrong.push((name.to_owned(), wrong.join("; ")));
        }
    }

    fn count_ticket(&mut self, label: &Label, verdict: &Verdict, wrong: &mut Vec<String>) {
        let wanted = label.severity.clone().unwrap_or_default();
        let judged = verdict
            .severity
            .map_or_else(|| "-".to_owned(), |level| spelled(&level));
        if wanted != judged {
            wrong.push(say!(
                "tingkat {wanted} → {judged}",
                "severity {wanted} → {judged}"
            ));
        }
        *self.levels.entry((wanted, judged)).or_default() += 1;
        let incident = label.incident.as_deref().unwrap_or_default();
        let right = same_class(incident, &verdict.incident);
        self.class.count(right);
        if !right {
            wrong.push(say!(
                "jenis {incident} → {}",
                "type {incident} → {}",
                verdict.incident
            ));
        }
        let agrees = |label: Option<bool>, judged| label.is_none_or(|label| label == judged);
        self.identity
            .count(agrees(label.identity_attached, verdict.identity_attached));
        self.evidence
            .count(agrees(label.evidence_attached, verdict.evidence_attached));
    }

    fn count_indicators(&mut self, label: &Label, verdict: &Verdict, wrong: &mut Vec<String>) {
        let wanted: BTreeSet<&String> = label.indicators.iter().collect();
        let found: BTreeSet<&String> = verdict.indicators.iter().collect();
        self.wanted += wanted.len();
        self.found += found.len();
        self.both += wanted.intersection(&found).count();
        wrong.extend(
            wanted
                .difference(&found)
                .map(|one| say!("tanpa {one}", "without {one}")),
        );
        wrong.extend(
            found
                .difference(&wanted)
                .map(|one| say!("lebih {one}", "with {one}")),
        );
    }

    /// Mails of this labelled level that were judged so.
    pub fn severity(&self, wanted: &str, judged: &str) -> usize {
        let key = (wanted.to_owned(), judged.to_owned());
        self.levels.get(&key).copied().unwrap_or(0)
    }

    /// The mean of the three levels' F1: each counts alike, however rare it is.
    fn macro_f1(&self) -> f64 {
        let of = |fits: &dyn Fn(&(String, String)) -> bool| -> usize {
            let those = self.levels.iter().filter(|(key, _)| fits(key));
            those.map(|(_, count)| count).sum()
        };
        let f1 = |level: &str| {
            let both = self.severity(level, level);
            ratio(
                2 * both,
                of(&|key| key.0 == level) + of(&|key| key.1 == level),
            )
        };
        LEVELS.map(f1).iter().sum::<f64>() / 3.0
    }

    pub fn wrong(&self) -> &[(String, String)] {
        &self.wrong
    }

    /// Name, value, and the goal that the project set itself.
    pub fn rows(&self) -> Vec<(&'static str, String, &'static str)> {
        let precision = ratio(self.both, self.found);
        let recall = ratio(self.both, self.wanted);
        vec![
            (
                word("Macam surel", "Kind of mail"),
                self.kind.shown(),
                "0,97",
            ),
            (
                word("Membuka tiket yang benar", "Opens the right tickets"),
                self.opened.shown(),
                "0,99",
            ),
            (
                word("Tingkat, F1 rata-rata", "Severity, mean F1"),
                format!("{:.3}", self.macro_f1()),
                "0,90",
            ),
            (
                word("High dinilai low", "High judged low"),
                self.severity("high", "low").to_string(),
                "0",
            ),
            (
                word("Kelas jenis insiden", "Class of type"),
                self.class.shown(),
                "0,85",
            ),
            (
                word("Indikator, ketepatan", "Indicators, precision"),
                format!("{precision:.3}"),
                "0,95",
            ),
            (
                word("Indikator, kelengkapan", "Indicators, recall"),
                format!("{recall:.3}"),
                "0,95",
            ),
            (word("Bahasa", "Language"), self.language.shown(), ""),
            (
                word("Kartu identitas terlampir", "Identity card attached"),
                self.identity.shown(),
                "",
            ),
            (
                word("Bukti terlampir", "Evidence attached"),
                self.evidence.shown(),
                "",
            ),
        ]
    }

    pub fn as_json(&self) -> Value {
        let levels = self.levels.iter().map(|((wanted, judged), count)| {
            json!({ "label": wanted, "judged": judged, "mails": count })
        });
        let wrong = self
            .wrong
            .iter()
            .map(|(name, what)| json!({ "mail": name, "what": what }));
        json!({
            "mails": self.kind.of,
            "kind": self.kind.json(),
            "opened": self.opened.json(),
            "severity_macro_f1": self.macro_f1(),
            "high_judged_low": self.severity("high", "low"),
            "severity": levels.collect::<Vec<_>>(),
            "type_class": self.class.json(),
            "indicators": {
                "precision": ratio(self.both, self.found),
                "recall": ratio(self.both, self.wanted),
            },
            "language": self.language.json(),
            "identity_attached": self.identity.json(),
            "evidence_attached": self.evidence.json(),
            "wrong": wrong.collect::<Vec<_>>(),
        })
    }
}

fn same_class(wanted: &str, judged: &str) -> bool {
    let class = |incident: &str| incident.split(':').next().unwrap_or_default().to_owned();
    class(wanted) == class(judged)
        || EITHER
            .iter()
            .any(|pair| pair.contains(&wanted) && pair.contains(&judged))
}

/// Of nothing, all is right.
#[expect(clippy::cast_precision_loss, reason = "counts of mails")]
pub fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        1.0
    } else {
        part as f64 / whole as f64
    }
}
