//! What a mail is to us does not hang on its Message-ID, and one mail the server chokes on stops nobody: on a real Dovecot,
//! through the whole daemon.

use std::fs;

use tanggap_tests::world::dovecot::{Dovecot, PASSWORD};
use tanggap_tests::world::home::{Home, Plan};
use tanggap_tests::world::osticket::Standin;

use super::{Watch, mail, mails};

const USER: &str = "csirt@csirt.test";

/// The daemon's home, with Dovecot as its mailbox.
fn home(dovecot: &Dovecot, desk: &Standin) -> Home {
    let (url, key, mailbox) = (desk.url(), desk.key(), dovecot.mailbox_toml(USER));
    let home = Home::new(&Plan {
        mailbox: &mailbox,
        ..Plan::embedded(&url, &key)
    })
    .unwrap();
    home.secret("imap.password", PASSWORD).unwrap();
    home
}

fn report(token: &str, headers: &str) -> Vec<u8> {
    format!(
        "Return-Path: <{token}@dinkes.batangkab.go.id>\r\nFrom: Pelapor <{token}@dinkes.batangkab.go.id>\r\n\
         To: csirt@batangkab.go.id\r\nSubject: Situs kami diretas {token}\r\n{headers}\
         Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n\
         Situs dinas kami diretas, halaman depan diganti gambar peretas {token}. Mohon bantuan Tim CSIRT.\r\n"
    )
    .into_bytes()
}

/// I7, I8: the same Message-ID with other content is another mail; none, an empty one, one of 10 kB and two that differ in
/// their case alone are mails like any other; and the same mail again is one case still.
#[tokio::test(flavor = "multi_thread")]
async fn no_message_id_makes_or_breaks_a_mail() {
    let dovecot = Dovecot::start().unwrap();
    let desk = Standin::start().await;
    let home = home(&dovecot, &desk);
    let long = format!("Message-ID: <{}@x.example>\r\n", "p".repeat(10_000));
    let ids = [
        ("satu", "Message-ID: <sama@x.example>\r\n"),
        ("dua", "Message-ID: <sama@x.example>\r\n"),
        ("tiga", ""),
        ("empat", "Message-ID:\r\n"),
        ("lima", "Message-ID: <>\r\n"),
        ("enam", &long),
        ("tujuh", "Message-ID: <SaMa@x.example>\r\n"),
        ("delapan", "MESSAGE-id: <sama@X.EXAMPLE>\r\n"),
        ("sembilan", "Message-ID: not an id at all\r\n"),
    ];
    for (token, id) in &ids {
        dovecot.deliver(USER, &report(token, id)).unwrap();
    }
    for (token, id) in &ids[..3] {
        dovecot.deliver(USER, &report(token, id)).unwrap();
    }
    for _ in 0..2 {
        home.succeed(&["run", "--once"]).unwrap();
        let tickets = desk.tickets();
        for (token, _) in &ids {
            let wanted = format!("diretas {token}");
            let of_it = tickets
                .iter()
                .filter(|ticket| ticket.subject.contains(&wanted));
            assert_eq!(of_it.count(), 1, "{token}: {tickets:?}");
        }
        assert_eq!(tickets.len(), ids.len());
        let letters = home.letters().unwrap();
        assert_eq!(letters.len(), ids.len(), "each reporter hears once");
    }
}

/// Dovecot trusts the size in a Maildir file's name (`W=`, `S=`) and ends the connection in the middle of a bulk FETCH where
/// the mail is another: seen live on a stray CR. The others come, and the bad one when Dovecot has mended its name.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_makes_dovecot_hang_up_stops_nobody() {
    let dovecot = Dovecot::start().unwrap();
    let stray = b"From: a@example.test\nSubject: stray\n\nsatu\r\r\ndua\rtiga\n".to_vec();
    for number in 0..40 {
        let raw = mail(number);
        let name = dovecot.deliver(USER, &raw).unwrap();
        let folder = dovecot.maildir(USER, "INBOX").join("new");
        if number % 9 == 4 {
            let lie = format!("{name},S={},W={}", raw.len(), raw.len() + 40);
            fs::rename(folder.join(&name), folder.join(lie)).unwrap();
        }
    }
    dovecot.deliver(USER, &stray).unwrap();
    let mut watch = Watch::on(dovecot.settings(USER)).await;
    watch.until(41, std::time::Duration::from_mins(1)).await;
    let bodies = watch.bodies().await;
    for (number, good) in mails(0..40).iter().enumerate() {
        assert!(bodies.contains(good), "mail {number}");
    }
    let strays = |body: &&Vec<u8>| body.starts_with(b"From: a@example.test");
    assert_eq!(bodies.iter().filter(strays).count(), 1);
    assert!(
        dovecot.log().contains("FETCH BODY[] got too little data"),
        "Dovecot did choke: {}",
        dovecot.log()
    );
    assert_eq!(
        watch.unfetched().await,
        [0_i64; 0],
        "what came after all is trouble no more"
    );
}
