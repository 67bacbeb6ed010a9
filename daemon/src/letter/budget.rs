//! How many receipts are too many (RFC 3834 section 2; `faults.md` 4.1): whatever a machine on the other side does, it ends here.

use super::withheld::Withheld;
use crate::config::ReceiptSettings;
use crate::store::LetterCounts;

/// Whether one more receipt may be written, given what was written already.
pub fn within_budget(counts: &LetterCounts, settings: &ReceiptSettings) -> Result<(), Withheld> {
    if counts.cooling_down {
        return Err(Withheld::CoolingDown);
    }
    if counts.to_sender_in_day >= settings.per_sender_day {
        return Err(Withheld::PerSender(settings.per_sender_day));
    }
    if counts.to_domain_in_hour >= settings.per_domain_hour {
        return Err(Withheld::PerDomain(settings.per_domain_hour));
    }
    if counts.in_all_in_hour >= settings.in_all_hour {
        return Err(Withheld::InAll(settings.in_all_hour));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Doubt, Trust};

    const SETTINGS: ReceiptSettings = ReceiptSettings {
        enabled: true,
        trust: Trust::ReturnPath,
        doubt: Doubt::Hold,
        per_sender_day: 2,
        per_domain_hour: 5,
        in_all_hour: 9,
    };

    fn check(counts: (u32, u32, u32, bool), expect: &Result<(), Withheld>) {
        let (to_sender_in_day, to_domain_in_hour, in_all_in_hour, cooling_down) = counts;
        let counts = LetterCounts {
            to_sender_in_day,
            to_domain_in_hour,
            in_all_in_hour,
            cooling_down,
        };
        assert_eq!(&within_budget(&counts, &SETTINGS), expect, "{counts:?}");
    }

    #[test]
    fn the_last_place_is_given_once() {
        check((0, 0, 0, false), &Ok(()));
        check((1, 4, 8, false), &Ok(()));
        check((2, 2, 2, false), &Err(Withheld::PerSender(2)));
        check((1, 5, 5, false), &Err(Withheld::PerDomain(5)));
        check((1, 4, 9, false), &Err(Withheld::InAll(9)));
        check((0, 0, 0, true), &Err(Withheld::CoolingDown));
        check(
            (u32::MAX, u32::MAX, u32::MAX, false),
            &Err(Withheld::PerSender(2)),
        );
    }
}
