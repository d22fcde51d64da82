//! One runtime in one line: whether it keeps to the specification, and what it costs.

use record::{Level, Record};
use serde::Serialize;

use crate::quantity::{NONE, Ratio, mebibytes, milliseconds, or_none, ratio};
use crate::rows::cost::CostRow;
use crate::rows::level::LevelRow;
use crate::source::{is_judged, titled};
use crate::table::Row;

/// What all records together say about one runtime.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StandingRow {
    /// Name and version.
    pub runtime: String,
    /// First digits of the binary's SHA-256.
    pub sha256: String,
    /// Size of the binary, in bytes.
    pub size_bytes: u64,
    /// Figures at the level MUST, where it was checked.
    pub must: Option<LevelRow>,
    /// Figures at the level SHOULD, where it was checked.
    pub should: Option<LevelRow>,
    /// Median of `run` back to back, in nanoseconds.
    pub run_ns: Option<u64>,
    /// Median of `run` after rest, in nanoseconds.
    pub isolated_ns: Option<u64>,
    /// `run` beside the reference runtime's.
    pub to_reference: Option<Ratio>,
}

impl Row<8> for StandingRow {
    const HEADER: [&'static str; 8] = [
        "runtime",
        "MUST kept",
        "SHOULD kept",
        "not tested",
        "run [ms]",
        "run after rest [ms]",
        "× reference",
        "binary [MiB]",
    ];

    fn cells(&self) -> [String; 8] {
        let kept = |row: &Option<LevelRow>| {
            or_none(row.as_ref(), |row| format!("{} of {}", row.passed, row.total() - row.untested))
        };
        let levels = [&self.must, &self.should];
        let untested =
            levels.iter().filter_map(|row| row.as_ref()).map(|row| row.untested).reduce(|a, b| a + b);
        [
            self.runtime.clone(),
            kept(&self.must),
            kept(&self.should),
            untested.map_or(NONE.to_owned(), |count| count.to_string()),
            or_none(self.run_ns, milliseconds),
            or_none(self.isolated_ns, milliseconds),
            ratio(self.to_reference),
            mebibytes(self.size_bytes),
        ]
    }
}

/// One row per binary that any record is about; the same name and version is one runtime.
#[must_use]
pub fn rows(records: &[Record], levels: &[LevelRow], costs: &[CostRow]) -> Vec<StandingRow> {
    let mut rows: Vec<StandingRow> = Vec::new();
    let headers = records.iter().map(|record| &record.header);
    let subjects = headers.flat_map(|header| header.subjects.iter().map(move |subject| (header, subject)));
    for (header, subject) in
        subjects.filter(|(_, subject)| !subject.path.is_empty() && is_judged(&subject.name))
    {
        let runtime = titled(header, &subject.name);
        let level = |level| levels.iter().find(|row| row.runtime == runtime && row.level == level).cloned();
        let cost = costs.iter().find(|row| row.runtime == runtime);
        if rows.iter().all(|row| row.runtime != runtime) {
            rows.push(StandingRow {
                sha256: subject.sha256.get(..12).unwrap_or_default().to_owned(),
                size_bytes: subject.size_bytes,
                must: level(Level::Must),
                should: level(Level::Should),
                run_ns: cost.and_then(|row| row.run_ns),
                isolated_ns: cost.and_then(|row| row.isolated_ns),
                to_reference: cost.and_then(|row| row.to_reference),
                runtime,
            });
        }
    }
    rows
}
