//! The label file beside a mail (`labelling-guide.md`, "The label file").

use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

/// What a person says of a mail.
#[derive(Debug, Deserialize)]
pub struct Label {
    pub kind: String,
    pub severity: Option<String>,
    #[serde(rename = "type")]
    pub incident: Option<String>,
    pub language: Option<String>,
    pub identity_attached: Option<bool>,
    pub evidence_attached: Option<bool>,
    #[serde(default)]
    pub indicators: Vec<String>,
}

impl Label {
    /// Reads `NAME.toml` beside `NAME.eml`.
    pub fn beside(mail: &Path) -> anyhow::Result<Self> {
        let file = mail.with_extension("toml");
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("label {} tidak dapat dibaca", file.display()))?;
        toml::from_str(&text).with_context(|| format!("label {} salah tulis", file.display()))
    }

    /// Whether a ticket should be opened.
    pub fn opens(&self) -> bool {
        matches!(self.kind.as_str(), "report" | "automated")
    }
}
