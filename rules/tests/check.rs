//! What `tanggap rules check` says of a book: every file of `check/` on top of the shipped one, beside it what is told of it.
//!
//! A new file makes a new test; `UPDATE=1` writes what is told now, to be read before it is kept.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use std::path::{Path, PathBuf};

use tanggap_rules::{Examined, Flaw, Lint, RuleFile, RuleSet};

fn examined(path: &Path) -> Examined {
    let mut files = RuleSet::book();
    files.push(RuleFile {
        name: path.file_name().unwrap().to_string_lossy().into_owned(),
        text: std::fs::read_to_string(path).unwrap(),
    });
    RuleSet::examine(&files)
}

/// That rules lack a test is told by one line for all, but for the page that is about it.
fn told(found: &Examined, book: &Path) -> String {
    let about = book.to_string_lossy().contains("belum-diuji");
    let untested = |lint: &&Lint| lint.flaw == Flaw::Untested && !about;
    let hidden = found.lints.iter().filter(untested).count();
    let faults = found.faults.iter().map(ToString::to_string);
    let lints = found.lints.iter().filter(|lint| !untested(lint));
    let mut told: Vec<String> = faults.chain(lints.map(ToString::to_string)).collect();
    let (faults, lints) = (found.faults.len(), found.lints.len());
    told.push(format!(
        "{faults} kesalahan, {lints} hal untuk diperhatikan, {hidden} di antaranya aturan yang belum diuji\n"
    ));
    told.join("\n\n")
}

#[test]
fn everything_odd_is_told_with_its_place() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/check");
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut books: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .collect();
    books.sort();
    assert!(books.len() >= 8, "{books:?}");
    for book in books {
        let told = told(&examined(&book), &book);
        let kept = book.with_extension("txt");
        if std::env::var("UPDATE").is_ok() {
            std::fs::write(&kept, &told).unwrap();
        }
        let kept = std::fs::read_to_string(kept).unwrap_or_default();
        assert!(told == kept, "{}:\n{told}", book.display());
    }
}

#[test]
fn nothing_is_odd_about_the_shipped_book() {
    let found = RuleSet::examine(&RuleSet::book());
    let odd: Vec<String> = found.lints.iter().map(ToString::to_string).collect();
    assert!(odd.is_empty(), "{}", odd.join("\n\n"));
    assert!(found.rules.is_some());
}
