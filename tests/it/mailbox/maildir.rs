//! A Maildir as a source of mail.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::{Duration, Instant};

use tanggap::config::{After, MailboxSettings, Source};
use tanggap::pace::Tick;
use tempfile::TempDir;

use super::{Watch, mail, mails};

fn maildir() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["new", "cur", "tmp"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    folder
}

fn settings(path: &Path, after: After) -> MailboxSettings {
    MailboxSettings {
        name: "csirt".into(),
        source: Source::Maildir {
            path: path.to_owned(),
            folders: vec!["INBOX".into()],
        },
        after,
        poll: Duration::from_secs(30),
    }
}

fn deliver(folder: &Path, name: &str, raw: &[u8]) {
    fs::write(folder.join("tmp").join(name), raw).unwrap();
    fs::rename(folder.join("tmp").join(name), folder.join("new").join(name)).unwrap();
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn only_mail_is_mail_and_a_flag_makes_no_new_one() {
    let folder = maildir();
    let at = folder.path();
    for number in 0..9 {
        deliver(
            at,
            &format!("{}.M{number}.test", 1_700_000_000 + number),
            &mail(number),
        );
    }
    fs::write(at.join("tmp/1700000000.M77.test"), mail(77)).unwrap();
    fs::write(at.join("new/.hidden"), mail(78)).unwrap();
    fs::write(at.join("elsewhere"), mail(79)).unwrap();
    symlink(at.join("elsewhere"), at.join("new/1700000000.M79.test")).unwrap();
    fs::create_dir(at.join("new/1700000000.M80.test")).unwrap();
    let mut watch = Watch::on(settings(at, After::Keep)).await;
    assert_eq!(watch.drain().await, 9);
    assert_eq!(watch.bodies().await, mails(0..9), "oldest first");
    fs::rename(
        at.join("new/1700000003.M3.test"),
        at.join("cur/1700000003.M3.test:2,RS"),
    )
    .unwrap();
    assert_eq!(
        watch.drain().await,
        0,
        "its name without flags is its identity"
    );
    watch.restart();
    assert_eq!(watch.drain().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn marked_and_moved_mail_stands_where_it_should() {
    let folder = maildir();
    let at = folder.path();
    deliver(at, "1700000000.M0.test", &mail(0));
    fs::write(at.join("cur/1700000001.M1.test:2,FT"), mail(1)).unwrap();
    let mut watch = Watch::on(settings(at, After::Mark)).await;
    assert_eq!(watch.drain().await, 2);
    assert!(names(&at.join("new")).is_empty());
    assert_eq!(
        names(&at.join("cur")),
        ["1700000000.M0.test:2,S", "1700000001.M1.test:2,FST"]
    );
    let after = After::Move {
        folder: "Selesai".into(),
    };
    let mut mover = Watch::on(settings(at, after)).await;
    assert_eq!(mover.drain().await, 2);
    assert!(names(&at.join("cur")).is_empty());
    assert_eq!(names(&at.join(".Selesai/cur")).len(), 2);
    assert_eq!(mover.drain().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_mail_is_seen_soon_and_a_large_one_is_kept_whole() {
    let folder = maildir();
    let at = folder.path().to_owned();
    let mut watch = Watch::on(settings(&at, After::Keep)).await;
    assert_eq!(watch.drain().await, 0);
    let large: Vec<u8> = (0..5_000_000_u32).map(|n| (n % 251) as u8).collect();
    let late = large.clone();
    let place = at.clone();
    let delivery = async move {
        tokio::time::sleep(Duration::from_millis(500)).await;
        deliver(&place, "1700000000.M0.test", &late);
    };
    let (took, ()) = tokio::join!(watch.until(1, Duration::from_secs(20)), delivery);
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert!(watch.bodies().await == vec![large]);
    // Resting costs next to nothing, and lasts.
    watch.drain().await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    watch.drain().await;
    let begun = Instant::now();
    watch.fetch.rest(Duration::from_millis(700)).await;
    assert!(
        begun.elapsed() >= Duration::from_millis(600),
        "nothing happened, so it rests"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_is_not_there_is_told_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut watch = Watch::on(settings(&folder.path().join("tidak-ada"), After::Keep)).await;
    let told = watch.fetch.tick().await.unwrap_err().to_string();
    assert!(told.contains("tidak-ada"), "{told}");
}
