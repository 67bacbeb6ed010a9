//! A server that lies, by mistake or by malice.

use std::time::Duration;

use tanggap::config::Security;
use tanggap::pace::Tick;
use tanggap_tests::world::imap_fake::{ImapFake, Tale};

use super::{Watch, mail, mails};

fn tale(numbers: std::ops::Range<usize>) -> Tale {
    let numbered = numbers.map(|number| (u32::try_from(number).unwrap() + 1, mail(number)));
    Tale {
        mails: numbered.collect(),
        ..Tale::default()
    }
}

fn lie(key: &str, said: &str) -> (String, String) {
    (key.to_owned(), said.to_owned())
}

async fn watch(tale: Tale) -> (ImapFake, Watch) {
    let fake = ImapFake::start(tale).await.unwrap();
    let watch = Watch::on(fake.settings(Security::Plain)).await;
    (fake, watch)
}

async fn sorted(watch: &Watch) -> Vec<Vec<u8>> {
    let mut bodies = watch.bodies().await;
    bodies.sort();
    bodies
}

/// I3: listed, and gone when it is asked for.
#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_is_gone_is_no_empty_mail() {
    let mut story = tale(0..3);
    let gone = "* 1 FETCH (UID 1 RFC822.SIZE 50 BODY[] NIL)\r\n* 2 FETCH (UID 2 BODY[] {4}\r\ndua!)\r\nTAG OK done\r\n";
    story.lies = vec![lie("BODY.PEEK[]", gone)];
    story.sizes = [(2, 4)].into();
    let (_fake, mut watch) = watch(story).await;
    let _ = watch.fetch.tick().await;
    let kept = watch.bodies().await;
    assert!(!kept.contains(&Vec::new()), "never an empty mail");
    // A server that lists a mail still has to hand it out, sooner or later.
    watch.clock.advance(Duration::from_hours(24));
    watch.until(3, Duration::from_secs(20)).await;
    assert!(sorted(&watch).await.contains(&mail(0)));
    assert!(sorted(&watch).await.contains(&mail(2)));
}

/// The connection ends cleanly between two answers: what had not come is not gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_clean_end_in_the_middle_of_a_batch_is_no_expunge() {
    let mut story = tale(0..4);
    let first = String::from_utf8(mail(0)).unwrap();
    story.lies = vec![lie(
        "BODY.PEEK[]",
        &format!(
            "* 1 FETCH (UID 1 BODY[] {{{}}}\r\n{first})\r\nHANGUP",
            first.len()
        ),
    )];
    let (_fake, mut watch) = watch(story).await;
    watch.until(4, Duration::from_secs(20)).await;
    assert_eq!(sorted(&watch).await, mails(0..4));
}

/// A refusal says nothing about what exists.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_fetch_is_no_expunge() {
    let mut story = tale(0..4);
    story.lies = vec![
        lie("BODY.PEEK[]", "TAG NO [SERVERBUG] internal error\r\n"),
        lie("BODY.PEEK[]", "* BYE [UNAVAILABLE] later\r\nHANGUP"),
    ];
    let (_fake, mut watch) = watch(story).await;
    let first = watch.fetch.tick().await;
    assert!(
        first.is_err() || !watch.bodies().await.is_empty() || !watch.unfetched().await.is_empty()
    );
    watch.clock.advance(Duration::from_mins(1));
    watch.until(4, Duration::from_secs(20)).await;
    assert_eq!(sorted(&watch).await, mails(0..4));
}

/// One mail the server chokes on, every time: the others come, and the bad one is shown to people.
#[tokio::test(flavor = "multi_thread")]
async fn one_bad_mail_never_stops_the_others() {
    let mut story = tale(0..60);
    story.mails.insert(30, b"RUSAK".to_vec());
    let (fake, mut watch) = watch(story).await;
    // Whatever set holds UID 30 is answered up to it, then the connection ends: as Dovecot does it.
    let good = String::from_utf8(
        (1..30)
            .filter_map(|uid| fake.tale().mails.get(&uid).cloned().map(|raw| (uid, raw)))
            .flat_map(|(uid, raw)| {
                [
                    format!(
                        "* {uid} FETCH (UID {uid} RFC822.SIZE {} BODY[] {{{}}}\r\n",
                        raw.len(),
                        raw.len()
                    )
                    .as_bytes(),
                    &raw,
                    b")\r\n",
                ]
                .concat()
            })
            .collect(),
    )
    .unwrap();
    fake.tale().habits = vec![
        lie("FETCH 1:60 (UID BODY", &format!("{good}HANGUP")),
        lie(
            "FETCH 1:60 (UID RFC822.SIZE INTERNALDATE BODY",
            &format!("{good}HANGUP"),
        ),
        lie(
            "FETCH 30 (UID BODY",
            "* 30 FETCH (UID 30 BODY[] {900}\r\nRUSAKHANGUP",
        ),
        lie(
            "FETCH 30 (UID INTERNALDATE BODY",
            "* 30 FETCH (UID 30 BODY[] {900}\r\nRUSAKHANGUP",
        ),
        lie("FETCH 30:60 (UID BODY", "HANGUP"),
        lie("FETCH 30:60 (UID RFC822.SIZE INTERNALDATE BODY", "HANGUP"),
    ];
    watch.until(59, Duration::from_secs(20)).await;
    assert_eq!(watch.bodies().await.len(), 59);
    assert!(!watch.bodies().await.contains(&b"RUSAK".to_vec()));
    assert_eq!(watch.unfetched().await, vec![30]);
}

/// I2: what a literal claims is no reason to set memory aside, and a lie about sizes loses nothing.
#[tokio::test(flavor = "multi_thread")]
async fn claimed_sizes_are_not_believed() {
    for claim in [
        "4294967296",
        "18446744073709551616",
        "-1",
        "400000000",
        "3000000000",
    ] {
        let mut story = tale(0..2);
        story.lies = vec![lie(
            "BODY.PEEK[]",
            &format!("* 1 FETCH (UID 1 BODY[] {{{claim}}}\r\nabcHANGUP"),
        )];
        let (_fake, mut watch) = watch(story).await;
        let _ = watch.fetch.tick().await;
        watch.clock.advance(Duration::from_hours(1));
        watch.until(2, Duration::from_secs(20)).await;
        assert_eq!(sorted(&watch).await, mails(0..2), "{claim}");
        assert!(resident() < 200 << 20, "{claim}: {} bytes", resident());
    }
    let long = [&mail(0)[..], &b"0123456789abcdef".repeat(200_000)].concat();
    for claimed in [1, 2_500_000, 9_000_000] {
        let mut story = tale(0..0);
        story.mails.insert(1, long.clone());
        story.sizes = [(1, claimed)].into();
        let (_fake, mut watch) = watch(story).await;
        watch.until(1, Duration::from_secs(20)).await;
        assert!(
            watch.bodies().await == vec![long.clone()],
            "announced as {claimed}"
        );
    }
}

/// Bytes of memory this process holds.
fn resident() -> u64 {
    let said = std::fs::read_to_string("/proc/self/statm").unwrap();
    said.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

/// I18: UIDs in any order, counters that do not add up.
#[tokio::test(flavor = "multi_thread")]
async fn uids_out_of_order_are_fetched_oldest_first() {
    let mut story = tale(0..20);
    story.disorder = true;
    let (fake, mut watch) = watch(story).await;
    assert_eq!(watch.drain().await, 20);
    assert_eq!(watch.bodies().await, mails(0..20));
    fake.tale().mails.insert(77, mail(77));
    watch.drain().await;
    // A mail with a lower UID than the newest appears later.
    fake.tale().mails.insert(50, mail(50));
    watch.drain().await;
    assert_eq!(watch.bodies().await.len(), 22);
}

/// I17: no STARTTLS, no mail; and what was slipped in before TLS is not heard.
#[tokio::test(flavor = "multi_thread")]
async fn without_tls_no_password_leaves() {
    let stripped = tale(0..1);
    let mut refused = tale(0..1);
    refused.capabilities = "IMAP4rev1 STARTTLS".into();
    refused.lies = vec![lie("STARTTLS", "TAG NO not now\r\n")];
    let mut injected = tale(0..1);
    injected.capabilities = "IMAP4rev1 STARTTLS".into();
    injected.lies = vec![lie(
        "STARTTLS",
        "TAG OK go\r\n* CAPABILITY IMAP4rev1\r\nA2 OK LOGIN done\r\n",
    )];
    let mut preauth = tale(0..1);
    preauth.greeting = "* PREAUTH welcome".into();
    for story in [stripped, refused, injected, preauth] {
        let fake = ImapFake::start(story).await.unwrap();
        let mut watch = Watch::on(fake.settings(Security::StartTls)).await;
        assert!(watch.fetch.tick().await.is_err());
        let heard = fake.heard();
        assert!(
            !heard
                .iter()
                .any(|line| line.contains("rahasia") || line.contains("LOGIN")),
            "{heard:?}"
        );
        assert!(watch.bodies().await.is_empty());
    }
}

/// LOGINDISABLED forbids to send the password (RFC 3501 section 6.2.3).
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_wants_no_login_gets_none() {
    let mut story = tale(0..1);
    story.capabilities = "IMAP4rev1 LOGINDISABLED".into();
    let (fake, mut watch) = watch(story).await;
    assert!(watch.fetch.tick().await.is_err());
    assert!(!fake.heard().iter().any(|line| line.contains("rahasia")));
}

/// I9, I16: a server out of order is no wrong password; only the latter stops the knocking.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_out_of_order_is_asked_again() {
    let mut story = tale(0..1);
    story.habits = vec![lie(
        "LOGIN",
        "TAG NO [UNAVAILABLE] the user database is down\r\n",
    )];
    let (fake, mut watch) = watch(story).await;
    for _ in 0..5 {
        assert!(watch.fetch.tick().await.is_err());
    }
    fake.tale().habits.clear();
    watch.until(1, Duration::from_secs(5)).await;
}

/// I21: one line without end.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_without_end_is_cut_off() {
    let mut story = tale(0..2);
    story.lies = vec![lie(
        "EXAMINE",
        &format!("* OK {}\r\nTAG OK x\r\n", "a".repeat(3 << 20)),
    )];
    let (_fake, mut watch) = watch(story).await;
    assert!(watch.fetch.tick().await.is_err());
    watch.until(2, Duration::from_secs(5)).await;
}

/// I20: another mail's body is handed out for a UID; its size or its double gives it away, and the second word counts.
#[tokio::test(flavor = "multi_thread")]
async fn another_mails_body_is_asked_for_again() {
    let long = [&mail(1)[..], b"Lebih panjang dari yang lain.\r\n"].concat();
    let body = |uid: u32, raw: &[u8]| {
        let text = String::from_utf8_lossy(raw).into_owned();
        format!(
            "* {uid} FETCH (UID {uid} BODY[] {{{}}}\r\n{text})\r\n",
            raw.len()
        )
    };
    // Once of the same length as the true one, once longer.
    for (second, told) in [(mail(1), mail(0)), (mail(1), long.clone()), (long, mail(0))] {
        let mut story = tale(0..3);
        story.mails.insert(2, second.clone());
        let swapped = [body(1, &mail(0)), body(2, &told), body(3, &mail(2))].concat();
        story.lies = vec![lie("BODY.PEEK[])", &format!("{swapped}TAG OK done\r\n"))];
        let (_fake, mut watch) = watch(story).await;
        watch.until(3, Duration::from_secs(10)).await;
        let mut wanted = vec![mail(0), second, mail(2)];
        wanted.sort();
        assert_eq!(sorted(&watch).await, wanted, "no mail is lost");
        assert_eq!(watch.sightings().await, [(7, 1), (7, 2), (7, 3)]);
    }
}
