//! The language this process speaks to whoever sits before it: set once, at the start of a command.
//!
//! What is composed for others (tickets, notes, letters) never asks here: it gets the site's language as a value.

use std::sync::atomic::{AtomicBool, Ordering};

pub use tanggap_rules::{Tongue, Words, say_in, words};

static ENGLISH: AtomicBool = AtomicBool::new(false);

/// From here on this process speaks so.
pub fn speak(tongue: Tongue) {
    ENGLISH.store(tongue == Tongue::English, Ordering::Relaxed);
}

/// What this process speaks.
pub fn spoken() -> Tongue {
    if ENGLISH.load(Ordering::Relaxed) {
        Tongue::English
    } else {
        Tongue::Indonesian
    }
}

/// One of two words, in the language spoken.
pub fn word(indonesian: &'static str, english: &'static str) -> &'static str {
    spoken().choose(indonesian, english)
}

/// `say!("{n} surel", "{n} mails")`: one of two formats, in the language spoken.
macro_rules! say {
    ($($said:tt)+) => {
        ::tanggap_rules::say_in!($crate::tongue::spoken(), $($said)+)
    };
}
pub(crate) use say;
