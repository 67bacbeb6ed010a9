//! `[retention]`: how long raw mail is kept after its case was closed.

use std::time::Duration;

use tanggap_rules::form::Table;

/// Days that can be meant; an archive keeps nothing longer by this setting.
const MOST: i64 = 36_500;
const DAY_HOURS: u64 = 24;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetentionSettings {
    /// After the case was closed; after it arrived, where a mail belongs to no case.
    pub raw: Duration,
    /// The same for a mail with a scan of an identity card; never longer.
    pub identity: Duration,
}

/// Without the section: 90 days, identity cards 30.
pub(super) fn read(table: Option<&Table<'_>>) -> RetentionSettings {
    let days = |key, usual| {
        let written = table.and_then(|table| table.maybe(key).integer(0..=MOST));
        let days = written.unwrap_or(usual);
        Duration::from_hours(days.unsigned_abs() * DAY_HOURS)
    };
    let raw = days("days", 90);
    RetentionSettings {
        raw,
        identity: days("identity_days", 30).min(raw),
    }
}
