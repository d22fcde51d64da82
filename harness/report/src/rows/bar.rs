//! The bars of the reference runtime, and what came of each.

use measure::bars::{self, Figure, Finding, JUDGED, Standing};
use record::{Record, Unit};
use serde::Serialize;

use crate::quantity::{NONE, Ratio, mebibytes, milliseconds, or_none, ratio, significant};
use crate::table::Row;

/// What came of one bar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BarRow {
    /// What is measured, in words.
    pub figure: String,
    /// The limit, in words.
    pub bar: String,
    /// The figure with its 95 % interval; of an exact figure, least and most.
    pub measured: Option<Ratio>,
    /// Median of coracle and of the other, with their unit, in words.
    pub medians: String,
    /// Pairs or values behind the figure.
    pub samples: u32,
    /// `held`, `missed`, `not clear`, `not measured`.
    pub standing: &'static str,
}

impl Row<6> for BarRow {
    const HEADER: [&'static str; 6] = ["figure", "bar", "measured", "medians", "n", ""];

    fn cells(&self) -> [String; 6] {
        let exact = |Ratio { low, high, .. }: &Ratio| low.to_bits() == high.to_bits();
        let measured = match &self.measured {
            Some(found) if exact(found) => significant(found.value),
            found => ratio(*found),
        };
        let [figure, bar, medians] = [&self.figure, &self.bar, &self.medians].map(Clone::clone);
        [figure, bar, measured, medians, self.samples.to_string(), self.standing.to_owned()]
    }
}

/// One row per bar of each record that is about them.
#[must_use]
pub fn rows(record: &Record) -> Vec<BarRow> {
    bars::findings(record).iter().map(row).collect()
}

fn row(finding: &Finding) -> BarRow {
    BarRow {
        figure: finding.bar.figure.clone(),
        bar: limit(finding),
        measured: finding.measured.map(Ratio::from),
        medians: or_none(finding.medians, |(ours, theirs, unit)| medians(ours, theirs, unit)),
        samples: finding.samples,
        standing: word(finding.standing),
    }
}

fn limit(finding: &Finding) -> String {
    let most = significant(finding.bar.at_most);
    match &finding.bar.what {
        Figure::Ratio { to, .. } | Figure::Growth { to, .. } => format!("≤ {most} × {to}"),
        Figure::Count { .. } => format!("≤ {most}, the same every time"),
        Figure::Bend { .. } | Figure::Drift { .. } | Figure::Size {} => format!("≤ {most}"),
    }
}

fn medians(ours: u64, theirs: u64, unit: Unit) -> String {
    match unit {
        Unit::Ns => format!("{} / {} ms", milliseconds(ours), milliseconds(theirs)),
        Unit::Bytes => format!("{} / {} MiB", mebibytes(ours), mebibytes(theirs)),
        Unit::Count => format!("{ours} / {theirs}"),
    }
}

fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Held => "held",
        Standing::Missed => "missed",
        Standing::Unclear => "not clear",
        Standing::Unmeasured => "not measured",
    }
}

/// How the binary that a record about bars judges does in the conformance records among `records`: `None` where none of
/// them is about the same binary.
#[must_use]
pub fn conformance(record: &Record, records: &[Record]) -> Option<String> {
    let hash = |record: &Record| {
        let judged = record.header.subjects.iter().find(|subject| subject.name == JUDGED);
        judged.map(|subject| subject.sha256.clone()).filter(|hash| !hash.is_empty())
    };
    let same = |other: &&Record| !other.outcomes.is_empty() && hash(other) == hash(record);
    let tally = records.iter().find(same).filter(|_| hash(record).is_some())?.footer.outcomes;
    Some(format!(
        "{} cases: {} passed, {} failed, {} unreached, {} skipped, {} broken",
        tally.total(),
        tally.passed,
        tally.failed,
        tally.unreached,
        tally.skipped,
        tally.broken
    ))
}

/// The hash of the judged binary, as far as it takes to tell it from others.
#[must_use]
pub fn short_hash(record: &Record) -> String {
    const DIGITS: usize = 12;
    let judged = record.header.subjects.iter().find(|subject| subject.name == JUDGED);
    judged.and_then(|subject| subject.sha256.get(..DIGITS)).unwrap_or(NONE).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use measure::bars::Bar;
    use measure::statistics::Estimate;

    fn cells(what: Figure, at_most: f64, measured: Option<Estimate>) -> [String; 6] {
        let medians = measured.map(|_| (2_500_000, 5_000_000, Unit::Ns));
        let bar = Bar { figure: "`run`".into(), at_most, what };
        row(&Finding { bar, measured, medians, samples: 9, standing: Standing::Held }).cells()
    }

    #[test]
    fn a_row_says_the_limit_and_the_interval_and_an_exact_figure_has_none() {
        let to = || "crun".to_owned();
        let ratio = Figure::Ratio { scenario: "run/hot".into(), measure: "wall".into(), to: to() };
        let found = Estimate { value: 0.45, low: 0.44, high: 0.46 };
        let shown = ["`run`", "≤ 0.500 × crun", "0.450 (0.440–0.460)", "2.50 / 5.00 ms", "9", "held"];
        assert_eq!(cells(ratio.clone(), 0.5, Some(found)), shown.map(str::to_owned));
        assert_eq!(cells(ratio, 0.5, None)[2..4], [NONE.to_owned(), NONE.to_owned()]);
        let count = Figure::Count { scenario: "run/traced".into(), measure: "calls".into() };
        let exact = Estimate { value: 209.0, low: 209.0, high: 209.0 };
        assert_eq!(
            cells(count, 250.0, Some(exact))[1..3],
            ["≤ 250, the same every time", "209"].map(str::to_owned)
        );
    }
}
