//! **rules** reads a mail and judges it; it touches nothing.
//!
//! [`read`] turns hostile bytes into a [`Report`]; [`classify`] turns a report into a [`Classification`] by a [`RuleSet`].
//! This crate never opens a file or a socket, never asks for the time, and never fails on a mail: what is odd about
//! a mail is an [`Oddity`] on its report.

pub mod form;
mod language;
mod read;
mod report;

pub use read::read;
pub use report::*;
