//! The pace of a tick: a period, a nudge, and a stop.
//!
//! A tick takes no input and never repeats anything itself; this is what calls it again. A failed tick waits longer each time.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use crate::store::is_disk_failure;

/// After the first failure a tick waits so long, then twice as long, and so on.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// Never longer than this, so that a server that is back is noticed soon.
const LONGEST_WAIT: Duration = Duration::from_mins(5);

/// After so many failures of the disk under one tick the program ends: the system may have thrown away what it could not write,
/// and only a fresh start sees what is there.
const DISK_FAILURES: u32 = 2;

/// What one tick got done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// How many things were dealt with.
    pub done: u64,
    /// There is more to do right now: tick again without waiting.
    pub more: bool,
}

/// Work that is done bit by bit, decided from the database alone.
pub trait Tick: Send + 'static {
    type Error: std::error::Error + Send + 'static;

    /// Does what is to be done now.
    fn tick(&mut self) -> impl Future<Output = Result<Progress, Self::Error>> + Send;

    /// Rests until something may have come up, at most so long.
    fn rest(&mut self, at_most: Duration) -> impl Future<Output = ()> + Send {
        sleep(at_most)
    }

    /// Takes leave of whoever it talks to; nothing is called after it.
    fn end(&mut self) -> impl Future<Output = ()> + Send {
        async {}
    }
}

/// How far the daemon is from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    Running,
    /// Begin nothing new; finish what is begun.
    Draining,
    /// Drop everything: what is not recorded will be found by the next start.
    Ending,
}

/// Tells every tick when to end.
#[derive(Debug, Clone)]
pub struct Stop(pub watch::Receiver<Phase>);

impl Stop {
    /// Waits for this phase or a later one; a lost sender counts as the end.
    pub async fn reached(&self, phase: Phase) {
        let _ = self.0.clone().wait_for(|now| *now >= phase).await;
    }

    fn is(&self, phase: Phase) -> bool {
        *self.0.borrow() >= phase
    }
}

/// Whether a tick is at work, and how often it began: odd while at work.
#[derive(Debug, Default)]
pub struct Pulse(AtomicU64);

impl Pulse {
    /// Changes with every beginning and every end.
    pub fn beat(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Whether a tick is at work at this beat.
    pub fn at_work(beat: u64) -> bool {
        beat % 2 == 1
    }

    fn turn(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// When a tick is called.
pub struct Pace {
    /// For the log.
    pub name: String,
    /// At least this often.
    pub period: Duration,
    /// And at once when somebody has work for it.
    pub nudge: Arc<Notify>,
    /// Whom to nudge after something was done.
    pub wakes: Vec<Arc<Notify>>,
    pub stop: Stop,
    pub pulse: Arc<Pulse>,
}

impl Pace {
    /// Calls the tick until the stop. What is begun when the drain begins is finished; at the end it is dropped.
    pub async fn keep(self, mut tick: impl Tick) {
        let (mut failures, mut disk_failures) = (0, 0);
        while !self.stop.is(Phase::Draining) {
            let outcome = tokio::select! {
                outcome = self.beat(&mut tick) => outcome,
                () = self.stop.reached(Phase::Ending) => return,
            };
            match outcome {
                Ok(progress) => {
                    failures = 0;
                    self.go_on(&mut tick, progress).await;
                }
                Err(error) => {
                    failures += 1;
                    disk_failures += u32::from(is_disk_failure(&error));
                    if disk_failures == DISK_FAILURES {
                        tracing::error!(tick = self.name, error = %Chain(&error), "the disk failed again: what it says is durable may not be; ending, so that a fresh start reads what is really there");
                        return;
                    }
                    let wait = wait_after(failures);
                    tracing::error!(tick = self.name, error = %Chain(&error), wait_s = wait.as_secs(), "tick failed");
                    self.back_off(wait).await;
                }
            }
        }
        tokio::select! {
            () = tick.end() => {}
            () = self.stop.reached(Phase::Ending) => {}
        }
    }

    async fn beat<T: Tick>(&self, tick: &mut T) -> Result<Progress, T::Error> {
        self.pulse.turn();
        let outcome = tick.tick().await;
        self.pulse.turn();
        outcome
    }

    async fn go_on(&self, tick: &mut impl Tick, progress: Progress) {
        if progress.done > 0 {
            tracing::debug!(tick = self.name, done = progress.done, "done");
            self.wakes.iter().for_each(|next| next.notify_one());
        }
        if progress.more {
            return tokio::task::yield_now().await;
        }
        tokio::select! {
            () = tick.rest(self.period) => {}
            () = self.nudge.notified() => {}
            () = self.stop.reached(Phase::Draining) => {}
        }
    }

    /// A nudge does not shorten this wait: whoever nudges knows nothing of the trouble.
    async fn back_off(&self, wait: Duration) {
        tokio::select! {
            () = sleep(wait) => {}
            () = self.stop.reached(Phase::Draining) => {}
        }
    }
}

fn wait_after(failures: u32) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << failures.saturating_sub(1).min(16));
    doubled.min(LONGEST_WAIT)
}

/// An error with every error beneath it, on one line.
pub struct Chain<'a>(pub &'a dyn std::error::Error);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
