//! What is wrong in a file, shown as a good compiler shows it.

use std::fmt;

use super::At;
use crate::tongue::{Tongue, Words};

/// One fault in a file: where, what, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub file: String,
    /// 1-based.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// The line's text, for a caret display.
    pub source: String,
    /// How many characters the caret underlines.
    pub width: usize,
    /// What is wrong.
    pub what: Words,
    /// What to write instead.
    pub instead: Words,
}

impl Fault {
    /// Place and complaint, the line, a caret under the place, and the way out.
    fn tell(&self, f: &mut fmt::Formatter<'_>, tongue: Tongue) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            source,
            width,
            what,
            instead,
        } = self;
        let margin = " ".repeat(line.to_string().len());
        let indent: String = source
            .chars()
            .take(column.saturating_sub(1))
            .map(blank)
            .collect();
        let (what, instead) = (what.told(tongue), instead.told(tongue));
        writeln!(f, "{file}:{line}:{column}: {what}")?;
        writeln!(f, "{margin} |")?;
        writeln!(f, "{line} | {source}")?;
        writeln!(f, "{margin} | {indent}{}", "^".repeat((*width).max(1)))?;
        let write = tongue.choose("tulis", "help");
        write!(f, "{margin} = {write}: {instead}")
    }
}

impl Fault {
    /// As it is shown to whoever speaks so.
    pub fn told(&self, tongue: Tongue) -> String {
        struct Told<'a>(&'a Fault, Tongue);
        impl fmt::Display for Told<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.tell(f, self.1)
            }
        }
        Told(self, tongue).to_string()
    }
}

/// In the house's own language.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.tell(f, Tongue::Indonesian)
    }
}

/// A tab stays a tab, so that the caret stands under what it means.
fn blank(character: char) -> char {
    if character == '\t' { '\t' } else { ' ' }
}

/// Every fault of one or more files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.0.iter()
    }
}

impl Faults {
    /// As they are shown to whoever speaks so.
    pub fn told(&self, tongue: Tongue) -> String {
        let each = self.0.iter().map(|fault| fault.told(tongue));
        each.collect::<Vec<_>>().join("\n\n")
    }
}

/// In the house's own language.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told(Tongue::Indonesian))
    }
}

impl std::error::Error for Faults {}

impl FromIterator<Fault> for Faults {
    fn from_iter<I: IntoIterator<Item = Fault>>(faults: I) -> Self {
        Self(faults.into_iter().collect())
    }
}

impl Extend<Fault> for Faults {
    fn extend<I: IntoIterator<Item = Fault>>(&mut self, faults: I) {
        self.0.extend(faults);
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Faults {
    type Item = &'a Fault;
    type IntoIter = std::slice::Iter<'a, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

/// A file's name and text, to say where something stands.
#[derive(Debug)]
pub(super) struct Page {
    file: String,
    text: String,
}

impl Page {
    pub fn new(file: &str, text: &str) -> Self {
        Self {
            file: file.to_owned(),
            text: text.to_owned(),
        }
    }

    /// The fault at `at`; the caret ends with its first line.
    pub fn fault(&self, at: At, what: Words, instead: Words) -> Fault {
        let start = floor(&self.text, at.start);
        let before = self.text.get(..start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let source = self
            .text
            .get(line_start..)
            .and_then(|rest| rest.lines().next())
            .unwrap_or_default();
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        let marked = self
            .text
            .get(start..floor(&self.text, at.end))
            .and_then(|part| part.lines().next());
        Fault {
            file: self.file.clone(),
            line: before.matches('\n').count() + 1,
            column,
            source: discreet(source),
            width: marked.unwrap_or_default().chars().count().max(1),
            what,
            instead,
        }
    }
}

/// The line as it may be shown and logged: what is written behind a key for a password, or as one in a URL, is left out.
fn discreet(line: &str) -> String {
    let key = ["password", "api_key", "secret", "token"]
        .iter()
        .filter_map(|word| secret_value(line, word))
        .min();
    if let Some(shown) = key.and_then(|border| line.get(..border)) {
        return format!("{shown}= …");
    }
    match line
        .split_once("://")
        .and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?)))
    {
        Some((scheme, (user, host))) if user.contains(':') => format!("{scheme}://…@{host}"),
        _ => line.to_owned(),
    }
}

/// Where the `=` behind a key named exactly `word` stands.
fn secret_value(line: &str, word: &str) -> Option<usize> {
    let mut matches = line.match_indices(word);
    matches.find_map(|(start, _)| {
        let behind = line.get(start + word.len()..)?;
        let rest = behind.trim_start_matches(['"', '\'', ' ', '\t']);
        rest.starts_with('=').then(|| line.len() - rest.len())
    })
}

/// The nearest character border at or before `index`.
fn floor(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}
