//! How what was typed comes to pass: by whom, on which case, with which steps skipped, and what its ticket is to show of it.

use super::said;
use crate::case::{Act, Event};
use crate::clock::Clock;
use crate::config::OsticketSettings;
use crate::showing::{TRIES, Typed, together};
use crate::store::{CaseView, Store, StoreError};
use crate::tongue::{say, spoken, word};

/// The operator's name: every change carries one.
pub fn operator(by: Option<&String>) -> Result<String, StoreError> {
    let named = |name: &str| std::env::var(name).ok();
    let found = by
        .cloned()
        .into_iter()
        .chain(
            ["TANGGAP_OPERATOR", "SUDO_USER", "USER", "LOGNAME"]
                .into_iter()
                .filter_map(named),
        )
        .find_map(|name| said(&name).ok());
    found.ok_or_else(|| {
        StoreError::Refused(
            word(
                "siapa yang melakukan? tulis --by NAMA, atau isi $TANGGAP_OPERATOR",
                "who does it? write --by NAME, or set $TANGGAP_OPERATOR",
            )
            .to_owned(),
        )
    })
}

/// Records what a person typed, with what tickets are to show of it; decided anew where a case moved meanwhile. Returns how many
/// tickets will follow.
pub async fn act(
    (store, clock): (&Store, &Clock),
    settings: &OsticketSettings,
    typed: impl Fn() -> Vec<Typed>,
    operator: &str,
) -> Result<usize, StoreError> {
    for _ in 0..TRIES {
        let together = together(store, settings, typed(), operator).await?;
        if store.act_and_show(&together, operator, clock.now()).await? {
            return Ok(together.payloads.len());
        }
    }
    Err(StoreError::Refused(
        word(
            "kasus ini sedang diubah dari tempat lain; ulangi perintahnya",
            "this case is being changed from elsewhere; repeat the command",
        )
        .to_owned(),
    ))
}

/// A case by its register number, or what to do where there is none.
pub async fn known(store: &Store, register: &str) -> Result<CaseView, StoreError> {
    store.case(register).await?.ok_or_else(|| {
        StoreError::Refused(say!(
            "tidak ada kasus {register}; daftar kasus: tanggap case list",
            "there is no case {register}; all cases: tanggap case list"
        ))
    })
}

/// What becomes of the ticket, in words.
pub(super) async fn ticket_follows(store: &Store, case: &CaseView) -> Result<String, StoreError> {
    let ticket = match case.ticket.as_str() {
        "" => word("Tiketnya", "Its ticket").to_owned(),
        number => say!("Tiket {number}", "Ticket {number}"),
    };
    Ok(match store.desk_writes().await? {
        Some(false) => say!(
            "{ticket} TIDAK ikut berubah: jalan ke osTicket ini tidak dapat menulis ke tiket (tanggap doctor). Ubah sendiri di osTicket.",
            "{ticket} does NOT follow: this way into osTicket cannot write to tickets (tanggap doctor). Change it in osTicket yourself."
        ),
        _ => say!(
            "{ticket} di osTicket ikut diubah; hasilnya: tanggap case show {}",
            "{ticket} in osTicket follows; see: tanggap case show {}",
            case.register
        ),
    })
}

/// The act, with what must be skipped before it; an act that cannot happen now is explained before the machine refuses it.
pub fn with_skips(
    case: &CaseView,
    act: Act,
    reason: Option<&str>,
) -> Result<Vec<Event>, StoreError> {
    let progress = case.progress;
    let missing = act
        .step()
        .map(|step| progress.missing(step))
        .unwrap_or_default();
    if !missing.is_empty() && reason.is_none() {
        let names: Vec<_> = missing.iter().map(|step| step.in_words(spoken())).collect();
        return Err(StoreError::Refused(say!(
            "{}: langkah SOP sebelumnya belum dilakukan: {}. Lakukan dahulu, atau lewati dengan --skip \"ALASAN\" (alasannya tercatat)",
            "{}: earlier steps of the SOP are not done: {}. Do them first, or skip them with --skip \"REASON\" (which stays on record)",
            case.register,
            names.join(", ")
        )));
    }
    if missing.is_empty() && !progress.allows(&act) {
        let hint = if progress.phase.is_over() {
            word(
                "; kasus yang sudah berakhir dibuka lagi dengan `tanggap case reopen`",
                "; a case at its end is reopened with `tanggap case reopen`",
            )
        } else {
            ""
        };
        return Err(StoreError::Refused(say!(
            "{}: ini tidak dapat dilakukan pada tahap {}{hint}",
            "{}: this cannot be done at the step {}{hint}",
            case.register,
            progress.phase.in_words(spoken())
        )));
    }
    let reason = said(reason.unwrap_or("-")).map_err(StoreError::Refused)?;
    let skipped = missing.into_iter().map(|step| Act::Skipped {
        step,
        reason: reason.clone(),
    });
    Ok(skipped.chain([act]).map(Event::Acted).collect())
}
