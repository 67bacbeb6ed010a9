//! Recognises the reports that machines write for machines: ARF, X-ARF, XARF, feeds of CSV.

use mail_parser::Message;

use super::parts::Leaves;
use crate::report::{Machine, Report, Severity, Sign};

/// What kind of structured report this is, if it is one.
pub fn recognise(message: &Message<'_>, report: &Report, leaves: &Leaves) -> Option<Machine> {
    if let Some(feedback) = &leaves.feedback {
        return Some(arf(feedback));
    }
    let xarf = message.header_raw("X-ARF").is_some() || message.header_raw("X-XARF").is_some();
    let attached = leaves.attached_text.as_str();
    if xarf
        || attached.contains("\"ReportClass\"")
        || attached.contains("\"XARF\"")
        || attached.contains("xarf_version")
    {
        return Some(of_class("xarf", &format!("{attached}\n{}", report.newest)));
    }
    if has_key(attached, "report-type")
        && (has_key(attached, "source") || has_key(attached, "reported-from"))
    {
        return Some(of_class("x-arf", attached));
    }
    feed(report, attached)
}

fn has_key(text: &str, key: &str) -> bool {
    text.lines().any(|line| {
        line.split_once(':')
            .is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case(key))
    })
}

fn value<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case(key).then(|| value.trim())
    })
}

/// RFC 5965 section 3.1: `Feedback-Type`. The address named in it is ours, so the trouble is with us.
fn arf(feedback: &str) -> Machine {
    let kind = value(feedback, "feedback-type")
        .unwrap_or("abuse")
        .to_lowercase();
    let (class, severity) = match kind.as_str() {
        "fraud" => ("fraud:phishing", Severity::Medium),
        "virus" => ("malicious-code:malware-distribution", Severity::Medium),
        "auth-failure" => ("fraud:masquerade", Severity::Low),
        "not-spam" => ("other:other", Severity::Low),
        _ => ("abusive-content:spam", Severity::Medium),
    };
    machine("arf", class, severity, true)
}

fn machine(format: &str, class: &str, severity: Severity, evidence: bool) -> Machine {
    Machine {
        format: format.to_owned(),
        incident: Some(class.to_owned()),
        severity: Some(severity),
        evidence,
    }
}

/// Words of a report's class. The address it speaks of is ours: a host of ours is really misused, so an attack from it is medium.
const CLASSES: &[(&str, &str, Severity)] = &[
    (
        "login-attack",
        "intrusion-attempts:brute-force",
        Severity::Medium,
    ),
    (
        "loginattack",
        "intrusion-attempts:brute-force",
        Severity::Medium,
    ),
    (
        "login_attack",
        "intrusion-attempts:brute-force",
        Severity::Medium,
    ),
    ("brute", "intrusion-attempts:brute-force", Severity::Medium),
    (
        "hack-attack",
        "intrusion-attempts:exploit",
        Severity::Medium,
    ),
    (
        "port-scan",
        "information-gathering:scanner",
        Severity::Medium,
    ),
    (
        "port_scan",
        "information-gathering:scanner",
        Severity::Medium,
    ),
    (
        "portscan",
        "information-gathering:scanner",
        Severity::Medium,
    ),
    (
        "harvesting",
        "information-gathering:scanner",
        Severity::Medium,
    ),
    ("regbot", "abusive-content:spam", Severity::Medium),
    ("ddos", "availability:ddos", Severity::Medium),
    ("botnet", "malicious-code:infected-system", Severity::Medium),
    (
        "infected",
        "malicious-code:infected-system",
        Severity::Medium,
    ),
    ("c2", "malicious-code:c2-server", Severity::Medium),
    ("phish", "fraud:phishing", Severity::Medium),
    (
        "malware",
        "malicious-code:malware-distribution",
        Severity::Medium,
    ),
    ("fraud", "fraud:phishing", Severity::Medium),
    ("spam", "abusive-content:spam", Severity::Medium),
    ("copyright", "fraud:copyright", Severity::Low),
    ("trademark", "fraud:copyright", Severity::Low),
    (
        "defacement",
        "information-content-security:unauthorised-information-modification",
        Severity::Medium,
    ),
    (
        "openservice",
        "vulnerable:potentially-unwanted-accessible",
        Severity::Low,
    ),
    (
        "open_service",
        "vulnerable:potentially-unwanted-accessible",
        Severity::Low,
    ),
    ("vulnerab", "vulnerable:vulnerable-system", Severity::Low),
];

fn of_class(format: &str, text: &str) -> Machine {
    let lower = text.to_lowercase();
    let typed: String = lower
        .lines()
        .filter(|line| line.contains("type") || line.contains("category") || line.contains("class"))
        .collect::<Vec<_>>()
        .join("\n");
    let found = CLASSES.iter().find(|(word, _, _)| typed.contains(word));
    match found {
        Some((_, class, severity)) => machine(format, class, *severity, true),
        None => Machine {
            format: format.to_owned(),
            incident: None,
            severity: None,
            evidence: true,
        },
    }
}

/// Feeds of the Shadowserver kind, told by the file's name or the report's title.
const FEEDS: &[(&[&str], &str, Severity)] = &[
    (
        &[
            "scan_dns",
            "open_resolver",
            "open resolver",
            "scan_ntp",
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

fn feed(report: &Report, attached: &str) -> Option<Machine> {
    let names: Vec<String> = report
        .attachments
        .iter()
        .map(|attachment| attachment.name.to_lowercase())
        .collect();
    let csv = names.iter().any(|name| name.contains(".csv"));
    let dated = names.iter().any(|name| {
        name.contains(".csv") && name.starts_with("20") && name.matches('-').count() >= 3
    });
    let columns = attached.lines().next().is_some_and(|line| {
        let line = line.to_lowercase();
        line.contains("timestamp") && line.contains("ip") && line.contains("asn")
    });
    let machine_sent = report.signs.iter().any(|sign| {
        matches!(
            sign,
            Sign::AutoSubmitted(_) | Sign::Precedence(_) | Sign::SystemSender(_)
        )
    });
    if !(dated && machine_sent
        || columns
        || csv && machine_sent && names.iter().any(|name| name.contains("scan_")))
    {
        return None;
    }
    let told = format!("{} {}", names.join(" "), report.subject.to_lowercase());
    let known = FEEDS
        .iter()
        .find(|(words, _, _)| words.iter().any(|word| told.contains(word)));
    Some(match known {
        Some((_, class, severity)) => machine("feed", class, *severity, true),
        None => Machine {
            format: "feed".to_owned(),
            incident: None,
            severity: None,
            evidence: true,
        },
    })
}
