//! How often, and with which random numbers.

use std::env;

/// The rounds that `$ROUNDS` asks for, else `usual`.
pub(super) fn rounds(usual: usize) -> usize {
    env::var("ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Random numbers that `$SEED` makes the same again, else the same in every run.
pub(super) fn random() -> fastrand::Rng {
    let seed = env::var("SEED").ok().and_then(|text| text.parse().ok());
    fastrand::Rng::with_seed(seed.unwrap_or(0x10ad_11e5))
}
