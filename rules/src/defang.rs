//! Makes links and addresses in text unclickable, for everything a person is shown.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::Observable;

/// A link, up to the first blank or quote; or a bare IPv4 address.
#[expect(
    clippy::expect_used,
    reason = "the pattern is a constant, compiled in every test run"
)]
static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b(?:https?|ftp)://[^\s<>"]+|\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b"#)
        .expect("a constant pattern")
});

/// `http://jahat.example/x.php` becomes `hxxp://jahat[.]example/x.php`; the rest of the text stays as it is.
pub fn defang(text: &str) -> String {
    LINK.replace_all(text, |found: &Captures<'_>| {
        defang_one(found.get(0).map_or("", |whole| whole.as_str()))
    })
    .into_owned()
}

fn defang_one(link: &str) -> String {
    let Some((scheme, rest)) = link.split_once("://") else {
        return link.replace('.', "[.]");
    };
    let (host, path) = match rest.find(['/', '?', '#']) {
        Some(end) => rest.split_at_checked(end).unwrap_or((rest, "")),
        None => (rest, ""),
    };
    let scheme = scheme
        .to_ascii_lowercase()
        .replace("http", "hxxp")
        .replace("ftp", "fxp");
    format!("{scheme}://{}{path}", host.replace('.', "[.]"))
}

impl Observable {
    /// For people's eyes: the dots and the at sign in brackets, the scheme broken.
    pub fn defanged(&self) -> String {
        match self.kind.as_str() {
            "url" => defang_one(&self.value),
            "ipv4" | "domain" => self.value.replace('.', "[.]"),
            "email" => self.value.replace('@', "[@]").replace('.', "[.]"),
            _ => self.value.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(defang(text), expect);
    }

    #[test]
    fn links_and_addresses_are_broken_and_words_are_not() {
        check(
            "buka HTTPS://Evil.example/a.php?x=1 segera.",
            "buka hxxps://Evil[.]example/a.php?x=1 segera.",
        );
        check(
            "dari 203.0.113.7, port 22",
            "dari 203[.]0[.]113[.]7, port 22",
        );
        check(
            "pukul 09.30 WIB, Rp 1.500.000",
            "pukul 09.30 WIB, Rp 1.500.000",
        );
        check("ftp://a.example", "fxp://a[.]example");
    }

    #[test]
    fn observables_are_shown_defanged() {
        let email = Observable {
            kind: "email".to_owned(),
            value: "a@b.example".to_owned(),
            place: String::new(),
        };
        assert_eq!(email.defanged(), "a[@]b[.]example");
    }
}
