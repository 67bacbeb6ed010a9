//! HTML to text in one pass: paragraphs, link targets and `alt`, quotes marked, scripts and styles left out.

use std::borrow::Cow;

use compact_str::CompactString;

use super::limits;

/// The text of a page; a link's target follows its words in angle brackets.
pub fn to_text(html: &str) -> String {
    let mut page = Page::default();
    let mut rest = html;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        let (words, tail) = rest.split_at(at);
        page.words(words);
        rest = page.tag(tail);
        if page.out.len() > limits::TEXT {
            break;
        }
    }
    page.words(rest);
    page.out
}

/// Only the link targets, for a page whose words are known from its plain twin.
pub fn links(html: &str) -> Vec<String> {
    let mut links = Vec::new();
    for (at, _) in html.match_indices("href").take(2000) {
        let tail = html
            .get(at..html.len().min(at + 2100))
            .or_else(|| html.get(at..))
            .unwrap_or_default();
        let Some(target) = attribute(tail, "href") else {
            continue;
        };
        if target.contains(':') && !links.contains(&target) && links.len() < 300 {
            links.push(target);
        }
    }
    links
}

#[derive(Default)]
struct Page {
    out: String,
    quotes: usize,
    link: Option<(String, usize)>,
}

impl Page {
    fn words(&mut self, words: &str) {
        if words.is_empty() {
            return;
        }
        let meant = if words.contains('&') {
            Cow::Owned(entities(words))
        } else {
            Cow::Borrowed(words)
        };
        let mut parted = meant.starts_with(char::is_whitespace);
        for word in crate::lines::words(&meant) {
            if parted {
                self.blank();
            }
            self.word(word);
            parted = true;
        }
        if meant.ends_with(char::is_whitespace) {
            self.blank();
        }
    }

    /// Blanks of any number are one, and none at a line's beginning.
    fn blank(&mut self) {
        if !(self.out.is_empty() || self.out.ends_with([' ', '\n'])) {
            self.out.push(' ');
        }
    }

    fn word(&mut self, word: &str) {
        if self.out.is_empty() || self.out.ends_with('\n') {
            (0..self.quotes.min(5)).for_each(|_| self.out.push_str("> "));
        }
        self.out.push_str(word);
    }

    /// Reads one tag at the start of `tail`; gives what follows it.
    fn tag<'h>(&mut self, tail: &'h str) -> &'h str {
        if let Some(comment) = tail.strip_prefix("<!--") {
            return comment
                .find("-->")
                .and_then(|end| comment.get(end + 3..))
                .unwrap_or_default();
        }
        let Some(end) = memchr::memchr(b'>', tail.as_bytes()) else {
            return "";
        };
        let inside = tail.get(1..end).unwrap_or_default();
        let after = tail.get(end + 1..).unwrap_or_default();
        let closing = inside.starts_with('/');
        let body = inside.trim_start_matches('/');
        let name_end = body
            .find(|character: char| !character.is_ascii_alphanumeric())
            .unwrap_or(body.len());
        let mut name = CompactString::from(body.get(..name_end).unwrap_or_default());
        name.make_ascii_lowercase();
        if !closing && matches!(name.as_str(), "script" | "style" | "head" | "title") {
            return skip(after, &name);
        }
        self.shape(&name, closing, inside);
        after
    }

    fn shape(&mut self, name: &str, closing: bool, inside: &str) {
        match (name, closing) {
            ("br", _) => self.out.push('\n'),
            (
                "p" | "div" | "tr" | "table" | "ul" | "ol" | "h1" | "h2" | "h3" | "h4" | "pre"
                | "center",
                _,
            ) => self.line(),
            ("li", false) => {
                self.line();
                self.words("- ");
            }
            ("td" | "th", true) => self.out.push_str(" \t"),
            // The end tag of the cell before may be left out.
            ("td" | "th", false) if !self.out.ends_with(char::is_whitespace) => {
                self.out.push_str(" \t");
            }
            ("hr", false) => {
                self.line();
                self.out.push_str("________\n");
            }
            ("blockquote", false) => {
                self.line();
                self.quotes += 1;
            }
            ("blockquote", true) => {
                self.line();
                self.quotes = self.quotes.saturating_sub(1);
            }
            ("a", false) => {
                self.link = attribute(inside, "href").map(|target| (target, self.out.len()));
            }
            ("a", true) => self.close_link(),
            ("img", false) => {
                let alt = attribute(inside, "alt").unwrap_or_default();
                if !alt.trim().is_empty() {
                    self.words(&format!(" [{alt}] "));
                }
            }
            _ => {}
        }
    }

    fn line(&mut self) {
        let trimmed = self.out.trim_end_matches([' ', '\t']).len();
        self.out.truncate(trimmed);
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn close_link(&mut self) {
        let Some((target, from)) = self.link.take() else {
            return;
        };
        let shown = self.out.get(from..).unwrap_or_default();
        let bare = target.trim_start_matches("mailto:").trim_end_matches('/');
        let useful = target.contains(':') && !target.starts_with("cid:") && target.len() < 2100;
        if useful && !shown.contains(bare) {
            self.out.push_str(" <");
            self.out.push_str(&target);
            self.out.push('>');
        }
    }
}

/// Leaves out everything up to the closing tag of `name`.
fn skip<'h>(after: &'h str, name: &str) -> &'h str {
    let close = format!("</{name}");
    let mut opens = memchr::memchr_iter(b'<', after.as_bytes());
    let found = opens.find(|at| {
        let tag = after.as_bytes().get(*at..at + close.len());
        tag.is_some_and(|tag| tag.eq_ignore_ascii_case(close.as_bytes()))
    });
    let Some(at) = found else {
        return if name == "head" || name == "title" {
            after
        } else {
            ""
        };
    };
    let rest = after.get(at..).unwrap_or_default();
    rest.find('>')
        .and_then(|end| rest.get(end + 1..))
        .unwrap_or_default()
}

/// An attribute's value in a tag's text.
fn attribute(inside: &str, name: &str) -> Option<String> {
    let at = inside
        .as_bytes()
        .windows(name.len())
        .position(|window| window.eq_ignore_ascii_case(name.as_bytes()))?;
    let value = inside
        .get(at + name.len()..)?
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split(quote).next()?,
        _ => value.split([' ', '>', '\n', '\t']).next()?,
    };
    Some(entities(value.trim()))
}

const NAMED: &[(&str, &str)] = &[
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("ndash", "–"),
    ("mdash", "—"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("hellip", "…"),
    ("copy", "©"),
    ("reg", "®"),
    ("bull", "•"),
    ("middot", "·"),
    ("rarr", "→"),
    ("eacute", "é"),
    ("times", "×"),
    ("deg", "°"),
    ("plusmn", "±"),
    ("zwnj", ""),
    ("zwj", ""),
    ("shy", ""),
    ("ensp", " "),
    ("emsp", " "),
    ("laquo", "«"),
    ("raquo", "»"),
];

fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, tail) = rest.split_at(at);
        out.push_str(before);
        let known = tail
            .char_indices()
            .take(12)
            .find(|(_, character)| *character == ';')
            .and_then(|(end, _)| Some((entity(tail.get(1..end)?)?, tail.get(end + 1..)?)));
        if let Some((meaning, after)) = known {
            out.push_str(&meaning);
            rest = after;
        } else {
            out.push('&');
            rest = tail.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).map(String::from);
    }
    NAMED
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, meaning)| (*meaning).to_owned())
}
