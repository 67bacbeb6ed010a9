use super::*;
use crate::case::Phase;
use crate::tongue::Tongue;

fn standing<'a>(acts: &'a [Act], phase: Phase, status: Option<&'a str>) -> Standing<'a> {
    Standing {
        register: "INS-2026-0042",
        by: "Rini",
        acts,
        progress: Progress {
            phase,
            ..Progress::default()
        },
        status,
        priority: None,
        priority_touched: false,
        tongue: Tongue::Indonesian,
    }
}

/// What the ticket is to become: the names, `reopen`, or `-`.
fn wanted(act: Act, phase: Phase, status: Option<&str>) -> String {
    let mut mapping = Mapping::default();
    mapping.means_first("Pulih", Sop::Recovery);
    mapping.means_first("Eskalasi BSSN", Sop::Escalation);
    match super::status(&standing(&[act], phase, status), &mapping) {
        None => "-".to_owned(),
        Some((_, draft)) if draft.names.is_empty() => "reopen".to_owned(),
        Some((_, draft)) => draft.names.join(" "),
    }
}

#[test]
fn a_ticket_follows_its_case_where_a_status_means_the_step() {
    let text = || "x".to_owned();
    let closed = || Act::Closed { result: text() };
    let recovered = || Act::Recovered {
        at_ms: 0,
        confirmed_by: text(),
    };
    let dismissed = || Act::Dismissed {
        exit: Exit::NotIncident,
        of: String::new(),
        reason: text(),
    };
    let reopened = || Act::Reopened { reason: text() };
    let bssn = Act::Decided {
        way: Way::Bssn,
        reason: text(),
    };
    let handled = || Act::Handled { done: text() };
    let cases = [
        (closed(), Phase::Closed, Some("Open"), "Resolved Closed"),
        (closed(), Phase::Closed, None, "Resolved Closed"),
        (closed(), Phase::Closed, Some("Closed"), "-"),
        (recovered(), Phase::Recovered, Some("Open"), "Pulih"),
        (recovered(), Phase::Recovered, Some("Pulih"), "-"),
        (recovered(), Phase::Analysed, Some("Open"), "-"),
        (bssn, Phase::Decided, Some("Open"), "Eskalasi BSSN"),
        (handled(), Phase::Handling, Some("Open"), "-"),
        (
            dismissed(),
            Phase::NotIncident,
            Some("Open"),
            "Resolved Closed",
        ),
        (reopened(), Phase::Handling, Some("Resolved"), "reopen"),
        (reopened(), Phase::Handling, Some("Pulih"), "-"),
        (reopened(), Phase::Handling, Some("Open"), "-"),
        (reopened(), Phase::Closed, Some("Resolved"), "-"),
    ];
    for (act, phase, status, expect) in cases {
        let said = format!("{act:?} at {phase:?}, ticket {status:?}");
        assert_eq!(wanted(act, phase, status), expect, "{said}");
    }
}

#[test]
fn of_several_acts_the_last_that_shows_counts() {
    let acts = [
        Act::Reopened { reason: "x".into() },
        Act::Skipped {
            step: Phase::Detected,
            reason: "x".into(),
        },
        Act::Handled { done: "x".into() },
    ];
    let at = standing(&acts, Phase::Handling, Some("Closed"));
    let (step, draft) =
        super::status(&at, &Mapping::default()).unwrap_or_else(|| panic!("nothing"));
    assert_eq!((step.as_str(), draft.names.len()), (REOPENED, 0));
    assert_eq!(draft.if_still.as_deref(), Some("Closed"));
}
