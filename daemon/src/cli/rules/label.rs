//! The label file beside a mail (`labelling-guide.md`, "The label file").

use std::path::Path;

use anyhow::Context;
use tanggap_rules::form::{Faults, Form, Table};

use crate::tongue::say;

/// What a person says of a mail.
#[derive(Debug)]
pub struct Label {
    pub kind: String,
    pub severity: Option<String>,
    pub incident: Option<String>,
    pub language: Option<String>,
    pub identity_attached: Option<bool>,
    pub evidence_attached: Option<bool>,
    pub indicators: Vec<String>,
}

const KINDS: &[&str] = &[
    "report",
    "follow_up",
    "automated",
    "auto_reply",
    "bounce",
    "other",
];
const LEVELS: &[&str] = &["high", "medium", "low"];
const LANGUAGES: &[&str] = &["id", "en", "jv"];

impl Label {
    /// Reads `NAME.toml` beside `NAME.eml`; a label that says nothing known is an error of type [`Faults`].
    pub fn beside(mail: &Path) -> anyhow::Result<Self> {
        let file = mail.with_extension("toml");
        let text = std::fs::read_to_string(&file).with_context(|| {
            say!(
                "label {} tidak dapat dibaca",
                "the label {} cannot be read",
                file.display()
            )
        })?;
        Ok(Self::parse(&file.display().to_string(), &text)?)
    }

    fn parse(name: &str, text: &str) -> Result<Self, Faults> {
        let form = Form::parse(name, text);
        let label = Self::read(&form.root());
        let faults = form.finish();
        match label {
            Some(label) if faults.is_empty() => Ok(label),
            _ => Err(faults),
        }
    }

    fn read(root: &Table<'_>) -> Option<Self> {
        let word = |key: &str, known: &[&str]| {
            let choices: Vec<(&str, String)> =
                known.iter().map(|one| (*one, (*one).to_owned())).collect();
            root.maybe(key).one_of(&choices)
        };
        root.need("kind");
        let indicators = root.maybe("indicators").texts().unwrap_or_default();
        // What scores do not look at, and people write.
        for key in ["also", "opd", "why"] {
            root.maybe(key);
        }
        let (severity, language) = (word("severity", LEVELS), word("language", LANGUAGES));
        let label = Self {
            kind: String::new(),
            severity,
            incident: root.maybe("type").text(),
            language,
            identity_attached: root.maybe("identity_attached").flag(),
            evidence_attached: root.maybe("evidence_attached").flag(),
            indicators: indicators.into_iter().map(|one| one.value).collect(),
        };
        let kind = word("kind", KINDS)?;
        Some(Self { kind, ..label })
    }

    /// Whether a ticket should be opened.
    pub fn opens(&self) -> bool {
        matches!(self.kind.as_str(), "report" | "automated")
    }
}
