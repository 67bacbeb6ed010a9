//! A command that is written wrongly, or that the system refused: what is wrong and what to do, in the reader's language.

use std::error::Error;
use std::fmt::Write;
use std::io;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::tongue::{say, word};

/// What is wrong with a command line, and how it is written; `None` where clap's own words must do.
pub fn told(error: &clap::Error) -> Option<String> {
    let mut told = format!("tanggap: {}\n", wrong(error)?);
    if let Some(usage) = text(error, ContextKind::Usage) {
        let usage = usage.replacen("Usage:", word("Cara menulisnya:", "Usage:"), 1);
        // Writing to a String cannot fail.
        let _ = write!(told, "\n{}\n", usage.trim_end());
    }
    told.push_str(word(
        "\nSelengkapnya: ulangi perintah ini dengan --help.\n",
        "\nMore: repeat this command with --help.\n",
    ));
    Some(told)
}

fn wrong(error: &clap::Error) -> Option<String> {
    let of = |kind| text(error, kind);
    Some(match error.kind() {
        ErrorKind::MissingRequiredArgument => {
            say!(
                "masih kurang: {}",
                "missing: {}",
                of(ContextKind::InvalidArg)?
            )
        }
        ErrorKind::InvalidSubcommand => {
            let what = of(ContextKind::InvalidSubcommand)?;
            say!(
                "perintah `{what}` tidak ada{}",
                "there is no command `{what}`{}",
                meant(of(ContextKind::SuggestedSubcommand))
            )
        }
        ErrorKind::UnknownArgument => {
            let what = of(ContextKind::InvalidArg)?;
            say!(
                "`{what}` tidak dikenal di sini{}",
                "`{what}` is not known here{}",
                meant(of(ContextKind::SuggestedArg))
            )
        }
        ErrorKind::InvalidValue => value(error)?,
        ErrorKind::ValueValidation => {
            let (what, given) = (of(ContextKind::InvalidArg)?, of(ContextKind::InvalidValue)?);
            let why = error.source().map(ToString::to_string)?;
            say!(
                "`{given}` tidak dapat dipakai untuk {what}: {why}",
                "`{given}` cannot be used for {what}: {why}"
            )
        }
        ErrorKind::ArgumentConflict => {
            let (one, other) = (of(ContextKind::InvalidArg)?, of(ContextKind::PriorArg)?);
            say!(
                "{one} tidak dapat dipakai bersama {other}",
                "{one} cannot be used with {other}"
            )
        }
        _ => return None,
    })
}

fn value(error: &clap::Error) -> Option<String> {
    let what = text(error, ContextKind::InvalidArg)?;
    let choices = text(error, ContextKind::ValidValue).filter(|all| !all.is_empty());
    let choices = choices.map_or(String::new(), |all| {
        say!(" (pilihan: {all})", " (choices: {all})")
    });
    let given = text(error, ContextKind::InvalidValue).filter(|given| !given.is_empty());
    Some(match given {
        None => say!(
            "{what} belum diberi nilai{choices}",
            "{what} has no value{choices}"
        ),
        Some(given) => {
            let meant = meant(text(error, ContextKind::SuggestedValue));
            say!(
                "`{given}` tidak dikenal untuk {what}{meant}{choices}",
                "`{given}` is not known for {what}{meant}{choices}"
            )
        }
    })
}

fn meant(near: Option<String>) -> String {
    near.filter(|near| !near.is_empty())
        .map_or(String::new(), |near| {
            say!("; maksud Anda `{near}`?", "; did you mean `{near}`?")
        })
}

fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(all) => Some(all.join(", ")),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        ContextValue::StyledStrs(all) => {
            let all: Vec<String> = all.iter().map(ToString::to_string).collect();
            Some(all.join(", "))
        }
        _ => None,
    }
}

/// An error and what caused it, on one line; what the system says in words for people.
pub fn why(error: &anyhow::Error) -> String {
    let each = error.chain().map(|one| {
        let system = one.downcast_ref::<io::Error>();
        system.map_or_else(|| one.to_string(), in_words)
    });
    each.collect::<Vec<_>>().join(": ")
}

fn in_words(error: &io::Error) -> String {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied, StorageFull};
    let words = match error.kind() {
        NotFound => word("tidak ada; periksa namanya", "is not there; check its name"),
        PermissionDenied => word(
            "akun ini tidak boleh membacanya atau menulisinya",
            "this account may not read or write it",
        ),
        IsADirectory => word("ini folder, bukan berkas", "this is a folder, not a file"),
        NotADirectory => word("ini berkas, bukan folder", "this is a file, not a folder"),
        StorageFull => word("disk penuh", "the disk is full"),
        _ => return error.to_string(),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use anyhow::Context;
    use clap::Parser;

    use crate::cli::Arguments;

    fn told(line: &str) -> String {
        let error = Arguments::try_parse_from(line.split(' ')).unwrap_err();
        let told = super::told(&error).unwrap();
        told.lines().next().unwrap().to_owned()
    }

    #[test]
    fn a_command_written_wrongly_is_told_in_words() {
        for (line, wanted) in [
            (
                "tanggap rules chek",
                "perintah `chek` tidak ada; maksud Anda `check`?",
            ),
            ("tanggap rules score", "masih kurang: <FOLDER>"),
            (
                "tanggap rules check --rule x",
                "`--rule` tidak dikenal di sini; maksud Anda `--rules`?",
            ),
            (
                "tanggap journal --format jason",
                "`jason` tidak dikenal untuk --format <BENTUK>; maksud Anda `json`? (pilihan: table, json)",
            ),
            (
                "tanggap rules check --rules",
                "--rules <FOLDER> belum diberi nilai",
            ),
        ] {
            assert_eq!(told(line), format!("tanggap: {wanted}"), "{line}");
        }
        let dated = told("tanggap rules backtest --since 32-13-2026");
        assert!(
            dated.starts_with(
                "tanggap: `32-13-2026` tidak dapat dipakai untuk --since <TANGGAL>: tulis tanggal"
            ),
            "{dated}"
        );
    }

    #[test]
    fn what_the_system_says_is_told_in_words() {
        let missing = std::fs::File::open("/tidak/ada").map(|_| ());
        let error = missing
            .context("berkas itu tidak dapat dibaca")
            .unwrap_err();
        assert_eq!(
            super::why(&error),
            "berkas itu tidak dapat dibaca: tidak ada; periksa namanya"
        );
    }
}
