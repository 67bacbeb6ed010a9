//! Dates as Indonesians write them (`domain.md` 5.4): `Senin, 23 November 2026 pukul 08.41 WIB`.

use chrono::{DateTime, Datelike, FixedOffset, Timelike};

const DAYS: [&str; 7] = [
    "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu",
];
const MONTHS: [&str; 12] = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
];

/// `Senin, 23 November 2026 pukul 08.41 WIB`
pub fn day_and_time(at: DateTime<FixedOffset>) -> String {
    let day = DAYS
        .get(at.weekday().num_days_from_monday() as usize)
        .copied()
        .unwrap_or_default();
    format!(
        "{day}, {} pukul {:02}.{:02} WIB",
        date(at),
        at.hour(),
        at.minute()
    )
}

/// `23 November 2026`
pub fn date(at: DateTime<FixedOffset>) -> String {
    let month = MONTHS
        .get(at.month0() as usize)
        .copied()
        .unwrap_or_default();
    format!("{} {month} {}", at.day(), at.year())
}

/// `Monday, 23 November 2026, 08:41 WIB (UTC+7)`, for letters in English.
pub fn english(at: DateTime<FixedOffset>) -> String {
    at.format("%A, %-d %B %Y, %H:%M WIB (UTC+7)").to_string()
}

#[cfg(test)]
mod tests {
    use crate::clock::Timestamp;

    #[test]
    fn the_day_turns_at_midnight_wib() {
        let at = Timestamp(1_798_736_400_000);
        assert_eq!(
            super::day_and_time(at.wib()),
            "Jumat, 1 Januari 2027 pukul 00.00 WIB"
        );
        assert_eq!(
            super::day_and_time(Timestamp(at.0 - 1).wib()),
            "Kamis, 31 Desember 2026 pukul 23.59 WIB"
        );
        assert_eq!(
            super::english(at.wib()),
            "Friday, 1 January 2027, 00:00 WIB (UTC+7)"
        );
    }
}
