//! Input of github-action-benchmark, which takes one direction per file; and annotations of a workflow.

use serde::Serialize;

use crate::document::Report;
use crate::quantity::real;
use crate::rows::latency::LatencyRow;
use crate::rows::saving::{RAW, SavingRow};
use crate::rows::verdict::FailureRow;
use crate::standing::Standing;

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Benchmark {
    /// What it is of, such as `start/run/hot crun 1.28`.
    pub name: String,
    /// Unit of `value`.
    pub unit: &'static str,
    /// The figure.
    pub value: f64,
    /// Its 95 % interval, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<String>,
}

/// Times and sizes: for the tool `customSmallerIsBetter`.
#[must_use]
pub fn smaller_is_better(report: &Report) -> Vec<Benchmark> {
    let start = report.start.iter().map(|row| time("start", row));
    let files = report.io.iter().map(|row| time("io", row));
    start.chain(files).chain(report.saving.iter().map(size)).collect()
}

/// Savings: for the tool `customBiggerIsBetter`.
#[must_use]
pub fn bigger_is_better(report: &Report) -> Vec<Benchmark> {
    let saved = |row: &SavingRow| {
        let value = row.saved_percent.filter(|_| row.level != RAW)?;
        Some(Benchmark {
            name: format!("dedup/{} {} saved", row.images, row.level),
            unit: "%",
            value,
            range: None,
        })
    };
    report.saving.iter().filter_map(saved).collect()
}

fn time(family: &str, row: &LatencyRow) -> Benchmark {
    let (low, high) = row.ci95_ns;
    Benchmark {
        name: format!("{family}/{} {}", row.scenario, row.subject),
        unit: "ns",
        value: real(row.p50_ns),
        range: Some(format!("{low}–{high}")),
    }
}

fn size(row: &SavingRow) -> Benchmark {
    Benchmark {
        name: format!("dedup/{} {}", row.images, row.level),
        unit: "bytes",
        value: real(row.bytes),
        range: None,
    }
}

/// Workflow commands that put each failure next to the run; GitHub shows ten of a kind.
#[must_use]
pub fn annotations(failures: &[FailureRow]) -> String {
    let line = |row: &FailureRow| {
        let kind = if row.standing == Standing::Stale { "warning" } else { "error" };
        let title = format!("{} on {}", row.case, row.runtime);
        let shown =
            format!("{}\nexpected: {}\nseen: {}\nrepeat: {}", row.asks, row.expected, row.seen, row.repeat);
        format!("::{kind} title={}::{}\n", property(&title), data(&shown))
    };
    failures.iter().map(line).collect()
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    #[test]
    fn each_direction_has_its_figures() {
        let report = Report::of(&[example::performance(12)]);
        let names = |of: Vec<Benchmark>| of.into_iter().map(|one| one.name).collect::<Vec<_>>();
        let smaller = names(smaller_is_better(&report));
        assert!(smaller.contains(&"start/run/hot crun 1.28".to_owned()), "{smaller:?}");
        assert!(smaller.contains(&"dedup/debian raw".to_owned()));
        let bigger = names(bigger_is_better(&report));
        assert!(bigger.contains(&"dedup/debian layers saved".to_owned()) && bigger.len() == 4, "{bigger:?}");
    }

    #[test]
    fn an_annotation_is_one_line_whatever_it_tells() {
        let report = Report::of(&example::conformance());
        let text = annotations(&report.failures);
        assert_eq!(text.lines().count(), report.failures.len());
        assert!(
            text.lines()
                .all(|line| line.starts_with("::error title=") || line.starts_with("::warning title="))
        );
        assert_eq!((property("a:b,c"), data("50 %\n")), ("a%3Ab%2Cc".to_owned(), "50 %25%0A".to_owned()));
    }
}
