//! Measures what containers cost, so that the figures can be trusted.
//!
//! A *scenario* says what is on the clock; a *race* is a scenario with its contenders, measured in interleaved
//! *rounds*: everyone once, in random order. Each measurement is a sample of the record stream; summaries and
//! ratios are computed from records, never while measuring.

pub mod clock;
pub mod io;
pub mod progress;
pub mod sampling;
pub mod session;
pub mod stage;
pub mod statistics;
pub mod summary;
