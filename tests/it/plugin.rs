//! The osTicket plugin, by PHP from Debian: it parses, it keeps PSR-12, and its own tests pass. PHPStan, which Debian has not,
//! reads it too where there is one.

use std::path::{Path, PathBuf};
use std::process::Command;

use tanggap_tests::world::home::both;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../bridge/plugin")
}

#[track_caller]
fn passes(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder())
        .output();
    let output =
        output.unwrap_or_else(|error| panic!("{program}: {error}; tests/tools.sh installs it"));
    assert!(
        output.status.success(),
        "{program} {arguments:?}:\n{}",
        both(&output)
    );
    both(&output)
}

#[test]
fn every_file_parses() {
    let mut files = 0;
    for file in std::fs::read_dir(folder().join("tanggap"))
        .unwrap()
        .flatten()
    {
        let path = file.path();
        passes("php", &["-l", path.to_str().unwrap()]);
        files += 1;
    }
    assert!(files >= 15, "{files} files");
}

#[test]
fn it_keeps_psr_12() {
    passes("phpcs", &["--standard=phpcs.xml", "-q"]);
}

#[test]
fn phpstan_finds_nothing() {
    if Command::new("phpstan").arg("--version").output().is_err() {
        eprintln!("skipped: no phpstan on the PATH");
        return;
    }
    passes(
        "phpstan",
        &["analyse", "-c", "tests/phpstan.neon", "--no-progress"],
    );
}

#[test]
fn its_own_tests_pass() {
    let said = passes("php", &["tests/run.php"]);
    assert!(said.contains(" passed, 0 failed"), "{said}");
}

#[test]
fn all_that_names_its_version_names_the_same() {
    let read = |name: &str| std::fs::read_to_string(folder().join(name)).unwrap();
    let code = read("tanggap/TanggapPlugin.php");
    let version = code.split("VERSION = '").nth(1).unwrap();
    let version = version.split('\'').next().unwrap();
    assert!(read("tanggap/plugin.php").contains(&format!("'version' => '{version}'")));
    assert!(read("openapi.yaml").contains(&format!("\n  version: {version}\n")));
}
