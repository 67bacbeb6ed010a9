//! **bridge** speaks osTicket; it knows nothing of reports, severity or storage.
//!
//! [`Desk`] is the contract. What each answer of osTicket means is decided in one place, `stock`, by what a real osTicket
//! was seen to do (`bridge/README.md`): only `201` with a ticket number is success, and what is unknown stays unknown.

mod change;
mod clean;
mod database;
mod desk;
mod outcome;
mod plugin;
mod rows;
mod stock;
mod ticket;
mod words;
mod write;

pub use change::*;
pub use database::DatabaseSettings;
pub use desk::*;
pub use outcome::*;
pub use plugin::Plugin;
pub use stock::DeskError;
pub use ticket::*;
pub use write::*;
