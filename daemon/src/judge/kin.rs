//! Which case a mail belongs to. A form alone proves nothing: the reference must exist here, and the sender must belong.

use tanggap_rules::{Reference, Report};

use crate::store::{CaseId, Judging, StoreError};

/// Public mail providers: two people there have nothing in common.
const PUBLIC_PROVIDERS: [&str; 12] = [
    "gmail.com",
    "googlemail.com",
    "yahoo.com",
    "yahoo.co.id",
    "ymail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "icloud.com",
    "proton.me",
    "protonmail.com",
    "rocketmail.com",
];

/// The case this mail follows up, if it does.
///
/// A thread that comes back to a letter of ours needs no more proof: its Message-ID went to the reporter alone and cannot be
/// guessed. A number, or the Message-ID of somebody's mail, counts only from a sender who belongs to the case.
pub(super) async fn case_of(
    sitting: &mut Judging,
    report: &Report,
) -> Result<Option<CaseId>, StoreError> {
    if let Some((_, case)) = letter_of(sitting, report) {
        return Ok(Some(case));
    }
    for case in mentioned(sitting, report).await? {
        if belongs(sitting, report, case).await? {
            return Ok(Some(case));
        }
    }
    Ok(None)
}

/// The letter of ours that this mail answers or returns, and its case.
pub(super) fn letter_of(sitting: &Judging, report: &Report) -> Option<(String, CaseId)> {
    message_ids(report)
        .into_iter()
        .find_map(|id| sitting.case_by_letter(&id).map(|case| (id, case)))
}

/// Thread headers first, the nearest parent last in them; then ids in the text.
pub(super) fn message_ids(report: &Report) -> Vec<String> {
    let in_text = report
        .references
        .iter()
        .filter_map(|reference| match reference {
            Reference::MessageId(id) => Some(id.clone()),
            Reference::Register(_) | Reference::Ticket(_) => None,
        });
    report.thread.iter().rev().cloned().chain(in_text).collect()
}

async fn mentioned(sitting: &mut Judging, report: &Report) -> Result<Vec<CaseId>, StoreError> {
    let mut cases = Vec::new();
    for reference in &report.references {
        cases.extend(match reference {
            Reference::Register(register) => sitting.case_by_register(register).await?,
            Reference::Ticket(number) => sitting.case_by_ticket(number).await?,
            Reference::MessageId(_) => None,
        });
    }
    for id in message_ids(report) {
        cases.extend(sitting.case_by_mail(&id));
    }
    Ok(cases)
}

async fn belongs(sitting: &mut Judging, report: &Report, case: CaseId) -> Result<bool, StoreError> {
    let Some(from) = &report.from else {
        return Ok(false);
    };
    let people = sitting.participants(case).await?;
    Ok(people.iter().any(|person| same_side(person, &from.address)))
}

/// The same person, or a colleague at the same office's domain.
pub(super) fn same_side(known: &str, sender: &str) -> bool {
    if known.eq_ignore_ascii_case(sender) {
        return !known.is_empty();
    }
    let domain = |address: &str| {
        address
            .rsplit_once('@')
            .map(|(_, domain)| domain.to_ascii_lowercase())
    };
    match (domain(known), domain(sender)) {
        (Some(ours), Some(theirs)) => ours == theirs && !PUBLIC_PROVIDERS.contains(&ours.as_str()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::same_side;

    #[test]
    fn a_colleague_belongs_and_a_stranger_at_a_public_provider_does_not() {
        assert!(same_side(
            "budi@dinkes.batangkab.go.id",
            "SARI@dinkes.batangkab.go.id"
        ));
        assert!(same_side("a@gmail.com", "A@gmail.com"));
        assert!(!same_side("a@gmail.com", "b@gmail.com"));
        assert!(!same_side(
            "budi@dinkes.batangkab.go.id",
            "budi@lain.example"
        ));
        assert!(!same_side("", ""));
    }
}
