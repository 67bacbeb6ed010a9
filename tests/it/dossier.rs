//! A case's analysis report and its publication draft, made by the real binary and read back.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sha2::{Digest, Sha256};
use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;

const SCREENSHOT: &[u8] = b"\x89PNG\r\n\x1a\nbukan gambar sungguhan";

fn mail() -> Vec<u8> {
    let attached = "iVBORw0KGgpidWthbiBnYW1iYXIgc3VuZ2d1aGFu";
    format!(
        "Return-Path: <sandi@dinkes.batangkab.go.id>\r\nFrom: Sandi <sandi@dinkes.batangkab.go.id>\r\n\
         To: csirt@batangkab.go.id\r\nSubject: Situs simpus diretas\r\nMessage-ID: <s1@dinkes.batangkab.go.id>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         Dinas Kesehatan Kabupaten Batang melaporkan: halaman depan https://simpus.dinkes.example/ diganti gambar peretas dari 203.0.113.77.\r\n\
         --b\r\nContent-Type: image/png; name=layar.png\r\nContent-Disposition: attachment; filename=layar.png\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{attached}\r\n--b--\r\n"
    )
    .into_bytes()
}

async fn closed() -> (Standin, Home) {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    home.deliver("1.s.test", &mail()).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let steps: [&[&str]; 6] = [
        &[
            "triage",
            "--severity",
            "medium",
            "--reason",
            "halaman depan",
        ],
        &[
            "detect",
            "--weaknesses",
            "plugin usang",
            "--skip",
            "mendesak",
        ],
        &[
            "handle",
            "Situs dialihkan dari http://simpus.dinkes.example/lama",
        ],
        &["recover", "--confirmed-by", "Sari"],
        &[
            "analyse",
            "--cause",
            "plugin galeri usang",
            "--impact",
            "halaman berubah",
            "--recommendation",
            "perbarui",
        ],
        &["close", "--result", "pulih"],
    ];
    for step in steps {
        let mut all = vec!["case", step[0], "INS-2026-0001"];
        all.extend(&step[1..]);
        home.succeed(&all).unwrap();
    }
    (desk, home)
}

fn text_of(pdf: &Path) -> String {
    let output = Command::new("pdftotext")
        .arg("-layout")
        .arg(pdf)
        .arg("-")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_analysis_tells_chronology_actions_and_evidence_by_hash() {
    let (_desk, home) = closed().await;
    let out = home.path().join("a.pdf");
    home.succeed(&[
        "case",
        "analysis",
        "INS-2026-0001",
        "--out",
        out.to_str().unwrap(),
    ])
    .unwrap();
    let told = text_of(&out);
    for part in [
        "II. KRONOLOGI",
        "IV. BUKTI",
        "layar.png",
        "plugin galeri usang",
        "hxxp://simpus[.]dinkes[.]example",
        "203[.]0[.]113[.]77",
        "TERBATAS",
        "Dinas Kesehatan",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(
        !told.contains("http://") && !told.contains("https://"),
        "nothing to click on: {told}"
    );
    let tables: Value = serde_json::from_str(
        &home
            .succeed(&["case", "analysis", "INS-2026-0001", "--format", "json"])
            .unwrap(),
    )
    .unwrap();
    let evidence = tables["tables"]["bukti"]["rows"].as_array().unwrap();
    assert_eq!(evidence[0]["SHA-256"], hex(&mail()), "the mail as it came");
    assert_eq!(
        evidence[1]["SHA-256"],
        hex(SCREENSHOT),
        "the file as it was attached"
    );
    assert_eq!(
        tables["tables"]["tindakan"]["rows"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let odd = home
        .tanggap(&["case", "analysis", "INS-2026-0001", "--out", "a.doc"])
        .unwrap()
        .output()
        .unwrap();
    assert_eq!(odd.status.code(), Some(1), "{}", both(&odd));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publication_names_nobody_and_is_released_by_flag_only() {
    let (_desk, home) = closed().await;
    let out = home.path().join("p.pdf");
    let publish = |more: &[&str]| {
        let mut all = vec![
            "case",
            "publication",
            "INS-2026-0001",
            "--out",
            out.to_str().unwrap(),
        ];
        all.extend(more);
        home.tanggap(&all).unwrap().output().unwrap()
    };
    let phase = || {
        let shown = home
            .succeed(&["case", "show", "INS-2026-0001", "--format", "json"])
            .unwrap();
        serde_json::from_str::<Value>(&shown).unwrap()["phase"].clone()
    };
    assert!(publish(&[]).status.success());
    let draft = text_of(&out);
    assert!(
        draft.contains("DRAF") && draft.contains("kata sandi"),
        "{draft}"
    );
    assert_eq!(phase(), "closed", "a draft is no release");
    for named in [
        "simpus",
        "dinkes",
        "example",
        "203.0",
        "Kesehatan",
        "Sari",
        "layar",
        "INS-",
        "galeri",
    ] {
        assert!(!draft.contains(named), "{named}: {draft}");
    }
    for hint in [
        "Korban: simpus.dinkes.example",
        "Dari DINAS KESEHATAN KABUPATEN BATANG",
        "lihat layar.png",
        "alamat 203.0.113.77",
    ] {
        let refused = publish(&["--note", hint, "--release"]);
        assert_eq!(refused.status.code(), Some(1), "{hint}");
        assert!(
            both(&refused).contains("tidak boleh memuat"),
            "{}",
            both(&refused)
        );
    }
    assert_eq!(phase(), "closed", "what was refused is not released");
    let released = publish(&["--release", "--note", "Waspada di akhir tahun."]);
    assert!(released.status.success(), "{}", both(&released));
    let told = text_of(&out);
    assert!(
        !told.contains("DRAF") && told.contains("Waspada di akhir tahun."),
        "{told}"
    );
    assert!(
        both(&released).contains(&hex(&std::fs::read(&out).unwrap())),
        "the hash of what was released"
    );
    assert_eq!(phase(), "drafted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_case_is_not_published() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    home.deliver("1.s.test", &mail()).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let refused = home
        .tanggap(&["case", "publication", "INS-2026-0001", "--out", "p.pdf"])
        .unwrap()
        .output()
        .unwrap();
    assert!(
        both(&refused).contains("sesudah kasus ditutup"),
        "{}",
        both(&refused)
    );
}
