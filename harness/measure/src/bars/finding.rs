//! What came of each bar, from a record alone.

use record::{Record, Unit};

use super::table::{Bar, Figure};
use super::{FAMILY, JUDGED};
use crate::sampling::WALL;
use crate::statistics::{Confidence, Estimate};
use crate::summary::{Samples, Series};

/// Whether a bar is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The whole interval lies at or below the limit.
    Held,
    /// The whole interval lies above the limit, or an exact figure does.
    Missed,
    /// The interval holds the limit: more rounds would tell.
    Unclear,
    /// Nothing was measured; what the record omits says why.
    Unmeasured,
}

/// What came of a bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The bar.
    pub bar: Bar,
    /// The figure with its 95 % interval; of an exact figure, least and most.
    pub measured: Option<Estimate>,
    /// Medians of the judged runtime and of the other, where there is one.
    pub medians: Option<(u64, u64, Unit)>,
    /// Pairs or values behind it.
    pub samples: u32,
    /// Whether the bar is held.
    pub standing: Standing,
}

/// A figure before it is held to its bar.
struct Measured {
    estimate: Estimate,
    medians: Option<(u64, u64, Unit)>,
    samples: u32,
}

/// Holds every bar to the samples of a record; nothing where the record is about something else.
#[must_use]
pub fn findings(record: &Record) -> Vec<Finding> {
    let samples = Samples::of(record);
    if samples.scenarios(FAMILY).is_empty() {
        return Vec::new();
    }
    let size = record.header.subjects.iter().find(|one| one.name == JUDGED).map(|one| one.size_bytes);
    Bar::all().into_iter().map(|bar| hold(bar, &samples, size)).collect()
}

fn hold(bar: Bar, samples: &Samples, size: Option<u64>) -> Finding {
    let measured = measure(&bar.what, samples, size);
    let standing = measured.as_ref().map_or(Standing::Unmeasured, |found| stand(&bar, found.estimate));
    let medians = measured.as_ref().and_then(|found| found.medians);
    let samples = measured.as_ref().map_or(0, |found| found.samples);
    Finding { bar, measured: measured.map(|found| found.estimate), medians, samples, standing }
}

fn stand(bar: &Bar, estimate: Estimate) -> Standing {
    let varies = matches!(bar.what, Figure::Count { .. }) && estimate.low < estimate.high;
    match estimate {
        _ if varies => Standing::Missed,
        Estimate { high, .. } if high <= bar.at_most => Standing::Held,
        Estimate { low, .. } if low > bar.at_most => Standing::Missed,
        _ => Standing::Unclear,
    }
}

fn measure(what: &Figure, samples: &Samples, size: Option<u64>) -> Option<Measured> {
    let series =
        |scenario: &str, subject: &str, measure: &str| samples.series(FAMILY, scenario, subject, measure);
    match what {
        Figure::Ratio { scenario, measure, to } => {
            beside(series(scenario, JUDGED, measure)?, series(scenario, to, measure)?)
        }
        Figure::Growth { from, up_to, to } => {
            let grown =
                |subject: &str| Some(series(up_to, subject, WALL)?.minus(series(from, subject, WALL)?));
            beside(&grown(JUDGED)?, &grown(to)?)
        }
        Figure::Bend { points: [first, middle, last] } => {
            let at = |scenario: &str| series(scenario, JUDGED, WALL);
            let (first, middle, last) = (at(first)?, at(middle)?, at(last)?);
            beside(&last.minus(middle), &middle.minus(first)).map(|found| Measured { medians: None, ..found })
        }
        Figure::Drift { scenario, measure } => {
            let series = series(scenario, JUDGED, measure)?;
            Some(Measured { estimate: series.drift_interval()?, medians: None, samples: count(series) })
        }
        Figure::Count { scenario, measure } => {
            let series = series(scenario, JUDGED, measure)?;
            let (least, most) = series.range()?;
            let estimate = Estimate { value: real(series.last()?), low: real(least), high: real(most) };
            Some(Measured { estimate, medians: None, samples: count(series) })
        }
        Figure::Size {} => {
            let bytes = real(size.filter(|bytes| *bytes > 0)?);
            Some(Measured {
                estimate: Estimate { value: bytes, low: bytes, high: bytes },
                medians: None,
                samples: 1,
            })
        }
    }
}

fn beside(ours: &Series, theirs: &Series) -> Option<Measured> {
    let found = ours.beside(theirs, Confidence::P950)?;
    let medians = Some((ours.median()?, theirs.median()?, ours.unit));
    Some(Measured { estimate: found.ratio, medians, samples: found.pairs })
}

fn count(series: &Series) -> u32 {
    u32::try_from(series.values().len()).unwrap_or(u32::MAX)
}

#[expect(clippy::cast_precision_loss, reason = "calls and bytes below 2^52")]
fn real(value: u64) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use record::Sample;

    fn bar(at_most: f64, what: Figure) -> Bar {
        Bar { figure: "it".into(), at_most, what }
    }

    fn samples(scenario: &str, subject: &str, (measure, unit): (&str, Unit), values: &[u64]) -> Vec<Sample> {
        let own = str::to_owned;
        let sample = |(round, value): (u32, &u64)| Sample {
            family: own(FAMILY),
            scenario: own(scenario),
            subject: own(subject),
            measure: own(measure),
            unit,
            round,
            value: *value,
        };
        (0..).zip(values).map(sample).collect()
    }

    fn standing(bar: Bar, taken: &[Vec<Sample>]) -> Standing {
        let mut all = Samples::default();
        taken.iter().flatten().for_each(|sample| all.add(sample));
        hold(bar, &all, Some(4 << 20)).standing
    }

    #[test]
    fn a_ratio_is_held_missed_or_unclear_by_its_whole_interval() {
        let what = Figure::Ratio { scenario: "run/hot".into(), measure: WALL.into(), to: "crun".into() };
        let taken = [
            samples("run/hot", JUDGED, (WALL, Unit::Ns), &[40, 44, 48, 52, 56, 60]),
            samples("run/hot", "crun", (WALL, Unit::Ns), &[100, 100, 100, 100, 100, 100]),
        ];
        let at = |limit| standing(bar(limit, what.clone()), &taken);
        assert_eq!((at(0.7), at(0.5), at(0.3)), (Standing::Held, Standing::Unclear, Standing::Missed));
        assert_eq!(standing(bar(0.7, what.clone()), &taken[..1]), Standing::Unmeasured);
    }

    #[test]
    fn what_grows_is_told_by_its_growth_alone() {
        let points = |subject: &str, rise: u64| {
            let at = |name: &str, by: u64| {
                samples(name, subject, (WALL, Unit::Ns), &[1000 + by, 2000 + by, 1500 + by])
            };
            [at("a", 0), at("b", rise), at("c", 2 * rise)].concat()
        };
        let taken = [points(JUDGED, 100), points("crun", 200)];
        let growth = Figure::Growth { from: "a".into(), up_to: "c".into(), to: "crun".into() };
        assert_eq!(standing(bar(0.5, growth.clone()), &taken), Standing::Held);
        assert_eq!(standing(bar(0.49, growth), &taken), Standing::Missed);
        let bend = Figure::Bend { points: ["a".into(), "b".into(), "c".into()] };
        assert_eq!(standing(bar(1.0, bend), &taken), Standing::Held);
    }

    #[test]
    fn a_count_must_be_the_same_every_time_and_a_size_is_what_it_is() {
        let what = Figure::Count { scenario: "run/traced".into(), measure: "calls".into() };
        let counted = |values: &[u64]| {
            standing(
                bar(250.0, what.clone()),
                &[samples("run/traced", JUDGED, ("calls", Unit::Count), values)],
            )
        };
        assert_eq!(counted(&[209, 209, 209]), Standing::Held);
        assert_eq!(counted(&[209, 210, 209]), Standing::Missed);
        assert_eq!(counted(&[251, 251]), Standing::Missed);
        assert_eq!(standing(bar(3_145_728.0, Figure::Size {}), &[]), Standing::Missed);
    }
}
