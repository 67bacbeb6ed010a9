//! Letters that a person answers for: printed, signed elsewhere, taken back, released once, and known when they come home.

mod drafted;

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;

use base64::Engine as _;
use serde_json::Value;
use sha2::Digest as _;
use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;

pub const REPORTER: &str = "budi@dinkes.batangkab.go.id";

/// A home with one case of a reporter who got the receipt, and the case's register number.
pub async fn reported(more: &str) -> (Standin, Home, String) {
    reported_to(Standin::start().await, more)
}

/// The same in this osTicket.
pub fn reported_to(desk: Standin, more: &str) -> (Standin, Home, String) {
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let config = std::fs::read_to_string(home.config()).unwrap() + more;
    std::fs::write(home.config(), config).unwrap();
    let mail = format!(
        "Return-Path: <{REPORTER}>\r\nFrom: Budi <{REPORTER}>\r\nTo: csirt@batangkab.go.id\r\nSubject: Situs kami diretas\r\n\
         Message-ID: <satu@dinkes.batangkab.go.id>\r\nDate: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n\
         Situs dinas kami diretas, halaman depan diganti gambar peretas. Mohon bantuan.\r\n"
    );
    home.deliver("1.test", mail.as_bytes()).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let register = json(&home, &["case", "list"])["cases"][0]["register"]
        .as_str()
        .unwrap()
        .to_owned();
    (desk, home, register)
}

pub fn json(home: &Home, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json"]);
    serde_json::from_str(&home.succeed(&all).unwrap()).unwrap()
}

pub fn refused(home: &Home, arguments: &[&str]) -> String {
    let output = home.tanggap(arguments).unwrap().output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", both(&output));
    both(&output)
}

/// Prints a letter with a number; returns its name and its unsigned file.
pub fn issue(home: &Home, kind: &str, register: &str, number: &str) -> (String, PathBuf) {
    let file = home.path().join(format!("{kind}.pdf"));
    let arguments = [
        "letter",
        "issue",
        kind,
        register,
        "--to",
        "Kepala Dinas Kesehatan",
    ];
    let mut all = arguments.to_vec();
    all.extend(["--number", number, "--out", file.to_str().unwrap()]);
    let said = home.succeed(&all).unwrap();
    let name = said.split(':').next().unwrap().to_owned();
    (name, file)
}

/// What a signer does (ISO 32000-1 section 12.8): the print stays, a signature over all of it is appended.
pub fn sign(print: &PathBuf) -> PathBuf {
    let mut bytes = std::fs::read(print).unwrap();
    let head = "\n900 0 obj<</Type/Sig/Contents<00>/ByteRange [0 10 20 ";
    let whole = bytes.len() + head.len() + "0000000]>>endobj\n%%EOF\n".len();
    bytes.extend_from_slice(format!("{head}{:07}]>>endobj\n%%EOF\n", whole - 20).as_bytes());
    let signed = print.with_extension("signed.pdf");
    std::fs::write(&signed, bytes).unwrap();
    signed
}

pub fn path(file: &std::path::Path) -> &str {
    file.to_str().unwrap()
}

fn digest(file: &PathBuf) -> String {
    tanggap::register::hex(&sha2::Sha256::digest(std::fs::read(file).unwrap()))
}

/// The attachments of the letters that are no receipts, decoded.
pub fn attached(home: &Home) -> Vec<(String, Vec<u8>)> {
    let letters = home.letters().unwrap().into_iter();
    letters
        .filter(|(_, text)| text.contains("multipart/mixed"))
        .map(|(name, text)| {
            let part = text
                .split("Content-Type: application/pdf")
                .nth(1)
                .unwrap_or_default();
            let body = part.split_once("\r\n\r\n").map_or("", |(_, body)| body);
            let encoded: String = body
                .split("\r\n--")
                .next()
                .unwrap()
                .split_whitespace()
                .collect();
            (
                name,
                base64::engine::general_purpose::STANDARD
                    .decode(encoded)
                    .unwrap(),
            )
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_leaves_once_byte_for_byte_and_stands_in_the_books() {
    let (_desk, home, register) = reported("").await;
    let (name, print) = issue(&home, "jawaban", &register, "555/0123/2026");
    assert_eq!(name, format!("{register}/letter/1"));
    let why = refused(&home, &["letter", "release", &name]);
    assert!(why.contains("belum ditandatangani"), "{why}");
    let why = refused(&home, &["letter", "signed", path(&print)]);
    assert!(
        why.contains("belum ditandatangani"),
        "the print itself: {why}"
    );

    let signed = sign(&print);
    let said = home.succeed(&["letter", "signed", path(&signed)]).unwrap();
    assert!(
        said.contains(&name) && said.contains(&digest(&signed)),
        "{said}"
    );
    home.succeed(&["letter", "signed", path(&signed)]).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(attached(&home), [], "nothing leaves before its release");

    home.succeed(&["letter", "release", &name]).unwrap();
    let why = refused(&home, &["letter", "release", &name]);
    assert!(why.contains("sudah dilepas"), "{why}");
    home.succeed(&["run", "--once"]).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let sent = attached(&home);
    assert_eq!(sent.len(), 1);
    assert_eq!(
        sent[0].1,
        std::fs::read(&signed).unwrap(),
        "exactly that file"
    );
    let (_, letter) = home
        .letters()
        .unwrap()
        .into_iter()
        .find(|(_, text)| text.contains("multipart/mixed"))
        .unwrap();
    for expected in [
        format!("To: {REPORTER}"),
        "In-Reply-To: <ack.".to_owned(),
        format!("[{register}]"),
        "555/0123/2026".to_owned(),
    ] {
        assert!(letter.contains(&expected), "{expected}: {letter}");
    }
    in_the_books(&home, &register, &digest(&signed));
    let why = refused(
        &home,
        &["letter", "cancel", "555/0123/2026", "--reason", "salah"],
    );
    assert!(
        why.contains("terkirim"),
        "what left is not taken back: {why}"
    );
}

fn in_the_books(home: &Home, register: &str, digest: &str) {
    let agenda = json(home, &["books", "agenda-out"]);
    let rows = agenda["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{agenda}");
    assert_eq!(rows[0]["No. surat"], "555/0123/2026");
    assert_eq!(rows[0]["Alamat"], REPORTER);
    assert_eq!(rows[0]["No. register"], register);
    assert_eq!(rows[0]["Sidik berkas"], digest);
    let letters = json(home, &["books", "letters"]);
    let states: Vec<_> = letters["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["Keadaan"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["bernomor", "ditandatangani", "dikirim"]);
    home.succeed(&["books", "verify"]).unwrap();
    let shown = json(home, &["case", "show", register]);
    assert_eq!(shown["letters"][0]["state"], "sent");
    assert_eq!(shown["letters"][0]["signed_sha256"], digest);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_not_ours_or_not_signed_is_refused_with_words() {
    let (_desk, home, register) = reported("").await;
    let (name, print) = issue(&home, "jawaban", &register, "555/0001/2026");
    let foreign = home.path().join("lain.pdf");
    std::fs::write(&foreign, "%PDF-1.7\n/ByteRange [0 1 2 70]\nlain\n%%EOF\n").unwrap();
    let why = refused(&home, &["letter", "signed", path(&foreign)]);
    assert!(why.contains("tidak cocok dengan surat mana pun"), "{why}");
    let broken = home.path().join("rusak.pdf");
    std::fs::write(&broken, &std::fs::read(&print).unwrap()[..500]).unwrap();
    let why = refused(&home, &["letter", "signed", path(&broken)]);
    assert!(why.contains("bukan berkas PDF yang utuh"), "{why}");
    let scan = home.path().join("pindaian.pdf");
    std::fs::write(&scan, "%PDF-1.4\npindaian\n%%EOF\n").unwrap();
    let why = refused(&home, &["letter", "signed", path(&scan), "--letter", &name]);
    assert!(why.contains("--scan"), "{why}");
    let said = home.succeed(&["letter", "signed", path(&scan), "--letter", &name, "--scan"]);
    assert!(said.unwrap().contains("pindaian surat bertanda tangan"));
    let other = sign(&print);
    let why = refused(
        &home,
        &["letter", "signed", path(&other), "--letter", &name],
    );
    assert!(
        why.contains("tidak dapat dilakukan lagi"),
        "signed once: {why}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn paper_that_is_carried_stands_in_the_agenda_and_nothing_is_mailed() {
    let (_desk, home, register) = reported("[letters]\nsend_unsigned = true\n").await;
    let (name, _) = issue(&home, "opd", &register, "555/0002/2026");
    let why = refused(&home, &["letter", "release", &name]);
    assert!(
        why.contains("--mail"),
        "an office's address is never guessed: {why}"
    );
    home.succeed(&["letter", "release", &name, "--by-hand"])
        .unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(attached(&home), []);
    let agenda = json(&home, &["books", "agenda-out"]);
    assert_eq!(agenda["rows"][0]["Alamat"], "diantar");
    assert_eq!(
        agenda["rows"][0]["Dikirim kepada"],
        "Kepala Dinas Kesehatan"
    );
}

/// RFC 3464: the server that could not deliver says so to the envelope sender, with our headers.
fn bounce(letter: &str) -> Vec<u8> {
    let headers = letter.split("\r\n\r\n").next().unwrap();
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.test\r\nTo: csirt@batangkab.go.id\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         Message-ID: <pulang@mx.test>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nThis is the mail system. The address could not be reached.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n\
         Final-Recipient: rfc822; {REPORTER}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\n{headers}\r\n\r\n--b--\r\n"
    )
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_comes_back_is_known_and_goes_to_another_address() {
    let (_desk, home, register) = reported("[letters]\nsend_unsigned = true\n").await;
    let (name, _) = issue(&home, "jawaban", &register, "555/0003/2026");
    home.succeed(&["letter", "release", &name]).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let letters = home.letters().unwrap();
    let (_, letter) = letters
        .iter()
        .find(|(_, text)| text.contains("multipart/mixed"))
        .unwrap();
    home.deliver("2.test", &bounce(letter)).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(
        home.letters().unwrap().len(),
        letters.len(),
        "a bounce is not answered"
    );
    let list = home.succeed(&["letter", "list", "--waiting"]).unwrap();
    assert!(list.contains("KEMBALI"), "{list}");
    assert!(
        home.succeed(&["case", "show", &register])
            .unwrap()
            .contains("KEMBALI")
    );
    let other = "sekretariat@dinkes.batangkab.go.id";
    home.succeed(&["letter", "release", &name, "--mail", other])
        .unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let again = attached(&home);
    assert_eq!(again.len(), 2);
    assert_eq!(again[0].1, again[1].1, "the same letter");
    let shown = json(&home, &["letter", "list", &register]);
    assert_eq!(shown["letters"][0]["address"], other);
    assert_eq!(shown["letters"][0]["bounced"], Value::Null);
}

/// kill -9 at every named step between a letter's issue and its record as sent, by whoever passes it.
#[tokio::test(flavor = "multi_thread")]
async fn one_letter_leaves_however_often_it_is_killed() {
    let kills: [(&str, u32, &[&str]); 8] = [
        ("letter.before_commit", 1, &["issue"]),
        ("letter.committed", 1, &["issue"]),
        ("letter.before_commit", 1, &["release"]),
        ("letter.committed", 1, &["release"]),
        ("deliver.claimed", 1, &["run"]),
        ("deliver.acted", 1, &["run"]),
        ("deliver.before_commit", 1, &["run"]),
        ("deliver.committed", 1, &["run"]),
    ];
    for (number, (point, pass, when)) in kills.into_iter().enumerate() {
        let (_desk, home, register) = reported("[letters]\nsend_unsigned = true\n").await;
        let number = format!("555/{number:04}/2026");
        let out = home.path().join("surat.pdf");
        let name = format!("{register}/letter/1");
        let issue = [
            "letter",
            "issue",
            "jawaban",
            &register,
            "--to",
            "Kepala",
            "--number",
            &number,
            "--out",
            path(&out),
        ];
        let release = ["letter", "release", &name];
        let run = ["run", "--once"];
        let steps: [(&str, &[&str]); 3] = [("issue", &issue), ("release", &release), ("run", &run)];
        for (step, arguments) in steps {
            if when.contains(&step) {
                let mut command = home.tanggap(arguments).unwrap();
                command.env("TANGGAP_FAILPOINT", format!("{point}:{pass}"));
                let died = command.output().unwrap();
                assert!(
                    died.status.signal().is_some(),
                    "{point} {step}: {}",
                    both(&died)
                );
            }
            let again = home.tanggap(arguments).unwrap().output().unwrap();
            let known = both(&again).contains("sudah dilepas");
            assert!(
                again.status.success() || known,
                "{point} {step}: {}",
                both(&again)
            );
        }
        home.succeed(&run).unwrap();
        assert_eq!(attached(&home).len(), 1, "{point}: one letter");
        let agenda = json(&home, &["books", "agenda-out"]);
        assert_eq!(
            agenda["rows"].as_array().unwrap().len(),
            1,
            "{point}: one row"
        );
        assert_eq!(
            json(&home, &["letter", "list"])["letters"][0]["state"],
            "sent",
            "{point}"
        );
        home.succeed(&["books", "verify"]).unwrap();
    }
}
