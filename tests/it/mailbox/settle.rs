//! What happens to a mail on the server once it is durable here.

use tanggap::config::{After, MailboxSettings};
use tanggap::pace::Tick;
use tanggap_tests::world::dovecot::{Dovecot, DovecotPlan};

use super::{Watch, mail, mails};

const USER: &str = "csirt@csirt.test";

fn settings(dovecot: &Dovecot, after: After) -> MailboxSettings {
    MailboxSettings {
        after,
        ..dovecot.settings(USER)
    }
}

fn moving(folder: &str) -> After {
    After::Move {
        folder: folder.into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_mail_stays_untouched() {
    let dovecot = Dovecot::start().unwrap();
    dovecot.deliver(USER, &mail(0)).unwrap();
    let mut watch = Watch::on(settings(&dovecot, After::Keep)).await;
    watch.drain().await;
    let flags = dovecot.flags(USER, "INBOX").unwrap();
    assert!(
        flags.iter().all(|flags| !flags.contains("Seen")),
        "{flags:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn marked_mail_is_marked_and_stays() {
    let dovecot = Dovecot::start().unwrap();
    for mail in mails(0..3) {
        dovecot.deliver(USER, &mail).unwrap();
    }
    let mut watch = Watch::on(settings(&dovecot, After::Mark)).await;
    assert_eq!(watch.drain().await, 3);
    let flags = dovecot.flags(USER, "INBOX").unwrap();
    assert_eq!(flags.len(), 3);
    let marked = |flags: &String| flags.contains("\\Seen") && flags.contains("$Tanggap");
    assert!(flags.iter().all(marked), "{flags:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn moved_mail_goes_into_a_folder_that_is_made() {
    let dovecot = Dovecot::start().unwrap();
    for mail in mails(0..3) {
        dovecot.deliver(USER, &mail).unwrap();
    }
    let mut watch = Watch::on(settings(&dovecot, moving("Selesai/Désa"))).await;
    assert_eq!(watch.drain().await, 3);
    assert_eq!(dovecot.count(USER, "INBOX").unwrap(), 0);
    assert_eq!(dovecot.count(USER, "Selesai/Désa").unwrap(), 3);
    assert_eq!(watch.drain().await, 0);
    dovecot.deliver(USER, &mail(3)).unwrap();
    assert_eq!(watch.drain().await, 1);
    assert_eq!(dovecot.count(USER, "Selesai/Désa").unwrap(), 4);
}

/// I14: the server has no room for the moved mail. It stays where it is, is never lost, and the fetching goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_without_room_stops_nothing() {
    let plan = DovecotPlan {
        more: "mail_plugins = quota\nprotocol imap {\n mail_plugins = quota imap_quota\n}\n\
               plugin {\n quota = maildir:User quota\n quota_rule = *:bytes=1M\n quota_rule2 = Selesai:bytes=1\n}\n"
            .into(),
    };
    let dovecot = Dovecot::with(&plan).unwrap();
    dovecot
        .doveadm(&["mailbox", "create", "-u", USER, "Selesai"])
        .unwrap();
    let big = [&mail(0)[..], &b"y".repeat(700_000), b"\r\n"].concat();
    dovecot.deliver(USER, &big).unwrap();
    let filler = [&mail(9)[..], &b"z".repeat(700_000), b"\r\n"].concat();
    dovecot.deliver_into(USER, "Selesai", &filler).unwrap();
    dovecot.doveadm(&["quota", "recalc", "-u", USER]).unwrap();
    let mut watch = Watch::on(settings(&dovecot, moving("Selesai"))).await;
    assert_eq!(watch.fetch.tick().await.unwrap().done, 1);
    dovecot.deliver(USER, &mail(1)).unwrap();
    assert_eq!(
        watch.drain().await,
        1,
        "the next mail is fetched all the same"
    );
    assert_eq!(watch.bodies().await, vec![big, mail(1)]);
}
