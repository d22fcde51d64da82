//! Keeping images: what is saved by what is shared.

use crate::document::Report;
use crate::markup::Element;
use crate::page::figure;
use crate::plot::Words;
use crate::plot::bars::{self, Group};
use crate::quantity::{mebibytes, real, significant};
use crate::rows::saving::SavingRow;
use crate::table::Table;

pub(super) const LEAD: &str = "Bytes of content that a family of images needs, by what its images share: nothing, \
                               layers, or less than that.";

/// Everything about keeping images.
pub(super) fn content(report: &Report) -> Vec<Element> {
    let rows = &report.saving;
    let mut families: Vec<&str> = rows.iter().map(|row| row.images.as_str()).collect();
    families.dedup();
    if families.is_empty() {
        return Vec::new();
    }
    let groups: Vec<Group> = families.iter().map(|images| group(images, rows)).collect();
    let told: Vec<String> =
        rows.iter().map(|row| format!("{} as {}: {}", row.images, row.level, told(row))).collect();
    let words = Words {
        id: "levels".to_owned(),
        title: "Bytes by level of sharing".to_owned(),
        description: format!("{}.", told.join("; ")),
    };
    let conditions = "Exact figures, so there is no distribution. Each family has an axis of its own.";
    vec![figure(|room| bars::plot(&words, room, &groups), &words, conditions, &Table::of(rows))]
}

fn group(images: &str, rows: &[SavingRow]) -> Group {
    let bars = rows.iter().filter(|row| row.images == images);
    Group {
        label: images.to_owned(),
        bars: bars.map(|row| (row.level.clone(), real(row.bytes), told(row))).collect(),
    }
}

fn told(row: &SavingRow) -> String {
    let size = format!("{} MiB", mebibytes(row.bytes));
    match row.saved_percent {
        Some(saved) if saved != 0.0 => format!("{size}, saves {} %", significant(saved)),
        _ => size,
    }
}
