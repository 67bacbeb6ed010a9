//! The way to BSSN: the packet, the key it is closed with, the letter that a person releases, and the answer that comes back.

use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use sha2::Digest as _;
use tanggap_tests::world::home::Home;

use crate::release::{issue, json, refused, reported, sign};

const BSSN: &str = "bantuan@bssn.example";

fn section(more: &str) -> String {
    format!(
        "[bssn]\naddress = \"{BSSN}\"\ncontact = \"Rini, koordinator\"\ncontact_phone = \"0285-392219\"\n{more}"
    )
}

fn escalate(home: &Home, register: &str, out: &Path) -> serde_json::Value {
    json(
        home,
        &[
            "case",
            "escalate",
            register,
            "--reason",
            "di luar kemampuan tim",
            "--skip",
            "mendesak",
            "--system",
            "simpus.batangkab.go.id",
            "--owner",
            "Dinas Kesehatan",
            "--impact",
            "pendaftaran pasien berhenti",
            "--out",
            out.to_str().unwrap(),
        ],
    )
}

/// File names and bytes that went along with the letter to BSSN.
fn enclosed(home: &Home) -> Vec<(String, Vec<u8>)> {
    let letters = home.letters().unwrap();
    let (_, text) = letters
        .iter()
        .find(|(_, text)| text.contains(&format!("To: {BSSN}")))
        .unwrap();
    let parts = text
        .split("Content-Disposition: attachment; filename=\"")
        .skip(1);
    parts
        .map(|part| {
            let (name, rest) = part.split_once('"').unwrap();
            let body = rest
                .split_once("\r\n\r\n")
                .unwrap()
                .1
                .split("\r\n--")
                .next()
                .unwrap();
            let body: String = body.split_whitespace().collect();
            (
                name.to_owned(),
                base64::engine::general_purpose::STANDARD
                    .decode(body)
                    .unwrap(),
            )
        })
        .collect()
}

/// Numbers, signs and releases the letter of the packet; returns the signed file.
fn send(home: &Home, register: &str) -> PathBuf {
    let (name, print) = issue(home, "lapor-bssn", register, "555/0077/2026");
    let signed = sign(&print);
    home.succeed(&["letter", "signed", signed.to_str().unwrap()])
        .unwrap();
    home.succeed(&["letter", "release", &name]).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    signed
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_says_what_is_missing_and_leaves_only_by_a_persons_word() {
    let (_desk, home, register) = reported(&section("")).await;
    let why = refused(&home, &["case", "escalate", &register]);
    assert!(why.contains("--reason"), "{why}");
    let out = home.path().join("paket");
    let said = escalate(&home, &register, &out);
    let missing = said["missing"].to_string();
    assert!(
        missing.contains("identifikasi awal") && missing.contains("bukti selain"),
        "{said}"
    );
    assert!(
        !missing.contains("Sistem terdampak") && !missing.contains("Dampak"),
        "{said}"
    );
    let folder = out.join(format!("{register}-bssn"));
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    assert!(read("1-isian-formulir.txt").contains("pendaftaran pasien berhenti"));
    assert!(read("2-kronologi.csv").contains("dieskalasi ke BSSN"));
    let mail = std::fs::read_dir(home.path().join("maildir/cur"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let digest = tanggap::register::hex(&sha2::Sha256::digest(std::fs::read(mail.path()).unwrap()));
    assert!(
        read("4-daftar-bukti.csv").contains(&digest),
        "the mail as it came"
    );
    let sums = Command::new("sha256sum")
        .args(["-c", "SHA256SUMS"])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(sums.status.success(), "{sums:?}");
    let shown = json(&home, &["case", "show", &register]);
    assert_eq!(shown["escalated"], true);
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(
        home.letters().unwrap().len(),
        1,
        "only the receipt has left"
    );

    once_more(&home, &register, &out);
    let signed = send(&home, &register);
    let sent = enclosed(&home);
    assert_eq!(sent.len(), 2, "the letter and its packet");
    assert_eq!(sent[0].1, std::fs::read(&signed).unwrap());
    let packet = std::fs::read(folder.join(format!("{register}-paket.zip"))).unwrap();
    assert_eq!(sent[1], (format!("{register}-paket.zip"), packet));
    let late = json(
        &home,
        &[
            "case",
            "escalate",
            &register,
            "--out",
            out.to_str().unwrap(),
        ],
    );
    assert_eq!(
        late["letters"],
        serde_json::json!([]),
        "the letter has left: {late}"
    );
    assert!(
        late["standing"][0].as_str().unwrap().contains("lapor-bssn"),
        "{late}"
    );
    answer(&home, &register);
}

/// A second packet is the same letter's newer enclosure; the letter says what the packet says.
fn once_more(home: &Home, register: &str, out: &Path) {
    let folder = out.to_str().unwrap();
    let arguments = [
        "case",
        "escalate",
        register,
        "--impact",
        "pendaftaran pasien berhenti dua hari",
        "--out",
        folder,
    ];
    let said = json(home, &arguments);
    assert_eq!(said["letters"].as_array().unwrap().len(), 1, "{said}");
    let letters = json(home, &["letter", "list", register])["letters"].clone();
    let kinds: Vec<_> = letters
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["kind"] == "lapor-bssn")
        .collect();
    assert_eq!(kinds.len(), 1, "one letter to BSSN: {letters}");
    let preview = home.path().join("lapor.pdf");
    home.succeed(&[
        "letter",
        "preview",
        "lapor-bssn",
        register,
        "--out",
        preview.to_str().unwrap(),
    ])
    .unwrap();
    let output = Command::new("pdftotext")
        .arg(&preview)
        .arg("-")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap().replace('\n', " ");
    for told in [
        "simpus.batangkab.go.id",
        "pemilik: Dinas Kesehatan",
        "pendaftaran pasien berhenti dua hari",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
}

/// BSSN answers under its own number, to our number alone, from its own domain.
fn answer(home: &Home, register: &str) {
    let mail = |from: &str, id: &str, number: &str| {
        format!(
            "Return-Path: <{from}>\r\nFrom: BSSN <{from}>\r\nTo: csirt@batangkab.go.id\r\nSubject: Re: Pelaporan Insiden [{register}]\r\n\
             Message-ID: <{id}@bssn.example>\r\nDate: Tue, 24 Nov 2026 08:41:00 +0700\r\n\r\nNomor : {number}\r\n\r\nLaporan {register} kami terima.\r\n"
        )
    };
    home.deliver(
        "8.test",
        mail("petugas@bssn.example", "a", "B-1234/BSSN/2026").as_bytes(),
    )
    .unwrap();
    home.deliver(
        "9.test",
        mail("palsu@lain.example", "b", "B-9999/BSSN/2026").as_bytes(),
    )
    .unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let shown = json(home, &["case", "show", register])["events"].to_string();
    assert!(
        shown.contains("national_answer") && shown.contains("B-1234/BSSN/2026"),
        "{shown}"
    );
    assert!(!shown.contains("B-9999"), "a stranger is not BSSN: {shown}");
}

/// A key of GnuPG's own making; returns its home and the exported public key.
fn key(folder: &Path, expiry: &str) -> (PathBuf, PathBuf) {
    let ring = tempfile::Builder::new()
        .prefix("kunci")
        .tempdir()
        .unwrap()
        .keep();
    std::fs::set_permissions(&ring, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let gpg = |arguments: &[&str]| {
        let output = Command::new("gpg")
            .arg("--homedir")
            .arg(&ring)
            .args(["--batch", "--passphrase", ""])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        output.stdout
    };
    gpg(&[
        "--quick-gen-key",
        "bssn@bssn.example",
        "default",
        "default",
        expiry,
    ]);
    let public = folder.join("bssn.asc");
    std::fs::write(&public, gpg(&["--armor", "--export"])).unwrap();
    (ring, public)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_to_bssn_is_closed_with_its_key() {
    let keys = tempfile::tempdir().unwrap();
    let (ring, public) = key(keys.path(), "1y");
    let (_desk, home, register) =
        reported(&section(&format!("key_file = \"{}\"\n", public.display()))).await;
    escalate(&home, &register, &home.path().join("paket"));
    let signed = send(&home, &register);
    let sent = enclosed(&home);
    let names: Vec<_> = sent.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            format!("{register}-lapor-bssn.pdf.gpg"),
            format!("{register}-paket.zip.gpg")
        ]
    );
    let closed = keys.path().join("surat.gpg");
    std::fs::write(&closed, &sent[0].1).unwrap();
    let opened = Command::new("gpg")
        .arg("--homedir")
        .arg(&ring)
        .args(["--batch", "--decrypt"])
        .arg(&closed)
        .output()
        .unwrap();
    assert_eq!(
        opened.stdout,
        std::fs::read(&signed).unwrap(),
        "the signed file is inside, unaltered"
    );
    let _ = std::fs::remove_dir_all(ring);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_key_is_refused_before_anything_happens() {
    let keys = tempfile::tempdir().unwrap();
    let (ring, public) = key(keys.path(), "seconds=1");
    std::thread::sleep(std::time::Duration::from_secs(2));
    let (_desk, home, register) =
        reported(&section(&format!("key_file = \"{}\"\n", public.display()))).await;
    let why = refused(
        &home,
        &[
            "case", "escalate", &register, "--reason", "x", "--skip", "y",
        ],
    );
    assert!(why.contains("kedaluwarsa"), "{why}");
    assert_eq!(
        json(&home, &["case", "show", &register])["escalated"],
        false
    );
    let _ = std::fs::remove_dir_all(ring);
}
