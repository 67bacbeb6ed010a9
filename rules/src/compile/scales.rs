//! From the drafts of scales to weights.

use super::Bench;
use super::types::TYPES;
use crate::classify::Facet;
use crate::draft::weights::ScaleDraft;
use crate::draft::{KINDS, LEVELS};
use crate::form::{Form, Written, nearest};
use crate::scale::Question;
use crate::stance::Stance;
use crate::words;

impl Bench {
    pub(super) fn weights(&mut self, form: &Form, draft: &ScaleDraft) {
        known_answer(form, draft);
        let weights: Vec<(u64, i32)> = draft
            .weighs
            .iter()
            .filter_map(|written| self.weight(form, written))
            .collect();
        let scale = self.scales.of(draft.of);
        scale.put(&draft.is.value, draft.base, weights.into_iter());
    }

    /// `412 kuota`, `-40 [denied mati]`, `120 {phishing}`, `30 <attachment>`.
    fn weight(&self, form: &Form, written: &Written<String>) -> Option<(u64, i32)> {
        let parts = written.value.split_once(' ');
        let read = parts.and_then(|(weight, what)| Some((weight.parse::<i32>().ok()?, what)));
        let Some((weight, what)) = read.filter(|(weight, _)| weight.unsigned_abs() <= 1_000_000)
        else {
            let what = words!(
                "bobot `{}` tidak dapat dibaca",
                "the weight `{}` cannot be read",
                written.value
            );
            form.fault(
                written.at,
                what,
                words!(
                    "\"412 kuota\", \"-40 [denied mati]\" atau \"120 {{nama-aturan}}\"",
                    "\"412 kuota\", \"-40 [denied mati]\" or \"120 {{rule-name}}\""
                ),
            );
            return None;
        };
        Some((self.facet(form, written, what)?.key(), weight))
    }

    fn facet<'w>(
        &self,
        form: &Form,
        written: &Written<String>,
        what: &'w str,
    ) -> Option<Facet<'w>> {
        let within = |open, close| what.strip_prefix(open)?.strip_suffix(close);
        if let Some(list) = within('[', ']') {
            let (list, stance) = self.part(form, written, list)?.first().copied()?;
            return Some(Facet::List(list, stance.unwrap_or(Stance::Told)));
        }
        if let Some(rule) = within('{', '}') {
            if !self.defined.contains_key(rule) {
                let known: Vec<&str> = self.defined.keys().map(String::as_str).collect();
                let instead = nearest(rule, &known).map_or_else(
                    || {
                        words!(
                            "nama aturan dari [[rule]]",
                            "the name of a rule of a [[rule]]"
                        )
                    },
                    |near| words!("maksud Anda `{near}`?", "did you mean `{near}`?"),
                );
                form.fault(
                    written.at,
                    words!("aturan `{rule}` tidak ada", "there is no rule `{rule}`"),
                    instead,
                );
                return None;
            }
            return Some(Facet::Rule(rule));
        }
        Some(within('<', '>').map_or(Facet::Word(what), Facet::Mark))
    }
}

fn known_answer(form: &Form, draft: &ScaleDraft) {
    let answers: Vec<&str> = match draft.of {
        Question::Type => TYPES.to_vec(),
        Question::Severity => LEVELS.iter().map(|(name, _)| *name).collect(),
        Question::Kind => KINDS.iter().map(|(name, _)| *name).collect(),
    };
    if answers.contains(&draft.is.value.as_str()) {
        return;
    }
    let instead = nearest(&draft.is.value, &answers).map_or_else(
        || answers.join(", ").into(),
        |near| words!("maksud Anda `{near}`?", "did you mean `{near}`?"),
    );
    let what = words!(
        "jawaban `{}` tidak dikenal",
        "the answer `{}` is not known",
        draft.is.value
    );
    form.fault(draft.is.at, what, instead);
}
