//! `tanggap queue`, `hold`, `release`, `retry`, `drop`: the outbox in the operator's hands.

use serde_json::json;

use super::table::Table;
use super::{Format, dates};
use crate::case::{Channel, Effect, Event, Stand};
use crate::clock::Clock;
use crate::letter::Dispatch;
use crate::store::{
    ChannelState, Claimed, OrderState, OrderView, Recorded, Store, StoreError, Unfetched,
};
use crate::tongue::{say, word};

/// Orders shown at once, at most.
const SHOWN: i64 = 1000;

/// Prints what waits: orders, channels that were made to wait, mail that could not be fetched.
pub async fn queue(store: &Store, format: Format, all: bool) -> Result<(), StoreError> {
    let orders = store.orders(all, SHOWN).await?;
    let channels = store.channels().await?;
    let unfetched = store.all_unfetched().await?;
    match format {
        Format::Json => println!("{}", as_json(&orders, &channels, &unfetched)),
        Format::Table => print_tables(&orders, &channels, &unfetched),
    }
    Ok(())
}

fn print_tables(orders: &[OrderView], channels: &[ChannelState], unfetched: &[Unfetched]) {
    if orders.is_empty() {
        println!(
            "{}",
            say!(
                "Tidak ada yang menunggu: semua perintah sudah selesai.",
                "Nothing waits: all orders are done."
            )
        );
    } else {
        let mut table = Table::new(&[
            word("Kunci", "Key"),
            word("Keadaan", "State"),
            word("Percobaan", "Tries"),
            word("Berikutnya (WIB)", "Next (WIB)"),
            word("Sebab", "Reason"),
        ]);
        for order in orders {
            let next = if order.state == OrderState::Due {
                dates::short(order.due)
            } else {
                "-".to_owned()
            };
            let state = state_in_words(order.state.name()).to_owned();
            table.row(vec![
                order.key.clone(),
                state,
                order.attempts.to_string(),
                next,
                order.why.clone(),
            ]);
        }
        println!("{table}");
    }
    for channel in channels.iter().filter(|channel| channel.held) {
        println!(
            "{}",
            say!(
                "Jalur {} ditahan operator: {}. Lepaskan: tanggap release --channel {}",
                "Channel {} is held by an operator: {}. Release it: tanggap release --channel {}",
                channel.name,
                channel.why,
                channel.name
            )
        );
    }
    for mail in unfetched {
        println!(
            "{}",
            say!(
                "Surel di {} / {} (UID {}) gagal diambil {} kali: {}. Buka dengan program surel biasa; ia tetap di server.",
                "The mail in {} / {} (UID {}) could not be fetched, tried {} times: {}. Open it in an ordinary mail program; it is still on the server.",
                mail.place.account,
                mail.place.folder,
                mail.place.uid,
                mail.tries,
                mail.why
            )
        );
    }
}

fn as_json(
    orders: &[OrderView],
    channels: &[ChannelState],
    unfetched: &[Unfetched],
) -> serde_json::Value {
    let order = |order: &OrderView| {
        json!({
            "key": order.key, "channel": order.channel, "state": order.state, "attempts": order.attempts,
            "due": order.due.wib().to_rfc3339(), "created": order.created.wib().to_rfc3339(),
            "why": order.why, "result": order.result,
        })
    };
    let channel = |channel: &ChannelState| {
        json!({
            "name": channel.name, "held": channel.held, "why": channel.why,
            "paused_until": channel.paused_until.wib().to_rfc3339(),
        })
    };
    let mail = |mail: &Unfetched| {
        json!({
            "account": mail.place.account, "folder": mail.place.folder, "uid": mail.place.uid,
            "tries": mail.tries, "why": mail.why, "last": mail.last.wib().to_rfc3339(),
        })
    };
    json!({
        "orders": orders.iter().map(order).collect::<Vec<_>>(),
        "channels": channels.iter().map(channel).collect::<Vec<_>>(),
        "unfetched": unfetched.iter().map(mail).collect::<Vec<_>>(),
    })
}

/// An order's state as people read it.
pub fn state_in_words(state: &str) -> &'static str {
    match state {
        "due" => word("menunggu giliran", "waits its turn"),
        "sending" => word("sedang dikirim", "being sent"),
        "unknown" => word(
            "belum diketahui, akan diperiksa",
            "not known yet, will be looked up",
        ),
        "held" => word("DITAHAN, menunggu manusia", "HELD, waits for a human"),
        "done" => word("selesai", "done"),
        "dropped" => word("dibatalkan", "dropped"),
        _ => "?",
    }
}

/// Lets orders wait until they are released.
pub async fn hold(store: &Store, keys: &[String]) -> Result<(), StoreError> {
    for key in keys {
        let held = store
            .hold_order(key, word("ditahan operator", "held by an operator"))
            .await?;
        say(
            held,
            key,
            word(
                "ditahan; lepaskan dengan `tanggap release`",
                "held; release it with `tanggap release`",
            ),
            word(
                "hanya perintah yang menunggu giliran dapat ditahan",
                "only an order that waits its turn can be held",
            ),
        )?;
    }
    Ok(())
}

/// Stops a channel as a whole.
pub async fn hold_channel(
    store: &Store,
    clock: &Clock,
    channel: Channel,
) -> Result<(), StoreError> {
    store
        .hold_channel(
            channel,
            clock.now(),
            word("ditahan operator", "held by an operator"),
        )
        .await?;
    println!(
        "{}",
        say!(
            "Jalur {} ditahan. Lepaskan: tanggap release --channel {}",
            "Channel {} is held. Release it: tanggap release --channel {}",
            channel.name(),
            channel.name()
        )
    );
    Ok(())
}

/// Lets a channel go at once.
pub async fn release_channel(
    store: &Store,
    clock: &Clock,
    channel: Channel,
) -> Result<(), StoreError> {
    store.release_channel(channel, clock.now()).await?;
    println!(
        "{}",
        say!("Jalur {} dilepas.", "Channel {} released.", channel.name())
    );
    Ok(())
}

/// What an operator says of an order that is released.
#[derive(Debug, Clone)]
pub enum Released {
    /// Go on with it.
    GoOn,
    /// It was carried out: this is its ticket.
    Ticket(String),
    /// It was carried out.
    Sent,
}

/// Lets held orders go, or records by a human's word that they were carried out.
pub async fn release(
    store: &Store,
    clock: &Clock,
    keys: &[String],
    how: &Released,
) -> Result<(), StoreError> {
    for key in keys {
        let (order, state) = known(store, key).await?;
        match carried_out(&order, how)? {
            Some((event, result)) => {
                let why = word("menurut operator", "by an operator's word").to_owned();
                let settled = Recorded {
                    order,
                    state: OrderState::Done,
                    due: clock.now(),
                    why,
                    result,
                    event: Some(event),
                };
                let done = store.settle_order(settled, "operator", clock.now()).await?;
                say(
                    done,
                    key,
                    word("dicatat selesai", "recorded as done"),
                    word(
                        "perintah ini sudah tidak terbuka",
                        "this order is no longer open",
                    ),
                )?;
            }
            None if state == OrderState::Held => {
                let done = store.retry_order(key, clock.now()).await?;
                say(
                    done,
                    key,
                    word(
                        "dilepas; akan dikerjakan",
                        "released; it will be carried out",
                    ),
                    word(
                        "perintah ini sudah berubah, lihat `tanggap queue`",
                        "this order has changed, see `tanggap queue`",
                    ),
                )?;
            }
            None => {
                return Err(StoreError::Refused(say!(
                    "{key} tidak sedang ditahan; lihat `tanggap queue`",
                    "{key} is not held; see `tanggap queue`"
                )));
            }
        }
    }
    Ok(())
}

/// The event and result that a human's word stands for.
fn carried_out(order: &Claimed, how: &Released) -> Result<Option<(Event, String)>, StoreError> {
    match (&order.effect, how) {
        (_, Released::GoOn) => Ok(None),
        (Effect::OpenTicket, Released::Ticket(number)) => Ok(Some((
            Event::TicketOpened {
                number: number.clone(),
            },
            number.clone(),
        ))),
        (Effect::SendReceipt, Released::Sent) => Ok(Some((
            Event::ReceiptSent {
                id: "menurut operator".to_owned(),
            },
            String::new(),
        ))),
        (Effect::SendLetter { .. }, Released::Sent) => {
            let dispatch: Dispatch = serde_json::from_str(&order.payload).map_err(|why| {
                StoreError::Refused(say!(
                    "isi perintah tidak terbaca: {why}",
                    "the order cannot be read: {why}"
                ))
            })?;
            Ok(Some((dispatch.sent("menurut operator"), String::new())))
        }
        (effect @ Effect::SendWarning { .. }, Released::Sent) => {
            Ok(crate::deliver::warned(effect, Stand::Sent).map(|event| (event, String::new())))
        }
        (Effect::AppendMessage { entry }, Released::Sent) => Ok(Some((
            Event::MessageAppended { entry: *entry },
            String::new(),
        ))),
        (Effect::AddNote { about }, Released::Sent) => Ok(Some((
            Event::NoteShown {
                about: about.clone(),
            },
            String::new(),
        ))),
        (Effect::SetSeverity { severity, .. }, Released::Sent) => Ok(Some((
            Event::SeverityShown {
                severity: severity.clone(),
            },
            String::new(),
        ))),
        (Effect::SetStatus { step, .. }, Released::Sent) => Ok(Some((
            Event::StatusShown { step: step.clone() },
            String::new(),
        ))),
        (Effect::OpenTicket, Released::Sent) => Err(StoreError::Refused(
            word(
                "tiket yang sudah ada disebut dengan nomornya: --ticket NOMOR",
                "a ticket that exists is named by its number: --ticket NUMBER",
            )
            .to_owned(),
        )),
        (_, Released::Ticket(_)) => Err(StoreError::Refused(
            word(
                "--ticket hanya untuk perintah membuka tiket; untuk surat dan pesan: --sent",
                "--ticket is only for orders that open a ticket; for letters and messages: --sent",
            )
            .to_owned(),
        )),
    }
}

/// Tries orders again now.
pub async fn retry(store: &Store, clock: &Clock, keys: &[String]) -> Result<(), StoreError> {
    for key in keys {
        known(store, key).await?;
        let done = store.retry_order(key, clock.now()).await?;
        say(
            done,
            key,
            word("akan dicoba lagi sekarang", "will be tried again now"),
            word(
                "perintah ini sedang dikirim atau sudah selesai",
                "this order is being sent, or is done",
            ),
        )?;
    }
    Ok(())
}

/// Gives orders up, with the reason on record.
pub async fn drop_orders(
    store: &Store,
    clock: &Clock,
    keys: &[String],
    reason: &str,
) -> Result<(), StoreError> {
    for key in keys {
        let (order, _) = known(store, key).await?;
        let event = Some(Event::OrderDropped {
            order: key.clone(),
            reason: reason.to_owned(),
        });
        let why = say!(
            "dibatalkan operator: {reason}",
            "dropped by an operator: {reason}"
        );
        let dropped = Recorded {
            order,
            state: OrderState::Dropped,
            due: clock.now(),
            why,
            result: String::new(),
            event,
        };
        let done = store.settle_order(dropped, "operator", clock.now()).await?;
        say(
            done,
            key,
            word(
                "dibatalkan; alasannya tercatat pada kasus",
                "dropped; the reason is recorded in the case",
            ),
            word(
                "perintah ini sedang dikirim atau sudah selesai",
                "this order is being sent, or is done",
            ),
        )?;
    }
    Ok(())
}

async fn known(store: &Store, key: &str) -> Result<(Claimed, OrderState), StoreError> {
    let found = store.order(key).await?;
    found.ok_or_else(|| {
        StoreError::Refused(say!(
            "tidak ada perintah {key}; kunci yang ada tertulis di `tanggap queue --all`",
            "there is no order {key}; the keys are in `tanggap queue --all`"
        ))
    })
}

fn say(done: bool, key: &str, yes: &str, no: &str) -> Result<(), StoreError> {
    if !done {
        return Err(StoreError::Refused(format!("{key}: {no}")));
    }
    println!("{key}: {yes}.");
    Ok(())
}
