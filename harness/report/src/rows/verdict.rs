//! How runtimes keep to the specification: figures by topic, and every case that did not pass.

use std::collections::BTreeMap;

use record::setting::SPEC;
use record::{Header, Level, Outcome, Record, Tally};
use serde::Serialize;

use crate::quantity::NONE;
use crate::source::titled;
use crate::standing::{Standing, evidence};
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

/// A case that makes its run fail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FailureRow {
    /// Name and version of the runtime.
    pub runtime: String,
    /// Address of the case.
    pub case: String,
    /// How binding its clause is.
    pub level: Level,
    /// What the clause asks.
    pub asks: String,
    /// Where it stands.
    pub address: String,
    /// The same as a link into the version of the specification that judged.
    pub link: String,
    /// Why it is told.
    pub standing: Standing,
    /// What was expected, or the step that was not reached.
    pub expected: String,
    /// What was seen.
    pub seen: String,
    /// Command line that repeats the case.
    pub repeat: String,
}

impl Row<5> for FailureRow {
    const HEADER: [&'static str; 5] = ["runtime", "case", "clause", "expected", "seen"];

    fn cells(&self) -> [String; 5] {
        let clause = format!("{} ({})", self.asks, self.address);
        [self.runtime.clone(), self.case.clone(), clause, self.expected.clone(), self.seen.clone()]
    }
}

/// One row per topic and runtime.
#[must_use]
pub fn topics(records: &[Record]) -> Vec<TopicRow> {
    let mut tallies: BTreeMap<(String, String), Tally> = BTreeMap::new();
    for (header, outcome) in judged(records) {
        let topic = outcome.clause.split('/').next().unwrap_or_default().to_owned();
        tallies.entry((topic, titled(header, &outcome.subject))).or_default().add(&outcome.verdict);
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

/// Every outcome with the header of its record.
fn judged(records: &[Record]) -> impl Iterator<Item = (&Header, &Outcome)> {
    records.iter().flat_map(|record| record.outcomes.iter().map(move |outcome| (&record.header, outcome)))
}

/// One row per case that makes its run fail; by case, so that runtimes that fail alike stand together.
#[must_use]
pub fn failures(records: &[Record]) -> Vec<FailureRow> {
    let mut rows: Vec<FailureRow> =
        judged(records).filter_map(|(header, outcome)| failure(header, outcome)).collect();
    rows.sort_by(|a, b| (a.level, &a.case).cmp(&(b.level, &b.case)));
    rows
}

fn failure(header: &Header, outcome: &Outcome) -> Option<FailureRow> {
    let standing = Some(Standing::of(outcome)).filter(|standing| standing.is_alarm())?;
    let (expected, seen) = evidence(outcome)?;
    Some(FailureRow {
        runtime: titled(header, &outcome.subject),
        case: outcome.case.clone(),
        level: outcome.level,
        asks: outcome.asks.clone(),
        address: outcome.address.clone(),
        link: link(header, &outcome.address),
        standing,
        expected,
        seen,
        repeat: outcome.repeat.clone(),
    })
}

/// Where the specification lies.
const SPECIFICATION: &str = "https://github.com/opencontainers/runtime-spec/blob";

/// A clause's address as a link into the version that judged, or into the newest where the record names none.
#[must_use]
pub fn link(header: &Header, address: &str) -> String {
    let version = header.settings.get(SPEC).map_or("main".to_owned(), |version| revision(version));
    format!("{SPECIFICATION}/{version}/{address}")
}

/// `6999a89` of `v1.3.0-15-g6999a89`, `v1.3.0` of `1.3.0`.
fn revision(version: &str) -> String {
    match version.rsplit_once("-g") {
        Some((_, commit)) => commit.to_owned(),
        None => format!("v{}", version.trim_start_matches('v')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn links_lead_into_the_version_that_judged() {
        assert_eq!((revision("1.3.0"), revision("v1.0.2")), ("v1.3.0".to_owned(), "v1.0.2".to_owned()));
        assert_eq!(revision("v1.3.0-15-g6999a89"), "6999a89");
        let [record, _] = example::conformance();
        assert_eq!(
            link(&record.header, "runtime.md#delete"),
            format!("{SPECIFICATION}/v1.3.0/runtime.md#delete")
        );
    }

    #[test]
    fn only_what_makes_a_run_fail_is_a_failure() {
        let rows = failures(&example::conformance());
        let told: Vec<(&str, Standing)> = rows.iter().map(|row| (row.case.as_str(), row.standing)).collect();
        let expected = [
            ("config-linux/devices/null", Standing::Unreached),
            ("config/hooks/order", Standing::Broken),
            ("config/root-path/relative", Standing::Stale),
            ("runtime/delete-not-stopped/running", Standing::Failed),
            ("config/capabilities/unknown", Standing::Failed),
        ];
        assert_eq!(told, expected);
    }
}
