//! How one runtime stands, by how binding the clauses are.

use record::{Level, Record};
use serde::Serialize;

use crate::source::titled;
use crate::standing::Standing;
use crate::table::Row;

/// Figures of one runtime at one level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LevelRow {
    /// Name and version of the runtime.
    pub runtime: String,
    /// How binding the clauses are.
    pub level: Level,
    /// Cases whose clause was kept.
    pub passed: u32,
    /// Cases whose clause was broken, known deviations aside.
    pub failed: u32,
    /// Cases whose clause was broken, as was written down.
    pub known: u32,
    /// Those of the known ones where the specification contradicts itself or the host is to blame.
    pub excused: u32,
    /// Cases that did not get as far as their clause, or lack something here.
    pub untested: u32,
}

impl Row<6> for LevelRow {
    const HEADER: [&'static str; 6] =
        ["runtime", "level", "kept", "broken", "known deviations", "not tested"];

    fn cells(&self) -> [String; 6] {
        let counts = [self.passed, self.failed, self.known, self.untested].map(|count| count.to_string());
        let [passed, failed, known, untested] = counts;
        [self.runtime.clone(), word(self.level).to_owned(), passed, failed, known, untested]
    }
}

impl LevelRow {
    /// Cases at this level.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.passed + self.failed + self.known + self.untested
    }

    /// Cases that show the runtime to leave the specification.
    #[must_use]
    pub fn violations(&self) -> u32 {
        self.failed + self.known - self.excused
    }

    fn add(&mut self, standing: Standing, excused: bool) {
        match standing {
            Standing::Passed | Standing::Stale => self.passed += 1,
            Standing::Failed => self.failed += 1,
            Standing::Known => self.known += 1,
            Standing::Unreached | Standing::Skipped | Standing::Broken => self.untested += 1,
        }
        self.excused += u32::from(standing == Standing::Known && excused);
    }
}

/// The keyword of a level.
#[must_use]
pub fn word(level: Level) -> &'static str {
    match level {
        Level::Must => "MUST",
        Level::Should => "SHOULD",
        Level::May => "MAY",
    }
}

/// Kinds of known deviations that say nothing against the runtime.
const EXCUSES: [&str; 2] = ["ambiguous", "host"];

/// One row per runtime and level.
#[must_use]
pub fn rows(records: &[Record]) -> Vec<LevelRow> {
    let mut rows: Vec<LevelRow> = Vec::new();
    for record in records {
        for outcome in &record.outcomes {
            let (runtime, level) = (titled(&record.header, &outcome.subject), outcome.level);
            let found = rows.iter().position(|row| row.runtime == runtime && row.level == level);
            let at = found.unwrap_or_else(|| {
                rows.push(LevelRow {
                    runtime,
                    level,
                    passed: 0,
                    failed: 0,
                    known: 0,
                    excused: 0,
                    untested: 0,
                });
                rows.len() - 1
            });
            let excused = outcome.known.as_ref().is_some_and(|known| EXCUSES.contains(&known.kind.as_str()));
            rows[at].add(Standing::of(outcome), excused);
        }
    }
    rows.sort_by_key(|row| (row.level, records_order(records, &row.runtime)));
    rows
}

/// The place of a runtime in the order in which records were given.
fn records_order(records: &[Record], runtime: &str) -> Option<usize> {
    let subjects = records.iter().flat_map(|record| record.header.subjects.iter().map(move |s| (record, s)));
    subjects.map(|(record, subject)| titled(&record.header, &subject.name)).position(|title| title == runtime)
}
