//! The whole way through real servers: a reporter's mail goes through Postfix into Dovecot, is fetched by IMAP IDLE, becomes a
//! ticket, and the receipt arrives in the reporter's own mailbox.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use lettre::{SmtpTransport, Transport};
use tanggap::config::Security;
use tanggap_tests::world::dovecot::{Dovecot, PASSWORD};
use tanggap_tests::world::home::{Home, Plan};
use tanggap_tests::world::osticket::Standin;
use tanggap_tests::world::postfix::Postfix;

pub const TEAM: &str = "csirt@batangkab.go.id";
pub const REPORTER: &str = "budi@dinkes.batangkab.go.id";

struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub fn send(postfix: &Postfix, from: &str, to: &str, raw: &[u8]) {
    let mailer = SmtpTransport::builder_dangerous("127.0.0.1")
        .port(postfix.port)
        .build();
    let envelope =
        lettre::address::Envelope::new(Some(from.parse().unwrap()), vec![to.parse().unwrap()])
            .unwrap();
    mailer.send_raw(&envelope, raw).unwrap();
}

pub fn report() -> Vec<u8> {
    format!(
        "From: Budi <{REPORTER}>\r\nTo: {TEAM}\r\nSubject: Situs kami diretas\r\nMessage-ID: <satu@dinkes.batangkab.go.id>\r\n\
         Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\nSitus dinas kami diretas, halaman depan diganti gambar peretas. Mohon bantuan.\r\n"
    )
    .into_bytes()
}

pub fn until(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(
            start.elapsed() < Duration::from_secs(90),
            "{what} did not happen within 90 s"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A home that fetches the team's mail from this Dovecot by TLS and sends by this Postfix.
pub fn configured(dovecot: &Dovecot, postfix: &Postfix, desk: &Standin) -> Home {
    let (url, key) = (desk.url(), desk.key());
    let post = format!(
        "[post]\nkind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"plain\"\n",
        postfix.port
    );
    let home = Home::new(&Plan {
        post: &post,
        ..Plan::embedded(&url, &key)
    })
    .unwrap();
    let secret = home.secret("imap.key", PASSWORD).unwrap();
    let server = dovecot.server(Security::Tls);
    let imap = format!(
        "[[mailbox]]\nname = \"csirt\"\nkind = \"imap\"\nhost = \"{}\"\nport = {}\nca_file = \"{}\"\nuser = \"{TEAM}\"\npassword_file = \"{}\"\nafter = \"mark\"\npoll = \"60s\"\n",
        server.host,
        server.port,
        dovecot.ca_file().display(),
        secret.display()
    );
    let text = std::fs::read_to_string(home.config()).unwrap();
    let (before, rest) = text.split_once("[[mailbox]]").unwrap();
    let (_, after) = rest.split_once("[osticket]").unwrap();
    let authenticated = format!("{before}{imap}[osticket]{after}")
        .replace("trust = \"return-path\"", "trust = \"authenticated\"");
    std::fs::write(home.config(), authenticated).unwrap();
    home
}

/// A daemon that lives there.
fn start(dovecot: &Dovecot, postfix: &Postfix, desk: &Standin) -> (Home, Daemon) {
    let home = configured(dovecot, postfix, desk);
    let log = std::fs::File::create(home.path().join("log")).unwrap();
    let child = home
        .tanggap(&["run"])
        .unwrap()
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    (home, Daemon(child))
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_reporters_mail_to_the_receipt_in_the_reporters_mailbox() {
    let dovecot = Dovecot::start().unwrap();
    let postfix =
        Postfix::start(&["batangkab.go.id", "dinkes.batangkab.go.id"], dovecot.lmtp).unwrap();
    let desk = Standin::start().await;
    let (_home, _daemon) = start(&dovecot, &postfix, &desk);
    // The daemon is in IDLE by now: with a poll of 60 s only a push brings the mail within the 30 s below.
    tokio::time::sleep(Duration::from_secs(2)).await;
    tokio::task::block_in_place(|| {
        send(&postfix, REPORTER, TEAM, &report());
        until("the ticket", || desk.tickets().len() == 1);
        until("the receipt in the reporter's mailbox", || {
            dovecot.count(REPORTER, "INBOX").unwrap_or(0) == 1
        });
        until("the mark on the server", || {
            dovecot
                .flags(TEAM, "INBOX")
                .unwrap()
                .iter()
                .any(|flags| flags.contains("Seen"))
        });
    });
    let ticket = &desk.tickets()[0];
    assert!(
        ticket.subject.contains("[INS-") && !ticket.is_husk(),
        "{ticket:?}"
    );
    assert!(
        desk.answered().is_empty(),
        "osTicket itself answered nobody"
    );
    let letter = newest(&dovecot);
    assert!(
        letter.contains("Auto-Submitted: auto-replied")
            && letter.contains("In-Reply-To: <satu@dinkes.batangkab.go.id>"),
        "{letter}"
    );
    assert!(
        letter.contains("Return-Path: <>") || letter.contains("Return-Path: <MAILER-DAEMON>"),
        "the envelope sender is null: {letter}"
    );
}

/// The one letter in the reporter's mailbox.
fn newest(dovecot: &Dovecot) -> String {
    let folder = dovecot.maildir(REPORTER, "INBOX");
    let files = ["new", "cur"]
        .into_iter()
        .flat_map(|place| std::fs::read_dir(folder.join(place)).unwrap().flatten());
    let letters: Vec<_> = files
        .map(|file| std::fs::read_to_string(file.path()).unwrap())
        .collect();
    assert_eq!(letters.len(), 1);
    letters[0].clone()
}
