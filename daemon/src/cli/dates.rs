//! Dates as the office writes them: Waktu Indonesia Barat, hours and minutes apart by a full stop.

use crate::clock::Timestamp;
use crate::letter::dates;
use crate::tongue::word;

/// `23-11-2026 09.30`, for a column whose heading says WIB.
pub fn short(at: Timestamp) -> String {
    at.wib().format("%d-%m-%Y %H.%M").to_string()
}

/// `23 November 2026`
pub fn day(at: Timestamp) -> String {
    dates::day(at.wib())
}

/// `23 November 2026 pukul 09.30 WIB`
pub fn moment(at: Timestamp) -> String {
    dates::moment(at.wib())
}

/// `23-11-2026 09.30`, `23/11/2026 09:30` or `23-11-2026`: day first, the office's clock.
pub fn typed(text: &str) -> Result<Timestamp, String> {
    let plain = text.trim().replace('/', "-").replace('.', ":");
    let whole = if plain.contains(':') {
        plain
    } else {
        format!("{plain} 00:00")
    };
    let read = chrono::NaiveDateTime::parse_from_str(&whole, "%d-%m-%Y %H:%M");
    let wib = read.map_err(|_| {
        word(
            "tulis tanggal dan jam WIB seperti \"23-11-2026 09.30\"",
            "write day and time in WIB, such as \"23-11-2026 09.30\"",
        )
        .to_owned()
    })?;
    Ok(Timestamp(wib.and_utc().timestamp_millis() - 7 * 3_600_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_office_clock_is_seven_hours_ahead() {
        // 2026-12-31 17:05 UTC is New Year in Batang.
        let at = Timestamp(1_798_736_700_000);
        assert_eq!(moment(at), "1 Januari 2027 pukul 00.05 WIB");
        assert_eq!(short(at), "01-01-2027 00.05");
        assert_eq!(typed("01-01-2027 00.05"), Ok(at));
        assert_eq!(typed("1/1/2027 00:05"), Ok(at));
        assert!(typed("2027-01-01").is_err() && typed("32-01-2027 10.00").is_err());
    }
}
