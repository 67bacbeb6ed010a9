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

/// Passes the named point with a mail in hand; with `TANGGAP_FAILPOINT=name:word` the process dies of every mail that holds
/// the word, with `name:word:panic` this thread panics.
#[cfg(feature = "failpoints")]
pub fn pass_with(name: &str, mail: &[u8]) {
    armed::pass_with(name, mail);
}

/// Passes the named point with a mail in hand.
#[cfg(not(feature = "failpoints"))]
#[inline]
pub fn pass_with(_name: &str, _mail: &[u8]) {}

#[cfg(feature = "failpoints")]
mod armed {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static PASSES: AtomicU64 = AtomicU64::new(0);

    /// What the environment asks for.
    struct Armed {
        name: String,
        at: String,
        panics: bool,
    }

    pub fn pass(name: &str) {
        let Some(armed) = armed().filter(|armed| armed.name == name) else {
            return;
        };
        if armed.at.parse() == Ok(PASSES.fetch_add(1, Ordering::SeqCst) + 1) {
            std::process::abort();
        }
    }

    pub fn pass_with(name: &str, mail: &[u8]) {
        let Some(armed) = armed().filter(|armed| armed.name == name) else {
            return;
        };
        let word = armed.at.as_bytes();
        if !mail.windows(word.len().max(1)).any(|seen| seen == word) {
            return;
        }
        assert!(!armed.panics, "the failpoint {name} was asked to panic");
        std::process::abort();
    }

    fn armed() -> Option<&'static Armed> {
        static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
        ARMED
            .get_or_init(|| read(&std::env::var("TANGGAP_FAILPOINT").ok()?))
            .as_ref()
    }

    fn read(text: &str) -> Option<Armed> {
        let mut words = text.split(':').map(str::to_owned);
        Some(Armed {
            name: words.next()?,
            at: words.next()?,
            panics: words.next().as_deref() == Some("panic"),
        })
    }
}
