//! Why a reporter got no receipt, in words for the staff.

use std::fmt;

use serde::{Deserialize, Serialize};
use tanggap_rules::Kind;

use super::clean;

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
            Self::SwitchedOff => "tanda terima dimatikan di konfigurasi".to_owned(),
            Self::NotAReport(kind) => format!("bukan laporan baru ({})", kind_in_words(*kind)),
            Self::ForHuman => "surelnya harus dibaca manusia dahulu".to_owned(),
            Self::Automatic(value) => {
                format!("dikirim otomatis (Auto-Submitted: {})", quoted(value))
            }
            Self::Precedence(value) => format!("kiriman massal (Precedence: {})", quoted(value)),
            Self::List(header) => format!("kiriman milis atau massal (kepala {})", quoted(header)),
            Self::SuppressAsked(value) => {
                format!(
                    "pengirim meminta tidak dijawab otomatis (X-Auto-Response-Suppress: {})",
                    quoted(value)
                )
            }
            Self::LoopHeader(header) => {
                format!("dikirim penjawab otomatis (kepala {})", quoted(header))
            }
            Self::SystemSender(address) => {
                format!("pengirimnya kotak surat sistem ({})", quoted(address))
            }
            Self::MachineType(kind) => format!("pesan antarmesin ({})", quoted(kind)),
            Self::NullSender => "pengirim sampulnya kosong (<>), tanda pesan otomatis".to_owned(),
            Self::NoReturnPath => "server penerima tidak mencatat Return-Path".to_owned(),
            Self::UnreadableReturnPath => "Return-Path tidak terbaca".to_owned(),
            Self::NoSender => "tidak ada alamat pengirim (From)".to_owned(),
            Self::ManyHops(count) => format!("melewati {count} server, tanda surat yang berputar"),
            Self::Spam(verdict) => format!(
                "dinilai spam atau virus oleh server penerima ({})",
                quoted(verdict)
            ),
            Self::OwnMail(what) => format!(
                "surat kita sendiri atau jawaban mesin atasnya ({})",
                quoted(what)
            ),
            Self::NotToUs => "tidak dialamatkan kepada kita (Bcc)".to_owned(),
            Self::Forged => "pengirimnya dipalsukan menurut server penerima".to_owned(),
            Self::Unproven => "keaslian pengirimnya tidak terbukti".to_owned(),
            Self::OtherHouse { from, return_path } => format!(
                "domain Return-Path ({}) bukan domain pengirim ({})",
                quoted(return_path),
                quoted(from)
            ),
            Self::International(address) => {
                format!("alamatnya memerlukan SMTPUTF8 ({})", quoted(address))
            }
            Self::UnsafeAddress(address) => format!(
                "alamat balasannya bukan satu alamat surel yang aman ({})",
                quoted(address)
            ),
            Self::PerSender(limit) => {
                format!("pengirim ini sudah mendapat {limit} tanda terima dalam 24 jam")
            }
            Self::PerDomain(limit) => {
                format!("domain ini sudah mendapat {limit} tanda terima dalam 1 jam")
            }
            Self::InAll(limit) => format!("sudah {limit} tanda terima dikirim dalam 1 jam"),
            Self::CoolingDown => "surat kita kepada alamat ini belum lama kembali".to_owned(),
        }
    }
}

fn kind_in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Report => "laporan",
        Kind::FollowUp => "surel susulan",
        Kind::Automated => "laporan mesin",
        Kind::AutoReply => "balasan otomatis",
        Kind::Bounce => "surat yang kembali",
        Kind::Other => "lain-lain",
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
