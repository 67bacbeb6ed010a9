//! Whether a reporter is answered, and with what (RFC 3834; the receipt is SOP step 1's first answer).

use super::{Judge, Judged};
use crate::letter::{
    ReceiptFacts, Recipient, SealedLetter, Withheld, answerable, receipt, within_budget,
};
use crate::store::{Judging, NewLetter, StoreError};

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
}
