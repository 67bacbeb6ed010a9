//! What reports write to keep a link from being clicked, made whole again.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

const FANGS: &[(&str, &str)] = &[
    ("hxxps", "https"),
    ("hXXps", "https"),
    ("hxxp", "http"),
    ("hXXp", "http"),
    ("HXXP", "http"),
    ("h**p", "http"),
    ("meow://", "http://"),
    ("fxp://", "ftp://"),
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    ("[titik]", "."),
    ("(titik)", "."),
    (" [dot] ", "."),
    (" dot ", " dot "),
    ("[:]", ":"),
    ("[://]", "://"),
    ("[@]", "@"),
    ("[at]", "@"),
    ("(at)", "@"),
    ("{at}", "@"),
    ("[/]", "/"),
    ("\\.", "."),
    ("[.", "."),
    (".]", "."),
];

static FINDERS: LazyLock<Vec<Finder<'static>>> =
    LazyLock::new(|| FANGS.iter().map(|(fang, _)| Finder::new(*fang)).collect());

/// The text with every defanged value made whole again.
pub fn refang(text: &str) -> Cow<'_, str> {
    let fanged = memchr::memchr3(b'[', b'(', b'{', text.as_bytes()).is_some()
        || text.contains('\\')
        || text.contains("xx")
        || text.contains("XX");
    if !fanged || surely_whole(text) {
        return Cow::Borrowed(text);
    }
    let odd = Odd::of(text);
    let mut whole = Cow::Borrowed(text);
    for ((fang, plain), finder) in FANGS.iter().zip(FINDERS.iter()) {
        if odd.may_hold(fang) && finder.find(whole.as_bytes()).is_some() {
            whole = Cow::Owned(whole.replace(fang, plain));
        }
    }
    whole
}

/// Whether no fang stands in a text: brackets stand in nearly every mail, and rarely before what a fang goes on with.
fn surely_whole(text: &str) -> bool {
    let bytes = text.as_bytes();
    let open = |at: usize| {
        let next = bytes.get(at + 1).copied().unwrap_or_default();
        matches!(next, b'.' | b'd' | b't' | b'a' | b':' | b'@' | b'/')
    };
    let closed = |at: usize| at.checked_sub(1).and_then(|at| bytes.get(at)) == Some(&b'.');
    !memchr::memchr3_iter(b'[', b'(', b'{', bytes).any(open)
        && !memchr::memchr_iter(b']', bytes).any(closed)
        && memchr::memchr2(b'\\', b'*', bytes).is_none()
        && !OTHERS.iter().any(|fang| text.contains(fang))
}

/// What fangs without brackets hold.
const OTHERS: [&str; 4] = ["xx", "XX", "meow://", "fxp://"];

/// Which of the signs that fangs are made of stand in a text at all: most stand in none, and none is put in by making a value whole.
struct Odd([bool; SIGNS.len()]);

const SIGNS: [u8; 7] = *b"[({]\\*:";

impl Odd {
    fn of(text: &str) -> Self {
        Self(SIGNS.map(|sign| memchr::memchr(sign, text.as_bytes()).is_some()))
    }

    fn may_hold(&self, fang: &str) -> bool {
        let mut signs = SIGNS.iter().zip(self.0);
        signs.all(|(sign, here)| here || !fang.as_bytes().contains(sign))
    }
}

#[cfg(test)]
mod tests {
    use super::{FANGS, surely_whole};

    #[test]
    fn no_fang_is_overlooked() {
        for (fang, _) in FANGS.iter().filter(|(fang, plain)| fang != plain) {
            assert!(!surely_whole(&format!("a {fang}b")), "{fang}");
        }
        assert!(surely_whole("Situs (surel) kami {x} [1], pukul 10.30."));
    }
}
