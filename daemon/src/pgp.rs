//! Encrypts a file to somebody's OpenPGP key by GnuPG, in a home of its own that is gone afterwards.
//!
//! A key that is expired, revoked or cannot encrypt is refused: a stale key of BSSN circulates on CSIRTs' sites (`domain.md` 3.2).

use std::fs::DirBuilder;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::clock::{Clock, Timestamp};
use crate::tongue::{say, word};

/// Why a file is not encrypted.
#[derive(Debug, thiserror::Error)]
pub enum PgpError {
    #[error(
        "{}", say!("GnuPG (perintah gpg) tidak dapat dijalankan: {0}. Pasang gnupg, atau kosongkan key_file", "GnuPG (the command gpg) cannot be run: {0}. Install gnupg, or leave key_file empty", _0))]
    Absent(std::io::Error),
    #[error("{}", say!("kunci {path} tidak dapat dipakai: {why}", "the key {path} cannot be used: {why}"))]
    Key { path: String, why: String },
    #[error("{}", say!("enkripsi dengan kunci {path} gagal: {why}", "encryption with the key {path} failed: {why}"))]
    Failed { path: String, why: String },
}

/// A key ring that nobody else sees.
struct Ring(PathBuf);

impl Drop for Ring {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The same bytes, readable only by the key's owner.
pub fn encrypt(key: &Path, clock: &Clock, bytes: &[u8]) -> Result<Vec<u8>, PgpError> {
    check(key, clock)?;
    let ring = ring(clock)?;
    let mut command = gpg(&ring);
    command
        .args(["--trust-model", "always", "--recipient-file"])
        .arg(key)
        .args(["--encrypt", "--output", "-"]);
    let output = run(command, bytes)?;
    if output.status.success() && !output.stdout.is_empty() {
        return Ok(output.stdout);
    }
    Err(PgpError::Failed {
        path: key.display().to_string(),
        why: said(&output),
    })
}

/// Whether the key can be used now, or why not.
pub fn check(key: &Path, clock: &Clock) -> Result<(), PgpError> {
    let refused = |why: String| PgpError::Key {
        path: key.display().to_string(),
        why,
    };
    let ring = ring(clock)?;
    let mut command = gpg(&ring);
    command.args(["--with-colons", "--show-keys"]).arg(key);
    let output = run(command, b"")?;
    if !output.status.success() {
        return Err(refused(said(&output)));
    }
    judged(&String::from_utf8_lossy(&output.stdout), clock.now()).map_err(refused)
}

/// GnuPG's list (doc/DETAILS): field 2 is validity, 7 the expiry, 12 what the whole key can do.
fn judged(list: &str, now: Timestamp) -> Result<(), String> {
    let line = list.lines().find(|line| line.starts_with("pub:"));
    let fields: Vec<&str> = line
        .ok_or(word(
            "tidak ada kunci publik OpenPGP di berkas itu",
            "there is no OpenPGP public key in that file",
        ))?
        .split(':')
        .collect();
    let field = |place: usize| fields.get(place).copied().unwrap_or_default();
    let expires: Option<i64> = field(6).parse().ok();
    if field(1) == "r" {
        return Err(word(
            "sudah dicabut oleh pemiliknya; minta kunci yang baru",
            "its owner revoked it; ask for a new key",
        )
        .to_owned());
    }
    let passed = expires.filter(|seconds| seconds.saturating_mul(1000) <= now.0);
    if let (Some(seconds), _) | (None, Some(seconds)) =
        (passed, expires.filter(|_| field(1) == "e"))
    {
        let day = crate::letter::dates::day(Timestamp(seconds.saturating_mul(1000)).wib());
        return Err(say!(
            "kedaluwarsa sejak {day}; minta kunci yang baru, atau kosongkan key_file dengan sadar",
            "it expired on {day}; ask for a new key, or leave key_file empty on purpose"
        ));
    }
    if !field(11).contains('E') {
        return Err(word(
            "tidak dapat dipakai untuk enkripsi",
            "it cannot be used for encryption",
        )
        .to_owned());
    }
    Ok(())
}

fn ring(clock: &Clock) -> Result<Ring, PgpError> {
    let path = std::env::temp_dir().join(format!("tanggap-gpg-{:x}", clock.unique()));
    DirBuilder::new()
        .mode(0o700)
        .create(&path)
        .map_err(PgpError::Absent)?;
    Ok(Ring(path))
}

fn gpg(ring: &Ring) -> Command {
    let mut command = Command::new("gpg");
    command
        .arg("--homedir")
        .arg(&ring.0)
        .args(["--batch", "--no-tty", "--quiet", "--no-autostart"])
        .env("LC_ALL", "C");
    command
}

fn run(mut command: Command, input: &[u8]) -> Result<Output, PgpError> {
    let child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = child.map_err(PgpError::Absent)?;
    let pipe = child.stdin.take();
    std::thread::scope(|threads| {
        // Fed from beside, so that neither waits for the other with a full pipe.
        threads.spawn(move || pipe.map(|mut pipe| pipe.write_all(input)));
        child.wait_with_output().map_err(PgpError::Absent)
    })
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    line.unwrap_or(word("gpg tidak menyebut sebabnya", "gpg does not say why"))
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: Result<(), &str>) {
        let judged = judged(line, Timestamp(1_795_392_000_000));
        match (judged, expect) {
            (Ok(()), Ok(())) => {}
            (Err(why), Err(part)) => assert!(why.contains(part), "{why}"),
            (judged, expect) => panic!("{line}: {judged:?}, {expect:?}"),
        }
    }

    #[test]
    fn a_key_is_taken_only_while_it_holds() {
        check(
            "pub:-:4096:1:CE5D211973802BD6:1532822400:1690588800::-:::scESCE:",
            Err("29 Juli 2023"),
        );
        check(
            "pub:e:4096:1:CE5D211973802BD6:1532822400:1690588800::-:::sc:",
            Err("kedaluwarsa"),
        );
        check("pub:-:255:22:AA:1532822400:1999999999::-:::scESC:", Ok(()));
        check("pub:-:255:22:AA:1532822400:::-:::scESC:", Ok(()));
        check("pub:r:255:22:AA:1532822400:::-:::scESC:", Err("dicabut"));
        check("pub:-:255:22:AA:1532822400:::-:::scSC:", Err("enkripsi"));
        check("gpg: no valid OpenPGP data found.", Err("tidak ada kunci"));
    }
}
