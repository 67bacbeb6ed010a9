//! Every sentence that this tick writes into a ticket: what was understood, what became of it, what to do next.

use crate::case::meaning::Refusal;
use crate::case::{Act, Meaning};
use crate::ticket::NoteDraft;

pub(super) fn done(word: &str, meaning: &Meaning, register: &str, acts: &[Act]) -> NoteDraft {
    let mut body = format!(
        "{word}: dicatat pada kasus {register}: {}.",
        in_words(meaning)
    );
    let skipped: Vec<&str> = acts
        .iter()
        .filter_map(|act| match act {
            Act::Skipped { step, .. } => Some(step.in_words()),
            _ => None,
        })
        .collect();
    if !skipped.is_empty() {
        body.push_str(&format_args!("\nLangkah yang dilewati dan dicatat demikian: {}. Bila sudah dilakukan, catat dengan `tanggap case`.", skipped.join(", ")).to_string());
    }
    note(body)
}

pub(super) fn refused(word: &str, register: &str, why: Refusal) -> NoteDraft {
    let why = match why {
        Refusal::AlreadyThere => "kasus sudah pada tahap itu; tidak ada yang berubah",
        Refusal::Over => "kasus sudah berakhir; tulis #bukakembali dahulu",
    };
    note(format!(
        "{word}: tidak dicatat pada kasus {register}: {why}."
    ))
}

pub(super) fn unknown_case(word: &str, register: &str) -> NoteDraft {
    note(format!(
        "{word}: kasus {register} tidak ada di register, atau kasus itu sendiri. Periksa nomornya; daftar kasus: tanggap case list."
    ))
}

/// Letters that were let go, and why others were not.
pub(super) fn letters(register: &str, gone: &[String], kept: &[String]) -> NoteDraft {
    let mut body = match gone {
        [] => format!("Tidak ada surat kasus {register} yang dilepas."),
        gone => format!("Surat dilepas: {}.", gone.join(", ")),
    };
    for why in kept {
        body.push_str("\nTidak dilepas: ");
        body.push_str(why);
    }
    if gone.is_empty() && kept.is_empty() {
        body.push_str(" Yang menunggu dilepas haruslah surat yang sudah ditandatangani, atau surel biasa; daftarnya: tanggap letter list.");
    }
    note(body)
}

pub(super) fn not_understood(why: &str) -> NoteDraft {
    note(format!("{why}."))
}

fn note(body: String) -> NoteDraft {
    NoteDraft {
        title: "tanggap".to_owned(),
        body,
    }
}

fn in_words(meaning: &Meaning) -> String {
    match meaning {
        Meaning::Step { step, .. } => step.name().to_owned(),
        Meaning::Reopened => "dibuka kembali".to_owned(),
        Meaning::Severity(severity) => format!("tingkat {severity}"),
        Meaning::Type(incident) => format!("jenis {incident}"),
        Meaning::Assigned(to) => format!("ditugaskan kepada {to}"),
        Meaning::MergedInto { register, .. } => format!("diteruskan dalam {register}"),
    }
}
