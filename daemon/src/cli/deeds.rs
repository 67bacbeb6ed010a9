//! What the staff did, in words, for `tanggap case show`.

use super::dates;
use crate::case::{Act, Event, Way};
use crate::clock::Timestamp;
use crate::tongue::{Tongue, say_in};

/// What passed between the case and its ticket, as the case's history tells it.
pub fn between_us_and_the_desk(event: &Event, tongue: Tongue) -> String {
    match event {
        Event::NoteOrdered { about } => say_in!(
            tongue,
            "catatan untuk tiket dipesan ({about})",
            "note for the ticket ordered ({about})"
        ),
        Event::NoteShown { about } => say_in!(
            tongue,
            "catatan tampil di tiket ({about})",
            "note shown in the ticket ({about})"
        ),
        Event::NoteRefused { about, why } => {
            say_in!(
                tongue,
                "catatan tidak tampil di tiket ({about}): {why}",
                "note not shown in the ticket ({about}): {why}"
            )
        }
        Event::SeverityOrdered { severity, .. } => {
            say_in!(
                tongue,
                "prioritas tiket akan disesuaikan dengan tingkat {severity}",
                "the ticket's priority will follow severity {severity}"
            )
        }
        Event::SeverityShown { severity } => {
            say_in!(
                tongue,
                "prioritas tiket disesuaikan dengan tingkat {severity}",
                "the ticket's priority follows severity {severity}"
            )
        }
        Event::SeverityKept { severity, now } => say_in!(
            tongue,
            "tingkat {severity} tidak ditulis ke tiket: petugas sudah menetapkan \"{now}\" di osTicket",
            "severity {severity} not written to the ticket: staff set \"{now}\" in osTicket"
        ),
        Event::StatusOrdered { step, .. } => say_in!(
            tongue,
            "status tiket akan mengikuti: {step}",
            "the ticket's status will follow: {step}"
        ),
        Event::StatusShown { step } => say_in!(
            tongue,
            "status tiket mengikuti: {step}",
            "the ticket's status follows: {step}"
        ),
        Event::StatusKept { step, now } => say_in!(
            tongue,
            "status tiket tidak diubah ({step}): petugas sudah menetapkan \"{now}\" di osTicket; catatan untuk mereka ada di tiket",
            "the ticket's status left unchanged ({step}): staff set \"{now}\" in osTicket; a note for them is in the ticket"
        ),
        Event::StatusRefused { step, why } => {
            say_in!(
                tongue,
                "status tiket tidak mengikuti ({step}): {why}",
                "the ticket's status does not follow ({step}): {why}"
            )
        }
        other => format!("{other:?}"),
    }
}

/// One act, as the case's history tells it.
pub fn in_words(act: &Act, tongue: Tongue) -> String {
    match act {
        Act::TakenDown {
            intake,
            name,
            contact,
            ..
        } => say_in!(
            tongue,
            "laporan lewat {} dari {name} ({contact})",
            "reported by {} by {name} ({contact})",
            intake.name()
        ),
        Act::Triaged {
            severity,
            incident,
            priority,
            reason,
        } => {
            let priority = if *priority == 0 {
                String::new()
            } else {
                say_in!(tongue, ", prioritas {priority}", ", priority {priority}")
            };
            say_in!(
                tongue,
                "triase{}{priority}",
                "triage{}{priority}",
                judged(severity, incident, reason, tongue)
            )
        }
        Act::Reclassified {
            severity,
            incident,
            reason,
        } => say_in!(
            tongue,
            "penilaian diubah{}",
            "judgement changed{}",
            judged(severity, incident, reason, tongue)
        ),
        Act::Raised {
            severity,
            entry,
            reason,
        } => say_in!(
            tongue,
            "tingkat dinaikkan menjadi {severity} karena susulan di jurnal nomor {entry}: {reason}",
            "severity raised to {severity} by a follow-up, journal number {entry}: {reason}"
        ),
        Act::Disposed {
            from,
            to,
            instruction,
        } => say_in!(
            tongue,
            "disposisi dari {from} kepada {to}: {instruction}",
            "disposition from {from} to {to}: {instruction}"
        ),
        Act::Decided { way, reason } => match way {
            Way::Own => say_in!(
                tongue,
                "diputuskan: ditangani sendiri ({reason})",
                "decided: handled by us ({reason})"
            ),
            Way::Bssn => say_in!(
                tongue,
                "diputuskan: dieskalasi ke BSSN ({reason})",
                "decided: escalated to BSSN ({reason})"
            ),
        },
        Act::Assigned { to } => say_in!(tongue, "ditugaskan kepada {to}", "assigned to {to}"),
        Act::Identified { findings } => say_in!(
            tongue,
            "identifikasi awal: {findings}",
            "first identification: {findings}"
        ),
        Act::NationalAnswer { reference, advice } => say_in!(
            tongue,
            "BSSN, nomor {reference}: {advice}",
            "BSSN, number {reference}: {advice}"
        ),
        other => later(other, tongue),
    }
}

fn later(act: &Act, tongue: Tongue) -> String {
    match act {
        Act::Detected {
            weaknesses,
            detection,
        } => say_in!(
            tongue,
            "kelemahan: {weaknesses}; deteksi baru: {detection}",
            "weaknesses: {weaknesses}; new detection: {detection}"
        ),
        Act::Handled { done } => say_in!(tongue, "tindakan: {done}", "done: {done}"),
        Act::Recovered {
            at_ms,
            confirmed_by,
        } => say_in!(
            tongue,
            "kembali normal {} menurut {confirmed_by}",
            "back to normal {} by the word of {confirmed_by}",
            dates::moment(Timestamp(*at_ms))
        ),
        Act::Analysed {
            cause,
            impact,
            recommendation,
        } => say_in!(
            tongue,
            "analisis: penyebab {cause}; dampak {impact}; rekomendasi {recommendation}",
            "analysis: cause {cause}; impact {impact}; recommendation {recommendation}"
        ),
        Act::Closed { result } => say_in!(tongue, "ditutup: {result}", "closed: {result}"),
        Act::Reopened { reason } => say_in!(tongue, "dibuka lagi: {reason}", "reopened: {reason}"),
        Act::Drafted { .. } => tongue
            .choose("draf publikasi ditulis", "draft publication written")
            .to_owned(),
        Act::Reported { period } => say_in!(
            tongue,
            "masuk laporan kegiatan {period}",
            "in the activity report {period}"
        ),
        Act::Skipped { step, reason } => {
            say_in!(
                tongue,
                "langkah {} dilewati: {reason}",
                "step {} skipped: {reason}",
                step.in_words(tongue)
            )
        }
        Act::Dismissed { exit, of, reason } => {
            let of = if of.is_empty() {
                String::new()
            } else {
                say_in!(tongue, " dari {of}", " of {of}")
            };
            format!("{}{of}: {reason}", exit.phase().in_words(tongue))
        }
        other => aside(other, tongue),
    }
}

/// What is no step of the SOP.
fn aside(act: &Act, tongue: Tongue) -> String {
    match act {
        Act::Linked { register, how } => format!("{register} {how}"),
        Act::Waiting { asked } => say_in!(
            tongue,
            "menunggu pelapor: {asked}",
            "waiting for the reporter: {asked}"
        ),
        Act::Found { at_ms } => say_in!(
            tongue,
            "ditemukan {}",
            "found {}",
            dates::moment(Timestamp(*at_ms))
        ),
        Act::Deadline { which, at_ms: 0 } => say_in!(
            tongue,
            "batas waktu {which} dipasang",
            "deadline {which} set"
        ),
        Act::Deadline { which, at_ms } => {
            say_in!(
                tongue,
                "batas waktu {which}: {}",
                "deadline {which}: {}",
                dates::moment(Timestamp(*at_ms))
            )
        }
        Act::Noted { text } => say_in!(tongue, "catatan: {text}", "note: {text}"),
        Act::Affected {
            system,
            office,
            impact,
        } => {
            let told = [
                (tongue.choose("sistem ", "system "), system),
                (tongue.choose("pemilik ", "owner "), office),
                (tongue.choose("dampak ", "impact "), impact),
            ];
            let told = told.iter().filter(|(_, said)| !said.is_empty());
            let told: Vec<_> = told.map(|(what, said)| format!("{what}{said}")).collect();
            say_in!(tongue, "terdampak: {}", "affected: {}", told.join("; "))
        }
        Act::Preserved { held: true, reason } => {
            say_in!(
                tongue,
                "surel asli ditahan dari retensi: {reason}",
                "original mail kept from retention: {reason}"
            )
        }
        Act::Preserved {
            held: false,
            reason,
        } => say_in!(
            tongue,
            "penahanan surel asli dilepas: {reason}",
            "original mail no longer kept: {reason}"
        ),
        Act::Proposed { priority, tags } => {
            let place = match priority {
                0 => String::new(),
                place => say_in!(tongue, " prioritas {place}", " priority {place}"),
            };
            say_in!(
                tongue,
                "usulan aturan:{place} {}",
                "proposed by rules:{place} {}",
                tags.join(", ")
            )
        }
        _ => "-".to_owned(),
    }
}

fn judged(severity: &str, incident: &str, reason: &str, tongue: Tongue) -> String {
    let said = |what: &str, word: &str| {
        if word.is_empty() {
            String::new()
        } else {
            format!("{what}{word}")
        }
    };
    format!(
        "{}{}{}",
        said(tongue.choose(", tingkat ", ", severity "), severity),
        said(tongue.choose(", jenis ", ", type "), incident),
        said(": ", reason)
    )
}
