//! Letters that staff let go from osTicket: by `#kirim` in a note, or by what the mapping means by it.

use super::taking::{Here, Taking};
use super::words;
use crate::case::{Meaning, Sop};
use crate::letter::Shelf;
use crate::secretary::Secretary;
use crate::store::{StoreError, TakenIn};
use crate::ticket::NoteDraft;

/// Letters of one case that are looked at, at most.
const LETTERS: i64 = 200;

impl Taking<'_> {
    pub(super) fn secretary<'s>(&'s self, templates: &'s Shelf) -> Secretary<'s> {
        Secretary {
            store: self.store,
            clock: self.clock,
            config: self.config,
            shelf: templates,
        }
    }

    /// Lets the case's letters go that wait for nothing but this; the note says which, and why another does not.
    pub(super) async fn release(
        &self,
        taken: &mut TakenIn,
        here: &Here,
        which: &str,
    ) -> Result<NoteDraft, StoreError> {
        let (letters, tongue) = (&self.config.letters, self.config.tongue);
        let opened = Shelf::open(letters.folder.as_deref(), letters.emblem.as_deref());
        let Ok(templates) = opened else {
            return Ok(words::letters(
                &here.register,
                &[],
                &[tongue
                    .choose(
                        "templat surat tidak terbaca",
                        "the letter templates cannot be read",
                    )
                    .to_owned()],
                tongue,
            ));
        };
        let asked = which.rsplit('/').next().unwrap_or_default();
        let (mut gone, mut kept) = (Vec::new(), Vec::new());
        for paper in self.store.papers(Some(taken.ticket.case), LETTERS).await? {
            let meant = if asked.is_empty() {
                paper.state.waits_for_release()
            } else {
                paper.letter.to_string() == asked
            };
            if !meant {
                continue;
            }
            match self.secretary(&templates).release(&paper, "").await {
                Ok(work) => {
                    gone.push(format!("{} ({})", paper.name(), paper.kind));
                    taken.letters.push(work);
                }
                Err(why) => kept.push(why.to_string()),
            }
        }
        Ok(words::letters(&here.register, &gone, &kept, tongue))
    }
}

/// Which letters are to leave, where that is meant: empty for all that are ready.
pub(super) fn releases(meaning: &Meaning) -> Option<&str> {
    match meaning {
        Meaning::Step {
            step: Sop::Release,
            reason,
        } => Some(reason.trim()),
        _ => None,
    }
}
