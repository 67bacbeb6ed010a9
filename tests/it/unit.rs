//! The systemd unit: as hard as it can be and still start.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;
use tanggap_tests::world::home::{Home, Plan};

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

/// The system calls of a set, with every set in it, as this systemd knows them.
fn calls_of(set: &str) -> BTreeSet<String> {
    let output = Command::new("systemd-analyze")
        .args(["syscall-filter", "--no-pager", set])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let named = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#') && *line != set);
    let calls = named.flat_map(|name| {
        if name.starts_with('@') {
            calls_of(name)
        } else {
            [name.to_owned()].into()
        }
    });
    calls.collect()
}

/// What the unit's `SystemCallFilter=` lets through.
fn let_through(unit: &str) -> BTreeSet<String> {
    let mut allowed = calls_of("@default");
    for filter in values(unit, "SystemCallFilter") {
        let (denied, sets) = filter
            .strip_prefix('~')
            .map_or((false, &*filter), |sets| (true, sets));
        let calls: BTreeSet<String> = sets.split(' ').flat_map(calls_of).collect();
        allowed = if denied {
            &allowed - &calls
        } else {
            &allowed | &calls
        };
    }
    assert!(
        allowed.contains("read") && !allowed.contains("mount"),
        "{allowed:?}"
    );
    allowed
}

/// The daemon at its work (mail in, ticket and letter tried, names resolved) calls nothing that the unit forbids.
#[test]
fn the_daemon_keeps_to_the_system_calls_it_is_left() {
    let home = Home::new(&Plan::embedded("http://localhost:9/", "kunci")).unwrap();
    home.deliver(
        "1.test",
        include_bytes!("../reports/001-server-siak-ekstensi-kmrd.eml"),
    )
    .unwrap();
    let trace = home.path().join("trace");
    let daemon = home.tanggap(&["run"]).unwrap();
    let mut command = Command::new("strace");
    command
        .args(["-f", "-qq", "-o"])
        .arg(&trace)
        .arg("timeout")
        .args(["--signal=TERM", "5"])
        .arg(daemon.get_program());
    command.arg("run").env("TANGGAP_CONFIG", home.config());
    let output = command
        .output()
        .context("strace is missing; `make test` installs it")
        .unwrap();
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        log.contains("\"stopped\"") && log.contains("osTicket tidak dapat dihubungi"),
        "it was at work: {log}"
    );
    let trace = std::fs::read_to_string(trace).unwrap();
    let call = |line: &str| {
        Some(
            line.split_once(' ')?
                .1
                .trim_start()
                .split_once('(')?
                .0
                .to_owned(),
        )
    };
    let mut used: BTreeSet<String> = trace
        .lines()
        .filter_map(call)
        .filter(|name| name.starts_with(char::is_alphabetic))
        .collect();
    assert!(
        used.contains("connect") && used.contains("fsync"),
        "{used:?}"
    );
    // SQLite hands its files to the database's owner, but only where it runs as root; the unit does not.
    used.remove("fchown");
    let allowed = let_through(&unit());
    let forbidden: Vec<_> = used.difference(&allowed).collect();
    assert!(
        forbidden.is_empty(),
        "under the unit these calls fail: {forbidden:?}"
    );
}
