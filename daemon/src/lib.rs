//! **daemon** remembers and acts: it takes each mail from the mailbox, keeps it, has it judged, and follows it to a ticket and an answer.
//!
//! The modules stand in the order of the flow; `service` is the page that shows it all.

pub mod clock;
pub mod config;
pub mod failpoint;
mod tls;
pub mod tongue;
mod wire;

pub mod mailbox;
pub mod store;

pub mod fetch;
pub mod judge;

pub mod case;
pub mod letter;
pub mod pgp;
pub mod register;
pub mod secretary;
pub mod showing;
pub mod ticket;

pub mod deliver;
pub mod remind;
pub mod sync;

pub mod crew;
pub mod house;
pub mod lifecycle;
pub mod log;
pub mod pace;
pub mod rulebook;
pub mod service;

pub mod cli;
