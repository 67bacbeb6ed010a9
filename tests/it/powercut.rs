//! The power fails: what the disk holds at that moment is all there is.
//!
//! A copy of a loop device's image holds only what reached the block device, so everything that was written and not
//! synced is lost in the copy, as in a real power cut (`faults.md` 2.6). The control shows that this test can see a loss.

use std::path::{Path, PathBuf};
use std::process::Command;

use sqlx::Connection;
use tanggap::clock::Clock;
use tanggap::config::StoreSettings;
use tanggap::mailbox::Place;
use tanggap::store::{Arrival, RawMail, Role, Store};
use tempfile::TempDir;

/// A file system of its own in an image file; unmounted when dropped.
struct Disk {
    image: PathBuf,
    mount: PathBuf,
}

fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

impl Disk {
    fn mount(image: PathBuf, mount: PathBuf) -> Self {
        std::fs::create_dir_all(&mount).unwrap();
        run(
            "mount",
            &[
                "-o",
                "loop",
                image.to_str().unwrap(),
                mount.to_str().unwrap(),
            ],
        );
        Self { image, mount }
    }

    fn new(home: &Path) -> Self {
        let image = home.join("disk.img");
        run("truncate", &["-s", "48M", image.to_str().unwrap()]);
        run("mkfs.ext4", &["-q", "-F", image.to_str().unwrap()]);
        Self::mount(image, home.join("disk"))
    }

    /// The lights go out: a second disk holds what this one's block device held at this moment.
    fn power_cut(&self, home: &Path) -> Self {
        let copy = home.join("after.img");
        run(
            "cp",
            &[
                "--sparse=always",
                self.image.to_str().unwrap(),
                copy.to_str().unwrap(),
            ],
        );
        Self::mount(copy, home.join("after"))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.mount).status();
    }
}

const MAILS: i64 = 50;

fn arrival(uid: i64, clock: &Clock) -> Arrival {
    let place = Place {
        account: "csirt".into(),
        folder: "INBOX".into(),
        uidvalidity: 1,
        uid,
    };
    let raw = RawMail::Whole(
        format!("From: a@b.example\r\nSubject: {uid}\r\n\r\nsurel {uid}\r\n").into_bytes(),
    );
    Arrival {
        place,
        raw,
        internal_ms: None,
        seen: clock.now(),
    }
}

fn settings(disk: &Disk) -> StoreSettings {
    StoreSettings::Sqlite {
        path: disk.mount.join("tanggap.db"),
    }
}

#[tokio::test]
async fn what_was_kept_survives_a_power_cut() {
    let home = TempDir::new().unwrap();
    let clock = Clock::default();
    let disk = Disk::new(home.path());
    let store = Store::open(&settings(&disk), Role::Daemon, &clock)
        .await
        .unwrap();
    for uid in 1..=MAILS {
        store.keep(vec![arrival(uid, &clock)]).await.unwrap();
    }
    let after = disk.power_cut(home.path());
    let survivor = Store::open(&settings(&after), Role::Daemon, &clock)
        .await
        .unwrap();
    let known = survivor.known_uids("csirt", "INBOX", 1).await.unwrap();
    assert_eq!(
        i64::try_from(known.len()).unwrap(),
        MAILS,
        "every mail that was said to be durable is there"
    );
    for mail in survivor.mails(MAILS).await.unwrap() {
        let raw = survivor
            .raw(tanggap::store::EntryId(mail.entry), u64::MAX)
            .await
            .unwrap();
        assert!(raw.starts_with(b"From: a@b.example"), "and whole");
    }
    store.close().await;
    survivor.close().await;
}

/// The failing control: the same commits with `synchronous=NORMAL` lose mail in the same cut. If they did not, the test
/// above would prove nothing.
#[tokio::test]
async fn control_normal_synchronous_loses_mail() {
    let home = TempDir::new().unwrap();
    let disk = Disk::new(home.path());
    let path = |disk: &Disk| {
        format!(
            "sqlite://{}?mode=rwc",
            disk.mount.join("control.db").display()
        )
    };
    let mut writer = sqlx::SqliteConnection::connect(&path(&disk)).await.unwrap();
    for pragma in [
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "CREATE TABLE mail (uid INTEGER)",
    ] {
        sqlx::query(pragma).execute(&mut writer).await.unwrap();
    }
    sqlx::query("PRAGMA synchronous = NORMAL")
        .execute(&mut writer)
        .await
        .unwrap();
    for uid in 1..=MAILS {
        sqlx::query("INSERT INTO mail VALUES ($1)")
            .bind(uid)
            .execute(&mut writer)
            .await
            .unwrap();
    }
    let after = disk.power_cut(home.path());
    let mut survivor = sqlx::SqliteConnection::connect(&path(&after))
        .await
        .unwrap();
    let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM mail")
        .fetch_one(&mut survivor)
        .await
        .unwrap();
    assert!(
        count < MAILS,
        "the control kept all {count} mails; this test cannot see a loss"
    );
    writer.close().await.unwrap();
    survivor.close().await.unwrap();
}
