//! What the staff do with a case, whether typed here or done in osTicket: both end in these.

use serde::{Deserialize, Serialize};

use super::progress::Phase;

/// Who handles it (SOP step 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// "Bisa ditangani."
    Own,
    /// "Harus dieskalasikan ke BSSN."
    Bssn,
}

/// A way out before the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    NotIncident,
    Duplicate,
    OutOfScope,
}

impl Exit {
    pub fn phase(self) -> Phase {
        match self {
            Self::NotIncident => Phase::NotIncident,
            Self::Duplicate => Phase::Duplicate,
            Self::OutOfScope => Phase::OutOfScope,
        }
    }
}

/// How a report came in (SOP step 1: "telp/fax/email", paper, or in person).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intake {
    Telepon,
    Fax,
    Surat,
    Wa,
    Langsung,
}

impl Intake {
    pub fn name(self) -> &'static str {
        match self {
            Self::Telepon => "telepon",
            Self::Fax => "fax",
            Self::Surat => "surat",
            Self::Wa => "wa",
            Self::Langsung => "langsung",
        }
    }
}

/// What a member of the team did. Who and when stand beside it in the event's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Step 1: taken down by hand.
    TakenDown {
        intake: Intake,
        name: String,
        contact: String,
        office: String,
        system: String,
    },
    /// What the rules propose for the queue sheet: a place (0 for none) and marks. A person's word outranks it.
    Proposed {
        priority: i64,
        tags: Vec<String>,
    },
    /// Step 2: type and severity confirmed or set. Empty texts leave what is.
    Triaged {
        severity: String,
        incident: String,
        /// 1 is first; 0 follows from the severity.
        priority: i64,
        reason: String,
    },
    /// Worse news came in a follow-up, and nobody had judged the case yet. A person's word outranks it.
    Raised {
        severity: String,
        /// Number of the mail in the journal.
        entry: i64,
        reason: String,
    },
    /// Later changed, with the reason.
    Reclassified {
        severity: String,
        incident: String,
        reason: String,
    },
    /// Step 2: a row of the disposition sheet.
    Disposed {
        from: String,
        to: String,
        instruction: String,
    },
    /// Step 3.
    Decided {
        way: Way,
        reason: String,
    },
    /// Step 3's "Personil/SDM".
    Assigned {
        to: String,
    },
    /// Step 4.
    Identified {
        findings: String,
    },
    /// Step 4: BSSN's reference, and what it advises.
    NationalAnswer {
        reference: String,
        advice: String,
    },
    /// Step 5.
    Detected {
        weaknesses: String,
        detection: String,
    },
    /// Step 6: one timed action.
    Handled {
        done: String,
    },
    /// Step 6: "aplikasi kembali normal".
    Recovered {
        at_ms: i64,
        confirmed_by: String,
    },
    /// Step 7.
    Analysed {
        cause: String,
        impact: String,
        recommendation: String,
    },
    /// Step 8.
    Closed {
        result: String,
    },
    /// It came back, or was closed by mistake.
    Reopened {
        reason: String,
    },
    /// Step 9: a draft without names was written.
    Drafted {
        sha256: String,
    },
    /// Step 10: counted in an activity report.
    Reported {
        period: String,
    },
    /// A step that was not done, and why.
    Skipped {
        step: Phase,
        reason: String,
    },
    /// A way out. `of` names the case it belongs to, if any.
    Dismissed {
        exit: Exit,
        of: String,
        reason: String,
    },
    /// The other case of a merge or a split.
    Linked {
        register: String,
        how: String,
    },
    /// The reporter was asked for something.
    Waiting {
        asked: String,
    },
    /// When it was found: where the deadlines start.
    Found {
        at_ms: i64,
    },
    /// Vital infrastructure, personal data: what starts a clock. `at_ms` is a deadline of somebody else, 0 for none.
    Deadline {
        which: String,
        at_ms: i64,
    },
    Noted {
        text: String,
    },
    /// What is hit, whose it is, and what that does (SOP step 4). Empty texts leave what is known.
    Affected {
        system: String,
        office: String,
        impact: String,
    },
    /// Its raw mail must not be removed by retention (legal hold), or may be again.
    Preserved {
        held: bool,
        reason: String,
    },
}

impl Act {
    /// The step that this act completes; `None` where it moves nothing.
    pub fn step(&self) -> Option<Phase> {
        match self {
            Self::Triaged { .. } => Some(Phase::Triaged),
            Self::Disposed { .. } => Some(Phase::Disposed),
            Self::Decided { .. } => Some(Phase::Decided),
            Self::Identified { .. } => Some(Phase::Identified),
            Self::Detected { .. } => Some(Phase::Detected),
            Self::Handled { .. } => Some(Phase::Handling),
            Self::Recovered { .. } => Some(Phase::Recovered),
            Self::Analysed { .. } => Some(Phase::Analysed),
            Self::Closed { .. } => Some(Phase::Closed),
            Self::Drafted { .. } => Some(Phase::Drafted),
            Self::Reported { .. } => Some(Phase::Reported),
            Self::Skipped { step, .. } => Some(*step),
            Self::TakenDown { .. }
            | Self::Proposed { .. }
            | Self::Raised { .. }
            | Self::Reclassified { .. }
            | Self::Assigned { .. }
            | Self::NationalAnswer { .. }
            | Self::Reopened { .. }
            | Self::Dismissed { .. }
            | Self::Linked { .. }
            | Self::Waiting { .. }
            | Self::Found { .. }
            | Self::Deadline { .. }
            | Self::Noted { .. }
            | Self::Affected { .. }
            | Self::Preserved { .. } => None,
        }
    }

    /// New type and severity, where this act sets any.
    pub fn judgement(&self) -> Option<(&str, &str)> {
        match self {
            Self::Triaged {
                severity, incident, ..
            }
            | Self::Reclassified {
                severity, incident, ..
            } => Some((severity, incident)),
            Self::Raised { severity, .. } => Some((severity, "")),
            _ => None,
        }
    }
}
