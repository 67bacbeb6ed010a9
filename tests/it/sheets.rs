//! The books on paper and in spreadsheets: long ones whole, the disposition form, a past day's queue, and nothing that calculates.

use std::path::{Path, PathBuf};
use std::process::Command;

use tanggap::clock::Clock;
use tanggap::config::StoreSettings;
use tanggap::register::{Book, NewRow};
use tanggap::store::{Role, Store};
use tanggap_tests::world::home::{Home, Plan};
use tanggap_tests::world::osticket::Standin;

use crate::release::{issue, json, refused, reported};

/// More than a page template lays out.
const LONG: usize = 6_200;

fn row(number: usize) -> NewRow {
    let sender = format!("Petugas {number}, petugas{number}@dinkes.batangkab.go.id");
    NewRow::new(
        Book::AgendaIn,
        [
            ("sender", sender),
            ("letter_date", "23-11-2026".to_owned()),
            ("letter_number", format!("005/{number}/2026")),
            (
                "subject",
                format!("Perihal-{number}: halaman depan situs dinas diganti gambar peretas"),
            ),
            ("channel", "surel".to_owned()),
            ("security", "T".to_owned()),
            ("register", format!("INS-2026-{number:05}")),
        ],
    )
}

async fn with_rows(rows: Vec<NewRow>) -> Home {
    let home = Home::new(&Plan::embedded("http://127.0.0.1:9/", "x")).unwrap();
    let path = home.path().join("tanggap.db");
    let clock = Clock::default();
    let store = Store::open(&StoreSettings::Sqlite { path }, Role::Daemon, &clock)
        .await
        .unwrap();
    let rows = rows.into_iter().map(|row| (None, row)).collect();
    store.enter(rows, "Rini", clock.now()).await.unwrap();
    store.close().await;
    home
}

fn out(home: &Home, arguments: &[&str], file: &str) -> PathBuf {
    let path = home.path().join(file);
    let mut all = vec!["books"];
    all.extend(arguments);
    all.extend(["--out", path.to_str().unwrap()]);
    home.succeed(&all).unwrap();
    path
}

fn said_by(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {output:?}"
    );
    String::from_utf8(output.stdout).unwrap()
}

fn text_of(pdf: &Path) -> String {
    said_by("pdftotext", &["-layout", pdf.to_str().unwrap(), "-"])
}

/// The pages' texts, in their order.
fn pages(pdf: &Path) -> Vec<String> {
    let text = text_of(pdf);
    let pages = text.trim_end_matches('\u{c}').split('\u{c}');
    pages.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_book_is_printed_whole_with_its_head_on_every_sheet() {
    let home = with_rows((1..=LONG).map(row).collect()).await;
    let path = out(&home, &["agenda-in"], "agenda.pdf");
    let pages = pages(&path);
    let info = said_by("pdfinfo", &[path.to_str().unwrap()]);
    assert!(
        info.contains(&format!("Pages:           {}", pages.len())),
        "{info}"
    );
    assert!(info.contains("Tagged:          yes"), "{info}");
    // F4, landscape: 330 × 215 mm.
    assert!(info.contains("935.433 x 609.449 pts"), "{info}");
    assert!(pages.len() > 100, "{} pages", pages.len());
    for (number, page) in (1..).zip(&pages) {
        for part in ["Tgl./jam terima", "Pengirim", "Diteruskan ke", "TERBATAS"] {
            assert!(page.contains(part), "page {number} lacks {part:?}:\n{page}");
        }
        let foot = format!("halaman {number} dari {}", pages.len());
        assert!(
            page.contains(&foot),
            "page {number} lacks its number:\n{page}"
        );
    }
    assert!(pages[0].contains("BUKU AGENDA SURAT MASUK") && pages[0].contains("Perihal-1:"));
    let last = pages.last().unwrap();
    assert!(last.contains(&format!("Perihal-{LONG}:")), "{last}");
    let printed = pages.concat();
    let mut next = 1;
    for word in printed.split_whitespace() {
        if let Some(number) = word.strip_prefix("Perihal-") {
            assert_eq!(
                number.trim_end_matches(':'),
                next.to_string(),
                "every row, in order"
            );
            next += 1;
        }
    }
    assert_eq!(next, LONG + 1);
    let again = out(&home, &["agenda-in"], "lagi.pdf");
    assert_eq!(
        std::fs::read(path).unwrap(),
        std::fs::read(again).unwrap(),
        "the same bytes"
    );
    let fonts = said_by(
        "pdffonts",
        &[home.path().join("agenda.pdf").to_str().unwrap()],
    );
    assert!(
        fonts
            .lines()
            .skip(2)
            .all(|line| line.contains("+LiberationSans")),
        "subsets: {fonts}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spreadsheet_calculates_nothing() {
    let hostile = [
        "=HYPERLINK(\"http://a\")",
        "+62 812",
        "-1+1",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1",
        "=cmd|' /C calc'!A0",
    ];
    let rows = hostile.map(|text| NewRow::new(Book::AgendaIn, [("subject", text.to_owned())]));
    let home = with_rows(rows.into()).await;
    let path = out(&home, &["agenda-in"], "agenda.xlsx");
    let part = |name: &str| said_by("unzip", &["-p", path.to_str().unwrap(), name]);
    let sheet = part("xl/worksheets/sheet1.xml");
    assert!(
        !sheet.contains("<f>") && !sheet.contains("<f "),
        "no formula: {sheet}"
    );
    let cells = sheet.matches("<c r=").count();
    assert_eq!(
        sheet.matches("t=\"s\"").count(),
        cells,
        "every cell is text: {sheet}"
    );
    let texts = part("xl/sharedStrings.xml");
    assert!(
        texts.contains("=HYPERLINK(\"http://a\")") && texts.contains("@SUM(A1)"),
        "{texts}"
    );
    assert!(part("xl/styles.xml").contains("quotePrefix=\"1\""));
    let csv = std::fs::read_to_string(out(&home, &["agenda-in"], "agenda.csv")).unwrap();
    for text in [
        "'=HYPERLINK(",
        ",'+62 812,",
        ",'-1+1,",
        ",'@SUM(A1),",
        ",'=cmd|",
    ] {
        assert!(csv.contains(text), "{text}: {csv}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disposition_sheet_is_a_form_of_half_a_folio() {
    let (_desk, home, register) = reported("").await;
    let arguments = ["books", "disposition", "--case", &register];
    let empty = home.succeed(&arguments).unwrap();
    assert!(
        empty.contains("Usulan: ") && !empty.contains("[x] Tim"),
        "{empty}"
    );
    let acts: [&[&str]; 3] = [
        &["triage", "--severity", "high", "--reason", "luas"],
        &[
            "dispose",
            "--from",
            "Ketua",
            "--to",
            "Tim Penanganan",
            "--instruction",
            "untuk proses lebih lanjut",
        ],
        &["decide", "--own", "--reason", "mampu"],
    ];
    for act in acts {
        let mut all = vec!["case", act[0], &register];
        all.extend(&act[1..]);
        home.succeed(&all).unwrap();
    }
    let told = home.succeed(&arguments).unwrap();
    let path = out(&home, &arguments[1..], "lembar.pdf");
    let printed = text_of(&path);
    for part in [
        "Surat dari",
        "No. Surat",
        "e-mail",
        "Tgl. Surat",
        "23-11-2026",
        "No. Agenda",
        "0001",
        "Diterima Tgl",
        "Sifat",
        "LEMBAR DISPOSISI",
        "Ditetapkan: HIGH",
        "Diteruskan kepada Sdr.",
        "Dengan hormat harap",
        "Tim Sosialisasi dan Publikasi",
        "Eskalasi BSSN",
        "untuk proses lebih lanjut",
        "TERBATAS",
        &register,
    ] {
        assert!(told.contains(part), "{part}: {told}");
        assert!(printed.contains(part), "{part}: {printed}");
    }
    assert!(
        told.contains("[x] Tim Penanganan") && told.contains("[x] Tangani sendiri"),
        "{told}"
    );
    let info = said_by("pdfinfo", &[path.to_str().unwrap()]);
    assert!(
        info.contains("Pages:           1") && info.contains("609.449 x 467.717 pts"),
        "{info}"
    );
    let form = json(&home, &arguments);
    assert_eq!(form["chain"][0]["to"], "Tim Penanganan");
    let rows = std::fs::read_to_string(out(&home, &arguments[1..], "lembar.csv")).unwrap();
    assert!(
        rows.contains("Ketua,Tim Penanganan"),
        "a spreadsheet has the rows: {rows}"
    );
    let agenda = json(&home, &["books", "agenda-in"]);
    assert_eq!(agenda["rows"][0]["Diteruskan ke"], "Tim Penanganan");
}

/// A digest is wider than its column: it is parted, and nothing leaves the sheet.
#[tokio::test(flavor = "multi_thread")]
async fn no_text_leaves_its_sheet() {
    let (_desk, home, register) = reported("").await;
    issue(&home, "jawaban", &register, "555/0123/2026");
    let row = json(&home, &["books", "letters"])["rows"][0].clone();
    assert_eq!(row["Surat ke-"], "1", "{row}");
    let digest = row["Sidik berkas"].as_str().unwrap();
    let path = out(&home, &["letters"], "surat.pdf");
    let boxes = said_by("pdftotext", &["-bbox", path.to_str().unwrap(), "-"]);
    let number = |line: &str, key: &str| -> Option<f64> {
        let rest = line.split_once(&format!("{key}=\""))?.1;
        rest.split_once('"')?.0.parse().ok()
    };
    let page = boxes
        .lines()
        .find_map(|line| number(line, "page width"))
        .unwrap();
    let right: Vec<f64> = boxes
        .lines()
        .filter_map(|line| number(line, "xMax"))
        .collect();
    assert!(
        right.len() > 20 && right.iter().all(|at| *at < page - 30.0),
        "{boxes}"
    );
    let printed: String = text_of(&path).split_whitespace().collect();
    let printed = printed.replace('\u{200b}', "");
    for part in digest.as_bytes().chunks(12) {
        let part = std::str::from_utf8(part).unwrap();
        assert!(
            printed.contains(part),
            "all of the digest is there: {part}: {printed}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_of_another_time_stands_as_it_stood_then() {
    let clocks = "[[deadlines.clock]]\nname = \"tanggapan awal\"\nhours = 4\n";
    let (_desk, home, register) = reported(clocks).await;
    let now = json(&home, &["books", "queue"]);
    assert_eq!(now["rows"].as_array().unwrap().len(), 1);
    let due = now["rows"][0]["Batas waktu"].as_str().unwrap();
    assert!(
        due.starts_with("tanggapan awal: "),
        "the clocks of the configuration: {now}"
    );
    assert_ne!(now["rows"][0]["Tiket"], "", "{now}");
    let before = json(&home, &["books", "queue", "--date", "01-01-2020"]);
    assert!(before["rows"].as_array().unwrap().is_empty(), "{before}");
    let why = refused(&home, &["books", "queue", "--date", "01-01-2099"]);
    assert!(why.contains("belum mulai"), "{why}");
    home.dismiss(&register).unwrap();
    let open = json(&home, &["books", "queue"]);
    assert!(open["rows"].as_array().unwrap().is_empty());
    let period = json(&home, &["books", "queue", "--from", "01-01-2026"]);
    let row = &period["rows"][0];
    assert_eq!(
        (&row["Reg"], &row["Status"]),
        (&register.as_str().into(), &"bukan insiden".into())
    );
    assert_ne!(row["Tgl closed"], "", "{period}");
    let foot = period["foot"][0].as_str().unwrap();
    assert!(foot.contains("1 berakhir"), "{period}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machines_day_is_one_row_with_its_count() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    for rule in [5710, 5712, 5715] {
        let mail = format!(
            "From: Wazuh <wazuh@siem.example>\r\nTo: csirt@batangkab.go.id\r\nSubject: Alert level 10, rule {rule}\r\n\
             Message-ID: <{rule}@siem.example>\r\n\r\nRule {rule} fired: sshd attempt to login using a non-existent user.\r\n"
        );
        home.deliver(&format!("{rule}.test"), mail.as_bytes())
            .unwrap();
    }
    home.succeed(&["run", "--once"]).unwrap();
    let agenda = json(&home, &["books", "agenda-in"]);
    let rows = agenda["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{agenda}");
    let note = rows[0]["Ket."].as_str().unwrap();
    assert!(note.contains("3 surel hari itu"), "{note}");
    for row in json(&home, &["books", "queue"])["rows"].as_array().unwrap() {
        assert_eq!(
            row["No. agenda"], "1",
            "each case names the day's row: {row}"
        );
    }
    home.succeed(&["books", "verify"]).unwrap();
}
