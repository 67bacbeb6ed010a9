//! What an incident leaves behind, refanged: addresses, links, names, hashes, CVE numbers.
//!
//! Counted are the subject, the newest text, a forwarded mail, attached texts and enclosed mails with their headers; not
//! counted are older correspondence, our own names and addresses, and those of the sender.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::beside::{
    clause_before, has_bits, is_own_range, is_reading, is_version, names_a_secret,
    names_the_genuine, tabulates_secrets, whole_link,
};
use super::columns;
use super::fangs::refang;
use super::hosts::{
    countable, host_of, is_degree, is_reference, is_victims, known_domain, organisation, within,
};
use super::limits;
use super::parts::Leaves;
use super::pieces::{SHORTEST_HASH, may_lead_anywhere, pieces, promising};
use super::prose::forwards;
use super::shared::{Look, Shared};
use super::spared::{
    feedback_values, names_a_recipient, names_the_attacked, quoted_from_outside, reporters_own,
    without_senders, word_is_target,
};
use crate::lines::{bare, lines};
use crate::report::{Observable, Report, Sign, Site};

/// Everything found, each once, in the order of where it stands.
pub fn find(
    report: &Report,
    leaves: &Leaves,
    (forwarded, shared): (&str, &Shared),
    site: &Site,
) -> Vec<Observable> {
    let mut hunt = Hunt::new(report, site);
    let reply = report
        .subject
        .get(..3)
        .is_some_and(|head| head.eq_ignore_ascii_case("re:"))
        || !report.references.is_empty();
    if !reply {
        hunt.text(&report.subject, (Place::Words, "judul"));
    }
    let cards = shared.told.holds(Look::Card);
    hunt.whole(shared.refanged(report), cards, (Place::Words, "isi surel"));
    if report.bare_forward || forwards(&report.subject) || !forwarded.is_empty() {
        let words = if report.bare_forward {
            without_senders(forwarded)
        } else {
            forwarded.to_owned()
        };
        hunt.text(&words, (Place::Forwarded, "surel yang diteruskan"));
    }
    if report.quoted.is_empty() {
        leaves
            .links
            .iter()
            .for_each(|link| hunt.text(link, (Place::Words, "tautan di isi surel")));
    }
    if let Some(foreign) = quoted_from_outside(report, site) {
        hunt.text(&foreign, (Place::Forwarded, "surel yang dikutip"));
    }
    match &leaves.accusation {
        Some(accusation) => hunt.text(&accusation.culprits, (Place::Attached, "laporan terlampir")),
        None => match columns::accused(&report.attached_text) {
            Some(accused) => hunt.text(&accused, (Place::Attached, "tabel terlampir")),
            None => hunt.text(&report.attached_text, (Place::Attached, "lampiran")),
        },
    }
    if let Some(feedback) = &leaves.feedback {
        hunt.text(
            &feedback_values(feedback),
            (Place::Attached, "laporan umpan balik"),
        );
    }
    if !report
        .signs
        .iter()
        .any(|sign| matches!(sign, Sign::MachineType(kind) if kind.contains("delivery-status")))
    {
        let arf = report
            .machine
            .as_ref()
            .is_some_and(|machine| machine.format == "arf");
        for mail in &leaves.enclosed {
            if arf || !hunt.automatic {
                hunt.text(&mail.headers, (Place::Headers, "kepala surel terlampir"));
            }
            hunt.text(&mail.subject, (Place::Forwarded, "judul surel terlampir"));
            hunt.text(&mail.text, (Place::Forwarded, "isi surel terlampir"));
        }
    }
    let hosts: Vec<String> = hunt
        .found
        .iter()
        .filter(|one| one.kind == "url")
        .map(|one| one.value.clone())
        .collect();
    hunt.found
        .retain(|one| one.kind != "domain" || !hosts.iter().any(|url| url.contains(&one.value)));
    hunt.found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Words,
    Forwarded,
    Attached,
    Headers,
}

/// What a line that leads to a card says; a line may end within one.
pub(super) const CARDS: &[&str] = &["ktp", "identitas", "identity card", "id card", "id\ncard"];

/// Finds the few texts whose lines must be looked at for cards.
static ANY_CARD: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(CARDS)
        .unwrap_or_else(|_| unreachable!("a short list of words"))
});

/// The Kelvin sign's lower case is a plain k.
fn may_name_a_card(text: &str) -> bool {
    ANY_CARD.is_match(text) || text.contains('\u{212a}')
}

fn names_a_card(line: &str) -> bool {
    let told = line.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| told.contains(word));
    // Somebody who asks for cards is what is reported.
    any(CARDS)
        && !any(&[
            "minta", "suruh", "harus", "wajib", "asks", "asked", "verif", "agar ",
        ])
}

/// What is known of the line and the text that are read now.
#[derive(Default)]
struct Now {
    /// The line names a recipient of ours beside its sender.
    received: bool,
    /// The line names who wrote an enclosed mail.
    author: bool,
    /// The text is a table with a column of passwords' digests.
    secrets: bool,
}

struct Hunt<'r> {
    site: &'r Site,
    /// Domains of the sender, whose links and addresses are the reporter's own.
    senders: Vec<String>,
    addresses: Vec<String>,
    /// The mail was made by a machine: then our own addresses in it are what it reports.
    automatic: bool,
    now: Now,
    found: Vec<Observable>,
    /// What is read now, and at which line; 0 where it has but one.
    part: &'static str,
    line: usize,
}

impl<'r> Hunt<'r> {
    fn new(report: &Report, site: &'r Site) -> Self {
        let people = report
            .from
            .iter()
            .chain(&report.reply_to)
            .chain(&report.cc)
            .chain(&report.to);
        let addresses: Vec<String> = people.map(|contact| contact.address.clone()).collect();
        let senders = report
            .from
            .iter()
            .filter_map(|contact| organisation(contact.address.rsplit('@').next()?));
        let machine = |sign: &Sign| {
            matches!(
                sign,
                Sign::AutoSubmitted(_) | Sign::Precedence(_) | Sign::SystemSender(_)
            )
        };
        Self {
            site,
            senders: senders.collect(),
            addresses,
            automatic: report.machine.is_some() || report.signs.iter().any(machine),
            now: Now::default(),
            found: Vec::new(),
            part: "isi surel",
            line: 0,
        }
    }

    fn text(&mut self, text: &str, (place, part): (Place, &'static str)) {
        if self.found.len() >= limits::OBSERVABLES || text.is_empty() {
            return;
        }
        let refanged = refang(text);
        self.whole(&refanged, may_name_a_card(&refanged), (place, part));
    }

    /// A text without fangs, which may name cards.
    fn whole(&mut self, refanged: &str, cards: bool, (place, part): (Place, &'static str)) {
        self.part = part;
        self.now.secrets = place == Place::Attached && tabulates_secrets(refanged);
        let cards = cards && refanged.contains("://");
        let mut card = false;
        // Of what was picked out of a report or a table, a line's number would mean nothing.
        let whole = matches!(part, "isi surel" | "lampiran" | "isi surel terlampir");
        let several = whole && refanged.contains('\n');
        for (at, line) in lines(refanged).enumerate() {
            self.line = if several { at + 1 } else { 0 };
            // The link to the reporter's identity card is no indicator; it may stand on the next line.
            let now = cards && names_a_card(line);
            if !((card || now) && line.contains("://")) {
                self.line(line, place);
            }
            card = now;
        }
    }

    fn line(&mut self, line: &str, place: Place) {
        if !promising(line)
            || place == Place::Words && reporters_own(line) && !self.names_our_page(line)
        {
            return;
        }
        self.now.author = place == Place::Headers && line.starts_with("from:");
        let victim = place == Place::Attached && self.names_a_victim(line);
        self.now.received = line.contains('@') && names_a_recipient(line, self.site);
        let mut before: [&str; 3] = ["", "", ""];
        for raw in pieces(line) {
            if self.found.len() >= limits::OBSERVABLES {
                return;
            }
            // Nor is the hash of the stolen password a file's.
            let beside = victim && (raw.contains("://") || matches!(raw.len(), 32 | 40))
                || self.stands_beside(line, raw, &before);
            if !beside {
                self.word(whole_link(line, raw), &before, place);
            }
            before = [before[1], before[2], raw];
        }
    }

    /// "Target: https://…" of a machine that tells what became of a page of ours.
    fn names_our_page(&self, line: &str) -> bool {
        let target = line.get(..6).map(str::to_ascii_lowercase);
        self.automatic
            && target.is_some_and(|label| matches!(label.as_str(), "target" | "sasara"))
            && line.contains("://")
            && self
                .site
                .domains
                .iter()
                .any(|own| line.contains(own.as_str()))
    }

    /// A row of stolen credentials: its link is where they are used, not where the thief is.
    fn names_a_victim(&self, line: &str) -> bool {
        if !line.contains('@') {
            return false;
        }
        let lower = line.to_lowercase();
        let mut domains = self.site.domains.iter();
        domains.any(|domain| lower.contains(domain.as_str()))
    }

    /// What leads to a manual, is a password's digest or the address that a swindler imitates.
    fn stands_beside(&self, line: &str, raw: &str, before: &[&str; 3]) -> bool {
        if let Some(at) = raw.find("://") {
            let rest = raw.get(at + 3..).unwrap_or_default();
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = host_of(authority);
            return !within(&host, &self.site.domains)
                && is_reading(clause_before(line, raw), &host, path)
                || within(&host, &self.site.domains) && is_reading("", &host, path);
        }
        if raw.contains('@') {
            return names_the_genuine(clause_before(line, raw));
        }
        if has_bits(raw) {
            return is_own_range(clause_before(line, raw));
        }
        raw.len() >= SHORTEST_HASH
            && (self.now.secrets || before[1..].iter().any(|key| names_a_secret(key)))
    }

    fn word(&mut self, raw: &str, before: &[&str; 3], place: Place) {
        if raw.len() < 3 || raw.len() > 2100 || !may_lead_anywhere(raw) {
            return;
        }
        if let Some(at) = raw.find("://") {
            return self.scheme(raw, at, before, place);
        }
        let word = bare(raw, &[':']);
        if word.contains('@') {
            return self.email(word.trim_matches(':'), place);
        }
        if self.hash_or_cve(word) {
            return;
        }
        self.host(word, before, place);
    }

    fn scheme(&mut self, raw: &str, at: usize, before: &[&str; 3], place: Place) {
        let head = raw.get(..at).unwrap_or_default();
        let start = head
            .rfind(|character: char| !character.is_ascii_alphanumeric())
            .map_or(0, |index| index + 1);
        let scheme = head.get(start..).unwrap_or_default().to_ascii_lowercase();
        let rest = raw.get(at + 3..).unwrap_or_default();
        let rest = rest
            .trim_end_matches(['.', ',', ':', '!', '?', ')', ']', '*', '_', '…', '/', '\\'])
            .to_owned()
            + if raw
                .trim_end_matches(['.', ',', ':', '!', '?', ')', ']', '*', '…'])
                .ends_with('/')
            {
                "/"
            } else {
                ""
            };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let authority = rest.get(..end).unwrap_or_default();
        let host = host_of(authority);
        if !matches!(scheme.as_str(), "http" | "https" | "ftp") {
            return self.host(&host, before, place);
        }
        let path = rest.get(end..).unwrap_or_default();
        if self.reportable_url(&host, path) && place != Place::Headers {
            let value = format!("{scheme}://{}{path}", authority.to_lowercase());
            self.add("url", value);
        }
    }

    fn reportable_url(&self, host: &str, path: &str) -> bool {
        let page = path.len() > 1;
        let name = host.contains('.') && (known_domain(host) || host.parse::<Ipv4Addr>().is_ok())
            || host.parse::<Ipv6Addr>().is_ok();
        let own = within(host, &self.site.domains);
        let victim = is_victims(host);
        let sender = within(host, &self.senders) && !own;
        name && !is_reference(host)
            && !sender
            && (page || !(own || victim))
            && !(own && self.automatic && host.starts_with("csirt."))
    }

    fn email(&mut self, word: &str, place: Place) {
        let word = word.trim_start_matches("mailto:").to_lowercase();
        let Some((local, domain)) = word.split_once('@') else {
            return;
        };
        let domain = domain
            .split(['/', ':', '?'])
            .next()
            .unwrap_or_default()
            .trim_end_matches('.');
        let good = !local.is_empty()
            && local.len() < 65
            && known_domain(domain)
            && local
                .chars()
                .all(|character| character.is_alphanumeric() || "._%+-=#".contains(character));
        let address = format!("{local}@{domain}");
        if !good || self.addresses.contains(&address) || self.site.addresses.contains(&address) {
            return;
        }
        let own = within(domain, &self.site.domains);
        let sender = within(domain, &self.senders);
        let accused = self.automatic
            && !self.now.received
            && own
            && (self.now.author || matches!(place, Place::Attached | Place::Words));
        if accused || !(own || sender || within(domain, &self.site.message_id_domains)) {
            self.add("email", address);
        }
    }

    fn hash_or_cve(&mut self, word: &str) -> bool {
        let bare = word.rsplit([':', '=']).next().unwrap_or(word);
        if bare.len() > 8
            && bare
                .get(..4)
                .is_some_and(|head| head.eq_ignore_ascii_case("cve-"))
        {
            let upper: String = bare.to_ascii_uppercase();
            let mut pieces = upper.splitn(3, '-').skip(1);
            let year = pieces.next().unwrap_or_default();
            let digits: String = pieces
                .next()
                .unwrap_or_default()
                .chars()
                .take_while(char::is_ascii_digit)
                .collect();
            if year.len() == 4 && year.starts_with(['1', '2']) && digits.len() >= 4 {
                self.add("cve", format!("CVE-{year}-{digits}"));
                return true;
            }
        }
        let kind = match bare.len() {
            32 => "md5",
            40 => "sha1",
            64 => "sha256",
            _ => return false,
        };
        let hex = bare.bytes().all(|byte| byte.is_ascii_hexdigit());
        let mixed = bare.bytes().any(|byte| byte.is_ascii_alphabetic())
            && bare.bytes().any(|byte| byte.is_ascii_digit());
        if hex && mixed {
            self.add(kind, bare.to_ascii_lowercase());
        }
        hex
    }

    fn host(&mut self, word: &str, before: &[&str; 3], place: Place) {
        let target = word_is_target(word, before);
        let word = word.rsplit('=').next().unwrap_or(word);
        let bare = word
            .trim_matches(|character: char| !character.is_ascii_alphanumeric() && character != ':');
        if bare.matches(':').count() >= 2
            && let Ok(address) = bare.trim_end_matches(':').parse::<Ipv6Addr>()
        {
            if !address.is_loopback() && !address.is_unspecified() {
                self.add("ipv6", address.to_string());
            }
            return;
        }
        let bare = bare.split(['/', ':', '[']).next().unwrap_or_default();
        let first = bare.split('-').next().unwrap_or_default();
        if let Ok(address) = first.parse::<Ipv4Addr>() {
            // A private address is a machine of ours or of the sender's, never where it came from.
            let private = address.is_private();
            let spared = names_the_attacked(before)
                || private
                || is_version(address, before[2])
                || !self.automatic && target;
            if countable(address) && !spared {
                self.add("ipv4", address.to_string());
            }
            return;
        }
        if bare.contains('.') && !bare.contains('_') && !is_degree(bare) {
            self.domain(&bare.to_lowercase(), before, place);
        }
    }

    fn domain(&mut self, host: &str, before: &[&str; 3], place: Place) {
        let own = within(host, &self.site.domains) || within(host, &self.site.message_id_domains);
        let victim = is_victims(host);
        let sender = within(host, &self.senders);
        let agent = before[2].ends_with(':') && before[2].to_lowercase().starts_with("user-agent");
        let known = self
            .found
            .iter()
            .any(|seen| seen.kind == "url" && seen.value.contains(host));
        if place == Place::Headers
            || own
            || victim
            || sender
            || agent
            || known
            || is_reference(host)
            || !known_domain(host)
            // Whom its links lead to is a trace of its own.
            || matches!(host, "t.me" | "telegram.me" | "wa.me")
        {
            return;
        }
        self.add("domain", host.to_owned());
    }

    fn add(&mut self, kind: &str, value: String) {
        let known = |one: &Observable| one.kind == kind && one.value == value;
        if !self.found.iter().any(known) {
            self.found.push(Observable {
                kind: kind.to_owned(),
                value,
                place: self.place(),
            });
        }
    }

    /// "isi surel, baris 4".
    fn place(&self) -> String {
        match self.line {
            0 => self.part.to_owned(),
            line => format!("{}, baris {line}", self.part),
        }
    }
}
