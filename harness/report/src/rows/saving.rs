//! What layers save: one line per family of images and level of sharing.

use std::cmp::Reverse;

use serde::Serialize;

use crate::quantity::{mebibytes, or_none, saved_percent, significant};
use crate::source::Source;
use crate::table::Row;

/// Name of the family of samples.
pub const FAMILY: &str = "dedup";

/// The level that every other is compared with: each image a directory of its own.
pub const RAW: &str = "raw";

/// The level at which image stores share today.
pub const LAYERS: &str = "layers";

/// What one level of sharing saves on one family of images.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SavingRow {
    /// Family of images, such as `debian`.
    pub images: String,
    /// Level of sharing, such as `layers`.
    pub level: String,
    /// Bytes of content that have to be kept.
    pub bytes: u64,
    /// What that saves against raw bundles, in percent.
    pub saved_percent: Option<f64>,
    /// Files and directories that have to be kept, where the store counts them.
    pub inodes: Option<u64>,
}

impl Row<5> for SavingRow {
    const HEADER: [&'static str; 5] = ["images", "kept as", "size [MiB]", "saved [%]", "inodes"];

    fn cells(&self) -> [String; 5] {
        [
            self.images.clone(),
            self.level.clone(),
            mebibytes(self.bytes),
            or_none(self.saved_percent, significant),
            or_none(self.inodes, |inodes| inodes.to_string()),
        ]
    }
}

/// Whether a family can tell anything: one of a single image has nothing to share.
#[must_use]
pub fn can_share(rows: &[SavingRow], images: &str) -> bool {
    rows.iter().any(|row| row.images == images && row.saved_percent.is_some_and(|saved| saved != 0.0))
}

/// One row per family and level.
#[must_use]
pub fn rows(source: &Source) -> Vec<SavingRow> {
    let scenarios = source.scenarios(FAMILY).into_iter();
    scenarios.flat_map(|images| levels(source, images)).collect()
}

fn levels(source: &Source, images: &str) -> Vec<SavingRow> {
    let last = |level: &str, measure| source.series(FAMILY, images, level, measure)?.last();
    let raw = last(RAW, "apparent");
    let row = |level: &str| {
        let bytes = last(level, "apparent")?;
        Some(SavingRow {
            images: images.to_owned(),
            level: level.to_owned(),
            bytes,
            saved_percent: raw.and_then(|raw| saved_percent(bytes, raw)),
            inodes: last(level, "inodes"),
        })
    };
    let mut levels = source.subjects(FAMILY, images);
    levels.sort_by_key(|level| (Reverse(last(level, "apparent")), *level != RAW));
    levels.into_iter().filter_map(row).collect()
}
