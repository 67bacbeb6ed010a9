//! osTicket's stored texts and values as people read them.

use serde_json::Value;

/// A stored value as people read it: a list's items, a choice's name, or the text itself.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => match serde_json::from_str::<Value>(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => shown(&inner),
            _ => text.clone(),
        },
        Value::Object(items) => {
            let names: Vec<String> = items.values().map(shown).collect();
            names.join(", ")
        }
        // A choice: its name, then its id.
        Value::Array(pair) => pair.first().map(shown).unwrap_or_default(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// A stored field as people read it.
pub(crate) fn stored(text: &str) -> String {
    shown(&Value::String(text.to_owned()))
}

/// An entry's text without its markup. A paragraph's end is a line's end.
pub(crate) fn plain(body: &str, format: &str) -> String {
    if format != "html" {
        return unescaped(body).trim().to_owned();
    }
    let mut text = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, after)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, left) = after.split_once('>').unwrap_or((after, ""));
        let name: String = tag
            .trim_start_matches('/')
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .collect();
        if matches!(
            name.to_ascii_lowercase().as_str(),
            "br" | "p" | "div" | "li" | "tr"
        ) && !text.is_empty()
            && !text.ends_with('\n')
        {
            text.push('\n');
        }
        rest = left;
    }
    text.push_str(rest);
    unescaped(&text).trim().to_owned()
}

fn unescaped(text: &str) -> String {
    let mut plain = text.to_owned();
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#039;", "'"),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        plain = plain.replace(entity, character);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_people_see_them() {
        for (value, expect) in [
            ("\"Normal\"", "Normal"),
            ("[\"High\",3]", "High"),
            ("\"{\\\"3\\\":\\\"High\\\"}\"", "High"),
            ("{\"1\":\"a\",\"2\":\"b\"}", "a, b"),
            ("null", ""),
            ("7", "7"),
        ] {
            let value = serde_json::from_str(value).unwrap_or_default();
            assert_eq!(shown(&value), expect);
        }
        assert_eq!(stored("{\"5\":\"Disposisi\"}"), "Disposisi");
        assert_eq!(stored("12"), "12");
    }

    #[test]
    fn notes_lose_their_markup_and_keep_their_words() {
        assert_eq!(
            plain(
                "<p>#eskalasi server <b>DNS</b> &amp; web</p><p>kedua</p>",
                "html"
            ),
            "#eskalasi server DNS & web\nkedua"
        );
        assert_eq!(plain("a &lt;b&gt;", "text"), "a <b>");
        assert_eq!(plain("putus <b", "html"), "putus");
    }
}
