//! The bars of the reference runtime, in Markdown.

use record::Record;

use super::{data, joined, section};
use crate::markdown::inline;
use crate::rows::bar;
use crate::rows::condition;
use crate::table::Table;

/// The page's file.
pub const BARS: &str = "coracle.md";

/// Each bar with what was measured, the conformance of the same binary, the conditions; `None` where no record is about
/// bars. The last such record counts.
#[must_use]
pub fn bars(records: &[Record], addresses: &[String]) -> Option<String> {
    let record = records.iter().rfind(|record| !bar::rows(record).is_empty())?;
    let hash = bar::short_hash(record);
    let conformance = match bar::conformance(record, records) {
        Some(figures) => format!("The same binary (SHA-256 {hash}…) in the conformance suite: {figures}."),
        None => format!("No conformance record here is about the same binary (SHA-256 {hash}…)."),
    };
    let own = std::slice::from_ref(record);
    Some(joined([
        "# What coracle has to reach\n".to_owned(),
        format!("{}\n", inline(&conformance)),
        section("Bars", NOTE, &Table::of(&bar::rows(record))),
        section("Conditions", "", &Table::of(&condition::conditions(own))),
        section("Left out", "", &Table::of(&condition::omitted(own))),
        data(addresses),
    ]))
}

/// How to read the table.
const NOTE: &str = "Ratios are medians over pairs of one round, with a 95 % interval; a bar is held where the whole \
                    interval is within it. The floor does the kernel's work for the same bundle in one program \
                    without JSON or checks.";
