//! What staff mean by what they do in osTicket: a status, a field's value or a command word stands for a step of the SOP.
//!
//! Staff do not type every step; what they pass over is recorded as skipped, with the reason, so that the books stay whole.

use tanggap_rules::Tongue;

use super::progress::Progress;
use super::{Act, Exit, Phase, Way};

/// A step of the SOP as staff can express it in osTicket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sop {
    /// In the queue; nothing follows.
    Received,
    Triage,
    Disposition,
    /// Step 3: handled here.
    Own,
    /// Step 3: escalated to BSSN.
    Escalation,
    Identification,
    Detection,
    Handling,
    Recovery,
    Analysis,
    Closing,
    /// The reporter is asked for something.
    Waiting,
    NotIncident,
    Duplicate,
    OutOfScope,
    /// No step of the SOP: letters that wait for it may leave.
    Release,
}

impl Sop {
    /// The names in the configuration, and what they stand for.
    pub const NAMES: [(&'static str, Self); 16] = [
        ("diterima", Self::Received),
        ("triase", Self::Triage),
        ("disposisi", Self::Disposition),
        ("ditangani sendiri", Self::Own),
        ("eskalasi BSSN", Self::Escalation),
        ("identifikasi", Self::Identification),
        ("deteksi", Self::Detection),
        ("penanganan", Self::Handling),
        ("pulih", Self::Recovery),
        ("analisis", Self::Analysis),
        ("selesai", Self::Closing),
        ("menunggu pelapor", Self::Waiting),
        ("bukan insiden", Self::NotIncident),
        ("duplikat", Self::Duplicate),
        ("di luar lingkup", Self::OutOfScope),
        ("lepas surat", Self::Release),
    ];

    /// As staff read it.
    pub fn name(self) -> &'static str {
        let mut names = Self::NAMES.iter();
        names
            .find(|(_, step)| *step == self)
            .map_or("?", |(name, _)| name)
    }
}

impl Sop {
    /// The same, in the language of whoever reads it.
    pub fn told(self, tongue: Tongue) -> &'static str {
        let english = match self {
            Self::Received => "received",
            Self::Triage => "triage",
            Self::Disposition => "disposition",
            Self::Own => "handled by us",
            Self::Escalation => "escalated to BSSN",
            Self::Identification => "identification",
            Self::Detection => "detection",
            Self::Handling => "handling",
            Self::Recovery => "recovered",
            Self::Analysis => "analysis",
            Self::Closing => "closed",
            Self::Waiting => "waiting for the reporter",
            Self::NotIncident => "not an incident",
            Self::Duplicate => "duplicate",
            Self::OutOfScope => "out of scope",
            Self::Release => "release of letters",
        };
        tongue.choose(self.name(), english)
    }
}

/// What a deed means for the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    Step {
        step: Sop,
        /// In the words of whoever did it.
        reason: String,
    },
    Reopened,
    /// A person set the severity: `high`, `medium` or `low`.
    Severity(String),
    /// A person set the type, RSIT `class:type`.
    Type(String),
    Assigned(String),
    /// This case goes on in another one.
    MergedInto {
        register: String,
        reason: String,
    },
}

/// Why a meaning leads to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The case is there already; nothing to do.
    AlreadyThere,
    /// The case is at an end; it would have to be reopened first.
    Over,
}

/// The acts that take a case from where it stands to what is meant, those in between as skipped.
pub fn acts(from: Progress, meaning: &Meaning, by: &str, at_ms: i64) -> Result<Vec<Act>, Refusal> {
    match meaning {
        Meaning::Step { step, reason } => step_acts(from, *step, &Said { by, reason, at_ms }),
        Meaning::Reopened if from.phase.is_over() => Ok(vec![Act::Reopened {
            reason: format!("dibuka kembali di osTicket oleh {by}"),
        }]),
        Meaning::Reopened => Err(Refusal::AlreadyThere),
        Meaning::Severity(severity) => Ok(vec![reclassified(severity, "", by)]),
        Meaning::Type(incident) => Ok(vec![reclassified("", incident, by)]),
        Meaning::Assigned(to) => Ok(vec![Act::Assigned { to: to.clone() }]),
        Meaning::MergedInto { .. } if from.phase.is_over() => Err(Refusal::Over),
        Meaning::MergedInto { register, reason } => Ok(vec![Act::Dismissed {
            exit: Exit::Duplicate,
            of: register.clone(),
            reason: or(reason, "digabung di osTicket"),
        }]),
    }
}

/// Who said it, in which words, and when.
struct Said<'a> {
    by: &'a str,
    reason: &'a str,
    at_ms: i64,
}

fn step_acts(from: Progress, step: Sop, said: &Said<'_>) -> Result<Vec<Act>, Refusal> {
    let Some(act) = act_of(step, said) else {
        return Ok(Vec::new());
    };
    if is_there(from, step) {
        return Err(Refusal::AlreadyThere);
    }
    let mut walk = Walk {
        at: from,
        acts: Vec::new(),
    };
    if from.phase.is_over()
        && !walk.go(Act::Reopened {
            reason: format!(
                "petugas {} menyatakan \"{}\" di osTicket",
                said.by,
                step.name()
            ),
        })
    {
        return Err(Refusal::Over);
    }
    let escalates = step == Sop::Escalation || walk.at.escalated;
    let target = act.step().unwrap_or(Phase::Recorded);
    let missing = Progress {
        escalated: escalates && step != Sop::Own,
        ..walk.at
    }
    .missing(target);
    for passed in missing {
        let reason = format!(
            "tidak dicatat tersendiri: petugas {} langsung menyatakan \"{}\" di osTicket",
            said.by,
            step.name()
        );
        walk.go(Act::Skipped {
            step: passed,
            reason,
        });
    }
    if walk.go(act) {
        Ok(walk.acts)
    } else {
        Err(Refusal::Over)
    }
}

/// A case on its way: each act is taken only where the machine allows it.
struct Walk {
    at: Progress,
    acts: Vec<Act>,
}

impl Walk {
    fn go(&mut self, act: Act) -> bool {
        let Some(next) = self.at.after(&act) else {
            return false;
        };
        self.at = next;
        self.acts.push(act);
        true
    }
}

/// Saying the same again is no second deed; a step that lies behind may be done again.
fn is_there(from: Progress, step: Sop) -> bool {
    let same = |phase| from.phase == phase;
    match step {
        Sop::Closing => from.phase.rank() >= Phase::Closed.rank(),
        Sop::NotIncident => same(Phase::NotIncident),
        Sop::Duplicate => same(Phase::Duplicate),
        Sop::OutOfScope => same(Phase::OutOfScope),
        Sop::Waiting => from.waiting,
        Sop::Triage => same(Phase::Triaged),
        Sop::Recovery => same(Phase::Recovered),
        _ => false,
    }
}

fn act_of(step: Sop, said: &Said<'_>) -> Option<Act> {
    let text = or(
        said.reason,
        &format!("dinyatakan di osTicket oleh {}", said.by),
    );
    Some(match step {
        Sop::Received | Sop::Release => return None,
        Sop::Triage => Act::Triaged {
            severity: String::new(),
            incident: String::new(),
            priority: 0,
            reason: String::new(),
        },
        Sop::Disposition => Act::Disposed {
            from: said.by.to_owned(),
            to: or(said.reason, "Tim CSIRT"),
            instruction: "disposisi lewat osTicket".to_owned(),
        },
        Sop::Own => Act::Decided {
            way: Way::Own,
            reason: text,
        },
        Sop::Escalation => Act::Decided {
            way: Way::Bssn,
            reason: text,
        },
        Sop::Identification => Act::Identified { findings: text },
        Sop::Detection => Act::Detected {
            weaknesses: text,
            detection: String::new(),
        },
        Sop::Handling => Act::Handled { done: text },
        Sop::Recovery => Act::Recovered {
            at_ms: said.at_ms,
            confirmed_by: said.by.to_owned(),
        },
        Sop::Analysis => Act::Analysed {
            cause: text,
            impact: String::new(),
            recommendation: String::new(),
        },
        Sop::Closing => Act::Closed { result: text },
        Sop::Waiting => Act::Waiting { asked: text },
        Sop::NotIncident | Sop::Duplicate | Sop::OutOfScope => Act::Dismissed {
            exit: exit_of(step),
            of: String::new(),
            reason: text,
        },
    })
}

fn exit_of(step: Sop) -> Exit {
    match step {
        Sop::Duplicate => Exit::Duplicate,
        Sop::OutOfScope => Exit::OutOfScope,
        _ => Exit::NotIncident,
    }
}

fn reclassified(severity: &str, incident: &str, by: &str) -> Act {
    Act::Reclassified {
        severity: severity.to_owned(),
        incident: incident.to_owned(),
        reason: format!("ditetapkan di osTicket oleh {by}"),
    }
}

fn or(said: &str, usual: &str) -> String {
    if said.trim().is_empty() {
        usual.to_owned()
    } else {
        said.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(phase: Phase) -> Progress {
        Progress {
            phase,
            ..Progress::default()
        }
    }

    fn end(from: Progress, step: Sop) -> (Progress, usize) {
        let meaning = Meaning::Step {
            step,
            reason: String::new(),
        };
        let acts = acts(from, &meaning, "ada", 7).unwrap_or_default();
        let skipped = acts
            .iter()
            .filter(|act| matches!(act, Act::Skipped { .. }))
            .count();
        let last = acts
            .iter()
            .fold(from, |at, act| at.after(act).unwrap_or(at));
        (last, skipped)
    }

    #[test]
    fn whatever_staff_jump_over_is_on_record() {
        assert_eq!(
            end(at(Phase::Recorded), Sop::Handling),
            (at(Phase::Handling), 4)
        );
        assert_eq!(
            end(at(Phase::Recorded), Sop::Closing).0.phase,
            Phase::Closed
        );
        let (bssn, _) = end(at(Phase::Recorded), Sop::Escalation);
        assert!(bssn.escalated && bssn.phase == Phase::Decided);
        assert_eq!(
            end(bssn, Sop::Handling).1,
            2,
            "step 4 belongs to an escalated case"
        );
    }

    #[test]
    fn every_step_can_be_said_at_every_time() {
        for phase in Phase::STEPS.into_iter().chain(Phase::EXITS) {
            for (_, step) in Sop::NAMES {
                let meaning = Meaning::Step {
                    step,
                    reason: "x".into(),
                };
                let Ok(acts) = acts(at(phase), &meaning, "ada", 7) else {
                    continue;
                };
                let walked = acts.iter().try_fold(at(phase), Progress::after);
                assert!(walked.is_some(), "{phase:?} + {step:?}: {acts:?}");
            }
        }
    }

    #[test]
    fn saying_it_twice_is_one_deed() {
        let meaning = Meaning::Step {
            step: Sop::Closing,
            reason: String::new(),
        };
        assert_eq!(
            acts(at(Phase::Closed), &meaning, "ada", 7),
            Err(Refusal::AlreadyThere)
        );
        assert_eq!(
            acts(at(Phase::Handling), &Meaning::Reopened, "ada", 7),
            Err(Refusal::AlreadyThere)
        );
        assert_eq!(
            end(at(Phase::NotIncident), Sop::Handling).0.phase,
            Phase::Handling,
            "it was an incident after all"
        );
    }
}
