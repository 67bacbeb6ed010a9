//! A role is told once that a deadline comes near; the mail has no word of the case in it. Pure.

use serde::{Deserialize, Serialize};

/// How far the telling has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stand {
    Ordered,
    Sent,
    Refused,
}

/// One warning to one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warned {
    /// The clock's name.
    pub which: String,
    pub due_ms: i64,
    pub percent: i64,
    /// `ketua`
    pub role: String,
    pub stand: Stand,
}

/// As the case's history tells it.
pub fn in_words(warned: &Warned) -> String {
    let what = match warned.stand {
        Stand::Ordered => "dipesan",
        Stand::Sent => "terkirim",
        Stand::Refused => "tidak terkirim",
    };
    format!(
        "peringatan batas waktu {} ({} %) kepada {} {what}",
        warned.which, warned.percent, warned.role
    )
}
