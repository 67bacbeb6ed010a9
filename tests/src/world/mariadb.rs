//! A MariaDB server of a test's own, as osTicket's database is one: on loopback, in a temporary directory, gone with the test.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use super::free_port;

/// What keeps a server small, and quick on a busy disk: nothing in a test's database outlives the test.
const FRUGAL: [&str; 6] = [
    "--innodb-log-file-size=4M",
    "--innodb-buffer-pool-size=16M",
    "--innodb-flush-method=nosync",
    "--innodb-flush-log-at-trx-commit=0",
    "--skip-log-bin",
    "--sync-frm=0",
];

/// A running server without a database in it.
pub struct Mariadb {
    server: Child,
    port: u16,
    home: TempDir,
}

impl Mariadb {
    /// Makes and starts a server.
    pub fn start() -> Result<Self> {
        let home = tempfile::Builder::new()
            .prefix("tanggap-my")
            .tempdir_in(roomy())?;
        install(home.path())?;
        let port = free_port()?;
        let server = serve(home.path(), port)?;
        let mut database = Self { server, port, home };
        database.wait_ready()?;
        Ok(database)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where its administrator, and nobody else, needs no password.
    pub fn socket(&self) -> PathBuf {
        self.home.path().join("socket")
    }

    /// Takes the server away; its files stay.
    pub fn stop(&mut self) {
        self.signal("TERM");
    }

    /// Brings it back on the same port, with the same files.
    pub fn start_again(&mut self) -> Result<()> {
        self.server = serve(self.home.path(), self.port)?;
        self.wait_ready()
    }

    fn signal(&mut self, name: &str) {
        let _ = Command::new("kill")
            .args([&format!("-{name}"), &self.server.id().to_string()])
            .status();
        let _ = self.server.wait();
    }

    fn wait_ready(&mut self) -> Result<()> {
        let until = Instant::now() + Duration::from_mins(2);
        while Instant::now() < until {
            if UnixStream::connect(self.socket()).is_ok() {
                return Ok(());
            }
            if let Some(status) = self.server.try_wait()? {
                bail!("mariadbd ended with {status}:\n{}", self.log());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!(
            "mariadbd did not become ready within two minutes:\n{}",
            self.log()
        )
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Mariadb {
    fn drop(&mut self) {
        // `setpriv` has become the server itself.
        self.signal("KILL");
    }
}

/// A new server writes some hundred small files, each to the disk: in memory that takes half a second instead of four.
fn roomy() -> PathBuf {
    let free = Command::new("df")
        .args(["--output=avail", "/dev/shm"])
        .output();
    let free = free.ok().and_then(|df| {
        let text = String::from_utf8_lossy(&df.stdout).into_owned();
        text.lines().nth(1)?.trim().parse::<u64>().ok()
    });
    match free {
        Some(kilobytes) if kilobytes > 1 << 20 => PathBuf::from("/dev/shm"),
        _ => std::env::temp_dir(),
    }
}

fn install(home: &Path) -> Result<()> {
    let mut command = Command::new("mariadb-install-db");
    command
        .arg("--no-defaults")
        .arg(format!("--datadir={}", home.join("data").display()))
        .args(["--auth-root-authentication-method=normal", "--skip-test-db"])
        .args(FRUGAL);
    let output = as_whoever(&mut command)
        .output()
        .context("mariadb-install-db is not installed: apt-get install mariadb-server-core")?;
    ensure!(
        output.status.success(),
        "{command:?} failed: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

fn serve(home: &Path, port: u16) -> Result<Child> {
    let log = std::fs::File::create(home.join("log"))?;
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig=KILL", "mariadbd", "--no-defaults"])
        .arg(format!("--datadir={}", home.join("data").display()))
        .arg(format!("--socket={}", home.join("socket").display()))
        .arg(format!("--pid-file={}", home.join("pid").display()))
        .args(["--bind-address=127.0.0.1", &format!("--port={port}")])
        .args(["--skip-name-resolve", "--performance-schema=OFF"])
        // osTicket switches the strictness off, and writes the clock of its host, which need not be UTC.
        .args(["--sql-mode=", "--userstat=ON"])
        .args(FRUGAL)
        .env("TZ", "WIB-7")
        .env("PATH", servers_path())
        .stdout(Stdio::null())
        .stderr(log);
    as_whoever(&mut command)
        .spawn()
        .context("starting mariadbd: apt-get install mariadb-server-core")
}

/// Debian keeps servers where only root looks.
fn servers_path() -> String {
    format!(
        "{}:/usr/sbin:/sbin",
        std::env::var("PATH").unwrap_or_default()
    )
}

/// MariaDB runs as root only when told to.
fn as_whoever(command: &mut Command) -> &mut Command {
    let id = Command::new("id").arg("-u").output();
    if id.is_ok_and(|id| id.stdout.trim_ascii() == b"0") {
        command.arg("--user=root");
    }
    command
}
