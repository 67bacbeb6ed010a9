//! Dates as a letter writes them: Waktu Indonesia Barat, day first, hours and minutes apart by a full stop (`domain.md` 5.4).

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

const MONTHS_ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `23 November 2026`
pub fn day(wib: DateTime<FixedOffset>) -> String {
    in_months(wib, &MONTHS)
}

/// `23 November 2026 pukul 08.41 WIB`
pub fn moment(wib: DateTime<FixedOffset>) -> String {
    format!(
        "{} pukul {:02}.{:02} WIB",
        day(wib),
        wib.hour(),
        wib.minute()
    )
}

/// `Senin, 23 November 2026 pukul 08.41 WIB`
pub fn day_and_time(wib: DateTime<FixedOffset>) -> String {
    let place = usize::try_from(wib.weekday().num_days_from_monday());
    let name = place.ok().and_then(|place| DAYS.get(place));
    format!("{}, {}", name.copied().unwrap_or_default(), moment(wib))
}

/// `23 November 2026, 08:41 WIB (UTC+7)`, for readers abroad.
pub fn day_and_time_english(wib: DateTime<FixedOffset>) -> String {
    format!(
        "{}, {:02}:{:02} WIB (UTC+7)",
        in_months(wib, &MONTHS_ENGLISH),
        wib.hour(),
        wib.minute()
    )
}

fn in_months(wib: DateTime<FixedOffset>, names: &[&str; 12]) -> String {
    let place = usize::try_from(wib.month0());
    let name = place.ok().and_then(|place| names.get(place));
    format!(
        "{} {} {}",
        wib.day(),
        name.copied().unwrap_or_default(),
        wib.year()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    #[test]
    fn the_office_clock_writes_the_day_out() {
        // 2026-11-23 01:41 UTC, a Monday.
        let wib = Timestamp(1_795_398_060_000).wib();
        assert_eq!(day(wib), "23 November 2026");
        assert_eq!(day_and_time(wib), "Senin, 23 November 2026 pukul 08.41 WIB");
        assert_eq!(
            day_and_time_english(wib),
            "23 November 2026, 08:41 WIB (UTC+7)"
        );
    }

    #[test]
    fn the_year_turns_at_midnight_in_batang() {
        // 2026-12-31 17:05 UTC.
        let wib = Timestamp(1_798_736_700_000).wib();
        assert_eq!(day_and_time(wib), "Jumat, 1 Januari 2027 pukul 00.05 WIB");
    }

    #[test]
    fn every_month_and_day_has_its_name() {
        let first = Timestamp(1_767_225_600_000); // 2026-01-01, a Thursday.
        // The middle of each month: a twelfth of a year apart.
        let middle = |month: i64| Timestamp(first.0 + 14 * 86_400_000 + month * 2_629_746_000);
        let names: Vec<String> = (0..12).map(|month| day(middle(month).wib())).collect();
        for (name, month) in names.iter().zip(MONTHS) {
            assert!(name.contains(month), "{name} is not in {month}");
        }
        let week: Vec<String> = (0..7)
            .map(|day| day_and_time(Timestamp(first.0 + day * 86_400_000).wib()))
            .collect();
        let expect = [
            "Kamis", "Jumat", "Sabtu", "Minggu", "Senin", "Selasa", "Rabu",
        ];
        for (name, day) in week.iter().zip(expect) {
            assert!(name.starts_with(day), "{name} is no {day}");
        }
    }
}
