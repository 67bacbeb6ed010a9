//! What a judgement comes to for the desk, and what staff finally made of it: both on one scale.

use serde::Serialize;
use tanggap_rules::{Classification, Kind, Severity};

use crate::case::{Exit, Sheet};
use crate::store::{PastCase, kind_name};
use crate::tongue::word;

/// How heavy a mail's ticket is; the lightest is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// No ticket: no incident.
    None,
    Low,
    Medium,
    High,
}

impl Level {
    /// From the heaviest to none, as tables show them.
    pub const ALL: [Self; 4] = [Self::High, Self::Medium, Self::Low, Self::None];

    /// As programs and rule files spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// As people read it.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::None => word("tanpa tiket", "no ticket"),
            other => other.name(),
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// Steps between two levels.
    pub fn apart(self, other: Self) -> u8 {
        (self as u8).abs_diff(other as u8)
    }
}

impl From<Severity> for Level {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Low => Self::Low,
            Severity::Medium => Self::Medium,
            Severity::High => Self::High,
        }
    }
}

/// What a mail comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    pub kind: &'static str,
    #[serde(rename = "severity")]
    pub level: Level,
    /// RSIT class and type.
    #[serde(rename = "type")]
    pub incident: String,
    /// The place in the queue sheet that rules propose.
    pub queue: Option<u8>,
    pub tags: Vec<String>,
}

impl Outcome {
    /// What the daemon makes of a judgement, given what became of the mail then: whether it is a duplicate, or belongs to a
    /// case, is no question of rules.
    pub fn of(judged: &Classification, fate: &str, for_human: bool) -> Self {
        let opens = match (judged.kind, fate) {
            (_, "duplicate") => false,
            (Kind::Automated, _) => true,
            (Kind::Report | Kind::FollowUp, fate) => fate != "joined",
            _ => for_human,
        };
        Self {
            kind: kind_name(judged.kind),
            level: if opens {
                judged.severity.into()
            } else {
                Level::None
            },
            incident: judged.incident.clone(),
            queue: judged.priority,
            tags: judged.tags.clone(),
        }
    }

    /// The same for whoever works with the tickets: type, place and marks matter where there is one.
    pub fn same(&self, other: &Self) -> bool {
        let typed = self.level != Level::None || other.level != Level::None;
        self.kind == other.kind
            && self.level == other.level
            && (!typed || self.incident == other.incident && self.marked_as(other))
    }

    /// The same place in the queue and the same tags.
    pub fn marked_as(&self, other: &Self) -> bool {
        let within = |few: &[String], many: &[String]| few.iter().all(|tag| many.contains(tag));
        self.queue == other.queue
            && within(&self.tags, &other.tags)
            && within(&other.tags, &self.tags)
    }
}

/// Whether a mail was opened for a human to read, whatever the rules said: it could not be read, or not as a whole.
pub fn was_for_human(judged: &Classification, fate: &str) -> bool {
    let opens = matches!(judged.kind, Kind::Report | Kind::Automated | Kind::FollowUp);
    fate == "opened" && !opens
}

/// What staff finally decided, where anybody did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Staff {
    #[serde(rename = "severity")]
    pub level: Level,
    #[serde(rename = "type")]
    pub incident: String,
    /// Who last changed or confirmed it, and why; empty where no reason was given.
    pub reason: String,
}

impl Staff {
    /// `None` where nobody has judged the case, or it left as a duplicate or as none of ours: that says nothing of its weight.
    pub fn of(case: &PastCase, sheet: &Sheet) -> Option<Self> {
        let reason = || sheet.corrected.last().map(|told| told.text.clone());
        if let Some((exit, told)) = &sheet.dismissed {
            return (*exit == Exit::NotIncident).then(|| Self {
                level: Level::None,
                incident: String::new(),
                reason: told.text.clone(),
            });
        }
        let judged =
            sheet.severity.is_some() || sheet.incident.is_some() || sheet.triaged.is_some();
        // Whoever confirmed a case that later mails had raised said nothing of the first mail's level.
        if sheet.severity.is_none() && sheet.raised.is_some() {
            return None;
        }
        let level = Level::named(&case.severity)?;
        judged.then(|| Self {
            level,
            incident: case.incident.clone(),
            reason: reason().unwrap_or_default(),
        })
    }
}
