//! The explanation as a page for people: what was decided, by which rules, and the very words in their sentences.

use std::fmt;

use tanggap_rules::{Leaning, Passage, Report, Stance, defang};

use super::then::Then;
use super::verdict::Verdict;
use crate::log::plain;
use crate::ticket::missing_name;
use crate::tongue::{say, spoken, word};

/// Sentences shown of each sort, at most.
const SHOWN: usize = 12;
/// Of a longer sentence only the part around the words is shown, in bytes.
const AROUND: usize = 70;

pub struct Page<'p> {
    pub report: &'p Report,
    pub verdict: &'p Verdict,
    pub passages: &'p [Passage],
    /// What the scales make of it.
    pub leanings: &'p [Leaning],
    /// Of the rule set that explains.
    pub ruleset: &'p str,
    pub then: Option<&'p Then>,
    pub coloured: bool,
}

impl fmt::Display for Page<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decided(f)?;
        self.ruled(f)?;
        self.leaning(f)?;
        self.counted(f)?;
        self.not_counted(
            f,
            Stance::Denied,
            word("Disangkal, jadi tidak dihitung", "Denied, so not counted"),
        )?;
        self.not_counted(
            f,
            Stance::Imagined,
            word(
                "Diandaikan, jadi tidak dihitung",
                "Imagined, so not counted",
            ),
        )?;
        self.left_out(f)
    }
}

impl Page<'_> {
    fn ruled(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.verdict.rules.is_empty() {
            return writeln!(
                f,
                "{}",
                say!("\nTidak ada aturan yang berlaku.", "\nNo rule holds.")
            );
        }
        writeln!(f, "{}", say!("\nAturan yang berlaku", "\nRules that hold"))?;
        for fired in &self.verdict.rules {
            let clause = match fired.clause.as_str() {
                "" => String::new(),
                clause => format!(" [{clause}]"),
            };
            let words: Vec<String> = fired
                .words
                .iter()
                .map(|word| format!("“{}”", defang(&plain(word))))
                .collect();
            writeln!(
                f,
                "  {}{clause} {}",
                self.strong(&fired.rule),
                words.join(" ")
            )?;
        }
        Ok(())
    }

    /// The sentences that made rules fire, each once, their words marked.
    fn counted(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = |passage: &Passage| {
            let words = self.verdict.rules.iter().flat_map(|rule| &rule.words);
            words.into_iter().any(|word| word == passage.said())
        };
        let told = self
            .passages
            .iter()
            .filter(|one| one.stance == Stance::Told);
        let mut sentences: Vec<(&str, Vec<(usize, usize)>)> = Vec::new();
        for passage in told.filter(|one| said(one)) {
            let span = (passage.start, passage.end);
            match sentences.last_mut() {
                Some((sentence, spans)) if *sentence == passage.sentence => spans.push(span),
                _ => sentences.push((&passage.sentence, vec![span])),
            }
        }
        if sentences.is_empty() {
            return Ok(());
        }
        writeln!(
            f,
            "{}",
            say!(
                "\nKata-kata yang dihitung, dalam kalimatnya",
                "\nWords that count, in their sentences"
            )
        )?;
        for (sentence, spans) in sentences.iter().take(SHOWN) {
            writeln!(f, "  {}", self.marked(sentence, spans))?;
        }
        match sentences.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => writeln!(
                f,
                "{}",
                say!(
                    "  … dan {more} kalimat lagi",
                    "  … and {more} more sentences"
                )
            ),
        }
    }

    /// What the mail denies or only imagines, each sentence once, and the word that does so.
    fn not_counted(&self, f: &mut fmt::Formatter<'_>, stance: Stance, title: &str) -> fmt::Result {
        let mut sentences: Vec<(&Passage, Vec<(usize, usize)>)> = Vec::new();
        for passage in self.passages.iter().filter(|one| one.stance == stance) {
            let span = (passage.start, passage.end);
            let same = |one: &&mut (&Passage, Vec<(usize, usize)>)| {
                (&one.0.sentence, &one.0.because) == (&passage.sentence, &passage.because)
            };
            match sentences.iter_mut().find(same) {
                Some((_, spans)) => spans.push(span),
                None => sentences.push((passage, vec![span])),
            }
        }
        if !sentences.is_empty() {
            writeln!(f, "\n{title}")?;
        }
        for (passage, spans) in sentences.iter().take(SHOWN) {
            let by = match passage.because.as_str() {
                "" => String::new(),
                word => say!(" (oleh “{}”)", " (by “{}”)", plain(word)),
            };
            writeln!(f, "  {}{by}", self.marked(&passage.sentence, spans))?;
        }
        match sentences.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => writeln!(
                f,
                "{}",
                say!(
                    "  … dan {more} kalimat lagi",
                    "  … and {more} more sentences"
                )
            ),
        }
    }

    /// A sentence with its words marked; of a long one only what stands around them.
    fn marked(&self, sentence: &str, spans: &[(usize, usize)]) -> String {
        let first = spans.iter().map(|span| span.0).min().unwrap_or(0);
        let last = spans.iter().map(|span| span.1).max().unwrap_or(0);
        let from = sentence.floor_char_boundary(first.saturating_sub(AROUND));
        let to = sentence.ceil_char_boundary(last.saturating_add(AROUND));
        let piece =
            |from: usize, to: usize| defang(&plain(sentence.get(from..to).unwrap_or_default()));
        let mut out = String::from(if from > 0 { "…" } else { "" });
        let mut at = from;
        for (start, end) in spans.iter().filter(|span| span.1 > first) {
            let start = (*start).max(at);
            if start < *end {
                out += &piece(at, start);
                out += &self.strong(&piece(start, *end));
                at = *end;
            }
        }
        out += &piece(at, to);
        out += if to < sentence.len() { "…" } else { "" };
        out
    }

    fn left_out(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.report;
        writeln!(f)?;
        self.set_apart(f)?;
        for attachment in &report.attachments {
            let told = say!(
                "{} ({}, {} bita)",
                "{} ({}, {} bytes)",
                attachment.name,
                attachment.declared,
                attachment.size
            );
            row(f, word("Lampiran", "Attachment"), &plain(&told))?;
        }
        let missing: Vec<&str> = report
            .missing
            .iter()
            .map(|one| missing_name(*one, spoken()))
            .collect();
        if self.verdict.opens() && !missing.is_empty() {
            row(f, word("Belum ada", "Missing"), &missing.join(", "))?;
        }
        for oddity in &report.oddities {
            row(f, word("Ganjil", "Odd"), &plain(&oddity.0))?;
        }
        self.stamped(f)
    }

    /// What was read and is not judged, and how it begins.
    fn set_apart(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.report;
        let mut lines = report.quoted.lines().filter(|line| !line.trim().is_empty());
        let Some(first) = lines.next() else {
            return Ok(());
        };
        if report.bare_forward {
            return row(
                f,
                word("Diteruskan", "Forwarded"),
                word(
                    "dinilai menurut surel yang diteruskan",
                    "judged by the mail that was forwarded",
                ),
            );
        }
        let first = defang(&plain(first));
        let head: String = first.chars().take(AROUND).collect();
        let more = if head.len() < first.len() { "…" } else { "" };
        let told = say!(
            "{} baris kutipan lama, mulai “{head}{more}”",
            "{} lines of old quotation, from “{head}{more}”",
            1 + lines.count()
        );
        row(f, word("Disisihkan", "Set aside"), &told)
    }

    /// Which rules say this, and what those said that judged it when it came.
    fn stamped(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(
            f,
            word("Sidik", "Hash"),
            &say!(
                "{:.12} (aturan yang menjelaskan ini)",
                "{:.12} (the rules that explain this)",
                self.ruleset
            ),
        )?;
        let Some(then) = self.then else {
            return Ok(());
        };
        let by = if then.ruleset == self.ruleset {
            word("aturan yang sama", "the same rules").to_owned()
        } else {
            say!("sidik {:.12}", "hash {:.12}", then.ruleset)
        };
        row(
            f,
            word("Saat masuk", "When it came"),
            &format!("{} ({by})", then.in_words()),
        )
    }

    pub fn strong(&self, text: &str) -> String {
        if self.coloured {
            format!("\u{1b}[1;33m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

pub fn row(f: &mut fmt::Formatter<'_>, name: &str, value: &str) -> fmt::Result {
    writeln!(f, "{name:<11} {value}")
}
