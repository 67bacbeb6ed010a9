//! The letters that acts on a case bring with them, where the configuration names them.

use tanggap_rules::{Language, read};

use super::Secretary;
use crate::case::{Act, Event, LetterState};
use crate::letter::Kind;
use crate::store::{CaseView, PaperView, StoreError};
use crate::tongue::{Tongue, say_in};

/// Of the mail that opened a case so much is read again, to know its language.
const HEAD: u64 = 256 << 10;
/// Letters of one case that are looked at, at most.
const LETTERS: i64 = 200;

/// What acts bring with them.
#[derive(Debug, Default)]
pub struct Prompted {
    /// Letters to be drafted.
    pub drafts: Vec<Event>,
    /// Closing letters that the case has already: a case that is closed again gets no second one unless a person asks for it.
    pub standing: Vec<PaperView>,
}

impl Prompted {
    /// Which letters stand already, and what to type for another; nothing where none does.
    pub fn standing_in_words(&self, tongue: Tongue) -> Option<String> {
        let PaperView { kind, register, .. } = self.standing.first()?;
        let named = self.standing.iter().map(|paper| {
            let state = paper.state.in_words(tongue);
            format!("{} ({}, {state})", paper.name(), paper.kind)
        });
        let named = named.collect::<Vec<_>>().join(", ");
        Some(say_in!(
            tongue,
            "Surat penutupan kasus ini sudah ada: {named}. Tidak disiapkan lagi. Bila memang perlu surat baru: tanggap letter draft {kind} {register}",
            "This case has its closing letter already: {named}. No second one was drafted. If another is needed: tanggap letter draft {kind} {register}"
        ))
    }
}

impl Secretary<'_> {
    /// What these acts on a case bring, where the configuration names it.
    pub async fn prompted(&self, case: &CaseView, acts: &[Act]) -> Result<Prompted, StoreError> {
        let mut prompted = Prompted::default();
        for act in acts {
            match act {
                Act::Closed { .. } => self.closing(case, &mut prompted).await?,
                Act::Waiting { asked } => {
                    prompted.drafts.extend(self.drafted(Kind::Missing, asked));
                }
                _ => {}
            }
            let severity = act.judgement().map(|(severity, _)| severity);
            if severity.is_some_and(|new| !new.is_empty() && new != case.severity) {
                prompted.drafts.extend(self.drafted(Kind::Severity, ""));
            }
        }
        Ok(prompted)
    }

    /// One closing letter a case, in each language it is due in.
    async fn closing(&self, case: &CaseView, prompted: &mut Prompted) -> Result<(), StoreError> {
        let mut kinds = vec![Kind::Closing];
        if self.speaks_english(&case.register).await? {
            kinds.push(Kind::ClosingEnglish);
        }
        let papers = self.store.papers(Some(case.id), LETTERS).await?;
        for kind in kinds {
            let stands = |paper: &&PaperView| {
                paper.kind == kind.name() && paper.state != LetterState::Cancelled
            };
            let drafted = self.drafted(kind, "");
            match papers.iter().rfind(stands) {
                Some(paper) if drafted.is_some() => prompted.standing.push(paper.clone()),
                _ => prompted.drafts.extend(drafted),
            }
        }
        Ok(())
    }

    fn drafted(&self, kind: Kind, note: &str) -> Option<Event> {
        let wanted = self.config.letters.drafts.contains(&kind);
        wanted.then(|| Event::LetterDrafted {
            kind: kind.name().to_owned(),
            note: note.to_owned(),
        })
    }

    /// Whether the report was written in English.
    async fn speaks_english(&self, register: &str) -> Result<bool, StoreError> {
        let Some(entry) = self.store.opening_mail(register).await? else {
            return Ok(false);
        };
        let raw = self.store.raw(entry, HEAD).await?;
        Ok(read(&raw, &self.config.site).language == Language::En)
    }
}
