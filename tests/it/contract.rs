//! One contract for osTicket's stock HTTP API, asked of two: the stand-in always, and a real osTicket where `TANGGAP_OSTICKET_URL`, `_KEY`,
//! `_DB_HOST`, `_DB_PORT`, `_DB_USER`, `_DB_PASSWORD` and `_DB_NAME` name one that may be written to and has `verify_email_addrs` off. What
//! both must do is asserted of both, so that the stand-in cannot drift from what it stands for. `O…` are the fault experiments' numbers.
//!
//! Asked in part: O2 (more than one ticket, not how many), O6 (the marker's column, no killed PHP), O11 (`References`, not `Ref-Mid`), O15 (no
//! header line of 2 MB), O18 (a fatal error of FPM's, not the built-in server), O20 (no byte invalid in its charset), O21 (three files).
//! Not asked yet: O3 to O5, O10, O12, O13, O16, O17, O22 to O28; of section a: XML, bans, `max_open_tickets`, custom fields, flags.

mod email;
mod json;
mod subject;

use subject::Subject;

/// A token no earlier run has used; it marks a ticket's subject.
fn fresh() -> String {
    format!("uji{:x}", tanggap::clock::Clock::default().unique())
}

/// Whether an answer is a ticket number and nothing else.
fn is_number(body: &str) -> bool {
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_digit())
}
