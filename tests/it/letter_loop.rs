//! Loops (`faults.md` 4.3): whatever answers our receipts, the real binary ends the conversation.

use serde_json::Value;
use tanggap_tests::world::home::{Home, Plan};
use tanggap_tests::world::osticket::Standin;
use tanggap_tests::world::smtp_sink::SmtpSink;

/// Receipts to one sender in a day, in these stories.
const PER_SENDER: usize = 2;

fn tight(home: &Home) {
    let text = std::fs::read_to_string(home.config()).unwrap();
    let tight = text.replace(
        "per_sender_day = 1000",
        &format!("per_sender_day = {PER_SENDER}"),
    );
    assert_ne!(text, tight);
    std::fs::write(home.config(), tight).unwrap();
}

/// A plain report from the robot's address; `headers` are its own.
fn mail(number: usize, headers: &str) -> Vec<u8> {
    format!(
        "Return-Path: <robot@lain.example>\r\nFrom: Robot <robot@lain.example>\r\nTo: csirt@batangkab.go.id\r\n\
         Subject: Situs kami diretas, kejadian ke-{number}\r\nMessage-ID: <{number}.{number}@lain.example>\r\n{headers}\
         Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n\
         Situs kami diretas untuk ke-{number} kalinya, halaman depan diganti gambar peretas. Mohon bantuan.\r\n"
    )
    .into_bytes()
}

fn journal(home: &Home) -> Vec<Value> {
    let text = home.succeed(&["journal", "--format", "json"]).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["mails"]
        .as_array()
        .unwrap()
        .clone()
}

/// Runs the daemon and answers every new letter with `answer`, until nobody has anything to say, at most `rounds` times.
fn converse(home: &Home, rounds: usize, answer: impl Fn(usize, &str) -> Vec<u8>) -> usize {
    home.deliver("0.test", &mail(0, "")).unwrap();
    let mut answered = 0;
    for _ in 0..rounds {
        home.succeed(&["run", "--once"]).unwrap();
        let letters = home.letters().unwrap();
        if letters.len() == answered {
            return answered;
        }
        while answered < letters.len() {
            let (_, letter) = &letters[answered];
            answered += 1;
            home.deliver(&format!("{answered}.test"), &answer(answered, letter))
                .unwrap();
        }
    }
    home.letters().unwrap().len()
}

/// It ignores every header, changes Message-ID and subject each time, and reads like a new report.
#[tokio::test(flavor = "multi_thread")]
async fn a_robot_that_shows_no_sign_runs_out_of_budget() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    tight(&home);
    let letters = converse(&home, 10, |number, _| mail(number, ""));
    assert_eq!(
        letters, PER_SENDER,
        "the budget is spent, and not a letter more"
    );
    let last = journal(&home)
        .into_iter()
        .map(|mail| mail.to_string())
        .find(|mail| mail.contains("sudah mendapat 2 tanda terima"));
    assert!(
        last.is_some(),
        "the withheld receipt shows its reason: {:?}",
        journal(&home)
    );
}

/// osTicket's own acknowledgement, its headers encoded as osTicket does it (O27, O28), threaded on our letter or not.
#[tokio::test(flavor = "multi_thread")]
async fn osticket_on_the_other_side_is_answered_once() {
    for threaded in [true, false] {
        let desk = Standin::start().await;
        let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
        let letters = converse(&home, 10, |number, letter| {
            let id = letter
                .lines()
                .find_map(|line| line.strip_prefix("Message-ID: "))
                .unwrap();
            let parent = if threaded {
                format!("In-Reply-To: {id}\r\nReferences: {id}\r\n")
            } else {
                String::new()
            };
            mail(
                number,
                &format!(
                    "{parent}Auto-Submitted: =?UTF-8?Q?auto-replied?=\r\nPrecedence: =?UTF-8?Q?auto=5Freply?=\r\n"
                ),
            )
        });
        assert_eq!(letters, 1, "threaded: {threaded}");
        assert_eq!(desk.tickets().len(), 1, "threaded: {threaded}");
    }
}

/// The server takes the letter and is gone before it says so: nobody knows, and nobody gets a second one by accident.
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_in_doubt_is_not_sent_again() {
    let sink = SmtpSink::start(&["-q", "."]).unwrap();
    let desk = Standin::start().await;
    let (url, key) = (desk.url(), desk.key());
    let post = format!(
        "[post]\nkind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"plain\"\n",
        sink.port()
    );
    let home = Home::new(&Plan {
        post: &post,
        ..Plan::embedded(&url, &key)
    })
    .unwrap();
    home.deliver("0.test", &mail(0, "")).unwrap();
    for _ in 0..3 {
        home.succeed(&["run", "--once"]).unwrap();
    }
    assert_eq!(sink.letters().unwrap().len(), 1);
    let queue = home.succeed(&["queue", "--format", "json"]).unwrap();
    assert!(
        queue.contains("/receipt"),
        "the doubt is shown to people: {queue}"
    );
}
