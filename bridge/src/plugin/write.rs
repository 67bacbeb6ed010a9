//! What is written through the plugin: once per key, read back there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::{Answer, Plugin, reason, reference, settled, word};
use crate::stock::short;
use crate::{
    Attachment, Changed, EffectKey, Found, NewChange, NewMessage, NewNote, NewReply, NewTicket,
    Outcome, ReadError, Scope, Setting, Status, TicketRef, clean, words,
};

/// What files weigh in one request, before they are encoded.
const FILES: usize = 12 << 20;

impl Plugin {
    /// Opens a ticket. A reporter whom osTicket will not know (O16) is named in the text, and our own address stands in.
    pub(crate) async fn open(&self, ticket: &NewTicket) -> Outcome<TicketRef> {
        if too_heavy(&ticket.attachments) {
            return Outcome::Never {
                why: words::files_too_large(),
            };
        }
        let path = format!("tickets/{}", ticket.key.hex());
        let mut body = composed(ticket);
        let first = self.post_without_refused(&path, &mut body).await;
        let strange = matches!(&first, Answer::Said(422, said, _) if word(said) == "reporter");
        if !strange || ticket.reporter_address == ticket.stand_in_address {
            return settled(first, reference);
        }
        if let Some(fields) = body.as_object_mut() {
            fields.insert("email".to_owned(), json!(ticket.stand_in_address));
        }
        settled(self.post(&path, &body).await, reference)
    }

    /// A file that osTicket refuses keeps no report and no follow-up from its ticket: the text goes without, and says so.
    async fn post_without_refused(&self, path: &str, body: &mut Value) -> Answer {
        let first = self.post(path, body).await;
        let Answer::Said(422, said, _) = &first else {
            return first;
        };
        let words = said.get("words").and_then(Value::as_str);
        let (Some(fields), "attachment") = (body.as_object_mut(), word(said)) else {
            return first;
        };
        let text = fields.get("body").and_then(Value::as_str);
        let told = format!(
            "{}\n\n{}",
            text.unwrap_or_default(),
            words::file_refused(&short(words.unwrap_or_default()))
        );
        fields.insert("body".to_owned(), json!(clean::body(&told)));
        fields.insert("attachments".to_owned(), json!([]));
        self.post(path, body).await
    }

    pub(crate) async fn lookup(&self, key: EffectKey) -> Found {
        let path = format!("tickets/{}", key.hex());
        match self.get(&path).await {
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
        if too_heavy(files) {
            return Outcome::Never {
                why: words::files_too_large(),
            };
        }
        let files: Vec<Value> = files.iter().map(file).collect();
        body.insert("attachments".to_owned(), json!(files));
        let path = format!("entries/{}", key.hex());
        let mut body = Value::Object(body);
        let answer = self.post_without_refused(&path, &mut body).await;
        settled(answer, |said| {
            said.get("id").and_then(Value::as_i64).map(|_| ())
        })
    }

    /// Sets one field, as the plugin's agent; the plugin reads it back.
    pub(crate) async fn change(&self, change: &NewChange) -> Outcome<Changed> {
        let mut body = of_ticket(&change.ticket);
        let (set, value) = match &change.set {
            Setting::Status(id) => ("status", json!(id)),
            Setting::StatusNamed(names) => match self.status_named(names).await {
                Ok(id) => ("status", json!(id)),
                Err(outcome) => return outcome,
            },
            Setting::Reopen => ("reopen", Value::Null),
            Setting::Priority(id) => ("priority", json!(id)),
            Setting::Topic(id) => ("topic", json!(id)),
            Setting::Department(id) => ("department", json!(id)),
            Setting::Agent(id) => ("agent", json!(id)),
            Setting::Field { name, value } => {
                body.insert("name".to_owned(), json!(name));
                ("field", json!(clean::body(value)))
            }
        };
        body.insert("set".to_owned(), json!(set));
        body.insert("value".to_owned(), value);
        body.insert("if_still".to_owned(), json!(change.if_still));
        let path = format!("changes/{}", change.key.hex());
        settled(self.post(&path, &Value::Object(body)).await, |said| {
            let now = said.get("now")?.as_str()?.to_owned();
            let written = said.get("written")?.as_bool()?;
            Some(if written {
                Changed::Written { now }
            } else {
                Changed::Kept { now }
            })
        })
    }
}

impl Plugin {
    /// The id of the first of these statuses that osTicket has.
    async fn status_named(&self, names: &[String]) -> Result<i64, Outcome<Changed>> {
        if !self.is_whole() {
            let why = words::old_plugin_sets_no_status();
            return Err(Outcome::Never { why });
        }
        let known = match self.catalogue().await {
            Ok(catalogue) => catalogue.statuses,
            Err(ReadError::Unable { why }) => return Err(Outcome::Never { why }),
            Err(ReadError::NotNow { why, after }) => {
                let scope = Scope::Order;
                return Err(Outcome::Later { why, after, scope });
            }
        };
        let is = |name: &String| {
            let alike = |status: &&Status| status.name.to_lowercase() == name.to_lowercase();
            known.iter().find(alike).map(|status| status.id)
        };
        names.iter().find_map(is).ok_or_else(|| Outcome::Never {
            why: words::no_such_status(names),
        })
    }
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
        "department": ticket.department,
        "sla": ticket.sla,
        "fields": ticket.fields,
        "attachments": ticket.attachments.iter().map(file).collect::<Vec<_>>(),
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

fn too_heavy(files: &[Attachment]) -> bool {
    files.iter().map(|file| file.bytes.len()).sum::<usize>() > FILES
}

fn file(file: &Attachment) -> Value {
    json!({ "name": clean::file_name(&file.name), "type": file.media_type, "data": STANDARD.encode(&file.bytes) })
}
