//! Commands in internal notes: `#eskalasi alasan…`, `#bukaninsiden`, `#gabung INS-2026-0042`. A second way to say what a status or a
//! field can say, answered by a note.

use tanggap_rules::{Words, words};

use crate::case::{Meaning, Sop};

/// A command that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Command {
    pub word: String,
    pub meaning: Meaning,
}

const STEPS: [(&str, Sop); 14] = [
    ("#triase", Sop::Triage),
    ("#disposisi", Sop::Disposition),
    ("#tangani", Sop::Own),
    ("#eskalasi", Sop::Escalation),
    ("#identifikasi", Sop::Identification),
    ("#deteksi", Sop::Detection),
    ("#penanganan", Sop::Handling),
    ("#pulih", Sop::Recovery),
    ("#analisis", Sop::Analysis),
    ("#selesai", Sop::Closing),
    ("#tunggu", Sop::Waiting),
    ("#bukaninsiden", Sop::NotIncident),
    ("#luarlingkup", Sop::OutOfScope),
    ("#kirim", Sop::Release),
];

/// The command a note begins with: `None` for an ordinary note, an explanation where it was not understood.
pub(super) fn read(note: &str) -> Option<Result<Command, Words>> {
    let text = note.trim_start();
    let word = text
        .split_whitespace()
        .next()
        .filter(|word| is_command(word))?;
    let rest = text.strip_prefix(word).unwrap_or_default().trim();
    let word = word.trim_end_matches([':', ',', '.']).to_lowercase();
    Some(understood(&word, rest).map(|meaning| Command { word, meaning }))
}

/// `#123456` names a ticket, and `# judul` is a heading; neither is meant for us.
fn is_command(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next() == Some('#') && letters.next().is_some_and(char::is_alphabetic)
}

fn understood(word: &str, rest: &str) -> Result<Meaning, Words> {
    let said = || rest.to_owned();
    if let Some((_, step)) = STEPS.iter().find(|(known, _)| *known == word) {
        return Ok(Meaning::Step {
            step: *step,
            reason: said(),
        });
    }
    match word {
        "#gabung" | "#duplikat" => merged(word, rest),
        "#tingkat" => severity(rest),
        "#bukakembali" => Ok(Meaning::Reopened),
        _ => {
            let Words {
                indonesian,
                english,
            } = known();
            Err(Words {
                indonesian: format!("perintah {word} tidak dikenal. {indonesian}"),
                english: format!("command {word} is not known. {english}"),
            })
        }
    }
}

fn merged(word: &str, rest: &str) -> Result<Meaning, Words> {
    let (register, reason) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let register = register.trim_end_matches([',', '.', ';']).to_uppercase();
    if register.split('-').count() != 3 {
        return Err(words!(
            "tulis nomor register kasus yang dituju, misalnya: {word} INS-2026-0042 alasan",
            "write the register number of the case it belongs to, such as: {word} INS-2026-0042 reason"
        ));
    }
    Ok(Meaning::MergedInto {
        register,
        reason: reason.trim().to_owned(),
    })
}

fn severity(rest: &str) -> Result<Meaning, Words> {
    let word = rest
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_lowercase();
    let severity = match word.as_str() {
        "high" | "tinggi" => "high",
        "medium" | "sedang" => "medium",
        "low" | "rendah" => "low",
        _ => {
            return Err(words!(
                "tulis tingkatnya: #tingkat high, #tingkat medium, atau #tingkat low",
                "name the severity: #tingkat high, #tingkat medium, or #tingkat low"
            ));
        }
    };
    Ok(Meaning::Severity(severity.to_owned()))
}

fn known() -> Words {
    let words: Vec<&str> = STEPS.iter().map(|(word, _)| *word).collect();
    words!(
        "Yang dikenal: {}, #gabung, #tingkat, #bukakembali",
        "Known: {}, #gabung (merge), #tingkat (severity), #bukakembali (reopen)",
        words.join(", ")
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    #[track_caller]
    fn check(note: &str, expect: impl Into<Option<Meaning>>) {
        let read = read(note)
            .and_then(Result::ok)
            .map(|command| command.meaning);
        assert_eq!(read, expect.into(), "{note:?}");
    }

    #[test]
    fn commands_are_read_and_notes_are_left_alone() {
        let step = |step, reason: &str| {
            Some(Meaning::Step {
                step,
                reason: reason.into(),
            })
        };
        check(
            "#eskalasi server DNS provinsi ikut terdampak",
            step(Sop::Escalation, "server DNS provinsi ikut terdampak"),
        );
        check(
            "  #BukanInsiden: uji coba",
            step(Sop::NotIncident, "uji coba"),
        );
        check(
            "#gabung ins-2026-0042, kejadian sama",
            Some(Meaning::MergedInto {
                register: "INS-2026-0042".into(),
                reason: "kejadian sama".into(),
            }),
        );
        check("#tingkat tinggi", Some(Meaning::Severity("high".into())));
        check("#kirim 2", step(Sop::Release, "2"));
        check("Lihat #123456", None);
        check("#123456 sudah ditutup", None);
        check("# Ringkasan", None);
        check("", None);
        assert!(
            super::read("#eskalsi x")
                .unwrap()
                .unwrap_err()
                .indonesian
                .contains("#eskalasi")
        );
        assert!(
            super::read("#gabung")
                .unwrap()
                .unwrap_err()
                .indonesian
                .contains("INS-2026-0042")
        );
    }
}
