//! What several readers need to know of the newest text, found once for all of them.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, Input};

use super::fangs::refang;
use super::parts::Leaves;
use super::{observables, offices, references, tlp};
use crate::report::Report;

/// What a reader looks for by its words; most texts hold none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    Card,
    Ticket,
    Office,
    Marking,
}

const LOOKS: [(Look, &[&str]); 4] = [
    (Look::Card, observables::CARDS),
    (Look::Ticket, references::NOUNS),
    (Look::Office, offices::HEADS),
    (Look::Marking, tlp::MARKS),
];

/// The words of all readers, and whose each is.
static WORDS: LazyLock<(AhoCorasick, Vec<Look>)> = LazyLock::new(|| {
    let each = LOOKS.iter();
    let each = each.flat_map(|(look, words)| words.iter().map(|word| (*look, *word)));
    let (looks, words): (Vec<Look>, Vec<&str>) = each.unzip();
    let words = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(words)
        .unwrap_or_else(|_| unreachable!("short lists of words"));
    (words, looks)
});

/// Finds in one text, at most: with more it may hold anything.
const FINDS: usize = 1000;

/// Which readers' words stand in a text, found in one pass. What stands in none of its lines need not be looked for in any.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told([bool; LOOKS.len()]);

impl Told {
    pub fn of(text: &str) -> Self {
        let (words, looks) = &*WORDS;
        let mut told = Self::default();
        // The Kelvin sign's lower case is a plain k.
        told.note(Look::Card, text.contains('\u{212a}'));
        let mut from = 0;
        let mut finds = 0;
        while let Some(found) = words.find(Input::new(text).span(from..text.len())) {
            if let Some(look) = looks.get(found.pattern().as_usize()) {
                told.note(*look, true);
            }
            finds += 1;
            if told.0.iter().all(|told| *told) || finds > FINDS {
                return Self([true; LOOKS.len()]);
            }
            // Words may overlap; no reader's begins with another's.
            from = found.start() + 1;
        }
        told
    }

    fn note(&mut self, look: Look, held: bool) {
        if let Some(told) = self.0.get_mut(look as usize) {
            *told |= held;
        }
    }

    pub fn holds(self, look: Look) -> bool {
        self.0.get(look as usize).copied().unwrap_or(true)
    }
}

/// Of the newest text.
#[derive(Debug)]
pub struct Shared {
    pub told: Told,
    /// With every defanged value made whole; `None` where that changes nothing.
    refanged: Option<String>,
}

impl Shared {
    pub fn of(report: &Report, leaves: &Leaves) -> Self {
        // The newest lines are lines of the whole text, unless they were forwarded.
        let within = if report.bare_forward {
            &report.newest
        } else {
            &leaves.text
        };
        Self {
            told: Told::of(within),
            refanged: match refang(&report.newest) {
                std::borrow::Cow::Borrowed(_) => None,
                std::borrow::Cow::Owned(whole) => Some(whole),
            },
        }
    }

    /// The newest text with every defanged value made whole.
    pub fn refanged<'t>(&'t self, report: &'t Report) -> &'t str {
        self.refanged.as_deref().unwrap_or(&report.newest)
    }
}

#[cfg(test)]
mod tests {
    use super::{LOOKS, Look, Told};

    #[test]
    fn no_readers_word_begins_with_anothers() {
        for (look, words) in LOOKS {
            for (other, others) in LOOKS.iter().filter(|(other, _)| *other != look) {
                let hides = |one: &&&str| {
                    words
                        .iter()
                        .any(|word| word.starts_with(&one.to_lowercase()))
                };
                let hidden: Vec<&&str> = others.iter().filter(hides).collect();
                assert!(
                    hidden.is_empty(),
                    "{hidden:?} of {other:?} hide words of {look:?}"
                );
            }
        }
    }

    #[test]
    fn one_pass_tells_of_every_reader() {
        let all = [Look::Card, Look::Ticket, Look::Office, Look::Marking];
        let check = |text: &str, wanted: &[Look]| {
            let told = Told::of(text);
            let held: Vec<Look> = all.into_iter().filter(|look| told.holds(*look)).collect();
            assert_eq!(held, wanted, "{text}");
        };
        check("Selamat pagi, situs kami mati.", &[]);
        check("scan KTP di tautan", &[Look::Card]);
        check("scan \u{212a}TP", &[Look::Card]);
        check("your Report", &[Look::Ticket]);
        check("dinas kami, TLP:RED", &[Look::Office, Look::Marking]);
        check("Identitas, tiket, desa, traffic light protocol", &all);
    }
}
