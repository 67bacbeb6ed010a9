//! What the compiler cannot see of texts that stand beside each other: that a name in one is in the other too.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every Rust file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

/// The string that begins at the first quotation mark, and what follows it.
fn literal(text: &str) -> Option<(&str, &str)> {
    let inside = text.trim_start().strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            '"' if !escaped => return Some((&inside[..at], &inside[at + 1..])),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

/// The two texts of a macro call that begins here: after its opening bracket, and after the language where it is given.
fn pair(call: &str, with_tongue: bool) -> Option<(&str, &str)> {
    let call = if with_tongue {
        call.split_once(',')?.1
    } else {
        call
    };
    let (one, rest) = literal(call)?;
    let (other, _) = literal(rest.trim_start().strip_prefix(',')?)?;
    Some((one, other))
}

/// The placeholders of a format, by name; those without one are checked by the compiler.
fn names(format: &str) -> BTreeSet<String> {
    let format = format.replace("{{", "").replace("}}", "");
    let each = format.split('{').skip(1);
    let each = each.filter_map(|rest| rest.split(['}', ':']).next());
    each.filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

fn pairs(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for (mark, with_tongue) in [("say!(", false), ("words!(", false), ("say_in!(", true)] {
        for (at, _) in text.match_indices(mark) {
            found.extend(pair(&text[at + mark.len()..], with_tongue));
        }
    }
    found
}

#[test]
fn both_texts_name_the_same_things() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut seen = 0;
    for folder in ["daemon/src", "rules/src"] {
        for file in files(&root.join(folder)) {
            let text = std::fs::read_to_string(&file).unwrap();
            for (indonesian, english) in pairs(&text) {
                seen += 1;
                assert_eq!(
                    names(indonesian),
                    names(english),
                    "{}:\n  {indonesian}\n  {english}",
                    file.display()
                );
            }
        }
    }
    assert!(
        seen > 150,
        "only {seen} pairs were found: this test would judge nothing"
    );
}

/// The test above must be able to see a difference.
#[test]
fn a_name_in_one_text_alone_is_seen() {
    let found = pairs(
        "say!(\n \"{n} surel \\\"x\\\"\", \"{m} mails\", 1) say_in!(tongue, \"{a:>3}\", \"{a}\")",
    );
    assert_eq!(found.len(), 2);
    assert_ne!(names(found[0].0), names(found[0].1));
    assert_eq!(names(found[1].0), names(found[1].1));
}
