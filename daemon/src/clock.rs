//! The only place that asks what time it is, or rolls dice.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike, FixedOffset, Utc};
use serde::{Deserialize, Serialize};

/// A moment, in milliseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub fn plus(self, wait: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    pub fn minus(self, wait: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// How long after `earlier` this is; nothing where it is not.
    pub fn since(self, earlier: Self) -> Duration {
        let ms = self.0.saturating_sub(earlier.0).max(0);
        Duration::from_millis(ms.unsigned_abs())
    }

    /// The same moment on the office's clock: Waktu Indonesia Barat, UTC+7, no daylight saving.
    pub fn wib(self) -> DateTime<FixedOffset> {
        let utc = DateTime::<Utc>::from_timestamp_millis(self.0).unwrap_or_default();
        utc.with_timezone(&wib_offset())
    }

    /// The year of the register: it turns at midnight WIB, not UTC.
    pub fn register_year(self) -> i64 {
        i64::from(self.wib().year())
    }
}

#[expect(
    clippy::expect_used,
    reason = "seven hours is a valid offset, known at compile time"
)]
fn wib_offset() -> FixedOffset {
    FixedOffset::east_opt(7 * 3600).expect("UTC+7 exists")
}

/// The wall clock may be set by anybody at any time; more than this between two looks is no drift.
const JUMP_MS: i64 = 5000;
/// No jump was noticed yet.
const NEVER: i64 = i64::MIN;

/// The wall clock, which tests may push forward, and a steady one beside it, which nobody can set.
#[derive(Debug, Clone)]
pub struct Clock {
    ahead_ms: Arc<AtomicI64>,
    origin: Instant,
    /// What the wall clock shows more than the steady one.
    offset_ms: Arc<AtomicI64>,
    /// When, on the steady clock, the wall clock was last found to have jumped.
    jumped_ms: Arc<AtomicI64>,
}

impl Default for Clock {
    fn default() -> Self {
        let clock = Self {
            ahead_ms: Arc::default(),
            origin: Instant::now(),
            offset_ms: Arc::default(),
            jumped_ms: Arc::new(AtomicI64::new(NEVER)),
        };
        clock.offset_ms.store(clock.offset(), Ordering::Relaxed);
        clock
    }
}

impl Clock {
    /// How long this clock runs. Grows evenly, whatever is done to the wall clock: for waits within this process.
    pub fn steady(&self) -> Duration {
        let ahead = self.ahead_ms.load(Ordering::Relaxed).unsigned_abs();
        self.origin.elapsed() + Duration::from_millis(ahead)
    }

    /// Whether the wall clock has jumped since the last look, and by how many milliseconds (`faults.md` P5).
    pub fn jump(&self) -> Option<i64> {
        let offset = self.offset();
        let jumped = offset - self.offset_ms.swap(offset, Ordering::Relaxed);
        if jumped.abs() < JUMP_MS {
            return None;
        }
        let now = i64::try_from(self.steady().as_millis()).unwrap_or(i64::MAX);
        self.jumped_ms.store(now, Ordering::Relaxed);
        Some(jumped)
    }

    /// How long the wall clock has not been found to jump: so far back its differences can be believed.
    pub fn calm(&self) -> Duration {
        let jumped = self.jumped_ms.load(Ordering::Relaxed);
        if jumped == NEVER {
            return Duration::MAX;
        }
        self.steady()
            .saturating_sub(Duration::from_millis(jumped.unsigned_abs()))
    }

    fn offset(&self) -> i64 {
        let steady = i64::try_from(self.steady().as_millis()).unwrap_or(i64::MAX);
        self.now().0 - steady
    }

    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks")]
    pub fn now(&self) -> Timestamp {
        Timestamp(Utc::now().timestamp_millis() + self.ahead_ms.load(Ordering::Relaxed))
    }

    /// Lets time pass at once, for everybody who holds a copy of this clock.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead_ms.fetch_add(by, Ordering::Relaxed);
    }

    /// A number that nobody else draws: 62 random bits.
    pub fn unique(&self) -> i64 {
        i64::try_from(random_u64() >> 2).unwrap_or(i64::MAX)
    }

    /// `wait` give or take a quarter, so that many waiters do not return in one moment.
    pub fn jittered(&self, wait: Duration) -> Duration {
        let quarter = wait / 4;
        let span = u64::try_from(quarter.as_millis())
            .unwrap_or(u64::MAX)
            .max(1);
        wait.saturating_sub(quarter) + Duration::from_millis(random_u64() % (span * 2))
    }
}

/// Unpredictable bytes, for the instance secret.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    for chunk in bytes.chunks_mut(8) {
        let random = random_u64().to_ne_bytes();
        for (byte, value) in chunk.iter_mut().zip(random) {
            *byte = value;
        }
    }
    bytes
}

fn random_u64() -> u64 {
    let mut bytes = [0; 8];
    // The ring provider that TLS already uses draws from the operating system.
    let drawn = rustls::crypto::ring::default_provider()
        .secure_random
        .fill(&mut bytes);
    if drawn.is_err() {
        // Without entropy the system cannot do TLS either; the secret must not be guessable, so stop here.
        std::process::abort();
    }
    u64::from_ne_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_is_noticed_once_and_one_that_runs_is_not() {
        let clock = Clock::default();
        clock.advance(Duration::from_hours(1));
        assert_eq!(clock.jump(), None, "time passed, nobody set the clock");
        assert!(clock.steady() >= Duration::from_hours(1));
        assert_eq!(clock.calm(), Duration::MAX);
        clock.offset_ms.fetch_add(3_600_000, Ordering::Relaxed);
        let jumped = clock.jump().unwrap_or_default();
        assert!((-3_600_100..=-3_599_900).contains(&jumped), "{jumped}");
        assert_eq!(clock.jump(), None);
        clock.advance(Duration::from_mins(2));
        assert!(clock.calm() >= Duration::from_mins(2) && clock.calm() < Duration::from_mins(3));
    }
}
