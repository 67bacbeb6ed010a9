//! Secrets: by file or by credential, never in the configuration itself, never printed.

use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tanggap_rules::form::{Field, Table};

use super::{Secret, Secrets, Surroundings};
use crate::tongue::words;

/// More than any password or key: whoever names a larger file named the wrong one.
const LONGEST: u64 = 64 << 10;

/// Whether a secret must be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Always,
    Maybe,
}

/// The secret `name` of a table, from `<name>_file` or `<name>_credential`.
pub(super) fn read(
    table: &Table<'_>,
    name: &str,
    wanted: Wanted,
    around: &Surroundings,
) -> Option<Secret> {
    let ways = words!(
        "{name}_file = \"/etc/tanggap/{name}\" (chmod 600), atau {name}_credential = \"{name}\"",
        "{name}_file = \"/etc/tanggap/{name}\" (chmod 600), or {name}_credential = \"{name}\""
    );
    let written = table.maybe(name);
    written.refuse(
        words!(
            "rahasia tidak boleh ditulis di berkas konfigurasi",
            "secrets must not be written in the configuration"
        ),
        ways.clone(),
    );
    let file = table.maybe(&format!("{name}_file"));
    let credential = table.maybe(&format!("{name}_credential"));
    match (file.is_present(), credential.is_present()) {
        (true, true) => credential.refuse(
            words!(
                "rahasia ini sudah diberikan lewat berkas",
                "this secret is given by a file already"
            ),
            words!("hapus salah satu", "take one of them out"),
        ),
        (true, false) => return from_file(&file, around),
        (false, true) => return from_credential(&credential, around),
        (false, false) if wanted == Wanted::Always && !written.is_present() => {
            table.fault(
                words!(
                    "rahasia `{name}` belum diberikan",
                    "the secret `{name}` is not given"
                ),
                ways,
            );
        }
        (false, false) => {}
    }
    None
}

fn from_file(field: &Field<'_>, around: &Surroundings) -> Option<Secret> {
    let path = around.path(&field.text()?);
    if around.secrets == Secrets::Store {
        return Some(unread());
    }
    let mode = std::fs::metadata(&path).map(|found| found.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o007 != 0) {
        let instead = format!("chmod 600 {}", path.display());
        field.fault(
            words!(
                "berkas rahasia ini terbuka bagi semua orang di mesin ini",
                "everybody on this machine can read this file of a secret"
            ),
            instead,
        );
        return None;
    }
    open(field, &path)
}

fn from_credential(field: &Field<'_>, around: &Surroundings) -> Option<Secret> {
    let name = field.text()?;
    if name.contains('/') || name.starts_with('.') {
        field.fault(
            words!(
                "nama kredensial tidak boleh memuat `/` atau diawali titik",
                "the name of a credential must not have `/` or begin with a full stop"
            ),
            words!(
                "nama di LoadCredential=, misalnya \"imap_password\"",
                "the name in LoadCredential=, such as \"imap_password\""
            ),
        );
        return None;
    }
    if around.secrets == Secrets::Store
        || (around.secrets == Secrets::Reachable && around.credentials.is_none())
    {
        return Some(unread());
    }
    let Some(folder) = &around.credentials else {
        field.fault(
            words!(
                "kredensial hanya ada bila dijalankan oleh systemd ($CREDENTIALS_DIRECTORY kosong)",
                "credentials are there only when systemd runs it ($CREDENTIALS_DIRECTORY is empty)"
            ),
            words!(
                "LoadCredential= di unit systemd, atau pakai …_file",
                "LoadCredential= in the systemd unit, or use …_file"
            ),
        );
        return None;
    };
    open(field, &folder.join(name))
}

/// What stands for a secret that this command neither needs nor may see.
fn unread() -> Secret {
    Secret::new(String::new())
}

/// The file's text without its last line end.
fn open(field: &Field<'_>, path: &Path) -> Option<Secret> {
    let text = match slurp(path) {
        Ok(text) => text,
        Err(error) => {
            field.fault(
                words!(
                    "rahasia di {} tidak dapat dibaca: {error}",
                    "the secret in {} cannot be read: {error}",
                    path.display()
                ),
                words!(
                    "letak berkas yang ada dan dapat dibaca oleh pengguna tanggap",
                    "the place of a file that the user tanggap can read"
                ),
            );
            return None;
        }
    };
    let value = text.trim_end_matches(['\r', '\n']);
    if value.is_empty() || value.contains(['\r', '\n', '\0']) {
        field.fault(
            words!(
                "isi {} bukan satu baris rahasia",
                "{} is not one line with a secret",
                path.display()
            ),
            words!(
                "berkas yang berisi tepat satu baris: rahasianya",
                "a file with exactly one line: the secret"
            ),
        );
        return None;
    }
    Some(Secret::new(value.to_owned()))
}

fn slurp(path: &Path) -> io::Result<String> {
    if std::fs::metadata(path)?.len() > LONGEST {
        return Err(io::Error::other("terlalu besar untuk sebuah rahasia"));
    }
    std::fs::read_to_string(path)
}
