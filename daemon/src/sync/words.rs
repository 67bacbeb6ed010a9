//! Every sentence that this tick writes into a ticket: what was understood, what became of it, what to do next.

use tanggap_rules::{Tongue, Words, say_in};

use crate::case::meaning::Refusal;
use crate::case::{Act, Meaning};
use crate::ticket::NoteDraft;

pub(super) fn done(
    (word, meaning): (&str, &Meaning),
    register: &str,
    acts: &[Act],
    tongue: Tongue,
) -> NoteDraft {
    let mut body = say_in!(
        tongue,
        "{word}: dicatat pada kasus {register}: {}.",
        "{word}: recorded in case {register}: {}.",
        in_words(meaning, tongue)
    );
    let skipped: Vec<&str> = acts
        .iter()
        .filter_map(|act| match act {
            Act::Skipped { step, .. } => Some(step.in_words(tongue)),
            _ => None,
        })
        .collect();
    if !skipped.is_empty() {
        body.push_str(&say_in!(tongue, "\nLangkah yang dilewati dan dicatat demikian: {}. Bila sudah dilakukan, catat dengan `tanggap case`.", "\nSteps passed over, and recorded so: {}. If they were done, record them with `tanggap case`.", skipped.join(", ")));
    }
    note(body)
}

pub(super) fn refused(word: &str, register: &str, why: Refusal, tongue: Tongue) -> NoteDraft {
    let why = match why {
        Refusal::AlreadyThere => tongue.choose(
            "kasus sudah pada tahap itu; tidak ada yang berubah",
            "the case is at that step already; nothing changed",
        ),
        Refusal::Over => tongue.choose(
            "kasus sudah berakhir; tulis #bukakembali dahulu",
            "the case is at its end; write #bukakembali (reopen) first",
        ),
    };
    note(say_in!(
        tongue,
        "{word}: tidak dicatat pada kasus {register}: {why}.",
        "{word}: not recorded in case {register}: {why}."
    ))
}

pub(super) fn unknown_case(word: &str, register: &str, tongue: Tongue) -> NoteDraft {
    note(say_in!(
        tongue,
        "{word}: kasus {register} tidak ada di register, atau kasus itu sendiri. Periksa nomornya; daftar kasus: tanggap case list.",
        "{word}: case {register} is not in the register, or is this case itself. Check its number; all cases: tanggap case list."
    ))
}

/// Letters that were let go, and why others were not.
pub(super) fn letters(
    register: &str,
    gone: &[String],
    kept: &[String],
    tongue: Tongue,
) -> NoteDraft {
    let mut body = match gone {
        [] => say_in!(
            tongue,
            "Tidak ada surat kasus {register} yang dilepas.",
            "No letter of case {register} was released."
        ),
        gone => say_in!(
            tongue,
            "Surat dilepas: {}.",
            "Letters released: {}.",
            gone.join(", ")
        ),
    };
    for why in kept {
        body.push_str(tongue.choose("\nTidak dilepas: ", "\nNot released: "));
        body.push_str(why);
    }
    if gone.is_empty() && kept.is_empty() {
        body.push_str(tongue.choose(" Yang menunggu dilepas haruslah surat yang sudah ditandatangani, atau surel biasa; daftarnya: tanggap letter list.", " Only a letter that is signed, or a plain mail, can be released; see: tanggap letter list."));
    }
    note(body)
}

pub(super) fn not_understood(why: &Words, tongue: Tongue) -> NoteDraft {
    note(format!("{}.", why.told(tongue)))
}

/// The same note, with one sentence more.
pub(super) fn and(mut note: NoteDraft, more: Option<String>) -> NoteDraft {
    if let Some(more) = more {
        note.body.push('\n');
        note.body.push_str(&more);
    }
    note
}

/// What is said by itself.
pub(super) fn note(body: String) -> NoteDraft {
    NoteDraft {
        title: "tanggap".to_owned(),
        body,
    }
}

fn in_words(meaning: &Meaning, tongue: Tongue) -> String {
    match meaning {
        Meaning::Step { step, .. } => step.told(tongue).to_owned(),
        Meaning::Reopened => tongue.choose("dibuka kembali", "reopened").to_owned(),
        Meaning::Severity(severity) => say_in!(tongue, "tingkat {severity}", "severity {severity}"),
        Meaning::Type(incident) => say_in!(tongue, "jenis {incident}", "type {incident}"),
        Meaning::Assigned(to) => say_in!(tongue, "ditugaskan kepada {to}", "assigned to {to}"),
        Meaning::MergedInto { register, .. } => say_in!(
            tongue,
            "diteruskan dalam {register}",
            "goes on in {register}"
        ),
    }
}
