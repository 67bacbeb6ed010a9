//! Stories told against the world; one binary.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that panics has failed, which is all it should do with the unexpected"
)]

mod backtest;
mod books;
mod config;
mod contract;
mod crash;
mod daemon;
mod deadlines;
mod disk;
mod dossier;
mod end_to_end;
mod english;
mod escalate;
mod explain;
mod known;
mod law;
mod letter;
mod letter_loop;
mod machine;
mod mailbox;
mod numbers;
mod paper;
mod plugin;
mod powercut;
mod process;
mod release;
mod report;
mod retention;
mod service;
mod shared;
mod sheets;
mod staff;
mod store;
mod story;
mod ten_steps;
mod unit;
mod ways;
