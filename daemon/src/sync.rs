//! The sync tick: settles what nobody knows. It looks before anything is repeated.
//!
//! An order becomes unknown when its answer was lost, or when the program died between claim and record. After the
//! fence nobody can still be carrying it out; then osTicket, or the letters' directory, is asked. Where nobody can be
//! asked, the order waits for a human: never a double ticket, never a double letter.

mod command;
mod follow;
mod releasing;
mod taking;
mod translate;
mod walk;
mod words;

use std::time::Duration;

use tanggap_bridge::{Desk, EffectKey, Found, Recourse};

use crate::case::{Channel, Effect, Event, Stand};
use crate::clock::{Clock, Timestamp};
use crate::config::Doubt;
use crate::letter::{Dispatch, Post, SealedLetter};
use crate::pace::{Progress, Tick};
use crate::store::{Claimed, OrderState, Recorded, Store, StoreError, backoff};
use crate::tongue::{say, word};

pub use follow::Follow;
pub use walk::{Drift, Walk, WalkError};

/// Longer than any attempt may last that began in time: four answers of an SMTP server take up to 25 minutes (RFC 5321 section
/// 4.5.3.2).
pub(crate) const POST_LEASE: Duration = Duration::from_mins(30);
/// The fence counts from the request; an order's request leaves within a minute of its claim.
const BEGIN_MARGIN: Duration = Duration::from_mins(2);
/// So often an order whose answer was lost is given again at once; then at growing distances.
const QUICKLY_AGAIN: i64 = 6;
/// Marks, in an order's result, that it was repeated once in doubt.
const REPEATED: &str = "dikirim ulang sekali";

/// Looks up unknown outcomes.
pub struct Sync {
    pub store: Store,
    pub clock: Clock,
    pub desk: Desk,
    pub post: Post,
    pub doubt: Doubt,
    /// How long after sending an order may still be carried out somewhere (`faults.md` section 3, Fence).
    pub fence: Duration,
}

/// What a look found.
enum Finding {
    Done { result: String, event: Event },
    NotDone,
    Human { why: String },
    AskAgain { why: String },
}

impl Tick for Sync {
    type Error = StoreError;

    async fn tick(&mut self) -> Result<Progress, StoreError> {
        self.desk.settle().await;
        self.look_round().await
    }
}

impl Sync {
    /// At the start of the only daemon nobody else can be sending: what is still marked so was cut off by the end of the last run.
    pub async fn after_restart(&self) -> Result<u64, StoreError> {
        self.store.clock_set_back(self.clock.now()).await?;
        self.store.abandon_sending(self.clock.now()).await
    }

    fn repeats(&self) -> bool {
        self.desk.capabilities().in_doubt == Recourse::Repeat
    }

    /// One round of looking.
    async fn look_round(&self) -> Result<Progress, StoreError> {
        let now = self.clock.now();
        self.mind_the_clock(now).await?;
        let (calm, lease) = (
            self.clock.calm(),
            (self.fence + BEGIN_MARGIN).max(POST_LEASE),
        );
        if calm >= lease {
            self.store.abandon_sending(now.minus(lease)).await?;
        }
        let mut tickets = Vec::new();
        let fence = if self.repeats() {
            Duration::ZERO
        } else {
            self.fence
        };
        if calm >= fence {
            tickets = self
                .store
                .unknown_orders(Channel::Desk, now.minus(fence), 100)
                .await?;
        }
        let letters = self.store.unknown_orders(Channel::Post, now, 100).await?;
        let mut done = 0;
        for order in tickets.into_iter().chain(letters) {
            let finding = self.look(&order).await;
            done += u64::from(self.settle(order, finding, now).await?);
        }
        Ok(Progress { done, more: false })
    }

    /// A wall clock that was set says nothing about how long ago an order left: until a fence has passed on the steady clock,
    /// what is under way is left alone. What waits for a moment that is suddenly far away waits no longer than it meant to (P5).
    async fn mind_the_clock(&self, now: Timestamp) -> Result<(), StoreError> {
        let Some(jump_ms) = self.clock.jump() else {
            return Ok(());
        };
        tracing::error!(
            jump_s = jump_ms / 1000,
            "the clock of this machine was set; times in the journal and on letters follow it: check it with timedatectl"
        );
        if jump_ms < 0 {
            self.store.clock_set_back(now).await?;
        }
        Ok(())
    }

    /// Where osTicket remembers our keys, the same order may simply be given again.
    async fn look(&self, order: &Claimed) -> Finding {
        if order.effect.channel() == Channel::Desk {
            match self.desk.capabilities().in_doubt {
                Recourse::Repeat => return Finding::NotDone,
                Recourse::Wait => {
                    return Finding::AskAgain {
                        why: word(
                            "osTicket belum menjawab sejak tanggap dimulai",
                            "osTicket has not answered since tanggap started",
                        )
                        .to_owned(),
                    };
                }
                Recourse::Human | Recourse::LookUp => {}
            }
        }
        match &order.effect {
            Effect::OpenTicket => self.look_for_ticket(order).await,
            Effect::AppendMessage { .. }
            | Effect::AddNote { .. }
            | Effect::SetSeverity { .. }
            | Effect::SetStatus { .. } => Finding::Human {
                why: doubtful(word(
                    "pesan, catatan, atau perubahan",
                    "message, note or change",
                )),
            },
            Effect::SendReceipt | Effect::SendLetter { .. } | Effect::SendWarning { .. } => {
                self.look_for_letter(order).await
            }
        }
    }

    async fn look_for_ticket(&self, order: &Claimed) -> Finding {
        let key = EffectKey(self.store.effect_key(&order.key));
        match self.desk.lookup(key).await {
            Found::Ticket(ticket) => Finding::Done {
                result: ticket.number.0.clone(),
                event: Event::TicketOpened {
                    number: ticket.number.0,
                },
            },
            Found::Absent => Finding::NotDone,
            Found::Partial(ticket) => Finding::Human {
                why: say!(
                    "tiket {} dibuat setengah jadi oleh osTicket; periksa dan lengkapi, lalu: tanggap release {} --ticket {}",
                    "ticket {} was left half made by osTicket; check and complete it, then: tanggap release {} --ticket {}",
                    ticket.number.0,
                    order.key,
                    ticket.number.0
                ),
            },
            Found::Unable { why } => Finding::Human { why },
            Found::AskAgain { why } => Finding::AskAgain { why },
        }
    }

    async fn look_for_letter(&self, order: &Claimed) -> Finding {
        let Ok(letter) = serde_json::from_str::<SealedLetter>(&order.payload) else {
            return Finding::Human {
                why: doubtful(word("surat", "letter")),
            };
        };
        match self.post.already_sent(&letter).await {
            Some(true) => Finding::Done {
                result: letter.message_id.clone(),
                event: sent_event(order, letter.message_id),
            },
            Some(false) => Finding::NotDone,
            None if self.may_repeat(order) => Finding::NotDone,
            None => Finding::Human {
                why: doubtful(word("surat", "letter")),
            },
        }
    }

    /// The setting is about receipts: of a letter that somebody signed there is never a second one without a person.
    fn may_repeat(&self, order: &Claimed) -> bool {
        let receipt = order.effect == Effect::SendReceipt;
        receipt && self.doubt == Doubt::ResendOnce && order.result != REPEATED
    }

    async fn settle(
        &self,
        order: Claimed,
        finding: Finding,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let recorded = match finding {
            Finding::Done { result, event } => Recorded {
                order,
                state: OrderState::Done,
                due: now,
                why: String::new(),
                result,
                event: Some(event),
            },
            Finding::NotDone => due_again(order, now),
            Finding::Human { why } => {
                tracing::error!(order = %order.key, %why, "waits for a human: tanggap queue");
                Recorded {
                    order,
                    state: OrderState::Held,
                    due: now,
                    why,
                    result: String::new(),
                    event: None,
                }
            }
            Finding::AskAgain { why } => {
                tracing::warn!(order = %order.key, %why, "cannot be looked up now; will be asked again");
                return Ok(false);
            }
        };
        Ok(self
            .store
            .record_outcomes(&[recorded], now)
            .await?
            .is_empty())
    }
}

fn sent_event(order: &Claimed, message_id: String) -> Event {
    if let Some(event) = crate::deliver::warned(&order.effect, Stand::Sent) {
        return event;
    }
    let dispatch: Option<Dispatch> = serde_json::from_str(&order.payload).ok();
    match dispatch.filter(|_| order.effect != Effect::SendReceipt) {
        Some(dispatch) => dispatch.sent(&message_id),
        None => crate::deliver::receipt_sent_event(message_id),
    }
}

/// It was looked for and not found: it may be sent again, the same bytes under the same key.
fn due_again(order: Claimed, now: Timestamp) -> Recorded {
    let result = if order.effect == Effect::SendReceipt {
        REPEATED.to_owned()
    } else {
        String::new()
    };
    // A proxy that answers in osTicket's stead for a day is not asked every ten seconds.
    let due = match order.attempts {
        ..QUICKLY_AGAIN => now,
        attempts => now.plus(backoff(attempts - QUICKLY_AGAIN)),
    };
    Recorded {
        order,
        state: OrderState::Due,
        due,
        why: word("diperiksa: belum terkirim", "looked up: not sent yet").to_owned(),
        result,
        event: None,
    }
}

fn doubtful(what: &str) -> String {
    say!(
        "tidak diketahui apakah {what} ini sudah terkirim. Periksa, lalu: `tanggap release KUNCI --sent` bila sudah, `tanggap retry KUNCI` bila belum",
        "it is not known whether this {what} was sent. Check, then: `tanggap release KEY --sent` if it was, `tanggap retry KEY` if not"
    )
}
