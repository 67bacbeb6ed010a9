//! What becomes of a letter that a person answers for: drafted, numbered, signed, released, sent. Pure.
//!
//! Nothing of it leaves the house before somebody released it; what was signed is never altered again.

use serde::{Deserialize, Serialize};

use crate::tongue::{Tongue, say_in};

/// Where a letter of ours stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// A formal letter that waits for its number.
    Draft,
    /// Numbered and printed; waits for its signature.
    Numbered,
    /// The signed file is here; waits for release.
    Signed,
    /// A plain mail, which nobody signs; waits for release.
    Ready,
    /// In the outbox.
    Released,
    Sent,
    Cancelled,
}

impl LetterState {
    const ALL: [Self; 7] = [
        Self::Draft,
        Self::Numbered,
        Self::Signed,
        Self::Ready,
        Self::Released,
        Self::Sent,
        Self::Cancelled,
    ];

    /// As stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Numbered => "numbered",
            Self::Signed => "signed",
            Self::Ready => "ready",
            Self::Released => "released",
            Self::Sent => "sent",
            Self::Cancelled => "cancelled",
        }
    }

    /// As the staff say it, with what is to be done next.
    pub fn in_words(self, tongue: Tongue) -> &'static str {
        match self {
            Self::Draft => tongue.choose("konsep, menunggu nomor", "draft, waits for its number"),
            Self::Numbered => tongue.choose(
                "bernomor, menunggu tanda tangan",
                "numbered, waits for a signature",
            ),
            Self::Signed => tongue.choose(
                "ditandatangani, menunggu dilepas",
                "signed, waits to be released",
            ),
            Self::Ready => tongue.choose("siap, menunggu dilepas", "ready, waits to be released"),
            Self::Released => tongue.choose("dilepas, sedang dikirim", "released, being sent"),
            Self::Sent => tongue.choose("terkirim", "sent"),
            Self::Cancelled => tongue.choose("batal", "cancelled"),
        }
    }

    /// The state stored under this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// It waits for nothing but its release.
    pub fn waits_for_release(self) -> bool {
        matches!(self, Self::Signed | Self::Ready)
    }

    /// What a deed leads to; `None` where it cannot be done now.
    pub fn after(self, deed: &LetterDeed) -> Option<Self> {
        match (self, deed) {
            (Self::Draft, LetterDeed::Numbered { .. }) => Some(Self::Numbered),
            (Self::Numbered, LetterDeed::Signed { .. }) => Some(Self::Signed),
            // Unsigned only where the setting says so, and again only to another address: whoever releases has looked at that.
            (
                Self::Numbered | Self::Signed | Self::Ready | Self::Released | Self::Sent,
                LetterDeed::Released { .. },
            )
            | (Self::Released, LetterDeed::Refused { .. }) => Some(Self::Released),
            (Self::Released | Self::Sent, LetterDeed::Sent(_)) => Some(Self::Sent),
            (
                Self::Draft | Self::Numbered | Self::Signed | Self::Ready,
                LetterDeed::Cancelled { .. },
            ) => Some(Self::Cancelled),
            _ => None,
        }
    }
}

/// What was done with a letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum LetterDeed {
    /// Printed with the secretariat's number.
    Numbered {
        number: String,
        to: String,
        subject: String,
        sha256: String,
    },
    /// The signed file came back.
    Signed {
        number: String,
        to: String,
        subject: String,
        sha256: String,
        /// How it is signed, in words.
        proof: String,
    },
    /// A person lets it go.
    Released {
        /// Empty where it is carried by hand.
        address: String,
        /// Counts releases: a letter that came back may go to another address.
        turn: i64,
    },
    Sent(Box<SentLetter>),
    Refused {
        why: String,
    },
    Cancelled {
        number: String,
        reason: String,
    },
}

/// What the outgoing agenda says of a letter that left.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SentLetter {
    /// What the mail server called it.
    pub id: String,
    pub turn: i64,
    pub number: String,
    /// `23-11-2026`
    pub date: String,
    pub to: String,
    pub address: String,
    pub subject: String,
    /// SR, R, T or B.
    pub security: String,
    /// Of the file that went along; empty for a plain mail.
    pub sha256: String,
}

/// A deed on one letter of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lettered {
    /// Counts the letters of a case.
    pub letter: i64,
    /// `jawaban`, `penutupan`, …
    pub kind: String,
    #[serde(flatten)]
    pub deed: LetterDeed,
}

/// As the case's history tells it.
pub fn in_words(told: &Lettered, tongue: Tongue) -> String {
    let which = say_in!(
        tongue,
        "surat {} ({})",
        "letter {} ({})",
        told.letter,
        told.kind
    );
    match &told.deed {
        LetterDeed::Numbered { number, to, .. } => {
            say_in!(
                tongue,
                "{which} bernomor {number} kepada {to}; menunggu tanda tangan",
                "{which} numbered {number} to {to}; waits for a signature"
            )
        }
        LetterDeed::Signed {
            number,
            proof,
            sha256,
            ..
        } => {
            let short: String = sha256.chars().take(12).collect();
            say_in!(
                tongue,
                "{which} nomor {number} ditandatangani ({proof}); sidik {short}…",
                "{which} number {number} signed ({proof}); hash {short}…"
            )
        }
        LetterDeed::Released { address, .. } if address.is_empty() => {
            say_in!(
                tongue,
                "{which} dilepas untuk diantar",
                "{which} released for delivery by hand"
            )
        }
        LetterDeed::Released { address, .. } => say_in!(
            tongue,
            "{which} dilepas ke {address}",
            "{which} released to {address}"
        ),
        LetterDeed::Sent(sent) if sent.address.is_empty() => {
            say_in!(
                tongue,
                "{which} diantar kepada {}",
                "{which} delivered to {}",
                sent.to
            )
        }
        LetterDeed::Sent(sent) => say_in!(
            tongue,
            "{which} terkirim ke {} ({})",
            "{which} sent to {} ({})",
            sent.address,
            sent.id
        ),
        LetterDeed::Refused { why } => say_in!(
            tongue,
            "{which} tidak terkirim: {why}",
            "{which} not sent: {why}"
        ),
        LetterDeed::Cancelled { reason, .. } => say_in!(
            tongue,
            "{which} batal: {reason}",
            "{which} cancelled: {reason}"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered() -> LetterDeed {
        LetterDeed::Numbered {
            number: "1".into(),
            to: "K".into(),
            subject: "S".into(),
            sha256: "0".into(),
        }
    }

    fn signed() -> LetterDeed {
        LetterDeed::Signed {
            number: "1".into(),
            to: "K".into(),
            subject: "S".into(),
            sha256: "0".into(),
            proof: "P".into(),
        }
    }

    #[test]
    fn nothing_is_signed_twice_sent_unreleased_or_taken_back_once_it_left() {
        let released = LetterDeed::Released {
            address: "a@b.example".into(),
            turn: 1,
        };
        let sent = LetterDeed::Sent(Box::default());
        let cancelled = LetterDeed::Cancelled {
            number: String::new(),
            reason: "x".into(),
        };
        let table: Vec<String> = LetterState::ALL
            .into_iter()
            .map(|state| {
                let after = [&numbered(), &signed(), &released, &sent, &cancelled]
                    .map(|deed| state.after(deed).map_or("-", LetterState::name));
                format!("{}: {}", state.name(), after.join(" "))
            })
            .collect();
        assert_eq!(
            table,
            [
                "draft: numbered - - - cancelled",
                "numbered: - signed released - cancelled",
                "signed: - - released - cancelled",
                "ready: - - released - cancelled",
                "released: - - released sent -",
                "sent: - - released sent -",
                "cancelled: - - - - -",
            ]
        );
    }

    #[test]
    fn a_deed_is_read_back_from_its_json() {
        let told = Lettered {
            letter: 2,
            kind: "penutupan".into(),
            deed: LetterDeed::Sent(Box::new(SentLetter {
                id: "x".into(),
                turn: 1,
                ..SentLetter::default()
            })),
        };
        let json = serde_json::to_string(&crate::case::Event::Lettered(told.clone()));
        let json = json.unwrap_or_default();
        let back: Option<crate::case::Event> = serde_json::from_str(&json).ok();
        assert_eq!(back, Some(crate::case::Event::Lettered(told)), "{json}");
    }
}
