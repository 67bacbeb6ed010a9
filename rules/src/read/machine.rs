//! Recognises the reports that machines write for machines: ARF, X-ARF, XARF, feeds of CSV.

use mail_parser::Message;

use super::parts::Leaves;
use super::xarf::{self, Accusation};
use crate::report::{Machine, Report, Severity, Sign};

/// What kind of structured report this is, if it is one.
pub fn recognise(message: &Message<'_>, report: &Report, leaves: &Leaves) -> Option<Machine> {
    if let Some(feedback) = &leaves.feedback {
        return Some(arf(feedback, leaves.accusation.as_ref()));
    }
    let attached = leaves.attached_text.as_str();
    if let Some(accusation) = &leaves.accusation {
        return Some(accused(accusation));
    }
    let marked = message.header_raw("X-ARF").is_some() || message.header_raw("X-XARF").is_some();
    if marked {
        // The report may stand in the body itself, or be broken: it stays a machine's report.
        let said = xarf::accusation(&report.newest).unwrap_or_default();
        return Some(accused(&said));
    }
    safe_browsing(report, attached).or_else(|| feed(report, attached))
}

fn value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case(key).then(|| value.trim())
    })
}

/// RFC 5965 section 3.1: `Feedback-Type`. The address named in it is ours, so the trouble is with us. The type `xarf` says that
/// the report stands in a part of its own; a type that nobody defined says nothing.
fn arf(feedback: &str, accusation: Option<&Accusation>) -> Machine {
    let kind = value(feedback, "feedback-type")
        .unwrap_or("abuse")
        .to_lowercase();
    let (class, severity) = match kind.as_str() {
        "fraud" => ("fraud:phishing", Severity::Medium),
        "virus" => ("malicious-code:malware-distribution", Severity::Medium),
        "auth-failure" => ("fraud:masquerade", Severity::Low),
        "not-spam" => ("other:other", Severity::Low),
        "abuse" | "spam" | "complaint" | "opt-out" | "dmarc" | "other" => {
            ("abusive-content:spam", Severity::Medium)
        }
        _ => return told_elsewhere(accusation),
    };
    machine("arf", class, severity, true)
}

fn told_elsewhere(accusation: Option<&Accusation>) -> Machine {
    let mut machine = accused(accusation.unwrap_or(&Accusation::default()));
    "arf".clone_into(&mut machine.format);
    machine
}

fn machine(format: &str, class: &str, severity: Severity, evidence: bool) -> Machine {
    Machine {
        format: format.to_owned(),
        incident: Some(class.to_owned()),
        severity: Some(severity),
        evidence,
    }
}

fn accused(accusation: &Accusation) -> Machine {
    let meaning = xarf::meaning(&accusation.kinds);
    Machine {
        format: if accusation.format.is_empty() {
            "xarf"
        } else {
            accusation.format
        }
        .to_owned(),
        incident: meaning.map(|(class, _)| class.to_owned()),
        severity: meaning.map(|(_, severity)| severity),
        evidence: true,
    }
}

/// Google's alerts to network owners: XML, or the words of the notice.
fn safe_browsing(report: &Report, attached: &str) -> Option<Machine> {
    let from = report
        .from
        .as_ref()
        .is_some_and(|from| from.name.contains("Safe Browsing"));
    let listed = |text: &str| text.contains("<url_info ");
    if !(from || listed(&report.newest) || listed(attached)) {
        return None;
    }
    let lower = format!("{}\n{attached}", report.newest).to_lowercase();
    let class = if lower.contains("social") || lower.contains("phishing") {
        "fraud:phishing"
    } else if lower.contains("distribution") || lower.contains("unwanted") {
        "malicious-code:malware-distribution"
    } else {
        "intrusions:application-compromise"
    };
    Some(machine("safe-browsing", class, Severity::Medium, true))
}

/// Feeds of the Shadowserver kind, told by the file's name or the report's title.
const FEEDS: &[(&[&str], &str, Severity)] = &[
    (
        &[
            "scan_dns",
            "open_resolver",
            "open resolver",
            "scan_ntp",
            "ntpmonitor",
            "ntp_monitor",
            "openresolver",
            "scan_snmp",
            "scan_ssdp",
            "scan_chargen",
            "scan_memcached",
            "scan_ldap",
            "scan_cldap",
            "scan_portmapper",
            "scan_qotd",
            "amplif",
        ],
        "vulnerable:ddos-amplifier",
        Severity::Low,
    ),
    (
        &["scan_ssl", "poodle", "freak", "weak_crypto"],
        "vulnerable:weak-crypto",
        Severity::Low,
    ),
    (
        &[
            "sinkhole",
            "botnet_drone",
            "botnet-drone",
            "drone",
            "infected",
            "ddos_participant",
            "spam_bot",
            "honeypot",
            "event4_honeypot",
            "brute_force",
            "brute-force",
        ],
        "malicious-code:infected-system",
        Severity::Medium,
    ),
    (
        &[
            "compromised_website",
            "compromised-website",
            "compromised website",
        ],
        "intrusions:application-compromise",
        Severity::Medium,
    ),
    (
        &["malware_url", "malware-url"],
        "malicious-code:malware-distribution",
        Severity::Medium,
    ),
    (
        &["blocklist", "spam_url"],
        "abusive-content:spam",
        Severity::Low,
    ),
    (
        &["vulnerable", "scan_exchange", "cve"],
        "vulnerable:vulnerable-system",
        Severity::Low,
    ),
    (
        &[
            "scan_rdp",
            "scan_vnc",
            "scan_telnet",
            "scan_smb",
            "scan_mongodb",
            "scan_redis",
            "scan_elasticsearch",
            "scan_mysql",
            "scan_postgres",
            "scan_ftp",
            "scan_docker",
            "accessible",
            "scan_",
        ],
        "vulnerable:potentially-unwanted-accessible",
        Severity::Low,
    ),
];

/// A feed of the Shadowserver kind: by its file's name, its columns, or because a machine sends CSV.
fn feed(report: &Report, attached: &str) -> Option<Machine> {
    let names = report
        .attachments
        .iter()
        .map(|attachment| attachment.name.to_lowercase());
    let names: Vec<String> = names.filter(|name| name.contains(".csv")).collect();
    let dated = names
        .iter()
        .any(|name| name.starts_with("20") && name.matches('-').count() >= 3);
    let known = |told: &str| {
        FEEDS
            .iter()
            .find(|(words, _, _)| words.iter().any(|word| told.contains(word)))
    };
    let of_a_feed = names.iter().any(|name| known(name).is_some());
    let first = attached.lines().next().unwrap_or_default().to_lowercase();
    let columns = ["timestamp", "ip", "asn"]
        .iter()
        .all(|column| first.contains(column));
    let by_machine = |sign: &Sign| {
        matches!(
            sign,
            Sign::AutoSubmitted(_) | Sign::Precedence(_) | Sign::SystemSender(_)
        )
    };
    let machine_sent = report.signs.iter().any(by_machine);
    if !(columns || dated && (of_a_feed || machine_sent) || of_a_feed && machine_sent) {
        return None;
    }
    let told = format!("{} {}", names.join(" "), report.subject.to_lowercase());
    let meant = known(&told);
    Some(Machine {
        format: "feed".to_owned(),
        incident: meant.map(|(_, class, _)| (*class).to_owned()),
        severity: meant.map(|(_, _, severity)| *severity),
        evidence: true,
    })
}
