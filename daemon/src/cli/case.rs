//! `tanggap case list` and `tanggap case show`: the register of incidents.

use serde_json::{Value, json};

use super::deeds;
use super::explain::then::Then;
use super::letter::life;
use super::table::Table;
use super::{Format, dates};
use crate::case::{Event, desk, lettered, warned};
use crate::clock::Timestamp;
use crate::store::{CaseView, EventView, Related, Store, StoreError};
use crate::ticket::same;
use crate::tongue::{say, spoken, word};

/// Letters shown with a case, at most.
const LETTERS: i64 = 100;

/// Prints the newest `limit` cases, oldest of them first.
pub async fn list(store: &Store, format: Format, limit: i64) -> Result<(), StoreError> {
    let cases = store.cases(limit).await?;
    if format == Format::Json {
        println!(
            "{}",
            json!({ "cases": cases.iter().map(as_json).collect::<Vec<_>>() })
        );
        return Ok(());
    }
    let mut table = Table::new(&[
        "Register",
        word("Dibuka (WIB)", "Opened (WIB)"),
        word("Tingkat", "Severity"),
        word("Jenis", "Type"),
        word("Perihal", "Subject"),
        word("Pelapor", "Reporter"),
        word("Tahap", "Step"),
        word("Tiket", "Ticket"),
    ]);
    for case in cases {
        let opened = dates::short(case.opened);
        let stage = standing(&case);
        table.row(vec![
            case.register,
            opened,
            case.severity,
            case.incident,
            case.subject,
            case.reporter,
            stage,
            case.ticket,
        ]);
    }
    println!("{table}");
    Ok(())
}

/// Prints one case and what happened to it.
pub async fn show(
    store: &Store,
    (format, since): (Format, Timestamp),
    register: &str,
) -> Result<(), StoreError> {
    let Some(case) = store.case(register).await? else {
        return Err(StoreError::Refused(say!(
            "tidak ada kasus {register}; daftar kasus: tanggap case list",
            "there is no case {register}; all cases: tanggap case list"
        )));
    };
    let events = store.events(case.id).await?;
    let letters = store.papers(Some(case.id), LETTERS).await?;
    let related = store.related(case.id, since).await?;
    let judged = judged(store, &case).await?;
    if format == Format::Json {
        let mut shown = as_json(&case);
        if let Some(fields) = shown.as_object_mut() {
            fields.insert("judged".to_owned(), json!(judged));
            fields.insert(
                "events".to_owned(),
                events.iter().map(event_as_json).collect(),
            );
            fields.insert(
                "related".to_owned(),
                related.iter().map(related_as_json).collect(),
            );
            fields.insert(
                "letters".to_owned(),
                letters.iter().map(life::as_json).collect(),
            );
        }
        println!("{shown}");
        return Ok(());
    }
    tell(&case, judged.as_ref());
    println!(
        "{}",
        say!(
            "  pihak    {}",
            "  parties  {}",
            store.participants(case.id).await?.join(", ")
        )
    );
    for found in &related {
        println!(
            "{}",
            say!(
                "  terkait  {}: {} (bila kejadiannya sama: tanggap case merge {} --into {})",
                "  related  {}: {} (if it is the same incident: tanggap case merge {} --into {})",
                found.register,
                same((&found.kind, &found.value), found.shared, spoken()),
                case.register,
                found.register
            )
        );
    }
    println!();
    for event in events {
        println!(
            "  {}  {:<9}  {}",
            dates::short(event.at),
            event.actor,
            in_words(&event)
        );
    }
    if !letters.is_empty() {
        println!("\n{}", life::table(&letters.iter().collect::<Vec<_>>()));
    }
    Ok(())
}

/// What is known of a case at a glance.
fn tell(case: &CaseView, judged: Option<&Then>) {
    println!("{}  {}", case.register, case.subject);
    println!("{}", say!("  tahap    {}", "  step     {}", standing(case)));
    println!(
        "{}",
        say!(
            "  tingkat  {} (usulan)   jenis {}",
            "  severity {} (proposed)   type {}",
            case.severity,
            case.incident
        )
    );
    if let Some(then) = judged {
        println!(
            "{}",
            say!(
                "  dinilai  {} oleh aturan bersidik {:.12}; mengapa: tanggap explain {}",
                "  judged   {} by rules with hash {:.12}; why: tanggap explain {}",
                then.in_words(),
                then.ruleset,
                case.register
            )
        );
    }
    println!("{}", say!("  pelapor  {}", "  reporter {}", case.reporter));
    println!(
        "{}",
        say!(
            "  tiket    {}",
            "  ticket   {}",
            if case.ticket.is_empty() {
                word("(belum ada)", "(none yet)")
            } else {
                &case.ticket
            }
        )
    );
}

/// How the mail that opened it was judged, and by which rule set.
async fn judged(store: &Store, case: &CaseView) -> Result<Option<Then>, StoreError> {
    let Some(entry) = store.opening_mail(&case.register).await? else {
        return Ok(None);
    };
    let past = store.past_of(entry).await?;
    Ok(past.as_ref().and_then(Then::of))
}

fn as_json(case: &CaseView) -> Value {
    json!({
        "register": case.register, "stage": case.stage, "ticket": case.ticket, "severity": case.severity,
        "phase": case.progress.phase.name(), "waiting": case.progress.waiting, "escalated": case.progress.escalated,
        "type": case.incident, "subject": case.subject, "reporter": case.reporter,
        "opened": case.opened.wib().to_rfc3339(),
    })
}

fn related_as_json(found: &Related) -> Value {
    json!({
        "register": found.register, "subject": found.subject, "ticket": found.ticket,
        "kind": found.kind, "value": found.value, "shared": found.shared,
    })
}

fn event_as_json(event: &EventView) -> Value {
    let what: Value = serde_json::from_str(&event.event).unwrap_or_default();
    json!({ "seq": event.seq, "at": event.at.wib().to_rfc3339(), "actor": event.actor, "event": what })
}

/// The SOP's step, and what is the matter with the ticket where anything is.
fn standing(case: &CaseView) -> String {
    let waiting = if case.progress.waiting {
        word(", menunggu pelapor", ", waiting for the reporter")
    } else {
        ""
    };
    let escalated = if case.progress.escalated {
        word(", dieskalasi ke BSSN", ", escalated to BSSN")
    } else {
        ""
    };
    let ticket = stage_in_words(&case.stage);
    let phase = case.progress.phase.in_words(spoken());
    format!("{phase}{waiting}{escalated} ({ticket})")
}

fn stage_in_words(stage: &str) -> &'static str {
    match stage {
        "recorded" => word("tercatat, tiket dipesan", "recorded, ticket ordered"),
        "open" => word("terbuka di osTicket", "open in osTicket"),
        "refused" => word(
            "DITOLAK osTicket, perlu manusia",
            "REFUSED by osTicket, a human is needed",
        ),
        _ => "?",
    }
}

/// One event, as a history tells it.
pub fn in_words(event: &EventView) -> String {
    match serde_json::from_str(&event.event) {
        Ok(Event::Registered {
            entry,
            receipt: true,
        }) => say!(
            "dicatat dari surel jurnal {entry}; tanda terima dipesan",
            "recorded from journal mail {entry}; receipt ordered"
        ),
        Ok(Event::Registered {
            entry,
            receipt: false,
        }) => say!(
            "dicatat dari surel jurnal {entry}; tanpa tanda terima",
            "recorded from journal mail {entry}; no receipt"
        ),
        Ok(Event::FollowedUp { entry }) => say!(
            "susulan: surel jurnal {entry}",
            "follow-up: journal mail {entry}"
        ),
        Ok(Event::DuplicateSeen { entry }) => say!(
            "kiriman ganda: surel jurnal {entry}",
            "sent twice: journal mail {entry}"
        ),
        Ok(Event::TicketOpened { number }) => {
            say!("tiket {number} dibuka", "ticket {number} opened")
        }
        Ok(Event::TicketRefused { why }) => say!(
            "osTicket menolak tiket: {why}",
            "osTicket refused the ticket: {why}"
        ),
        Ok(Event::MessageAppended { entry }) => {
            say!(
                "surel jurnal {entry} ditampilkan di tiket",
                "journal mail {entry} shown in the ticket"
            )
        }
        Ok(Event::MessageRefused { entry, why }) => {
            say!(
                "surel jurnal {entry} tidak tampil di tiket: {why}",
                "journal mail {entry} not shown in the ticket: {why}"
            )
        }
        Ok(Event::ReceiptSent { id }) => {
            say!("tanda terima terkirim ({id})", "receipt sent ({id})")
        }
        Ok(Event::ReceiptRefused { why }) => say!(
            "tanda terima tidak terkirim: {why}",
            "receipt not sent: {why}"
        ),
        Ok(Event::LetterBounced { entry, .. }) => {
            say!(
                "surat kita kembali: surel jurnal {entry}",
                "our letter came back: journal mail {entry}"
            )
        }
        Ok(Event::OrderDropped { order, reason }) => {
            say!(
                "perintah {order} dibatalkan: {reason}",
                "order {order} dropped: {reason}"
            )
        }
        Ok(Event::Acted(act)) => deeds::in_words(&act, spoken()),
        Ok(Event::LetterDrafted { kind, .. }) => {
            say!(
                "surat disiapkan: {kind}; menunggu manusia (tanggap letter list)",
                "letter prepared: {kind}; waits for a person (tanggap letter list)"
            )
        }
        Ok(Event::Warned(told)) => warned::in_words(&told, spoken()),
        Ok(Event::Lettered(told)) => lettered::in_words(&told, spoken()),
        Ok(Event::InDesk(seen)) => desk::in_words(&seen, spoken()),
        Ok(event) => deeds::between_us_and_the_desk(&event, spoken()),
        Err(_) => event.event.clone(),
    }
}
