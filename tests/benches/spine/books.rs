//! A year's agenda as paper, workbook and text: by the real binary, out of the store.

use std::time::{Duration, Instant};

use tanggap::clock::Clock;
use tanggap::register::{Book, NewRow};
use tanggap::store::{Role, Store};
use tanggap_tests::world::home::{Home, Plan};

/// Rows entered in one transaction.
const AT_ONCE: usize = 5_000;

fn row(number: usize) -> NewRow {
    let sender =
        format!("Petugas {number} Dinas Kesehatan, petugas{number}@dinkes.batangkab.go.id");
    let subject = format!(
        "Laporan insiden nomor {number}: halaman depan situs simpus{number}.batangkab.go.id diganti"
    );
    NewRow::new(
        Book::AgendaIn,
        [
            ("sender", sender),
            ("letter_date", "23-11-2026".to_owned()),
            ("letter_number", format!("005/{number}/2026")),
            ("subject", subject),
            ("attachments", "2".to_owned()),
            ("channel", "surel".to_owned()),
            ("security", "T".to_owned()),
            ("register", format!("INS-2026-{number:05}")),
            ("message", format!("{number:012x}")),
        ],
    )
}

/// Fills the agenda of a home of its own.
async fn filled(rows: usize) -> Home {
    let home = Home::new(&Plan::embedded("http://127.0.0.1:9/", "x")).unwrap();
    let clock = Clock::default();
    let settings = super::settings_of(&home);
    let store = Store::open(&settings, Role::Daemon, &clock).await.unwrap();
    for first in (0..rows).step_by(AT_ONCE) {
        let some = (first..rows.min(first + AT_ONCE)).map(|number| (None, row(number)));
        store
            .enter(some.collect(), "bench", clock.now())
            .await
            .unwrap();
    }
    store.close().await;
    home
}

/// Runs the binary to its end, and watches how much memory it takes at most (MiB).
fn watched(home: &Home, arguments: &[&str]) -> (f64, f64) {
    let start = Instant::now();
    let mut child = home.tanggap(arguments).unwrap().spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak: f64 = 0.0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let high = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = high.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        peak = peak.max(kib.unwrap_or_default() / 1024.0);
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success(), "{arguments:?}");
            return (start.elapsed().as_secs_f64(), peak);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub async fn measure(rows: usize) {
    let home = filled(rows).await;
    let year = Clock::default().now().register_year().to_string();
    for ending in ["pdf", "xlsx", "csv"] {
        let path = home.path().join(format!("agenda.{ending}"));
        let out = path.display().to_string();
        let arguments = ["books", "agenda-in", "--year", &year, "--out", &out];
        let (took, peak) = watched(&home, &arguments);
        let size = std::fs::metadata(&path).unwrap().len() as f64 / 1e6;
        println!(
            "books      {rows} rows to {ending}: {took:.1} s, {:.0} rows/s, {size:.1} MB, {peak:.0} MiB of memory, process and store included",
            rows as f64 / took
        );
    }
}
