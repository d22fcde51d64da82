//! Every scenario and subject in full: the table behind the small ones.

use measure::sampling::{CPU, FLOOR, WALL};
use measure::summary::{Summary, Verdict};
use serde::Serialize;

use crate::quantity::{NONE, Ratio, milliseconds, or_none, ratio};
use crate::source::Source;
use crate::table::Row;

/// What is said of a scenario whose figures do not count.
const VOID: &str = "void";

/// How one subject did in one scenario.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LatencyRow {
    /// Scenario and mode, such as `create/hot`.
    pub scenario: String,
    /// Name and version of the subject.
    pub subject: String,
    /// Samples behind the figures.
    pub samples: u32,
    /// Median, in nanoseconds.
    pub p50_ns: u64,
    /// 95 % bootstrap interval of the median, in nanoseconds.
    pub ci95_ns: (u64, u64),
    /// 10th percentile, in nanoseconds.
    pub p10_ns: u64,
    /// 95th percentile, in nanoseconds.
    pub p95_ns: u64,
    /// 99th percentile, in nanoseconds.
    pub p99_ns: u64,
    /// Median processor time, in nanoseconds; absent where it was not measured.
    pub cpu_ns: Option<u64>,
    /// Median of the ratios to the reference, round by round.
    pub to_reference: Option<Ratio>,
    /// The same to the floor, where there is one.
    pub to_floor: Option<Ratio>,
    /// `faster`, `slower` or `unclear`, or `void` where the machine changed its pace; absent for the reference itself.
    pub verdict: Option<&'static str>,
}

impl Row<12> for LatencyRow {
    const HEADER: [&'static str; 12] = [
        "scenario",
        "subject",
        "n",
        "p50 [ms]",
        "95 % interval",
        "p10",
        "p95",
        "p99",
        "CPU [ms]",
        "× reference",
        "× floor",
        "verdict",
    ];

    fn cells(&self) -> [String; 12] {
        let (low, high) = self.ci95_ns;
        [
            self.scenario.clone(),
            self.subject.clone(),
            self.samples.to_string(),
            milliseconds(self.p50_ns),
            format!("{}–{}", milliseconds(low), milliseconds(high)),
            milliseconds(self.p10_ns),
            milliseconds(self.p95_ns),
            milliseconds(self.p99_ns),
            or_none(self.cpu_ns, milliseconds),
            ratio(self.to_reference),
            ratio(self.to_floor),
            self.verdict.unwrap_or(NONE).to_owned(),
        ]
    }
}

/// One row per scenario and subject of a family; `reference` is what its ratios are to.
#[must_use]
pub fn rows(source: &Source, family: &str, reference: Option<&str>) -> Vec<LatencyRow> {
    let of_scenario = |scenario| {
        let rows = source.subjects(family, scenario).into_iter();
        let mut rows: Vec<LatencyRow> =
            rows.filter_map(|subject| row(source, (family, scenario), subject, reference)).collect();
        if source.drifted(family, scenario) {
            rows.iter_mut().filter_map(|row| row.verdict.as_mut()).for_each(|verdict| *verdict = VOID);
        }
        rows
    };
    source.scenarios(family).into_iter().flat_map(of_scenario).collect()
}

fn row(source: &Source, place: (&str, &str), subject: &str, reference: Option<&str>) -> Option<LatencyRow> {
    let (family, scenario) = place;
    let Summary { samples, p10, p50, ci95, p95, p99 } =
        source.series(family, scenario, subject, WALL)?.summary()?;
    let other = reference.filter(|other| *other != subject);
    let comparison = other.and_then(|other| source.beside(place, (subject, other), WALL));
    let floor = Some(FLOOR)
        .filter(|floor| *floor != subject)
        .and_then(|floor| source.beside(place, (subject, floor), WALL));
    Some(LatencyRow {
        scenario: scenario.to_owned(),
        subject: source.title(subject),
        samples,
        p50_ns: p50,
        ci95_ns: ci95,
        p10_ns: p10,
        p95_ns: p95,
        p99_ns: p99,
        cpu_ns: source.series(family, scenario, subject, CPU).and_then(measure::summary::Series::median),
        to_reference: comparison.map(|found| found.ratio.into()),
        to_floor: floor.map(|found| found.ratio.into()),
        verdict: comparison.map(|found| word(found.verdict)),
    })
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Faster => "faster",
        Verdict::Slower => "slower",
        Verdict::Unclear => "unclear",
    }
}

#[cfg(test)]
mod tests {
    use record::Kind;

    use super::*;
    use crate::example;

    /// Verdicts on `b` beside `a`, where the floor takes so many times as long in the second half.
    fn verdict(late: f64) -> Option<&'static str> {
        let samples = example::paced(("start", "run/hot"), late);
        let record = example::bench(example::header(Kind::Bench, &[]), &samples);
        let rows = rows(&Source::of(&record), "start", Some("a"));
        rows.iter().find(|row| row.subject == "b")?.verdict
    }

    #[test]
    fn a_machine_that_changed_its_pace_voids_the_verdicts_of_the_scenario() {
        assert_eq!((verdict(1.0), verdict(1.5)), (Some("slower"), Some(VOID)));
    }
}
