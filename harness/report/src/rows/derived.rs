//! What a derived image costs: one line per family of images and way to have it.

use measure::derived::{BLOBS, BYTES, COPYING, FAMILY, INODES, LAYER};
use measure::sampling::WALL;
use serde::Serialize;

use crate::quantity::{mebibytes, milliseconds, or_none, saved_percent, significant};
use crate::source::Source;
use crate::table::Row;

/// What one more image adds, until a bundle of it is ready.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DerivedRow {
    /// Family of images, such as `debian`; the image is its last one.
    pub images: String,
    /// `by layer`, where its base is there, or `by copying`.
    pub way: String,
    /// How often it was made.
    pub samples: usize,
    /// Median time from the layout to the bundle, in nanoseconds.
    pub make_ns: Option<u64>,
    /// Bytes on disk that were added.
    pub bytes: u64,
    /// Those of them that are blobs.
    pub blob_bytes: Option<u64>,
    /// Inodes that were added.
    pub inodes: Option<u64>,
    /// What that saves of the bytes by copying, in percent.
    pub saved_percent: Option<f64>,
}

impl Row<8> for DerivedRow {
    const HEADER: [&'static str; 8] =
        ["images", "made", "n", "to make [ms]", "added [MiB]", "in blobs [MiB]", "inodes", "saved [%]"];

    fn cells(&self) -> [String; 8] {
        [
            self.images.clone(),
            self.way.clone(),
            self.samples.to_string(),
            or_none(self.make_ns, milliseconds),
            mebibytes(self.bytes),
            or_none(self.blob_bytes, mebibytes),
            or_none(self.inodes, |inodes| inodes.to_string()),
            or_none(self.saved_percent, significant),
        ]
    }
}

/// Two rows for each family: by copying, which is the whole, and by layer.
#[must_use]
pub fn rows(source: &Source) -> Vec<DerivedRow> {
    let scenarios = source.scenarios(FAMILY).into_iter();
    let ways = [(COPYING, "by copying"), (LAYER, "by layer")];
    scenarios.flat_map(|images| ways.into_iter().filter_map(|way| row(source, images, way))).collect()
}

fn row(source: &Source, images: &str, (subject, way): (&str, &str)) -> Option<DerivedRow> {
    let median = |subject, measure| source.series(FAMILY, images, subject, measure)?.median();
    let bytes = median(subject, BYTES)?;
    Some(DerivedRow {
        images: images.to_owned(),
        way: way.to_owned(),
        samples: source.series(FAMILY, images, subject, BYTES)?.values().len(),
        make_ns: median(subject, WALL),
        bytes,
        blob_bytes: median(subject, BLOBS),
        inodes: median(subject, INODES),
        saved_percent: median(COPYING, BYTES).and_then(|whole| saved_percent(bytes, whole)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn a_layer_is_told_beside_the_copy_that_it_spares() {
        let record = example::bench(example::header(record::Kind::Bench, &[]), &example::derived());
        let rows = rows(&Source::of(&record));
        let cells: Vec<[String; 8]> = rows.iter().map(Row::cells).collect();
        assert_eq!(
            cells,
            [
                ["synthetic", "by copying", "3", "900", "40.0", "10.0", "3000", "0.00"],
                ["synthetic", "by layer", "3", "300", "10.0", "2.00", "1000", "75.0"],
            ]
        );
    }

    #[test]
    fn one_way_alone_saves_nothing_that_could_be_told() {
        let mut samples = example::derived();
        samples.retain(|sample| sample.subject == LAYER);
        let record = example::bench(example::header(record::Kind::Bench, &[]), &samples);
        let rows = rows(&Source::of(&record));
        assert_eq!((rows.len(), rows[0].saved_percent), (1, None));
    }
}
