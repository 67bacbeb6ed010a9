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
    if !fanged {
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
