//! The kinds of letters, and a letter's wording: a template filled in, and read as heading lines, paragraphs and numbered points.
//!
//! Values are never read again as structure or as template: each stands between two marks while the text is taken apart.

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::shelf::Shelf;

/// Stand around every value while the text is taken apart; private use characters, taken out of the values first.
const OPEN: char = '\u{f0001}';
const CLOSE: char = '\u{f0002}';
/// The longest value that a letter repeats.
const VALUE: usize = 4000;

/// A kind of letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// *Surat jawaban*.
    Answer,
    /// What is still missing (mail).
    Missing,
    /// A follow-up has arrived (mail).
    FollowUp,
    /// The severity has changed (mail).
    Severity,
    /// Closing, with result and recommendations.
    Closing,
    /// The same in English (mail).
    ClosingEnglish,
    /// *Surat Pelaporan Insiden Keamanan Siber*.
    BssnReport,
    /// *Surat Permohonan Bantuan Tanggap Insiden Siber*.
    BssnHelp,
    /// To the OPD whose system it is.
    Office,
    /// Out of scope: who is responsible.
    Referral,
    /// *Imbauan* to all agents.
    Advisory,
}

impl Kind {
    pub const ALL: [Self; 11] = [
        Self::Answer,
        Self::Missing,
        Self::FollowUp,
        Self::Severity,
        Self::Closing,
        Self::ClosingEnglish,
        Self::BssnReport,
        Self::BssnHelp,
        Self::Office,
        Self::Referral,
        Self::Advisory,
    ];

    /// As typed, and as the template's file is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "jawaban",
            Self::Missing => "kelengkapan",
            Self::FollowUp => "susulan",
            Self::Severity => "tingkat",
            Self::Closing => "penutupan",
            Self::ClosingEnglish => "closing",
            Self::BssnReport => "lapor-bssn",
            Self::BssnHelp => "bantuan-bssn",
            Self::Office => "opd",
            Self::Referral => "pelimpahan",
            Self::Advisory => "imbauan",
        }
    }

    /// As the register of letters has it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Answer => "surat jawaban",
            Self::Missing => "permintaan kelengkapan",
            Self::FollowUp => "pemberitahuan susulan",
            Self::Severity => "pemberitahuan tingkat",
            Self::Closing => "surat penutupan",
            Self::ClosingEnglish => "surat penutupan (Inggris)",
            Self::BssnReport => "surat pelaporan ke BSSN",
            Self::BssnHelp => "surat permohonan bantuan ke BSSN",
            Self::Office => "surat ke OPD",
            Self::Referral => "surat pelimpahan",
            Self::Advisory => "surat imbauan",
        }
    }

    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The wording names the addressee itself, unless the operator names another.
    pub fn names_its_addressee(self) -> bool {
        matches!(self, Self::BssnReport | Self::BssnHelp | Self::Advisory)
    }

    /// Written to whoever reported; the others go to somebody whom a person names.
    pub fn goes_to_the_reporter(self) -> bool {
        !matches!(
            self,
            Self::BssnReport | Self::BssnHelp | Self::Office | Self::Advisory
        )
    }

    /// Written to BSSN.
    pub fn goes_to_bssn(self) -> bool {
        matches!(self, Self::BssnReport | Self::BssnHelp)
    }

    /// A numbered, signed letter with a PDF; the others are plain mails.
    pub fn is_formal(self) -> bool {
        !matches!(
            self,
            Self::Missing | Self::FollowUp | Self::Severity | Self::ClosingEnglish
        )
    }
}

/// Why a wording cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum WordingError {
    #[error("templat {0} tidak ada")]
    Absent(String),
    #[error("templat {template}: {why}")]
    Faulty { template: String, why: String },
}

/// A part of a letter's body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum Part {
    Paragraph {
        text: String,
    },
    /// A numbered point.
    Point {
        text: String,
    },
    /// The title of a section: a line that begins with `==`.
    Section {
        text: String,
    },
    /// A table or chart that the page makes: `@tabel jenis`, `@grafik tren`.
    Insert {
        what: String,
        name: String,
    },
}

/// A letter's words, before they are a page or a mail.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wording {
    /// *Hal*, or the subject of a mail.
    pub subject: String,
    /// *Lampiran*.
    pub attached: String,
    /// *Yth.*
    pub to: Vec<String>,
    /// *Dari*: who writes it, where that is not the office's head.
    #[serde(default)]
    pub from: String,
    /// The town below the addressee.
    pub town: String,
    /// *Tembusan*.
    pub copies: Vec<String>,
    pub parts: Vec<Part>,
}

/// Fills a template in. An unknown key is an error; what a stranger wrote is one line of plain text.
pub fn wording(shelf: &Shelf, template: &str, data: &Value) -> Result<Wording, WordingError> {
    let file = format!("{template}.txt");
    let text = shelf
        .text(&file)
        .ok_or_else(|| WordingError::Absent(file.clone()))?;
    let faulty = |why: minijinja::Error| WordingError::Faulty {
        template: file.clone(),
        why: format!("{why:#}"),
    };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true);
    environment.set_syntax(syntax.build().map_err(faulty)?);
    environment.set_formatter(|out, _, value| {
        if value.is_undefined() {
            return Err(minijinja::ErrorKind::UndefinedError.into());
        }
        let text = one_line(&value.to_string());
        out.write_str(&format!("{OPEN}{text}{CLOSE}"))?;
        Ok(())
    });
    let filled = environment
        .render_str(text, minijinja::value::Serde(data))
        .map_err(faulty)?;
    Ok(take_apart(&filled))
}

/// One line without control, bidi or private use characters; blanks made single.
fn one_line(text: &str) -> String {
    let unsafe_sign = |c: char| {
        matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
            || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
    };
    let plain: String = text
        .chars()
        .map(|c| {
            if c.is_whitespace() || c.is_control() {
                ' '
            } else {
                c
            }
        })
        .filter(|c| !unsafe_sign(*c))
        .take(VALUE)
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `Hal: …` lines first, then paragraphs apart by blank lines; a line that begins with `#.` is a numbered point, one with `==` a
/// section's title, one with `@` a table or chart.
fn take_apart(text: &str) -> Wording {
    let mut wording = Wording::default();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next_if(|line| !line.trim().is_empty()) {
        heading(&mut wording, line);
    }
    let mut open = String::new();
    for line in lines.chain([""]) {
        let begins = line.trim_start();
        let point = begins.strip_prefix("#.");
        let apart = apart(begins);
        if begins.is_empty() || point.is_some() || apart.is_some() {
            close(&mut wording, &mut open);
        }
        if let Some(part) = apart {
            wording.parts.push(part);
        } else if let Some(rest) = point {
            open.push_str("#.");
            open.push_str(rest);
        } else if !begins.is_empty() {
            if !open.is_empty() {
                open.push(' ');
            }
            open.push_str(begins);
        }
    }
    wording
}

fn heading(wording: &mut Wording, line: &str) {
    let Some((label, value)) = line.split_once(':') else {
        return;
    };
    let value = plain(value);
    if value.is_empty() {
        return;
    }
    match label.trim() {
        "Hal" | "Subject" => wording.subject = value,
        "Lampiran" => wording.attached = value,
        "Yth" => wording.to.push(value),
        "Dari" => wording.from = value,
        "Di" => wording.town = value,
        "Tembusan" => wording.copies.push(value),
        _ => {}
    }
}

/// A line that is a part of its own. What a value says never is: its mark stands before it.
fn apart(line: &str) -> Option<Part> {
    if let Some(title) = line.strip_prefix("==") {
        return Some(Part::Section { text: plain(title) });
    }
    let insert = plain(line.strip_prefix('@')?);
    let (what, name) = insert.split_once(' ').unwrap_or((&insert, ""));
    Some(Part::Insert {
        what: what.to_owned(),
        name: name.to_owned(),
    })
}

fn close(wording: &mut Wording, open: &mut String) {
    let text = std::mem::take(open);
    if text.is_empty() {
        return;
    }
    wording.parts.push(match text.strip_prefix("#.") {
        Some(point) => Part::Point { text: plain(point) },
        None => Part::Paragraph { text: plain(&text) },
    });
}

/// Without the marks.
fn plain(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|c| !matches!(*c, OPEN | CLOSE))
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Wording {
    /// The body as a mail's text.
    pub fn as_mail(&self) -> String {
        let mut text = super::wording::Text::default();
        let mut number = 0;
        for part in &self.parts {
            match part {
                Part::Insert { .. } => {}
                Part::Paragraph { text: words } | Part::Section { text: words } => {
                    number = 0;
                    text.paragraph(words);
                }
                Part::Point { text: words } => {
                    number += 1;
                    text.point(number, words);
                }
            }
        }
        text.finished()
    }
}

#[cfg(test)]
mod tests;
