//! `[team]`: who we are; `[site]`: what the reader of mails must know of us.

use tanggap_rules::form::{Complaint, Field, Table};
use tanggap_rules::{Site, Tongue};

use super::{Team, words};
use crate::tongue::words;

pub(super) fn read(table: &Table<'_>) -> Option<Team> {
    let name = table.need("name").parsed(one_line);
    let office = table.need("office").parsed(one_line);
    let office_english = table.need("office_english").parsed(one_line);
    let address = table.need("address").parsed(words::address);
    let prefix = table.maybe("register_prefix");
    let register_prefix = if prefix.is_present() {
        prefix.parsed(words::register_prefix)
    } else {
        Some("INS".to_owned())
    };
    Some(Team {
        name: name?,
        office: office?,
        office_english: office_english?,
        address: address?,
        register_prefix: register_prefix?,
    })
}

/// What is not written follows from the team's address.
pub(super) fn site(table: Option<&Table<'_>>, team: Option<&Team>) -> Site {
    let own = team.map(|team| team.address.clone()).unwrap_or_default();
    let own_domain = own
        .rsplit_once('@')
        .map(|(_, domain)| domain.to_owned())
        .unwrap_or_default();
    let listed = |key, read: fn(&str) -> Result<String, Complaint>| {
        table
            .map(|table| each(&table.maybe(key), read))
            .unwrap_or_default()
    };
    let mut addresses = listed("addresses", words::address);
    if !addresses.contains(&own) {
        addresses.push(own);
    }
    Site {
        addresses,
        domains: or(listed("domains", words::domain), &own_domain),
        message_id_domains: or(listed("message_id_domains", words::domain), &own_domain),
        authserv_ids: listed("authserv_ids", words::domain),
        register_prefix: team
            .map(|team| team.register_prefix.clone())
            .unwrap_or_default(),
        ..Site::default()
    }
}

/// What staff read, and a terminal shows unless told otherwise; Indonesian where nothing is written.
pub(super) fn tongue(table: Option<&Table<'_>>) -> Tongue {
    let written = table.and_then(|table| table.maybe("language").one_of(&Tongue::ALL));
    written.unwrap_or_default()
}

/// Every item of a list of texts, each complained about on its own.
fn each(field: &Field<'_>, read: fn(&str) -> Result<String, Complaint>) -> Vec<String> {
    let items = if field.is_text() {
        vec![field.clone()]
    } else {
        field.items()
    };
    items.iter().filter_map(|item| item.parsed(read)).collect()
}

fn or(list: Vec<String>, otherwise: &str) -> Vec<String> {
    if list.is_empty() {
        vec![otherwise.to_owned()]
    } else {
        list
    }
}

/// Names go into headers and letters: one line, no control characters.
fn one_line(text: &str) -> Result<String, Complaint> {
    if text.chars().any(char::is_control) || text.chars().count() > 200 {
        return Err(Complaint::new(
            words!(
                "nama harus satu baris, paling banyak 200 huruf",
                "a name must be one line of at most 200 letters"
            ),
            words!(
                "nama yang ditulis di kepala surat",
                "the name at the head of letters"
            ),
        ));
    }
    Ok(text.trim().to_owned())
}
