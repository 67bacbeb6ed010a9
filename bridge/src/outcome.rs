//! What became of one attempt to act on the outside world.

use std::time::Duration;

/// How far a `Later` reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Only this order waits.
    Order,
    /// Everything on this channel waits (wrong key, wrong URL, server down).
    Channel,
}

/// The four ways an attempt can end. Deciding which one is the whole art of this crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome<T> {
    Done(T),
    /// Certainly not executed; try again.
    Later {
        why: String,
        /// What the other side asked for (`Retry-After`), if it did.
        after: Option<Duration>,
        scope: Scope,
    },
    /// Certainly not executed, and repeating will not help: a human must look.
    Never {
        why: String,
    },
    /// Sent, and no trustworthy answer: look before repeating.
    Unknown {
        why: String,
    },
}
