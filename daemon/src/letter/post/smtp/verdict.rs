//! What a failure means for the letter, by how far the letter had got (`faults.md` 2.4, S1 to S5).

use std::error::Error as _;
use std::time::Duration;

use lettre::transport::smtp::Error;
use tanggap_bridge::{Outcome, Scope};

use crate::letter::clean;
use crate::letter::post::PostId;
use crate::tongue::{say, word};

/// Greylisting and the like: the first wait (S1). Whoever keeps the order's count makes it longer.
const TRY_AGAIN: Duration = Duration::from_mins(5);
/// "Service not available, closing": the server speaks of itself, not of this letter.
const CLOSING: u16 = 421;
/// "Must issue STARTTLS first", "authentication required", too weak, failed, encryption required (RFC 4954, RFC 3207).
const LOCKED: [u16; 5] = [530, 534, 535, 538, 523];

/// How far a letter had got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Connect,
    Secure,
    Login,
    Mail,
    Rcpt,
    Data,
    /// Some of the text, and certainly not its final dot.
    Text,
    /// The final dot may have left.
    Dot,
}

/// What went wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    Refused { code: u16, said: String },
    Lost(String),
    Silent,
}

impl From<&Error> for Trouble {
    fn from(error: &Error) -> Self {
        let words = error
            .source()
            .map_or_else(|| error.to_string(), ToString::to_string);
        let said = clean::one_line(&words, super::SAID);
        match error.status() {
            Some(code) => Self::Refused {
                code: code.into(),
                said,
            },
            None => Self::Lost(said),
        }
    }
}

/// A letter that did not get through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    stage: Stage,
    trouble: Trouble,
}

impl Failure {
    pub(super) fn at(stage: Stage, trouble: Trouble) -> Self {
        Self { stage, trouble }
    }

    /// A refusal leaves the conversation in good order; anything else does not.
    pub(super) fn leaves_the_line(&self) -> bool {
        matches!(&self.trouble, Trouble::Refused { code, .. } if *code != CLOSING)
    }

    pub(super) fn outcome(self) -> Outcome<PostId> {
        match self.stage {
            Stage::Connect | Stage::Secure | Stage::Login => channel(self.alarm(), None),
            _ => match self.trouble {
                Trouble::Refused { code, said } => refused(code, &said),
                Trouble::Lost(why) => lost(self.stage, &why),
                Trouble::Silent => lost(
                    self.stage,
                    word("server surat diam", "the mail server is silent"),
                ),
            },
        }
    }

    /// Words for the operator: nothing leaves until somebody, or time, sets this right.
    fn alarm(&self) -> String {
        let what = match (self.stage, &self.trouble) {
            (Stage::Secure, _) => word(
                "sambungan aman ke server surat gagal; surat tidak dikirim tanpa enkripsi. Periksa [post] security dan sertifikat server",
                "a secure connection to the mail server failed; letters are not sent without encryption. Check [post] security and the server's certificate",
            ),
            (Stage::Login, Trouble::Refused { code, .. }) if *code >= 500 => word(
                "server surat menolak nama atau kata sandi. Periksa [post] user dan password",
                "the mail server refuses name or password. Check [post] user and password",
            ),
            (Stage::Login, _) => word(
                "masuk ke server surat gagal",
                "logging in to the mail server failed",
            ),
            _ => word(
                "server surat tidak dapat dihubungi",
                "the mail server cannot be reached",
            ),
        };
        match &self.trouble {
            Trouble::Refused { code, said } => format!("{what} ({code}: {said})"),
            Trouble::Lost(why) => format!("{what} ({why})"),
            Trouble::Silent => say!("{what} (tidak menjawab)", "{what} (no answer)"),
        }
    }
}

/// The server has spoken, whether about the envelope or about the whole letter: it was not taken.
fn refused(code: u16, said: &str) -> Outcome<PostId> {
    match code {
        CLOSING => channel(
            say!(
                "server surat sedang menutup sambungan ({code}: {said})",
                "the mail server is closing the connection ({code}: {said})"
            ),
            None,
        ),
        code if LOCKED.contains(&code) => channel(
            say!(
                "server surat meminta masuk atau enkripsi lebih dahulu ({code}: {said}). Periksa [post]",
                "the mail server wants a login or encryption first ({code}: {said}). Check [post]"
            ),
            Some(TRY_AGAIN),
        ),
        400..=499 => Outcome::Later {
            why: say!(
                "server surat belum mau menerima ({code}: {said})",
                "the mail server does not accept it yet ({code}: {said})"
            ),
            after: Some(TRY_AGAIN),
            scope: Scope::Order,
        },
        _ => Outcome::Never {
            why: say!(
                "server surat menolak surat ini ({code}: {said})",
                "the mail server refuses this letter ({code}: {said})"
            ),
        },
    }
}

/// No answer. Before the dot the letter was certainly not taken (RFC 5321 section 4.1.1.4); and the trouble may be this
/// letter's alone, so the others do not wait for it: if the server is gone, the next one finds out by connecting.
fn lost(stage: Stage, why: &str) -> Outcome<PostId> {
    if stage == Stage::Dot {
        return Outcome::Unknown {
            why: say!(
                "surat sudah dikirim seluruhnya, tetapi server surat tidak menyatakan menerimanya ({why})",
                "the whole letter was sent, but the mail server did not say that it accepts it ({why})"
            ),
        };
    }
    Outcome::Later {
        why: say!(
            "sambungan ke server surat putus sebelum surat selesai dikirim ({why})",
            "the connection to the mail server broke before the letter was sent ({why})"
        ),
        after: None,
        scope: Scope::Order,
    }
}

fn channel(why: String, after: Option<Duration>) -> Outcome<PostId> {
    Outcome::Later {
        why,
        after,
        scope: Scope::Channel,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first letter of the outcome and of its scope.
    fn kind(outcome: &Outcome<PostId>) -> &'static str {
        match outcome {
            Outcome::Done(_) => "done",
            Outcome::Later {
                scope: Scope::Order,
                ..
            } => "later",
            Outcome::Later {
                scope: Scope::Channel,
                ..
            } => "later, all",
            Outcome::Never { .. } => "never",
            Outcome::Unknown { .. } => "unknown",
        }
    }

    fn check(stage: Stage, trouble: Trouble, expect: &str) {
        let failure = Failure::at(stage, trouble);
        assert_eq!(kind(&failure.clone().outcome()), expect, "{failure:?}");
    }

    #[test]
    fn how_far_the_letter_had_got_decides() {
        let code = |code| Trouble::Refused {
            code,
            said: "x".to_owned(),
        };
        let lost = || Trouble::Lost("x".to_owned());
        for stage in [Stage::Connect, Stage::Secure, Stage::Login] {
            for trouble in [
                code(421),
                code(454),
                code(535),
                code(554),
                lost(),
                Trouble::Silent,
            ] {
                check(stage, trouble, "later, all");
            }
        }
        for stage in [Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Dot] {
            check(stage, code(421), "later, all");
            check(stage, code(450), "later");
            check(stage, code(451), "later");
            check(stage, code(550), "never");
            check(stage, code(554), "never");
        }
        check(Stage::Mail, code(530), "later, all");
        for stage in [Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Text] {
            check(stage, lost(), "later");
            check(stage, Trouble::Silent, "later");
        }
        check(Stage::Dot, lost(), "unknown");
        check(Stage::Dot, Trouble::Silent, "unknown");
    }

    #[test]
    fn greylisting_waits_five_minutes() {
        let greylisted = refused(450, "greylisted");
        assert!(
            matches!(greylisted, Outcome::Later { after: Some(after), .. } if after == TRY_AGAIN)
        );
    }
}
