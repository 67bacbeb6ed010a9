//! Reports counted within a time, for rules that ask (`count:`), as the daemon counts them (`judge::counting`): in the order of
//! the journal, each mail judged amid those before it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tanggap_rules::{Classification, Counted, Kind, Past, Report, RuleSet, classify_amid};

use super::change::Item;

/// A mail read and judged.
pub type Tried = (Report, Classification);

/// What was counted so far. It holds one window of what rules ask for, however long the journal is.
pub struct Count {
    /// How far back rules look, in milliseconds; `None` where no rule counts.
    window: Option<i64>,
    by: Vec<Counted>,
    past: Past,
    /// How many keys were left when what is too old was last forgotten.
    left: usize,
}

/// Below so many keys nothing is forgotten.
const FEW: usize = 10_000;

impl Count {
    pub fn by(rules: &RuleSet) -> Self {
        Self {
            window: rules.window(),
            by: rules.counted(),
            past: Past::default(),
            left: 0,
        }
    }

    /// Milliseconds.
    pub fn window(&self) -> i64 {
        self.window.unwrap_or(0)
    }

    /// Judges a page's mails once more where a count is reached, and counts each; of a mail over the size limit only the
    /// beginning was read, which the daemon does not count.
    pub fn page(
        &mut self,
        rules: &RuleSet,
        (page, limit): (&[Item], u64),
        tried: &mut [Option<Tried>],
    ) {
        let Some(window) = self.window else {
            return;
        };
        for (item, tried) in page.iter().zip(tried) {
            if item.mail.size <= limit {
                self.mail(rules, item, tried);
            }
        }
        let newest = page.last().map_or(0, |item| item.mail.kept.0);
        self.forget(newest.saturating_sub(window));
    }

    fn mail(&mut self, rules: &RuleSet, item: &Item, tried: &mut Option<Tried>) {
        let now = item.mail.kept.0;
        let Some((report, judged)) = tried.as_mut() else {
            return;
        };
        if report.unreadable.is_some() {
            return;
        }
        if rules.reached(report, &self.past, now) {
            let again = || classify_amid(rules, report, &self.past, now);
            let Ok(again) = catch_unwind(AssertUnwindSafe(again)) else {
                *tried = None;
                return;
            };
            *judged = again;
        }
        let opens = matches!(judged.kind, Kind::Report | Kind::Automated);
        if opens && item.mail.fate != "duplicate" {
            self.past.note_by(report, &self.by, now);
        }
    }

    /// Forgetting walks over all that is kept, so it is done when that has doubled.
    fn forget(&mut self, before: i64) {
        if self.past.len() < FEW.max(2 * self.left) {
            return;
        }
        self.past.forget(before);
        self.left = self.past.len();
    }
}
