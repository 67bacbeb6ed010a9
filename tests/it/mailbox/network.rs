//! A bad network between us and a good server.

use std::process::Command;
use std::time::{Duration, Instant};

use tanggap::config::Security;
use tanggap::pace::Tick;
use tanggap_tests::world::dovecot::{Dovecot, PASSWORD};
use tanggap_tests::world::home::{Home, Plan};
use tanggap_tests::world::proxy::{Proxy, Weather};

use super::{Watch, mail, mails, with_port, with_security};

const USER: &str = "csirt@csirt.test";

/// Plain text, so that a cut after so many bytes falls where it is meant to.
async fn through_proxy(dovecot: &Dovecot) -> (Proxy, Watch) {
    let proxy = Proxy::before(dovecot.imap).await.unwrap();
    let plain = with_security(dovecot.settings(USER), dovecot, Security::Plain);
    let watch = Watch::on(with_port(plain, proxy.port)).await;
    (proxy, watch)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_anywhere_loses_nothing_and_keeps_no_half_mail() {
    let dovecot = Dovecot::start().unwrap();
    let large = [&mail(7)[..], &b"x".repeat(60_000), b"\r\n"].concat();
    dovecot.deliver(USER, &large).unwrap();
    for mail in mails(0..4) {
        dovecot.deliver(USER, &mail).unwrap();
    }
    let (proxy, mut whole) = through_proxy(&dovecot).await;
    whole.drain().await;
    let length = proxy.passed();
    let expected = [vec![large], mails(0..4)].concat();
    assert_eq!(whole.bodies().await, expected);
    for step in 0..24 {
        let at = length * step / 24;
        for weather in [Weather::Cut(at), Weather::Reset(at)] {
            let (proxy, mut watch) = through_proxy(&dovecot).await;
            proxy.set(weather);
            let _ = watch.fetch.tick().await;
            proxy.set(Weather::Fair);
            watch.clock.advance(Duration::from_hours(24));
            watch.until(5, Duration::from_secs(30)).await;
            let mut bodies = watch.bodies().await;
            bodies.sort();
            let mut wanted = expected.clone();
            wanted.sort();
            assert!(bodies == wanted, "{weather:?}: {} mails", bodies.len());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_dies_in_silence_is_noticed() {
    let dovecot = Dovecot::start().unwrap();
    dovecot.deliver(USER, &mail(0)).unwrap();
    let (proxy, mut watch) = through_proxy(&dovecot).await;
    watch.drain().await;
    watch.fetch.rest(Duration::from_millis(300)).await;
    // I10: no FIN, no RST, nothing; the next connection is well again.
    proxy.set(Weather::Swallow(proxy.connections()));
    dovecot.deliver(USER, &mail(1)).unwrap();
    let took = watch.until(2, Duration::from_secs(90)).await;
    assert!(
        took < Duration::from_secs(30),
        "one poll, one deadline: {took:?}"
    );
}

/// I21: a byte a second is not waited for without end, nothing half is kept, and all is well when the line is.
#[tokio::test(flavor = "multi_thread")]
async fn a_drip_is_given_up_and_a_slow_line_is_not() {
    let dovecot = Dovecot::start().unwrap();
    for mail in mails(0..3) {
        dovecot.deliver(USER, &mail).unwrap();
    }
    let (proxy, mut watch) = through_proxy(&dovecot).await;
    proxy.set(Weather::Drip(Duration::from_secs(1)));
    let begun = Instant::now();
    assert!(watch.fetch.tick().await.is_err());
    assert!(
        begun.elapsed() < Duration::from_secs(40),
        "{:?}",
        begun.elapsed()
    );
    assert!(watch.bodies().await.is_empty());
    proxy.set(Weather::Drip(Duration::from_millis(2)));
    watch.until(3, Duration::from_mins(1)).await;
    assert_eq!(watch.bodies().await, mails(0..3));
}

/// The timers of every connection to this port, as the kernel shows them: 02 is keepalive, 00 none.
fn timers(port: u16) -> Vec<String> {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let to_port = format!(":{port:04X}");
    let established = |row: &Vec<String>| row[2].ends_with(&to_port) && row[3] == "01";
    table
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .filter(established)
        .map(|row: Vec<String>| row[5][..2].to_owned())
        .collect()
}

/// I10: the system itself asks whether the other side is still there, on connections for mail and for letters.
#[tokio::test(flavor = "multi_thread")]
async fn the_system_watches_over_every_mail_connection() {
    let dovecot = Dovecot::start().unwrap();
    let control = std::net::TcpStream::connect(("127.0.0.1", dovecot.imap)).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(
        timers(dovecot.imap),
        ["00"],
        "the control shows what a plain connection looks like"
    );
    drop(control);
    let mut watch = Watch::on(dovecot.settings(USER)).await;
    dovecot.deliver(USER, &mail(0)).unwrap();
    watch.drain().await;
    watch.fetch.rest(Duration::from_millis(300)).await;
    assert_eq!(timers(dovecot.imaps), ["02"]);
}

/// A stop takes leave of the server: LOGOUT, not a connection that breaks (P2).
#[tokio::test(flavor = "multi_thread")]
async fn a_stop_says_goodbye_to_the_server() {
    let dovecot = Dovecot::start().unwrap();
    dovecot.deliver(USER, &mail(0)).unwrap();
    let mailbox = dovecot.mailbox_toml(USER);
    let home = Home::new(&Plan {
        mailbox: &mailbox,
        ..Plan::embedded("http://127.0.0.1:9/", "kunci")
    })
    .unwrap();
    home.secret("imap.password", PASSWORD).unwrap();
    let mut daemon = home.tanggap(&["run"]).unwrap().spawn().unwrap();
    let idles = || dovecot.log().contains("Login: user=");
    for _ in 0..200 {
        if idles() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_millis(700)).await;
    let pid = daemon.id().to_string();
    let begun = Instant::now();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(daemon.wait().unwrap().code(), Some(0));
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    for _ in 0..40 {
        if dovecot.log().contains("Logged out") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no LOGOUT: {}", dovecot.log());
}
