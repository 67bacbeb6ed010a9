//! The publication draft (SOP step 9): only what names no victim goes in, and what comes out is searched for names all the same.
//! Pure.

use serde_json::{Value, json};
use tanggap_rules::Report;

use super::{Wording, dates, incident_name};
use crate::case::Sheet;
use crate::clock::Timestamp;
use crate::config::Team;
use crate::store::CaseView;

/// Shorter words say too little to give anybody away.
const SHORT: usize = 4;
/// A kind of incident that has no name of its own here.
const ANY: &str = "insiden keamanan siber";

/// What the template may say. No word of a reporter, no name, address, office or host is among it.
pub fn publication_data(team: &Team, case: &CaseView, sheet: &Sheet, note: &str) -> Value {
    let name = incident_name(&case.incident);
    let known = name != case.incident && !case.incident.is_empty();
    let (class, _) = case.incident.split_once(':').unwrap_or_default();
    let ended = sheet.ended.unwrap_or(case.opened);
    json!({
        "team": { "name": team.name, "address": team.address },
        "publication": {
            "incident": if known { &name } else { ANY }, "class": if known { class } else { "" },
            "month": month(ended), "recovered": if sheet.recovered.is_some() { "ya" } else { "" }, "note": note,
        },
    })
}

/// `November 2026`: no day, by which somebody could find out whose site was down.
fn month(at: Timestamp) -> String {
    let day = dates::day(at.wib());
    day.split_once(' ')
        .map_or(String::new(), |(_, month)| month.to_owned())
}

/// Everything of a case that a publication must not say.
pub fn unspeakable(
    case: &CaseView,
    sheet: &Sheet,
    others: &[String],
    reports: &[Report],
) -> Vec<String> {
    let mut names: Vec<String> = vec![
        case.register.clone(),
        case.ticket.clone(),
        case.reporter.clone(),
        case.subject.clone(),
    ];
    names.extend(others.iter().cloned());
    if let Some(taken) = &sheet.taken_down {
        names
            .extend([&taken.name, &taken.contact, &taken.office, &taken.system].map(String::clone));
    }
    names.extend([
        sheet.system.clone(),
        host(&sheet.system),
        sheet.office.clone(),
    ]);
    names.extend(sheet.assigned.clone());
    for report in reports {
        for who in report.from.iter().chain(&report.reply_to).chain(&report.cc) {
            names.extend([who.name.clone(), who.address.clone()]);
        }
        names.extend(report.office.clone());
        names.push(report.subject.clone());
        names.extend(
            report
                .observables
                .iter()
                .flat_map(|found| [found.value.clone(), host(&found.value)]),
        );
        names.extend(
            report
                .attachments
                .iter()
                .map(|attached| attached.name.clone()),
        );
    }
    names.retain(|name| name.trim().chars().count() >= SHORT);
    names.sort();
    names.dedup();
    names
}

fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default().to_owned()
}

/// The first of these that a wording says, in any letter case; what the team says of itself may be said.
pub fn spoken(wording: &Wording, team: &Team, names: &[String]) -> Option<String> {
    let mut text = format!(
        "{}\n{}",
        wording.subject,
        wording
            .as_mail()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    )
    .to_lowercase();
    for own in [&team.address, &team.name, &team.office] {
        text = text.replace(&own.to_lowercase(), " ");
    }
    let said = |name: &&String| text.contains(&name.trim().to_lowercase());
    names.iter().find(said).cloned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::case::{Act, Event, Intake, Progress};
    use crate::letter::{Shelf, wording};
    use crate::store::CaseId;

    fn team() -> Team {
        Team {
            name: "Batangkab-CSIRT".into(),
            office: "Dinas Komunikasi".into(),
            office_english: String::new(),
            address: "csirt@batangkab.go.id".into(),
            register_prefix: "INS".into(),
        }
    }

    /// Words that nobody can foresee, from a seed.
    struct Words(u64);

    impl Words {
        fn next(&mut self) -> String {
            const SIGNS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
            (0..9)
                .map(|_| {
                    self.0 = self
                        .0
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let place = usize::try_from((self.0 >> 33) % 36).unwrap();
                    char::from(SIGNS.get(place).copied().unwrap_or(b'x'))
                })
                .collect()
        }
    }

    fn case(words: &mut Words, incident: &str) -> CaseView {
        CaseView {
            id: CaseId(1),
            register: format!("INS-{}", words.next()),
            stage: "open".into(),
            ticket: words.next(),
            severity: "high".into(),
            incident: incident.to_owned(),
            subject: words.next(),
            reporter: format!("{}@{}.example", words.next(), words.next()),
            opened: Timestamp(1_795_398_060_000),
            progress: Progress::default(),
        }
    }

    fn sheet(words: &mut Words) -> Sheet {
        let acts = [
            Act::TakenDown {
                intake: Intake::Wa,
                name: words.next(),
                contact: words.next(),
                office: words.next(),
                system: words.next(),
            },
            Act::Analysed {
                cause: words.next(),
                impact: words.next(),
                recommendation: words.next(),
            },
            Act::Assigned { to: words.next() },
            Act::Closed {
                result: words.next(),
            },
        ];
        let events: Vec<_> = acts.into_iter().map(Event::Acted).collect();
        Sheet::of(
            events
                .iter()
                .map(|event| (Timestamp(1_795_398_060_000), "Rini", event)),
        )
    }

    /// Whatever a case holds, its draft says none of it.
    #[test]
    fn no_word_of_any_case_is_in_its_draft() {
        let shelf = Shelf::open(None, None).unwrap();
        let mut words = Words(7);
        let kinds = [
            "fraud:phishing",
            "availability:ddos",
            "malicious-code:infected-system",
            "",
            "x:budi-santoso",
            "vulnerable:weak-crypto",
        ];
        for kind in kinds.iter().cycle().take(300) {
            let (case, sheet) = (case(&mut words, kind), sheet(&mut words));
            let made = wording(
                &shelf,
                "publikasi",
                &publication_data(&team(), &case, &sheet, ""),
            )
            .unwrap();
            let told = format!("{made:?}");
            let mut secret = unspeakable(&case, &sheet, &[], &[]);
            secret.extend([
                sheet.cause.clone(),
                sheet.impact.clone(),
                "budi-santoso".to_owned(),
            ]);
            assert!(secret.len() >= 10, "{secret:?}");
            for word in &secret {
                assert!(!told.contains(word.as_str()), "{word}: {told}");
            }
            assert_eq!(spoken(&made, &team(), &secret), None);
            let hinted = publication_data(
                &team(),
                &case,
                &sheet,
                &format!("Korban: {}.", case.subject.to_uppercase()),
            );
            let hinted = wording(&shelf, "publikasi", &hinted).unwrap();
            assert_eq!(
                spoken(&hinted, &team(), &secret).as_ref(),
                Some(&case.subject)
            );
        }
    }

    #[test]
    fn a_host_is_found_in_its_url() {
        assert_eq!(host("https://a.example:8443/x?y"), "a.example");
        assert_eq!(host("203.0.113.7"), "203.0.113.7");
    }
}
