//! What must not be shown to everybody who may look at a ticket: identity cards, and what its sender marked TLP:RED.

use crate::read::{is_card, is_card_word, strictest_marking};
use crate::report::{Attachment, Report, Tlp};

impl Attachment {
    /// A scan of an identity card, as far as its name tells.
    pub fn is_identity_card(&self) -> bool {
        is_card(self)
    }
}

impl Report {
    /// The sender marked it for its recipients alone (TLP 2.0, "TLP:RED"), in whatever spelling, wherever it stands.
    pub fn is_red(&self) -> bool {
        [
            &self.subject,
            &self.newest,
            &self.quoted,
            &self.attached_text,
        ]
        .into_iter()
        .any(|text| says_red(text))
            || self.attachments.iter().any(|file| says_red(&file.name))
    }

    /// It says that a card comes with it, and no file's name tells which that is: any picture may be the card.
    pub fn hides_a_card(&self) -> bool {
        let named = self.attachments.iter().any(is_card);
        !named && (is_card_word(&self.newest) || is_card_word(&self.subject))
    }
}

fn says_red(text: &str) -> bool {
    strictest_marking(text) == Some(Tlp::Red)
}

#[cfg(test)]
mod tests {
    use super::says_red;

    #[test]
    fn red_is_known_in_every_spelling() {
        for text in [
            "TLP:RED",
            "[tlp: red] x",
            "TLP-RED",
            "a TLP RED b",
            "TLP] RED.",
            "tlp:merah",
        ] {
            assert!(says_red(text), "{text}");
        }
        for text in [
            "TLP:AMBER",
            "TLP:REDUCED",
            "HTLP:RED",
            "TLP:GREEN; red team",
            "merah",
            "",
        ] {
            assert!(!says_red(text), "{text}");
        }
    }
}
