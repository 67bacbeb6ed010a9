//! The daemon as a running process, and this test as its service manager.

use std::io::Read;
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tanggap_tests::world::home::Home;

pub const PATIENCE: Duration = Duration::from_secs(20);

/// A running daemon, with the service manager's end of the notify socket.
pub struct Daemon {
    pub child: Child,
    socket: UnixDatagram,
    said: String,
}

impl Daemon {
    pub fn start(home: &Home) -> Self {
        Self::start_with(home, &[])
    }

    pub fn start_with(home: &Home, environment: &[(&str, &str)]) -> Self {
        let mut command = home.tanggap(&["run"]).unwrap();
        command.envs(environment.iter().copied());
        Self::spawn(home, command.stderr(Stdio::piped()))
    }

    pub fn start_into(home: &Home, log: Stdio) -> Self {
        Self::spawn(home, home.tanggap(&["run"]).unwrap().stderr(log))
    }

    pub fn spawn(home: &Home, command: &mut Command) -> Self {
        let path = home.path().join("notify");
        let _ = std::fs::remove_file(&path);
        let socket = UnixDatagram::bind(&path).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_millis(200)))
            .unwrap();
        let child = command.env("NOTIFY_SOCKET", &path).spawn().unwrap();
        Self {
            child,
            socket,
            said: String::new(),
        }
    }

    pub fn ready(mut self) -> Self {
        self.hears("READY=1");
        self
    }

    /// Waits until the service manager is told this.
    pub fn hears(&mut self, word: &str) {
        let begun = Instant::now();
        while !self.said.contains(word) {
            let mut buffer = [0; 4096];
            if let Ok(length) = self.socket.recv(&mut buffer) {
                self.said
                    .push_str(&String::from_utf8_lossy(&buffer[..length]));
                self.said.push('\n');
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "never heard {word}; heard: {}",
                self.said
            );
        }
        // Only what was waited for is done with: the rest may have come earlier than it is asked for.
        let heard = self
            .said
            .lines()
            .position(|line| line.contains(word))
            .unwrap();
        let rest = self.said.split_inclusive('\n').enumerate();
        self.said = rest
            .filter_map(|(at, line)| (at != heard).then_some(line))
            .collect();
    }

    pub fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([format!("-{name}"), self.child.id().to_string()])
            .status();
        assert!(status.unwrap().success());
    }

    /// Waits for the end; returns how it ended and what it logged.
    pub fn ended(&mut self) -> (ExitStatus, String) {
        let begun = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            if begun.elapsed() > PATIENCE {
                self.child.kill().unwrap();
                panic!("did not end within {PATIENCE:?}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let mut log = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut log).unwrap();
        }
        (self.child.wait().unwrap(), log)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
