//! `POST /api/tickets.email`, as `osticket.md` section b and O1–O28 describe it. tanggap does not use it; it is here so that
//! nobody can forget why.

use std::sync::Arc;

use super::Inside;
use super::json::write;
use super::state::{Entry, Ticket, cut};

/// A mail's header block, unfolded, and its body.
struct Mail {
    headers: Vec<(String, String)>,
    body: String,
}

impl Mail {
    fn parse(raw: &[u8]) -> Self {
        let text = String::from_utf8_lossy(raw).replace("\r\n", "\n");
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
        let header = |line: &str| {
            line.split_once(':')
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        };
        Self {
            headers: unfolded.lines().filter_map(header).collect(),
            body: body.to_owned(),
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    fn sender(&self) -> String {
        let from = self.header("from");
        let address = from
            .rsplit_once('<')
            .map_or(from, |(_, rest)| rest.trim_end_matches('>'));
        address.trim().to_lowercase()
    }

    /// What osTicket takes for a sign of a machine; the rest it answers (O25, O26, O28).
    fn is_automatic(&self) -> bool {
        let submitted = self.header("auto-submitted").to_lowercase();
        let precedence = self.header("precedence").to_lowercase();
        matches!(submitted.as_str(), "auto-replied" | "auto-generated")
            || matches!(precedence.as_str(), "bulk" | "list" | "junk" | "auto_reply")
            || self.header("return-path") == "<>"
    }
}

pub(super) async fn create(
    inside: &Arc<Inside>,
    raw: &[u8],
    dies: Option<u8>,
) -> Option<(u16, String)> {
    let mail = Mail::parse(raw);
    let sender = mail.sender();
    if !sender.contains('@') {
        return Some((
            500,
            "Unable to create new ticket :user\nIncomplete client information".to_owned(),
        ));
    }
    if inside.setup().banned.contains(&sender) {
        return Some((
            403,
            format!("Unable to create new ticket :Ticket denied: {sender}"),
        ));
    }
    // The column is 255 wide: a longer id is cut when stored, and never found again (O9).
    let mid = mail.header("message-id").to_owned();
    if let Some(number) = known(inside, &mid) {
        return Some((201, number));
    }
    if let Some(number) = append(inside, &mail, &mid) {
        return Some((201, number));
    }
    let ticket = Ticket {
        email: sender.clone(),
        name: sender.clone(),
        subject: cut(mail.header("subject"), 255),
        ..Ticket::default()
    };
    let entry = Entry {
        title: cut(mail.header("subject"), 255),
        body: mail.body.clone(),
        mid: cut(&mid, 255),
        ..Entry::default()
    };
    let number = write(inside, ticket, entry, dies).await?;
    if !mail.is_automatic() {
        inside.state().answered.push(sender);
    }
    Some((201, number))
}

/// "Already seen" compares case-sensitively, after the fact: two at once are both new (O1, O2).
fn known(inside: &Inside, mid: &str) -> Option<String> {
    let state = inside.state();
    let ticket = state.tickets.iter().find(|ticket| {
        ticket
            .entries
            .iter()
            .any(|entry| !mid.is_empty() && entry.mid == mid)
    })?;
    Some(ticket.number.clone())
}

/// Threads by the SQL look-up, which ignores case, of the mail's own id and its references: whoever knows an id may speak in
/// the ticket (O8, O11).
fn append(inside: &Inside, mail: &Mail, mid: &str) -> Option<String> {
    let references = format!(
        "{} {}",
        mail.header("in-reply-to"),
        mail.header("references")
    );
    let mut state = inside.state();
    let names = |entry: &Entry| {
        let stored = &entry.mid;
        !stored.is_empty()
            && (stored.eq_ignore_ascii_case(mid)
                || references
                    .split_whitespace()
                    .any(|id| id.eq_ignore_ascii_case(stored)))
    };
    let ticket = state
        .tickets
        .iter_mut()
        .find(|ticket| ticket.entries.iter().any(names))?;
    let (id, number) = (ticket.id, ticket.number.clone());
    let entry = Entry {
        title: mail.header("subject").to_owned(),
        body: mail.body.clone(),
        mid: cut(mid, 255),
        ..Entry::default()
    };
    state.speak(id, entry);
    Some(number)
}
