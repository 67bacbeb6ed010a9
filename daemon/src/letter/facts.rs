//! What a letter is made of: a case and our own names, as the data that wording and page are filled with. Pure.

use serde_json::{Value, json};

use super::dates;
use super::kinds::Wording;
use crate::case::{Sheet, Way};
use crate::clock::Timestamp;
use crate::config::{LetterSettings, Signatory, Team};
use crate::register::Cells;
use crate::store::CaseView;
use crate::tongue::Tongue;

/// To be filled in by hand.
const BLANK: &str = "…………………………………………";

/// A letter about a case, before its wording.
pub struct LetterFacts<'a> {
    pub team: &'a Team,
    pub case: &'a CaseView,
    pub sheet: &'a Sheet,
    /// The case's first row in the agenda of incoming letters, and its number.
    pub agenda: Option<(i64, &'a Cells)>,
    /// Whom it goes to, as written after *Yth.*
    pub to: &'a str,
    /// What the operator adds.
    pub note: &'a str,
    /// The number as it is printed.
    pub number: &'a str,
    /// The letter's date.
    pub date: Timestamp,
}

/// The data of a wording: every key is always there, empty where nothing is known.
pub fn data(facts: &LetterFacts<'_>) -> Value {
    let team = facts.team;
    json!({
        "team": {
            "name": team.name, "office": team.office, "office_english": team.office_english, "address": team.address,
        },
        "letter": {
            "to": facts.to, "note": facts.note, "number": facts.number,
            "date": dates::day(facts.date.wib()), "subject": "",
        },
        "case": case(facts),
    })
}

fn case(facts: &LetterFacts<'_>) -> Value {
    let (case, sheet) = (facts.case, facts.sheet);
    let cell = |key: &str| {
        let value = facts.agenda.and_then(|(_, cells)| cells.get(key));
        value
            .filter(|value| *value != "-")
            .cloned()
            .unwrap_or_default()
    };
    let day = |at: Timestamp| dates::day(at.wib());
    let moment = |at: Timestamp| dates::moment(at.wib());
    let actions: Vec<_> = sheet
        .handled
        .iter()
        .map(|told| told.text.as_str())
        .collect();
    let handled_from = sheet.handled.first().map(|told| day(told.at));
    json!({
        "register": case.register, "subject": case.subject, "reporter": case.reporter, "ticket": case.ticket,
        "agenda": facts.agenda.map(|(number, _)| number.to_string()).unwrap_or_default(),
        "letter_date": written_out(&or(&cell("letter_date"), &day(case.opened))), "letter_number": cell("letter_number"),
        "channel": or(&cell("channel"), "surel"),
        "office": sheet.office, "system": sheet.system,
        "received": day(case.opened), "received_moment": moment(case.opened),
        "found": moment(sheet.found.unwrap_or(case.opened)),
        "incident": incident_name(&case.incident), "severity": level(&case.severity),
        "phase": case.progress.phase.in_words(Tongue::Indonesian), "assigned": sheet.assigned.clone().unwrap_or_default(),
        "decision": sheet.decision.as_ref().map(|(way, told)| match way {
            Way::Own => format!("ditangani sendiri: {}", told.text),
            Way::Bssn => told.text.clone(),
        }).unwrap_or_default(),
        "findings": sheet.findings.as_ref().map(|told| told.text.clone()).unwrap_or_default(),
        "weaknesses": sheet.weaknesses, "detection": sheet.detection,
        "handled_from": handled_from.unwrap_or_default(),
        "handled_to": sheet.recovered.as_ref().map(|(at, _)| day(*at)).unwrap_or_default(),
        "recovered": sheet.recovered.as_ref().map(|(at, _)| moment(*at)).unwrap_or_default(),
        "recovered_english": sheet.recovered.as_ref().map(|(at, _)| dates::day_and_time_english(at.wib())).unwrap_or_default(),
        "cause": end(&sheet.cause), "impact": end(&sheet.impact), "recommendation": end(&sheet.recommendation),
        "actions": end(&actions.join("; ")), "result": sheet.closed.as_ref().map(|told| end(&told.text)).unwrap_or_default(),
    })
}

/// What stands on a letter's page beside its wording.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// The number as it is printed.
    pub number: &'a str,
    pub date: Timestamp,
    /// Our register number.
    pub reference: &'a str,
    /// Whom it goes to where the wording names nobody.
    pub to: &'a str,
}

/// The page's data (`surat.typ`).
pub fn page(
    settings: &LetterSettings,
    wording: &Wording,
    head: &Head<'_>,
    emblem: Option<&str>,
) -> Value {
    let to = if wording.to.is_empty() {
        vec![or(head.to, BLANK)]
    } else {
        wording.to.clone()
    };
    json!({
        "paper": settings.paper.name(), "kop": kop(settings, emblem), "place": settings.place,
        "date": dates::day(head.date.wib()), "number": head.number,
        "security_code": settings.security, "security_word": security(&settings.security),
        "urgency": settings.urgency, "attached": or(&wording.attached, "-"), "subject": wording.subject,
        "to": to, "town": or(&wording.town, "Tempat"), "parts": wording.parts, "copies": wording.copies,
        "signatory": signatory(settings.signatory(head.date)), "reference": head.reference,
    })
}

/// The head of every sheet.
pub fn kop(settings: &LetterSettings, emblem: Option<&str>) -> Value {
    json!({ "lines": settings.kop, "address": settings.kop_address, "emblem": emblem })
}

/// The signature block; dots stand where nobody is configured for the day.
pub fn signatory(who: Option<&Signatory>) -> Value {
    match who {
        Some(who) => {
            json!({ "titles": who.titles, "name": who.name, "rank": who.rank, "nip": who.nip })
        }
        None => json!({ "titles": ["Kepala"], "name": "", "rank": "", "nip": "" }),
    }
}

fn security(code: &str) -> &'static str {
    match code {
        "SR" => "SANGAT RAHASIA",
        "R" => "RAHASIA",
        "B" => "BIASA",
        _ => "TERBATAS",
    }
}

/// A text that goes on in a sentence: without its own full stop.
fn end(text: &str) -> String {
    text.trim().trim_end_matches('.').to_owned()
}

/// A date of the agenda (`23-11-2026`) as a letter writes it; any other text as it is.
fn written_out(text: &str) -> String {
    let read = crate::cli::dates::typed(text);
    read.map_or_else(|_| text.to_owned(), |day| dates::day(day.wib()))
}

fn or(text: &str, otherwise: &str) -> String {
    if text.is_empty() { otherwise } else { text }.to_owned()
}

/// As the SOP writes it.
pub fn level(stored: &str) -> &'static str {
    match stored {
        "high" => "High",
        "medium" => "Medium",
        _ => "Low",
    }
}

/// The Indonesian name of an RSIT type (`domain.md` 4.2), with the type itself where there is none.
pub fn incident_name(rsit: &str) -> String {
    let name = match rsit {
        "information-content-security:unauthorised-information-modification" => {
            "perubahan konten atau tampilan tanpa izin"
        }
        "fraud:phishing" => "pengelabuan (phishing)",
        "malicious-code:infected-system" => "infeksi perangkat perusak (malware)",
        "malicious-code:malware-distribution" => "penyebaran perangkat perusak (malware)",
        "availability:ddos" | "availability:dos" => "serangan penghentian layanan (DDoS)",
        "availability:outage" | "availability:misconfiguration" => "gangguan layanan",
        "information-content-security:data-leak" => "kebocoran data",
        "information-content-security:data-loss" => "kehilangan data",
        "intrusions:system-compromise"
        | "intrusions:privileged-account-compromise"
        | "information-content-security:unauthorised-information-access" => "akses tidak sah",
        "intrusions:unprivileged-account-compromise" => "pembajakan akun",
        "intrusions:application-compromise" => "pengambilalihan aplikasi",
        "intrusion-attempts:brute-force"
        | "intrusion-attempts:exploit"
        | "intrusion-attempts:ids-alert" => "percobaan serangan",
        "information-gathering:scanner" => "pemindaian",
        "information-gathering:social-engineering" => "rekayasa sosial",
        "abusive-content:spam" => "spam",
        "fraud:masquerade" => "penyamaran",
        "fraud:copyright" => "pelanggaran hak cipta",
        "fraud:unauthorised-use-of-resources" => "penyalahgunaan sumber daya",
        "availability:sabotage" => "sabotase layanan",
        "malicious-code:c2-server" => "peladen kendali malware (C2)",
        "malicious-code:malware-configuration" => "konfigurasi malware",
        "information-gathering:sniffing" => "penyadapan lalu lintas",
        "intrusions:burglary" => "pencurian perangkat",
        "abusive-content:harmful-speech" => "konten negatif",
        "abusive-content:violence" => "konten kekerasan",
        "other:other" => "lainnya",
        "test:test" => "uji coba",
        _ if rsit.starts_with("vulnerable:") => "kerentanan",
        "" | "other:undetermined" => "belum ditentukan",
        other => return other.to_owned(),
    };
    name.to_owned()
}

/// A made-up case, for previews without one and for checks.
pub fn sample() -> Value {
    serde_json::from_str(include_str!("../../letters/contoh.json")).unwrap_or_default()
}
