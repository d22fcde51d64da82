//! How runtimes keep to the specification: figures by topic, and every case that did not pass.

use std::collections::BTreeMap;

use record::{Outcome, Record, Tally, Verdict};
use serde::Serialize;

use crate::quantity::NONE;
use crate::table::{Row, Table};

/// Verdicts on one runtime about one part of the specification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopicRow {
    /// The part, such as `runtime`: the first word of a clause's id.
    pub topic: String,
    /// The runtime.
    pub runtime: String,
    /// Verdicts by kind.
    pub tally: Tally,
}

/// A case that did not pass and was not skipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailureRow {
    /// The runtime.
    pub runtime: String,
    /// Address of the case.
    pub case: String,
    /// What the clause asks, where it stands.
    pub clause: String,
    /// What was expected, or the step that was not reached.
    pub expected: String,
    /// What was seen.
    pub seen: String,
}

impl Row<5> for FailureRow {
    const HEADER: [&'static str; 5] = ["runtime", "case", "clause", "expected", "seen"];

    fn cells(&self) -> [String; 5] {
        let Self { runtime, case, clause, expected, seen } = self.clone();
        [runtime, case, clause, expected, seen]
    }
}

/// One row per topic and runtime.
#[must_use]
pub fn topics(records: &[Record]) -> Vec<TopicRow> {
    let mut tallies: BTreeMap<(String, String), Tally> = BTreeMap::new();
    for outcome in records.iter().flat_map(|record| &record.outcomes) {
        let topic = outcome.clause.split('/').next().unwrap_or_default().to_owned();
        tallies.entry((topic, outcome.subject.clone())).or_default().add(&outcome.verdict);
    }
    tallies.into_iter().map(|((topic, runtime), tally)| TopicRow { topic, runtime, tally }).collect()
}

/// One line per topic, one column per runtime: passed of judged, and what was not judged.
#[must_use]
pub fn matrix(topics: &[TopicRow]) -> Table {
    let distinct = |name: fn(&TopicRow) -> &str| {
        let mut names: Vec<&str> = topics.iter().map(name).collect();
        names.sort_unstable();
        names.dedup();
        names
    };
    let runtimes = distinct(|row| &row.runtime);
    let cell = |topic: &str, runtime: &str| {
        let found = topics.iter().find(|row| row.topic == topic && row.runtime == runtime);
        found.map_or(NONE.to_owned(), |row| fraction(row.tally))
    };
    let line = |topic: &str| {
        std::iter::once(topic.to_owned()).chain(runtimes.iter().map(|runtime| cell(topic, runtime))).collect()
    };
    let rows = distinct(|row| &row.topic).into_iter().map(line).collect();
    let header = std::iter::once("part of the specification").chain(runtimes.iter().copied());
    Table::with_columns(header.map(str::to_owned).collect(), rows)
}

/// `12 of 14`, with what could not be judged named after it.
fn fraction(tally: Tally) -> String {
    let passed = format!("{} of {}", tally.passed, tally.passed + tally.failed);
    let others = [(tally.skipped, "skipped"), (tally.unreached, "unreached"), (tally.broken, "broken")];
    let named =
        others.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    std::iter::once(passed).chain(named).collect::<Vec<String>>().join(", ")
}

/// One row per case that failed, was not reached, or is the suite's own fault.
#[must_use]
pub fn failures(records: &[Record]) -> Vec<FailureRow> {
    records.iter().flat_map(|record| &record.outcomes).filter_map(failure).collect()
}

fn failure(outcome: &Outcome) -> Option<FailureRow> {
    let (expected, seen) = match &outcome.verdict {
        Verdict::Passed | Verdict::Skipped { .. } => return None,
        Verdict::Failed { expected, actual } => (expected.clone(), actual.clone()),
        Verdict::Unreached { step, why } => {
            (format!("`{step}` to succeed before the clause is tested"), why.clone())
        }
        Verdict::Broken { error } => ("the suite to work".to_owned(), error.clone()),
    };
    Some(FailureRow {
        runtime: outcome.subject.clone(),
        case: outcome.case.clone(),
        clause: format!("{} ({})", outcome.asks, outcome.address),
        expected,
        seen,
    })
}
