//! What kind of mail it is: signs first, then references, then what the rules say.

use super::facets::Facets;
use super::lean;
use crate::report::{Kind, Report, ReturnPath, Sign};
use crate::ruleset::{Rule, RuleSet};
use crate::tongue::Words;
use crate::words;

/// Where the scale of kinds leans.
pub struct Lean<'f> {
    rules: &'f RuleSet,
    held: &'f Facets<'f>,
}

impl<'f> Lean<'f> {
    pub fn new(rules: &'f RuleSet, held: &'f Facets<'f>) -> Self {
        Self { rules, held }
    }
}

pub struct Verdict {
    pub kind: Kind,
    pub reason: Words,
    /// What the mail is if its references point at nothing of ours.
    pub otherwise: Kind,
}

/// Bounce and automatic reply win over follow-up, follow-up wins over the rest (labelling guide, settled cases).
pub fn decide(report: &Report, fired: &[&Rule], incident: bool, lean: &Lean<'_>) -> Verdict {
    if let Some((kind, reason)) = answered_by_machine(report, fired) {
        return Verdict {
            kind,
            reason,
            otherwise: kind,
        };
    }
    let (otherwise, reason) = weighed(report, fired, on_its_own(report, fired, incident), lean);
    let Some(reference) = report.references.first() else {
        return Verdict {
            kind: otherwise,
            reason,
            otherwise,
        };
    };
    let reason = words!(
        "menyebut acuan kita: {}",
        "names a reference of ours: {}",
        shown(reference)
    );
    Verdict {
        kind: Kind::FollowUp,
        reason,
        otherwise,
    }
}

fn shown(reference: &crate::report::Reference) -> &str {
    use crate::report::Reference::{MessageId, Register, Ticket};
    match reference {
        Register(text) | Ticket(text) | MessageId(text) => text,
    }
}

fn answered_by_machine(report: &Report, fired: &[&Rule]) -> Option<(Kind, Words)> {
    let says = |kind: Kind| {
        fired
            .iter()
            .find(|rule| rule.kind == Some(kind))
            .map(|rule| (kind, rule_reason(rule)))
    };
    if let Some(reason) = bounced(report) {
        return Some((Kind::Bounce, reason));
    }
    if let Some(bounce) = says(Kind::Bounce) {
        return Some(bounce);
    }
    if let Some(reason) = replied(report) {
        return Some((Kind::AutoReply, reason));
    }
    says(Kind::AutoReply)
}

fn rule_reason(rule: &Rule) -> Words {
    let told = if rule.reason.is_empty() {
        &rule.name
    } else {
        &rule.reason
    };
    told.as_str().into()
}

fn bounced(report: &Report) -> Option<Words> {
    let machine = |wanted: &str| {
        report
            .signs
            .iter()
            .any(|sign| matches!(sign, Sign::MachineType(kind) if kind.ends_with(wanted)))
    };
    if machine("delivery-status") {
        return Some(words!(
            "laporan status pengiriman (message/delivery-status)",
            "delivery status report (message/delivery-status)"
        ));
    }
    let from = report
        .from
        .as_ref()
        .map(|contact| contact.address.as_str())
        .unwrap_or_default();
    let daemon = [
        "mailer-daemon@",
        "mailerdaemon@",
        "mail-daemon@",
        "postmaster@",
        "microsoftexchange",
    ]
    .iter()
    .any(|start| from.starts_with(start));
    let failed = report
        .signs
        .iter()
        .any(|sign| matches!(sign, Sign::LoopHeader(name) if name == "x-failed-recipients"));
    (daemon && report.return_path == ReturnPath::Null || failed).then(|| {
        words!(
            "pengirimnya sistem surel (mailer-daemon)",
            "sent by a mail system (mailer-daemon)"
        )
    })
}

fn replied(report: &Report) -> Option<Words> {
    for sign in &report.signs {
        let reason = match sign {
            Sign::AutoSubmitted(value)
                if value.starts_with("auto-replied") || value.contains("vacation") =>
            {
                format!("Auto-Submitted: {value}").into()
            }
            Sign::Precedence(value) if value.starts_with("auto") => {
                format!("Precedence: {value}").into()
            }
            Sign::LoopHeader(name) if name.starts_with("x-auto") || name == "x-mail-autoreply" => {
                words!("kepala {name}", "header {name}")
            }
            Sign::MachineType(kind) if kind.ends_with("disposition-notification") => {
                words!("tanda terima baca", "read receipt")
            }
            Sign::MachineType(kind) if kind.ends_with("calendar") => {
                words!("jawaban undangan kalender", "answer to an invitation")
            }
            _ => continue,
        };
        return Some(reason);
    }
    None
}

/// What the scale makes of the rules' verdict. What a format, an attachment or a site's own rule decides is not weighed; nor is
/// what somebody passed on without a word of his own: the words on the scale would be the stranger's.
fn weighed(
    report: &Report,
    fired: &[&Rule],
    (kind, reason): (Kind, Words),
    lean: &Lean<'_>,
) -> (Kind, Words) {
    let own = fired.iter().any(|rule| rule.own && rule.kind.is_some());
    let passed_on = report.bare_forward && kind == Kind::Report;
    if own
        || passed_on
        || report.machine.is_some()
        || report.unreadable.is_some()
        || only_attached(report)
    {
        return (kind, reason);
    }
    let (leaning, because) = lean::kind(lean.rules, lean.held, kind);
    (leaning, because.unwrap_or(reason))
}

/// The mail says little and carries something.
fn only_attached(report: &Report) -> bool {
    !report.attachments.is_empty() && report.newest.split_whitespace().nth(24).is_none()
}

fn on_its_own(report: &Report, fired: &[&Rule], incident: bool) -> (Kind, Words) {
    if let Some(machine) = &report.machine {
        return (
            Kind::Automated,
            words!(
                "laporan mesin berformat {}",
                "report by a machine in the format {}",
                machine.format
            ),
        );
    }
    let ruled = fired.iter().find(|rule| {
        matches!(
            rule.kind,
            Some(Kind::Report | Kind::Automated | Kind::Other)
        )
    });
    if let Some((rule, kind)) = ruled.and_then(|rule| Some((rule, rule.kind?))) {
        return (kind, rule_reason(rule));
    }
    if report.unreadable.is_some() {
        return (
            Kind::Report,
            words!(
                "tidak terbaca: perlu dilihat orang",
                "unreadable: a human must look"
            ),
        );
    }
    if incident {
        return (
            Kind::Report,
            words!("menyebut kejadian", "speaks of an incident"),
        );
    }
    if only_attached(report) {
        return (
            Kind::Report,
            words!(
                "isi pokok ada di lampiran: perlu dibaca orang",
                "what matters is in the attachment: a human must read it"
            ),
        );
    }
    (
        Kind::Other,
        words!("tidak menyebut kejadian", "speaks of no incident"),
    )
}
