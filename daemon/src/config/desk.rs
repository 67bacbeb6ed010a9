//! `[osticket]`: the desk where tickets are opened.

use std::time::Duration;

use tanggap_bridge::DatabaseSettings;
use tanggap_rules::form::{Field, Table};

use super::secret::{self, Wanted};
use super::server::accepts_plain_text;
use super::words::{host, is_loopback};
use super::{OsticketSettings, Surroundings, mapping};
use crate::tongue::{Tongue, words};

pub(super) fn read(
    table: &Table<'_>,
    (around, tongue): (&Surroundings, Tongue),
) -> Option<OsticketSettings> {
    let accepted = accepts_plain_text(table);
    let url = url(&table.need("url"), accepted);
    let api_key = secret::read(table, "api_key", Wanted::Always, around);
    let seconds = |key, usual| {
        let written = table
            .maybe(key)
            .duration(Duration::from_secs(1)..=Duration::from_hours(1));
        written.unwrap_or(Duration::from_secs(usual))
    };
    let (timeout, fence) = (seconds("timeout", 60), seconds("fence", 180));
    if fence <= timeout {
        let instead = words!(
            "fence lebih lama dari timeout, dan dari batas waktu PHP dan proxy ditambah 30 detik",
            "fence longer than timeout, and than the time limits of PHP and the proxy plus 30 seconds"
        );
        table.maybe("fence").fault(
            words!("osTicket bisa jadi masih bekerja saat pagar waktu berakhir: tiket dapat menjadi ganda", "osTicket may still be at work when the fence ends: a ticket could be doubled"),
            instead,
        );
    }
    let database = table.maybe("database").table();
    let database = database.and_then(|table| database_of(&table, around));
    let mapping = mapping::read(table.maybe("mapping").table().as_ref());
    let id = |key| table.maybe(key).integer(1..=i64::from(i32::MAX));
    let settings = OsticketSettings {
        tongue,
        url: url.clone().unwrap_or_default(),
        api_key: api_key.clone()?,
        timeout,
        topic: id("topic"),
        priority_low: id("priority_low"),
        priority_medium: id("priority_medium"),
        priority_high: id("priority_high"),
        department: id("department"),
        sla: id("sla"),
        attachments: table.maybe("attachments").flag().unwrap_or(true),
        at_once: usize::try_from(table.maybe("at_once").integer(1..=64).unwrap_or(4)).ok()?,
        fence,
        database,
        mapping,
    };
    url.map(|_| settings)
}

/// `[osticket.database]`: an account that may read osTicket's database, and do nothing else there.
fn database_of(table: &Table<'_>, around: &Surroundings) -> Option<DatabaseSettings> {
    let host = table.need("host").parsed(host);
    let user = table.need("user").text();
    let name = table.need("database").text();
    let port = table.maybe("port").integer(1..=65_535).unwrap_or(3306);
    let prefix = table.maybe("prefix").text();
    let password = secret::read(table, "password", Wanted::Always, around);
    Some(DatabaseSettings {
        host: host?,
        port: u16::try_from(port).ok()?,
        user: user?,
        password: password?.expose().to_owned(),
        database: name?,
        prefix: prefix.unwrap_or_else(|| "ost_".to_owned()),
    })
}

/// An absolute URL, by https unless the host is this machine or plain text is accepted in words.
fn url(field: &Field<'_>, accepted: bool) -> Option<String> {
    let url = field.text()?;
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if !matches!(scheme, "http" | "https")
        || !is_authority(authority)
        || rest.contains(['?', '#', ' '])
    {
        field.fault(
            words!("bukan alamat osTicket", "this is no address of osTicket"),
            words!(
                "alamat dasar osTicket: \"https://tiket.batangkab.go.id/\"",
                "osTicket's base address: \"https://tiket.batangkab.go.id/\""
            ),
        );
        return None;
    }
    if scheme == "http" && !accepted && !is_loopback(host_of(authority)) {
        field.fault(
            words!(
                "kunci API dan laporan akan terbaca di jaringan",
                "the API key and reports could be read on the network"
            ),
            words!(
                "\"https://…\"; bila sungguh-sungguh, tambahkan accept_plain_text = true",
                "\"https://…\"; if you really mean it, add accept_plain_text = true"
            ),
        );
        return None;
    }
    Some(url)
}

fn is_authority(authority: &str) -> bool {
    let name = host_of(authority);
    let port = authority
        .strip_prefix(name)
        .unwrap_or_default()
        .strip_prefix(':');
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    host(bare).is_ok() && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

/// The host of `host:port`; an IPv6 address keeps its brackets.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, _)) if host.ends_with(']') || !host.contains(':') => host,
        _ => authority,
    }
}
