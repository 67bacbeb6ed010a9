//! Pieces of commands as the protocol writes them.

use std::fmt::Write;

/// A quoted string; modified UTF-7 has left nothing in it but printable ASCII.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// `1:3,7`: a set of UIDs as short as it can be written.
pub(super) fn sequence_set(uids: &[i64]) -> String {
    let mut text = String::new();
    let mut rest = uids;
    while let Some(first) = rest.first() {
        let run = rest
            .iter()
            .zip(*first..)
            .take_while(|(uid, expected)| *uid == expected)
            .count();
        let comma = if text.is_empty() { "" } else { "," };
        // Writing to a String cannot fail.
        let _ = match run {
            0 | 1 => write!(text, "{comma}{first}"),
            _ => write!(
                text,
                "{comma}{first}:{}",
                rest.get(run - 1).unwrap_or(first)
            ),
        };
        rest = rest.get(run..).unwrap_or_default();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::sequence_set;

    #[test]
    fn runs_are_written_as_runs() {
        assert_eq!(sequence_set(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
        assert_eq!(sequence_set(&[5]), "5");
        assert_eq!(sequence_set(&[]), "");
    }
}
