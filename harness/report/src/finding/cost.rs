//! What a container costs, in a sentence.

use super::{Finding, listed};
use crate::quantity::{Ratio, milliseconds, significant};
use crate::rows::cost::CostRow;

/// The figures of every runtime that was measured, the quickest first.
pub(super) fn finding(rows: &[CostRow]) -> Option<Finding> {
    let mut runtimes: Vec<&CostRow> =
        rows.iter().filter(|row| !row.is_floor() && row.run_ns.is_some()).collect();
    runtimes.sort_by_key(|row| row.run_ns);
    let costs = runtimes.iter().map(|row| with(row.run_ns?, &row.runtime));
    let headline = format!("A container costs {}.", some(costs)?);
    let rested = some(runtimes.iter().map(|row| with(row.isolated_ns?, &row.runtime)));
    let floor = rows.iter().find(|row| row.is_floor()).and_then(|row| row.run_ns);
    let reference = runtimes.iter().find(|row| row.to_reference.is_none());
    let compared = reference.and_then(|reference| {
        let times = some(runtimes.iter().map(|row| times(row.to_reference?, &row.runtime)))?;
        Some(format!("Of the time of `{}`, {times}.", reference.runtime))
    });
    let parts = [
        Some(
            "Medians of `run` on a small static program, back to back, from the call to the exit.".to_owned(),
        ),
        floor.map(|ns| format!("The same program without a container takes {} ms.", milliseconds(ns))),
        rested.map(|times| format!("After 100 ms of rest it is {times}.")),
        compared,
    ];
    let detail = parts.into_iter().flatten().collect::<Vec<String>>().join(" ");
    Some(Finding { kind: "What a container costs".to_owned(), headline, detail })
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for all that may be missing")]
fn with(ns: u64, runtime: &str) -> Option<String> {
    Some(format!("{} ms with `{runtime}`", milliseconds(ns)))
}

#[expect(clippy::unnecessary_wraps, reason = "one shape for all that may be missing")]
fn times(ratio: Ratio, runtime: &str) -> Option<String> {
    Some(format!("`{runtime}` takes {} ×", significant(ratio.value)))
}

/// The texts that are there, as a list; `None` of nothing.
fn some(texts: impl Iterator<Item = Option<String>>) -> Option<String> {
    let texts: Vec<String> = texts.flatten().collect();
    (!texts.is_empty()).then(|| listed(&texts))
}
