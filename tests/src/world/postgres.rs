//! A PostgreSQL cluster of a test's own: on loopback, in a temporary directory, gone with the test.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tanggap::config::StoreSettings;
use tempfile::TempDir;

use super::free_port;

/// A running cluster with one empty database.
pub struct Postgres {
    server: Child,
    port: u16,
    home: TempDir,
}

impl Postgres {
    /// Makes and starts a cluster. PostgreSQL refuses to run as root, so root lends it to Debian's `postgres` user.
    pub fn start() -> Result<Self> {
        let home = tempfile::Builder::new().prefix("tanggap-pg").tempdir()?;
        let bin = newest_bin()?;
        let data = home.path().join("data");
        give_to_postgres(home.path())?;
        run(as_postgres(&bin.join("initdb"))
            .args(["-A", "trust", "-U", "tanggap", "--no-sync", "-D"])
            .arg(&data))?;
        let port = free_port()?;
        let server = as_postgres(&bin.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-h", "127.0.0.1", "-p", &port.to_string(), "-k", ""])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting postgres")?;
        let cluster = Self { server, port, home };
        cluster.wait_ready(&bin)?;
        Ok(cluster)
    }

    /// Where the tables lie.
    pub fn tables(&self) -> PathBuf {
        self.home.path().join("data/base")
    }

    pub fn url(&self) -> String {
        format!("postgres://tanggap@127.0.0.1:{}/postgres", self.port)
    }

    /// The same as a configuration has it.
    pub fn settings(&self) -> StoreSettings {
        StoreSettings::Postgres {
            url: self.url(),
            password: None,
        }
    }

    fn wait_ready(&self, bin: &Path) -> Result<()> {
        let until = Instant::now() + Duration::from_secs(30);
        let port = self.port.to_string();
        while Instant::now() < until {
            let ready = Command::new(bin.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-p", &port])
                .status()?;
            if ready.success() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("postgres did not become ready within 30 s")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGQUIT, immediate shutdown: nothing in a test's cluster is worth a checkpoint. `setpriv` has become the server itself.
        let _ = Command::new("kill")
            .args(["-QUIT", &self.server.id().to_string()])
            .status();
        let _ = self.server.wait();
    }
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|id| id.stdout.starts_with(b"0"))
}

fn as_postgres(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args([
            "--reuid=postgres",
            "--regid=postgres",
            "--init-groups",
            "--pdeathsig=QUIT",
        ])
        .arg(program);
    command
}

fn give_to_postgres(home: &Path) -> Result<()> {
    if is_root() {
        run(Command::new("chown").arg("postgres:postgres").arg(home))?;
    }
    Ok(())
}

/// Debian keeps each version's programs in a folder of its own.
fn newest_bin() -> Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .context("PostgreSQL is not installed: apt-get install postgresql")?;
    let newest = versions.flatten().map(|entry| entry.path()).max();
    Ok(newest
        .context("no PostgreSQL version is installed")?
        .join("bin"))
}

fn run(command: &mut Command) -> Result<()> {
    let output = command
        .output()
        .with_context(|| format!("running {command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}
