//! The real binary while it is measured.

use std::process::{Child, Stdio};
use std::time::Duration;

use tanggap_tests::world::home::Home;

/// A running daemon; it ends with this value.
pub struct Running(Child);

impl Running {
    pub fn start(home: &Home) -> Self {
        let mut command = home.tanggap(&["run"]).unwrap();
        Self(
            command
                // As the unit has it.
                .env("MALLOC_ARENA_MAX", "1")
                .env("MALLOC_MMAP_THRESHOLD_", "65536")
                .env("MALLOC_TRIM_THRESHOLD_", "65536")
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        )
    }

    /// The most memory it ever had, in MiB.
    pub fn peak_mib(&self) -> u64 {
        self.status("VmHWM:") / 1024
    }

    /// Memory now, in MiB, and the share of one core used while nothing happens, in percent.
    pub async fn idle(&self, watch: Duration) -> (u64, f64) {
        let before = self.ticks();
        tokio::time::sleep(watch).await;
        let used = (self.ticks() - before) as f64 / 100.0;
        (
            self.status("VmRSS:") / 1024,
            100.0 * used / watch.as_secs_f64(),
        )
    }

    fn status(&self, field: &str) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = text.lines().find(|line| line.starts_with(field)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// User and system time, in hundredths of a second.
    fn ticks(&self) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        let fields: Vec<&str> = text
            .rsplit(')')
            .next()
            .unwrap()
            .split_whitespace()
            .collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
