//! Letters that events draft: none of them leaves by itself.

use tanggap_tests::world::home::Home;

use super::{REPORTER, attached, issue, json, path, refused, reported, sign};

fn closed(home: &Home, register: &str) -> String {
    let skip = ["--skip", "diselesaikan lewat telepon"];
    let mut close = vec!["case", "close", register, "--result", "situs dipulihkan"];
    close.extend(skip);
    home.succeed(&close).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_brings_the_closing_letter_which_waits_for_a_person() {
    let (_desk, home, register) = reported("").await;
    closed(&home, &register);
    let letters = json(&home, &["letter", "list", &register]);
    let letters = letters["letters"].as_array().unwrap();
    assert_eq!(
        letters.len(),
        1,
        "an Indonesian reporter gets no English mail"
    );
    assert_eq!(
        (&letters[0]["kind"], &letters[0]["state"]),
        (&"penutupan".into(), &"draft".into())
    );
    let name = letters[0]["letter"].as_str().unwrap();
    let why = refused(&home, &["letter", "release", name]);
    assert!(why.contains("belum bernomor"), "{why}");
    let (issued, print) = issue(&home, "penutupan", &register, "555/0009/2026");
    assert_eq!(issued, name, "the draft that waited, and no second letter");
    home.succeed(&["letter", "signed", path(&sign(&print))])
        .unwrap();
    home.succeed(&["letter", "release", name]).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(attached(&home).len(), 1);
    let text = std::process::Command::new("pdftotext")
        .arg(&print)
        .arg("-")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&text.stdout)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        text.contains("situs dipulihkan") && text.contains("selesai (closed)"),
        "{text}"
    );
    home.succeed(&["case", "reopen", &register, "--reason", "muncul lagi"])
        .unwrap();
    let said = closed(&home, &register);
    let all = || json(&home, &["letter", "list", &register])["letters"].clone();
    assert_eq!(
        all().as_array().unwrap().len(),
        1,
        "one closing letter a case"
    );
    let another = format!("tanggap letter draft penutupan {register}");
    assert!(
        said.contains(name) && said.contains("terkirim") && said.contains(&another),
        "{said}"
    );
    let typed: Vec<&str> = another.split(' ').skip(1).collect();
    home.succeed(&typed).unwrap();
    assert_eq!(
        all().as_array().unwrap().len(),
        2,
        "unless one is asked for"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outsider_who_wrote_in_english_gets_the_english_closing_mail() {
    let (_desk, home, _) = reported("").await;
    let mail = "Return-Path: <r@research.example>\r\nFrom: Researcher <r@research.example>\r\nTo: csirt@batangkab.go.id\r\nSubject: Your website has been defaced\r\n\
         Message-ID: <dua@research.example>\r\nDate: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n\
         Hello, the website of your health office was hacked and defaced this morning. Please have a look at the server.\r\n";
    home.deliver("2.test", mail.as_bytes()).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let cases = json(&home, &["case", "list"]);
    let register = cases["cases"][1]["register"].as_str().unwrap().to_owned();
    closed(&home, &register);
    let letters = json(&home, &["letter", "list", &register]);
    let kinds: Vec<_> = letters["letters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|letter| letter["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["penutupan", "closing"]);
    let name = format!("{register}/letter/2");
    let shown = home.succeed(&["letter", "show", &name]).unwrap();
    assert!(
        shown.contains("Dear reporter,") && shown.contains(&register),
        "{shown}"
    );
    home.succeed(&["letter", "release", &name]).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let sent = home.letters().unwrap();
    let closing = sent
        .iter()
        .find(|(_, text)| text.contains("Your report has been closed"));
    assert!(
        closing.unwrap().1.contains("To: r@research.example"),
        "{sent:?}"
    );
    let agenda = json(&home, &["books", "agenda-out"]);
    assert_eq!(agenda["rows"][0]["No. surat"], "-");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_draft_their_letters_where_the_configuration_names_them() {
    let more = "[letters]\ndrafts = [\"susulan\", \"tingkat\", \"kelengkapan\"]\n";
    let (_desk, home, register) = reported(more).await;
    home.succeed(&[
        "case",
        "triage",
        &register,
        "--severity",
        "high",
        "--reason",
        "layanan publik",
    ])
    .unwrap();
    home.succeed(&["case", "wait", &register, "--for", "log akses peladen web"])
        .unwrap();
    for number in 2..4 {
        let mail = format!(
            "Return-Path: <{REPORTER}>\r\nFrom: Budi <{REPORTER}>\r\nTo: csirt@batangkab.go.id\r\nSubject: Re: Situs kami diretas [{register}]\r\n\
             Message-ID: <{number}@dinkes.batangkab.go.id>\r\nDate: Mon, 23 Nov 2026 09:41:00 +0700\r\n\r\nLog ke-{number} terlampir.\r\n"
        );
        home.deliver(&format!("{number}.test"), mail.as_bytes())
            .unwrap();
    }
    home.succeed(&["run", "--once"]).unwrap();
    let letters = json(&home, &["letter", "list", &register]);
    let kinds: Vec<_> = letters["letters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|letter| letter["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["tingkat", "kelengkapan", "susulan"],
        "two follow-ups are one word of thanks"
    );
    let asked = home
        .succeed(&["letter", "show", &format!("{register}/letter/2")])
        .unwrap();
    assert!(asked.contains("log akses peladen web"), "{asked}");
    let before = home.letters().unwrap().len();
    home.succeed(&["run", "--once"]).unwrap();
    assert_eq!(
        home.letters().unwrap().len(),
        before,
        "none of them leaves by itself"
    );
    closed(&home, &register);
    assert_eq!(
        json(&home, &["letter", "list", &register])["letters"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}
