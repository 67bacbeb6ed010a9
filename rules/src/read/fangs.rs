//! What reports write to keep a link from being clicked, made whole again.

use std::borrow::Cow;

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

/// The text with every defanged value made whole again.
pub fn refang(text: &str) -> Cow<'_, str> {
    let fanged = memchr::memchr3(b'[', b'(', b'{', text.as_bytes()).is_some()
        || text.contains('\\')
        || text.contains("xx")
        || text.contains("XX");
    if !fanged {
        return Cow::Borrowed(text);
    }
    let mut whole = Cow::Borrowed(text);
    for (fang, plain) in FANGS {
        if memchr::memmem::find(whole.as_bytes(), fang.as_bytes()).is_some() {
            whole = Cow::Owned(whole.replace(fang, plain));
        }
    }
    whole
}
