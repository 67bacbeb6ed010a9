//! `[deadlines]`: who is warned when, and the clocks that start by themselves. Without the section nobody is warned and none starts.

use std::time::Duration;

use tanggap_rules::form::{Complaint, Table};

use super::words;
use crate::case::{ClockRule, Length};
use crate::tongue::words;

/// Somebody who is told of deadlines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WarnedRole {
    pub name: String,
    pub address: String,
    /// Percent of the time that has passed, ascending.
    pub at: Vec<i64>,
}

/// Deadlines as the configuration wants them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeadlineSettings {
    pub roles: Vec<WarnedRole>,
    pub clocks: Vec<ClockRule>,
}

pub(super) fn read(table: Option<&Table<'_>>, own: &[String]) -> DeadlineSettings {
    let Some(table) = table else {
        return DeadlineSettings::default();
    };
    let roles = table.maybe("role").tables();
    let clocks = table.maybe("clock").tables();
    DeadlineSettings {
        roles: roles.iter().filter_map(|table| role(table, own)).collect(),
        clocks: clocks.iter().filter_map(clock).collect(),
    }
}

fn role(table: &Table<'_>, own: &[String]) -> Option<WarnedRole> {
    let name = table.need("name").parsed(name);
    let field = table.need("address");
    let address = field.parsed(words::address);
    if address
        .as_ref()
        .is_some_and(|address| own.contains(address))
    {
        field.fault(
            words!(
                "ini alamat kotak surat laporan sendiri: peringatan akan kembali sebagai laporan",
                "this is the address of our own mailbox: a warning would come back as a report"
            ),
            words!(
                "alamat orang yang memegang peran itu",
                "the address of the person who has that role"
            ),
        );
    }
    let at = table.maybe("at");
    let mut percents: Vec<i64> = at
        .items()
        .iter()
        .filter_map(|item| item.integer(1..=100))
        .collect();
    if !at.is_present() {
        percents = vec![50, 80, 100];
    }
    percents.sort_unstable();
    percents.dedup();
    Some(WarnedRole {
        name: name?,
        address: address?,
        at: percents,
    })
}

fn clock(table: &Table<'_>) -> Option<ClockRule> {
    let name = table.need("name").parsed(name);
    let (wall, working) = (table.maybe("hours"), table.maybe("working_hours"));
    let severities = [("high", "high"), ("medium", "medium"), ("low", "low")];
    let severity = table.maybe("severity").one_of(&severities).unwrap_or("");
    let incident = table.maybe("type").text().unwrap_or_default();
    let hours = |count: i64| Duration::from_hours(count.unsigned_abs());
    let length = match (wall.integer(1..=8760), working.integer(1..=2000)) {
        (Some(count), None) => Some(Length::Wall(hours(count))),
        (None, Some(count)) => Some(Length::Working(hours(count))),
        _ => {
            table.fault(
                words!(
                    "batas waktu perlu `hours` atau `working_hours`, satu saja",
                    "a deadline needs `hours` or `working_hours`, one of them"
                ),
                "hours = 24",
            );
            None
        }
    };
    Some(ClockRule {
        name: name?,
        length: length?,
        severity: severity.to_owned(),
        incident,
    })
}

/// Part of an order's key.
fn name(text: &str) -> Result<String, Complaint> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let text = text.trim().to_lowercase();
    if text.is_empty() || !text.chars().all(plain) || text.chars().count() > 40 {
        return Err(Complaint::new(
            words!(
                "nama harus pendek: huruf, angka, spasi, garis",
                "the name must be short: letters, digits, spaces, hyphens"
            ),
            words!("misalnya \"ketua\"", "such as \"ketua\""),
        ));
    }
    Ok(text)
}
