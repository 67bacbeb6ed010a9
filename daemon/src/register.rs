//! The SOP's books: what stands in them, and how they are shown.
//!
//! Rows are made here, of events and reports, by pure functions; `store::books` numbers and chains them. A page for people
//! is a [`Ledger`], whatever it is printed as.

mod book;
mod csv;
use std::fmt::Write;

mod agenda;
mod analysis;
mod form;
mod ledger;
mod mutation;
mod page;
mod queue;
pub mod report;
mod xlsx;

pub use agenda::{feed_mark, incoming, letter_number, registered};
pub use analysis::{ANALYSIS_TABLES, CaseFile, analysis};
pub use book::{Book, Cells, NewRow, Which};
pub use csv::csv;
pub use form::{Form, FormFacts, form};
pub use ledger::{Column, Ledger, Row};
pub use mutation::{is_booked, once_numbered, rows_of};
pub use page::page;
pub use queue::{QueueFacts, QueueRow, queue};
pub use xlsx::{SheetError, workbook, xlsx};

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
