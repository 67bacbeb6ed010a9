//! kill -9 at any moment, again and again, while mail keeps coming; then one quiet end, and the world is as if nothing had happened.
//!
//! The generator notes every mail before it is delivered and never asks the daemon's tables how it went: tickets are counted
//! in the stand-in, letters where they arrive, mails in the mailbox. Two kinds of world: one where everything can be looked
//! up (a Maildir, letters into a directory), one where nothing can (Dovecot, SMTP), and an operator does what the queue says.

use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tanggap_tests::world::dovecot::{Dovecot, PASSWORD};
use tanggap_tests::world::home::{Home, Plan};
use tanggap_tests::world::osticket::{Standin, Ticket};
use tanggap_tests::world::smtp_sink::SmtpSink;

use super::{mail, run_once};

const USER: &str = "csirt@csirt.test";
/// A mail at whose reading the program ended three times goes to a human unread; random kills may hit one mail so often.
const QUARANTINED_AT_MOST: usize = 3;

/// How long a life may last before its kill, at least and at most.
const SHORTEST_MS: u64 = 60;
const LONGEST_MS: u64 = 3000;
/// How soon after its first deed a life ends, in microseconds, at most.
const SOON_US: u64 = 15_000;
/// Mails that come before each life, at most.
const MAILS_AT_MOST: u64 = 4;

/// A small generator with a seed that is told, so that a run can be repeated.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// What the letters look like where they arrive.
type Letters<'a> = dyn Fn() -> Vec<String> + 'a;

struct World<'a> {
    home: &'a Home,
    desk: &'a Standin,
    deliver: &'a dyn Fn(&str, &[u8]),
    letters: &'a Letters<'a>,
}

impl World<'_> {
    /// Kills `kills` lives, each at a random moment. Returns the tokens delivered, and how many lives got something
    /// done and died before all was done. A life grows longer where the last one got nothing done, and shorter where it
    /// got everything done; and every other life dies soon after the world saw its first deed. However fast the machine
    /// and the daemon are, the kills meet work.
    fn suffer(&self, kills: u64, first_ms: u64, dice: &mut Dice) -> (Vec<String>, u64) {
        let (mut tokens, mut met, mut longest_ms) = (Vec::new(), 0, first_ms);
        for kill in 0..kills {
            for number in 0..=dice.below(MAILS_AT_MOST) {
                let token = format!("token{kill:03}x{number}");
                (self.deliver)(&token, &mail(&token));
                tokens.push(token);
            }
            let before = self.progress();
            let mut daemon = self.home.tanggap(&["run"]).unwrap();
            let mut daemon = daemon.stderr(Stdio::null()).spawn().unwrap();
            if kill % 2 == 0 {
                self.first_deed(before);
                std::thread::sleep(Duration::from_micros(dice.below(SOON_US)));
            } else {
                std::thread::sleep(Duration::from_millis(20 + dice.below(longest_ms)));
            }
            assert!(
                daemon.try_wait().unwrap().is_none(),
                "it lives until it is killed"
            );
            daemon.kill().unwrap();
            daemon.wait().unwrap();
            let after = self.progress();
            met += u64::from(after > before && after < 2 * tokens.len());
            if after == before {
                longest_ms = (longest_ms + longest_ms / 8).min(LONGEST_MS);
            } else if after >= 2 * tokens.len() {
                longest_ms = (longest_ms - longest_ms / 8).max(SHORTEST_MS);
            }
        }
        (tokens, met)
    }

    /// Waits until there is more than `before`, but no longer than the longest life.
    fn first_deed(&self, before: usize) {
        let begun = Instant::now();
        while self.progress() == before && begun.elapsed() < Duration::from_millis(LONGEST_MS) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// Tickets and letters there are.
    fn progress(&self) -> usize {
        self.desk.tickets().len() + (self.letters)().len()
    }

    fn queue(&self) -> Vec<Value> {
        let text = self.home.succeed(&["queue", "--format", "json"]).unwrap();
        let queue: Value = serde_json::from_str(&text).unwrap();
        queue["orders"].as_array().unwrap().clone()
    }

    /// Does with held orders what the queue asks of a person, who looks only at what a person can see. Returns how many.
    fn operate(&self) -> usize {
        let orders = self.queue();
        for order in &orders {
            assert_eq!(
                order["state"], "held",
                "only held orders wait after a quiet end: {order}"
            );
            let key = order["key"].as_str().unwrap();
            let register = key.split('/').next().unwrap();
            let number = self.ticket_of(register).map(|ticket| ticket.number);
            let sent = (self.letters)()
                .iter()
                .any(|letter| letter.contains(register));
            let done = match (order["channel"].as_str().unwrap(), number, sent) {
                ("desk", Some(number), _) => {
                    self.home.succeed(&["release", key, "--ticket", &number])
                }
                ("post", _, true) => self.home.succeed(&["release", key, "--sent"]),
                _ => self.home.succeed(&["retry", key]),
            };
            done.unwrap();
        }
        orders.len()
    }

    fn ticket_of(&self, register: &str) -> Option<Ticket> {
        let mut tickets = self.desk.tickets().into_iter();
        tickets.find(|ticket| ticket.subject.contains(register))
    }

    /// One quiet end: everything is settled, by the daemon or by the operator. Returns what the operator had to do.
    fn settle(&self) -> usize {
        run_once(self.home, None);
        let operated = self.operate();
        run_once(self.home, None);
        assert_eq!(self.queue(), Vec::<Value>::new(), "nothing waits");
        operated
    }

    /// One ticket and one letter for each token, but for a mail that went to a human unread.
    fn look(&self, tokens: &[String]) {
        let (tickets, letters) = (self.desk.tickets(), (self.letters)());
        let quarantined = tickets
            .iter()
            .filter(|ticket| ticket.subject.contains("PERLU DIBACA"))
            .count();
        assert!(
            quarantined <= QUARANTINED_AT_MOST,
            "{quarantined} mails went to a human"
        );
        let mut missing = Vec::new();
        for token in tokens {
            let opened = tickets
                .iter()
                .filter(|ticket| ticket.subject.contains(token.as_str()))
                .count();
            let answered = letters
                .iter()
                .filter(|text| text.contains(&format!("{token}@")))
                .count();
            match (opened, answered) {
                (1, 1) => {}
                (0, 0) => missing.push(token),
                other => panic!("{token}: tickets and letters {other:?}"),
            }
        }
        assert_eq!(missing.len(), quarantined, "lost: {missing:?}");
        assert_eq!(tickets.len(), tokens.len(), "no ticket too many");
        assert_eq!(
            letters.len() + quarantined,
            tokens.len(),
            "no letter too many"
        );
    }

    fn survive(&self, kills: u64, first_ms: u64) {
        let seed = std::env::var("TANGGAP_SEED")
            .ok()
            .and_then(|text| text.parse().ok());
        let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
        let begun = Instant::now();
        let (tokens, met) = self.suffer(kills, first_ms, &mut Dice(seed));
        let operated = self.settle();
        eprintln!(
            "seed {seed}: {kills} kills in {:?}, {met} in the middle of work, {} mails, {operated} orders held",
            begun.elapsed(),
            tokens.len()
        );
        self.look(&tokens);
        assert!(
            met > kills / 5 && operated > 2,
            "the kills met too little work: {met} of {kills}, {operated} orders held"
        );
        self.settle();
        self.look(&tokens);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_at_any_moment_where_all_can_be_looked_up() {
    let desk = Standin::start().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let world = World {
        home: &home,
        desk: &desk,
        deliver: &|token, raw| {
            home.deliver(&format!("1700000000.{token}.test"), raw)
                .unwrap();
        },
        letters: &|| {
            home.letters()
                .unwrap()
                .into_iter()
                .map(|(_, text)| text)
                .collect()
        },
    };
    world.survive(80, 200);
    let marked = std::fs::read_dir(home.path().join("maildir/cur"))
        .unwrap()
        .count();
    assert_eq!(
        marked,
        desk.tickets().len(),
        "every mail is marked, none is gone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_at_any_moment_where_nothing_can_be_looked_up() {
    let (desk, dovecot) = (Standin::start().await, Dovecot::start().unwrap());
    let sink = SmtpSink::start(&[]).unwrap();
    let (url, key) = (desk.url(), desk.key());
    let mailbox = dovecot.mailbox_toml(USER) + "after = \"mark\"\n";
    let post = format!(
        "[post]\nkind = \"smtp\"\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"plain\"\n",
        sink.port()
    );
    let plan = Plan {
        mailbox: &mailbox,
        post: &post,
        ..Plan::embedded(&url, &key)
    };
    let home = Home::new(&plan).unwrap();
    home.secret("imap.password", PASSWORD).unwrap();
    let world = World {
        home: &home,
        desk: &desk,
        deliver: &|_, raw| drop(dovecot.deliver(USER, raw).unwrap()),
        letters: &|| sink.letters().unwrap(),
    };
    world.survive(60, 350);
    let flags = dovecot.flags(USER, "INBOX").unwrap();
    assert_eq!(flags.len(), desk.tickets().len(), "no mail is gone");
    assert!(
        flags.iter().all(|flags| flags.contains("$Tanggap")),
        "{flags:?}"
    );
}
