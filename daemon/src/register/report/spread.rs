//! How long things took: median and the ninetieth percentile, by the clock on the wall and in working hours.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::case::{Hours, by_the_wall};
use crate::clock::Timestamp;

/// Two figures of one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Pair {
    #[serde(rename = "median_minutes", serialize_with = "minutes")]
    pub median: Duration,
    /// Nine of ten took no longer.
    #[serde(rename = "p90_minutes", serialize_with = "minutes")]
    pub most: Duration,
}

/// The durations of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Spread {
    /// Over how many cases.
    pub cases: u64,
    pub wall: Pair,
    pub work: Pair,
}

impl Spread {
    pub fn of(stretches: impl Iterator<Item = (Timestamp, Timestamp)>, hours: &Hours) -> Self {
        let both = stretches.map(|(from, to)| (by_the_wall(from, to), hours.between(from, to)));
        let (mut wall, mut work): (Vec<_>, Vec<_>) = both.unzip();
        wall.sort_unstable();
        work.sort_unstable();
        Self {
            cases: wall.len() as u64,
            wall: Pair::of(&wall),
            work: Pair::of(&work),
        }
    }
}

impl Pair {
    fn of(sorted: &[Duration]) -> Self {
        Self {
            median: median(sorted),
            most: nearest_rank(sorted, 90),
        }
    }
}

/// The middle one, or the mean of the two in the middle.
fn median(sorted: &[Duration]) -> Duration {
    let count = sorted.len();
    let at = |place: usize| sorted.get(place).copied().unwrap_or_default();
    if count.is_multiple_of(2) {
        (at((count / 2).saturating_sub(1)) + at(count / 2)) / 2
    } else {
        at(count / 2)
    }
}

/// The smallest that at least so many percent do not exceed.
fn nearest_rank(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// `3 hari 4 jam`, `2 jam 15 menit`, `7 menit`
pub fn in_words(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let units = [(days, "hari"), (hours, "jam"), (rest, "menit")];
    let said = units.iter().skip_while(|(count, _)| *count == 0).take(2);
    let said: Vec<_> = said
        .filter(|(count, _)| *count > 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if said.is_empty() {
        "< 1 menit".to_owned()
    } else {
        said.join(" ")
    }
}

fn minutes<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u64(time.as_secs() / 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_and_ninetieth_percentile_are_those_of_the_textbook() {
        let some = |minutes: &[u64]| {
            minutes
                .iter()
                .map(|m| Duration::from_mins(*m))
                .collect::<Vec<_>>()
        };
        assert_eq!(median(&some(&[1, 2, 9])), Duration::from_mins(2));
        assert_eq!(median(&some(&[1, 2, 4, 9])), Duration::from_mins(3));
        assert_eq!(median(&[]), Duration::ZERO);
        let ten: Vec<u64> = (1..=10).collect();
        assert_eq!(nearest_rank(&some(&ten), 90), Duration::from_mins(9));
        assert_eq!(nearest_rank(&some(&[5]), 90), Duration::from_mins(5));
        assert_eq!(nearest_rank(&[], 90), Duration::ZERO);
    }

    #[test]
    fn a_duration_is_said_in_two_units() {
        let said = |minutes| in_words(Duration::from_mins(minutes));
        assert_eq!(said(0), "< 1 menit");
        assert_eq!(said(7), "7 menit");
        assert_eq!(said(135), "2 jam 15 menit");
        assert_eq!(said(4 * 1440 + 60 + 5), "4 hari 1 jam");
        assert_eq!(said(1440 + 5), "1 hari");
    }
}
