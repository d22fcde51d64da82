//! Days, without a time zone.

/// The day of `unix_s` seconds since the epoch, in UTC, such as `2026-11-24`.
///
/// - **Source**: Howard Hinnant's algorithm of days from civil; years are counted from March, so that the leap day
///   comes last.
#[must_use]
pub(crate) fn day(unix_s: u64) -> String {
    let days = unix_s / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let known = [
            (0, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_795_478_400, "2026-11-24"),
        ];
        assert!(known.iter().all(|(at, shown)| day(*at) == *shown), "{:?}", known.map(|(at, _)| day(at)));
        assert_eq!(day(951_782_399), "2000-02-28");
    }
}
