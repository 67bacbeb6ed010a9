//! How letters leave: every fault of `faults.md` 2.4 against real and scripted mail servers, judged by what the server holds.

use std::time::{Duration, Instant};

use futures::StreamExt;
use tanggap::config::{PostSettings, Security};
use tanggap::letter::{Patience, Post, PostId, SealedLetter};
use tanggap_bridge::{Outcome, Scope};
use tanggap_tests::world::smtp_sink::{Authority, Play, Reply, Scripted, SmtpSink, plain, with};

fn letter(number: usize) -> SealedLetter {
    let message_id = format!("ack.{number:030x}@batangkab.go.id");
    SealedLetter {
        from: None,
        to: "budi@dinkes.example".to_owned(),
        text: format!(
            "From: csirt@batangkab.go.id\r\nMessage-ID: <{message_id}>\r\n\r\nYth.\r\n.titik di depan\r\n..\r\n\r\n"
        ),
        message_id,
    }
}

/// Seconds where RFC 5321 grants minutes.
const HASTY: Patience = Patience {
    connect: Duration::from_secs(5),
    answer: Duration::from_millis(500),
    last_answer: Duration::from_millis(500),
};

async fn send(settings: &PostSettings) -> Outcome<PostId> {
    let post = Post::open_with(settings, HASTY).unwrap();
    post.send(&letter(1)).await
}

fn name(outcome: &Outcome<PostId>) -> &'static str {
    match outcome {
        Outcome::Done(_) => "done",
        Outcome::Never { .. } => "never",
        Outcome::Unknown { .. } => "unknown",
        Outcome::Later { scope, .. } if *scope == Scope::Channel => "all later",
        Outcome::Later { .. } => "later",
    }
}

#[tokio::test]
async fn the_sink_fails_at_every_command_and_each_failure_means_what_it_must() {
    let table: &[(&[&str], &str)] = &[
        (&[], "done"),
        // S1: greylisting.
        (&["-r", "RCPT"], "later"),
        (&["-r", "MAIL"], "later"),
        (&["-r", "DATA"], "later"),
        (&["-r", "."], "later"),
        // S2: refused for good.
        (&["-f", "MAIL"], "never"),
        (&["-f", "RCPT"], "never"),
        (&["-f", "DATA"], "never"),
        (&["-f", "."], "never"),
        // S3: gone after the dot; silent after the dot.
        (&["-q", "."], "unknown"),
        (&["-W", ".:3"], "unknown"),
        // S4: gone anywhere earlier.
        (&["-q", "CONNECT"], "all later"),
        (&["-q", "EHLO"], "all later"),
        (&["-q", "MAIL"], "later"),
        (&["-q", "RCPT"], "later"),
        (&["-q", "DATA"], "later"),
        (&["-W", "RCPT:3"], "later"),
        // S5: the server closes its door.
        (&["-f", "CONNECT"], "all later"),
        (&["-Q", "MAIL"], "all later"),
        (&["-Q", "RCPT"], "all later"),
        (&["-Q", "."], "all later"),
    ];
    for (knobs, expect) in table {
        let sink = SmtpSink::start(knobs).unwrap();
        let outcome = send(&sink.settings(1)).await;
        assert_eq!(name(&outcome), *expect, "{knobs:?}: {outcome:?}");
        // The sink writes down a letter before it answers the dot, whatever it answers.
        let not_sent = matches!(*expect, "later" | "all later" | "never");
        if not_sent && !knobs.contains(&".") {
            let held = sink.letters().unwrap();
            assert!(
                held.iter().all(|letter| !letter.contains("titik di depan")),
                "{knobs:?} was judged as not sent, and the sink holds it: {held:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_sink_takes_the_letter_as_it_is_with_an_empty_sender() {
    let sink = SmtpSink::start(&[]).unwrap();
    assert_eq!(name(&send(&sink.settings(1)).await), "done");
    let letters = sink.letters().unwrap();
    assert_eq!(letters.len(), 1);
    assert!(
        letters.concat().contains("X-Mail-Args: <>\n"),
        "{letters:?}"
    );
    assert!(
        letters
            .concat()
            .contains("X-Rcpt-Args: <budi@dinkes.example>\n")
    );
}

#[tokio::test]
async fn nobody_listens() {
    let port = tanggap_tests::world::free_port().unwrap();
    assert_eq!(name(&send(&plain(port, 1)).await), "all later");
}

#[tokio::test]
async fn the_bytes_arrive_as_they_were_sealed() {
    let server = Scripted::start(Play::default()).await.unwrap();
    let post = Post::open(&plain(server.port, 1)).unwrap();
    let outcome = post.send(&letter(7)).await;
    assert_eq!(
        outcome,
        Outcome::Done(PostId("2.0.0 Ok: queued as S0".to_owned()))
    );
    let heard = server.heard();
    assert_eq!(
        heard.letters,
        [letter(7).text],
        "dots stuffed and unstuffed, no line more"
    );
    let spoken: Vec<&str> = heard.commands.iter().skip(1).map(String::as_str).collect();
    assert_eq!(
        spoken,
        ["MAIL FROM:<>", "RCPT TO:<budi@dinkes.example>", "DATA"]
    );
}

/// A letter of many megabytes is cut while it is being written: its dot never left, so it is certainly not sent.
#[tokio::test]
async fn a_cut_in_the_text_is_no_doubt() {
    let play = Play {
        replies: vec![("TEXT", Reply::Cut)],
        ..Play::default()
    };
    let server = Scripted::start(play).await.unwrap();
    let post = Post::open(&plain(server.port, 1)).unwrap();
    let mut long = letter(1);
    long.text
        .push_str(&"baris yang panjang sekali\r\n".repeat(1 << 20));
    let outcome = post.send(&long).await;
    assert_eq!(name(&outcome), "later", "{outcome:?}");
    assert!(server.heard().letters.is_empty());
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_after_the_dot_is_a_doubt() {
    for words in ["354 what?\r\n", "hello\r\n", "999\r\n", "2\r\n"] {
        let play = Play {
            replies: vec![(".", Reply::SayAndCut(words))],
            ..Play::default()
        };
        let server = Scripted::start(play).await.unwrap();
        let outcome = send(&plain(server.port, 1)).await;
        assert_eq!(name(&outcome), "unknown", "{words:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn connections_are_kept_and_a_refusal_harms_no_other_letter() {
    let play = Play {
        replies: vec![("RCPT", Reply::Say("550 5.1.1 unknown user\r\n"))],
        ..Play::default()
    };
    let server = Scripted::start(play).await.unwrap();
    let post = Post::open(&plain(server.port, 1)).unwrap();
    for number in 0..3 {
        assert_eq!(name(&post.send(&letter(number)).await), "never");
    }
    let heard = server.heard();
    assert_eq!(heard.connections, 1, "{:?}", heard.commands);
    assert_eq!(
        heard.commands.iter().filter(|line| *line == "RSET").count(),
        2
    );
}

#[tokio::test]
async fn a_connection_that_died_at_rest_costs_no_letter() {
    let play = Play {
        letters_a_line: Some(1),
        ..Play::default()
    };
    let server = Scripted::start(play).await.unwrap();
    let post = Post::open(&plain(server.port, 1)).unwrap();
    for number in 0..5 {
        let outcome = post.send(&letter(number)).await;
        assert_eq!(name(&outcome), "done", "{outcome:?}");
    }
    let heard = server.heard();
    assert_eq!((heard.connections, heard.letters.len()), (5, 5));
}

#[tokio::test]
async fn no_letter_goes_without_the_encryption_that_was_asked_for() {
    let authority = Authority::new().unwrap();
    // S7: the offer is stripped; the sink offers none at all.
    let sink = SmtpSink::start(&[]).unwrap();
    let settings = with(sink.settings(1), Security::StartTls, Some(&authority), None);
    assert_eq!(name(&send(&settings).await), "all later");
    assert!(sink.letters().unwrap().is_empty());
    let liars = [
        // Refused after it was offered.
        Reply::Say("454 4.7.0 TLS not available\r\n"),
        // Something said in the clear, to be believed later.
        Reply::Say("220 go ahead\r\n250-evil\r\n250 AUTH PLAIN\r\n"),
        Reply::Cut,
    ];
    for liar in liars {
        let play = Play {
            offers: &["STARTTLS"],
            replies: vec![("STARTTLS", liar.clone())],
            tls: Some((authority.acceptor().unwrap(), false)),
            ..Play::default()
        };
        let server = Scripted::start(play).await.unwrap();
        let settings = with(
            plain(server.port, 1),
            Security::StartTls,
            Some(&authority),
            Some(("csirt", "rahasia")),
        );
        let outcome = send(&settings).await;
        assert_eq!(name(&outcome), "all later", "{liar:?}: {outcome:?}");
        let heard = server.heard();
        assert!(
            !heard
                .commands
                .iter()
                .any(|line| line.starts_with("AUTH") || line.starts_with("MAIL")),
            "{liar:?}: {:?}",
            heard.commands
        );
    }
}

#[tokio::test]
async fn letters_go_over_tls_and_starttls_to_a_server_that_proves_its_name() {
    let authority = Authority::new().unwrap();
    let stranger = Authority::new().unwrap();
    for (security, at_once) in [(Security::Tls, true), (Security::StartTls, false)] {
        let play = Play {
            offers: &["STARTTLS", "AUTH PLAIN LOGIN"],
            tls: Some((authority.acceptor().unwrap(), at_once)),
            ..Play::default()
        };
        let server = Scripted::start(play).await.unwrap();
        let login = Some(("csirt", "rahasia"));
        let settings = with(plain(server.port, 2), security, Some(&authority), login);
        let post = Post::open(&settings).unwrap();
        for number in 0..2 {
            let outcome = post.send(&letter(number)).await;
            assert_eq!(name(&outcome), "done", "{security:?}: {outcome:?}");
        }
        let heard = server.heard();
        assert_eq!(heard.letters.len(), 2, "{:?}", heard.commands);
        assert!(
            heard
                .commands
                .iter()
                .any(|line| line.starts_with("AUTH PLAIN "))
        );
        for authority in [Some(&stranger), None] {
            let settings = with(plain(server.port, 1), security, authority, login);
            let outcome = send(&settings).await;
            assert_eq!(name(&outcome), "all later", "{security:?}: {outcome:?}");
        }
        assert_eq!(server.heard().letters.len(), 2);
    }
}

#[tokio::test]
async fn a_refused_log_in_stops_the_channel_and_says_so_without_the_password() {
    let refused = Play {
        offers: &["AUTH PLAIN"],
        replies: vec![("AUTH", Reply::Say("535 5.7.8 no\r\n"))],
        ..Play::default()
    };
    // The second offers no way in at all.
    for play in [refused, Play::default()] {
        let server = Scripted::start(play).await.unwrap();
        let login = Some(("csirt", "rahasia sekali"));
        let settings = with(plain(server.port, 1), Security::Plain, None, login);
        let outcome = send(&settings).await;
        assert_eq!(name(&outcome), "all later", "{outcome:?}");
        let said = format!("{outcome:?}");
        assert!(!said.contains("rahasia"), "{said}");
        assert!(
            said.contains("masuk") || said.contains("kata sandi"),
            "{said}"
        );
    }
}

/// S6 and S10 once more at the last gate: whatever came out of the database, nothing but one plain letter is spoken.
#[tokio::test]
async fn a_letter_that_could_speak_smtp_is_never_sent() {
    let server = Scripted::start(Play::default()).await.unwrap();
    let post = Post::open(&plain(server.port, 1)).unwrap();
    let hostile: [fn(&mut SealedLetter); 8] = [
        |letter| letter.to = "a@b.example>\r\nRCPT TO:<v@x.example".to_owned(),
        |letter| letter.to = "\"a b\"@c.example".to_owned(),
        |letter| letter.to = "büdi@c.example".to_owned(),
        |letter| letter.to = String::new(),
        |letter| letter.from = Some("a@b.example>\r\nX".to_owned()),
        |letter| letter.text.push_str("\n.\nMAIL FROM:<x@y.example>\r\n"),
        |letter| letter.text.push_str("\r.\r\r\n"),
        |letter| letter.text.push('\0'),
    ];
    for change in hostile {
        let mut letter = letter(1);
        change(&mut letter);
        let outcome = post.send(&letter).await;
        assert_eq!(name(&outcome), "never", "{letter:?}");
    }
    assert_eq!(server.heard().connections, 0);
}

#[tokio::test]
async fn a_directory_holds_each_letter_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("surat");
    let post = Post::open(&PostSettings::Directory { path: path.clone() }).unwrap();
    assert_eq!(post.already_sent(&letter(1)).await, Some(false));
    for _ in 0..3 {
        assert_eq!(name(&post.send(&letter(1)).await), "done");
    }
    assert_eq!(post.already_sent(&letter(1)).await, Some(true));
    assert_eq!(post.already_sent(&letter(2)).await, Some(false));
    let names: Vec<_> = std::fs::read_dir(&path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, [format!("{}.eml", letter(1).message_id)]);
    assert_eq!(
        std::fs::read_to_string(path.join(&names[0])).unwrap(),
        letter(1).text
    );
    let mut other = letter(1);
    other.text.push_str("lain\r\n");
    assert_eq!(name(&post.send(&other).await), "never");
    let mut outside = letter(1);
    outside.message_id = "../../../tmp/x".to_owned();
    assert_eq!(name(&post.send(&outside).await), "done");
    assert_eq!(std::fs::read_dir(&path).unwrap().count(), 2);
}

#[tokio::test]
async fn a_directory_that_cannot_be_written_stops_the_channel() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("surat");
    std::fs::write(&path, "a file stands in the way").unwrap();
    let post = Post::open(&PostSettings::Directory { path }).unwrap();
    assert_eq!(name(&post.send(&letter(1)).await), "all later");
    assert_eq!(post.already_sent(&letter(1)).await, None);
}

/// lettre's own pool needs 44 ms a letter (Nagle's algorithm against delayed acknowledgement): 91 a second over these four.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_leave_quickly() {
    const LETTERS: usize = 4000;
    let sink = SmtpSink::forgetful().unwrap();
    let post = Post::open(&sink.settings(4)).unwrap();
    let begun = Instant::now();
    let done = futures::stream::iter(0..LETTERS)
        .map(|number| {
            let post = post.clone();
            async move { name(&post.send(&letter(number)).await) }
        })
        .buffer_unordered(8)
        .filter(|outcome| std::future::ready(*outcome == "done"))
        .count()
        .await;
    let took = begun.elapsed();
    let rate = f64::from(u32::try_from(LETTERS).unwrap()) / took.as_secs_f64();
    println!("{LETTERS} letters over 4 connections in {took:?}: {rate:.0} a second");
    assert_eq!(done, LETTERS);
    assert!(
        rate > 400.0,
        "only {rate:.0} letters a second: is Nagle back?"
    );
}
