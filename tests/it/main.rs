//! Stories told against the world; one binary.

mod config;
mod crash;
mod law;
mod letter;
mod machine;
mod powercut;
mod service;
mod store;
mod story;
mod unit;
