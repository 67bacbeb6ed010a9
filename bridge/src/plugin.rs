//! Our own plugin inside osTicket (`bridge/plugin`): every write is done once under its key, and an unknown outcome may simply be
//! repeated; and it tells what staff did. It answers with real status codes; whatever did not come from it is not believed.

mod read;
mod write;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::rows::Names;
use crate::stock::{Stock, plain, retry_after, short, text_of};
use crate::{Cursor, Facts, Outcome, ReadError, Scope, TicketId, TicketNumber, TicketRef, words};

/// The oldest plugin this daemon understands.
const OLDEST: (u64, u64) = (1, 0);
/// The oldest plugin that does all this daemon asks for: it reads, and sets every field.
const WHOLE: (u64, u64) = (1, 1);
/// Of an answer to a question no more than this is read; the plugin keeps well below it.
const ANSWER: usize = 32 << 20;

/// The plugin of one osTicket, found alive at start.
#[derive(Clone)]
pub struct Plugin {
    stock: Stock,
    facts: Facts,
    /// The agent who signs what we write; osTicket's id.
    pub(crate) agent: Option<i64>,
    /// How the logs looked around a cursor when we last read them: while they look so, there is no news.
    seen: Arc<Mutex<Option<(Cursor, String)>>>,
    /// The small tables as the last reading of the logs met them, for the look at the tickets that follows it.
    met: Arc<Mutex<Option<Names>>>,
}

/// A start does not wait longer for a plugin that may not be there.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a look for the plugin found.
pub(crate) enum Search {
    Found(Box<Plugin>),
    Absent,
    /// Nobody can say yet, and why.
    Unanswered(String),
}

/// One answer of the plugin, or none.
enum Answer {
    Said(u16, Value, Option<Duration>),
    /// Not one byte of the request left.
    NotSent(String),
    /// Nobody knows.
    Lost(String),
}

impl Plugin {
    /// Asks for its health. Only who answers like an osTicket without it, or with one of another age, has none.
    pub(crate) async fn find(stock: &Stock) -> Search {
        let found = Self {
            stock: stock.clone(),
            facts: Facts::default(),
            agent: None,
            seen: Arc::default(),
            met: Arc::default(),
        };
        let asked = timeout(PATIENCE, found.get("health"));
        let health = match asked.await {
            Ok(Answer::Said(200, health, _)) => health,
            Ok(Answer::Said(300..=400 | 403..=405, ..)) => return Search::Absent,
            Ok(Answer::Said(401, said, _)) => {
                let told = said.get("words").and_then(Value::as_str);
                return Search::Unanswered(words::key_refused(&short(told.unwrap_or_default())));
            }
            Ok(answer) => return Search::Unanswered(reason(answer)),
            Err(_) => return Search::Unanswered("waktu habis".to_owned()),
        };
        let facts = read::facts(&health);
        let understood = facts.plugin.as_deref().is_some_and(is_understood);
        if !understood {
            return Search::Absent;
        }
        Search::Found(Box::new(Self {
            agent: health.get("agent_id").and_then(Value::as_i64),
            facts,
            ..found
        }))
    }

    /// As it was at the start, with the clock of now.
    pub(crate) async fn facts(&self) -> Result<Facts, ReadError> {
        match self.get("health").await {
            Answer::Said(200, health, _) => Ok(read::facts(&health)),
            answer => Err(not_now(answer)),
        }
    }

    /// The version found at the start.
    pub fn version(&self) -> &str {
        self.facts.plugin.as_deref().unwrap_or("?")
    }

    /// Whether it tells what staff did, and sets every field: an older one opens tickets and writes entries.
    pub fn is_whole(&self) -> bool {
        self.facts
            .plugin
            .as_deref()
            .is_some_and(|version| is_since(version, WHOLE))
    }

    /// Whether somebody signs what we write.
    pub fn signs(&self) -> bool {
        self.agent.is_some()
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body)).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.stock
            .request(method, &format!("tickets/tanggap/v1/{path}"))
    }

    async fn send(&self, request: RequestBuilder) -> Answer {
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() => return Answer::NotSent(plain(&error)),
            Err(error) => return Answer::Lost(words::answer_lost(&plain(&error))),
        };
        let (status, wait) = (response.status().as_u16(), retry_after(response.headers()));
        let Some(text) = text_of(response, ANSWER).await else {
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

fn is_understood(version: &str) -> bool {
    is_since(version, OLDEST)
}

/// The same major version, and no older.
fn is_since(version: &str, (oldest_major, oldest_minor): (u64, u64)) -> bool {
    let mut parts = version
        .split('.')
        .map_while(|part| part.parse::<u64>().ok());
    match (parts.next(), parts.next()) {
        (Some(major), Some(minor)) => major == oldest_major && minor >= oldest_minor,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_of_another_major_version_is_not_spoken_to() {
        assert!(is_understood("1.0.0") && is_understood("1.7.2"));
        assert!(!is_understood("0.9.0") && !is_understood("2.0.0") && !is_understood("baru"));
    }
}
