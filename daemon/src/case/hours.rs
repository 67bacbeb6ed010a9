//! The office's working hours: how much of a stretch of time somebody was there to work. Pure.
//!
//! The SOP names no hours; the usual ones follow Perpres 21/2023 (five days, from 07.30), breaks not taken off.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, Timelike};

use crate::clock::Timestamp;

const MINUTE_MS: i64 = 60_000;
/// A longer stretch is a wrong date, not work.
const MOST_DAYS: i64 = 366 * 50;

/// From and to, in minutes after midnight WIB.
pub type Shift = (u32, u32);

/// When the office works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// Monday first; `None` where it is closed all day.
    pub week: [Option<Shift>; 7],
    pub holidays: BTreeSet<NaiveDate>,
}

impl Default for Hours {
    fn default() -> Self {
        let usual = Some((450, 960));
        Self {
            week: [usual, usual, usual, usual, Some((450, 990)), None, None],
            holidays: BTreeSet::new(),
        }
    }
}

impl Hours {
    /// The working time between two moments, to the minute.
    pub fn between(&self, from: Timestamp, to: Timestamp) -> Duration {
        let (begin, end) = (from.wib(), to.wib());
        let days = (end.date_naive() - begin.date_naive()).num_days();
        if to <= from || days > MOST_DAYS {
            return Duration::ZERO;
        }
        let first = begin.date_naive().iter_days();
        let minutes = (0..=days).zip(first).map(|(number, day)| {
            let after = if number == 0 { minute(begin) } else { 0 };
            let before = if number == days { minute(end) } else { 1440 };
            self.on(day, (after, before))
        });
        let minutes: u32 = minutes.sum();
        Duration::from_mins(u64::from(minutes))
    }

    /// The moment at which so much working time has passed since `from`, to the minute; `None` where it never does within a year.
    pub fn after(&self, from: Timestamp, length: Duration) -> Option<Timestamp> {
        let (mut early, mut late) = (0, 366 * 1440);
        let at = |minutes: i64| Timestamp(from.0 + minutes * MINUTE_MS);
        if self.between(from, at(late)) < length {
            return None;
        }
        while early < late {
            let middle = i64::midpoint(early, late);
            if self.between(from, at(middle)) < length {
                early = middle + 1;
            } else {
                late = middle;
            }
        }
        Some(at(late))
    }

    /// Minutes of a day's shift within a part of that day.
    fn on(&self, day: NaiveDate, (after, before): Shift) -> u32 {
        let place = usize::try_from(day.weekday().num_days_from_monday());
        let shift = place.ok().and_then(|place| self.week.get(place));
        let Some((opens, closes)) = shift.copied().flatten() else {
            return 0;
        };
        if self.holidays.contains(&day) {
            return 0;
        }
        closes.min(before).saturating_sub(opens.max(after))
    }
}

fn minute(at: DateTime<FixedOffset>) -> u32 {
    at.hour() * 60 + at.minute()
}

/// The time between two moments by the clock on the wall, to the minute; none where the second is the earlier.
pub fn by_the_wall(from: Timestamp, to: Timestamp) -> Duration {
    let minutes = (to.0.saturating_sub(from.0)).max(0) / MINUTE_MS;
    Duration::from_mins(minutes.unsigned_abs())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn wib(day: u32, hour: u32, minute: u32) -> Timestamp {
        let day = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        let at = day.and_hms_opt(hour, minute, 0).unwrap();
        Timestamp(at.and_utc().timestamp_millis() - 7 * 3_600_000)
    }

    #[test]
    fn nights_weekends_and_holidays_are_no_working_time() {
        let mut hours = Hours::default();
        // 2026-11-20 is a Friday.
        let check = |hours: &Hours, from, to, minutes: u64| {
            assert_eq!(hours.between(from, to), Duration::from_mins(minutes));
        };
        check(&hours, wib(23, 8, 0), wib(23, 9, 15), 75);
        check(&hours, wib(20, 16, 0), wib(23, 8, 0), 30 + 30);
        check(&hours, wib(21, 9, 0), wib(22, 9, 0), 0);
        check(&hours, wib(23, 3, 10), wib(23, 7, 31), 1);
        check(&hours, wib(23, 9, 0), wib(23, 8, 0), 0);
        check(&hours, wib(16, 0, 0), wib(23, 0, 0), 4 * 510 + 540);
        hours
            .holidays
            .insert(NaiveDate::from_ymd_opt(2026, 11, 18).unwrap());
        check(&hours, wib(16, 0, 0), wib(23, 0, 0), 3 * 510 + 540);
        // Eight working hours from Friday 15.00, Wednesday off: 90 minutes, and 390 on Monday.
        let due = hours.after(wib(20, 15, 0), Duration::from_hours(8));
        assert_eq!(due, Some(wib(23, 14, 0)));
        let closed = Hours {
            week: [None; 7],
            ..Hours::default()
        };
        assert_eq!(closed.after(wib(20, 15, 0), Duration::from_hours(1)), None);
        assert_eq!(
            hours.between(Timestamp(0), Timestamp(i64::MAX)),
            Duration::ZERO
        );
        assert_eq!(
            by_the_wall(wib(20, 16, 0), wib(20, 17, 30)),
            Duration::from_mins(90)
        );
    }
}
