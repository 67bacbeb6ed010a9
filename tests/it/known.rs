//! What the site knows (assets, offices, earlier reports) reaches the ticket, the queue and the clocks of a case.

use serde_json::Value;
use tanggap_tests::world::home::{Home, Plan, both};
use tanggap_tests::world::osticket::Standin;

const ASSETS: &str = "Nama;Nama lain;Domain;OPD;Layanan inti;Data pribadi;IIV\n\
    SIMRS Kalisari;SIMRS;simrs.batangkab.go.id;RSUD Kalisari;ya;ya;ya\n";
const OFFICES: &str = "opd,domain,telepon\nRSUD Kalisari,rsud.batangkab.go.id,\"(0285) 391234\"\n";
const RULES: &str = "[[rule]]\nname = \"aset-berulang\"\nqueue = 2\ntags = [\"berulang\"]\nany = [\"count: asset >= 2 in 24h\"]\n\
    [[rule.test]]\ntext = \"x\"\ncount = 2\nasset = \"core\"\ntags = [\"berulang\"]\n";

fn home(desk: &Standin) -> Home {
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    std::fs::create_dir(home.path().join("rules")).unwrap();
    std::fs::write(home.path().join("rules/situs.toml"), RULES).unwrap();
    std::fs::write(home.path().join("aset.csv"), ASSETS).unwrap();
    std::fs::write(home.path().join("opd.csv"), OFFICES).unwrap();
    let text = std::fs::read_to_string(home.config()).unwrap();
    let text = text.replace(
        "[site]\n",
        "[site]\nassets = \"aset.csv\"\nroster = \"opd.csv\"\n",
    );
    let text = format!("{text}[rules]\nfolder = \"rules\"\ndeadlines = true\n");
    std::fs::write(home.config(), text).unwrap();
    home
}

fn mail(number: u32, from: &str, text: &str) -> String {
    let date = format!("Tue, 3 Feb 2026 09:{number:02}:00 +0700");
    format!(
        "Return-Path: <{from}>\r\nFrom: Petugas {number} <{from}>\r\nTo: csirt@batangkab.go.id\r\nSubject: Laporan {number}\r\n\
         Date: {date}\r\nMessage-ID: <{number}@x.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_asset_of_the_list_raises_marks_and_starts_the_clocks() {
    let desk = Standin::start().await;
    let home = home(&desk);
    let took =
        "Database SIMRS dicuri peretas, data pasien dijual di forum. Server dikuasai penyerang.";
    home.deliver("1", mail(1, "ani@rsud.batangkab.go.id", took).as_bytes())
        .unwrap();
    home.deliver(
        "2",
        mail(
            2,
            "budi@gmail.example",
            "Situs simrs.batangkab.go.id diretas, tampilannya berubah.",
        )
        .as_bytes(),
    )
    .unwrap();
    home.succeed(&["run", "--once"]).unwrap();
    let told: Vec<String> = desk
        .tickets()
        .iter()
        .map(|ticket| format!("{:?}", ticket.entries))
        .collect();
    assert_eq!(told.len(), 2);
    let first = told.iter().find(|text| text.contains("Petugas 1")).unwrap();
    for wanted in [
        "SIMRS Kalisari, RSUD Kalisari (layanan inti, data pribadi, IIV)",
        "OPD pelapor     : RSUD Kalisari (menurut daftar OPD)",
        "Tanda           : ",
        "Prioritas       : 1 (usulan aturan",
        "Dasar           : ",
    ] {
        assert!(first.contains(wanted), "{wanted}: {first}");
    }
    assert!(
        !first.contains("berulang"),
        "the first report is no repetition: {first}"
    );
    let second = told.iter().find(|text| text.contains("Petugas 2")).unwrap();
    assert!(second.contains("berulang"), "{second}");
    let queue = home
        .succeed(&["books", "queue", "--format", "json"])
        .unwrap();
    assert!(queue.contains("(1)"), "{queue}");
    let history = home
        .succeed(&["case", "show", &register(&home, 0)])
        .unwrap();
    for wanted in [
        "batas waktu iiv dipasang",
        "batas waktu pdp dipasang",
        "usulan aturan: prioritas 1",
    ] {
        assert!(history.contains(wanted), "{wanted}: {history}");
    }
    let explained = home.succeed(&["explain", "--format", "json", "1"]).unwrap();
    let explained: Value = serde_json::from_str(&explained).unwrap();
    assert_eq!(explained["assets"][0]["name"], "SIMRS Kalisari");
    assert_eq!(explained["reporter"]["office"], "RSUD Kalisari");
    assert_eq!(explained["severity"], "high");
}

fn register(home: &Home, at: usize) -> String {
    let journal = home.succeed(&["journal", "--format", "json"]).unwrap();
    let journal: Value = serde_json::from_str(&journal).unwrap();
    let mails = journal["mails"].as_array().unwrap();
    let mut names: Vec<&str> = mails
        .iter()
        .filter_map(|mail| mail["register"].as_str())
        .collect();
    names.sort_unstable();
    names[at].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_the_lists_is_told_with_the_configuration() {
    let desk = Standin::start().await;
    let home = home(&desk);
    std::fs::write(
        home.path().join("aset.csv"),
        "nama,ip,inti\nSIMRS,203.0.113,kadang\n",
    )
    .unwrap();
    std::fs::remove_file(home.path().join("opd.csv")).unwrap();
    let output = home.tanggap(&["check"]).unwrap().output().unwrap();
    assert_eq!(output.status.code(), Some(78));
    let told = both(&output);
    for wanted in [
        "aset.csv:2:7: `203.0.113` bukan alamat IP",
        "aset.csv:2:17: `kadang` bukan ya atau tidak",
        "opd.csv tidak dapat dibaca",
    ] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
}
