//! The books: gap-free, chained, corrected only by counter-entries, proven, and shown as people need them.

mod chain;

use std::os::unix::process::ExitStatusExt;

use serde_json::Value;
use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;

fn mail(token: &str) -> Vec<u8> {
    format!(
        "Return-Path: <{token}@dinkes.batangkab.go.id>\r\nFrom: Pelapor {token} <{token}@dinkes.batangkab.go.id>\r\n\
         To: csirt@batangkab.go.id\r\nSubject: =1+1 Situs kami diretas {token}\r\nMessage-ID: <{token}@dinkes.batangkab.go.id>\r\n\
         Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\nNomor : 005/17/2026\r\n\r\n\
         Situs dinas kami diretas, halaman depan diganti gambar peretas. Mohon bantuan.\r\n"
    )
    .into_bytes()
}

fn json(home: &Home, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json"]);
    serde_json::from_str(&home.succeed(&all).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_stands_in_agenda_and_register_and_the_queue_shows_it() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    home.deliver("1.a.test", &mail("a")).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let agenda = json(&home, &["books", "agenda-in"]);
    let line = &agenda["rows"][0];
    assert_eq!(
        (&line["No. agenda"], &line["No. surat"]),
        (&"0001".into(), &"005/17/2026".into()),
        "{line}"
    );
    assert_eq!(line["Tgl. surat"], "23-11-2026");
    let queue = json(&home, &["books", "queue"]);
    assert_eq!(queue["rows"].as_array().unwrap().len(), 1);
    assert_eq!(queue["rows"][0]["No. agenda"], "1");
    let register = queue["rows"][0]["Reg"].as_str().unwrap().to_owned();
    let arguments = [
        "case",
        "triage",
        &register,
        "--severity",
        "high",
        "--reason",
        "luas",
    ];
    home.succeed(&arguments).unwrap();
    let queue = json(&home, &["books", "queue"]);
    let level = queue["rows"][0]["Tingkat (usulan → ditetapkan)"]
        .as_str()
        .unwrap();
    assert!(
        level.ends_with("→ High") && !level.starts_with("High"),
        "{level}"
    );
    home.succeed(&[
        "books",
        "correct",
        "agenda-in",
        "1",
        "--set",
        "sender=Dinas Kesehatan",
        "--reason",
        "salah baca",
    ])
    .unwrap();
    let output = home
        .tanggap(&[
            "books",
            "correct",
            "agenda-in",
            "1",
            "--set",
            "warna=biru",
            "--reason",
            "x",
        ])
        .unwrap()
        .output()
        .unwrap();
    assert!(
        both(&output).contains("kolom buku ini"),
        "{}",
        both(&output)
    );
    let agenda = json(&home, &["books", "agenda-in"]);
    assert!(
        agenda["rows"][1]["Ket."]
            .as_str()
            .unwrap()
            .contains("koreksi no. 0001 oleh Rini: salah baca")
    );
    files(&home);
    home.dismiss(&register).unwrap();
    assert!(
        json(&home, &["books", "queue"])["rows"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert_eq!(json(&home, &["books", "verify"])["whole"], true);
}

fn files(home: &Home) {
    let path = |name: &str| home.path().join(name).display().to_string();
    let (csv, xlsx, odd) = (path("agenda.csv"), path("agenda.xlsx"), path("agenda.doc"));
    home.succeed(&["books", "agenda-in", "--out", &csv])
        .unwrap();
    home.succeed(&["books", "agenda-in", "--out", &xlsx])
        .unwrap();
    let text = std::fs::read_to_string(&csv).unwrap();
    assert!(
        text.contains(",'=1+1 Situs kami diretas a,"),
        "no formula: {text}"
    );
    let bytes = std::fs::read(&xlsx).unwrap();
    assert!(bytes.starts_with(b"PK") && bytes.len() > 2000);
    let output = home
        .tanggap(&["books", "agenda-in", "--out", &odd])
        .unwrap()
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
}

/// kill -9 around the commits that write books: after the restart every number is there once.
#[tokio::test(flavor = "multi_thread")]
async fn books_have_no_gap_after_a_crash() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let steps = ["judge.claimed", "judge.before_commit", "judge.committed"];
    for (number, step) in steps.iter().cycle().take(9).enumerate() {
        let token = format!("t{number}");
        home.deliver(&format!("1.{token}.test"), &mail(&token))
            .unwrap();
        let mut run = home.tanggap(&["run", "--once"]).unwrap();
        let ended = run
            .env("TANGGAP_FAILPOINT", format!("{step}:1"))
            .output()
            .unwrap();
        assert!(ended.status.signal().is_some(), "{step} was not met");
        home.succeed(&["run", "--once"]).unwrap();
        let register = format!("INS-2026-{:04}", number + 1);
        for point in ["staff.before_commit", "staff.committed"] {
            let mut act = home
                .tanggap(&[
                    "case",
                    "triage",
                    &register,
                    "--severity",
                    "low",
                    "--reason",
                    "uji",
                ])
                .unwrap();
            let ended = act
                .env("TANGGAP_FAILPOINT", format!("{point}:1"))
                .output()
                .unwrap();
            assert!(
                ended.status.signal().is_some(),
                "{point} was not met: {}",
                both(&ended)
            );
            home.succeed(&["books", "verify"]).unwrap();
        }
    }
    let agenda = json(&home, &["books", "agenda-in"]);
    assert_eq!(agenda["rows"].as_array().unwrap().len(), 9);
    let register = json(&home, &["books", "register"]);
    assert_eq!(
        register["rows"].as_array().unwrap().len(),
        18,
        "nine cases, nine judgements; a killed one is none"
    );
    assert_eq!(
        desk.tickets().len(),
        9,
        "books, cases and osTicket count alike"
    );
}
