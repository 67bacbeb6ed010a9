//! Whether a reporter is answered, and with what (RFC 3834; the receipt is SOP step 1's first answer); what a follow-up brings.

use tanggap_rules::Authenticity;

use super::{Judge, Judged, kin};
use crate::case::{Act, Event};
use crate::letter::Kind as LetterKind;
use crate::letter::{
    ReceiptFacts, Recipient, SealedLetter, Withheld, answerable, receipt, within_budget,
};
use crate::register::letter_number;
use crate::store::{CaseId, Judging, NewLetter, StoreError};
use crate::ticket::{Kin, same};

/// A receipt, finished: what goes out, and what the books of letters say.
pub(super) struct Answer {
    pub sealed: SealedLetter,
    pub row: NewLetter,
}

impl Judge {
    /// The receipt for a new case, or why there is none. Counted and written in one transaction, so that two mails never
    /// both take the budget's last place.
    pub(super) async fn answer(
        &self,
        sitting: &mut Judging,
        mail: &Judged,
        register: &str,
    ) -> Result<Result<Answer, Withheld>, StoreError> {
        if mail.for_human.is_some() {
            return Ok(Err(Withheld::ForHuman));
        }
        let config = &self.config;
        let classification = mail.as_opened();
        let recipient = match &mail.by_hand {
            // The operator asked the reporter for the address: there is no sender to be forged.
            Some(hand) if hand.email.is_empty() => return Ok(Err(Withheld::NoSender)),
            Some(hand) => Recipient::new(&hand.email),
            None => answerable(&mail.report, &classification, &config.site, &config.receipt),
        };
        let recipient = match recipient {
            Ok(recipient) => recipient,
            Err(withheld) => return Ok(Err(withheld)),
        };
        let counts = sitting
            .letter_counts(&recipient.address, &recipient.domain)
            .await?;
        if let Err(withheld) = within_budget(&counts, &config.receipt) {
            return Ok(Err(withheld));
        }
        let facts = ReceiptFacts {
            register,
            team: &config.team,
            report: &mail.report,
            recipient: &recipient,
            received: mail.unread.kept,
            key: self.store.effect_key(&format!("{register}/receipt")),
        };
        let sealed = receipt(&facts);
        let row = NewLetter {
            message_id: sealed.message_id.clone(),
            recipient: recipient.address.clone(),
            domain: recipient.domain.clone(),
        };
        Ok(Ok(Answer { sealed, row }))
    }

    /// BSSN's answer under its own number is on record with the case (SOP step 4). A sender that is proved false says nothing.
    pub(super) async fn national_answer(
        &self,
        sitting: &mut Judging,
        mail: &Judged,
        case: CaseId,
    ) -> Result<(), StoreError> {
        let (Some(bssn), Some(from)) = (&self.config.bssn.address, &mail.report.from) else {
            return Ok(());
        };
        let forged = mail.report.authenticity == Authenticity::Fail;
        if forged || !kin::same_side(bssn, &from.address) {
            return Ok(());
        }
        let Some(reference) = letter_number(&mail.report.newest) else {
            return Ok(());
        };
        let act = Act::NationalAnswer {
            reference,
            advice: format!("surel jurnal {}", mail.unread.entry.0),
        };
        sitting.apply(case, Event::Acted(act)).await?;
        Ok(())
    }

    /// A word to the reporter that more has arrived, where that is configured; one that waits already says it for all of them.
    pub(super) async fn draft_thanks(
        &self,
        sitting: &mut Judging,
        case: CaseId,
    ) -> Result<(), StoreError> {
        let kind = LetterKind::FollowUp;
        if self.config.letters.drafts.contains(&kind) && !sitting.letter_waits(case, kind).await? {
            let event = Event::LetterDrafted {
                kind: kind.name().to_owned(),
                note: String::new(),
            };
            sitting.apply(case, event).await?;
        }
        Ok(())
    }

    /// Cases that may belong to this one: of the same reporter, or of the same thing. A person decides.
    pub(super) async fn kin(
        &self,
        sitting: &mut Judging,
        case: CaseId,
    ) -> Result<Vec<Kin>, StoreError> {
        let mut kin = sitting.kin(case).await?;
        for found in sitting.related(case, self.config.related_window).await? {
            let why = same(
                (&found.kind, &found.value),
                found.shared,
                self.config.tongue,
            );
            match kin
                .iter_mut()
                .find(|known| known.register == found.register)
            {
                Some(known) => known.why = format!("{}; {why}", known.why),
                None => kin.push(Kin {
                    register: found.register,
                    subject: found.subject,
                    ticket: Some(found.ticket).filter(|number| !number.is_empty()),
                    why,
                }),
            }
        }
        Ok(kin)
    }
}
