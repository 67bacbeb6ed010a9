//! The pace of a tick: a period, a nudge, and a stop.

/// What one tick got done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// How many things were dealt with.
    pub done: u64,
    /// There is more to do right now: tick again without waiting.
    pub more: bool,
}
