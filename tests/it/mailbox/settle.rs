//! What happens to a mail on the server once it is durable here.

use tanggap::config::{After, MailboxSettings, Security};
use tanggap_tests::world::dovecot::Dovecot;
use tanggap_tests::world::imap_fake::{ImapFake, Tale};

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

/// I13, I14: a server that will not move or mark. The mail stays where it is, nothing is lost, nothing goes round in circles.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_to_settle_stops_nothing() {
    let refused = "TAG NO [OVERQUOTA] Quota exceeded\r\n".to_owned();
    let read_only = "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 3] x\r\n* OK [PERMANENTFLAGS ()] x\r\nTAG OK [READ-ONLY] x\r\n".to_owned();
    let cases = [
        (
            moving("Selesai"),
            ("UID MOVE".to_owned(), refused.clone()),
            "IMAP4rev1 MOVE",
        ),
        (
            moving("Selesai"),
            ("UID COPY".to_owned(), refused.clone()),
            "IMAP4rev1",
        ),
        (After::Mark, ("UID STORE".to_owned(), refused), "IMAP4rev1"),
        (After::Mark, ("SELECT".to_owned(), read_only), "IMAP4rev1"),
    ];
    for (after, habit, capabilities) in cases {
        let fake = ImapFake::start(Tale {
            capabilities: capabilities.into(),
            mails: [(1, mail(0)), (2, mail(1))].into(),
            habits: vec![habit],
            ..Tale::default()
        })
        .await
        .unwrap();
        let settings = MailboxSettings {
            after: after.clone(),
            ..fake.settings(Security::Plain)
        };
        let mut watch = Watch::on(settings).await;
        for _ in 0..5 {
            watch.drain().await;
        }
        assert_eq!(watch.bodies().await, mails(0..2));
        let tried = |line: &&String| {
            ["MOVE", "COPY", "STORE", "DELETE", "EXPUNGE"]
                .iter()
                .any(|verb| line.contains(verb))
        };
        assert!(
            fake.heard().iter().filter(tried).count() <= 2,
            "{after:?}: {:?}",
            fake.heard()
        );
    }
}
