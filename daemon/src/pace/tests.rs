#![allow(clippy::unwrap_used)]

use std::sync::Mutex;

use super::*;

#[derive(Debug, thiserror::Error)]
#[error("no luck")]
struct NoLuck;

type Script = Arc<Mutex<Vec<Result<Progress, NoLuck>>>>;

/// Plays its script from the end; an empty script is nothing to do.
struct Scripted {
    script: Script,
    calls: Arc<AtomicU64>,
}

impl Tick for Scripted {
    type Error = NoLuck;

    async fn tick(&mut self) -> Result<Progress, NoLuck> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        self.script
            .lock()
            .unwrap()
            .pop()
            .unwrap_or(Ok(Progress::default()))
    }
}

/// A pace in progress, to be looked at and stopped.
struct Going {
    nudge: Arc<Notify>,
    woken: Arc<Notify>,
    calls: Arc<AtomicU64>,
    phase: watch::Sender<Phase>,
    task: tokio::task::JoinHandle<()>,
}

impl Going {
    fn start(script: Vec<Result<Progress, NoLuck>>) -> Self {
        let (phase, stop) = watch::channel(Phase::Running);
        let (nudge, woken, calls) = (
            Arc::<Notify>::default(),
            Arc::<Notify>::default(),
            Arc::<AtomicU64>::default(),
        );
        let tick = Scripted {
            script: Arc::new(Mutex::new(script)),
            calls: calls.clone(),
        };
        let pace = Pace {
            name: "test".to_owned(),
            period: Duration::from_mins(1),
            nudge: nudge.clone(),
            wakes: vec![woken.clone()],
            stop: Stop(stop),
            pulse: Arc::default(),
        };
        Self {
            nudge,
            woken,
            calls,
            phase,
            task: tokio::spawn(pace.keep(tick)),
        }
    }

    async fn calls_after(&self, wait: Duration) -> u64 {
        sleep(wait).await;
        self.calls.load(Ordering::SeqCst)
    }
}

const MOMENT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn more_means_at_once_and_then_it_rests_until_nudged() {
    let more = |more| Ok(Progress { done: 1, more });
    let going = Going::start(vec![more(false), more(true), more(true)]);
    assert_eq!(going.calls_after(MOMENT).await, 3);
    going.woken.notified().await;
    going.nudge.notify_one();
    assert_eq!(going.calls_after(MOMENT).await, 4);
}

#[tokio::test]
async fn a_failed_tick_waits_and_no_nudge_shortens_it() {
    let going = Going::start(vec![Err(NoLuck), Err(NoLuck)]);
    going.nudge.notify_one();
    assert_eq!(going.calls_after(MOMENT).await, 1);
    assert_eq!(going.calls_after(FIRST_WAIT).await, 2);
    assert_eq!(
        (wait_after(1), wait_after(3), wait_after(99)),
        (FIRST_WAIT, FIRST_WAIT * 4, LONGEST_WAIT)
    );
}

#[tokio::test]
async fn it_ends_when_the_drain_begins() {
    let going = Going::start(Vec::new());
    assert_eq!(going.calls_after(MOMENT).await, 1);
    going.phase.send_replace(Phase::Draining);
    going.task.await.unwrap();
    assert_eq!(going.calls.load(Ordering::SeqCst), 1);
}
