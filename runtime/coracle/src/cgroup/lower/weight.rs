//! Weights of version 1 in the scale of version 2.

/// The version 2 weight, 1 to 10000, for version 1 shares, 2 to 262144.
///
/// The curve meets both ends of both scales and maps the one default, 1024, to the other, 100:
/// `10^((l² + 125 l) / 612 - 7 / 34)` with `l = log2(shares)`, rounded up. A straight line between the ends would give
/// a container with default shares less than half the default weight (kubernetes/kubernetes#131216).
#[must_use]
pub(super) fn of_shares(shares: u64) -> u64 {
    const FEWEST: u64 = 2;
    const MOST: u64 = 262_144;
    if shares <= FEWEST {
        return 1;
    }
    if shares >= MOST {
        return 10_000;
    }
    let log = log2(shares);
    let exponent = (((log * log) >> FRACTION_BITS) + 125 * log) / 612 - 7 * ONE / 34;
    round_up(power_of_ten(exponent))
}

/// The version 2 weight of a block device, 1 to 10000, for a version 1 weight, 10 to 1000: a straight line.
#[must_use]
pub(super) fn of_block_weight(weight: u16) -> u64 {
    1 + (u64::from(weight).saturating_sub(10)) * 9999 / 990
}

// Fixed point: core has no logarithm, and no libm is linked.
const FRACTION_BITS: u32 = 52;
const ONE: u128 = 1 << FRACTION_BITS;
/// log2(10) in fixed point.
const LOG2_OF_TEN: u128 = 14_960_634_130_286_306;

/// log2 of a number, bit by bit: squaring doubles the logarithm, so each overflow past 2 is its next bit.
fn log2(number: u64) -> u128 {
    let whole = number.ilog2();
    let mut mantissa = (u128::from(number) << FRACTION_BITS) >> whole;
    let mut log = u128::from(whole) << FRACTION_BITS;
    for bit in (0..FRACTION_BITS).rev() {
        mantissa = (mantissa * mantissa) >> FRACTION_BITS;
        if mantissa >= 2 * ONE {
            mantissa >>= 1;
            log |= 1 << bit;
        }
    }
    log
}

/// 10 to a power: the whole part shifts, each bit of the fraction multiplies by its root of 2.
fn power_of_ten(exponent: u128) -> u128 {
    let exponent = (exponent * LOG2_OF_TEN) >> FRACTION_BITS;
    let mut power = ONE << (exponent >> FRACTION_BITS);
    let mut root = 2 * ONE;
    for bit in (0..FRACTION_BITS).rev() {
        root = (root << FRACTION_BITS).isqrt();
        if exponent & (1 << bit) != 0 {
            power = (power * root) >> FRACTION_BITS;
        }
    }
    power
}

/// The next whole number, unless rounding errors alone are what is above one.
fn round_up(number: u128) -> u64 {
    const ERROR: u128 = ONE >> 24;
    u64::try_from((number + ONE - ERROR) >> FRACTION_BITS).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;

    #[test]
    fn ends_and_defaults_of_both_scales_meet() {
        assert_eq!([0, 1, 2, 1024, 262_144, u64::MAX].map(of_shares), [1, 1, 1, 100, 10_000, 10_000]);
        assert_eq!([0, 10, 500, 1000].map(of_block_weight), [1, 1, 4950, 10_000]);
    }

    #[test]
    fn fixed_point_agrees_with_floating_point_for_all_shares() {
        for shares in 3..262_144_u32 {
            let log = f64::from(shares).log2();
            let exact = 10_f64.powf((log * log + 125.0 * log) / 612.0 - 7.0 / 34.0);
            let found = f64::from(u32::try_from(of_shares(u64::from(shares))).unwrap());
            assert!(
                found >= exact - 1e-7 && found < exact + 1.0 + 1e-7,
                "{shares}: {found}, exactly {exact}"
            );
        }
    }
}
