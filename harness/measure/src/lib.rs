//! Measures what containers cost, so that the figures can be trusted.
//!
//! A *scenario* says what is on the clock; a *race* is a scenario with its contenders, measured in interleaved
//! *rounds*: everyone once, in random order. Each measurement is a sample of the record stream; summaries and
//! ratios are computed from records, never while measuring.

pub mod bars;
pub mod clock;
pub mod dedup;
pub mod derived;
pub mod entrants;
pub mod gate;
pub mod images;
pub mod instances;
pub mod io;
pub mod progress;
pub mod sampling;
pub mod session;
pub mod stage;
pub mod start;
pub mod statistics;
pub mod store;
pub mod summary;

/// An error with its causes, in one line, as footers hold it.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
