//! Postfix's own `smtp-sink` with its failure knobs, on a loopback port of its own; and beside it a scripted server, for
//! what the sink cannot play: TLS, log-in, and liars.

mod script;

use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tanggap::config::{PostSettings, Secret, Security, Server};
use tempfile::TempDir;

use super::free_port;

pub use script::{Authority, Play, Reply, Scripted};

/// A running sink; it ends with this value.
pub struct SmtpSink {
    server: Child,
    port: u16,
    dump: TempDir,
}

impl SmtpSink {
    /// A sink that writes every letter it takes to a file.
    pub fn start(knobs: &[&str]) -> Result<Self> {
        Self::run(knobs, true)
    }

    /// A sink that keeps nothing, for measuring.
    pub fn forgetful() -> Result<Self> {
        Self::run(&[], false)
    }

    fn run(knobs: &[&str], keeps: bool) -> Result<Self> {
        let dump = tempfile::Builder::new().prefix("tanggap-sink").tempdir()?;
        std::fs::set_permissions(dump.path(), std::fs::Permissions::from_mode(0o777))?;
        let port = free_port()?;
        let mut command = Command::new("smtp-sink");
        command.args(["-4", "-u", "nobody"]).args(knobs);
        if keeps {
            command.arg("-d").arg(dump.path().join("letter."));
        }
        let server = command
            .args([&format!("127.0.0.1:{port}"), "100"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("smtp-sink is not installed: apt-get install postfix")?;
        let sink = Self { server, port, dump };
        sink.await_ready()?;
        Ok(sink)
    }

    fn await_ready(&self) -> Result<()> {
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        bail!("smtp-sink does not start")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn settings(&self, connections: usize) -> PostSettings {
        plain(self.port, connections)
    }

    /// The letters that the sink answered with 250, as it wrote them down: envelope first, LF line ends.
    /// The sink takes the file of a session that broke off away again, perhaps while we look: that was no letter.
    pub fn letters(&self) -> Result<Vec<String>> {
        let mut letters = Vec::new();
        for entry in std::fs::read_dir(self.dump.path())? {
            match std::fs::read_to_string(entry?.path()) {
                Ok(letter) => letters.push(letter),
                Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => {}
                Err(broken) => return Err(broken.into()),
            }
        }
        Ok(letters)
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Plain text to this port on loopback.
pub fn plain(port: u16, connections: usize) -> PostSettings {
    PostSettings::Smtp {
        server: Server {
            host: "127.0.0.1".to_owned(),
            port,
            security: Security::Plain,
            ca_file: None,
        },
        user: None,
        password: None,
        connections,
    }
}

/// The same, protected or logged in.
pub fn with(
    settings: PostSettings,
    security: Security,
    authority: Option<&Authority>,
    login: Option<(&str, &str)>,
) -> PostSettings {
    let PostSettings::Smtp {
        server,
        connections,
        ..
    } = settings
    else {
        return settings;
    };
    PostSettings::Smtp {
        server: Server {
            host: "localhost".to_owned(),
            security,
            ca_file: authority.map(Authority::file),
            ..server
        },
        user: login.map(|(user, _)| user.to_owned()),
        password: login.map(|(_, password)| Secret::new(password.to_owned())),
        connections,
    }
}
