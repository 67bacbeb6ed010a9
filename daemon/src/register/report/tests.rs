#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::life::Happened;
use super::*;
use crate::case::{Act, Event, Way};
use crate::register::Cells;

const DAY: i64 = 86_400_000;
/// 2026-11-01 00:00 WIB.
const NOVEMBER: i64 = 1_793_466_000_000;
const SPAN: Span = Span {
    from: Timestamp(NOVEMBER),
    to: Timestamp(NOVEMBER + 30 * DAY),
};

fn acted(at: i64, act: Act) -> Happened {
    (
        Timestamp(NOVEMBER + at),
        "Rini".to_owned(),
        Event::Acted(act),
    )
}

fn cells(severity: &str, office: &str) -> Cells {
    let all = [
        ("severity", severity),
        ("incident", "fraud:phishing"),
        ("office", office),
        ("subject", "Situs budi.example diretas"),
    ];
    all.map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
}

fn life(
    register: &str,
    opened: i64,
    (severity, office): (&str, &str),
    happened: &[Happened],
) -> Life {
    let opened = Timestamp(NOVEMBER + opened);
    let first = cells(severity, office);
    let mut life = Life::of((register, opened), Some(&first), happened, SPAN);
    life.start_clocks(&[], &Hours::default());
    life
}

fn closed(at: i64) -> Happened {
    let result = "pulih".to_owned();
    acted(at, Act::Closed { result })
}

fn reopened(at: i64) -> Happened {
    let reason = "kambuh".to_owned();
    acted(at, Act::Reopened { reason })
}

fn dismissed(at: i64, exit: Exit) -> Happened {
    let (of, reason) = (String::new(), "uji".to_owned());
    acted(at, Act::Dismissed { exit, of, reason })
}

fn some_lives() -> Vec<Life> {
    let dinas = ("Medium", "Dinas Kesehatan");
    let triaged = |at, severity: &str| {
        let severity = severity.to_owned();
        let (incident, priority, reason) = (String::new(), 0, "luas".to_owned());
        acted(
            at,
            Act::Triaged {
                severity,
                incident,
                priority,
                reason,
            },
        )
    };
    let at_ms = NOVEMBER + 3 * DAY;
    let recovered = Act::Recovered {
        at_ms,
        confirmed_by: "Sari".into(),
    };
    let late = Act::Deadline {
        which: "iiv".into(),
        at_ms: 0,
    };
    let bssn = Act::Decided {
        way: Way::Bssn,
        reason: "berat".into(),
    };
    vec![
        life("old-open", -5 * DAY, dinas, &[]),
        life(
            "old-closed-in-november",
            -5 * DAY,
            ("Low", ""),
            &[closed(DAY)],
        ),
        life("old-over", -9 * DAY, dinas, &[closed(-2 * DAY)]),
        life(
            "old-again",
            -9 * DAY,
            dinas,
            &[closed(-2 * DAY), reopened(2 * DAY)],
        ),
        life(
            "raised",
            DAY,
            dinas,
            &[triaged(DAY + 3_600_000, "high"), acted(3 * DAY, recovered)],
        ),
        life(
            "none",
            2 * DAY,
            dinas,
            &[dismissed(2 * DAY + 1, Exit::NotIncident)],
        ),
        life(
            "later",
            3 * DAY,
            ("Low", "budi.example"),
            &[closed(31 * DAY)],
        ),
        life(
            "late",
            4 * DAY,
            ("High", ""),
            &[acted(4 * DAY, late), acted(5 * DAY, bssn)],
        ),
    ]
}

fn all(lives: Vec<Life>) -> Figures {
    figures(&ReportFacts {
        period: "Bulan November 2026".into(),
        span: SPAN,
        lives,
        books: BookCounts {
            register: 4,
            ..BookCounts::default()
        },
        hours: Hours::default(),
    })
}

#[test]
fn what_came_and_what_was_there_is_what_ended_and_what_is_open() {
    let standing = all(some_lives()).standing;
    let expect = Standing {
        carried: 2,
        reopened: 1,
        received: 4,
        ended: 2,
        closed: 1,
        not_incident: 1,
        open: 5,
        overdue: 1,
        escalated: 1,
        ..Standing::default()
    };
    assert_eq!(standing, expect);
    assert_eq!(
        standing.carried + standing.reopened + standing.received,
        standing.ended + standing.open
    );
}

#[test]
fn every_recap_counts_the_same_cases() {
    let figures = all(some_lives());
    assert_eq!(
        figures.received,
        Levels {
            high: 2,
            medium: 1,
            low: 1
        }
    );
    let sum =
        |groups: &BTreeMap<String, Levels>| groups.values().map(|levels| levels.all()).sum::<u64>();
    let crossed: u64 = figures.by_office_and_type.values().map(&sum).sum();
    let channels: u64 = figures.by_channel.values().sum();
    assert_eq!(
        [
            sum(&figures.by_type),
            sum(&figures.by_office),
            crossed,
            channels
        ],
        [4; 4]
    );
    let months: Vec<_> = figures
        .trend
        .iter()
        .map(|(name, levels)| (name.as_str(), levels.all()))
        .collect();
    assert_eq!(
        months,
        [
            ("Jun 26", 0),
            ("Jul 26", 0),
            ("Agt 26", 0),
            ("Sep 26", 0),
            ("Okt 26", 4),
            ("Nov 26", 4)
        ]
    );
}

#[test]
fn times_misfires_and_repeats_are_found() {
    let figures = all(some_lives());
    assert_eq!(
        (
            figures.triage.cases,
            figures.recovery.cases,
            figures.answer.cases
        ),
        (1, 1, 0)
    );
    assert_eq!(in_words(figures.triage.wall.median), "1 jam");
    assert_eq!(in_words(figures.recovery.wall.most), "2 hari");
    let misfires: Vec<_> = figures
        .misfires
        .iter()
        .map(|m| (m.decided.as_str(), m.registers.len()))
        .collect();
    assert_eq!(
        misfires,
        [("High, pengelabuan (phishing)", 1), ("bukan insiden", 1)]
    );
    assert_eq!(figures.repeats.len(), 1);
    assert_eq!(
        figures.repeats[0].registers,
        ["old-open", "old-over", "old-again", "raised"]
    );
}

#[test]
fn leaders_read_no_host_and_no_subject() {
    let lives = some_lives();
    let told = format!(
        "{:?}",
        sections(&all(lives.clone()), &lives, SPAN, Depth::Leaders)
    );
    assert!(
        !told.contains("budi") && !told.contains("example") && !told.contains("luas"),
        "{told}"
    );
    assert!(
        told.contains("Lainnya") && told.contains("Dinas Kesehatan"),
        "{told}"
    );
    let office = format!(
        "{:?}",
        sections(&all(lives.clone()), &lives, SPAN, Depth::Office)
    );
    assert!(
        office.contains("LEWAT") && office.contains("cocok"),
        "{office}"
    );
}
