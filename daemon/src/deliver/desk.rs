//! Orders for osTicket: a ticket to open, a message or a note to show in it.

use std::collections::BTreeMap;

use tanggap_bridge::{
    Attachment, Desk, EffectKey, NewMessage, NewNote, NewTicket, Outcome, Scope, TicketNumber,
    TicketRef,
};

use super::{Achieved, draft, map, shown};
use crate::case::{Effect, Event};
use crate::store::{Claimed, EntryId, Store, TicketStanding};
use crate::ticket::{FileDraft, MessageDraft, NoteDraft, TicketDraft};
use crate::tongue::{say, word};

pub(super) async fn carry_out(desk: &Desk, store: &Store, order: &Claimed) -> Outcome<Achieved> {
    match &order.effect {
        Effect::OpenTicket => open_ticket(desk, store, order).await,
        Effect::AppendMessage { entry } => append(desk, store, order, *entry).await,
        Effect::AddNote { about } => note(desk, store, order, about).await,
        Effect::SetSeverity { .. } | Effect::SetStatus { .. } => {
            shown::carry_out(desk, store, order).await
        }
        Effect::SendReceipt | Effect::SendLetter { .. } | Effect::SendWarning { .. } => {
            super::on_the_wrong_channel()
        }
    }
}

async fn open_ticket(desk: &Desk, store: &Store, order: &Claimed) -> Outcome<Achieved> {
    let draft: TicketDraft = match draft(order) {
        Ok(draft) => draft,
        Err(never) => return never,
    };
    let attachments = match files_of(store, draft.entry, &draft.files).await {
        Ok(attachments) => attachments,
        Err(later) => return later,
    };
    let ticket = NewTicket {
        key: EffectKey(store.effect_key(&order.key)),
        subject: draft.subject,
        body: draft.body,
        reporter_name: draft.reporter_name,
        reporter_address: draft.reporter_address,
        stand_in_address: draft.stand_in_address,
        topic: draft.topic,
        priority: draft.priority,
        department: draft.department,
        sla: draft.sla,
        fields: BTreeMap::new(),
        attachments,
    };
    map(desk.open(&ticket).await, ticket_opened)
}

fn ticket_opened(ticket: TicketRef) -> Achieved {
    Achieved {
        result: ticket.number.0.clone(),
        event: Event::TicketOpened {
            number: ticket.number.0,
        },
    }
}

/// The files that an order brings along, out of the journal. What is not found there any more is left out: the text names it.
async fn files_of(
    store: &Store,
    entry: i64,
    wanted: &[FileDraft],
) -> Result<Vec<Attachment>, Outcome<Achieved>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let raw = store
        .raw(EntryId(entry), u64::MAX)
        .await
        .map_err(|_| Outcome::Later {
            why: word(
                "jurnal tidak terbaca; lampirannya menunggu",
                "the journal cannot be read; its attachments wait",
            )
            .to_owned(),
            after: None,
            scope: Scope::Order,
        })?;
    let digests: Vec<String> = wanted.iter().map(|file| file.sha256.clone()).collect();
    let mut found = tanggap_rules::files(&raw, &digests);
    let taken = |file: &FileDraft| {
        let place = found
            .iter()
            .position(|(digest, _)| *digest == file.sha256)?;
        Some(Attachment {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            bytes: found.swap_remove(place).1,
        })
    };
    Ok(wanted.iter().filter_map(taken).collect())
}

async fn append(desk: &Desk, store: &Store, order: &Claimed, entry: i64) -> Outcome<Achieved> {
    let draft: MessageDraft = match draft(order) {
        Ok(draft) => draft,
        Err(never) => return never,
    };
    let ticket = match ticket_of(store, order).await {
        Ok(ticket) => ticket,
        Err(outcome) => return outcome,
    };
    let attachments = match files_of(store, entry, &draft.files).await {
        Ok(attachments) => attachments,
        Err(later) => return later,
    };
    let message = NewMessage {
        key: EffectKey(store.effect_key(&order.key)),
        ticket,
        body: draft.body,
        reporter_address: draft.reporter_address,
        attachments,
    };
    map(desk.append(&message).await, |()| Achieved {
        result: String::new(),
        event: Event::MessageAppended { entry },
    })
}

async fn note(desk: &Desk, store: &Store, order: &Claimed, about: &str) -> Outcome<Achieved> {
    let draft: NoteDraft = match draft(order) {
        Ok(draft) => draft,
        Err(never) => return never,
    };
    let ticket = match ticket_of(store, order).await {
        Ok(ticket) => ticket,
        Err(outcome) => return outcome,
    };
    let note = NewNote {
        key: EffectKey(store.effect_key(&order.key)),
        ticket,
        title: draft.title,
        body: draft.body,
        attachments: Vec::new(),
    };
    let about = about.to_owned();
    map(desk.note(&note).await, |()| Achieved {
        result: String::new(),
        event: Event::NoteShown { about },
    })
}

pub(super) fn achieved(event: Event) -> Achieved {
    Achieved {
        result: String::new(),
        event,
    }
}

/// The ticket that the case's messages belong into now: where staff merged it, the one it went into.
pub(super) async fn ticket_of(
    store: &Store,
    order: &Claimed,
) -> Result<TicketRef, Outcome<Achieved>> {
    match find_ticket(store, order).await {
        Ok(Some(Place::There(ticket))) => Ok(ticket),
        Ok(Some(Place::Gone(number))) => Err(Outcome::Never {
            why: say!(
                "tiket {number} sudah dihapus di osTicket; isinya tetap ada pada kasus (tanggap case show)",
                "ticket {number} was deleted in osTicket; its content is still in the case (tanggap case show)"
            ),
        }),
        // The database is in trouble, or the ticket is not open yet: certainly nothing was sent.
        Ok(None) | Err(_) => Err(Outcome::Later {
            why: word(
                "nomor tiket belum diketahui",
                "the ticket's number is not known yet",
            )
            .to_owned(),
            after: None,
            scope: Scope::Order,
        }),
    }
}

enum Place {
    There(TicketRef),
    Gone(String),
}

async fn find_ticket(
    store: &Store,
    order: &Claimed,
) -> Result<Option<Place>, crate::store::StoreError> {
    let Some(known) = store.desk_ticket_of(order.case).await? else {
        let number = store.ticket_of(order.case).await?;
        return Ok(number.map(|number| {
            Place::There(TicketRef {
                number: TicketNumber(number),
                id: None,
            })
        }));
    };
    if known.standing == TicketStanding::Gone {
        return Ok(Some(Place::Gone(known.number)));
    }
    let into: Vec<_> = known.into.into_iter().collect();
    let parent = store.desk_tickets(&into, &[]).await?.into_iter().next();
    let number = parent.map_or_else(|| known.number.clone(), |parent| parent.number);
    Ok(Some(Place::There(TicketRef {
        number: TicketNumber(number),
        id: Some(known.into.unwrap_or(known.id)),
    })))
}
