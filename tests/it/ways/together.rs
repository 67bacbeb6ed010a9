//! Staff and tanggap work on the same tickets, in random turns, while the daemon dies between any two of its commits; in the end both
//! sides tell the same story, and the staff's word is the last.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tanggap_tests::world::home::{Home, Plan};
use tanggap_tests::world::osticket::{Fault, Standin};

const ROUNDS: u64 = 24;
const POINTS: [&str; 9] = [
    "deliver.claimed",
    "deliver.acted",
    "deliver.before_commit",
    "deliver.committed",
    "sync.before_commit",
    "sync.committed",
    "judge.before_commit",
    "judge.committed",
    "journal.after_commit",
];

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

fn mail(token: &str, answers: Option<&str>) -> Vec<u8> {
    let thread = answers.map_or_else(String::new, |id| {
        format!("In-Reply-To: <{id}@dinkes.batangkab.go.id>\r\nReferences: <{id}@dinkes.batangkab.go.id>\r\n")
    });
    format!(
        "Return-Path: <budi@dinkes.batangkab.go.id>\r\nFrom: Budi <budi@dinkes.batangkab.go.id>\r\nTo: csirt@batangkab.go.id\r\n\
         Subject: Situs kami diretas {token}\r\nMessage-ID: <{token}@dinkes.batangkab.go.id>\r\n{thread}\
         Date: Mon, 23 Nov 2026 08:41:00 +0700\r\n\r\n\
         Situs dinas kami diretas, halaman depan diganti gambar peretas {token}. Mohon bantuan Tim CSIRT.\r\n"
    )
    .into_bytes()
}

/// What the staff did, so that the end can be compared with it.
#[derive(Default)]
struct Done {
    notes: BTreeMap<String, Vec<String>>,
    deeds: u64,
}

fn staff_acts(desk: &Standin, dice: &mut Dice, done: &mut Done) {
    let tickets: Vec<String> = desk
        .tickets()
        .into_iter()
        .filter(|ticket| !ticket.is_husk() && !ticket.gone && ticket.parent == 0)
        .map(|ticket| ticket.number)
        .collect();
    let Some(number) =
        tickets.get(usize::try_from(dice.below(tickets.len().max(1) as u64)).unwrap())
    else {
        return;
    };
    done.deeds += 1;
    let id = |dice: &mut Dice, limit: u64| json!(i64::try_from(dice.below(limit)).unwrap() + 1);
    match dice.below(8) {
        0 => desk.staff_sets(1, number, ("priority", ""), &id(dice, 4)),
        1 => desk.staff_sets(
            3,
            number,
            ("status", ""),
            &json!([1, 6, 7, 2, 3][usize::try_from(dice.below(5)).unwrap()]),
        ),
        2 => desk.staff_sets(1, number, ("department", ""), &id(dice, 3)),
        3 => desk.staff_sets(
            3,
            number,
            ("agent", ""),
            &json!([0, 1, 3][usize::try_from(dice.below(3)).unwrap()]),
        ),
        4 => desk.staff_sets(
            1,
            number,
            ("field", "tahap"),
            &json!(format!("tahap {}", dice.below(3))),
        ),
        5 => desk.staff_sets(1, number, ("topic", ""), &id(dice, 2)),
        6 => desk.staff_writes(3, number, "R", &format!("jawaban {}", done.deeds)),
        _ => {
            let text = format!("catatan staf {}", done.deeds);
            desk.staff_writes(1, number, "N", &text);
            done.notes.entry(number.clone()).or_default().push(text);
        }
    }
}

fn run(home: &Home, point: Option<String>) {
    let mut command = home.tanggap(&["run", "--once"]).unwrap();
    if let Some(point) = point {
        command.env("TANGGAP_FAILPOINT", point);
    }
    command.output().unwrap();
}

fn parsed(home: &Home, arguments: &[&str]) -> Value {
    serde_json::from_str(&home.succeed(arguments).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_end_equal_whatever_dies_in_between() {
    let desk = Standin::with_plugin().await;
    let home = Home::new(&Plan::embedded(&desk.url(), &desk.key())).unwrap();
    let (mut dice, mut done) = (Dice(20_261_124), Done::default());
    let mut tokens: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        if tokens.len() < 6 || dice.below(3) == 0 {
            let token = format!("token{round:02}x");
            let answers = tokens.first().filter(|_| dice.below(2) == 0).cloned();
            home.deliver(
                &format!("1700000000.{token}.test"),
                &mail(&token, answers.as_deref()),
            )
            .unwrap();
            if answers.is_none() {
                tokens.push(token);
            }
        }
        for _ in 0..dice.below(4) {
            staff_acts(&desk, &mut dice, &mut done);
        }
        if dice.below(4) == 0 {
            desk.meet([Fault::ResetAfter, Fault::DieAtStep(3)]);
        }
        let point = POINTS[usize::try_from(dice.below(POINTS.len() as u64)).unwrap()];
        let nth = dice.below(4) + 1;
        run(&home, (round % 4 != 3).then(|| format!("{point}:{nth}")));
    }
    for _ in 0..2 {
        home.succeed(&["run", "--once"]).unwrap();
    }
    assert!(done.deeds > 15, "{} staff actions", done.deeds);
    equal(&desk, &home, &tokens, &done);
}

fn equal(desk: &Standin, home: &Home, tokens: &[String], done: &Done) {
    let tickets = desk.tickets();
    for token in tokens {
        let of_it = tickets
            .iter()
            .filter(|ticket| ticket.subject.contains(token.as_str()));
        assert_eq!(of_it.count(), 1, "{token}: one ticket");
    }
    let audit = parsed(home, &["sync", "audit", "--format", "json"]);
    assert_eq!(audit["drift"], json!([]), "both maps are alike");
    let queue = parsed(home, &["queue", "--format", "json"]);
    assert_eq!(queue["orders"], json!([]), "nothing is left over or held");
    for ticket in &tickets {
        let register = ticket.subject.split([']', '[']).nth(1).unwrap();
        let case = parsed(home, &["case", "show", register, "--format", "json"]);
        let told = case["events"].as_array().unwrap();
        let notes: Vec<&str> = told
            .iter()
            .filter(|event| event["event"]["what"] == "in_desk" && event["event"]["deed"] == "note")
            .filter_map(|event| event["event"]["text"].as_str())
            .collect();
        let expect = done.notes.get(&ticket.number).cloned().unwrap_or_default();
        assert_eq!(
            notes, expect,
            "{register}: every note once, in order: {case}"
        );
        let keys: Vec<&String> = ticket
            .entries
            .iter()
            .map(|entry| &entry.address)
            .filter(|key| !key.is_empty())
            .collect();
        let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(
            distinct.len(),
            keys.len(),
            "{register}: nothing of ours twice"
        );
    }
}
