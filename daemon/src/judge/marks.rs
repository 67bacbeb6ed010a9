//! What a report speaks of, by which cases are found to belong together: indicators, and systems of ours. A stranger's common
//! domain ties nothing: half of all reports name the same few.

use tanggap_rules::{Observable, Report, Site};

/// Kind and value of each mark.
pub(super) fn marks(report: &Report, site: &Site) -> Vec<(String, String)> {
    let story = format!("{}\n{}", report.subject, report.newest).to_lowercase();
    let named = named(&story, site).into_iter();
    let assets = named.map(|host| ("asset".to_owned(), host));
    let seen = report.observables.iter();
    let mut marks: Vec<(String, String)> = Vec::new();
    for found in assets.chain(seen.filter_map(|seen| mark(seen, site))) {
        if !marks.contains(&found) {
            marks.push(found);
        }
    }
    marks
}

/// Hosts of ours that a text names; the domain of a mail address is nobody's system.
fn named(story: &str, site: &Site) -> Vec<String> {
    let in_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let mut found = Vec::new();
    for domain in &site.domains {
        let below = format!(".{}", domain.to_lowercase());
        for (at, _) in story.match_indices(&below) {
            let head = story.get(..at).unwrap_or_default();
            let name = head.rsplit(|c| !in_host(c)).next().unwrap_or_default();
            let before = head
                .strip_suffix(name)
                .and_then(|head| head.chars().next_back());
            let after = story
                .get(at + below.len()..)
                .and_then(|tail| tail.chars().next());
            let whole = !name.is_empty() && !after.is_some_and(|c| c.is_alphanumeric() || c == '-');
            let host = ours(&format!("{name}{below}"), site);
            found.extend(host.filter(|_| whole && before != Some('@')));
        }
    }
    found
}

fn mark(seen: &Observable, site: &Site) -> Option<(String, String)> {
    let value = seen.value.to_lowercase();
    let host = match seen.kind.as_str() {
        "url" => host(&value),
        "domain" => value.as_str(),
        "ipv4" | "ipv6" | "md5" | "sha1" | "sha256" => return Some((seen.kind.clone(), value)),
        _ => return None,
    };
    if let Some(asset) = ours(host, site) {
        return Some(("asset".to_owned(), asset));
    }
    (seen.kind == "url").then_some((seen.kind.clone(), value))
}

fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#', ':']).next().unwrap_or_default()
}

/// A host below one of our domains; the domain itself and its `www` are everybody's.
fn ours(host: &str, site: &Site) -> Option<String> {
    let host = host.trim_start_matches("www.");
    let below = |domain: &String| host.ends_with(&format!(".{}", domain.to_lowercase()));
    site.domains.iter().any(below).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_of_ours_is_found_in_a_sentence_and_a_mail_address_is_not_one() {
        let site = Site {
            domains: vec!["batangkab.go.id".into()],
            ..Site::default()
        };
        let text = "halaman simpus.batangkab.go.id dan https://www.sipd.batangkab.go.id/x, surel a@dinkes.batangkab.go.id, www.batangkab.go.id, x.batangkab.go.id-palsu";
        assert_eq!(
            named(text, &site),
            ["simpus.batangkab.go.id", "sipd.batangkab.go.id"]
        );
    }

    #[test]
    fn our_systems_and_true_indicators_tie_cases_and_common_domains_do_not() {
        let site = Site {
            domains: vec!["batangkab.go.id".into()],
            ..Site::default()
        };
        let seen = |kind: &str, value: &str| Observable {
            kind: kind.into(),
            value: value.into(),
            place: String::new(),
        };
        let check = |one: Observable, expect: Option<(&str, &str)>| {
            let expect = expect.map(|(kind, value)| (kind.to_owned(), value.to_owned()));
            assert_eq!(mark(&one, &site), expect, "{one:?}");
        };
        check(
            seen("url", "https://www.Simpus.batangkab.go.id/x"),
            Some(("asset", "simpus.batangkab.go.id")),
        );
        check(
            seen("domain", "simpus.batangkab.go.id"),
            Some(("asset", "simpus.batangkab.go.id")),
        );
        check(seen("domain", "batangkab.go.id"), None);
        check(seen("domain", "google.com"), None);
        check(
            seen("url", "http://jahat.example/x"),
            Some(("url", "http://jahat.example/x")),
        );
        check(seen("ipv4", "198.51.100.7"), Some(("ipv4", "198.51.100.7")));
        check(seen("email", "a@b.example"), None);
    }
}
