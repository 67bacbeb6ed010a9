//! Letters on paper, made by the real binary and read back from the PDF.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sha2::Digest as _;
use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;

const LETTERS: &str = r#"
[letters]
kop = ["Pemerintah Kabupaten Batang", "Dinas Komunikasi dan Informatika"]
kop_address = "Jl. RA Kartini No. 1 Batang 51215"
[[letters.signatory]]
since = "01-01-2020"
until = "31-12-2021"
titles = ["Kepala Dinas"]
name = "Pejabat Lama"
nip = "196906211990031003"
[[letters.signatory]]
since = "01-01-2022"
titles = ["Plt. KEPALA DINAS", "KOMUNIKASI DAN INFORMATIKA"]
name = "SRI WAHYUNI, S.Kom, M.M."
rank = "Pembina"
nip = "19750102 200003 2 001"
"#;

fn home(more: &str, osticket: (&str, &str)) -> Home {
    let home = Home::new(&Plan::embedded(osticket.0, osticket.1)).unwrap();
    let written = std::fs::read_to_string(home.config()).unwrap();
    std::fs::write(home.config(), written + more).unwrap();
    home
}

fn nowhere(more: &str) -> Home {
    home(more, ("http://127.0.0.1:9/", "kunci"))
}

fn preview(home: &Home, arguments: &[&str], file: &str) -> Vec<u8> {
    let out = home.path().join(file);
    let mut all = vec!["letter", "preview"];
    all.extend(arguments);
    all.extend(["--out", out.to_str().unwrap()]);
    home.succeed(&all).unwrap();
    std::fs::read(out).unwrap()
}

/// What a reader of the page reads, blanks made single.
fn read(pdf: &Path) -> String {
    let output = Command::new("pdftotext")
        .args(["-layout"])
        .arg(pdf)
        .arg("-")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn an_answer_reads_as_an_office_writes_it_and_is_the_same_file_again() {
    let home = nowhere(LETTERS);
    let arguments = [
        "jawaban",
        "--number",
        "555/0123/2026",
        "--to",
        "Kepala Dinas Kesehatan",
    ];
    let first = preview(&home, &arguments, "a.pdf");
    assert!(first.starts_with(b"%PDF-"));
    assert_eq!(first, preview(&home, &arguments, "b.pdf"), "byte for byte");
    let text = read(&home.path().join("a.pdf"));
    let (head, rest) = text.split_once("\nNomor :").unwrap();
    assert_eq!(
        head,
        "PEMERINTAH KABUPATEN BATANG\nDINAS KOMUNIKASI DAN INFORMATIKA\nJl. RA Kartini No. 1 Batang 51215\nT"
    );
    let body = rest.split_once('\n').unwrap().1;
    let expected = include_str!("paper/jawaban.txt");
    assert_eq!(
        body,
        expected.trim_end(),
        "compare with domain.md 5.2 and 5.9 (b)"
    );
    assert!(
        rest.starts_with(" 555/0123/2026 Batang, "),
        "the number, and place and date on the right: {rest}"
    );
}

#[test]
fn every_page_of_a_long_letter_tells_its_number_and_how_many_there_are() {
    let home = nowhere(LETTERS);
    let to = "Kepala Dinas Kesehatan Kabupaten Batang ".repeat(150);
    let first = preview(&home, &["jawaban", "--to", &to], "a.pdf");
    let text = read(&home.path().join("a.pdf"));
    let pages = text.matches("halaman ").count();
    assert!(pages > 1, "{text}");
    for page in 1..=pages {
        let foot = format!("halaman {page} dari {pages}");
        assert!(text.contains(&foot), "{foot}: {text}");
    }
    let again = preview(&home, &["jawaban", "--to", &to], "b.pdf");
    assert_eq!(first, again, "byte for byte");
}

#[test]
fn no_number_and_no_signature_is_made_up() {
    let home = nowhere("");
    preview(&home, &["penutupan"], "a.pdf");
    let text = read(&home.path().join("a.pdf"));
    assert!(text.contains("Nomor : 555/......./20"), "{text}");
    assert!(text.contains("NIP. ……"), "{text}");
    let claim = text.to_lowercase();
    assert!(
        !claim.contains("elektronik") && !claim.contains("bsre"),
        "{text}"
    );
}

#[test]
fn folio_is_the_indonesian_one() {
    let home = nowhere("[letters]\npaper = \"F4\"\n");
    preview(&home, &["opd"], "a.pdf");
    let output = Command::new("pdfinfo")
        .arg(home.path().join("a.pdf"))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("609.449 x 935.433 pts"),
        "215 x 330 mm: {said}"
    );
    assert!(said.contains("Tagged:          yes"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_about_a_case_repeats_what_a_stranger_wrote_as_plain_text() {
    let desk = Standin::start().await;
    let home = home(LETTERS, (&desk.url(), &desk.key()));
    let mail = "Return-Path: <a@dinkes.batangkab.go.id>\r\nFrom: A <a@dinkes.batangkab.go.id>\r\nTo: csirt@batangkab.go.id\r\n\
        Subject: Situs kami diretas {{ 7 * 7 }} #eval(\"1+1\") $x$ *tebal*\r\nMessage-ID: <a@dinkes.batangkab.go.id>\r\n\
        Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\nNomor : 005/17/2026\r\n\r\nHalaman depan situs dinas kami diganti peretas.\r\n";
    home.deliver("1.a.test", mail.as_bytes()).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let register = {
        let cases: serde_json::Value =
            serde_json::from_str(&home.succeed(&["case", "list", "--format", "json"]).unwrap())
                .unwrap();
        cases["cases"][0]["register"].as_str().unwrap().to_owned()
    };
    preview(
        &home,
        &["jawaban", &register, "--to", "Kepala Dinas Kesehatan"],
        "a.pdf",
    );
    let text = read(&home.path().join("a.pdf")).replace('\n', " ");
    for expected in [
        "tanggal 23 November 2026 nomor 005/17/2026",
        "{{ 7 * 7 }} #eval(\"1+1\") $x$ *tebal*",
        &format!("Batangkab-CSIRT nomor {register} dan Buku Agenda nomor 1."),
        "SRI WAHYUNI, S.Kom, M.M. Pembina NIP. 19750102 200003 2 001",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let follow = home
        .succeed(&["letter", "preview", "susulan", &register])
        .unwrap();
    assert!(
        follow.contains(&format!("[{register}]")) && follow.contains("bersifat terbatas"),
        "{follow}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_sheet_is_printed_on_folio_landscape() {
    let desk = Standin::start().await;
    let home = home(LETTERS, (&desk.url(), &desk.key()));
    for number in 0..16 {
        let mail = format!(
            "Return-Path: <p{number}@dinkes.batangkab.go.id>\r\nFrom: P{number} <p{number}@dinkes.batangkab.go.id>\r\nTo: csirt@batangkab.go.id\r\n\
             Subject: Situs kami nomor {number} diretas\r\nMessage-ID: <q{number}@dinkes.batangkab.go.id>\r\n\
             Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\nHalaman depan situs kami nomor {number} diganti gambar peretas 😀. Mohon bantuan.\r\n"
        );
        home.deliver(&format!("{number}.a.test"), mail.as_bytes())
            .unwrap();
    }
    home.succeed(&["run", "--once"]).unwrap();
    let out = home.path().join("antrian.pdf");
    home.succeed(&["books", "queue", "--out", out.to_str().unwrap()])
        .unwrap();
    let said = Command::new("pdfinfo").arg(&out).output().unwrap();
    let said = String::from_utf8(said.stdout).unwrap();
    assert!(said.contains("935.433 x 609.449 pts"), "{said}");
    let text = read(&out);
    for expected in [
        "LEMBAR ANTRIAN INSIDEN",
        "TERBATAS",
        "INS-",
        "Koordinator Tim Resolusi Insiden",
        "Paraf",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let heads = text
        .matches("No. agenda")
        .count()
        .max(text.matches("Paraf").count());
    assert!(heads >= 2, "the table's head stands on every sheet: {text}");
}

/// SOP: *surat jawaban* has a number of the office's register; a number is used once, also when it was cancelled.
#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_used_once_and_stays_when_it_is_cancelled() {
    let desk = Standin::start().await;
    let home = home(LETTERS, (&desk.url(), &desk.key()));
    home.succeed(&["run", "--once"]).unwrap();
    let new = "case new --channel telepon --name Budi --phone 0812-1111-2222 --office Dinkes --system simpus --text diretas --subject";
    for subject in ["satu", "dua"] {
        let mut all: Vec<_> = new.split(' ').collect();
        all.push(subject);
        home.succeed(&all).unwrap();
    }
    let cases: Value =
        serde_json::from_str(&home.succeed(&["case", "list", "--format", "json"]).unwrap())
            .unwrap();
    let register = |at: usize| cases["cases"][at]["register"].as_str().unwrap().to_owned();
    let (one, other) = (register(0), register(1));
    let out = home.path().join("a.pdf");
    let issue = |register: &str, number: &str| {
        let arguments = [
            "letter",
            "issue",
            "jawaban",
            register,
            "--to",
            "Kepala Dinkes",
            "--number",
            number,
            "--out",
        ];
        let mut all = arguments.to_vec();
        all.push(out.to_str().unwrap());
        home.tanggap(&all).unwrap().output().unwrap()
    };
    let first = issue(&one, "555/0123/2026");
    assert!(first.status.success(), "{}", both(&first));
    assert!(
        issue(&one, "555/0123/2026").status.success(),
        "the same letter again is the same row"
    );
    let digest = tanggap::register::hex(&sha2::Sha256::digest(std::fs::read(&out).unwrap()));
    let refused = issue(&other, "555/0123/2026");
    assert!(
        !refused.status.success() && both(&refused).contains("sudah dipakai"),
        "{}",
        both(&refused)
    );
    let cancel = [
        "letter",
        "cancel",
        "555/0123/2026",
        "--reason",
        "salah alamat",
    ];
    home.succeed(&cancel).unwrap();
    home.succeed(&cancel).unwrap();
    assert!(
        !issue(&other, "555/0123/2026").status.success(),
        "a cancelled number is not used again"
    );
    let book: Value = serde_json::from_str(
        &home
            .succeed(&["books", "letters", "--format", "json"])
            .unwrap(),
    )
    .unwrap();
    let rows = book["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2, "{book}");
    assert_eq!(
        (&rows[0]["Nomor"], &rows[0]["Keadaan"]),
        (&"555/0123/2026".into(), &"bernomor".into())
    );
    assert_eq!(rows[0]["Sidik berkas"], digest.as_str());
    assert_eq!(rows[1]["Keadaan"], "batal");
    assert!(
        rows[1]["Ket."].as_str().unwrap().contains("salah alamat"),
        "{book}"
    );
    home.succeed(&["books", "verify"]).unwrap();
}

#[test]
fn check_names_every_template_that_is_wrong() {
    let home = nowhere("[letters]\nfolder = \"surat\"\n");
    let folder = home.path().join("surat");
    std::fs::create_dir(&folder).unwrap();
    assert!(
        home.succeed(&["letter", "check"])
            .unwrap()
            .contains("18 templat surat baik")
    );
    std::fs::write(
        folder.join("susulan.txt"),
        "Subject: x\n\n{{ case.registr }}\n",
    )
    .unwrap();
    std::fs::write(folder.join("jawaban.txt"), "tanpa hal\n").unwrap();
    let output = home
        .tanggap(&["letter", "check"])
        .unwrap()
        .output()
        .unwrap();
    let text = both(&output);
    assert_eq!(output.status.code(), Some(78), "{text}");
    for expected in [
        "susulan (isi biasa)",
        "susulan (isi kosong)",
        "jawaban (isi merusak)",
        "undefined",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    std::fs::write(folder.join("surat.typ"), "#data.tidak-ada").unwrap();
    let output = home
        .tanggap(&["letter", "check"])
        .unwrap()
        .output()
        .unwrap();
    assert!(
        both(&output).contains("opd (isi biasa)"),
        "{}",
        both(&output)
    );
}

#[test]
fn a_signatory_that_is_wrong_is_a_fault_with_its_line() {
    let home = nowhere(&LETTERS.replace("196906211990031003", "12345"));
    let output = home.tanggap(&["check"]).unwrap().output().unwrap();
    let text = both(&output);
    assert_eq!(output.status.code(), Some(78), "{text}");
    assert!(text.contains("NIP harus 18 angka"), "{text}");
}
