//! Why a reporter got no receipt, in words for the staff.

use std::fmt;

use serde::{Deserialize, Serialize};
use tanggap_rules::Kind;

use super::clean;
use crate::tongue::{say, word};

/// Of a stranger's words at most so many characters are repeated to the staff.
const QUOTED: usize = 100;

/// Why no receipt was written; shown to the staff as one clause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", content = "what", rename_all = "snake_case")]
pub enum Withheld {
    SwitchedOff,
    NotAReport(Kind),
    /// The mail could not be read, or was too large: a human reads it first.
    ForHuman,
    Automatic(String),
    Precedence(String),
    List(String),
    SuppressAsked(String),
    LoopHeader(String),
    SystemSender(String),
    MachineType(String),
    NullSender,
    NoReturnPath,
    UnreadableReturnPath,
    NoSender,
    ManyHops(u32),
    Spam(String),
    OwnMail(String),
    NotToUs,
    Forged,
    Unproven,
    OtherHouse {
        from: String,
        return_path: String,
    },
    /// The address needs SMTPUTF8 (RFC 6531), which the way there may not speak.
    International(String),
    /// Not one plain address.
    UnsafeAddress(String),
    PerSender(u32),
    PerDomain(u32),
    InAll(u32),
    CoolingDown,
}

impl fmt::Display for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.clause())
    }
}

impl Withheld {
    fn clause(&self) -> String {
        let quoted = |text: &String| clean::one_line(text, QUOTED);
        match self {
            Self::SwitchedOff => word(
                "tanda terima dimatikan di konfigurasi",
                "receipts are switched off in the configuration",
            )
            .to_owned(),
            Self::NotAReport(kind) => say!(
                "bukan laporan baru ({})",
                "no new report ({})",
                kind_in_words(*kind)
            ),
            Self::ForHuman => word(
                "surelnya harus dibaca manusia dahulu",
                "a human must read the mail first",
            )
            .to_owned(),
            Self::Automatic(value) => {
                say!(
                    "dikirim otomatis (Auto-Submitted: {})",
                    "sent automatically (Auto-Submitted: {})",
                    quoted(value)
                )
            }
            Self::Precedence(value) => say!(
                "kiriman massal (Precedence: {})",
                "sent in bulk (Precedence: {})",
                quoted(value)
            ),
            Self::List(header) => say!(
                "kiriman milis atau massal (kepala {})",
                "mailing list or bulk mail (header {})",
                quoted(header)
            ),
            Self::SuppressAsked(value) => {
                say!(
                    "pengirim meminta tidak dijawab otomatis (X-Auto-Response-Suppress: {})",
                    "the sender asks for no automatic answers (X-Auto-Response-Suppress: {})",
                    quoted(value)
                )
            }
            Self::LoopHeader(header) => {
                say!(
                    "dikirim penjawab otomatis (kepala {})",
                    "sent by an automatic responder (header {})",
                    quoted(header)
                )
            }
            Self::SystemSender(address) => {
                say!(
                    "pengirimnya kotak surat sistem ({})",
                    "the sender is a system's mailbox ({})",
                    quoted(address)
                )
            }
            Self::MachineType(kind) => say!(
                "pesan antarmesin ({})",
                "a message between machines ({})",
                quoted(kind)
            ),
            other => other.other_clause(),
        }
    }

    /// The rest of them: what is wrong with the sender, or with how much was sent.
    fn other_clause(&self) -> String {
        let quoted = |text: &String| clean::one_line(text, QUOTED);
        match self {
            Self::NullSender => word(
                "pengirim sampulnya kosong (<>), tanda pesan otomatis",
                "the envelope sender is empty (<>), the mark of automatic messages",
            )
            .to_owned(),
            Self::NoReturnPath => word(
                "server penerima tidak mencatat Return-Path",
                "the receiving server recorded no Return-Path",
            )
            .to_owned(),
            Self::UnreadableReturnPath => word(
                "Return-Path tidak terbaca",
                "the Return-Path cannot be read",
            )
            .to_owned(),
            Self::NoSender => word(
                "tidak ada alamat pengirim (From)",
                "there is no sender's address (From)",
            )
            .to_owned(),
            Self::ManyHops(count) => say!(
                "melewati {count} server, tanda surat yang berputar",
                "passed {count} servers, the mark of mail going round"
            ),
            Self::Spam(verdict) => say!(
                "dinilai spam atau virus oleh server penerima ({})",
                "the receiving server judged it spam or a virus ({})",
                quoted(verdict)
            ),
            Self::OwnMail(what) => say!(
                "surat kita sendiri atau jawaban mesin atasnya ({})",
                "our own letter, or a machine's answer to it ({})",
                quoted(what)
            ),
            Self::NotToUs => word(
                "tidak dialamatkan kepada kita (Bcc)",
                "not addressed to us (Bcc)",
            )
            .to_owned(),
            Self::Forged => word(
                "pengirimnya dipalsukan menurut server penerima",
                "the sender is forged by the receiving server's word",
            )
            .to_owned(),
            Self::Unproven => word(
                "keaslian pengirimnya tidak terbukti",
                "the sender is not verified",
            )
            .to_owned(),
            Self::OtherHouse { from, return_path } => say!(
                "domain Return-Path ({}) bukan domain pengirim ({})",
                "the domain of the Return-Path ({}) is not the sender's ({})",
                quoted(return_path),
                quoted(from)
            ),
            Self::International(address) => {
                say!(
                    "alamatnya memerlukan SMTPUTF8 ({})",
                    "the address needs SMTPUTF8 ({})",
                    quoted(address)
                )
            }
            Self::UnsafeAddress(address) => say!(
                "alamat balasannya bukan satu alamat surel yang aman ({})",
                "the address to answer is not one safe mail address ({})",
                quoted(address)
            ),
            Self::PerSender(limit) => {
                say!(
                    "pengirim ini sudah mendapat {limit} tanda terima dalam 24 jam",
                    "this sender got {limit} receipts within 24 hours already"
                )
            }
            Self::PerDomain(limit) => {
                say!(
                    "domain ini sudah mendapat {limit} tanda terima dalam 1 jam",
                    "this domain got {limit} receipts within 1 hour already"
                )
            }
            Self::InAll(limit) => say!(
                "sudah {limit} tanda terima dikirim dalam 1 jam",
                "{limit} receipts were sent within 1 hour already"
            ),
            Self::CoolingDown => word(
                "surat kita kepada alamat ini belum lama kembali",
                "a letter of ours to this address came back not long ago",
            )
            .to_owned(),
            said_above => format!("{said_above:?}"),
        }
    }
}

fn kind_in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Report => word("laporan", "report"),
        Kind::FollowUp => word("surel susulan", "follow-up"),
        Kind::Automated => word("laporan mesin", "report by a machine"),
        Kind::AutoReply => word("balasan otomatis", "automatic answer"),
        Kind::Bounce => word("surat yang kembali", "a letter that came back"),
        Kind::Other => word("lain-lain", "other"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_reason_is_one_clause_and_hides_no_line_end() {
        let reason = Withheld::SystemSender("root@x\r\nBcc: y".to_owned());
        assert_eq!(
            reason.to_string(),
            "pengirimnya kotak surat sistem (root@x Bcc: y)"
        );
    }

    #[test]
    fn a_reason_is_stored_and_read_back() {
        let reasons = [
            Withheld::NotAReport(Kind::Bounce),
            Withheld::NullSender,
            Withheld::ManyHops(31),
            Withheld::OtherHouse {
                from: "a@b.example".to_owned(),
                return_path: "c@d.example".to_owned(),
            },
        ];
        for reason in reasons {
            let stored = serde_json::to_string(&reason).unwrap();
            assert_eq!(serde_json::from_str::<Withheld>(&stored).unwrap(), reason);
        }
    }
}
