//! A bad network between us and a good server.

use std::time::Duration;

use tanggap::config::Security;
use tanggap::pace::Tick;
use tanggap_tests::world::dovecot::Dovecot;
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
