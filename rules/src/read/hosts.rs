//! Host names and addresses: which can be an incident's, and which are only referred to.

use std::net::Ipv4Addr;

/// Sites that reports refer to and that are never the culprit.
const REFERENCE: &[&str] = &[
    "google.com",
    "virustotal.com",
    "mitre.org",
    "nist.gov",
    "github.com",
    "microsoft.com",
    "shadowserver.org",
    "x-arf.org",
    "xarf.org",
    "abuseipdb.com",
    "urlscan.io",
    "wikipedia.org",
    "bssn.go.id",
    "komdigi.go.id",
    "kominfo.go.id",
    "w3.org",
    "facebook.com",
    "instagram.com",
    "whatsapp.com",
    "youtube.com",
    "apple.com",
    "schemas.microsoft.com",
    "openxmlformats.org",
    "outlook.com",
    "office.com",
    "gmail.com",
    "gmail.example",
    "zone-h.org",
    "shodan.io",
    "cisa.gov",
    "owasp.org",
    "first.org",
    "ietf.org",
    "rfc-editor.org",
    "blocklist.de",
    "spamhaus.org",
    "twitter.com",
    "tiktok.com",
    "wordpress.org",
    "yahoo.com",
    "hotmail.com",
    "bing.com",
    "belajar.id",
    "pandi.id",
    "aduankonten.id",
    "patrolisiber.id",
    "cekrekening.id",
    "haveibeenpwned.com",
    "ssllabs.com",
    "cve.org",
    "exploit-db.com",
    "abuse.ch",
    "phishtank.com",
    "phishtank.org",
    "hybrid-analysis.com",
    "any.run",
    "censys.io",
    "greynoise.io",
    "haxor.id",
    "zone-xsec.com",
    "php.net",
    "nginx.org",
    "joomla.org",
    "drupal.org",
    "fortinet.com",
    "vmware.com",
    "veeam.com",
    "zimbra.com",
];
/// Endings that name a file rather than a host, though some are top-level domains too.
const FILES: &[&str] = &[
    "php",
    "exe",
    "txt",
    "html",
    "htm",
    "js",
    "css",
    "jpg",
    "png",
    "jpeg",
    "gif",
    "pdf",
    "doc",
    "docx",
    "xls",
    "xlsx",
    "zip",
    "rar",
    "log",
    "csv",
    "sh",
    "py",
    "jsp",
    "asp",
    "aspx",
    "ps1",
    "bat",
    "dll",
    "sql",
    "bak",
    "json",
    "xml",
    "yaml",
    "yml",
    "ini",
    "conf",
    "cfg",
    "env",
    "md",
    "so",
    "apk",
    "eml",
    "msi",
    "scr",
    "vbs",
    "lnk",
    "iso",
    "img",
    "gz",
    "tar",
    "tgz",
    "mov",
    "mp4",
    "mp3",
    "ppt",
    "pptx",
    "dat",
    "db",
    "tmp",
    "dit",
    "htaccess",
    "phtml",
    "war",
    "pl",
    "rs",
    "id_rsa",
    "net_",
    "actions",
    "service",
    "local",
    "internal",
    "lan",
    "corp",
    "localdomain",
];
const PLACES_OF_VICTIMS: &[&str] = &["go.id", "desa.id", "sch.id", "ac.id", "mil.id"];

/// Whether a host lies where offices and schools of the country do.
pub(super) fn is_victims(host: &str) -> bool {
    let mut heads = PLACES_OF_VICTIMS
        .iter()
        .filter_map(|place| host.strip_suffix(place));
    heads.any(|head| head.ends_with('.'))
}

/// "dr. Sri Wahyuni, Sp.PK": an academic degree that looks like a domain. Nobody writes a domain with a capital after each dot.
pub(super) fn is_degree(word: &str) -> bool {
    word.len() <= 9
        && word.split('.').all(|part| {
            part.len() <= 4 && part.starts_with(|first: char| first.is_ascii_uppercase())
        })
        && word.contains(|character: char| character.is_ascii_lowercase())
}

pub(super) fn countable(address: Ipv4Addr) -> bool {
    let [first, _, _, last] = address.octets();
    !(address.is_loopback()
        || address.is_unspecified()
        || address.is_broadcast()
        || address.is_multicast()
        || first == 0
        || first >= 224
        || first < 5 && last < 5)
}

pub(super) fn host_of(authority: &str) -> String {
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    host.trim_end_matches('.').to_lowercase()
}

pub(super) fn within(host: &str, domains: &[String]) -> bool {
    domains.iter().any(|domain| {
        host == domain
            || host
                .strip_suffix(domain.as_str())
                .is_some_and(|head| head.ends_with('.'))
    })
}

pub(super) fn is_reference(host: &str) -> bool {
    REFERENCE.iter().any(|known| {
        host == *known
            || host
                .strip_suffix(known)
                .is_some_and(|head| head.ends_with('.'))
    })
}

/// The registrable part of a host name (public suffix list); names below those kept for documentation (RFC 2606) are whoever's.
pub(super) fn organisation(host: &str) -> Option<String> {
    let domain = psl::domain_str(host)?;
    let above = host
        .strip_suffix(domain)
        .and_then(|head| head.strip_suffix('.'))
        .and_then(|head| head.rsplit('.').next());
    match above {
        Some(above) if domain.starts_with("example.") => Some(format!("{above}.{domain}")),
        _ => Some(domain.to_owned()),
    }
}

/// A host name under a suffix that exists, or under one reserved for documentation (RFC 2606).
pub(super) fn known_domain(host: &str) -> bool {
    let labels_good = host.split('.').all(|label| {
        !label.is_empty()
            && label.len() < 64
            && label
                .chars()
                .all(|character| character.is_alphanumeric() || character == '-')
    });
    let last = host.rsplit('.').next().unwrap_or_default();
    if !labels_good || FILES.contains(&last) || !last.chars().any(char::is_alphabetic) {
        return false;
    }
    let documented = matches!(last, "example" | "test" | "invalid" | "onion");
    host.contains('.')
        && (documented
            || psl::suffix(host.as_bytes())
                .is_some_and(|suffix| suffix.is_known() && suffix.as_bytes().len() < host.len()))
}
