//! Keeping images: what is saved by what is shared.

use crate::document::Report;
use crate::markup::Element;
use crate::page::figure;
use crate::plot::Words;
use crate::plot::bars::{self, Group};
use crate::plot::panels::{self, Curve, Panel};
use crate::quantity::{mebibytes, milliseconds, or_none, real, significant};
use crate::rows::derived::DerivedRow;
use crate::rows::instance::InstanceRow;
use crate::rows::saving::SavingRow;
use crate::table::Table;

pub(super) const LEAD: &str = "Bytes of content that a family of images needs, by what its images share: nothing, \
                               layers, or less than that.";

/// The way to make bundles that the other is compared with.
const OVERLAY: &str = "overlay";

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
    let levels = figure(|room| bars::plot(&words, room, &groups), &words, conditions, &Table::of(rows));
    let more = [derived(&report.derived), instances(&report.instances)];
    std::iter::once(levels).chain(more.into_iter().flatten()).collect()
}

/// What a derived image adds, by copying and by layer.
fn derived(rows: &[DerivedRow]) -> Option<Element> {
    let told = |row: &DerivedRow| {
        let time = or_none(row.make_ns, |ns| format!("{} ms", milliseconds(ns)));
        format!("{} MiB, {time}", mebibytes(row.bytes))
    };
    let group = |rows: &[DerivedRow]| Group {
        label: rows.first().map_or_else(String::new, |row| row.images.clone()),
        bars: rows.iter().map(|row| (row.way.clone(), real(row.bytes), told(row))).collect(),
    };
    let groups: Vec<Group> = rows.chunk_by(|a, b| a.images == b.images).map(group).collect();
    let sentences: Vec<String> =
        rows.iter().map(|row| format!("{} {}: {}", row.images, row.way, told(row))).collect();
    let words = Words {
        id: "derived".to_owned(),
        title: "Bytes that a derived image adds".to_owned(),
        description: format!("{}.", sentences.join("; ")),
    };
    let conditions = "The last image of a family, from its layout to a bundle that is ready, blobs included. By layer: \
                      the store holds its base, unpacked. By copying: the store is empty. Times are medians.";
    let plot = |room| bars::plot(&words, room, &groups);
    (!groups.is_empty()).then(|| figure(plot, &words, conditions, &Table::of(rows)))
}

/// Bytes on disk against the number of instances, as times one instance on an overlay.
fn instances(rows: &[InstanceRow]) -> Option<Element> {
    let one = |images: &str| rows.iter().find(|row| row.images == images && row.backend == OVERLAY);
    let mut stops: Vec<u32> = rows.iter().map(|row| row.instances).collect();
    stops.sort_unstable();
    stops.dedup();
    let curves = |group: &[InstanceRow]| {
        let unit = one(&group.first()?.images).map(|row| real(row.bytes)).filter(|unit| *unit > 0.0)?;
        let curves = group.chunk_by(|a, b| a.backend == b.backend).map(|rows| curve(rows, &stops, unit));
        Some(Panel { label: group.first()?.images.clone(), curves: curves.collect() })
    };
    let panels: Vec<Panel> = rows.chunk_by(|a, b| a.images == b.images).filter_map(curves).collect();
    let names: Vec<String> = stops.iter().map(u32::to_string).collect();
    let words = Words {
        id: "instances".to_owned(),
        title: "Disk against the number of instances".to_owned(),
        description: "For each family of images two curves, overlay and copy: bytes on disk over instances."
            .to_owned(),
    };
    let conditions = "Unpacked layers and bundles of the last image of a family, as times one instance on an overlay, \
                      over the number of instances. What was made is counted, not computed. Page cache: after the largest \
                      file, of those up to 16 MiB, was read in every instance.";
    let plot = |room| panels::plot(&words, room, &names, &panels);
    (!panels.is_empty()).then(|| figure(plot, &words, conditions, &Table::of(rows)))
}

fn curve(rows: &[InstanceRow], stops: &[u32], unit: f64) -> Curve {
    let place = |row: &InstanceRow| {
        let times = real(row.bytes) / unit;
        Some((stops.iter().position(|stop| *stop == row.instances)?, [times; 3]))
    };
    let label = rows.first().map_or_else(String::new, |row| row.backend.clone());
    let hue = if label == OVERLAY { "hue-0" } else { "hue-1" }.to_owned();
    Curve { hue, label, points: rows.iter().filter_map(place).collect() }
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
