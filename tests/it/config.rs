//! The configuration as an admin meets it: through the real binary.

use std::process::Output;

use serde_json::Value;
use tanggap_tests::world::home::{Home, Plan, both};

fn home() -> Home {
    Home::new(&Plan::embedded("http://127.0.0.1:9/", "KUNCI-RAHASIA")).unwrap()
}

fn tanggap(home: &Home, arguments: &[&str]) -> Output {
    let mut command = home.tanggap(arguments).unwrap();
    command
        .env_remove("CREDENTIALS_DIRECTORY")
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

#[test]
fn check_says_what_will_happen_and_no_secret() {
    let home = home();
    let output = tanggap(&home, &["check"]);
    let text = both(&output);
    assert_eq!(code(&output), 0, "{text}");
    assert!(text.ends_with("konfigurasi baik\n"), "{text}");
    for expected in [
        "csirt@batangkab.go.id",
        "Maildir",
        "http://127.0.0.1:9/",
        "pagar 2 detik",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(!text.contains("KUNCI-RAHASIA"));
    assert!(
        !home.path().join("tanggap.db").exists(),
        "a check starts nothing"
    );
}

#[test]
fn check_names_every_fault_at_once_with_its_line() {
    let home = home();
    let good = std::fs::read_to_string(home.config()).unwrap();
    let bad = good
        .replace("name = \"csirt\"", "nama = \"csirt\"")
        .replace("fence = \"2s\"", "fence = \"1s\"");
    assert_ne!(bad, good);
    std::fs::write(home.config(), bad).unwrap();
    for verb in [&["check"][..], &["run"], &["run", "--once"]] {
        let output = tanggap(&home, verb);
        let text = both(&output);
        assert_eq!(code(&output), 78, "{verb:?}: {text}");
        for expected in [
            "maksud Anda `name`?",
            "kunci `name` wajib ada",
            "pagar waktu",
            "3 kesalahan",
            "tanggap.toml:",
        ] {
            assert!(text.contains(expected), "{verb:?}: {expected}: {text}");
        }
    }
    let output = tanggap(&home, &["check", "--format", "json"]);
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (
            read["sound"].as_bool(),
            read["faults"].as_array().unwrap().len()
        ),
        (Some(false), 3)
    );
    assert_eq!(code(&output), 78);
}

#[test]
fn exit_codes_tell_what_kind_of_trouble_it_is() {
    let home = home();
    assert_eq!(code(&tanggap(&home, &[])), 64);
    assert_eq!(code(&tanggap(&home, &["chek"])), 64);
    assert_eq!(code(&tanggap(&home, &["--help"])), 0);
    assert_eq!(
        code(&tanggap(
            &home,
            &["check", "--config", "/nowhere/tanggap.toml"]
        )),
        78
    );
    let help = both(&tanggap(&home, &["--help"]));
    for expected in ["Kode akhir", "Contoh", "78", "64", "75"] {
        assert!(help.contains(expected), "{help}");
    }
}

/// A bad rule file of the site's own is a fault of the configuration, too.
#[test]
fn a_bad_rule_file_is_refused_at_the_start() {
    let home = home();
    let rules = home.path().join("rules");
    std::fs::create_dir(&rules).unwrap();
    std::fs::write(rules.join("sendiri.toml"), "ini bukan aturan\n").unwrap();
    let mut text = std::fs::read_to_string(home.config()).unwrap();
    text.push_str("[rules]\nfolder = \"rules\"\n");
    std::fs::write(home.config(), text).unwrap();
    for verb in ["check", "run"] {
        let output = tanggap(&home, &[verb]);
        let said = both(&output);
        assert_eq!(code(&output), 78, "{verb}: {said}");
        assert!(said.contains("sendiri.toml:1:"), "{verb}: {said}");
    }
    assert!(
        !home.path().join("tanggap.db").exists(),
        "a bad rule must not touch the database"
    );
}

/// A `ca_file` without a certificate that can be used is a fault here, not a mailbox that nobody trusts tomorrow.
#[test]
fn a_ca_file_without_a_certificate_is_a_fault() {
    let hollow = "-----BEGIN CERTIFICATE-----\nbukan sertifikat\n-----END CERTIFICATE-----\n";
    let half = "-----BEGIN CERTIFICATE-----\nMIIB\n";
    let other = "-----BEGIN CERTIFICATE-----\naGFsbw==\n-----END CERTIFICATE-----\n";
    for text in ["", "tidak ada apa-apa\n", hollow, half, other] {
        let mailbox = "[[mailbox]]\nname = \"csirt\"\nkind = \"imap\"\nhost = \"mx.test\"\nuser = \"csirt\"\n\
                       password_file = \"osticket.key\"\nca_file = \"ca.pem\"\n";
        let plan = Plan {
            mailbox,
            ..Plan::embedded("http://127.0.0.1:9/", "KUNCI-RAHASIA")
        };
        let home = Home::new(&plan).unwrap();
        std::fs::write(home.path().join("ca.pem"), text).unwrap();
        let output = tanggap(&home, &["check"]);
        let said = both(&output);
        assert_eq!(code(&output), 78, "{text:?}: {said}");
        assert!(
            said.contains("tidak memuat sertifikat PEM"),
            "{text:?}: {said}"
        );
    }
}
