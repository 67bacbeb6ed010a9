//! One mail of the journal, judged once more: what came of it then, what would come of it now, and why.

use serde::Serialize;
use tanggap_rules::{Classification, Fired};

use crate::case::Sheet;
use crate::cli::rules::outcome::{Level, Outcome, Staff, was_for_human};
use crate::clock::Timestamp;
use crate::store::{EntryId, PastMail};
use crate::tongue::word;

/// A mail judged twice.
#[derive(Debug, Clone)]
pub struct Compared {
    pub entry: EntryId,
    pub kept: Timestamp,
    pub register: String,
    pub subject: String,
    pub was: Outcome,
    pub now: Outcome,
    /// Only where this mail opened the case.
    pub staff: Option<Staff>,
    /// Rules that hold now and did not, with their words.
    pub gained: Vec<Fired>,
    /// Rules that held and do not now.
    pub lost: Vec<Fired>,
    /// The rule set of that time.
    pub ruleset: String,
}

/// How a change stands to what staff decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    Nearer,
    Further,
    /// Neither, or nobody decided.
    Even,
}

impl Turn {
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Nearer => word("mendekati petugas", "nearer to staff"),
            Self::Further => word("menjauhi petugas", "away from staff"),
            Self::Even => "",
        }
    }
}

/// A mail of the journal with all that is needed to judge it once more.
pub struct Item {
    pub mail: PastMail,
    pub raw: Vec<u8>,
    /// The case that it opened, as its events tell.
    pub sheet: Option<Sheet>,
}

impl Compared {
    /// `None` where the judgement of that time cannot be read any more.
    pub fn of(item: &Item, now: &Classification) -> Option<Self> {
        let mail = &item.mail;
        let then: Classification = serde_json::from_str(&mail.judgement).ok()?;
        let for_human = was_for_human(&then, &mail.fate);
        let case = mail.case.as_ref();
        let staff = case
            .zip(item.sheet.as_ref())
            .and_then(|(case, sheet)| Staff::of(case, sheet));
        Some(Self {
            entry: mail.entry,
            kept: mail.kept,
            register: case.map(|case| case.register.clone()).unwrap_or_default(),
            subject: mail.subject.clone(),
            was: Outcome::of(&then, &mail.fate, for_human),
            now: Outcome::of(now, &mail.fate, for_human),
            staff,
            gained: only_in(&now.fired, &then.fired),
            lost: only_in(&then.fired, &now.fired),
            ruleset: then.ruleset,
        })
    }

    pub fn changed(&self) -> bool {
        !self.was.same(&self.now)
    }

    /// Whether the new judgement is nearer to what staff decided.
    pub fn turn(&self) -> Turn {
        let Some(staff) = &self.staff else {
            return Turn::Even;
        };
        let distance = |outcome: &Outcome| {
            let typed = staff.level != Level::None && outcome.incident != staff.incident;
            (outcome.level.apart(staff.level), typed)
        };
        match distance(&self.now).cmp(&distance(&self.was)) {
            std::cmp::Ordering::Less => Turn::Nearer,
            std::cmp::Ordering::Greater => Turn::Further,
            std::cmp::Ordering::Equal => Turn::Even,
        }
    }

    pub fn as_json(&self) -> serde_json::Value {
        serde_json::json!({
            "entry": self.entry.0, "kept": self.kept.wib().to_rfc3339(), "register": self.register,
            "subject": self.subject, "from": self.was, "to": self.now, "gained": self.gained, "lost": self.lost,
            "staff": self.staff, "turn": self.turn(), "ruleset": self.ruleset,
        })
    }

    /// What is otherwise: `tingkat medium → high`.
    pub fn differences(&self) -> Vec<String> {
        let (was, now) = (&self.was, &self.now);
        let mut told = Vec::new();
        let mut differ = |what: &str, was: &str, now: &str| {
            if was != now {
                told.push(format!("{what} {was} → {now}"));
            }
        };
        differ(
            word("tingkat", "severity"),
            was.level.in_words(),
            now.level.in_words(),
        );
        differ(word("macam", "kind"), was.kind, now.kind);
        if was.level != Level::None || now.level != Level::None {
            differ(word("jenis", "type"), &was.incident, &now.incident);
            let place = |queue: Option<u8>| queue.map_or("-".to_owned(), |one| one.to_string());
            differ("antrian", &place(was.queue), &place(now.queue));
            differ("tanda", &listed(&was.tags), &listed(&now.tags));
        }
        told
    }
}

/// In one order, since tags are a set: `berulang, judi`.
fn listed(tags: &[String]) -> String {
    let mut tags: Vec<&str> = tags.iter().map(String::as_str).collect();
    tags.sort_unstable();
    if tags.is_empty() {
        "-".to_owned()
    } else {
        tags.join(", ")
    }
}

fn only_in(these: &[Fired], others: &[Fired]) -> Vec<Fired> {
    let here = |fired: &&Fired| others.iter().all(|other| other.rule != fired.rule);
    these.iter().filter(here).cloned().collect()
}
