//! A role is told once that a deadline comes near; the mail has no word of the case in it. Pure.

use serde::{Deserialize, Serialize};

use crate::tongue::{Tongue, say_in};

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
pub fn in_words(warned: &Warned, tongue: Tongue) -> String {
    let what = match warned.stand {
        Stand::Ordered => tongue.choose("dipesan", "ordered"),
        Stand::Sent => tongue.choose("terkirim", "sent"),
        Stand::Refused => tongue.choose("tidak terkirim", "not sent"),
    };
    say_in!(
        tongue,
        "peringatan batas waktu {} ({} %) kepada {} {what}",
        "warning of deadline {} ({} %) to {} {what}",
        warned.which,
        warned.percent,
        warned.role
    )
}
