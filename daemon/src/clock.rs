//! The only place that asks what time it is, or rolls dice.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

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

/// The wall clock, which tests may push forward.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_ms: Arc<AtomicI64>,
}

impl Clock {
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
