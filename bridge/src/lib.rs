//! **bridge** speaks osTicket; it knows nothing of reports, severity or storage.

mod desk;
mod outcome;
mod stock;

pub use desk::*;
pub use outcome::*;
