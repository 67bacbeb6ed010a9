//! Orders that let a ticket show what was done here: its status, its priority. Compared with what we last saw: a person who was faster
//! has the last word, and is told.

use tanggap_bridge::{
    Changed, Desk, EffectKey, NewChange, NewNote, Outcome, Scope, Setting, TicketRef,
};

use super::desk::{achieved, ticket_of};
use super::{Achieved, draft, map, on_the_wrong_channel};
use crate::case::{Effect, Event};
use crate::store::{Claimed, DeskTicket, Store, TicketStanding};
use crate::ticket::{NoteDraft, SeverityDraft, StatusDraft};
use crate::tongue::{say, word};

/// One field of a ticket that is to be written.
struct Field<'a> {
    /// As our map names it.
    name: &'static str,
    set: Setting,
    if_still: Option<String>,
    /// Orders of the same field, by the middle of their keys.
    like: &'a str,
}

/// Where the ticket stands before the write.
enum Still {
    Is(Option<String>),
    /// A person has set it since the order was given.
    Moved(String),
}

pub(super) async fn carry_out(desk: &Desk, store: &Store, order: &Claimed) -> Outcome<Achieved> {
    match &order.effect {
        Effect::SetSeverity { severity, .. } => set_severity(desk, store, order, severity).await,
        Effect::SetStatus { step, .. } => set_status(desk, store, order, step).await,
        _ => on_the_wrong_channel(),
    }
}

async fn set_severity(
    desk: &Desk,
    store: &Store,
    order: &Claimed,
    severity: &str,
) -> Outcome<Achieved> {
    let draft: SeverityDraft = match draft(order) {
        Ok(draft) => draft,
        Err(never) => return never,
    };
    let field = Field {
        name: "priority",
        set: Setting::Priority(draft.priority),
        if_still: draft.if_still,
        like: "severity",
    };
    let severity = severity.to_owned();
    map(
        write(desk, store, order, field).await,
        |changed| match changed {
            Changed::Written { now } => Achieved {
                result: now,
                event: Event::SeverityShown { severity },
            },
            Changed::Kept { now } => achieved(Event::SeverityKept { severity, now }),
        },
    )
}

async fn set_status(desk: &Desk, store: &Store, order: &Claimed, step: &str) -> Outcome<Achieved> {
    let draft: StatusDraft = match draft(order) {
        Ok(draft) => draft,
        Err(never) => return never,
    };
    let set = if draft.names.is_empty() {
        Setting::Reopen
    } else {
        Setting::StatusNamed(draft.names)
    };
    let field = Field {
        name: "status",
        set,
        if_still: draft.if_still,
        like: "status",
    };
    let step = step.to_owned();
    match write(desk, store, order, field).await {
        Outcome::Done(Changed::Kept { now }) => {
            let told = tell(desk, store, order, draft.kept).await;
            map(told, |()| achieved(Event::StatusKept { step, now }))
        }
        written => map(written, |changed| match changed {
            Changed::Written { now } => Achieved {
                result: now,
                event: Event::StatusShown { step },
            },
            Changed::Kept { now } => achieved(Event::StatusKept { step, now }),
        }),
    }
}

/// Writes once; what still is as our own last order left it was moved by nobody, though our map has not heard of it yet.
async fn write(desk: &Desk, store: &Store, order: &Claimed, field: Field<'_>) -> Outcome<Changed> {
    let ticket = match own_ticket(store, order).await {
        Ok(ticket) => ticket,
        Err(outcome) => return outcome,
    };
    let if_still = match still(desk, store, order, &field).await {
        Ok(Still::Is(if_still)) => if_still,
        Ok(Still::Moved(now)) => return Outcome::Done(Changed::Kept { now }),
        Err(later) => return later,
    };
    let mut change = NewChange {
        key: EffectKey(store.effect_key(&order.key)),
        ticket,
        set: field.set,
        if_still,
    };
    let first = desk.change(&change).await;
    let Outcome::Done(Changed::Kept { now }) = &first else {
        return first;
    };
    match store.last_shown(order, field.like).await {
        Ok(Some(ours)) if ours == *now => {
            change.key = EffectKey(store.effect_key(&format!("{}/lagi", order.key)));
            change.if_still = Some(ours);
            desk.change(&change).await
        }
        Ok(_) => first,
        Err(_) => later(),
    }
}

/// The case's own ticket: what was merged into another one is not this case's to move.
async fn own_ticket(store: &Store, order: &Claimed) -> Result<TicketRef, Outcome<Changed>> {
    let known = store
        .desk_ticket_of(order.case)
        .await
        .map_err(|_| later())?;
    match known {
        Some(known) if known.standing == TicketStanding::Merged => Err(Outcome::Never {
            why: say!(
                "tiket {} sudah digabung ke tiket lain di osTicket; tiket itu tidak diubah",
                "ticket {} was merged into another one in osTicket; it is left unchanged",
                known.number
            ),
        }),
        _ => ticket_of(store, order)
            .await
            .map_err(|outcome| match outcome {
                Outcome::Never { why } => Outcome::Never { why },
                _ => later(),
            }),
    }
}

/// An order that was given before its ticket was seen goes by how the ticket was first seen, unless a person has touched it since.
async fn still(
    desk: &Desk,
    store: &Store,
    order: &Claimed,
    field: &Field<'_>,
) -> Result<Still, Outcome<Changed>> {
    if field.if_still.is_some() {
        return Ok(Still::Is(field.if_still.clone()));
    }
    let known = store
        .desk_ticket_of(order.case)
        .await
        .map_err(|_| later())?;
    match known {
        None if desk.capabilities().writes && desk.capabilities().reads => Err(later()),
        None => Ok(Still::Is(None)),
        Some(DeskTicket { seen, .. }) => {
            let now = seen.values.get(field.name).cloned();
            match (seen.touched.contains_key(field.name), now) {
                (true, Some(now)) => Ok(Still::Moved(now)),
                (_, now) => Ok(Still::Is(now)),
            }
        }
    }
}

/// Staff read in the ticket that their choice stands, and what to do where it should not.
async fn tell(desk: &Desk, store: &Store, order: &Claimed, note: NoteDraft) -> Outcome<()> {
    let ticket = match own_ticket(store, order).await {
        Ok(ticket) => ticket,
        Err(outcome) => return map(outcome, |_| ()),
    };
    let note = NewNote {
        key: EffectKey(store.effect_key(&format!("{}/catatan", order.key))),
        ticket,
        title: note.title,
        body: note.body,
        attachments: Vec::new(),
    };
    desk.note(&note).await
}

/// Our own database is in trouble, or the ticket is not in our map yet: certainly nothing was sent.
fn later<T>() -> Outcome<T> {
    Outcome::Later {
        why: word(
            "tiketnya belum diketahui; statusnya menunggu",
            "its ticket is not known yet; the status waits",
        )
        .to_owned(),
        after: None,
        scope: Scope::Order,
    }
}
