//! From samples to figures: what a reader of a record wants to know, computed from the record alone.

use std::collections::BTreeMap;

use record::{Record, Sample, Unit};

use crate::sampling::{FLOOR, WALL};
use crate::statistics::{Confidence, Estimate, median, median_interval, paired_ratio, quantile};

/// Seed of the intervals in reports, so that a record always gives the same report.
const SEED: u64 = 1;

/// By how much the pace of a machine may change within a run: a canary, second half to first.
pub const DRIFT: f64 = 0.02;

/// All values of one measure of one subject in one scenario, by round.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The unit of the values.
    pub unit: Unit,
    values: BTreeMap<u32, u64>,
}

/// What a series amounts to; values in the series' unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Summary {
    /// Values behind the figures.
    pub samples: u32,
    /// 10th percentile: what the subject does when nothing disturbs it.
    pub p10: u64,
    /// Median.
    pub p50: u64,
    /// 95 % interval of the median.
    pub ci95: (u64, u64),
    /// 95th percentile.
    pub p95: u64,
    /// 99th percentile.
    pub p99: u64,
}

/// Whether one subject is faster than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The interval of the ratio lies below 1.
    Faster,
    /// The interval of the ratio lies above 1.
    Slower,
    /// The interval holds 1: no difference was shown.
    Unclear,
}

/// One subject beside another, pair by pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// Rounds in which both were measured.
    pub pairs: u32,
    /// Median of the ratios, with its interval.
    pub ratio: Estimate,
    /// Ratio of the 10th percentiles.
    pub p10_ratio: f64,
    /// What the interval says.
    pub verdict: Verdict,
}

impl Series {
    /// A series without values.
    #[must_use]
    pub fn new(unit: Unit) -> Self {
        Self { unit, values: BTreeMap::new() }
    }

    /// Adds the value of a round.
    pub fn insert(&mut self, round: u32, value: u64) {
        self.values.insert(round, value);
    }

    /// What this series has more than `other`, in the rounds that both have; nothing less than nothing.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let rest =
            |(round, value): (&u32, &u64)| Some((*round, value.saturating_sub(*other.values.get(round)?)));
        Self { unit: self.unit, values: self.values.iter().filter_map(rest).collect() }
    }

    /// The values, in the order of the rounds.
    #[must_use]
    pub fn values(&self) -> Vec<f64> {
        self.values.values().copied().map(real).collect()
    }

    /// The last value, which for an exact measure is the only one.
    #[must_use]
    pub fn last(&self) -> Option<u64> {
        self.values.values().next_back().copied()
    }

    /// Least and most; `None` of an empty series.
    #[must_use]
    pub fn range(&self) -> Option<(u64, u64)> {
        Some((self.values.values().copied().min()?, self.values.values().copied().max()?))
    }

    /// Quantiles and the interval of the median; `None` of an empty series.
    #[must_use]
    pub fn summary(&self) -> Option<Summary> {
        let values = self.values();
        let at = |share| quantile(&values, share).map(whole);
        let middle = median_interval(&values, Confidence::P950, SEED)?;
        Some(Summary {
            samples: u32::try_from(values.len()).unwrap_or(u32::MAX),
            p10: at(0.1)?,
            p50: whole(middle.value),
            ci95: (whole(middle.low), whole(middle.high)),
            p95: at(0.95)?,
            p99: at(0.99)?,
        })
    }

    /// The median alone, without the cost of an interval.
    #[must_use]
    pub fn median(&self) -> Option<u64> {
        median(&self.values()).map(whole)
    }

    /// This series beside `reference`, over the rounds that both have; `None` where there are none.
    #[must_use]
    pub fn beside(&self, reference: &Self, confidence: Confidence) -> Option<Comparison> {
        let both = |(round, value): (&u32, &u64)| Some((real(*value), real(*reference.values.get(round)?)));
        let (ours, theirs): (Vec<f64>, Vec<f64>) = self.values.iter().filter_map(both).unzip();
        let ratio = paired_ratio(&ours, &theirs, confidence, SEED)?;
        Some(Comparison {
            pairs: u32::try_from(ours.len()).unwrap_or(u32::MAX),
            ratio,
            p10_ratio: quantile(&ours, 0.1)? / quantile(&theirs, 0.1)?,
            verdict: Verdict::of(ratio),
        })
    }

    /// The rounds that have a value, in their order.
    pub fn rounds(&self) -> impl Iterator<Item = u32> {
        self.values.keys().copied()
    }

    /// The value of a round; `None` where it has none.
    #[must_use]
    pub fn at(&self, round: u32) -> Option<u64> {
        self.values.get(&round).copied()
    }

    /// The values of the rounds up to `round`, with it.
    #[must_use]
    pub fn until(&self, round: u32) -> Self {
        let early = self.values.range(..=round).map(|(round, value)| (*round, *value));
        Self { unit: self.unit, values: early.collect() }
    }

    /// The sum of both, over the rounds that both have.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let both = |(round, value): (&u32, &u64)| Some((*round, value + other.values.get(round)?));
        Self { unit: self.unit, values: self.values.iter().filter_map(both).collect() }
    }

    /// The same as [`Series::drift`], with the interval that is left when both halves are as far off as their own 99 %
    /// intervals allow.
    #[must_use]
    pub fn drift_interval(&self) -> Option<Estimate> {
        let values = self.values();
        let (early, late) = values.split_at(values.len() / 2);
        let early = median_interval(early, Confidence::P990, SEED)?;
        let late = median_interval(late, Confidence::P990, SEED)?;
        let value = late.value / early.value;
        Some(Estimate { value, low: late.low / early.high, high: late.high / early.low })
    }

    /// Whether the second half differs from the first by more than [`DRIFT`], beyond doubt.
    #[must_use]
    pub fn drifts(&self) -> bool {
        let drifts = |ratio: Estimate| ratio.low > 1.0 + DRIFT || ratio.high < 1.0 / (1.0 + DRIFT);
        self.drift_interval().is_some_and(drifts)
    }

    /// How far the second half of the series is from the first, as a ratio of medians; a canary drifts where the
    /// machine itself changed its pace.
    #[must_use]
    pub fn drift(&self) -> Option<f64> {
        let values = self.values();
        let (early, late) = values.split_at(values.len() / 2);
        Some(median(late)? / median(early)?)
    }
}

impl Verdict {
    /// What an interval of a ratio says.
    #[must_use]
    pub fn of(ratio: Estimate) -> Self {
        match ratio {
            Estimate { high, .. } if high < 1.0 => Self::Faster,
            Estimate { low, .. } if low > 1.0 => Self::Slower,
            _ => Self::Unclear,
        }
    }
}

/// The samples of a record, found by name; names keep the order in which they were first seen.
#[derive(Debug, Clone, Default)]
pub struct Samples {
    series: Vec<(Key, Series)>,
    places: BTreeMap<Key, usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    family: String,
    scenario: String,
    subject: String,
    measure: String,
}

impl Samples {
    /// Gathers the samples of `record`, except those of subjects that were dropped from a scenario.
    #[must_use]
    pub fn of(record: &Record) -> Self {
        let kept = |sample: &&Sample| !record.footer.omitted.contains_key(&omission(sample));
        let mut samples = Self::default();
        record.samples.iter().filter(kept).for_each(|sample| samples.add(sample));
        samples
    }

    /// Whether the machine changed its pace while a scenario ran, told by the floor: its figures then do not count.
    #[must_use]
    pub fn drifted(&self, family: &str, scenario: &str) -> bool {
        self.series(family, scenario, FLOOR, WALL).is_some_and(Series::drifts)
    }

    /// Adds one sample.
    pub fn add(&mut self, sample: &Sample) {
        let Sample { family, scenario, subject, measure, unit, round, value } = sample.clone();
        let key = Key { family, scenario, subject, measure };
        let end = self.series.len();
        let place = *self.places.entry(key.clone()).or_insert(end);
        if place == end {
            self.series.push((key, Series::new(unit)));
        }
        self.series[place].1.insert(round, value);
    }

    /// One series, or `None` where nothing of that name was measured.
    #[must_use]
    pub fn series(&self, family: &str, scenario: &str, subject: &str, measure: &str) -> Option<&Series> {
        let own = str::to_owned;
        let key = Key {
            family: own(family),
            scenario: own(scenario),
            subject: own(subject),
            measure: own(measure),
        };
        self.places.get(&key).map(|place| &self.series[*place].1)
    }

    /// The scenarios of a family.
    #[must_use]
    pub fn scenarios(&self, family: &str) -> Vec<&str> {
        distinct(self.series.iter().filter(|(key, _)| key.family == family).map(|(key, _)| &*key.scenario))
    }

    /// The subjects of a scenario, in the order of their first sample.
    #[must_use]
    pub fn subjects(&self, family: &str, scenario: &str) -> Vec<&str> {
        let here = self.series.iter().filter(|(key, _)| key.family == family && key.scenario == scenario);
        distinct(here.map(|(key, _)| &*key.subject))
    }
}

/// The name under which a footer notes that a subject was dropped from a scenario.
#[must_use]
pub fn omission(sample: &Sample) -> String {
    format!("{}/{}/{}", sample.family, sample.scenario, sample.subject)
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    names.fold(Vec::new(), |mut seen, name| {
        if !seen.contains(&name) {
            seen.push(name);
        }
        seen
    })
}

#[expect(clippy::cast_precision_loss, reason = "nanoseconds and bytes below 2^52: 52 days, 4 PB")]
fn real(value: u64) -> f64 {
    value as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a quantile of values that were u64"
)]
fn whole(value: f64) -> u64 {
    value.round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(values: &[u64]) -> Series {
        let mut series = Series::new(Unit::Ns);
        (0..).zip(values).for_each(|(round, value)| series.insert(round, *value));
        series
    }

    #[test]
    fn a_summary_has_the_known_answers() {
        let summary = series(&(1..=101).collect::<Vec<u64>>()).summary().unwrap();
        assert_eq!((summary.samples, summary.p10, summary.p50), (101, 11, 51));
        assert_eq!((summary.p95, summary.p99), (96, 100));
        assert!(summary.ci95.0 < 51 && summary.ci95.1 > 51, "{summary:?}");
        assert_eq!(series(&[]).summary(), None);
    }

    #[test]
    fn verdicts_follow_the_interval() {
        let twice = series(&[20, 40, 60, 80, 100, 120]);
        let once = series(&[10, 20, 30, 40, 50, 60]);
        let verdict = |a: &Series, b| a.beside(b, Confidence::P950).unwrap().verdict;
        assert_eq!(verdict(&twice, &once), Verdict::Slower);
        assert_eq!(verdict(&once, &twice), Verdict::Faster);
        assert_eq!(verdict(&once, &once), Verdict::Unclear);
    }

    #[test]
    fn rounds_that_only_one_has_are_no_pairs() {
        let mut short = series(&[10, 20]);
        short.insert(9, 90);
        let comparison = short.beside(&series(&[10, 20, 30]), Confidence::P950).unwrap();
        assert_eq!(comparison.pairs, 2);
        assert!(short.beside(&series(&[]), Confidence::P950).is_none());
    }

    #[test]
    fn a_sum_holds_the_rounds_that_both_have() {
        let mut long = series(&[10, 20]);
        long.insert(9, 90);
        assert_eq!(long.plus(&series(&[1, 2, 3])).values(), [11.0, 22.0]);
        assert_eq!((long.until(1).values(), long.at(9), long.at(3)), (vec![10.0, 20.0], Some(90), None));
    }

    #[test]
    fn a_difference_is_of_rounds_that_both_have() {
        let rest = series(&[30, 10, 7]).minus(&series(&[10, 20]));
        assert_eq!(rest.values(), [20.0, 0.0]);
    }

    #[test]
    fn drift_compares_the_halves() {
        assert_eq!(series(&[10, 10, 20, 20]).drift(), Some(2.0));
        assert_eq!(series(&[]).drift(), None);
        assert_eq!(series(&[]).drift_interval(), None);
        let certain = series(&[10, 10, 20, 20]).drift_interval().unwrap();
        assert_eq!((certain.low, certain.value, certain.high), (2.0, 2.0, 2.0));
        assert!(series(&[10, 10, 20, 20]).drifts() && !series(&[10, 10, 10, 10]).drifts());
    }
}
