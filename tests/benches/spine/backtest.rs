//! A rule set tried on a journal of 100,000 entries: how long the real binary takes, and how much memory.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use tanggap::case::Event;
use tanggap::clock::Clock;
use tanggap::mailbox::Place;
use tanggap::store::{
    Arrival, CaseFacts, Fate, Judging, NewCase, Pointers, RawMail, Reading, Role, Store, Unread,
};
use tanggap_rules::{Classification, Kind, RuleSet, Severity};
use tanggap_tests::world::home::{Home, Plan};

use crate::mails::mails;
use crate::settings_of;

/// Mails kept, and judged, in one transaction.
const AT_ONCE: usize = 1000;
/// Every so many mails one is a case of its own.
const CASES: usize = 10;

/// Fills a journal with `count` entries and tries the shipped rules on it.
pub async fn measure(count: usize) {
    let home = Home::new(&Plan::embedded("http://127.0.0.1:9/", "kunci")).unwrap();
    let bytes = fill(&home, count).await;
    let begun = Instant::now();
    let mut child = home
        .tanggap(&["rules", "backtest", "--format", "json"])
        .unwrap()
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut peak, mut cpu) = (0, 0.0);
    while child.try_wait().unwrap().is_none() {
        if let Some((memory, used)) = looks(&child) {
            (peak, cpu) = (memory, used);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(child.wait().unwrap().success());
    let took = begun.elapsed().as_secs_f64();
    println!(
        "backtest   {count} entries ({:.0} MB) in {took:.1} s on the wall, {cpu:.1} s of processor time, {} MiB at the highest",
        bytes as f64 / 1e6,
        peak / 1024
    );
}

/// The most memory it ever had in KiB, and the processor's time it used in seconds.
fn looks(child: &Child) -> Option<(u64, f64)> {
    let of = |file: &str| std::fs::read_to_string(format!("/proc/{}/{file}", child.id())).ok();
    let status = of("status")?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let peak = peak.split_whitespace().next()?.parse().ok()?;
    let stat = of("stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some((peak, ticks as f64 / 100.0))
}

async fn fill(home: &Home, count: usize) -> usize {
    let clock = Clock::default();
    let store = Store::open(&settings_of(home), Role::Daemon, &clock)
        .await
        .unwrap();
    let mails = mails();
    let mut bytes = 0;
    for first in (0..count).step_by(AT_ONCE) {
        let mut arrivals = Vec::with_capacity(AT_ONCE);
        for number in first..count.min(first + AT_ONCE) {
            let mut raw = format!("X-Salinan: {number}\r\n").into_bytes();
            raw.extend_from_slice(&mails[number % mails.len()]);
            bytes += raw.len();
            let place = Place {
                account: "csirt".into(),
                folder: "INBOX".into(),
                uidvalidity: 1,
                uid: i64::try_from(number).unwrap(),
            };
            arrivals.push(Arrival {
                place,
                raw: RawMail::Whole(raw),
                internal_ms: None,
                seen: clock.now(),
            });
        }
        store.keep(arrivals).await.unwrap();
        judge(&store, &clock).await;
    }
    store.close().await;
    bytes
}

async fn judge(store: &Store, clock: &Clock) {
    let now = clock.now();
    while let Some((epoch, unread)) = store.claim_unread(now, 1000, 1 << 30).await.unwrap() {
        let mut sitting = store
            .judging((epoch, now), Pointers::default(), "INS")
            .await
            .unwrap();
        for mail in unread {
            record(&mut sitting, &mail).await;
        }
        sitting.commit().await.unwrap();
    }
}

async fn record(sitting: &mut Judging, mail: &Unread) {
    let number = usize::try_from(mail.entry.0).unwrap_or_default();
    let mut reading = Reading {
        entry: mail.entry,
        classification: judged(),
        fate: Fate::Recorded,
        why: "uji".into(),
        case: None,
        sender: "a@b.example".into(),
        subject: format!("Perihal {number}"),
        message_id: format!("{number}@b.example"),
        canon: [0; 32],
        receipt: String::new(),
    };
    for (byte, value) in reading.canon.iter_mut().zip(number.to_be_bytes()) {
        *byte = value;
    }
    if number.is_multiple_of(CASES) {
        let facts = CaseFacts {
            severity: "medium".into(),
            incident: "other:other".into(),
            subject: reading.subject.clone(),
            reporter: "a@b.example".into(),
        };
        let participants = vec!["a@b.example".into()];
        let (case, _) = sitting
            .open_case(&NewCase {
                facts,
                participants,
            })
            .await
            .unwrap();
        let event = Event::Registered {
            entry: mail.entry.0,
            receipt: false,
        };
        sitting.apply(case, event).await.unwrap();
        reading.fate = Fate::Opened;
        reading.case = Some(case);
        reading.classification.kind = Kind::Report;
    }
    sitting.record(reading);
}

fn judged() -> Classification {
    let rules = RuleSet::compile(&[]).unwrap();
    let site = tanggap_rules::Site::default();
    let mut judged = tanggap_rules::classify(&rules, &tanggap_rules::read(b"", &site));
    judged.kind = Kind::Other;
    judged.severity = Severity::Medium;
    judged
}
