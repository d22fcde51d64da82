//! What was not tested, by what was in the way.

use std::collections::BTreeMap;

use record::setting::CASES;
use record::{Outcome, Record, Verdict};
use serde::Serialize;

use crate::source::titled;
use crate::table::Row;

/// Cases of one runtime that one thing was in the way of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UntestedRow {
    /// Name and version of the runtime.
    pub runtime: String,
    /// What was in the way, such as `needs cgroup-v2:io`.
    pub obstacle: String,
    /// Why, and what would help.
    pub why: String,
    /// Addresses of the cases; empty where they were not even begun.
    pub cases: Vec<String>,
    /// How many there are.
    pub count: u64,
}

impl Row<5> for UntestedRow {
    const HEADER: [&'static str; 5] = ["runtime", "cases", "in the way", "why", "which"];

    fn cells(&self) -> [String; 5] {
        let which = self.cases.iter().map(|case| format!("`{case}`")).collect::<Vec<String>>().join(", ");
        [self.runtime.clone(), self.count.to_string(), self.obstacle.clone(), self.why.clone(), which]
    }
}

/// One row per runtime and obstacle.
#[must_use]
pub fn rows(records: &[Record]) -> Vec<UntestedRow> {
    records.iter().flat_map(|record| obstacles(record).into_iter().chain(not_begun(record))).collect()
}

fn obstacles(record: &Record) -> Vec<UntestedRow> {
    let mut found: BTreeMap<(String, String, String), Vec<String>> = BTreeMap::new();
    for outcome in &record.outcomes {
        if let Some((obstacle, why)) = obstacle(outcome) {
            let key = (titled(&record.header, &outcome.subject), obstacle, why);
            found.entry(key).or_default().push(outcome.case.clone());
        }
    }
    let row = |((runtime, obstacle, why), cases): (_, Vec<String>)| {
        let count = cases.len() as u64;
        UntestedRow { runtime, obstacle, why, cases, count }
    };
    found.into_iter().map(row).collect()
}

fn obstacle(outcome: &Outcome) -> Option<(String, String)> {
    match &outcome.verdict {
        Verdict::Passed | Verdict::Failed { .. } => None,
        Verdict::Unreached { step, why } => Some((format!("`{step}` failed"), why.clone())),
        Verdict::Skipped { need, why } => Some((format!("needs `{need}`"), why.clone())),
        Verdict::Broken { error } => Some(("the suite is broken".to_owned(), error.clone())),
    }
}

/// What a selection of cases left out; a run of part of the suite must not look like a run of all of it.
fn not_begun(record: &Record) -> Option<UntestedRow> {
    let all: u64 = record.header.settings.get(CASES)?.parse().ok()?;
    let count = all.checked_sub(record.outcomes.len() as u64).filter(|count| *count > 0)?;
    let names = record.header.subjects.iter().map(|subject| titled(&record.header, &subject.name));
    Some(UntestedRow {
        runtime: names.collect::<Vec<String>>().join(", "),
        obstacle: "not run".to_owned(),
        why: "the run was of a selection of cases".to_owned(),
        cases: Vec::new(),
        count,
    })
}
