//! Whether to believe the figures: controls, conditions, omissions, raw data.

use crate::document::Report;
use crate::markup::{Element, prose, text};
use crate::page::{folded, raw, scroll};
use crate::table::Table;

pub(super) const LEAD: &str = "In every scenario one subject took part twice under two names. Where the 99 % interval \
                               of its ratio to itself does not hold 1, differences of that size mean nothing there.";

pub(super) const CONDITIONS: &str = "Figures compare within these conditions only. Ratios within a round are steadier \
                                     than times: what the machine does to one subject, it does to all.";

/// The controls, and what they say in a sentence.
pub(super) fn content(report: &Report) -> Vec<Element> {
    let (total, alarms) = (report.controls.len(), report.controls.iter().filter(|row| row.alarm).count());
    if total == 0 {
        return Vec::new();
    }
    let told = match alarms {
        0 => format!("In none of {total} scenarios did a subject differ from itself."),
        _ => {
            format!("In {alarms} of {total} scenarios a subject differed from itself; read those with care.")
        }
    };
    vec![prose("p", &told), folded("The controls", &Table::of(&report.controls))]
}

/// The machine, the binaries and the settings; what was left out; where the raw data are.
pub(super) fn conditions(report: &Report, data: &[String]) -> Vec<Element> {
    let table = |title: &str, table: Table| (!table.is_empty()).then(|| (title.to_owned(), table));
    let machine = table("Machine, binaries, settings", Table::of(&report.conditions));
    let omitted = table("Left out, and why", Table::of(&report.omitted));
    let shown = [machine, omitted]
        .into_iter()
        .flatten()
        .flat_map(|(title, table)| [text("h3", &title), scroll(&title, &table).class("wrap scroll")]);
    shown.chain(raw(data)).collect()
}
