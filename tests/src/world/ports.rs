//! Ports for servers that take their port as a setting, and so cannot be given port 0.

use std::fs::{File, TryLockError};
use std::io::{Error, Result};
use std::net::TcpListener;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Below the range from which kernels give ports to outgoing connections, so that none of those takes one meanwhile.
const RANGE: Range<u16> = 11_000..31_000;

/// The locks of this process's ports: they go with the process, as its servers do.
static TAKEN: Mutex<Vec<File>> = Mutex::new(Vec::new());

/// A port on loopback that nobody uses, and that no other test is given while this process lives.
pub fn free_port() -> Result<u16> {
    let shelf = shelf()?;
    let span = u32::from(RANGE.end - RANGE.start);
    let first = std::process::id().wrapping_mul(97) % span;
    for step in 0..span {
        let offset = u16::try_from((first + step) % span).unwrap_or_default();
        let port = RANGE.start + offset;
        if let Some(lock) = take(&shelf.join(port.to_string()))?
            && TcpListener::bind(("127.0.0.1", port)).is_ok()
        {
            TAKEN
                .lock()
                .map_err(|_| Error::other("poisoned"))?
                .push(lock);
            return Ok(port);
        }
    }
    Err(Error::other("no port on loopback is free"))
}

fn shelf() -> Result<PathBuf> {
    let shelf = std::env::temp_dir().join("tanggap-test-ports");
    std::fs::create_dir_all(&shelf)?;
    Ok(shelf)
}

fn take(file: &Path) -> Result<Option<File>> {
    let file = File::options().create(true).append(true).open(file)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
