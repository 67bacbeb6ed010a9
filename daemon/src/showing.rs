//! What tickets are to show of what the staff did here, beside the store: the events that order it, and the finished work.
//!
//! Typed or written in osTicket, an act ends here before it is committed; the ticket follows in the same transaction or not at all.

use crate::case::{Act, Event, Progress};
use crate::config::OsticketSettings;
use crate::store::{Acts, CaseId, DeskTicket, Payloads, Store, StoreError, TicketStanding};
use crate::ticket::shown::{self, Standing};

/// How often a decision is taken anew because its case moved meanwhile.
pub const TRIES: u32 = 5;

/// A case where it stood when something was done with it.
pub struct Here<'a> {
    pub register: &'a str,
    pub progress: Progress,
    /// Its count of events, those included that are written before what follows here.
    pub events: i64,
    /// As it is remembered; `None` where it was not seen yet.
    pub ticket: Option<&'a DeskTicket>,
}

/// The events that let the ticket follow these acts, with their work put into `payloads`.
pub fn orders(
    here: &Here<'_>,
    (acts, by): (&[Act], &str),
    settings: &OsticketSettings,
    payloads: &mut Payloads,
) -> Result<Vec<Event>, StoreError> {
    if here
        .ticket
        .is_some_and(|ticket| ticket.standing != TicketStanding::There)
    {
        return Ok(Vec::new());
    }
    let seen = |field: &str| {
        let ticket = here.ticket?;
        ticket.seen.values.get(field).map(String::as_str)
    };
    let touched = |ticket: &DeskTicket| ticket.seen.touched.contains_key("priority");
    let standing = Standing {
        register: here.register,
        by,
        acts,
        progress: led_to(here.progress, acts),
        status: seen("status"),
        priority: seen("priority"),
        priority_touched: here.ticket.is_some_and(touched),
        tongue: settings.tongue,
    };
    let turn = here.events + 1;
    let mut events = Vec::new();
    if let Some((severity, draft)) = shown::severity(&standing, settings) {
        payloads.insert(format!("severity/{turn}"), json(&draft)?);
        events.push(Event::SeverityOrdered { severity, turn });
    }
    if let Some((step, draft)) = shown::status(&standing, &settings.mapping) {
        payloads.insert(format!("status/{turn}"), json(&draft)?);
        events.push(Event::StatusOrdered { step, turn });
    }
    Ok(events)
}

/// Where acts lead that the machine allows.
fn led_to(from: Progress, acts: &[Act]) -> Progress {
    acts.iter()
        .fold(from, |at, act| at.after(act).unwrap_or(at))
}

fn json<T: serde::Serialize>(draft: &T) -> Result<String, StoreError> {
    serde_json::to_string(draft).map_err(|why| StoreError::Unreadable {
        what: why.to_string(),
    })
}

/// Acts of a person on one case, with whatever else comes with them, as typed.
pub struct Typed {
    pub case: CaseId,
    pub events: Vec<Event>,
}

/// Puts together what a person typed, with what the tickets are to show of it.
pub async fn together(
    store: &Store,
    settings: &OsticketSettings,
    typed: Vec<Typed>,
    by: &str,
) -> Result<Acts, StoreError> {
    let mut together = Acts::default();
    for Typed { case, events } in typed {
        let (progress, register, count) = store.standing_of(case).await?;
        let ticket = store.desk_ticket_of(case).await?;
        let written = i64::try_from(events.len()).unwrap_or(0);
        let acts: Vec<Act> = events
            .iter()
            .filter_map(|event| match event {
                Event::Acted(act) => Some(act.clone()),
                _ => None,
            })
            .collect();
        let here = Here {
            register: &register,
            progress,
            events: count + written,
            ticket: ticket.as_ref(),
        };
        let follow = orders(&here, (&acts, by), settings, &mut together.payloads)?;
        let all = events.into_iter().chain(follow);
        together.events.extend(all.map(|event| (case, event)));
        together.decided_at.push((case, count));
    }
    Ok(together)
}
