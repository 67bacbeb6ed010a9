//! In which language this command speaks: `--lang`, then `$TANGGAP_LANG`, then `[site] language`, then Indonesian.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use tanggap_rules::form::Form;

use crate::tongue::Tongue;

/// The language of this command line. It must be known before the line is understood: help and complaints are told in it too.
///
/// A value of `--lang` that is no language is left to whoever reads the whole line.
pub fn tongue(line: &[OsString]) -> Result<Tongue, String> {
    let flag = after(line, "--lang").and_then(|value| Tongue::of(&value.to_string_lossy()));
    let environment = set("TANGGAP_LANG").map(|value| named(&value)).transpose()?;
    Ok(flag
        .or(environment)
        .or_else(|| written(&file(line)))
        .unwrap_or_default())
}

fn named(value: &OsStr) -> Result<Tongue, String> {
    let value = value.to_string_lossy();
    // Nobody knows yet in which language this is to be told: both.
    Tongue::of(&value).ok_or_else(|| {
        format!(
            "TANGGAP_LANG = \"{value}\" bukan bahasa yang dikenal; tulis id atau en \
             (is no language known here; write id or en)"
        )
    })
}

/// What the configuration says, if it can be read that far; what else is wrong in it is told by whoever reads it whole.
fn written(file: &Path) -> Option<Tongue> {
    let text = std::fs::read_to_string(file).ok()?;
    let form = Form::parse("", &text);
    let site = form.root().maybe("site").table()?;
    Tongue::of(&site.maybe("language").text()?)
}

fn file(line: &[OsString]) -> PathBuf {
    let named = after(line, "--config").or_else(|| set("TANGGAP_CONFIG"));
    named.map_or_else(|| PathBuf::from(super::CONFIG), PathBuf::from)
}

fn set(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The value of a flag, as `--flag value` or `--flag=value`.
fn after(line: &[OsString], flag: &str) -> Option<OsString> {
    let mut words = line.iter().take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        if word == flag {
            return words.next().cloned();
        }
        let rest = word.to_str().and_then(|word| word.strip_prefix(flag));
        if let Some(value) = rest.and_then(|rest| rest.strip_prefix('=')) {
            return Some(value.into());
        }
    }
    None
}
