//! One change, with all that follows from it: the ticket as remembered, the case's events, the answer to a command.

use tanggap_bridge::{Change, Mark, Snapshot};

use super::command::Command;
use super::follow::is_person;
use super::releasing::releases;
use super::translate::{self, Told};
use super::words;
use crate::case::meaning::{self, Meaning};
use crate::case::{Act, Deed, Event, Progress};
use crate::clock::Clock;
use crate::config::Config;
use crate::letter::Shelf;
use crate::secretary::Prompted;
use crate::showing::{self, TRIES};
use crate::store::{CaseId, DeskTicket, Payloads, Store, StoreError, TakenIn, TicketStanding};
use crate::ticket::NoteDraft;
use crate::tongue::Words;

/// What is needed to take a change in.
pub(super) struct Taking<'a> {
    pub store: &'a Store,
    pub clock: &'a Clock,
    pub config: &'a Config,
}

/// A case where it stood when this was decided.
pub(super) struct Here {
    pub progress: Progress,
    pub register: String,
    pub events: i64,
}

impl Taking<'_> {
    /// Takes one change in; `false` where it was known.
    pub(super) async fn change(
        &self,
        ticket: &mut DeskTicket,
        change: &Change,
        now: Option<&Snapshot>,
    ) -> Result<bool, StoreError> {
        if self.store.knows_mark(change.mark).await? {
            return Ok(false);
        }
        let mut next = ticket.clone();
        let mut told = translate::told(change, now, &self.config.osticket.mapping);
        remember(&mut next, change, told.as_ref(), now);
        if let Some(told) = &mut told {
            told.merges = merges(ticket, &next);
        }
        let taken = self.settle(next.clone(), Some(change.mark), told).await?;
        if taken {
            *ticket = next;
        }
        Ok(taken)
    }

    /// Takes in what was found by comparing.
    pub(super) async fn found(
        &self,
        ticket: &mut DeskTicket,
        (key, was, is): &(String, String, String),
    ) -> Result<bool, StoreError> {
        let mut next = ticket.clone();
        let told = translate::found(key, was, is, &self.config.osticket.mapping);
        next.seen.values.insert(key.clone(), is.clone());
        let taken = self.settle(next.clone(), None, Some(told)).await?;
        if taken {
            *ticket = next;
        }
        Ok(taken)
    }

    /// A ticket that is merged or gone, and was found so.
    pub(super) async fn found_deed(
        &self,
        ticket: &mut DeskTicket,
        next: DeskTicket,
        deed: Deed,
    ) -> Result<bool, StoreError> {
        let seen = crate::case::InDesk {
            deed,
            by: String::new(),
            at_ms: 0,
        };
        let told = Told {
            seen,
            values: Vec::new(),
            meaning: None,
            command: None,
            merges: merges(ticket, &next),
        };
        let taken = self.settle(next.clone(), None, Some(told)).await?;
        if taken {
            *ticket = next;
        }
        Ok(taken)
    }

    async fn settle(
        &self,
        ticket: DeskTicket,
        mark: Option<Mark>,
        told: Option<Told>,
    ) -> Result<bool, StoreError> {
        for _ in 0..TRIES {
            let (progress, register, events) = self.store.standing_of(ticket.case).await?;
            let here = Here {
                progress,
                register,
                events,
            };
            let taken = self.decided(&ticket, mark, told.as_ref(), &here).await?;
            if self.store.take_in(&taken, self.clock.now()).await? {
                return Ok(true);
            }
            if let Some(mark) = mark
                && self.store.knows_mark(mark).await?
            {
                return Ok(false);
            }
        }
        tracing::warn!(ticket = %ticket.number, "its case moves too fast; the change waits");
        Ok(false)
    }

    async fn decided(
        &self,
        ticket: &DeskTicket,
        mark: Option<Mark>,
        told: Option<&Told>,
        here: &Here,
    ) -> Result<TakenIn, StoreError> {
        let mut taken = TakenIn {
            mark,
            ticket: ticket.clone(),
            actor: "osTicket".to_owned(),
            decided_at: here.events,
            events: Vec::new(),
            payloads: Payloads::new(),
            letters: Vec::new(),
        };
        let Some(told) = told else { return Ok(taken) };
        if !told.seen.by.is_empty() {
            taken.actor.clone_from(&told.seen.by);
        }
        taken
            .events
            .push((ticket.case, Event::InDesk(told.seen.clone())));
        let merged = if told.merges {
            self.merged_into(ticket).await?
        } else {
            None
        };
        if let Some(meaning) = told.meaning.as_ref().or(merged.as_ref()) {
            let acts = meaning::acts(here.progress, meaning, &taken.actor, told.seen.at_ms)
                .unwrap_or_default();
            if let Some(stands) = self.follow(&mut taken, here, meaning, acts).await? {
                answered(&mut taken, &words::note(stands))?;
            }
            if let (Some(which), false) = (releases(meaning), told.seen.by.is_empty()) {
                let answer = self.release(&mut taken, here, which).await?;
                answered(&mut taken, &answer)?;
            }
        }
        if let Some(command) = &told.command {
            self.obey(&mut taken, command.as_ref(), here, told.seen.at_ms)
                .await?;
        }
        Ok(taken)
    }

    /// A ticket that was merged into the ticket of another case takes its case with it.
    async fn merged_into(&self, ticket: &DeskTicket) -> Result<Option<Meaning>, StoreError> {
        let Some(into) = ticket
            .into
            .filter(|_| ticket.standing == TicketStanding::Merged)
        else {
            return Ok(None);
        };
        let Some(parent) = self
            .store
            .desk_tickets(&[into], &[])
            .await?
            .into_iter()
            .next()
        else {
            return Ok(None);
        };
        let (_, register, _) = self.store.standing_of(parent.case).await?;
        let reason = format!(
            "tiket {} digabung ke tiket {} di osTicket",
            ticket.number, parent.number
        );
        Ok((parent.case != ticket.case).then_some(Meaning::MergedInto { register, reason }))
    }

    /// The acts, the other case's side of a merge, and what the ticket does not show of it yet. Returns what staff should know of it.
    async fn follow(
        &self,
        taken: &mut TakenIn,
        here: &Here,
        meaning: &Meaning,
        acts: Vec<Act>,
    ) -> Result<Option<String>, StoreError> {
        let case = taken.ticket.case;
        if let (Meaning::MergedInto { register, .. }, false) = (meaning, acts.is_empty())
            && let Some(other) = self.other(register, case).await?
        {
            let (_, ours, _) = self.store.standing_of(case).await?;
            let linked = Act::Linked {
                register: ours,
                how: "digabung ke sini lewat osTicket".to_owned(),
            };
            taken.events.push((other, Event::Acted(linked)));
        }
        let shown = self.shown(taken, here, &acts)?;
        let view = self.store.case(&here.register).await?;
        let prompted = match &view {
            Some(view) => {
                self.secretary(&Shelf::default())
                    .prompted(view, &acts)
                    .await?
            }
            None => Prompted::default(),
        };
        let stands = prompted.standing_in_words(self.config.tongue);
        let letters = prompted.drafts;
        let acts = acts.into_iter().map(Event::Acted);
        taken
            .events
            .extend(acts.chain(letters).chain(shown).map(|event| (case, event)));
        Ok(stands)
    }

    /// What a command or a field's value brought, and the ticket's status and priority do not say.
    fn shown(
        &self,
        taken: &mut TakenIn,
        here: &Here,
        acts: &[Act],
    ) -> Result<Vec<Event>, StoreError> {
        let ticket = taken.ticket.clone();
        let now = showing::Here {
            register: &here.register,
            progress: here.progress,
            // Orders of one change bear the number of its first event, which no other change has.
            events: here.events,
            ticket: Some(&ticket),
        };
        let by = taken.actor.clone();
        showing::orders(
            &now,
            (acts, &by),
            &self.config.osticket,
            &mut taken.payloads,
        )
    }

    async fn other(&self, register: &str, than: CaseId) -> Result<Option<CaseId>, StoreError> {
        let found = self.store.case(register).await?;
        Ok(found.map(|case| case.id).filter(|id| *id != than))
    }

    /// A command's acts, and the note that answers it.
    async fn obey(
        &self,
        taken: &mut TakenIn,
        command: Result<&Command, &Words>,
        here: &Here,
        at_ms: i64,
    ) -> Result<(), StoreError> {
        let answer = match command {
            Err(why) => words::not_understood(why, self.config.tongue),
            Ok(command) => self.carry_out(taken, command, here, at_ms).await?,
        };
        answered(taken, &answer)?;
        Ok(())
    }

    async fn carry_out(
        &self,
        taken: &mut TakenIn,
        command: &Command,
        here: &Here,
        at_ms: i64,
    ) -> Result<NoteDraft, StoreError> {
        let Command { word, meaning } = command;
        if let Meaning::MergedInto { register, .. } = meaning
            && self.other(register, taken.ticket.case).await?.is_none()
        {
            return Ok(words::unknown_case(word, register, self.config.tongue));
        }
        if let Some(which) = releases(meaning) {
            return self.release(taken, here, which).await;
        }
        match meaning::acts(here.progress, meaning, &taken.actor, at_ms) {
            Err(why) => Ok(words::refused(
                word,
                &here.register,
                why,
                self.config.tongue,
            )),
            Ok(acts) => {
                let answer =
                    words::done((word, meaning), &here.register, &acts, self.config.tongue);
                let stands = self.follow(taken, here, meaning, acts).await?;
                Ok(words::and(answer, stands))
            }
        }
    }
}

/// Whether a ticket went into another one between the two.
fn merges(before: &DeskTicket, after: &DeskTicket) -> bool {
    before.standing == TicketStanding::There && after.standing == TicketStanding::Merged
}

/// The note that answers staff, ordered once.
fn answered(taken: &mut TakenIn, answer: &NoteDraft) -> Result<(), StoreError> {
    let about = taken.mark.map_or_else(
        || "perintah".to_owned(),
        |mark| format!("{}-{}", mark.source.name(), mark.id),
    );
    let payload = serde_json::to_string(answer).map_err(|why| StoreError::Unreadable {
        what: why.to_string(),
    })?;
    taken.payloads.insert(format!("note/{about}"), payload);
    taken
        .events
        .push((taken.ticket.case, Event::NoteOrdered { about }));
    Ok(())
}

/// The ticket as it is after a change. What a person has touched is osTicket's from then on; an echo of ours is no touch.
fn remember(ticket: &mut DeskTicket, change: &Change, told: Option<&Told>, now: Option<&Snapshot>) {
    use tanggap_bridge::Deed as There;
    let echo = told
        .is_none()
        .then(|| translate::echo(change, now))
        .flatten();
    for (key, value) in told
        .map(|told| told.values.clone())
        .or(echo)
        .unwrap_or_default()
    {
        if let (true, Some(told)) = (is_person(&change.by), told) {
            ticket
                .seen
                .touched
                .insert(key.clone(), told.seen.by.clone());
        }
        ticket.seen.values.insert(key, value);
    }
    match change.deed {
        There::Deleted => ticket.standing = TicketStanding::Gone,
        There::Merged { .. } | There::Status(_) => {
            if let Some(into) = now.and_then(|now| now.merged_into) {
                ticket.standing = TicketStanding::Merged;
                ticket.into = Some(into);
            }
        }
        _ => {}
    }
}
