//! **rules** reads a mail and judges it; it touches nothing.
//!
//! [`read`] turns hostile bytes into a [`Report`]; [`classify`] turns a report into a [`Classification`] by a [`RuleSet`].
//! This crate never opens a file or a socket, never asks for the time, and never fails on a mail: what is odd about
//! a mail is an [`Oddity`] on its report.

mod defang;
pub mod form;
mod report;

pub use defang::defang;
pub use report::*;
