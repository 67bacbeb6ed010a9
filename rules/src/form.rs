//! Reads a TOML form (a rule file, the daemon's configuration) and notes every fault at once.

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
    pub what: String,
    /// What to write instead.
    pub instead: String,
}
