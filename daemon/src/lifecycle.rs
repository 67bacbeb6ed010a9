//! From ready to the end: signals, the service manager, the watchdog.
//!
//! SIGTERM or SIGINT: soft stop, then at most 30 s for what is begun, then the hard stop; a second one: hard stop at once.
//! SIGHUP: the rules are read again.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Interval, interval, sleep};

use crate::pace::{Phase, Pulse, Stop};

/// What is begun has so long to finish; the unit's `TimeoutStopSec` is longer.
const DRAIN: Duration = Duration::from_secs(30);
/// A tick may be at work so long before the watchdog calls it stuck. All its waits are bounded; only a hang lasts longer.
const STUCK: Duration = Duration::from_mins(15);
/// How often the watchdog is looked at where no service manager sets the pace.
const USUAL_WATCH: Duration = Duration::from_secs(30);

/// Something that is read again on SIGHUP.
pub trait Reload {
    fn reload(&self) -> impl Future<Output = ()> + Send;
}

/// The signals and the phase they put the daemon in.
pub struct Lifecycle {
    phase: watch::Sender<Phase>,
    term: Signal,
    int: Signal,
    hup: Signal,
    pulses: Vec<Watched>,
    watch: Interval,
    watch_period: Duration,
}

/// A tick's pulse and how long it has not changed.
struct Watched {
    name: String,
    pulse: Arc<Pulse>,
    last: u64,
    still: Duration,
}

/// Why the daemon stopped running.
enum Ended {
    Asked(&'static str),
    /// A task ended on its own: it has a bug, and a fresh start is the cure.
    Broken,
}

impl Lifecycle {
    /// Takes the signals over. Must be called inside the runtime.
    pub fn new() -> std::io::Result<Self> {
        let watch_period = sd_notify::watchdog_enabled().map_or(USUAL_WATCH, |limit| limit / 2);
        Ok(Self {
            phase: watch::channel(Phase::Running).0,
            term: signal(SignalKind::terminate())?,
            int: signal(SignalKind::interrupt())?,
            hup: signal(SignalKind::hangup())?,
            pulses: Vec::new(),
            watch: interval(watch_period),
            watch_period,
        })
    }

    pub fn stop(&self) -> Stop {
        Stop(self.phase.subscribe())
    }

    /// Watches over a tick; returns the pulse to keep.
    pub fn watch_over(&mut self, name: &str) -> Arc<Pulse> {
        let pulse = Arc::<Pulse>::default();
        let watched = Watched {
            name: name.to_owned(),
            pulse: pulse.clone(),
            last: 0,
            still: Duration::ZERO,
        };
        self.pulses.push(watched);
        pulse
    }

    /// Runs until the end; every task must end by itself once the phase is `Draining`.
    pub async fn run(mut self, mut tasks: JoinSet<()>, rules: &impl Reload) -> ExitCode {
        tell(&[NotifyState::Ready]);
        tracing::info!("ready");
        let ended = self.until_end(&mut tasks, rules).await;
        tell(&[NotifyState::Stopping]);
        self.drain(&mut tasks).await;
        match ended {
            Ended::Asked(signal) => {
                tracing::info!(signal, "stopped");
                ExitCode::SUCCESS
            }
            Ended::Broken => ExitCode::FAILURE,
        }
    }

    async fn until_end(&mut self, tasks: &mut JoinSet<()>, rules: &impl Reload) -> Ended {
        loop {
            tokio::select! {
                _ = self.term.recv() => return Ended::Asked("SIGTERM"),
                _ = self.int.recv() => return Ended::Asked("SIGINT"),
                _ = self.hup.recv() => reload(rules).await,
                _ = self.watch.tick() => self.feed_the_watchdog(),
                Some(ended) = tasks.join_next() => {
                    broken(ended);
                    return Ended::Broken;
                }
            }
        }
    }

    /// Soft stop, a while, hard stop.
    async fn drain(&mut self, tasks: &mut JoinSet<()>) {
        tracing::info!(tasks = tasks.len(), "stopping: finishing what is begun");
        self.phase.send_replace(Phase::Draining);
        tokio::select! {
            () = all_ended(tasks) => {}
            () = sleep(DRAIN) => tracing::warn!(tasks = tasks.len(), "not finished in time; the next start will find it"),
            _ = self.term.recv() => tracing::warn!("second SIGTERM: stopping now"),
            _ = self.int.recv() => tracing::warn!("second SIGINT: stopping now"),
        }
        self.phase.send_replace(Phase::Ending);
        tasks.shutdown().await;
    }

    /// The service manager hears from us only while every tick makes progress.
    fn feed_the_watchdog(&mut self) {
        let period = self.watch_period;
        let stuck: Vec<&str> = self
            .pulses
            .iter_mut()
            .filter_map(|watched| watched.stuck(period))
            .collect();
        if stuck.is_empty() {
            tell(&[NotifyState::Watchdog]);
        } else {
            tracing::error!(ticks = stuck.join(", "), "stuck: the watchdog gets no food");
        }
    }
}

impl Watched {
    /// Its name, where it has been at one and the same work for too long.
    fn stuck(&mut self, period: Duration) -> Option<&str> {
        let beat = self.pulse.beat();
        let unchanged = beat == self.last && Pulse::at_work(beat);
        self.still = if unchanged {
            self.still + period
        } else {
            Duration::ZERO
        };
        self.last = beat;
        (self.still > STUCK).then_some(&self.name)
    }
}

async fn all_ended(tasks: &mut JoinSet<()>) {
    while let Some(ended) = tasks.join_next().await {
        if ended.is_err() {
            broken(ended);
        }
    }
}

fn broken(ended: Result<(), JoinError>) {
    match ended {
        Ok(()) => tracing::error!("a task ended that never should"),
        Err(error) => tracing::error!(%error, "a task broke"),
    }
}

async fn reload(rules: &impl Reload) {
    let mut states = vec![NotifyState::Reloading];
    states.extend(NotifyState::monotonic_usec_now());
    tell(&states);
    rules.reload().await;
    tell(&[NotifyState::Ready]);
}

/// Tells the service manager; without one this is nothing.
pub fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager does not hear us");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::pace::{Pace, Progress, Tick};

    struct Hung;

    impl Tick for Hung {
        type Error = std::io::Error;

        async fn tick(&mut self) -> Result<Progress, std::io::Error> {
            std::future::pending().await
        }
    }

    #[tokio::test]
    async fn a_hung_tick_is_called_stuck_and_a_resting_one_is_not() {
        let mut life = Lifecycle::new().unwrap();
        let (at_work, resting) = (life.watch_over("hung"), life.watch_over("resting"));
        let pace = Pace {
            name: "hung".to_owned(),
            period: STUCK,
            nudge: Arc::default(),
            wakes: Vec::new(),
            stop: life.stop(),
            pulse: at_work.clone(),
        };
        let task = tokio::spawn(pace.keep(Hung));
        while !Pulse::at_work(at_work.beat()) {
            tokio::task::yield_now().await;
        }
        assert!(!Pulse::at_work(resting.beat()));
        let stuck = |life: &mut Lifecycle| -> Vec<String> {
            life.pulses
                .iter_mut()
                .filter_map(|w| w.stuck(STUCK / 2).map(str::to_owned))
                .collect()
        };
        assert_eq!(
            [stuck(&mut life), stuck(&mut life), stuck(&mut life)],
            [const { Vec::<String>::new() }; 3]
        );
        assert_eq!(stuck(&mut life), ["hung"]);
        life.phase.send_replace(Phase::Ending);
        task.await.unwrap();
    }
}
