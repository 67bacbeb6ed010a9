//! Much mail, and large mail (I12).

use std::time::{Duration, Instant};

use tanggap_tests::world::dovecot::Dovecot;
use tanggap_tests::world::home::{Home, Plan};
use tanggap_tests::world::osticket::Standin;

use super::{Watch, mail, mails};
use tanggap_tests::world::dovecot::PASSWORD;

const USER: &str = "csirt@csirt.test";

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_is_drained_whole_and_in_order() {
    let dovecot = Dovecot::start().unwrap();
    for mail in mails(0..3000) {
        dovecot.deliver(USER, &mail).unwrap();
    }
    let large = [&mail(3000)[..], &b"0123456789abcdef\r\n".repeat(200_000)].concat();
    dovecot.deliver(USER, &large).unwrap();
    dovecot.deliver(USER, &mail(3001)).unwrap();
    let mut watch = Watch::on(dovecot.settings(USER)).await;
    let begun = Instant::now();
    assert_eq!(watch.drain().await, 3002);
    let took = begun.elapsed();
    let bodies = watch.bodies().await;
    assert!(
        bodies[..3000] == mails(0..3000) && bodies[3000] == large && bodies[3001] == mail(3001)
    );
    eprintln!("3,002 mails in {took:?}");
    assert!(took < Duration::from_mins(1), "{took:?}");
}

/// The most memory a process ever held, in bytes, as long as it lives.
fn peak(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// Lines of base64 that no compression makes much smaller: what an attached archive looks like.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"[(state >> 58) as usize]
    };
    let byte = |at: usize| match at % 78 {
        76 => b'\r',
        77 => b'\n',
        _ => next(),
    };
    (0..length - length % 78).map(byte).collect()
}

/// Over the size limit it is kept all the same, every byte of it, and goes to a human unread.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_of_fifty_megabytes_takes_little_memory() {
    let dovecot = Dovecot::start().unwrap();
    let desk = Standin::start().await;
    let huge = [&mail(0)[..], &noise(50_000_000)].concat();
    dovecot.deliver(USER, &huge).unwrap();
    let (url, key) = (desk.url(), desk.key());
    let mut plan = Plan::embedded(&url, &key);
    let mailbox = dovecot.mailbox_toml(USER) + "[limits]\nmail_size = \"32 MiB\"\n";
    plan.mailbox = &mailbox;
    let home = Home::new(&plan).unwrap();
    home.secret("imap.password", PASSWORD).unwrap();
    let mut daemon = home.tanggap(&["run", "--once"]).unwrap().spawn().unwrap();
    let mut most = 0;
    let status = loop {
        most = peak(daemon.id()).unwrap_or(0).max(most);
        if let Some(status) = daemon.try_wait().unwrap() {
            break status;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert!(status.success());
    let journal = home.succeed(&["journal", "--format", "json"]).unwrap();
    let journal: serde_json::Value = serde_json::from_str(&journal).unwrap();
    assert_eq!(journal["mails"].as_array().unwrap().len(), 1);
    let size = &journal["mails"][0]["size"];
    assert!(size.is_null() || *size == huge.len(), "{size}");
    eprintln!("peak: {} MiB", most >> 20);
    assert!(most > 0 && most < 128 << 20, "peak: {} MiB", most >> 20);
}
