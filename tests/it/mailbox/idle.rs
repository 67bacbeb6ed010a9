//! IDLE as servers really do it: not at all, in name only, with noise (I11).

use std::time::{Duration, Instant};

use tanggap::config::Security;
use tanggap::pace::Tick;
use tanggap_tests::world::imap_fake::{ImapFake, Tale};

use super::{Watch, mail, mails};

const IDLES: &str = "IMAP4rev1 IDLE";

async fn watch(capabilities: &str, habits: &[(&str, &str)]) -> (ImapFake, Watch) {
    let habit = |(key, said): &(&str, &str)| ((*key).to_owned(), (*said).to_owned());
    let fake = ImapFake::start(Tale {
        capabilities: capabilities.into(),
        mails: [(1, mail(0)), (2, mail(1)), (3, mail(2))].into(),
        habits: habits.iter().map(habit).collect(),
        ..Tale::default()
    })
    .await
    .unwrap();
    let watch = Watch::on(fake.settings(Security::Plain)).await;
    (fake, watch)
}

/// As the daemon does it for so long: ticks and rests. Returns how often it looked.
async fn look_on(watch: &mut Watch, how_long: Duration) -> usize {
    let begun = Instant::now();
    let mut looks = 0;
    while begun.elapsed() < how_long {
        let _ = watch.fetch.tick().await;
        watch.fetch.rest(watch.settings.poll).await;
        looks += 1;
    }
    looks
}

fn count(fake: &ImapFake, word: &str) -> usize {
    let heard = fake.heard();
    heard.iter().filter(|line| line.contains(word)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_idle_is_asked_now_and_then() {
    let (fake, mut watch) = watch("IMAP4rev1", &[]).await;
    assert_eq!(watch.drain().await, 3);
    fake.tale().mails.insert(4, mail(3));
    let took = watch.until(4, Duration::from_secs(10)).await;
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!((count(&fake, "IDLE"), count(&fake, "LOGIN")), (0, 1));
}

/// Offered and refused: asked for once, on a session that stands, and the poll takes over. No loop of log-ins.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_to_idle_is_asked_now_and_then() {
    for refusal in [
        "TAG NO not here\r\n",
        "TAG BAD what\r\n",
        "TAG OK idled already\r\n",
    ] {
        let (fake, mut watch) = watch(IDLES, &[("IDLE", refusal)]).await;
        watch.drain().await;
        let looks = look_on(&mut watch, Duration::from_secs(3)).await;
        fake.tale().mails.insert(4, mail(3));
        watch.until(4, Duration::from_secs(5)).await;
        assert_eq!(
            (count(&fake, "IDLE"), count(&fake, "LOGIN")),
            (1, 1),
            "{refusal:?}"
        );
        assert!(
            looks <= 4,
            "{refusal:?}: {looks} looks in 3 s at a poll of 1 s"
        );
    }
}

/// Noise without end while we rest: it is not listened to for ever, costs no loop of log-ins, and mail still comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_news_drowns_nobody() {
    let flood = format!("+ idling\r\n{}", "* OK still here\r\n".repeat(200_000));
    let (fake, mut watch) = watch(IDLES, &[("IDLE", &flood)]).await;
    watch.drain().await;
    look_on(&mut watch, Duration::from_secs(4)).await;
    assert!(
        count(&fake, "LOGIN") <= 10,
        "{} log-ins",
        count(&fake, "LOGIN")
    );
    fake.tale().mails.insert(4, mail(3));
    watch.until(4, Duration::from_secs(10)).await;
    assert_eq!(watch.bodies().await, mails(0..4));
}

/// EXISTS shrinks while we rest, and a mail is gone: no loss, no double, no trouble, and the next mail comes.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_shrinks_is_looked_at_again() {
    let (fake, mut watch) = watch(IDLES, &[]).await;
    assert_eq!(watch.drain().await, 3);
    fake.tale().mails.remove(&2);
    let news = "+ idling\r\n* 2 EXPUNGE\r\n* 2 EXISTS\r\n".to_owned();
    fake.tale().lies = vec![("IDLE".to_owned(), news)];
    let begun = Instant::now();
    watch.fetch.rest(Duration::from_secs(20)).await;
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "the news end the rest"
    );
    assert_eq!(watch.drain().await, 0);
    fake.tale().mails.insert(4, mail(3));
    watch.until(4, Duration::from_secs(10)).await;
    assert_eq!(watch.bodies().await, mails(0..4));
    assert!(watch.unfetched().await.is_empty());
}
