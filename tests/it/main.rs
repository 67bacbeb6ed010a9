//! Stories told against the world; one binary.

mod machine;
mod powercut;
mod store;
mod law;
mod unit;
