//! What a case's ticket is to show of what was done here: how far the case has come, and how grave it is. Pure.
//!
//! Staff may have been faster: each draft carries what we last saw, and another value is a person's word, which stays.

use serde::{Deserialize, Serialize};
use tanggap_rules::{Tongue, say_in};

use super::NoteDraft;
use crate::case::{Act, Exit, Progress, Sop, Way};
use crate::config::{Mapping, OsticketSettings};

/// A case that goes on is no step of the SOP.
pub const REOPENED: &str = "dibuka kembali";

/// A severity that is to be shown as the ticket's priority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeverityDraft {
    /// osTicket's id.
    pub priority: i64,
    /// The priority's name as we last saw it; `None` where the ticket was not seen yet.
    pub if_still: Option<String>,
}

/// A step of the SOP that is to be shown as the ticket's status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusDraft {
    /// What osTicket may call it, the first choice first; none: the ticket is opened again.
    pub names: Vec<String>,
    /// The status as we last saw it; `None` where the ticket was not seen yet.
    pub if_still: Option<String>,
    /// What staff read in the ticket where one of them was faster.
    pub kept: NoteDraft,
}

/// Acts on a case, and what its ticket says so far.
pub struct Standing<'a> {
    pub register: &'a str,
    pub by: &'a str,
    pub acts: &'a [Act],
    /// Where the acts led to.
    pub progress: Progress,
    /// Status and priority as we last saw them.
    pub status: Option<&'a str>,
    pub priority: Option<&'a str>,
    /// A person has set the priority: it is osTicket's from then on.
    pub priority_touched: bool,
    /// What staff read.
    pub tongue: Tongue,
}

/// The step that the ticket is to show, and how; `None` where it shows that already, or no status means it.
pub fn status(standing: &Standing<'_>, mapping: &Mapping) -> Option<(String, StatusDraft)> {
    let mut acts = standing.acts.iter().rev();
    let (step, names) = acts.find_map(|act| goal(act, standing, mapping))?;
    let there = |now: &str| names.iter().any(|name| name.eq_ignore_ascii_case(now));
    if standing.status.is_some_and(there) {
        return None;
    }
    let kept = kept(standing, &step, &names);
    let if_still = standing.status.map(str::to_owned);
    let draft = StatusDraft {
        names,
        if_still,
        kept,
    };
    Some((step, draft))
}

/// What an act asks the ticket to show: the step by its name, and the statuses that mean it.
fn goal(act: &Act, standing: &Standing<'_>, mapping: &Mapping) -> Option<(String, Vec<String>)> {
    if matches!(act, Act::Reopened { .. }) {
        let shut = |now| mapping.means(now).is_some_and(ends);
        let wanted = !standing.progress.phase.is_over() && standing.status.is_none_or(shut);
        return wanted.then(|| (REOPENED.to_owned(), Vec::new()));
    }
    let step = step_of(act, standing.progress)?;
    let mut names = mapping.statuses(step);
    if names.is_empty() && ends(step) {
        // Whatever ended the case, its ticket is not left open.
        names = mapping.statuses(Sop::Closing);
    }
    (!names.is_empty()).then(|| (step.name().to_owned(), names))
}

/// The step that an act brought the case to; what was done again, or only recorded as skipped, moves no ticket.
fn step_of(act: &Act, now: Progress) -> Option<Sop> {
    let step = match act {
        Act::Dismissed { exit, .. } => return Some(of_exit(*exit)),
        Act::Waiting { .. } => return Some(Sop::Waiting),
        Act::Triaged { .. } => Sop::Triage,
        Act::Disposed { .. } => Sop::Disposition,
        Act::Decided { way: Way::Own, .. } => Sop::Own,
        Act::Decided { way: Way::Bssn, .. } => Sop::Escalation,
        Act::Identified { .. } => Sop::Identification,
        Act::Detected { .. } => Sop::Detection,
        Act::Handled { .. } => Sop::Handling,
        Act::Recovered { .. } => Sop::Recovery,
        Act::Analysed { .. } => Sop::Analysis,
        Act::Closed { .. } => Sop::Closing,
        _ => return None,
    };
    (act.step() == Some(now.phase)).then_some(step)
}

fn of_exit(exit: Exit) -> Sop {
    match exit {
        Exit::NotIncident => Sop::NotIncident,
        Exit::Duplicate => Sop::Duplicate,
        Exit::OutOfScope => Sop::OutOfScope,
    }
}

fn ends(step: Sop) -> bool {
    matches!(
        step,
        Sop::Closing | Sop::NotIncident | Sop::Duplicate | Sop::OutOfScope
    )
}

fn kept(standing: &Standing<'_>, step: &str, names: &[String]) -> NoteDraft {
    let Standing {
        register,
        by,
        tongue,
        ..
    } = standing;
    let (tongue, step) = (*tongue, told(step, *tongue));
    let wanted = match names.first() {
        Some(name) => say_in!(tongue, "menjadi \"{name}\"", "\"{name}\""),
        None => tongue.choose("terbuka lagi", "open again").to_owned(),
    };
    NoteDraft {
        title: say_in!(
            tongue,
            "tanggap: status tiket {register} tidak diubah",
            "tanggap: status of ticket {register} left unchanged"
        ),
        body: say_in!(
            tongue,
            "Kasus {register} di tanggap: {step}, dicatat oleh {by}. Status tiket ini semestinya {wanted}, tetapi petugas sudah mengubahnya \
             lebih dahulu di osTicket; pilihan petugas tidak ditimpa.\nBila kasusnya memang {step}, ubah sendiri status tiket ini. Bila \
             belum, nyatakan tahap yang benar: dengan status tiket, atau catatan yang diawali #bukakembali, #penanganan, #pulih, #selesai.",
            "Case {register} in tanggap: {step}, recorded by {by}. This ticket's status should be {wanted}, but staff changed it first in osTicket; their choice is not overwritten.\nIf the case really is {step}, change the status of this ticket yourself. If not, name the right step: by the ticket's status, or by a note that begins with #bukakembali (reopen), #penanganan (handling), #pulih (recovered), #selesai (closed)."
        ),
    }
}

/// A step by its name in the language of staff.
fn told(step: &str, tongue: Tongue) -> &str {
    let known = Sop::NAMES.iter().find(|(name, _)| *name == step);
    match known {
        Some((_, known)) => known.told(tongue),
        None if step == REOPENED => tongue.choose(REOPENED, "reopened"),
        None => step,
    }
}

/// The severity in force, and the priority that shows it; `None` where a person's word on the ticket stands, or it shows that already.
pub fn severity(
    standing: &Standing<'_>,
    settings: &OsticketSettings,
) -> Option<(String, SeverityDraft)> {
    let judged = standing.acts.iter().rev().filter_map(Act::judgement);
    let (severity, _) = judged
        .into_iter()
        .find(|(severity, _)| !severity.is_empty())?;
    let shows = |now: &str| settings.mapping.priority.get(&now.to_lowercase());
    if standing.priority_touched
        || standing
            .priority
            .and_then(shows)
            .is_some_and(|at| at == severity)
    {
        return None;
    }
    let priority = match severity {
        "high" => settings.priority_high,
        "medium" => settings.priority_medium,
        "low" => settings.priority_low,
        _ => None,
    };
    let if_still = standing.priority.map(str::to_owned);
    Some((
        severity.to_owned(),
        SeverityDraft {
            priority: priority?,
            if_still,
        },
    ))
}

#[cfg(test)]
mod tests;
