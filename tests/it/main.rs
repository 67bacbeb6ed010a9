//! Stories told against the world; one binary.

mod books;
mod config;
mod crash;
mod daemon;
mod disk;
mod end_to_end;
mod explain;
mod law;
mod letter;
mod letter_loop;
mod machine;
mod mailbox;
mod powercut;
mod process;
mod real_osticket;
mod service;
mod shared;
mod staff;
mod store;
mod story;
mod unit;
