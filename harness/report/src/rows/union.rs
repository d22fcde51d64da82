//! What a union mount costs: one line per operation.

use measure::io::{FAMILY, PLAIN, operation::OPERATIONS};
use measure::sampling::WALL;
use serde::Serialize;

use crate::quantity::{NONE, Ratio, microseconds, or_none, ratio};
use crate::source::{Source, is_judged};
use crate::table::Table;

/// How the names of overlays begin that differ in nothing but their number of lower layers.
const OVERLAY: &str = "overlay-";

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
    /// How many times that it takes on overlays, by their number of lower layers, the fewest first.
    pub overlay: Vec<(u32, Ratio)>,
    /// The same for every other tree that was measured, by name, such as `bind`.
    pub others: Vec<(String, Ratio)>,
}

impl UnionRow {
    /// The ratio on so many lower layers, where it was measured.
    #[must_use]
    pub fn at(&self, depth: u32) -> Option<Ratio> {
        self.overlay.iter().find(|(known, _)| *known == depth).map(|(_, ratio)| *ratio)
    }

    /// Whether it was measured on one more file system, whose name ends that of the operation.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.operation.contains('/')
    }

    /// The largest number of lower layers, with its ratio.
    #[must_use]
    pub fn deepest(&self) -> Option<(u32, Ratio)> {
        self.overlay.last().copied()
    }

    /// Its ratio as a number to sort by; 0 where none was measured.
    #[must_use]
    pub fn deepest_value(&self) -> f64 {
        self.deepest().map_or(0.0, |(_, ratio)| ratio.value)
    }
}

/// One row per operation that was measured.
#[must_use]
pub fn rows(source: &Source) -> Vec<UnionRow> {
    // Those with a slash are of other file systems: they stand in the table of everything.
    let here = source.scenarios(FAMILY).into_iter().filter(|operation| !operation.contains('/'));
    here.map(|operation| row(source, operation)).collect()
}

/// Every number of lower layers that some row knows, the fewest first.
#[must_use]
pub fn depths<'a>(rows: impl IntoIterator<Item = &'a UnionRow>) -> Vec<u32> {
    let known = rows.into_iter().flat_map(|row| &row.overlay).map(|(depth, _)| *depth);
    let mut depths: Vec<u32> = known.collect();
    depths.sort_unstable();
    depths.dedup();
    depths
}

/// `1 layer`, `4 layers`.
#[must_use]
pub fn layers(depth: u32) -> String {
    if depth == 1 { "1 layer".to_owned() } else { format!("{depth} layers") }
}

/// One line per operation, one column per tree that any of them was measured on.
#[must_use]
pub fn table(rows: &[UnionRow]) -> Table {
    let depths = depths(rows);
    let mut others: Vec<&str> = Vec::new();
    for (name, _) in rows.iter().flat_map(|row| &row.others) {
        if !others.contains(&name.as_str()) {
            others.push(name);
        }
    }
    let line = |row: &UnionRow| {
        let plain = or_none(row.plain_ns, microseconds);
        let first = [row.operation.clone(), row.per.clone(), row.samples.to_string(), plain];
        let overlays = depths.iter().map(|depth| ratio(row.at(*depth)));
        let found = |name: &&str| row.others.iter().find(|(known, _)| known == name).map(|(_, ratio)| *ratio);
        let others = others.iter().map(|name| found(name).map_or(NONE.to_owned(), |one| ratio(Some(one))));
        first.into_iter().chain(overlays).chain(others).collect()
    };
    let first = ["operation", "per", "n", "plain [µs]"].map(str::to_owned);
    let columns = depths.iter().map(|depth| format!("{} ×", layers(*depth)));
    let header = first.into_iter().chain(columns).chain(others.iter().map(|name| format!("{name} ×")));
    Table::with_columns(header.collect(), rows.iter().map(line).collect())
}

fn row(source: &Source, operation: &str) -> UnionRow {
    let plain = source.series(FAMILY, operation, PLAIN, WALL);
    let bare = operation.split('/').next();
    let known = OPERATIONS.iter().find(|known| Some(known.name) == bare);
    let trees =
        source.subjects(FAMILY, operation).into_iter().filter(|name| is_judged(name) && *name != PLAIN);
    let (mut overlay, mut others) = (Vec::new(), Vec::new());
    for tree in trees {
        let Some(found) = source.beside((FAMILY, operation), (tree, PLAIN), WALL) else { continue };
        match tree.strip_prefix(OVERLAY).and_then(|depth| depth.parse().ok()) {
            Some(depth) => overlay.push((depth, Ratio::from(found.ratio))),
            None => others.push((tree.to_owned(), Ratio::from(found.ratio))),
        }
    }
    overlay.sort_by_key(|(depth, _)| *depth);
    UnionRow {
        operation: operation.to_owned(),
        per: known.map_or("", |known| known.per).to_owned(),
        samples: plain.map_or(0, |plain| u32::try_from(plain.values().len()).unwrap_or(u32::MAX)),
        plain_ns: plain.and_then(measure::summary::Series::median),
        overlay,
        others,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn a_tree_is_a_number_of_layers_or_a_column_of_its_own() {
        let trees = [(PLAIN, 100.0), ("overlay-16", 400.0), ("overlay-1", 200.0), ("bind", 100.0)];
        let header = example::header(record::Kind::Bench, &[]);
        let record = example::bench(header, &example::series((FAMILY, "create"), 30, &trees));
        let rows = rows(&Source::of(&record));
        let depths = depths(&rows);
        assert_eq!((rows.len(), depths), (1, vec![1, 16]));
        assert!(rows[0].at(1).unwrap().value > 1.5 && rows[0].at(4).is_none());
        assert!(rows[0].deepest().unwrap().1.value > 3.0);
        assert!((rows[0].others[0].1.value - 1.0).abs() < 0.2, "{:?}", rows[0].others);
        let told = table(&rows).terminal();
        assert!(told.contains("16 layers ×") && told.contains("bind ×"), "{told}");
    }
}
