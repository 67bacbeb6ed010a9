//! How fast and how small the spine is: `make bench`. Everything is measured in one run on one machine, with the baseline beside it,
//! so that the ratios mean something; absolute figures are the machine's.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_wrap,
    reason = "counts of some ten thousands"
)]

#[path = "spine/backtest.rs"]
mod backtest;
#[path = "spine/baseline.rs"]
mod baseline;
#[path = "spine/books.rs"]
mod books;
#[path = "spine/corpus.rs"]
mod corpus;
#[path = "spine/daemon.rs"]
mod daemon;
#[path = "spine/letters.rs"]
mod letters;
#[path = "spine/mails.rs"]
mod mails;
#[path = "spine/receipts.rs"]
mod receipts;

use std::time::{Duration, Instant};

use tanggap::clock::Clock;
use tanggap::config::{Security, StoreSettings};
use tanggap::store::{Role, Store};
use tanggap_tests::world::dovecot::{Dovecot, PASSWORD};
use tanggap_tests::world::home::{Home, Plan};
use tanggap_tests::world::osticket::Standin;
use tanggap_tests::world::smtp_sink::SmtpSink;

use daemon::Running;

const MAILS: usize = 10_000;
const SINGLE: usize = 200;
const LETTERS: usize = 10_000;
const ENTRIES: usize = 100_000;
/// A year's agenda, and a large one.
const ROWS: usize = 50_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let wanted: Vec<String> = std::env::args()
            .skip(1)
            .filter(|word| !word.starts_with('-'))
            .collect();
        let wants = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
        if wants("drain") {
            drain().await;
        }
        if wants("latency") {
            latency().await;
        }
        if wants("letters") {
            let (rate, before, after) = letters::run();
            println!(
                "letters    {rate:.0} letters/s on paper, one core; {before:.0} MiB before 5000 of them, {after:.0} MiB after"
            );
        }
        if wants("backtest") {
            backtest::measure(ENTRIES).await;
        }
        if wants("books") {
            books::measure(ROWS).await;
        }
        if wants("receipts") {
            let rate = receipts::rate(LETTERS).await;
            println!(
                "receipts   {rate:.0} letters/s to a sink, {LETTERS} letters, outbox included"
            );
        }
    });
}

/// The `[[mailbox]]` and `[post]` tables of a daemon that fetches from this Dovecot.
fn plan_for(dovecot: &Dovecot, home_secret: &str, user: &str) -> String {
    let server = dovecot.server(Security::Tls);
    format!(
        "[[mailbox]]\nname = \"{user}\"\nkind = \"imap\"\nhost = \"{}\"\nport = {}\nca_file = \"{}\"\nuser = \"{user}\"\npassword_file = \"{home_secret}\"\n",
        server.host,
        server.port,
        dovecot.ca_file().display()
    )
}

fn home_with(dovecot: &Dovecot, desk: &Standin, user: &str, post: &str) -> Home {
    let (url, key) = (desk.url(), desk.key());
    let home = Home::new(&Plan {
        post,
        ..Plan::embedded(&url, &key)
    })
    .unwrap();
    let secret = home.secret("imap.key", PASSWORD).unwrap();
    let mailbox = plan_for(dovecot, &secret.display().to_string(), user);
    let text = std::fs::read_to_string(home.config()).unwrap();
    let (before, rest) = text.split_once("[[mailbox]]").unwrap();
    let (_, after) = rest.split_once("[osticket]").unwrap();
    std::fs::write(home.config(), format!("{before}{mailbox}[osticket]{after}")).unwrap();
    home
}

fn settings_of(home: &Home) -> StoreSettings {
    StoreSettings::Sqlite {
        path: home.path().join("tanggap.db"),
    }
}

async fn store_of(home: &Home) -> Store {
    let settings = settings_of(home);
    loop {
        if let Ok(store) = Store::open(&settings, Role::Visitor, &Clock::default()).await {
            return store;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Waits until so many entries are in the journal and every one is read.
async fn until_read(store: &Store, entries: i64) {
    loop {
        if store.journal_counts().await.unwrap() == (entries, 0) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn drain() {
    let dovecot = Dovecot::start().unwrap();
    let bytes = corpus::fill(&dovecot, "gudang", MAILS);
    println!(
        "drain      {MAILS} mails of the SpamAssassin corpus, {:.1} MB, Dovecot over TLS, synchronous=FULL",
        bytes as f64 / 1e6
    );
    baseline::drain(&dovecot, "gudang", MAILS).await;
    let bare = baseline::drain(&dovecot, "gudang", MAILS).await;
    println!(
        "  baseline {:.0} mails/s: FETCH and insert raw, 100 at a time, nothing else",
        MAILS as f64 / bare.as_secs_f64()
    );
    let desk = Standin::start().await;
    let home = home_with(&dovecot, &desk, "gudang", "");
    let start = Instant::now();
    let daemon = Running::start(&home);
    let store = store_of(&home).await;
    until_read(&store, MAILS as i64).await;
    let ours = start.elapsed();
    println!(
        "  tanggap  {:.0} mails/s: read, judged, durable, process start included",
        MAILS as f64 / ours.as_secs_f64()
    );
    println!("  ratio    {:.2}", bare.as_secs_f64() / ours.as_secs_f64());
    println!("  memory   {} MiB at the highest", daemon.peak_mib());
    tokio::time::sleep(Duration::from_secs(10)).await;
    let (rss, cpu) = daemon.idle(Duration::from_secs(20)).await;
    println!(
        "idle       {rss} MiB resident, {cpu:.2} % of one core over 20 s, {MAILS} mails in the mailbox"
    );
    drop(daemon);
    large().await;
}

async fn large() {
    let dovecot = Dovecot::start().unwrap();
    let desk = Standin::start().await;
    let home = home_with(&dovecot, &desk, "besar", "");
    dovecot
        .save("besar", "INBOX", &corpus::large(50 << 20))
        .unwrap();
    let daemon = Running::start(&home);
    let store = store_of(&home).await;
    until_read(&store, 1).await;
    println!(
        "large      a 50 MB mail: {} MiB at the highest",
        daemon.peak_mib()
    );
}

/// From the LMTP delivery to the receipt accepted by the mail server, one mail at a time.
async fn latency() {
    let dovecot = Dovecot::start().unwrap();
    let desk = Standin::start().await;
    let sink = SmtpSink::start(&[]).unwrap();
    let post = format!(
        "[post]\nkind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"plain\"\n",
        sink.port()
    );
    let home = home_with(&dovecot, &desk, "csirt", &post);
    let _daemon = Running::start(&home);
    let _store = store_of(&home).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut times = Vec::with_capacity(SINGLE);
    for number in 0..SINGLE {
        let start = Instant::now();
        dovecot.deliver("csirt", &corpus::report(number)).unwrap();
        while sink.letters().unwrap().len() <= number {
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "no receipt for mail {number} within 30 s"
            );
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        times.push(start.elapsed());
    }
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)].as_millis();
    println!(
        "latency    delivery to accepted receipt, {SINGLE} single mails: median {} ms, p95 {} ms, max {} ms",
        at(50),
        at(95),
        at(100)
    );
}
