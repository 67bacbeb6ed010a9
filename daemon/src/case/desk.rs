//! What happened to a case's ticket in osTicket, as its history keeps it. Words are osTicket's; what they mean to the SOP stands
//! beside them as acts.

use serde::{Deserialize, Serialize};

use crate::tongue::{Tongue, say_in};

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
pub fn in_words(seen: &InDesk, tongue: Tongue) -> String {
    let what = match &seen.deed {
        Deed::Status { to } => say_in!(tongue, "status menjadi \"{to}\"", "status now \"{to}\""),
        Deed::Reopened { to } => say_in!(
            tongue,
            "dibuka kembali, status \"{to}\"",
            "reopened, status \"{to}\""
        ),
        Deed::Assigned { to } => say_in!(tongue, "ditugaskan kepada {to}", "assigned to {to}"),
        Deed::Released => tongue
            .choose("penugasan dilepas", "assignment given up")
            .to_owned(),
        Deed::Edited { field, from, to } => say_in!(
            tongue,
            "{field} dari \"{from}\" menjadi \"{to}\"",
            "{field} from \"{from}\" to \"{to}\""
        ),
        Deed::Message { text } => say_in!(
            tongue,
            "pesan pelapor: {}",
            "message of the reporter: {}",
            short(text)
        ),
        Deed::Reply { text } => say_in!(
            tongue,
            "jawaban petugas: {}",
            "reply of staff: {}",
            short(text)
        ),
        Deed::Note { text } => say_in!(tongue, "catatan: {}", "note: {}", short(text)),
        Deed::Rewritten { text } => say_in!(
            tongue,
            "isi diubah menjadi: {}",
            "text changed to: {}",
            short(text)
        ),
        Deed::Merged { number } => say_in!(
            tongue,
            "digabung dengan tiket {number}",
            "merged with ticket {number}"
        ),
        Deed::Linked { number } => say_in!(
            tongue,
            "ditautkan dengan tiket {number}",
            "linked with ticket {number}"
        ),
        Deed::Unlinked { number } => say_in!(
            tongue,
            "tautan dengan tiket {number} dilepas",
            "link with ticket {number} removed"
        ),
        Deed::Deleted => tongue.choose("tiket dihapus", "ticket deleted").to_owned(),
        Deed::Other { name } => say_in!(
            tongue,
            "tercatat di osTicket: {name}",
            "recorded in osTicket: {name}"
        ),
    };
    if seen.by.is_empty() {
        say_in!(
            tongue,
            "osTicket: {what} (ditemukan saat pencocokan)",
            "osTicket: {what} (found when the two were compared)"
        )
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
