//! The types an incident may have, and a complaint about any other.

use crate::form::{Form, Written, nearest};
use crate::words;

/// Every type of the Reference Security Incident Taxonomy that the labelling guide allows.
pub const TYPES: &[&str] = &[
    "abusive-content:spam",
    "abusive-content:harmful-speech",
    "abusive-content:violence",
    "malicious-code:malware-distribution",
    "malicious-code:infected-system",
    "malicious-code:c2-server",
    "malicious-code:malware-configuration",
    "information-gathering:scanner",
    "information-gathering:sniffing",
    "information-gathering:social-engineering",
    "intrusion-attempts:brute-force",
    "intrusion-attempts:ids-alert",
    "intrusion-attempts:exploit",
    "intrusions:privileged-account-compromise",
    "intrusions:unprivileged-account-compromise",
    "intrusions:application-compromise",
    "intrusions:system-compromise",
    "intrusions:burglary",
    "availability:dos",
    "availability:ddos",
    "availability:misconfiguration",
    "availability:outage",
    "availability:sabotage",
    "information-content-security:unauthorised-information-access",
    "information-content-security:unauthorised-information-modification",
    "information-content-security:data-loss",
    "information-content-security:data-leak",
    "fraud:phishing",
    "fraud:masquerade",
    "fraud:unauthorised-use-of-resources",
    "fraud:copyright",
    "vulnerable:weak-crypto",
    "vulnerable:ddos-amplifier",
    "vulnerable:potentially-unwanted-accessible",
    "vulnerable:information-disclosure",
    "vulnerable:vulnerable-system",
    "other:other",
    "other:undetermined",
    "test:test",
];

/// Whether RSIT, as the labelling guide allows it, has this type: `fraud:phishing`.
pub fn is_type(incident: &str) -> bool {
    TYPES.contains(&incident)
}

pub fn known_type(form: &Form, written: &Written<String>) {
    if !is_type(&written.value) {
        let instead = nearest(&written.value, TYPES).map_or_else(
            || words!("kelas:jenis menurut RSIT", "class:type by RSIT"),
            |near| words!("maksud Anda `{near}`?", "did you mean `{near}`?"),
        );
        form.fault(
            written.at,
            words!(
                "jenis insiden `{}` tidak dikenal",
                "the type of incident `{}` is not known",
                written.value
            ),
            instead,
        );
    }
}
