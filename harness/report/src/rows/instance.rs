//! What more instances of one image cost: one line per family of images, way to make them, and number.

use measure::instances::{BYTES, CACHED, FAMILY, INODES};
use measure::sampling::WALL;
use measure::summary::Series;
use serde::Serialize;

use crate::quantity::{mebibytes, milliseconds, or_none};
use crate::source::Source;
use crate::table::Row;

/// What so many instances of one image take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InstanceRow {
    /// Family of images, such as `debian`; the image is its last one.
    pub images: String,
    /// How bundles were made: `overlay` or `copy`.
    pub backend: String,
    /// How many there are.
    pub instances: u32,
    /// What unpacked layers and bundles take on disk.
    pub bytes: u64,
    /// Their inodes.
    pub inodes: Option<u64>,
    /// Page cache, in bytes, when the largest file of each was read.
    pub cached_bytes: Option<u64>,
    /// Median time to make one of them, in nanoseconds.
    pub make_ns: Option<u64>,
}

impl Row<7> for InstanceRow {
    const HEADER: [&'static str; 7] =
        ["images", "made by", "instances", "on disk [MiB]", "inodes", "page cache [MiB]", "to make one [ms]"];

    fn cells(&self) -> [String; 7] {
        [
            self.images.clone(),
            self.backend.clone(),
            self.instances.to_string(),
            mebibytes(self.bytes),
            or_none(self.inodes, |inodes| inodes.to_string()),
            or_none(self.cached_bytes, mebibytes),
            or_none(self.make_ns, milliseconds),
        ]
    }
}

/// One row for each number of instances at which the store was asked.
#[must_use]
pub fn rows(source: &Source) -> Vec<InstanceRow> {
    let places = source
        .scenarios(FAMILY)
        .into_iter()
        .flat_map(|images| source.subjects(FAMILY, images).into_iter().map(move |backend| (images, backend)));
    places.flat_map(|(images, backend)| stops(source, images, backend)).collect()
}

fn stops(source: &Source, images: &str, backend: &str) -> Vec<InstanceRow> {
    let series = |measure| source.series(FAMILY, images, backend, measure);
    let row = |instances: u32| {
        let at = |measure| series(measure)?.at(instances);
        Some(InstanceRow {
            images: images.to_owned(),
            backend: backend.to_owned(),
            instances,
            bytes: at(BYTES)?,
            inodes: at(INODES),
            cached_bytes: at(CACHED),
            make_ns: series(WALL).and_then(|times| Series::until(times, instances).median()),
        })
    };
    series(BYTES).into_iter().flat_map(Series::rounds).filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn a_row_holds_what_was_there_at_that_number() {
        let record = example::bench(example::header(record::Kind::Bench, &[]), &example::instances());
        let rows = rows(&Source::of(&record));
        let told = |row: &InstanceRow| {
            (row.backend.clone(), row.instances, row.bytes >> 20, row.cached_bytes.map(|bytes| bytes >> 20))
        };
        let told: Vec<(String, u32, u64, Option<u64>)> = rows.iter().map(told).collect();
        let expected = [
            ("copy", 1, 20, Some(4)),
            ("copy", 10, 200, Some(40)),
            ("overlay", 1, 20, Some(4)),
            ("overlay", 10, 20, Some(4)),
        ];
        assert_eq!(told, expected.map(|(way, count, disk, cache)| (way.to_owned(), count, disk, cache)));
        assert_eq!((rows[0].make_ns, rows[0].inodes), (Some(5_000_000), None));
    }
}
