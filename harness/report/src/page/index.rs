//! The page that joins verdicts and figures: one line per runtime.

use record::Record;

use super::{findings, page, scroll, section};
use crate::document::Report;
use crate::finding;
use crate::markup::{prose, text};
use crate::table::Table;

/// Name of the page's file.
pub const FILE: &str = "index.html";

const LEAD: &str =
    "One line per binary. Which clauses, and under which conditions, stand on the pages behind.";

/// The page of `records`, whose report is `report`.
#[must_use]
pub fn index(records: &[Record], report: &Report) -> String {
    let machines = records.iter().map(|record| super::machine(&record.header));
    let machines = machines.fold(Vec::new(), |mut seen, machine| {
        if !seen.contains(&machine) {
            seen.push(machine);
        }
        seen
    });
    let table = Table::of(&report.standings);
    let rows = if table.is_empty() { Vec::new() } else { vec![scroll("Runtimes", &table)] };
    let verdicts = finding::conformance(report);
    let figures = finding::performance(report);
    let content = [
        Some(prose("p", &machines.join(" ")).class("sub")),
        section("runtimes", "One line per runtime", LEAD, rows),
        (!verdicts.is_empty()).then(|| text("h2", "Who keeps to the specification")),
        (!verdicts.is_empty()).then(|| findings(&verdicts)),
        (!figures.is_empty()).then(|| text("h2", "What it costs")),
        (!figures.is_empty()).then(|| findings(&figures)),
    ];
    page(FILE, "Container runtimes, and how deep they may be loaded", content.into_iter().flatten())
}
