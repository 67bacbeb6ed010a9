//! The systemd unit: as hard as it can be and still start.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;

fn systemd(file: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../systemd")).join(file)
}

fn unit() -> String {
    std::fs::read_to_string(systemd("tanggap.service")).unwrap()
}

/// The values of a key, in the order written.
fn values(unit: &str, key: &str) -> Vec<String> {
    unit.lines()
        .filter_map(|line| line.strip_prefix(key)?.strip_prefix('=').map(str::to_owned))
        .collect()
}

#[test]
fn the_unit_scores_one_or_better() {
    let mut command = Command::new("systemd-analyze");
    command
        .args(["security", "--offline=true", "--no-pager", "--threshold=10"])
        .arg(systemd("tanggap.service"));
    let output = command
        .output()
        .context("systemd-analyze is missing; `make test` installs it")
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let score = text.lines().last().unwrap_or_default();
    assert!(output.status.success(), "worse than 1.0: {score}");
    assert!(score.contains("exposure level"), "{text}");
}

/// Every secret that the sample configuration names as a credential is loaded by the unit, and no other.
#[test]
fn the_unit_brings_the_credentials_of_the_sample() {
    let sample = std::fs::read_to_string(systemd("tanggap.toml")).unwrap();
    let named = |line: &str| {
        let (key, value) = line.split_once(" = ")?;
        let is_credential = key.ends_with("_credential") && !key.starts_with('#');
        is_credential.then(|| value.trim_matches('"').to_owned())
    };
    let mut wanted: Vec<String> = sample.lines().filter_map(named).collect();
    let loaded = values(&unit(), "LoadCredential");
    let mut brought: Vec<String> = loaded
        .iter()
        .filter_map(|line| Some(line.split_once(':')?.0.to_owned()))
        .collect();
    wanted.sort();
    brought.sort();
    assert_eq!(wanted, brought);
    assert_eq!(wanted.len(), 3);
}

/// What the daemon needs is let through, and its own limits fit the unit's.
#[test]
fn the_unit_lets_the_daemon_live() {
    let unit = unit();
    assert_eq!(values(&unit, "Type"), ["notify"]);
    for family in ["AF_INET", "AF_INET6", "AF_UNIX"] {
        assert!(
            values(&unit, "RestrictAddressFamilies")[0]
                .split(' ')
                .any(|named| named == family),
            "{family}"
        );
    }
    let start = values(&unit, "ExecStart").remove(0);
    let program = start.split(' ').next().unwrap();
    assert!(
        values(&unit, "ExecPaths")[0]
            .split(' ')
            .any(|path| path == program),
        "{program} may be executed"
    );
    let reload = values(&unit, "ExecReload").remove(0);
    assert!(
        values(&unit, "ExecPaths")[0]
            .split(' ')
            .any(|path| reload.starts_with(path)),
        "{reload} may be executed"
    );
    let seconds = |key: &str| values(&unit, key)[0].parse::<u64>().unwrap();
    assert!(seconds("TimeoutStopSec") > 30, "the drain takes up to 30 s");
    assert_eq!(values(&unit, "StateDirectory"), ["tanggap"]);
    assert_eq!(values(&unit, "RestartPreventExitStatus"), ["64 78"]);
}
