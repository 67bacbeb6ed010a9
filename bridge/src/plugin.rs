//! Our own plugin inside osTicket (`bridge/plugin`): every write is done once under its key, and an unknown outcome may simply be
//! repeated. It answers with real status codes; whatever did not come from it is not believed.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Map, Value, json};
use tokio::time::timeout;

use crate::stock::{Stock, plain, retry_after, short, text_of};
use crate::{
    Attachment, Catalogue, Changed, EffectKey, Facts, Found, Named, NewChange, NewMessage, NewNote,
    NewReply, NewTicket, Outcome, ReadError, Scope, Setting, Standing, Status, TicketId,
    TicketNumber, TicketRef, clean, words,
};

/// The oldest plugin this daemon understands.
const OLDEST: (u64, u64) = (1, 0);
/// What files weigh in one request, before they are encoded.
const FILES: usize = 12 << 20;

/// The plugin of one osTicket, found alive at start.
#[derive(Clone)]
pub struct Plugin {
    stock: Stock,
    facts: Facts,
    /// The agent who signs what we write; osTicket's id.
    pub(crate) agent: Option<i64>,
}

/// A start does not wait longer for a plugin that may not be there.
const PATIENCE: Duration = Duration::from_secs(5);

/// One answer of the plugin, or none.
enum Answer {
    Said(u16, Value, Option<Duration>),
    /// Not one byte of the request left.
    NotSent(String),
    /// Nobody knows.
    Lost(String),
}

impl Plugin {
    /// Asks for its health; `None` where there is no plugin that this daemon understands.
    pub(crate) async fn find(stock: &Stock) -> Option<Self> {
        let found = Self {
            stock: stock.clone(),
            facts: Facts::default(),
            agent: None,
        };
        let asked = timeout(PATIENCE, found.ask(Method::GET, "health", None));
        let Ok(Answer::Said(200, health, _)) = asked.await else {
            return None;
        };
        let facts = facts_of(&health);
        let understood = facts.plugin.as_deref().is_some_and(is_understood);
        understood.then_some(Self {
            agent: health.get("agent_id").and_then(Value::as_i64),
            facts,
            ..found
        })
    }

    /// As it was at the start, with the clock of now.
    pub(crate) async fn facts(&self) -> Result<Facts, ReadError> {
        match self.ask(Method::GET, "health", None).await {
            Answer::Said(200, health, _) => Ok(facts_of(&health)),
            answer => Err(not_now(answer)),
        }
    }

    /// The version found at the start.
    pub fn version(&self) -> &str {
        self.facts.plugin.as_deref().unwrap_or("?")
    }

    /// Whether somebody signs what we write.
    pub fn signs(&self) -> bool {
        self.agent.is_some()
    }

    /// Opens a ticket. A reporter whom osTicket will not know (O16) is named in the text, and our own address stands in.
    pub(crate) async fn open(&self, ticket: &NewTicket) -> Outcome<TicketRef> {
        let path = format!("tickets/{}", ticket.key.hex());
        let mut body = composed(ticket);
        let first = self.post(&path, &body).await;
        let strange = matches!(&first, Answer::Said(422, said, _) if word(said) == "reporter");
        if !strange || ticket.reporter_address == ticket.stand_in_address {
            return settled(first, reference);
        }
        if let Some(fields) = body.as_object_mut() {
            fields.insert("email".to_owned(), json!(ticket.stand_in_address));
        }
        settled(self.post(&path, &body).await, reference)
    }

    pub(crate) async fn lookup(&self, key: EffectKey) -> Found {
        let path = format!("tickets/{}", key.hex());
        match self.ask(Method::GET, &path, None).await {
            Answer::Said(404, said, _) if word(&said) == "absent" => Found::Absent,
            Answer::Said(200, said, _) => match reference(&said) {
                Some(ticket) if said.get("whole") == Some(&json!(true)) => Found::Ticket(ticket),
                Some(ticket) => Found::Partial(ticket),
                None => Found::AskAgain {
                    why: words::strange(200, &short(&said.to_string())),
                },
            },
            answer => Found::AskAgain {
                why: reason(answer),
            },
        }
    }

    pub(crate) async fn append(&self, message: &NewMessage) -> Outcome<()> {
        let mut body = entry("message", &message.ticket, &message.body);
        body.insert("email".to_owned(), json!(message.reporter_address));
        self.write_entry(message.key, body, &message.attachments)
            .await
    }

    pub(crate) async fn note(&self, note: &NewNote) -> Outcome<()> {
        let mut body = entry("note", &note.ticket, &note.body);
        body.insert("title".to_owned(), json!(clean::subject(&note.title)));
        self.write_entry(note.key, body, &note.attachments).await
    }

    pub(crate) async fn reply(&self, reply: &NewReply) -> Outcome<()> {
        let body = entry("reply", &reply.ticket, &reply.body);
        self.write_entry(reply.key, body, &reply.attachments).await
    }

    async fn write_entry(
        &self,
        key: EffectKey,
        mut body: Map<String, Value>,
        files: &[Attachment],
    ) -> Outcome<()> {
        if files.iter().map(|file| file.bytes.len()).sum::<usize>() > FILES {
            return Outcome::Never {
                why: words::files_too_large(),
            };
        }
        let files: Vec<Value> = files.iter().map(file).collect();
        body.insert("attachments".to_owned(), json!(files));
        let path = format!("entries/{}", key.hex());
        settled(self.post(&path, &Value::Object(body)).await, |said| {
            said.get("id").and_then(Value::as_i64).map(|_| ())
        })
    }

    /// Sets one field, as the plugin's agent; the plugin reads it back.
    pub(crate) async fn change(&self, change: &NewChange) -> Outcome<Changed> {
        let (set, value) = match &change.set {
            Setting::Status(id) => ("status", *id),
            Setting::Priority(id) => ("priority", *id),
            Setting::Agent(id) => ("agent", *id),
            Setting::Reopen
            | Setting::Topic(_)
            | Setting::Department(_)
            | Setting::Field { .. } => {
                return Outcome::Never {
                    why: words::plugin_cannot_change(&change.ticket.number.0),
                };
            }
        };
        let mut body = of_ticket(&change.ticket);
        body.insert("set".to_owned(), json!(set));
        body.insert("value".to_owned(), json!(value));
        body.insert("if_still".to_owned(), json!(change.if_still));
        let path = format!("changes/{}", change.key.hex());
        settled(self.post(&path, &Value::Object(body)).await, |said| {
            let now = said.get("now")?.as_str()?.to_owned();
            let written = said.get("written")?.as_bool()?;
            Some(if written {
                Changed::Written
            } else {
                Changed::Kept { now }
            })
        })
    }

    pub(crate) async fn catalogue(&self) -> Result<Catalogue, ReadError> {
        match self.ask(Method::GET, "catalogue", None).await {
            Answer::Said(200, said, _) => Ok(Catalogue {
                statuses: rows(&said, "statuses", status),
                priorities: rows(&said, "priorities", named),
                topics: rows(&said, "topics", named),
                departments: rows(&said, "departments", named),
                agents: rows(&said, "agents", named),
                fields: Vec::new(),
            }),
            answer => Err(not_now(answer)),
        }
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self
            .stock
            .request(method, &format!("tickets/tanggap/v1/{path}"));
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() => return Answer::NotSent(plain(&error)),
            Err(error) => return Answer::Lost(words::answer_lost(&plain(&error))),
        };
        let (status, wait) = (response.status().as_u16(), retry_after(response.headers()));
        let Some(text) = text_of(response).await else {
            return Answer::Lost(words::answer_lost("jawabannya terputus"));
        };
        match serde_json::from_str(&text) {
            Ok(said @ Value::Object(_)) => Answer::Said(status, said, wait),
            // The plugin answers in JSON only: this is osTicket, PHP or a proxy speaking.
            _ if matches!(status, 400 | 404 | 405 | 300..400) => {
                Answer::Said(status, json!({ "words": short(&text) }), wait)
            }
            _ => Answer::Lost(words::strange(status, &short(&text))),
        }
    }
}

/// What a write came to. Only what the plugin itself confirmed is done; only what it refused is not.
fn settled<T>(answer: Answer, read: impl FnOnce(&Value) -> Option<T>) -> Outcome<T> {
    let (status, said, wait) = match answer {
        Answer::NotSent(why) => return later(words::unreachable(&why), None),
        Answer::Lost(why) => return Outcome::Unknown { why },
        Answer::Said(status, said, wait) => (status, said, wait),
    };
    let told = short(
        said.get("words")
            .and_then(Value::as_str)
            .unwrap_or_default(),
    );
    match (status, word(&said)) {
        (200 | 201, _) => match read(&said) {
            Some(value) => Outcome::Done(value),
            None => Outcome::Unknown {
                why: words::strange(status, &short(&said.to_string())),
            },
        },
        (401, _) => later(words::key_refused(&told), None),
        (503, "busy") | (429, _) => later(words::busy(status), wait),
        (403, "denied") => Outcome::Never {
            why: words::denied(&told),
        },
        (410, "gone") => Outcome::Never {
            why: words::ticket_gone(&told),
        },
        (409 | 422, _) => Outcome::Never {
            why: words::refused(&told),
        },
        // The plugin was taken away, or the address leads elsewhere: nothing was done.
        (300..=405, _) => later(words::not_the_api(status, &told), None),
        _ => Outcome::Unknown {
            why: words::strange(status, &told),
        },
    }
}

fn later<T>(why: String, after: Option<Duration>) -> Outcome<T> {
    Outcome::Later {
        why,
        after,
        scope: Scope::Channel,
    }
}

fn reason(answer: Answer) -> String {
    match answer {
        Answer::NotSent(why) => words::unreachable(&why),
        Answer::Lost(why) => why,
        Answer::Said(status, said, _) => words::strange(status, &short(&said.to_string())),
    }
}

fn not_now(answer: Answer) -> ReadError {
    ReadError::NotNow {
        why: reason(answer),
        after: None,
    }
}

fn word(said: &Value) -> &str {
    said.get("error").and_then(Value::as_str).unwrap_or("")
}

fn reference(said: &Value) -> Option<TicketRef> {
    Some(TicketRef {
        number: TicketNumber(said.get("number")?.as_str()?.to_owned()),
        id: Some(TicketId(said.get("id")?.as_i64()?)),
    })
}

/// The ticket as the plugin takes it; nothing in it is the sender's to choose but the words of subject, name and text.
fn composed(ticket: &NewTicket) -> Value {
    json!({
        "subject": clean::subject(&ticket.subject),
        "body": clean::body(&ticket.body),
        "name": clean::name(&ticket.reporter_name),
        "email": ticket.reporter_address,
        "topic": ticket.topic,
        "priority": ticket.priority,
        "alert": true,
    })
}

fn of_ticket(ticket: &TicketRef) -> Map<String, Value> {
    let mut body = Map::new();
    match ticket.id {
        Some(id) => body.insert("ticket".to_owned(), json!(id.0)),
        None => body.insert("number".to_owned(), json!(ticket.number.0)),
    };
    body
}

fn entry(kind: &str, ticket: &TicketRef, text: &str) -> Map<String, Value> {
    let mut body = of_ticket(ticket);
    body.insert("kind".to_owned(), json!(kind));
    body.insert("body".to_owned(), json!(clean::body(text)));
    body
}

fn file(file: &Attachment) -> Value {
    json!({ "name": clean::name(&file.name), "type": file.media_type, "data": base64(&file.bytes) })
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0_usize, |group, at| {
            (group << 8) | chunk.get(at).copied().map_or(0, usize::from)
        });
        for place in 0..4 {
            let digit = DIGITS.get((group >> (18 - 6 * place)) & 63).copied();
            text.push(if place <= chunk.len() {
                digit.map_or('=', char::from)
            } else {
                '='
            });
        }
    }
    text
}

fn facts_of(health: &Value) -> Facts {
    let text = |name: &str| Some(health.get(name)?.as_str()?.to_owned());
    Facts {
        osticket: text("osticket"),
        plugin: text("plugin"),
        clock: health.get("clock").and_then(Value::as_i64),
        saw_us_as: text("saw"),
        ..Facts::default()
    }
}

/// The same major version, and no older than this daemon needs.
fn is_understood(version: &str) -> bool {
    let mut parts = version
        .split('.')
        .map_while(|part| part.parse::<u64>().ok());
    match (parts.next(), parts.next()) {
        (Some(major), Some(minor)) => major == OLDEST.0 && minor >= OLDEST.1,
        _ => false,
    }
}

fn rows<T>(said: &Value, name: &str, read: fn(&Value) -> Option<T>) -> Vec<T> {
    let rows = said.get(name).and_then(Value::as_array);
    rows.into_iter().flatten().filter_map(read).collect()
}

fn named(row: &Value) -> Option<Named> {
    Some(Named {
        id: row.get("id")?.as_i64()?,
        name: row.get("name")?.as_str()?.to_owned(),
    })
}

fn status(row: &Value) -> Option<Status> {
    let Named { id, name } = named(row)?;
    let standing = match row.get("state")?.as_str()? {
        "open" => Standing::Open,
        "closed" => Standing::Closed,
        "archived" => Standing::Archived,
        _ => Standing::Deleted,
    };
    Some(Status { id, name, standing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_encoded_as_rfc_4648_says() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn a_plugin_of_another_major_version_is_not_spoken_to() {
        assert!(is_understood("1.0.0") && is_understood("1.7.2"));
        assert!(!is_understood("0.9.0") && !is_understood("2.0.0") && !is_understood("baru"));
    }
}
