//! Amounts with units.

/// A number of bytes, perhaps with a unit: powers of 1024, in either case, with or without `b` or `ib`.
pub(super) fn bytes(value: &str) -> Option<i64> {
    let lower = value.to_ascii_lowercase();
    let digits = lower.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match &lower[digits.len()..] {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        "t" | "tb" | "tib" => 40,
        _ => return None,
    };
    let number: i64 = digits.parse().ok().filter(|number| *number >= -1)?;
    if number < 0 && unit != 0 { None } else { number.checked_mul(1 << unit) }
}

/// A duration of a whole number and a unit, more than nothing.
pub(super) fn duration_ns(value: &str) -> Option<u64> {
    let digits = value.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit_ns: u64 = match &value[digits.len()..] {
        "ns" => 1,
        "us" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let number: u64 = digits.parse().ok()?;
    number.checked_mul(unit_ns).filter(|duration| *duration > 0)
}
