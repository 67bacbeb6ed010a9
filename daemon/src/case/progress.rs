//! The SOP's ten steps: how far a case has come, and what the staff may do next (SOP 555/0963/2021, steps 1 to 10).
//!
//! A step is never passed over in silence: either it was done, or an [`Act::Skipped`] with its reason stands in its place.

use serde::{Deserialize, Serialize};
use tanggap_rules::Tongue;

use super::act::Act;

/// How far a case has come. A mail that waits unread in the journal is *received*; with its register number it is `Recorded`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Steps 1 and 2: in the register and in the agenda.
    #[default]
    Recorded,
    /// Step 2: type and priority are confirmed by a person.
    Triaged,
    /// Step 2: the disposition sheet is filled in.
    Disposed,
    /// Step 3: handle it ourselves, or escalate to BSSN.
    Decided,
    /// Step 4: initial identification; only where BSSN is asked.
    Identified,
    /// Step 5: weaknesses identified, detection updated.
    Detected,
    /// Step 6: under treatment.
    Handling,
    /// Step 6: "aplikasi kembali normal".
    Recovered,
    /// Step 7: analysis report.
    Analysed,
    /// Step 8: result told, queue row and ticket closed.
    Closed,
    /// Step 9: publication draft.
    Drafted,
    /// Step 10: in an activity report.
    Reported,
    NotIncident,
    Duplicate,
    OutOfScope,
}

impl Phase {
    /// The steps in the SOP's order.
    pub const STEPS: [Self; 12] = [
        Self::Recorded,
        Self::Triaged,
        Self::Disposed,
        Self::Decided,
        Self::Identified,
        Self::Detected,
        Self::Handling,
        Self::Recovered,
        Self::Analysed,
        Self::Closed,
        Self::Drafted,
        Self::Reported,
    ];

    /// The ways out before the end.
    pub const EXITS: [Self; 3] = [Self::NotIncident, Self::Duplicate, Self::OutOfScope];

    /// As stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Triaged => "triaged",
            Self::Disposed => "disposed",
            Self::Decided => "decided",
            Self::Identified => "identified",
            Self::Detected => "detected",
            Self::Handling => "handling",
            Self::Recovered => "recovered",
            Self::Analysed => "analysed",
            Self::Closed => "closed",
            Self::Drafted => "drafted",
            Self::Reported => "reported",
            Self::NotIncident => "not_incident",
            Self::Duplicate => "duplicate",
            Self::OutOfScope => "out_of_scope",
        }
    }

    /// As the staff say it.
    pub fn in_words(self, tongue: Tongue) -> &'static str {
        let (indonesian, english) = self.names();
        tongue.choose(indonesian, english)
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Recorded => ("tercatat", "recorded"),
            Self::Triaged => ("triase", "triage"),
            Self::Disposed => ("disposisi", "disposition"),
            Self::Decided => ("keputusan", "decision"),
            Self::Identified => ("identifikasi awal", "first identification"),
            Self::Detected => ("pembaharuan deteksi", "updated detection"),
            Self::Handling => ("penanganan", "handling"),
            Self::Recovered => ("pulih", "recovered"),
            Self::Analysed => ("laporan analisis", "analysis report"),
            Self::Closed => ("selesai", "closed"),
            Self::Drafted => ("draf publikasi", "draft publication"),
            Self::Reported => ("laporan kegiatan", "activity report"),
            Self::NotIncident => ("bukan insiden", "not an incident"),
            Self::Duplicate => ("duplikat", "duplicate"),
            Self::OutOfScope => ("di luar lingkup", "out of scope"),
        }
    }

    /// The phase stored under this name.
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::STEPS.into_iter().chain(Self::EXITS);
        all.find(|phase| phase.name() == name)
    }

    /// Which of the SOP's steps this is, in their order; `None` for a way out.
    pub fn rank(self) -> Option<usize> {
        Self::STEPS.iter().position(|step| *step == self)
    }

    /// Nothing is left to handle.
    pub fn is_over(self) -> bool {
        self.rank() >= Self::Closed.rank() || Self::EXITS.contains(&self)
    }
}

/// Where a case stands in the SOP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Progress {
    pub phase: Phase,
    /// The reporter was asked for something and has not answered.
    pub waiting: bool,
    /// Step 3 was decided for BSSN.
    pub escalated: bool,
}

impl Progress {
    /// The steps that are neither done nor skipped before `target`. Step 4 is no step of a case that is handled here ("tidak perlu").
    pub fn missing(self, target: Phase) -> Vec<Phase> {
        let (Some(here), Some(there)) = (self.phase.rank(), target.rank()) else {
            return Vec::new();
        };
        let between = Phase::STEPS.iter().enumerate();
        between
            .filter(|(rank, _)| (here + 1..there).contains(rank))
            .map(|(_, step)| *step)
            .filter(|step| *step != Phase::Identified || self.escalated)
            .collect()
    }

    /// Whether an act of the staff can happen now.
    pub fn allows(self, act: &Act) -> bool {
        self.after(act).is_some()
    }

    /// What an act of the staff leads to; `None` where it cannot happen now.
    pub fn after(self, act: &Act) -> Option<Self> {
        let moved = |phase| Some(Self { phase, ..self });
        match act {
            Act::Reopened { .. } => self.phase.is_over().then_some(Self {
                phase: if self.phase.rank().is_some() {
                    Phase::Handling
                } else {
                    Phase::Recorded
                },
                waiting: false,
                ..self
            }),
            Act::Dismissed { exit, .. } if !self.phase.is_over() => moved(exit.phase()),
            Act::Waiting { .. } if !self.phase.is_over() => Some(Self {
                waiting: true,
                ..self
            }),
            Act::Dismissed { .. } | Act::Waiting { .. } => None,
            Act::Skipped { step, .. } => {
                let ahead = step.rank() > self.phase.rank() && self.phase.rank().is_some();
                // A case is closed by somebody who says with what result.
                self.reach(*step)
                    .filter(|_| ahead && *step != Phase::Closed)
            }
            Act::Decided { way, .. } => self.reach(Phase::Decided).map(|reached| Self {
                escalated: *way == super::act::Way::Bssn,
                ..reached
            }),
            other => match other.step() {
                Some(step) => self.reach(step),
                None => Some(self),
            },
        }
    }

    /// A step may be done again, or be the next one; nothing before it may be open. A closed case must be reopened first.
    fn reach(self, step: Phase) -> Option<Self> {
        let here = self.phase.rank()?;
        let there = step.rank()?;
        let reopened = self.phase.is_over() && there < Phase::Closed.rank()?;
        if reopened || !self.missing(step).is_empty() {
            return None;
        }
        let phase = if there > here { step } else { self.phase };
        Some(Self {
            phase,
            waiting: false,
            ..self
        })
    }
}
