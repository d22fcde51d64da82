//! A point in time, as people and `list` write it.

use core::fmt;

use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// Seconds and nanoseconds since 1970 in UTC; displayed as in RFC 3339, such as `2026-11-24T08:30:00.123456789Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instant {
    secs: i64,
    nanos: u32,
}

impl Instant {
    /// The present.
    #[must_use]
    pub fn now() -> Self {
        let now = clock_gettime(ClockId::Realtime);
        Self { secs: now.tv_sec, nanos: u32::try_from(now.tv_nsec).unwrap_or_default() }
    }
}

/// Days of 400 years, after which the Gregorian calendar repeats itself.
const ERA_DAYS: i64 = 146_097;
/// Days from 0000-03-01, when an era of years that begin in March begins, to 1970-01-01.
const EPOCH_DAYS: i64 = 719_468;

/// Year, month and day of a day since 1970. Years are counted from March, so that the leap day comes last.
fn civil(day: i64) -> (i64, i64, i64) {
    let days = day + EPOCH_DAYS;
    let (era, day_of_era) = (days.div_euclid(ERA_DAYS), days.rem_euclid(ERA_DAYS));
    let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Five months from March on have 153 days.
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day_of_month)
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAY_SECS: i64 = 86_400;
        let (year, month, day) = civil(self.secs.div_euclid(DAY_SECS));
        let second = self.secs.rem_euclid(DAY_SECS);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:09}Z", self.nanos)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn instants_are_written_in_the_gregorian_calendar() {
        for (secs, text) in [
            (0, "1970-01-01T00:00:00.000000007Z"),
            (951_782_399, "2000-02-28T23:59:59.000000007Z"),
            (951_782_400, "2000-02-29T00:00:00.000000007Z"),
            (1_795_509_045, "2026-11-24T08:30:45.000000007Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000000007Z"),
            (-1, "1969-12-31T23:59:59.000000007Z"),
        ] {
            assert_eq!(Instant { secs, nanos: 7 }.to_string(), text);
        }
    }
}
