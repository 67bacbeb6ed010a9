//! Periodic reports: their figures agree with the books and with osTicket, and leaders read nothing that names anybody.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;

const MAILS: [(&str, &str, &str); 4] = [
    (
        "budisantoso",
        "Situs kami diretas",
        "Dinas Kesehatan Kabupaten Batang melaporkan: halaman depan situs https://simpus.dinkes.example/ diganti gambar peretas.",
    ),
    (
        "watiningsih",
        "Ransomware di server",
        "Server SIMRS RSUD terkena ransomware, semua berkas terenkripsi dan pelayanan berhenti, data hilang. Alamat 203.0.113.77.",
    ),
    (
        "jokosusilo",
        "Phishing mengaku Sekda",
        "Ada surel phishing mengaku Sekda meminta kata sandi lewat https://masuk.palsu.example/sekda, belum diklik.",
    ),
    (
        "sitinurbaya",
        "Situs sekolah diretas",
        "Halaman depan situs sekolah diganti iklan judi online, mohon bantuan.",
    ),
];

fn mail((token, subject, text): &(&str, &str, &str)) -> Vec<u8> {
    format!(
        "Return-Path: <{token}@dinkes.batangkab.go.id>\r\nFrom: Pelapor {token} <{token}@dinkes.batangkab.go.id>\r\n\
         To: csirt@batangkab.go.id\r\nSubject: {subject}\r\nMessage-ID: <{token}@dinkes.batangkab.go.id>\r\n\r\n{text}\r\n"
    )
    .into_bytes()
}

fn json(home: &Home, arguments: &[&str]) -> Value {
    let mut all = arguments.to_vec();
    all.extend(["--format", "json"]);
    serde_json::from_str(&home.succeed(&all).unwrap()).unwrap()
}

async fn worked() -> (Standin, Home) {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    for mail_of in &MAILS {
        home.deliver(&format!("1.{}.test", mail_of.0), &mail(mail_of))
            .unwrap();
    }
    home.succeed(&["run", "--once"]).unwrap();
    let by_hand = [
        "case",
        "new",
        "--channel",
        "telepon",
        "--name",
        "Sari Dewi",
        "--phone",
        "0812-1111-2222",
        "--office",
        "Dinas Pendidikan",
        "--system",
        "sd1.batangkab.go.id",
        "--subject",
        "Situs mati",
        "--text",
        "Situs sekolah tidak bisa dibuka sejak pagi.",
    ];
    home.succeed(&by_hand).unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    (desk, home)
}

fn act(home: &Home, register: &str, arguments: &[&str]) {
    let mut all = vec!["case", arguments[0], register];
    all.extend(&arguments[1..]);
    home.succeed(&all).unwrap();
}

fn close(home: &Home, register: &str) {
    let steps: [&[&str]; 3] = [
        &["triage", "--severity", "high", "--reason", "luas"],
        &["recover", "--confirmed-by", "Sari", "--skip", "mendesak"],
        &[
            "close",
            "--result",
            "pulih dari cadangan",
            "--skip",
            "tidak perlu",
        ],
    ];
    for step in steps {
        act(home, register, step);
    }
}

/// The sum of a table's column, its last line of sums left out.
fn column(table: &Value, name: &str) -> u64 {
    let rows = table["rows"].as_array().unwrap();
    let own = rows.iter().filter(|row| {
        !row.as_object()
            .unwrap()
            .values()
            .any(|cell| cell == "Jumlah")
    });
    own.map(|row| row[name].as_str().unwrap().parse::<u64>().unwrap())
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_figures_are_those_of_the_books_of_the_cases_and_of_osticket() {
    let (desk, home) = worked().await;
    close(&home, "INS-2026-0001");
    act(
        &home,
        "INS-2026-0002",
        &["dismiss", "--as", "bukan-insiden", "--reason", "latihan"],
    );
    act(&home, "INS-2026-0003", &["triage"]);
    act(
        &home,
        "INS-2026-0003",
        &[
            "decide",
            "--bssn",
            "--reason",
            "perlu bantuan",
            "--skip",
            "mendesak",
        ],
    );
    let year = json(&home, &["case", "list"])["cases"][0]["opened"]
        .as_str()
        .unwrap()[..4]
        .to_owned();
    let report = json(&home, &["report", "--year", &year]);
    let register = json(&home, &["books", "register", "--year", &year]);
    let first = |row: &&Value| !row["Ket."].as_str().unwrap().contains("koreksi");
    let rows = register["rows"].as_array().unwrap();
    let cases = json(&home, &["case", "list"])["cases"]
        .as_array()
        .unwrap()
        .clone();
    let standing = &report["figures"]["standing"];
    for count in [
        rows.iter().filter(first).count(),
        cases.len(),
        desk.tickets().len(),
    ] {
        assert_eq!(standing["received"], count, "{report:#}");
    }
    for level in ["high", "medium", "low"] {
        let of_level = cases
            .iter()
            .filter(|case| case["severity"] == level)
            .count();
        assert_eq!(report["figures"]["received"][level], of_level, "{level}");
    }
    for table in ["jenis", "opd", "kanal", "tren"] {
        assert_eq!(
            column(&report["tables"][table], "Jumlah"),
            5,
            "{table}: {report:#}"
        );
    }
    let queue = json(&home, &["books", "queue"]);
    assert_eq!(standing["open"], queue["rows"].as_array().unwrap().len());
    let expect = [
        ("closed", 1),
        ("not_incident", 1),
        ("escalated", 1),
        ("overdue", 0),
    ];
    for (key, count) in expect {
        assert_eq!(standing[key], count, "{key}");
    }
    assert_eq!(
        report["figures"]["answer"]["cases"],
        home.letters().unwrap().len()
    );
    let agenda = json(&home, &["books", "agenda-in", "--year", &year]);
    assert_eq!(
        report["figures"]["books"]["agenda_in"],
        agenda["rows"].as_array().unwrap().len()
    );
    let misfires = report["figures"]["misfires"].as_array().unwrap();
    assert!(
        misfires
            .iter()
            .any(|m| m["decided"] == "bukan insiden" && !m["rules"].as_array().unwrap().is_empty()),
        "{misfires:?}"
    );
}

fn out(home: &Home, arguments: &[&str], file: &str) -> Vec<u8> {
    let path = home.path().join(file);
    let mut all = vec!["report"];
    all.extend(arguments);
    all.extend(["--out", path.to_str().unwrap()]);
    home.succeed(&all).unwrap();
    std::fs::read(path).unwrap()
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

fn pages(pdf: &Path) -> u32 {
    let output = Command::new("pdfinfo").arg(pdf).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let pages = said.lines().find_map(|line| line.strip_prefix("Pages:"));
    pages.unwrap().trim().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn leaders_get_two_pages_that_name_nobody_and_the_office_gets_all() {
    let (_desk, home) = worked().await;
    close(&home, "INS-2026-0002");
    let arguments = ["--from", "01-01-2026", "--depth", "pimpinan"];
    out(&home, &arguments, "p.pdf");
    let mut told = text_of(&home.path().join("p.pdf"));
    assert!(pages(&home.path().join("p.pdf")) <= 2);
    assert!(
        told.contains("Bupati Batang")
            && told.contains("TERBATAS")
            && told.contains("INS-2026-0002"),
        "{told}"
    );
    told += &String::from_utf8(out(&home, &arguments, "p.json")).unwrap();
    for named in [
        "budisantoso",
        "watiningsih",
        "jokosusilo",
        "sitinurbaya",
        "Sari",
        "0812",
        "@",
        "http",
        ".example",
        "203.0.113.77",
        ".go.id",
        "Ransomware di server",
        "sd1",
    ] {
        assert!(
            !told.contains(named),
            "leaders must not read {named:?}: {told}"
        );
    }
    out(
        &home,
        &["--from", "01-01-2026", "--number", "555/0001/2026"],
        "k.pdf",
    );
    let office = text_of(&home.path().join("k.pdf"));
    for part in [
        "I. PENDAHULUAN",
        "II. REKAPITULASI",
        "III. KEJADIAN",
        "IV. KOORDINASI",
        "V. EVALUASI",
        "VI. PENUTUP",
        "555/0001/2026",
        "Dinas Pendidikan",
        "cocok",
    ] {
        assert!(office.contains(part), "{part}: {office}");
    }
    assert!(!office.contains("TIDAK COCOK"), "{office}");
    let sheets = out(&home, &["--from", "01-01-2026"], "k.xlsx");
    assert!(sheets.starts_with(b"PK"));
    let odd = home
        .tanggap(&["report", "--quarter", "2026-Q5"])
        .unwrap()
        .output()
        .unwrap();
    assert!(both(&odd).contains("2026-Q4"), "{}", both(&odd));
    let odd = home
        .tanggap(&["report", "--month", "2099-01"])
        .unwrap()
        .output()
        .unwrap();
    assert!(both(&odd).contains("belum mulai"), "{}", both(&odd));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_of_the_sites_own_is_used_and_a_faulty_one_is_explained() {
    let (_desk, home) = worked().await;
    let folder = home.path().join("templat");
    std::fs::create_dir(&folder).unwrap();
    let config = std::fs::read_to_string(home.config()).unwrap();
    std::fs::write(
        home.config(),
        format!("{config}[letters]\nfolder = \"{}\"\n", folder.display()),
    )
    .unwrap();
    let own = "Hal: Laporan sendiri {{ report.period }}\n\n== A. ISI\n@tabel jenis\n@grafik tren\n";
    std::fs::write(folder.join("laporan-kadis.txt"), own).unwrap();
    out(&home, &[], "k.pdf");
    assert!(text_of(&home.path().join("k.pdf")).contains("Laporan sendiri Tahun 20"));
    std::fs::write(
        folder.join("laporan-kadis.txt"),
        own.replace("tabel jenis", "tabel warna"),
    )
    .unwrap();
    let odd = home
        .tanggap(&["report", "--out", "k.pdf"])
        .unwrap()
        .output()
        .unwrap();
    assert!(
        both(&odd).contains("@tabel warna") && both(&odd).contains("@tabel jenis"),
        "{}",
        both(&odd)
    );
    let check = home
        .tanggap(&["letter", "check"])
        .unwrap()
        .output()
        .unwrap();
    assert!(
        !check.status.success() && both(&check).contains("@tabel warna"),
        "{}",
        both(&check)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn step_ten_is_recorded_once_on_what_was_closed() {
    let (_desk, home) = worked().await;
    close(&home, "INS-2026-0001");
    let said = home.succeed(&["report", "--record"]).unwrap();
    assert!(
        said.contains("pada 0 kasus") && said.contains("INS-2026-0001"),
        "{said}"
    );
    let said = home
        .succeed(&["report", "--record", "--skip", "tidak dipublikasikan"])
        .unwrap();
    assert!(said.contains("pada 1 kasus"), "{said}");
    assert_eq!(
        json(&home, &["case", "show", "INS-2026-0001"])["phase"],
        "reported"
    );
    let said = home
        .succeed(&["report", "--record", "--skip", "tidak dipublikasikan"])
        .unwrap();
    assert!(said.contains("pada 0 kasus"), "{said}");
}
