//! Reports of the XARF family: the JSON of versions 1 to 4, and the `report.txt` of X-ARF 0.2 that Netcraft and blocklist.de send.

use serde_json::Value;

use crate::report::Severity::{self, High, Low, Medium};

/// What such a report says: of what, and who or what is accused.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Accusation {
    pub format: &'static str,
    /// The report's own class and type, lower case, letters and digits only.
    pub kinds: Vec<String>,
    /// One accused address, link, name or digest a line.
    pub culprits: String,
}

/// The first report of the family in a text; `None` where there is none.
pub fn accusation(text: &str) -> Option<Accusation> {
    of_json(text).or_else(|| of_lines(text))
}

fn of_json(text: &str) -> Option<Accusation> {
    if !(text.contains("ReportType")
        || text.contains("xarf_version")
        || text.contains("ReportClass"))
    {
        return None;
    }
    let from = text.find('{')?;
    let mut values = serde_json::Deserializer::from_str(text.get(from..)?).into_iter::<Value>();
    let report = values.next()?.ok()?;
    let mut said = Accusation {
        format: "xarf",
        ..Accusation::default()
    };
    walk(&report, "", &mut said);
    Some(said)
}

/// The keys under which a report names who or what it accuses.
const CULPRITS: &[&str] = &[
    "sourceip",
    "ip",
    "sourceidentifier",
    "source",
    "sourceurl",
    "url",
    "uri",
    "urls",
    "domain",
    "sourcedomain",
    "domainname",
    "sourceuri",
    "reporteduri",
    "reporteddomain",
    "c2server",
    "c2url",
    "c2domain",
    "phishingurl",
    "smtpmailfromaddress",
    "smtpfrom",
    "smtpsender",
    "cveid",
    "cve",
    "vulnerability",
    "maliciousurl",
    "downloadurl",
    "landingpage",
    "md5",
    "sha1",
    "sha256",
    "filehash",
    "infohash",
    "sampleurl",
    "offendingurl",
    "infringingurl",
    "hash",
    "cves",
];
/// Objects that tell of the reporter or of the data that was sent along.
const NOT_ACCUSED: &[&str] = &[
    "reporter",
    "reporterinfo",
    "sender",
    "evidence",
    "samples",
    "sample",
    "attachment",
    "legacy",
    "internal",
    "disclosure",
];

/// Arrays and objects within each other that are walked.
const DEPTH: usize = 8;

fn walk(value: &Value, path: &str, said: &mut Accusation) {
    if path.matches('.').count() > DEPTH || said.culprits.len() > 65_536 {
        return;
    }
    let key = path.rsplit('.').next().unwrap_or_default();
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                let name = plain(name);
                if !NOT_ACCUSED.contains(&name.as_str()) {
                    walk(field, &format!("{path}.{name}"), said);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, path, said)),
        Value::String(text)
            if matches!(
                key,
                "reportclass" | "reporttype" | "category" | "type" | "classification" | "purpose"
            ) =>
        {
            said.kinds.push(plain(text));
        }
        Value::String(text) if CULPRITS.contains(&key) => push(&mut said.culprits, text),
        _ => {}
    }
}

fn plain(text: &str) -> String {
    let kept = text.chars().filter(|character| character.is_alphanumeric());
    kept.flat_map(char::to_lowercase).take(60).collect()
}

fn push(into: &mut String, text: &str) {
    into.push_str(text.trim());
    into.push('\n');
}

/// `Key: value` lines between `---` and an empty line, as X-ARF 0.2 has them (YAML of one level).
fn of_lines(text: &str) -> Option<Accusation> {
    let mut said = Accusation {
        format: "x-arf",
        ..Accusation::default()
    };
    let (mut typed, mut sourced) = (false, false);
    for line in text.lines().take(2000) {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let key = plain(key.trim_start_matches(['-', ' ', '"']));
        let value = value.trim().trim_matches(['"', '\'']);
        match key.as_str() {
            "reporttype" | "category" => {
                typed |= key == "reporttype";
                said.kinds.push(plain(value));
            }
            "source" | "url" | "domain" | "ip" | "uri" | "sourceip" | "sourceurl"
            | "reporteduri" => {
                sourced |= key.starts_with("source");
                push(&mut said.culprits, value);
            }
            "reportedfrom" | "schemaurl" => sourced = true,
            _ => {}
        }
    }
    (typed && sourced).then_some(said)
}

/// What the types of the family stand for, the accused address being ours.
const MEANINGS: &[(&[&str], &str, Severity)] = &[
    (
        &["loginattack", "bruteforce", "authfailure"],
        "intrusion-attempts:brute-force",
        Medium,
    ),
    (
        &[
            "portscan",
            "scan",
            "vulnerabilityscan",
            "reconnaissance",
            "harvesting",
            "webcrawler",
            "scraping",
        ],
        "information-gathering:scanner",
        Medium,
    ),
    (
        &[
            "exploit",
            "sqlinjection",
            "hackattack",
            "webattack",
            "badbot",
            "intrusion",
        ],
        "intrusion-attempts:exploit",
        Medium,
    ),
    (
        &[
            "spam",
            "spamtrap",
            "bulkmessaging",
            "regbot",
            "unsolicited",
            "spamvertized",
            "spamvertised",
        ],
        "abusive-content:spam",
        Medium,
    ),
    (&["ddos", "dos"], "availability:ddos", Medium),
    (
        &["botnetcontroller", "c2", "c2server", "commandandcontrol"],
        "malicious-code:c2-server",
        Medium,
    ),
    (
        &["botnet", "infectedhost", "bot", "infected", "drone"],
        "malicious-code:infected-system",
        Medium,
    ),
    (
        &["phishing", "fraud", "suspiciousregistration", "phish"],
        "fraud:phishing",
        Medium,
    ),
    (
        &[
            "malware",
            "malwareattack",
            "rpz",
            "malicious",
            "malwaredistribution",
        ],
        "malicious-code:malware-distribution",
        Medium,
    ),
    (
        &[
            "webinject",
            "inject",
            "injectedcode",
            "skimmer",
            "formjacking",
        ],
        "intrusions:application-compromise",
        Medium,
    ),
    (
        &["defacement"],
        "information-content-security:unauthorised-information-modification",
        Medium,
    ),
    (
        &["compromisedserver", "rootcompromise"],
        "intrusions:system-compromise",
        High,
    ),
    (
        &["compromisedaccount", "potentiallycompromisedaccount"],
        "intrusions:unprivileged-account-compromise",
        Medium,
    ),
    (
        &[
            "compromisedwebsite",
            "compromisedmicrosoftexchange",
            "webhack",
            "remotecompromise",
            "potentiallycompromised",
            "compromised",
        ],
        "intrusions:application-compromise",
        Medium,
    ),
    (
        &["exposeddata", "dataleak"],
        "information-content-security:data-leak",
        High,
    ),
    (
        &["openservice", "accessible"],
        "vulnerable:potentially-unwanted-accessible",
        Low,
    ),
    (
        &[
            "cve",
            "vulnerability",
            "vulnerabilities",
            "misconfiguration",
            "vulnerable",
        ],
        "vulnerable:vulnerable-system",
        Low,
    ),
    (
        &[
            "copyright",
            "trademark",
            "p2p",
            "cyberlocker",
            "linksite",
            "ugcplatform",
            "usenet",
            "brandinfringement",
        ],
        "fraud:copyright",
        Low,
    ),
    (
        &["childabuse", "csam", "csem"],
        "abusive-content:violence",
        Medium,
    ),
    (
        &["harassment", "hatespeech"],
        "abusive-content:harmful-speech",
        Low,
    ),
    (&["blocklist", "blacklist"], "abusive-content:spam", Medium),
];

/// The RSIT type and severity that the most telling of a report's own words stand for.
pub fn meaning(kinds: &[String]) -> Option<(&'static str, Severity)> {
    let exact = |kind: &String| {
        MEANINGS
            .iter()
            .find(|(words, _, _)| words.contains(&kind.as_str()))
    };
    let within = |kind: &String| {
        MEANINGS.iter().find(|(words, _, _)| {
            words
                .iter()
                .any(|word| word.len() > 3 && kind.contains(word))
        })
    };
    // The type stands behind the class in version 1 to 3 and says more than it.
    let telling = kinds.iter().rev();
    let found = telling
        .clone()
        .find_map(exact)
        .or_else(|| telling.clone().find_map(within));
    found.map(|(_, class, severity)| (*class, *severity))
}
