//! Who works, when, and whom that wakes.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::lifecycle::{Lifecycle, Reload};
use crate::pace::{Pace, Tick};

/// Tells somebody that there is work.
pub type Nudge = Arc<Notify>;

/// When somebody works, and whom that wakes.
pub struct Job {
    name: String,
    period: Duration,
    nudge: Nudge,
    wakes: Vec<Nudge>,
}

impl Job {
    /// Work that is looked for at least every `period`.
    pub fn every(period: Duration, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            period,
            nudge: Nudge::default(),
            wakes: Vec::new(),
        }
    }

    /// And at once on this nudge.
    #[must_use]
    pub fn or_on(mut self, nudge: &Nudge) -> Self {
        self.nudge = nudge.clone();
        self
    }

    /// Nudges these whenever something was done.
    #[must_use]
    pub fn then_wakes<const N: usize>(mut self, nudges: [&Nudge; N]) -> Self {
        self.wakes = nudges.into_iter().cloned().collect();
        self
    }
}

/// Everybody at work, under one lifecycle.
pub struct Crew {
    life: Lifecycle,
    tasks: JoinSet<()>,
}

impl Crew {
    /// Takes the signals over; nobody works yet.
    pub fn gather() -> std::io::Result<Self> {
        let life = Lifecycle::new()?;
        Ok(Self {
            life,
            tasks: JoinSet::new(),
        })
    }

    /// Puts a tick to work.
    pub fn add(&mut self, job: Job, tick: impl Tick) {
        let pace = Pace {
            pulse: self.life.watch_over(&job.name),
            stop: self.life.stop(),
            name: job.name,
            period: job.period,
            nudge: job.nudge,
            wakes: job.wakes,
        };
        self.tasks.spawn(pace.keep(tick));
    }

    /// Lets everybody work until a signal ends it.
    pub async fn work(self, rules: &impl Reload) -> ExitCode {
        self.life.run(self.tasks, rules).await
    }
}
