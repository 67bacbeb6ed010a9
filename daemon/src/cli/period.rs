//! A day, a month, a quarter, a year, or from–to: what a book or a report is asked for.

use chrono::{Datelike, NaiveDate};
use clap::Args;

use super::dates;
use crate::clock::{Clock, Timestamp};
use crate::letter::dates as written;
use crate::store::{Span, StoreError};
use crate::tongue::word;

/// The flags; without any it is the current year.
#[derive(Debug, Clone, Args)]
pub struct Asked {
    /// Satu hari: 23-11-2026
    #[arg(long, value_name = "TANGGAL", value_parser = dates::typed)]
    date: Option<Timestamp>,
    /// Satu bulan: 2026-11
    #[arg(long, value_name = "BULAN", conflicts_with = "date")]
    month: Option<String>,
    /// Satu triwulan: 2026-Q4
    #[arg(long, value_name = "TRIWULAN", conflicts_with_all = ["date", "month"])]
    quarter: Option<String>,
    /// Satu tahun: 2026
    #[arg(long, value_name = "TAHUN", conflicts_with_all = ["date", "month", "quarter"])]
    year: Option<i32>,
    /// Sejak tanggal ini
    #[arg(long, value_name = "TANGGAL", value_parser = dates::typed, conflicts_with_all = ["date", "month", "quarter", "year"])]
    from: Option<Timestamp>,
    /// Sampai dengan tanggal ini
    #[arg(long, value_name = "TANGGAL", value_parser = dates::typed, conflicts_with_all = ["date", "month", "quarter", "year"])]
    to: Option<Timestamp>,
}

/// A stretch of time and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    pub span: Span,
    /// `Bulan November 2026`
    pub name: String,
}

const DAY_MS: i64 = 86_400_000;

impl Asked {
    /// Whether any of the flags was given.
    pub fn is_given(&self) -> bool {
        let days = [self.date, self.from, self.to].iter().any(Option::is_some);
        days || self.month.is_some() || self.quarter.is_some() || self.year.is_some()
    }

    pub fn period(&self, clock: &Clock) -> Result<Period, StoreError> {
        let refused = |what: &str| StoreError::Refused(what.to_owned());
        if let Some(day) = self.date {
            let name = format!("Tanggal {}", written::day(day.wib()));
            return Ok(Period {
                span: Span {
                    from: day,
                    to: Timestamp(day.0 + DAY_MS),
                },
                name,
            });
        }
        if let Some(month) = &self.month {
            let (year, month) = pair(month, 12).ok_or_else(|| {
                refused(word(
                    "tulis bulan seperti 2026-11",
                    "write a month as 2026-11",
                ))
            })?;
            return months(year, month, 1)
                .ok_or_else(|| refused(word("bulan itu tidak ada", "there is no such month")));
        }
        if let Some(quarter) = &self.quarter {
            let (year, quarter) = pair(&quarter.replace(['Q', 'q'], ""), 4).ok_or_else(|| {
                refused(word(
                    "tulis triwulan seperti 2026-Q4",
                    "write a quarter as 2026-Q4",
                ))
            })?;
            return months(year, quarter * 3 - 2, 3).ok_or_else(|| {
                refused(word("triwulan itu tidak ada", "there is no such quarter"))
            });
        }
        if self.from.is_some() || self.to.is_some() {
            return Ok(self.stretch(clock));
        }
        let year = self.year.unwrap_or_else(|| clock.now().wib().year());
        months(year, 1, 12)
            .ok_or_else(|| refused(word("tahun itu tidak ada", "there is no such year")))
    }

    fn stretch(&self, clock: &Clock) -> Period {
        let from = self.from.unwrap_or(Timestamp(0));
        let to = self.to.unwrap_or_else(|| clock.now());
        let day = |at: Timestamp| written::day(at.wib());
        Period {
            span: Span {
                from,
                to: Timestamp(to.0 + DAY_MS),
            },
            name: format!("{} s.d. {}", day(from), day(to)),
        }
    }
}

fn pair(text: &str, most: u32) -> Option<(i32, u32)> {
    let (year, part) = text.split_once('-')?;
    let part = part.parse().ok().filter(|part| (1..=most).contains(part))?;
    Some((year.parse().ok()?, part))
}

/// So many months from the first of one.
fn months(year: i32, first: u32, count: u32) -> Option<Period> {
    let from = NaiveDate::from_ymd_opt(year, first, 1)?;
    let to = from.checked_add_months(chrono::Months::new(count))?;
    let midnight = |day: NaiveDate| {
        let utc = day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis();
        Some(Timestamp(utc - 7 * 3_600_000))
    };
    let span = Span {
        from: midnight(from)?,
        to: midnight(to)?,
    };
    let written = written::day(span.from.wib());
    let month = written.split_once(' ').map_or("", |(_, month)| month);
    let name = match count {
        1 => format!("Bulan {month}"),
        3 => format!("Triwulan {} Tahun {year}", first.div_ceil(3)),
        _ => format!("Tahun {year}"),
    };
    Some(Period { span, name })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn periods_begin_at_midnight_in_batang() {
        let month = months(2026, 11, 1).unwrap();
        assert_eq!(month.name, "Bulan November 2026");
        assert_eq!(dates::short(month.span.from), "01-11-2026 00.00");
        assert_eq!(dates::short(month.span.to), "01-12-2026 00.00");
        assert_eq!(months(2026, 10, 3).unwrap().name, "Triwulan 4 Tahun 2026");
        let year = months(2026, 1, 12).unwrap();
        assert_eq!(
            (year.name.as_str(), dates::short(year.span.to).as_str()),
            ("Tahun 2026", "01-01-2027 00.00")
        );
        assert!(pair("2026-13", 12).is_none() && pair("2026", 12).is_none());
    }
}
