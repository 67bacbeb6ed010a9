//! What `tanggap doctor` finds in osTicket: its setup, and whether it has what the configuration names.

use tanggap_bridge::{Catalogue, Facts, Named, Status};

use super::{Check, bad, good};
use crate::case::Sop;
use crate::clock::Clock;
use crate::config::{Config, Mapping};
use crate::tongue::{say, word};

/// A clock that is further away than this misleads whoever compares the two histories.
const SKEW_SECONDS: i64 = 60;

pub(super) fn facts_in_words(facts: &Facts, config: &Config) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(polls) = &facts.polls {
        checks.push(polled(polls, config));
    }
    if let Some(answers) = facts.answers {
        let words = if answers {
            word(
                "tiket lain dijawab osTicket sendiri (ticket_autoresponder menyala); tiket dari tanggap tidak, karena dikirim dengan autorespond mati",
                "osTicket answers other tickets itself (ticket_autoresponder is on); not those from tanggap, which are sent with autorespond off",
            )
        } else {
            word(
                "osTicket tidak menjawab pelapor sendiri",
                "osTicket does not answer reporters itself",
            )
        };
        checks.push(good(word("jawaban otomatis", "automatic answers"), words));
    }
    if facts.verifies_addresses == Some(true) {
        let words = word(
            "verify_email_addrs menyala: pelapor yang domainnya tidak ditemukan dibukakan tiket atas alamat tim, dan disebut di isinya",
            "verify_email_addrs is on: reporters whose domain is not found get a ticket under the team's address, and are named in its text",
        );
        checks.push(good(word("alamat pelapor", "reporter's address"), words));
    }
    if let Some(limit) = facts.max_open_tickets.filter(|limit| *limit > 0) {
        let words = say!(
            "max_open_tickets = {limit}: pelapor dengan tiket terbuka sebanyak itu akan ditolak osTicket. Matikan (0) di Settings > Tickets",
            "max_open_tickets = {limit}: osTicket will refuse reporters who have that many open tickets. Turn it off (0) in Settings > Tickets"
        );
        checks.push(bad(word("batas tiket", "limit of tickets"), words));
    }
    checks.extend(facts.clock.map(clock));
    checks
}

fn polled(polls: &[String], config: &Config) -> Check {
    let address = &config.team.address;
    let same = |polled: &&String| {
        polled.eq_ignore_ascii_case(address)
            || config
                .site
                .addresses
                .iter()
                .any(|ours| ours.eq_ignore_ascii_case(polled))
    };
    match polls.iter().find(same) {
        Some(same) => bad(
            word("kotak surat", "mailbox"),
            say!(
                "osTicket juga mengambil surel {same}: laporan akan menjadi dua tiket. Matikan di Admin Panel > Emails",
                "osTicket also fetches the mail of {same}: each report will become two tickets. Turn it off in Admin Panel > Emails"
            ),
        ),
        None => good(
            word("kotak surat", "mailbox"),
            word(
                "osTicket tidak mengambil surel dari alamat tim",
                "osTicket does not fetch mail from the team's address",
            ),
        ),
    }
}

fn clock(there: i64) -> Check {
    let apart = there.saturating_sub(Clock::default().now().0 / 1000);
    if apart.abs() <= SKEW_SECONDS {
        return good(
            word("jam", "clock"),
            say!(
                "jam osTicket dan jam ini berselisih {apart} detik",
                "osTicket's clock and this one differ by {apart} s"
            ),
        );
    }
    bad(
        word("jam", "clock"),
        say!(
            "jam osTicket berselisih {apart} detik dari jam ini; samakan keduanya dengan NTP (timedatectl)",
            "osTicket's clock differs by {apart} s from this one; set both by NTP (timedatectl)"
        ),
    )
}

pub(super) fn named_in_the_configuration(config: &Config, catalogue: &Catalogue) -> Vec<Check> {
    let settings = &config.osticket;
    let mut missing = Vec::new();
    let known = |list: &[Named], id: i64| list.iter().any(|named| named.id == id);
    missing.extend(
        settings
            .topic
            .filter(|id| !known(&catalogue.topics, *id))
            .map(|id| say!("topik {id}", "topic {id}")),
    );
    let priorities = [
        settings.priority_low,
        settings.priority_medium,
        settings.priority_high,
    ];
    missing.extend(
        priorities
            .into_iter()
            .flatten()
            .filter(|id| !known(&catalogue.priorities, *id))
            .map(|id| say!("prioritas {id}", "priority {id}")),
    );
    let field = |name: &&String| {
        !catalogue
            .fields
            .iter()
            .any(|field| field.name == **name || field.label == **name)
    };
    let mapping = &settings.mapping;
    let fields = mapping
        .fields
        .keys()
        .chain(&mapping.severity_field)
        .chain(&mapping.type_field);
    missing.extend(
        fields
            .filter(field)
            .map(|name| say!("isian \"{name}\"", "field \"{name}\"")),
    );
    missing.extend(statuses(mapping, catalogue));
    if missing.is_empty() {
        return vec![good(
            word("konfigurasi", "configuration"),
            word(
                "topik, prioritas, status, dan isian yang disebut ada di osTicket",
                "the topics, priorities, statuses and fields named are there in osTicket",
            ),
        )];
    }
    vec![bad(
        word("konfigurasi", "configuration"),
        say!(
            "disebut di [osticket], tidak ada di osTicket: {}",
            "named in [osticket], not there in osTicket: {}",
            missing.join(", ")
        ),
    )]
}

/// Steps that the configuration wants shown by a status which osTicket does not have. A case that is closed here needs one that means it.
fn statuses(mapping: &Mapping, catalogue: &Catalogue) -> Vec<String> {
    let there = |name: &String| {
        let named = |status: &Status| status.name.to_lowercase() == name.to_lowercase();
        catalogue.statuses.iter().any(named)
    };
    let steps = Sop::NAMES.into_iter();
    steps
        .flat_map(|(name, step)| match step {
            Sop::Closing if mapping.statuses(step).iter().any(there) => Vec::new(),
            Sop::Closing => vec![say!(
                "status yang berarti \"{name}\"",
                "a status that means \"{name}\""
            )],
            _ => {
                let absent = mapping
                    .statuses(step)
                    .into_iter()
                    .filter(|name| !there(name));
                absent
                    .map(|name| say!("status \"{name}\"", "status \"{name}\""))
                    .collect()
            }
        })
        .collect()
}
