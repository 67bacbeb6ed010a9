//! The files of a book, read from the site's folder: with words for whatever keeps one from being read.

use std::ffi::OsStr;
use std::io::{Error, ErrorKind, Read};
use std::path::{Path, PathBuf};

use tanggap_rules::{RuleFile, RuleSet};

use super::RulebookError;
use crate::tongue::{say, word};

/// Bytes of one rule file, at most: the shipped scales have 0.2 MB.
const MOST: u64 = 8 << 20;

/// What a folder holds.
pub struct Files {
    /// The shipped book, then the site's own files, in the order of their names.
    pub book: Vec<RuleFile>,
    /// Files that look like rules and are none by their name (`a.toml.txt`, `a.TOML`).
    pub passed_over: Vec<PathBuf>,
}

impl Files {
    /// How many are the site's own.
    pub fn own(&self) -> usize {
        self.book.len().saturating_sub(RuleSet::book().len())
    }
}

/// Reads the shipped book and every `*.toml` of the site's folder.
pub fn files(folder: Option<&Path>) -> Result<Files, RulebookError> {
    let mut files = Files {
        book: RuleSet::book(),
        passed_over: Vec::new(),
    };
    let Some(folder) = folder else {
        return Ok(files);
    };
    for path in listed(folder).map_err(|error| unreadable(folder, &error, FOLDER))? {
        if is_hidden(&path) {
            continue;
        }
        if path.extension() == Some(OsStr::new("toml")) {
            files.book.push(own_file(&path)?);
        } else if seems_meant(&path) {
            files.passed_over.push(path);
        }
    }
    Ok(files)
}

fn listed(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths: Vec<PathBuf> = entries.collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}

/// An editor's own files beside those that it edits (`.#a.toml`, `.a.toml.swp`).
fn is_hidden(path: &Path) -> bool {
    let name = path.file_name().map(OsStr::to_string_lossy);
    name.is_some_and(|name| name.starts_with('.'))
}

/// Notepad and its like put an ending of their own behind the name.
fn seems_meant(path: &Path) -> bool {
    let name = path.file_name().map(OsStr::to_string_lossy);
    let name = name.unwrap_or_default().to_lowercase();
    [".toml", ".toml.txt", ".tml"]
        .iter()
        .any(|end| name.ends_with(end))
}

fn own_file(path: &Path) -> Result<RuleFile, RulebookError> {
    Ok(RuleFile {
        name: path.display().to_string(),
        text: text(path).map_err(|error| unreadable(path, &error, FILE))?,
    })
}

fn text(path: &Path) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path)?;
    file.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        return Err(Error::from(ErrorKind::FileTooLarge));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..good).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        let why = say!("baris {line} berisi huruf yang bukan UTF-8; simpan ulang berkas ini sebagai UTF-8 di penyunting Anda", "line {line} has letters that are not UTF-8; save this file as UTF-8 in your editor"
        );
        Error::new(ErrorKind::InvalidData, why)
    })
}

const FOLDER: &str = "folder";
const FILE: &str = "berkas";

/// What the system says, in words that tell what to do.
fn unreadable(path: &Path, error: &Error, what: &str) -> RulebookError {
    let why = match error.kind() {
        ErrorKind::NotFound => say!(
            "{what} aturan ini tidak ada; periksa namanya",
            "this {what} of rules is not there; check its name"
        ),
        ErrorKind::NotADirectory => word(
            "ini bukan folder; sebutkan folder tempat berkas *.toml",
            "this is not a folder; name the folder that has files *.toml",
        )
        .to_owned(),
        ErrorKind::IsADirectory => word(
            "ini folder, padahal namanya berakhir dengan .toml; ganti namanya",
            "this is a folder, though its name ends in .toml; give it another name",
        )
        .to_owned(),
        ErrorKind::PermissionDenied => {
            say!(
                "akun ini tidak boleh membaca {what} itu; beri izin baca",
                "this account may not read that {what}; give it permission"
            )
        }
        ErrorKind::FileTooLarge => say!(
            "berkas aturan paling besar {} MB",
            "a rule file has at most {} MB",
            MOST >> 20
        ),
        _ => error.to_string(),
    };
    RulebookError::Unreadable {
        path: path.to_owned(),
        why,
    }
}
