//! An unmodified osTicket, by its stock HTTP API (`osticket.md` sections a and c).

use std::net::Ipv6Addr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Map, Value, json};

use crate::{
    Attachment, DeskSettings, EffectKey, NewTicket, Outcome, Scope, TicketNumber, TicketRef, clean,
    words,
};

/// Of any answer no more than this is read.
const ANSWER: usize = 64 << 10;
const CONNECT: Duration = Duration::from_secs(10);
/// `Retry-After` is honoured up to here.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

/// osTicket's words for an address it will not take.
const UNKNOWN_REPORTER: &str = "Incomplete client information";

/// Why the desk could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

/// The stock HTTP API of one osTicket.
#[derive(Clone)]
pub struct Stock {
    client: Client,
    /// Ends without a slash.
    base: String,
    key: String,
    timeout: Duration,
}

impl Stock {
    pub(crate) fn new(settings: &DeskSettings) -> Result<Self, DeskError> {
        // Whoever was first has chosen ring already; that is what we want.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .http1_only()
            .connect_timeout(CONNECT.min(settings.timeout))
            .timeout(settings.timeout)
            .pool_max_idle_per_host(0)
            .build()
            .map_err(DeskError::Client)?;
        Ok(Self {
            client,
            base: settings.url.trim_end_matches('/').to_owned(),
            key: settings.api_key.clone(),
            timeout: settings.timeout,
        })
    }

    /// For a whole request.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// A request to `/api/…` that bears our key.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}/api/{path}", self.base))
            .header("X-API-Key", &self.key)
    }

    /// Opens a ticket. A reporter whom osTicket will not know (`verify_email_addrs`, O16) is named in the text, and the desk's
    /// own address stands in: that refusal means that nothing was done, so a second try is safe.
    pub(crate) async fn open(&self, ticket: &NewTicket) -> Outcome<TicketRef> {
        match self.try_open(ticket).await {
            Outcome::Never { why }
                if why.contains(UNKNOWN_REPORTER)
                    && ticket.reporter_address != ticket.stand_in_address =>
            {
                let stand_in = NewTicket {
                    reporter_address: ticket.stand_in_address.clone(),
                    ..ticket.clone()
                };
                self.try_open(&stand_in).await
            }
            outcome => outcome,
        }
    }

    async fn try_open(&self, ticket: &NewTicket) -> Outcome<TicketRef> {
        let request = self
            .request(Method::POST, "tickets.json")
            .json(&composed(ticket));
        match request.send().await {
            Ok(response) => judge(response).await,
            // Before the connection stands not one byte of the request has left.
            Err(error) if error.is_connect() => later(words::unreachable(&plain(&error)), None),
            Err(error) if error.is_builder() => Outcome::Never {
                why: words::refused(&plain(&error)),
            },
            Err(error) => Outcome::Unknown {
                why: words::answer_lost(&plain(&error)),
            },
        }
    }
}

/// The ticket as osTicket's JSON. Nothing in it is the sender's to choose but the words of subject, name and text.
fn composed(ticket: &NewTicket) -> Value {
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    put("source", json!("API"));
    put("alert", json!(true));
    // One system answers the reporter, and it is not osTicket.
    put("autorespond", json!(false));
    put("name", json!(clean::name(&ticket.reporter_name)));
    put("email", json!(ticket.reporter_address));
    put("subject", json!(clean::subject(&ticket.subject)));
    put("message", json!(clean::body(&ticket.body)));
    // Stored unread in osTicket's first INSERT: whatever dies later, the ticket can be found by it (O6).
    put("ip", json!(marker(ticket.key)));
    let ids = [
        ("topicId", ticket.topic),
        ("priorityId", ticket.priority),
        ("deptId", ticket.department),
        ("slaId", ticket.sla),
    ];
    for (name, id) in ids {
        if let Some(id) = id {
            put(name, json!(id));
        }
    }
    for (name, value) in &ticket.fields {
        put(name, json!(clean::body(value)));
    }
    let files: Vec<Value> = ticket.attachments.iter().map(file).collect();
    if !files.is_empty() {
        put("attachments", json!(files));
    }
    Value::Object(fields)
}

/// `{"bukti.png": "data:image/png;base64,…"}`
fn file(file: &Attachment) -> Value {
    let data = STANDARD.encode(&file.bytes);
    let mut named = Map::new();
    named.insert(
        clean::file_name(&file.name),
        json!(format!("data:{};base64,{data}", file.media_type)),
    );
    Value::Object(named)
}

/// Our key as a unique local address (RFC 4193): `fd` and 120 bits.
pub(crate) fn marker(key: EffectKey) -> String {
    let mut bytes = [0xfd; 16];
    for (place, byte) in bytes.iter_mut().skip(1).zip(key.0) {
        *place = byte;
    }
    Ipv6Addr::from(bytes).to_string()
}

/// What an answer means. Everything that is not known to mean "not done" means "nobody knows".
async fn judge(response: Response) -> Outcome<TicketRef> {
    let status = response.status();
    let headers = response.headers().clone();
    let Some(body) = text_of(response, ANSWER).await else {
        return Outcome::Unknown {
            why: words::answer_lost("jawabannya terputus atau terlalu panjang"),
        };
    };
    let said = short(&body);
    match status.as_u16() {
        201 => number(&body).map_or_else(
            || Outcome::Unknown {
                why: words::strange(201, &said),
            },
            |number| Outcome::Done(TicketRef { number, id: None }),
        ),
        300..400 => later(words::redirected(&location(&headers)), None),
        400 => bad_request(&said),
        401 => later(words::key_refused(&said), None),
        403 if said.contains("Ticket denied") => Outcome::Never {
            why: words::denied(&said),
        },
        404 | 405 => later(words::not_the_api(status.as_u16(), &said), None),
        429 => later(words::busy(429), retry_after(&headers)),
        500 => internal(&said),
        code => Outcome::Unknown {
            why: words::strange(code, &said),
        },
    }
}

/// `400` means that nothing was done: a wrong address concerns everything, unreadable JSON this ticket alone.
fn bad_request(said: &str) -> Outcome<TicketRef> {
    if said.contains("URL not supported") {
        return later(words::not_the_api(400, said), None);
    }
    Outcome::Never {
        why: words::refused(said),
    }
}

/// `500` is both "your data is wrong" and "I fell over"; only its text tells (O15).
fn internal(said: &str) -> Outcome<TicketRef> {
    let validation = said.contains("Unable to create new ticket") && said.contains(':');
    if validation {
        return Outcome::Never {
            why: words::refused(said),
        };
    }
    Outcome::Unknown {
        why: words::strange(500, said),
    }
}

/// The whole body is a ticket number, or it is none.
fn number(body: &str) -> Option<TicketNumber> {
    let number = body.trim();
    let plain = (1..=20).contains(&number.len())
        && number
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (plain && number.bytes().any(|byte| byte.is_ascii_digit()))
        .then(|| TicketNumber(number.to_owned()))
}

/// The body, if it came whole and is of a sane size.
pub(crate) async fn text_of(mut response: Response, most: usize) -> Option<String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > most {
            return None;
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn later(why: String, after: Option<Duration>) -> Outcome<TicketRef> {
    Outcome::Later {
        why,
        after,
        scope: Scope::Channel,
    }
}

pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

fn location(headers: &HeaderMap) -> String {
    short(
        headers
            .get(LOCATION)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("alamat lain"),
    )
}

/// The answer's first words on one line, for people; markup and control characters are no words.
pub(crate) fn short(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !matches!(c, '<' | '>'))
        .collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    words.join(" ").chars().take(300).collect()
}

/// An error without the URL, which people know, and with its cause, which they need.
pub(crate) fn plain(error: &reqwest::Error) -> String {
    let mut text = String::new();
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = inner.to_string();
        cause = inner.source();
    }
    match () {
        () if error.is_timeout() => "waktu habis".to_owned(),
        () if text.is_empty() => "sebab tidak diketahui".to_owned(),
        () => short(&text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_fits_an_address_that_osticket_keeps() {
        assert_eq!(
            marker(EffectKey([0x12; 15])),
            "fd12:1212:1212:1212:1212:1212:1212:1212"
        );
    }

    #[test]
    fn only_a_number_is_a_number() {
        assert_eq!(number("856274\n"), Some(TicketNumber("856274".to_owned())));
        assert_eq!(
            number("INS-0042"),
            Some(TicketNumber("INS-0042".to_owned()))
        );
        for body in [
            "",
            "<html>856274</html>",
            "856274 <br>",
            "Fatal error",
            "ok",
            &"1".repeat(21),
        ] {
            assert_eq!(number(body), None, "{body:?}");
        }
    }
}
