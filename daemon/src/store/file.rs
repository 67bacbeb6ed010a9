//! The database file itself: ours alone, and whole.

use std::fs::{Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use sqlx::{AnyConnection, Connection};

use super::{Role, StoreError};
use crate::tongue::{say, word};

/// For everybody else on this machine nothing.
const OTHERS: u32 = 0o007;

/// Makes the file for its owner alone (SQLite gives its companions the same mode), or refuses one that is open to others
/// or not ours (`faults.md` D10).
pub(super) fn make_private(path: &Path) -> Result<(), StoreError> {
    let shown = || path.display().to_string();
    let made = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path);
    let unusable = |why: io::Error| StoreError::Unusable {
        path: shown(),
        why: why.to_string(),
    };
    let found = made.and_then(|file| file.metadata()).map_err(unusable)?;
    if found.mode() & OTHERS != 0 {
        return Err(StoreError::Exposed {
            path: shown(),
            what: word(
                "terbuka bagi semua orang di mesin ini",
                "is open to everybody on this machine",
            ),
            instead: format!("chmod 600 {0} {0}-wal {0}-shm", path.display()),
        });
    }
    if is_foreign(&found) {
        return Err(StoreError::Exposed {
            path: shown(),
            what: word("milik pengguna lain", "belongs to another user"),
            instead: say!(
                "jalankan tanggap sebagai pengguna nomor {}, atau chown {} kepada pengguna yang menjalankannya",
                "run tanggap as user number {}, or chown {} to the user who runs it",
                found.uid(),
                path.display()
            ),
        });
    }
    Ok(())
}

/// The system shows each process its own folder as its user's.
fn is_foreign(found: &Metadata) -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() != found.uid())
}

/// Refuses a file whose pages do not fit together: every commit into it could make matters worse (`faults.md` D5). A visitor
/// looks at the head alone. On a connection of its own: a pool would try again and again.
pub(super) async fn expect_whole(path: &Path, url: &str, role: Role) -> Result<(), StoreError> {
    let connected = AnyConnection::connect(url).await;
    let mut connection = connected.map_err(|error| unusable(path, &error))?;
    let check = match role {
        Role::Daemon => "PRAGMA quick_check(1)",
        Role::Visitor => "SELECT 'ok' FROM pragma_schema_version",
    };
    let checked = sqlx::query_scalar(check).fetch_one(&mut connection).await;
    let verdict: String = checked.map_err(|error| unusable(path, &error))?;
    if let Err(error) = connection.close().await {
        return Err(unusable(path, &error));
    }
    if verdict == "ok" {
        return Ok(());
    }
    Err(StoreError::Damaged {
        path: path.display().to_string(),
        why: verdict,
    })
}

/// Why it could not be opened: damaged (SQLite's codes 11 and 26), or anything else.
pub(super) fn unusable(path: &Path, error: &sqlx::Error) -> StoreError {
    let (path, why) = (path.display().to_string(), error.to_string());
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    let code = code.and_then(|code| code.parse::<u32>().ok()).unwrap_or(0) & 0xff;
    match code {
        11 | 26 => StoreError::Damaged { path, why },
        _ => StoreError::Unusable { path, why },
    }
}
