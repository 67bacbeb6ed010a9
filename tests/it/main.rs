//! Stories told against the world; one binary.

mod crash;
mod law;
mod machine;
mod powercut;
mod store;
mod story;
mod unit;
