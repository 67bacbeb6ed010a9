//! `tanggap run`: the daemon itself.

use std::path::Path;
use std::process::ExitCode;

use crate::clock::Clock;
use crate::config::{Config, Secrets};
use crate::tongue::speak;
use crate::{log, service};

/// Threads for the ticks; they wait far more than they compute.
const THREADS: usize = 2;
/// Threads for files and compression, at most.
const BLOCKING_THREADS: usize = 8;

/// How to run.
#[derive(Debug, clap::Args)]
pub struct Run {
    /// Kerjakan semua yang ada sekarang, lalu berhenti
    #[arg(long)]
    once: bool,
    /// Bentuk catatan: text, json, atau auto (teks di terminal, JSON di bawah systemd)
    #[arg(
        long,
        value_enum,
        value_name = "BENTUK",
        default_value = "auto",
        hide_possible_values = true
    )]
    log: log::Style,
}

impl Run {
    /// Runs until a signal ends it, or with `--once` until nothing is left to do.
    pub fn act(&self, file: &Path) -> anyhow::Result<ExitCode> {
        let config = Config::load(file, Secrets::All)?;
        let clock = Clock::default();
        // What a daemon keeps for staff to read is in the language of the site, whoever started it.
        speak(config.tongue);
        log::start(self.log, clock.clone());
        // TLS to mailbox, osTicket and mail server is done by one provider; a second installation would change nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(THREADS)
            .max_blocking_threads(BLOCKING_THREADS)
            .enable_all()
            .build()?;
        let ended = runtime.block_on(async {
            if self.once {
                service::once(config, clock)
                    .await
                    .map(|()| ExitCode::SUCCESS)
            } else {
                service::run(config, clock).await
            }
        });
        // What still blocks a thread now was given up at the hard stop.
        runtime.shutdown_background();
        log::flush();
        Ok(ended?)
    }
}
