//! One contract for osTicket's stock HTTP API, asked of two: the stand-in always, and a real osTicket where `TANGGAP_OSTICKET_URL`, `_KEY`,
//! `_DB_HOST`, `_DB_PORT`, `_DB_USER`, `_DB_PASSWORD` and `_DB_NAME` name one that may be written to and has `verify_email_addrs` off. What
//! both must do is asserted of both, so that the stand-in cannot drift from what it stands for. `O…` are the fault experiments' numbers.
//!
//! Not asked here: what needs the staff panel (O12, O13), a killed PHP (O5, O6: `tests/it/staff.rs` and the stand-in's `DieAtStep`), the
//! markup filter and the mails osTicket sends (O22–O28: tanggap sends plain text and switches its answers off).

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
