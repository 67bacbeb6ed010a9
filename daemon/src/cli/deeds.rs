//! What the staff did, in words, for `tanggap case show`.

use super::dates;
use crate::case::{Act, Event, Way};
use crate::clock::Timestamp;

/// What passed between the case and its ticket, as the case's history tells it.
pub fn between_us_and_the_desk(event: &Event) -> String {
    match event {
        Event::NoteOrdered { about } => format!("catatan untuk tiket dipesan ({about})"),
        Event::NoteShown { about } => format!("catatan tampil di tiket ({about})"),
        Event::NoteRefused { about, why } => {
            format!("catatan tidak tampil di tiket ({about}): {why}")
        }
        Event::SeverityOrdered { severity, .. } => {
            format!("prioritas tiket akan disesuaikan dengan tingkat {severity}")
        }
        Event::SeverityShown { severity } => {
            format!("prioritas tiket disesuaikan dengan tingkat {severity}")
        }
        Event::SeverityKept { severity, now } => format!(
            "tingkat {severity} tidak ditulis ke tiket: petugas sudah menetapkan \"{now}\" di osTicket"
        ),
        Event::StatusOrdered { step, .. } => format!("status tiket akan mengikuti: {step}"),
        Event::StatusShown { step } => format!("status tiket mengikuti: {step}"),
        Event::StatusKept { step, now } => format!(
            "status tiket tidak diubah ({step}): petugas sudah menetapkan \"{now}\" di osTicket; catatan untuk mereka ada di tiket"
        ),
        Event::StatusRefused { step, why } => {
            format!("status tiket tidak mengikuti ({step}): {why}")
        }
        other => format!("{other:?}"),
    }
}

/// One act, as the case's history tells it.
pub fn in_words(act: &Act) -> String {
    match act {
        Act::TakenDown {
            intake,
            name,
            contact,
            ..
        } => format!("laporan lewat {} dari {name} ({contact})", intake.name()),
        Act::Triaged {
            severity,
            incident,
            priority,
            reason,
        } => {
            let priority = if *priority == 0 {
                String::new()
            } else {
                format!(", prioritas {priority}")
            };
            format!("triase{}{priority}", judged(severity, incident, reason))
        }
        Act::Reclassified {
            severity,
            incident,
            reason,
        } => format!("penilaian diubah{}", judged(severity, incident, reason)),
        Act::Disposed {
            from,
            to,
            instruction,
        } => format!("disposisi dari {from} kepada {to}: {instruction}"),
        Act::Decided { way, reason } => match way {
            Way::Own => format!("diputuskan: ditangani sendiri ({reason})"),
            Way::Bssn => format!("diputuskan: dieskalasi ke BSSN ({reason})"),
        },
        Act::Assigned { to } => format!("ditugaskan kepada {to}"),
        Act::Identified { findings } => format!("identifikasi awal: {findings}"),
        Act::NationalAnswer { reference, advice } => format!("BSSN, nomor {reference}: {advice}"),
        other => later(other),
    }
}

fn later(act: &Act) -> String {
    match act {
        Act::Detected {
            weaknesses,
            detection,
        } => format!("kelemahan: {weaknesses}; deteksi baru: {detection}"),
        Act::Handled { done } => format!("tindakan: {done}"),
        Act::Recovered {
            at_ms,
            confirmed_by,
        } => format!(
            "kembali normal {} menurut {confirmed_by}",
            dates::moment(Timestamp(*at_ms))
        ),
        Act::Analysed {
            cause,
            impact,
            recommendation,
        } => format!("analisis: penyebab {cause}; dampak {impact}; rekomendasi {recommendation}"),
        Act::Closed { result } => format!("ditutup: {result}"),
        Act::Reopened { reason } => format!("dibuka lagi: {reason}"),
        Act::Drafted { .. } => "draf publikasi ditulis".to_owned(),
        Act::Reported { period } => format!("masuk laporan kegiatan {period}"),
        Act::Skipped { step, reason } => {
            format!("langkah {} dilewati: {reason}", step.in_words())
        }
        Act::Dismissed { exit, of, reason } => {
            let of = if of.is_empty() {
                String::new()
            } else {
                format!(" dari {of}")
            };
            format!("{}{of}: {reason}", exit.phase().in_words())
        }
        Act::Linked { register, how } => format!("{register} {how}"),
        Act::Waiting { asked } => format!("menunggu pelapor: {asked}"),
        Act::Found { at_ms } => format!("ditemukan {}", dates::moment(Timestamp(*at_ms))),
        Act::Deadline { which, at_ms: 0 } => format!("batas waktu {which} dipasang"),
        Act::Deadline { which, at_ms } => {
            format!("batas waktu {which}: {}", dates::moment(Timestamp(*at_ms)))
        }
        Act::Noted { text } => format!("catatan: {text}"),
        Act::Affected {
            system,
            office,
            impact,
        } => {
            let told = [
                ("sistem ", system),
                ("pemilik ", office),
                ("dampak ", impact),
            ];
            let told = told.iter().filter(|(_, said)| !said.is_empty());
            let told: Vec<_> = told.map(|(what, said)| format!("{what}{said}")).collect();
            format!("terdampak: {}", told.join("; "))
        }
        Act::Preserved { held: true, reason } => {
            format!("surel asli ditahan dari retensi: {reason}")
        }
        Act::Preserved {
            held: false,
            reason,
        } => format!("penahanan surel asli dilepas: {reason}"),
        Act::Proposed { priority, tags } => {
            let place = match priority {
                0 => String::new(),
                place => format!(" prioritas {place}"),
            };
            format!("usulan aturan:{place} {}", tags.join(", "))
        }
        _ => "-".to_owned(),
    }
}

fn judged(severity: &str, incident: &str, reason: &str) -> String {
    let said = |what: &str, word: &str| {
        if word.is_empty() {
            String::new()
        } else {
            format!("{what}{word}")
        }
    };
    format!(
        "{}{}{}",
        said(", tingkat ", severity),
        said(", jenis ", incident),
        said(": ", reason)
    )
}
