//! How figures are written: three significant digits, units in the header of the column.

use measure::statistics::Estimate;
use serde::Serialize;

/// What stands where there is no figure.
pub const NONE: &str = "–";

/// A ratio with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ratio {
    /// The ratio.
    pub value: f64,
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}

impl From<Estimate> for Ratio {
    fn from(Estimate { value, low, high }: Estimate) -> Self {
        Self { value, low, high }
    }
}

/// `2.51 (2.48–2.55)`, or the dash.
#[must_use]
pub fn ratio(ratio: Option<Ratio>) -> String {
    ratio.map_or(NONE.to_owned(), |Ratio { value, low, high }| {
        format!("{} ({}–{})", significant(value), significant(low), significant(high))
    })
}

/// The text of a figure that may be missing.
#[must_use]
pub fn or_none<T>(figure: Option<T>, text: impl Fn(T) -> String) -> String {
    figure.map_or(NONE.to_owned(), text)
}

/// Nanoseconds as milliseconds.
#[must_use]
pub fn milliseconds(ns: u64) -> String {
    significant(real(ns) / 1e6)
}

/// Nanoseconds as microseconds.
#[must_use]
pub fn microseconds(ns: u64) -> String {
    significant(real(ns) / 1e3)
}

/// Bytes as MiB.
#[must_use]
pub fn mebibytes(bytes: u64) -> String {
    significant(real(bytes) / f64::from(1 << 20))
}

/// What `part` saves against `whole`, in percent; negative where it costs.
#[must_use]
pub fn saved_percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| 100.0 - 100.0 * real(part) / real(whole))
}

/// A number with three significant digits and no exponent, whole from 100 on.
#[must_use]
pub fn significant(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 99.95 => 0,
        size if size >= 9.995 => 1,
        size if size >= 0.9995 || size == 0.0 => 2,
        _ => 3,
    };
    format!("{value:.decimals$}").replace('-', "−")
}

/// A count as a number that can be divided.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "nanoseconds and bytes below 2^52: 52 days, 4 PB")]
pub fn real(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits() {
        let shown: Vec<String> =
            [0.0, 0.0123, 0.5, 1.0, 9.996, 12.34, 99.96, 1234.5, -3.5].map(significant).into();
        assert_eq!(shown, ["0.00", "0.012", "0.500", "1.00", "10.0", "12.3", "100", "1234", "−3.50"]);
    }

    #[test]
    fn units_are_converted() {
        assert_eq!(
            (milliseconds(2_510_000), microseconds(290), mebibytes(3 << 19)),
            own("2.51", "0.290", "1.50")
        );
        assert_eq!(saved_percent(46, 100), Some(54.0));
        assert_eq!(saved_percent(1, 0), None);
        assert_eq!(ratio(Some(Ratio { value: 0.5, low: 0.25, high: 1.0 })), "0.500 (0.250–1.00)");
        assert_eq!(ratio(None), NONE);
    }

    fn own(a: &str, b: &str, c: &str) -> (String, String, String) {
        (a.to_owned(), b.to_owned(), c.to_owned())
    }
}
