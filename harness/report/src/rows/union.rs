//! What a union mount costs: one line per operation.

use measure::io::{DEPTHS, FAMILY, PLAIN, operation::OPERATIONS, overlay_name};
use measure::sampling::WALL;
use serde::Serialize;

use crate::quantity::{Ratio, microseconds, or_none, ratio};
use crate::source::Source;
use crate::table::Row;

/// What one operation costs on overlays, beside a plain directory.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UnionRow {
    /// The operation, such as `walk-cold`.
    pub operation: String,
    /// What the time is of, such as `file`.
    pub per: String,
    /// Rounds behind the figures.
    pub samples: u32,
    /// Median on a plain directory, in nanoseconds.
    pub plain_ns: Option<u64>,
    /// How many times that it takes on an overlay of 1, 4 and 16 lower layers.
    pub overlay: [Option<Ratio>; DEPTHS.len()],
}

impl Row<7> for UnionRow {
    const HEADER: [&'static str; 7] =
        ["operation", "per", "n", "plain [µs]", "1 layer ×", "4 layers ×", "16 layers ×"];

    fn cells(&self) -> [String; 7] {
        let [one, four, sixteen] = self.overlay.map(ratio);
        let plain = or_none(self.plain_ns, microseconds);
        [self.operation.clone(), self.per.clone(), self.samples.to_string(), plain, one, four, sixteen]
    }
}

impl UnionRow {
    /// The largest number of lower layers that is measured.
    pub const DEEPEST: usize = DEPTHS[DEPTHS.len() - 1];

    /// The ratio on the largest number of lower layers, where it was measured.
    #[must_use]
    pub fn deepest(&self) -> Option<Ratio> {
        self.overlay.last().copied().flatten()
    }

    /// The same as a number to sort by; 0 where it was not measured.
    #[must_use]
    pub fn deepest_value(&self) -> f64 {
        self.deepest().map_or(0.0, |ratio| ratio.value)
    }
}

/// One row per operation that was measured.
#[must_use]
pub fn rows(source: &Source) -> Vec<UnionRow> {
    source.scenarios(FAMILY).into_iter().map(|operation| row(source, operation)).collect()
}

fn row(source: &Source, operation: &str) -> UnionRow {
    let plain = source.series(FAMILY, operation, PLAIN, WALL);
    let known = OPERATIONS.iter().find(|known| known.name == operation);
    let beside = |depth| source.beside((FAMILY, operation), (&overlay_name(depth), PLAIN), WALL);
    UnionRow {
        operation: operation.to_owned(),
        per: known.map_or("", |known| known.per).to_owned(),
        samples: plain.map_or(0, |plain| u32::try_from(plain.values().len()).unwrap_or(u32::MAX)),
        plain_ns: plain.and_then(measure::summary::Series::median),
        overlay: DEPTHS.map(|depth| beside(depth).map(|found| found.ratio.into())),
    }
}
