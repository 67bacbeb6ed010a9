#![allow(clippy::unwrap_used)]

use super::*;
use crate::case::{Act, Event, Progress};
use crate::clock::Timestamp;
use crate::store::CaseId;

fn case(subject: &str) -> CaseView {
    CaseView {
        id: CaseId(1),
        register: "INS-2026-0042".to_owned(),
        stage: "open".to_owned(),
        ticket: "123456".to_owned(),
        severity: "medium".to_owned(),
        incident: "fraud:phishing".to_owned(),
        subject: subject.to_owned(),
        reporter: "budi@dinkes.example".to_owned(),
        // 23 November 2026, 08.41 in Batang.
        opened: Timestamp(1_795_398_060_000),
        progress: Progress::default(),
    }
}

fn filled(acts: Vec<Act>, cells: &Cells) -> Form {
    let events: Vec<_> = acts.into_iter().map(Event::Acted).collect();
    let sheet = Sheet::of(
        events
            .iter()
            .map(|event| (Timestamp(1_795_398_060_000), "Rini", event)),
    );
    form(&FormFacts {
        case: &case("Surel mengaku Sekda"),
        sheet: &sheet,
        agenda: Some((117, cells)),
        manner: ("Segera", "T"),
    })
}

fn cells(pairs: [(&str, &str); 4]) -> Cells {
    let pairs = pairs.into_iter();
    pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

fn set(ticks: &[Tick]) -> Vec<&str> {
    let set = ticks.iter().filter(|tick| tick.set);
    set.map(|tick| tick.text.as_str()).collect()
}

#[test]
fn the_head_is_filled_in_and_the_boxes_wait_for_the_leader() {
    let cells = cells([
        ("sender", "Dinas Kesehatan"),
        ("letter_number", "-"),
        ("letter_date", "22-11-2026"),
        ("channel", "surel"),
    ]);
    let form = filled(Vec::new(), &cells);
    assert_eq!(
        (form.sender.as_str(), form.letter_number.as_str()),
        ("Dinas Kesehatan", "e-mail")
    );
    assert_eq!(
        (form.letter_date.as_str(), form.received.as_str()),
        ("22-11-2026", "23-11-2026 pukul 08.41")
    );
    assert_eq!(
        (form.agenda.as_str(), form.level.as_str()),
        ("0117", "Usulan: MEDIUM")
    );
    assert_eq!(set(&form.manner), ["Segera"]);
    assert!(set(&form.teams).is_empty() && set(&form.wishes).is_empty() && form.chain.is_empty());
    assert_eq!(form.teams.len(), 4);
    assert!(
        form.subject
            .ends_with("pengelabuan (phishing) – Surel mengaku Sekda"),
        "{}",
        form.subject
    );
}

#[test]
fn what_was_decided_is_ticked_and_the_chain_is_told() {
    let handed = |from: &str, to: &str, instruction: &str| Act::Disposed {
        from: from.to_owned(),
        to: to.to_owned(),
        instruction: instruction.to_owned(),
    };
    let acts = vec![
        handed("Kepala Dinas", "Kabid SPBE", "untuk proses lebih lanjut"),
        handed(
            "Kabid SPBE",
            "tim penanganan",
            "tangani, koordinasi dengan Dinkes",
        ),
        Act::Decided {
            way: Way::Bssn,
            reason: "luas".to_owned(),
        },
    ];
    let form = filled(acts, &Cells::new());
    assert_eq!(set(&form.teams), ["Tim Penanganan", "Kabid SPBE"]);
    assert_eq!(
        set(&form.wishes),
        [
            "Proses lebih lanjut",
            "Koordinasi/konfirmasikan",
            "Eskalasi BSSN"
        ]
    );
    assert_eq!(form.chain.len(), 2);
    let text = form.text();
    for part in [
        "LEMBAR DISPOSISI",
        "[x] Tim Penanganan",
        "[ ] Tangani sendiri",
        "[x] Eskalasi BSSN",
        "Kabid SPBE → tim penanganan: tangani",
        "Reg. INS-2026-0042 · tiket osTicket 123456",
        "Surat dari : budi@dinkes.example",
        "No. Surat  : e-mail",
    ] {
        assert!(text.contains(part), "{part}:\n{text}");
    }
    let wide: Vec<_> = text.lines().map(|line| line.chars().count()).collect();
    assert!(
        wide.iter().all(|wide| *wide == WIDE + 4),
        "every line ends at the border:\n{text}"
    );
}

#[test]
fn a_strangers_text_does_not_break_the_form() {
    let cells = cells([
        ("sender", &"x".repeat(300)),
        ("letter_number", "\u{1b}[2J1/2"),
        ("letter_date", "22-11-2026"),
        ("channel", "surel"),
    ]);
    let text = filled(Vec::new(), &cells).text();
    assert!(
        text.lines().all(|line| line.chars().count() == WIDE + 4),
        "{text}"
    );
    assert!(!text.contains('\u{1b}'));
}
