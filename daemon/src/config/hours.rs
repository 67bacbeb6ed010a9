//! `[hours]`: when the office works, and its holidays, one a line in a file of their own.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::NaiveDate;
use tanggap_rules::form::{Complaint, Table};

use super::Surroundings;
use crate::case::{Hours, Shift};
use crate::tongue::{Words, words};

/// A longer file is no list of holidays.
const LARGEST: u64 = 1 << 20;

/// Without the section: Monday to Thursday 07.30–16.00, Friday 07.30–16.30, no holidays.
pub(super) fn read(table: Option<&Table<'_>>, around: &Surroundings) -> Hours {
    let usual = Hours::default();
    let Some(table) = table else { return usual };
    let names = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let mut week = usual.week;
    for (slot, name) in week.iter_mut().zip(names) {
        let field = table.maybe(name);
        if field.is_present() {
            *slot = field.parsed(shift).unwrap_or(*slot);
        }
    }
    let file = table.maybe("holidays");
    let holidays = file.parsed(|path| holidays(&around.path(path)));
    Hours {
        week,
        holidays: holidays.unwrap_or_default(),
    }
}

/// `07.30-16.00`, or `-` where the office is closed.
fn shift(text: &str) -> Result<Option<Shift>, Complaint> {
    if text.trim() == "-" {
        return Ok(None);
    }
    let read = text
        .split_once('-')
        .and_then(|(from, to)| Some((minutes(from)?, minutes(to)?)));
    match read {
        Some((from, to)) if from < to => Ok(Some((from, to))),
        _ => Err(Complaint::new(
            words!(
                "\"{text}\" bukan jam kerja",
                "\"{text}\" are no working hours"
            ),
            words!(
                "misalnya \"07.30-16.00\", atau \"-\" bila libur",
                "such as \"07.30-16.00\", or \"-\" for a day off"
            ),
        )),
    }
}

fn minutes(text: &str) -> Option<u32> {
    let (hours, minutes) = text.trim().split_once(['.', ':'])?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let whole = hours * 60 + minutes;
    (hours <= 24 && minutes < 60 && whole <= 1440).then_some(whole)
}

/// `17-08-2026 Hari Kemerdekaan` a line; what follows the date, empty lines and `#` are for people.
fn holidays(path: &Path) -> Result<BTreeSet<NaiveDate>, Complaint> {
    let complaint = |what: Words| {
        Complaint::new(
            Words {
                indonesian: format!("berkas hari libur {}: {}", path.display(), what.indonesian),
                english: format!("file of holidays {}: {}", path.display(), what.english),
            },
            words!(
                "satu hari sebaris, misalnya \"17-08-2026 Hari Kemerdekaan\"",
                "one day a line, such as \"17-08-2026 Hari Kemerdekaan\""
            ),
        )
    };
    let size = std::fs::metadata(path).map_err(|why| complaint(why.to_string().into()))?;
    if size.len() > LARGEST {
        return Err(complaint(words!("terlalu besar", "too large")));
    }
    let text = std::fs::read_to_string(path).map_err(|why| complaint(why.to_string().into()))?;
    let lines = (1..).zip(text.lines().map(str::trim));
    let said = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    said.map(|(number, line)| {
        let word = line.split_whitespace().next().unwrap_or_default();
        let day = NaiveDate::parse_from_str(&word.replace('/', "-"), "%d-%m-%Y");
        day.map_err(|_| {
            complaint(words!(
                "baris {number}, \"{word}\" bukan tanggal",
                "line {number}, \"{word}\" is no date"
            ))
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn hours_and_holidays_are_read_as_written_or_refused_in_words() {
        assert_eq!(shift("07.30-16.00").unwrap(), Some((450, 960)));
        assert_eq!(shift(" 8:00 - 24.00 ").unwrap(), Some((480, 1440)));
        assert_eq!(shift("-").unwrap(), None);
        for odd in ["16.00-07.30", "7-16", "07.61-16.00", "25.00-26.00", ""] {
            assert!(shift(odd).is_err(), "{odd}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("libur.txt");
        std::fs::write(&path, "# 2026\n17-08-2026 Hari Kemerdekaan\n\n25/12/2026\n").unwrap();
        assert_eq!(holidays(&path).unwrap().len(), 2);
        std::fs::write(&path, "17-08-2026\n2026-12-25\n").unwrap();
        assert!(holidays(&path).is_err());
        assert!(holidays(&folder.path().join("tidak-ada")).is_err());
    }
}
