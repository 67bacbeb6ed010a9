//! English beside Indonesian (`[site] language`, `$TANGGAP_LANG`, `--lang`): what staff read in osTicket, what a terminal shows.

mod faults;
mod sources;
mod verbs;

use std::process::Command;

use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;

const TEAM: &str = "csirt@batangkab.go.id";

/// Words that Indonesian cannot do without, and English does not have.
const INDONESIAN: [&str; 46] = [
    "yang",
    "tidak",
    "belum",
    "dengan",
    "sudah",
    "untuk",
    "dari",
    "atau",
    "pada",
    "akan",
    "oleh",
    "agar",
    "adalah",
    "bila",
    "jika",
    "karena",
    "hanya",
    "masih",
    "juga",
    "tanpa",
    "setiap",
    "semua",
    "bukan",
    "sebelum",
    "sesudah",
    "kepada",
    "tulis",
    "lihat",
    "berkas",
    "surel",
    "surat",
    "kasus",
    "aturan",
    "perintah",
    "tiket",
    "pelapor",
    "petugas",
    "tersimpan",
    "menunggu",
    "dibaca",
    "dikirim",
    "alasan",
    "tingkat",
    "perihal",
    "diterima",
    "dan",
];

/// The Indonesian in a text, apart from what is quoted in it.
fn indonesian(text: &str, quoted: &[&str]) -> Vec<String> {
    let mut text = text.to_owned();
    for quote in quoted {
        text = text.replace(quote, " ");
    }
    let lines = text.lines().filter(|line| {
        let mut words = line.split(|c: char| !c.is_alphanumeric() && !matches!(c, '#' | '-' | '_'));
        words.any(|word| INDONESIAN.contains(&word.to_lowercase().as_str()))
    });
    lines.map(str::to_owned).collect()
}

#[track_caller]
fn assert_english(what: &str, text: &str, quoted: &[&str]) {
    let left = indonesian(text, quoted);
    assert!(
        left.is_empty(),
        "{what} is to be English, and says:\n{}",
        left.join("\n")
    );
}

/// A home whose site speaks this language.
fn home(desk: &Standin, language: &str) -> Home {
    let (url, key) = (desk.url(), desk.key());
    let home = Home::new(&Plan::embedded(&url, &key)).unwrap();
    let text = std::fs::read_to_string(home.config()).unwrap();
    let site = format!("[site]\nlanguage = \"{language}\"\n");
    std::fs::write(home.config(), text.replacen("[site]\n", &site, 1)).unwrap();
    home
}

fn report(home: &Home) {
    let raw = format!(
        "Return-Path: <budi@dinkes.batangkab.go.id>\r\nFrom: Budi <budi@dinkes.batangkab.go.id>\r\nTo: {TEAM}\r\n\
         Subject: Situs kami diretas\r\nMessage-ID: <satu@dinkes.batangkab.go.id>\r\nDate: Mon, 23 Nov 2026 08:41:00 +0700\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\n\
         Situs simpus.batangkab.go.id kami diretas, halaman depan diganti gambar peretas.\r\n\
         --x\r\nContent-Type: application/octet-stream; name=\"x.exe\"\r\n\
         Content-Disposition: attachment; filename=\"x.exe\"\r\n\r\nMZ\r\n--x--\r\n"
    );
    home.deliver("satu", raw.as_bytes()).unwrap();
    let ran = home.tanggap(&["run", "--once"]).unwrap().output().unwrap();
    assert!(ran.status.success(), "{}", both(&ran));
}

/// Everything staff can read in the stand-in: subjects, texts, notes.
fn read_by_staff(desk: &Standin) -> Vec<(String, String)> {
    let tickets = desk.tickets();
    let texts = tickets.iter().flat_map(|ticket| {
        let entries = ticket.entries.iter();
        let entries = entries.map(|entry| (entry.title.clone(), entry.body.clone()));
        std::iter::once((ticket.subject.clone(), String::new())).chain(entries)
    });
    texts.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_read_english_in_osticket_where_the_site_says_so() {
    let desk = Standin::with_plugin().await;
    let home = home(&desk, "en");
    report(&home);
    let texts = read_by_staff(&desk);
    let all: Vec<&str> = texts
        .iter()
        .flat_map(|(title, text)| [title.as_str(), text.as_str()])
        .collect();
    let all = all.join("\n");
    for wanted in [
        "CYBER INCIDENT REPORT INS-",
        "Severity (prop.): ",
        "Attachments (all are kept in the journal):",
        "not copied: files of this type are not opened on staff computers",
        "tanggap: judgement of INS-",
        "The word of staff always wins",
    ] {
        assert!(all.contains(wanted), "{wanted:?} is not in\n{all}");
    }
    // The reasons are the rules' own words, the report its reporter's.
    let ours = all.lines().filter(|line| {
        let rules = line.starts_with("Reason ") || line.starts_with("- ");
        !rules && !line.contains("diretas")
    });
    let ours: Vec<&str> = ours.collect();
    assert_english("a ticket", &ours.join("\n"), &["Situs kami"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_that_says_nothing_reads_indonesian() {
    let desk = Standin::with_plugin().await;
    let (url, key) = (desk.url(), desk.key());
    let home = Home::new(&Plan::embedded(&url, &key)).unwrap();
    report(&home);
    let texts = read_by_staff(&desk);
    assert!(
        texts
            .iter()
            .any(|(_, text)| text.contains("LAPORAN INSIDEN SIBER INS-"))
    );
    assert!(
        texts
            .iter()
            .any(|(_, text)| text.contains("Putusan petugas selalu menang"))
    );
}

/// What a terminal says in one line, with these settings.
fn said(home: &Home, flag: &[&str], environment: &str) -> String {
    let mut command: Command = home.tanggap(&["queue"]).unwrap();
    let output = command
        .args(flag)
        .env("TANGGAP_LANG", environment)
        .output()
        .unwrap();
    both(&output)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_follows_the_flag_then_the_environment_then_the_configuration() {
    let desk = Standin::start().await;
    let home = home(&desk, "en");
    report(&home);
    let (english, indonesian) = ("Nothing waits", "Tidak ada yang menunggu");
    assert!(said(&home, &[], "").contains(english));
    assert!(said(&home, &[], "id").contains(indonesian));
    assert!(said(&home, &["--lang", "en"], "id").contains(english));
    assert!(said(&home, &["--lang=id"], "en").contains(indonesian));
    let strange = said(&home, &[], "jv");
    assert!(strange.contains("TANGGAP_LANG = \"jv\""), "{strange}");
    let strange = said(&home, &["--lang", "jv"], "");
    assert!(strange.contains("id, en"), "{strange}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_language_nobody_knows_is_refused_in_words() {
    let desk = Standin::start().await;
    let home = home(&desk, "inggris");
    let checked = home.tanggap(&["check"]).unwrap().output().unwrap();
    assert_eq!(checked.status.code(), Some(78), "{}", both(&checked));
    let told = both(&checked);
    assert!(told.contains("`site.language`"), "{told}");
    assert!(told.contains("\"id\" | \"en\""), "{told}");
}
