//! What is to be told first: sentences with their figures, made from the rows of the report.

mod cost;
mod saving;
mod union;
mod verdict;

use serde::Serialize;

use crate::document::Report;

/// One thing that the records show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about, in a few words.
    pub kind: String,
    /// The answer in one sentence; names stand between backticks.
    pub headline: String,
    /// What the figures are of, and those next to them.
    pub detail: String,
}

/// What a container, a union mount and layers come to; what was not measured is not told.
#[must_use]
pub fn performance(report: &Report) -> Vec<Finding> {
    let found = [cost::finding(&report.cost), union::finding(&report.union), saving::finding(&report.saving)];
    found.into_iter().flatten().collect()
}

/// Whether each runtime keeps to the specification.
#[must_use]
pub fn conformance(report: &Report) -> Vec<Finding> {
    verdict::findings(report)
}

/// `a, b and c`.
pub(crate) fn listed(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
