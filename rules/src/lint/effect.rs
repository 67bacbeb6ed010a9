//! What a rule decides and yet can never come to anything, whatever mail it holds for.

use std::collections::HashMap;

use crate::compile::TYPES;
use crate::draft::RuleDraft;
use crate::form::At;
use crate::report::{Kind, Severity};
use crate::ruleset::{Ask, Rule, Test};
use crate::tongue::Words;
use crate::words;

/// Where it stands, what never comes of it, and what to write instead.
pub type Idle = (At, Words, Words);

/// Every decision of a rule that changes nothing.
pub fn idle(rule: &Rule, draft: &RuleDraft, defaults: &HashMap<String, Severity>) -> Vec<Idle> {
    let found = [
        firm_alone(rule, draft),
        own_ceiling(rule, draft),
        below_default(rule, draft, defaults),
        follow_up(rule, draft),
        unopened(rule, draft),
    ];
    found.into_iter().flatten().collect()
}

fn firm_alone(rule: &Rule, draft: &RuleDraft) -> Option<Idle> {
    (rule.firm && rule.severity.is_none()).then(|| {
        (
            draft.at.firm,
            words!(
                "`firm` tanpa `severity` tidak menahan apa pun",
                "`firm` without `severity` holds nothing back"
            ),
            words!(
                "severity = \"…\" di aturan ini, atau hapus firm",
                "severity = \"…\" in this rule, or take firm out"
            ),
        )
    })
}

/// The lowest ceiling wins over the highest severity, also over the same rule's.
fn own_ceiling(rule: &Rule, draft: &RuleDraft) -> Option<Idle> {
    let (severity, ceiling) = (rule.severity?, rule.at_most?);
    (severity > ceiling && !rule.firm).then(|| {
        let what = words!("severity `{}` tidak pernah tercapai: `at_most` aturan ini sendiri menurunkannya ke `{}`", "severity `{}` is never reached: `at_most` of this rule itself lowers it to `{}`",
            severity.name(),
            ceiling.name()
        );
        (draft.at.severity, what, words!("salah satu saja, atau firm = true", "one of them only, or firm = true"))
    })
}

/// The highest severity counts, the type's own default among them: a lower one lowers nothing.
fn below_default(
    rule: &Rule,
    draft: &RuleDraft,
    defaults: &HashMap<String, Severity>,
) -> Option<Idle> {
    let severity = rule.severity?;
    let types: Vec<&str> = match &rule.incident {
        Some(own) => vec![own.as_str()],
        None => asked_types(rule)?,
    };
    let least = types.iter().map(|named| defaults.get(*named).copied());
    let least = least.min().flatten().filter(|least| severity < *least)?;
    let what = words!(
        "severity `{}` tidak menurunkan apa pun: bawaan jenisnya `{}`, dan yang tertinggi menang",
        "severity `{}` lowers nothing: the default of its type is `{}`, and the highest wins",
        severity.name(),
        least.name()
    );
    let instead = format!("at_most = \"{}\"", severity.name());
    Some((draft.at.severity, what, instead.into()))
}

/// The types with which a rule may hold, where it must be one of some.
fn asked_types(rule: &Rule) -> Option<Vec<&'static str>> {
    let starts = rule.when.all.iter().find_map(|test| match test {
        Test::Type(starts) => Some(starts),
        _ => None,
    })?;
    let fits = |named: &&&str| starts.split(' ').any(|start| named.starts_with(start));
    Some(TYPES.iter().filter(fits).copied().collect())
}

fn follow_up(rule: &Rule, draft: &RuleDraft) -> Option<Idle> {
    (rule.kind == Some(Kind::FollowUp)).then(|| {
        (
            draft.at.kind,
            words!("kind `follow_up` tidak diputuskan oleh aturan: surel menjadi susulan bila menyebut nomor kita", "kind `follow_up` is not decided by rules: a mail is a follow-up if it names a number of ours"),
            words!("report, automated, auto_reply, bounce atau other", "report, automated, auto_reply, bounce or other"),
        )
    })
}

/// A level for mails that open no ticket.
fn unopened(rule: &Rule, draft: &RuleDraft) -> Option<Idle> {
    let kinds = rule.when.all.iter().find_map(|test| match test {
        Test::Ask(Ask::Kind(kinds)) => Some(kinds),
        _ => None,
    })?;
    let opens = |kind: &Kind| !matches!(kind, Kind::Other | Kind::AutoReply | Kind::Bounce);
    let levels = rule.severity.is_some() || rule.at_most.is_some();
    (levels && !kinds.iter().any(opens)).then(|| {
        let at = if rule.severity.is_some() {
            draft.at.severity
        } else {
            draft.at.at_most
        };
        (
            at,
            words!(
                "tingkat ini tidak pernah dipakai: surel bermacam ini tidak membuka tiket",
                "this severity is never used: mails of this kind open no ticket"
            ),
            words!(
                "hapus tingkatnya, atau tambahkan report atau automated pada `kind:`",
                "take the severity out, or add report or automated to `kind:`"
            ),
        )
    })
}
