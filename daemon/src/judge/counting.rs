//! Reports counted within a time, for rules that ask (`count:`).
//!
//! A mail is judged once more here, inside the sitting's transaction: only now are all mails before it written down, so that
//! the same journal always counts the same.

use tanggap_rules::{Kind, Past, classify_amid};

use super::{Judge, Judged};
use crate::clock::Timestamp;
use crate::store::{Fate, Judging, StoreError};

impl Judge {
    /// Judges a mail amid those before it, where a rule counts; gives the keys that it is counted by itself.
    pub(super) async fn count(
        &self,
        sitting: &mut Judging,
        mail: &mut Judged,
    ) -> Result<Option<Vec<String>>, StoreError> {
        let rules = self.rules.borrow().clone();
        let Some(window) = rules.window().filter(|_| mail.for_human.is_none()) else {
            return Ok(None);
        };
        let kept = mail.unread.kept;
        let keys = Past::keys(&mail.report);
        let past = sitting
            .past(&keys, Timestamp(kept.0.saturating_sub(window)))
            .await?;
        mail.classification = classify_amid(&rules, &mail.report, &past, kept.0);
        Ok(Some(keys))
    }
}

/// Whether a mail counts as a report; one delivered twice counts once.
pub(super) fn counts(mail: &Judged, fate: Fate) -> bool {
    let reports = matches!(mail.classification.kind, Kind::Report | Kind::Automated);
    reports && matches!(fate, Fate::Opened | Fate::Joined)
}
