//! The way from the mailbox into the journal, on a real Dovecot; what is asserted is what the journal holds.

mod bulk;
mod identity;
mod idle;
mod lies;
mod maildir;
mod network;
mod settle;

use std::time::{Duration, Instant};

use sqlx::{Connection, Row, SqliteConnection};
use tanggap::clock::Clock;
use tanggap::config::{MailboxSettings, Security, Source, StoreSettings};
use tanggap::fetch::Fetch;
use tanggap::pace::Tick;
use tanggap::store::{Role, Store};
use tanggap_tests::world::dovecot::Dovecot;
use tempfile::TempDir;

/// One folder being fetched into a journal of its own.
struct Watch {
    home: TempDir,
    store: Store,
    clock: Clock,
    settings: MailboxSettings,
    fetch: Fetch,
}

impl Watch {
    async fn on(settings: MailboxSettings) -> Self {
        Self::on_folder(settings, "INBOX").await
    }

    async fn on_folder(settings: MailboxSettings, folder: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let clock = Clock::default();
        let path = home.path().join("tanggap.db");
        let store = Store::open(&StoreSettings::Sqlite { path }, Role::Daemon, &clock)
            .await
            .unwrap();
        let fetch = Fetch::new(store.clone(), clock.clone(), settings.clone(), folder);
        Self {
            home,
            store,
            clock,
            settings,
            fetch,
        }
    }

    /// Ticks until a tick finds nothing more; returns how many mails were fetched.
    async fn drain(&mut self) -> u64 {
        let mut done = 0;
        loop {
            let progress = self.fetch.tick().await.unwrap();
            done += progress.done;
            if !progress.more {
                return done;
            }
        }
    }

    /// As the daemon does it: ticks and rests until so many mails are in the journal, failed ticks and all.
    async fn until(&mut self, mails: usize, at_most: Duration) -> Duration {
        let begun = Instant::now();
        while self.bodies().await.len() < mails {
            assert!(
                begun.elapsed() < at_most,
                "{} of {mails} mails after {at_most:?}",
                self.bodies().await.len()
            );
            match self.fetch.tick().await {
                Ok(progress) if progress.more || progress.done > 0 => {}
                Ok(_) => self.fetch.rest(self.settings.poll).await,
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
        begun.elapsed()
    }

    /// A new daemon on the same journal, with nothing in its memory.
    fn restart(&mut self) {
        self.fetch = Fetch::new(
            self.store.clone(),
            self.clock.clone(),
            self.settings.clone(),
            "INBOX",
        );
    }

    async fn rows(&self, query: &'static str) -> Vec<sqlx::sqlite::SqliteRow> {
        let url = format!(
            "sqlite://{}?mode=ro",
            self.home.path().join("tanggap.db").display()
        );
        let mut file = SqliteConnection::connect(&url).await.unwrap();
        sqlx::query(query).fetch_all(&mut file).await.unwrap()
    }

    /// Every mail in the journal in the order it was kept, once each.
    async fn bodies(&self) -> Vec<Vec<u8>> {
        let mut bodies = Vec::new();
        for row in self.rows("SELECT id FROM entry ORDER BY id").await {
            let id = tanggap::store::EntryId(row.get(0));
            bodies.push(self.store.raw(id, u64::MAX >> 1).await.unwrap());
        }
        bodies
    }

    /// Every place where mail was seen: (uidvalidity, uid).
    async fn sightings(&self) -> Vec<(i64, i64)> {
        let rows = self
            .rows("SELECT uidvalidity, uid FROM sighting ORDER BY uidvalidity, uid")
            .await;
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    async fn unfetched(&self) -> Vec<i64> {
        let trouble = self.store.all_unfetched().await.unwrap();
        trouble.iter().map(|mail| mail.place.uid).collect()
    }
}

/// A small mail with CRLF line ends, as IMAP hands it out.
fn mail(number: usize) -> Vec<u8> {
    format!("From: warga{number}@example.test\r\nTo: csirt@test\r\nSubject: laporan {number}\r\n\r\nIsi {number}.\r\n")
        .into_bytes()
}

fn mails(numbers: std::ops::Range<usize>) -> Vec<Vec<u8>> {
    numbers.map(mail).collect()
}

fn with_security(
    mut settings: MailboxSettings,
    dovecot: &Dovecot,
    wanted: Security,
) -> MailboxSettings {
    if let Source::Imap { server, .. } = &mut settings.source {
        *server = dovecot.server(wanted);
    }
    settings
}

fn with_port(mut settings: MailboxSettings, wanted: u16) -> MailboxSettings {
    if let Source::Imap { server, .. } = &mut settings.source {
        server.port = wanted;
    }
    settings
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_is_fetched_once_and_oldest_first_over_every_security() {
    let dovecot = Dovecot::start().unwrap();
    for (number, security) in [Security::Tls, Security::StartTls, Security::Plain]
        .into_iter()
        .enumerate()
    {
        let user = format!("csirt{number}@csirt.test");
        for mail in mails(0..3) {
            dovecot.deliver(&user, &mail).unwrap();
        }
        let settings = with_security(dovecot.settings(&user), &dovecot, security);
        let mut watch = Watch::on(settings).await;
        assert_eq!(watch.drain().await, 3, "{security:?}");
        assert_eq!(watch.bodies().await, mails(0..3), "{security:?}");
        assert_eq!(watch.drain().await, 0, "nothing is fetched twice");
        // `\Seen` says nothing about what is new (I19).
        dovecot.deliver(&user, &mail(3)).unwrap();
        dovecot
            .doveadm(&[
                "flags", "add", "-u", &user, "\\Seen", "mailbox", "INBOX", "all",
            ])
            .unwrap();
        watch.restart();
        assert_eq!(watch.drain().await, 1);
        assert_eq!(watch.bodies().await, mails(0..4));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_epoch_is_read_anew_and_nothing_is_doubled() {
    let dovecot = Dovecot::start().unwrap();
    let user = "csirt@csirt.test";
    for mail in mails(0..5) {
        dovecot.deliver(user, &mail).unwrap();
    }
    let mut watch = Watch::on(dovecot.settings(user)).await;
    watch.drain().await;
    // I4: the running session is thrown out, and every UID gets a new meaning.
    dovecot
        .doveadm(&[
            "mailbox",
            "update",
            "--uid-validity",
            "424242",
            "-u",
            user,
            "INBOX",
        ])
        .unwrap();
    dovecot.deliver(user, &mail(5)).unwrap();
    watch.until(6, Duration::from_secs(30)).await;
    assert_eq!(
        watch.bodies().await,
        mails(0..6),
        "known content is one entry still"
    );
    let epochs: Vec<i64> = watch
        .sightings()
        .await
        .iter()
        .map(|place| place.0)
        .collect();
    assert_eq!(epochs.iter().filter(|epoch| **epoch == 424_242).count(), 6);
    assert_eq!(epochs.len(), 11, "every place is on record");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_made_anew_loses_nothing_and_doubles_nothing() {
    let dovecot = Dovecot::start().unwrap();
    let user = "csirt@csirt.test";
    dovecot
        .doveadm(&["mailbox", "create", "-u", user, "Laporan"])
        .unwrap();
    dovecot.save(user, "Laporan", &mail(0)).unwrap();
    let mut watch = Watch::on_folder(dovecot.settings(user), "Laporan").await;
    assert_eq!(watch.drain().await, 1);
    dovecot
        .doveadm(&["mailbox", "delete", "-u", user, "Laporan"])
        .unwrap();
    assert!(
        watch.fetch.tick().await.is_err(),
        "a folder that is gone is an error in words"
    );
    dovecot
        .doveadm(&["mailbox", "create", "-u", user, "Laporan"])
        .unwrap();
    for number in 0..2 {
        dovecot.save(user, "Laporan", &mail(number)).unwrap();
    }
    watch.until(2, Duration::from_secs(20)).await;
    assert_eq!(watch.bodies().await, mails(0..2));
    assert_eq!(watch.sightings().await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn folders_have_names_in_any_script() {
    let dovecot = Dovecot::start().unwrap();
    let user = "csirt@csirt.test";
    let folder = "Aduan & \"Laporan\" – Désa/Été";
    dovecot
        .doveadm(&["mailbox", "create", "-u", user, folder])
        .unwrap();
    dovecot.save(user, folder, &mail(1)).unwrap();
    let mut watch = Watch::on_folder(dovecot.settings(user), folder).await;
    assert_eq!(watch.drain().await, 1);
    let mut missing = Watch::on_folder(dovecot.settings(user), "Tidak Ada").await;
    let told = missing.fetch.tick().await.unwrap_err().to_string();
    assert!(told.contains("Tidak Ada"), "the folder is named: {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_mail_delivered_twice_is_one_entry_seen_twice() {
    let dovecot = Dovecot::start().unwrap();
    let user = "csirt@csirt.test";
    for _ in 0..2 {
        dovecot.deliver(user, &mail(1)).unwrap();
    }
    let mut watch = Watch::on(dovecot.settings(user)).await;
    watch.drain().await;
    assert_eq!(watch.bodies().await, vec![mail(1)]);
    assert_eq!(watch.sightings().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_tells_at_once_and_a_kick_is_survived() {
    let dovecot = Dovecot::start().unwrap();
    let user = "csirt@csirt.test";
    let mut settings = dovecot.settings(user);
    settings.poll = Duration::from_secs(30);
    dovecot.deliver(user, &mail(0)).unwrap();
    let mut watch = Watch::on(settings).await;
    watch.drain().await;
    for round in 1..4 {
        let delivery = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            dovecot.deliver(user, &mail(round)).unwrap();
        };
        let (took, ()) = tokio::join!(watch.until(round + 1, Duration::from_secs(20)), delivery);
        assert!(
            took < Duration::from_secs(5),
            "IDLE tells, not the poll: {took:?}"
        );
        // I9: "Server shutting down", and the connection ends.
        dovecot.doveadm(&["kick", user]).unwrap();
    }
    assert_eq!(watch.bodies().await, mails(0..4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_not_tried_without_end() {
    let dovecot = Dovecot::start().unwrap();
    let user = "csirt@csirt.test";
    let mut settings = dovecot.settings(user);
    if let Source::Imap { password, .. } = &mut settings.source {
        *password = tanggap::config::Secret::new("salah".into());
    }
    let mut watch = Watch::on(settings).await;
    for _ in 0..8 {
        let told = watch.fetch.tick().await.unwrap_err().to_string();
        assert!(told.contains("kata sandi"), "{told}");
    }
    assert_eq!(
        knocks(&dovecot, 3).await,
        3,
        "three knocks, then silence (I16): {}",
        dovecot.log()
    );
    watch.clock.advance(Duration::from_mins(30));
    assert!(watch.fetch.tick().await.is_err());
    assert_eq!(
        knocks(&dovecot, 4).await,
        4,
        "after a quarter of an hour one more"
    );
}

/// How many logins were refused; the server takes its time to write the last of them down.
async fn knocks(dovecot: &Dovecot, expected: usize) -> usize {
    let count = || dovecot.log().matches("auth failed, 1 attempts").count();
    for _ in 0..100 {
        if count() >= expected {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    count()
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_servers_true_name_and_authority_are_trusted() {
    let dovecot = Dovecot::start().unwrap();
    let user = "csirt@csirt.test";
    dovecot.deliver(user, &mail(0)).unwrap();
    for (host, knows_authority) in [("localhost", false), ("127.0.0.2", true)] {
        let mut settings = dovecot.settings(user);
        if let Source::Imap { server, .. } = &mut settings.source {
            server.host = host.into();
            server.ca_file = knows_authority.then(|| dovecot.ca_file());
        }
        let mut watch = Watch::on(settings).await;
        assert!(
            watch.fetch.tick().await.is_err(),
            "{host} {knows_authority} (I17)"
        );
        assert!(watch.bodies().await.is_empty());
    }
    assert!(
        !dovecot.log().contains("Login: user"),
        "no password left us"
    );
}
