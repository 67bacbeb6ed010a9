//! What happened to a case's ticket in osTicket, as its history keeps it. Words are osTicket's; what they mean to the SOP stands
//! beside them as acts.

use serde::{Deserialize, Serialize};

/// What was done to a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum Deed {
    Status {
        to: String,
    },
    Reopened {
        to: String,
    },
    Assigned {
        to: String,
    },
    Released,
    Edited {
        field: String,
        from: String,
        to: String,
    },
    /// By a reporter, inside osTicket.
    Message {
        text: String,
    },
    /// By staff, to the reporter.
    Reply {
        text: String,
    },
    Note {
        text: String,
    },
    /// An entry was written anew.
    Rewritten {
        text: String,
    },
    Merged {
        number: String,
    },
    Linked {
        number: String,
    },
    Unlinked {
        number: String,
    },
    Deleted,
    /// By osTicket's own name for it.
    Other {
        name: String,
    },
}

/// A deed, who did it, and when by osTicket's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InDesk {
    #[serde(flatten)]
    pub deed: Deed,
    /// Empty where it was found later and nobody can say who.
    pub by: String,
    pub at_ms: i64,
}

/// As the case's history tells it.
pub fn in_words(seen: &InDesk) -> String {
    let what = match &seen.deed {
        Deed::Status { to } => format!("status menjadi \"{to}\""),
        Deed::Reopened { to } => format!("dibuka kembali, status \"{to}\""),
        Deed::Assigned { to } => format!("ditugaskan kepada {to}"),
        Deed::Released => "penugasan dilepas".to_owned(),
        Deed::Edited { field, from, to } => format!("{field} dari \"{from}\" menjadi \"{to}\""),
        Deed::Message { text } => format!("pesan pelapor: {}", short(text)),
        Deed::Reply { text } => format!("jawaban petugas: {}", short(text)),
        Deed::Note { text } => format!("catatan: {}", short(text)),
        Deed::Rewritten { text } => format!("isi diubah menjadi: {}", short(text)),
        Deed::Merged { number } => format!("digabung dengan tiket {number}"),
        Deed::Linked { number } => format!("ditautkan dengan tiket {number}"),
        Deed::Unlinked { number } => format!("tautan dengan tiket {number} dilepas"),
        Deed::Deleted => "tiket dihapus".to_owned(),
        Deed::Other { name } => format!("tercatat di osTicket: {name}"),
    };
    if seen.by.is_empty() {
        format!("osTicket: {what} (ditemukan saat pencocokan)")
    } else {
        format!("osTicket: {what}")
    }
}

fn short(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= 120 {
        return line;
    }
    let mut cut: String = line.chars().take(119).collect();
    cut.push('…');
    cut
}
