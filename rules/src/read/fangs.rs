//! What reports write to keep a link from being clicked, made whole again.

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
pub fn refang(text: &str) -> String {
    let fanged = text.contains(['[', '(', '{', '\\']) || text.contains("xx") || text.contains("XX");
    if !fanged {
        return text.to_owned();
    }
    let present = FANGS.iter().filter(|(fang, _)| text.contains(fang));
    present.fold(text.to_owned(), |text, (fang, plain)| {
        if text.contains(fang) {
            text.replace(fang, plain)
        } else {
            text
        }
    })
}
