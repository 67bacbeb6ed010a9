//! Named crash points. Without the cargo feature `failpoints` every call here is nothing at all.

/// Passes the named point; with `TANGGAP_FAILPOINT=name:nth` the process dies at the nth pass, as by `kill -9`.
#[cfg(feature = "failpoints")]
pub fn pass(name: &str) {
    armed::pass(name);
}

/// Passes the named point.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub fn pass(_name: &str) {}

#[cfg(feature = "failpoints")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static PASSES: AtomicU64 = AtomicU64::new(0);

    pub fn pass(name: &str) {
        let Some((armed, nth)) = armed() else { return };
        if armed == name && PASSES.fetch_add(1, Ordering::SeqCst) + 1 == *nth {
            std::process::abort();
        }
    }

    fn armed() -> &'static Option<(String, u64)> {
        static ARMED: OnceLock<Option<(String, u64)>> = OnceLock::new();
        ARMED.get_or_init(|| {
            let text = std::env::var("TANGGAP_FAILPOINT").ok()?;
            let (name, nth) = text.rsplit_once(':')?;
            Some((name.to_owned(), nth.parse().ok()?))
        })
    }
}
