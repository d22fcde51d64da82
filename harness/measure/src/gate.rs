//! The gate: whether one binary is slower than another, told only where it is sure and shows twice.
//!
//! Base, base again, head and the floor run in the same rounds, in random order. A *batch* is a number of rounds that
//! grows while the answer straddles the limit. A regression counts only if a second batch of its own repeats it. A batch
//! in which the base differs from itself, or the machine changed its pace, is *void*: it says nothing, not even that all
//! is well. How often all this is right is measured by [`power`].

pub mod budget;
pub mod exact;
pub mod power;

use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};

use record::WriteError;

use crate::sampling::{AGAIN, FLOOR, Race, WALL};
use crate::session::Session;
use crate::start::scenario::RUN;
use crate::start::{FAMILY, Field, Mode, RunError};
use crate::statistics::{Confidence, Estimate};
use crate::summary::{Comparison, Samples, Series};

/// Subject of the binary that is compared with.
pub const BASE: &str = "base";

/// Subject of the binary that is judged.
pub const HEAD: &str = "head";

/// By how much the base may differ from itself before a batch is void, as a share of the limit: what is found beyond
/// the limit is then three times as large as what the run is known to get wrong.
const ITSELF: f64 = 1.0 / 3.0;

/// How much slower is too much, and how many rounds that takes to find out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// What goes on before a take.
    pub mode: Mode,
    /// The ratio to the base that the whole interval has to exceed.
    pub ratio: f64,
    /// Rounds after which a batch is looked at.
    pub looks: [u32; 3],
}

/// Time of a batch, at most: what it has sampled by then is looked at.
pub const BATCH: Duration = Duration::from_secs(13);

/// Time of a whole comparison, about: no batch is begun that could end later, except the first of each mode.
pub const COMPARISON: Duration = Duration::from_secs(58);

/// Back to back, where a round takes milliseconds.
pub const HOT: Limit = Limit { mode: Mode::Hot, ratio: 1.02, looks: [250, 500, 1000] };

/// After a rest, where a round takes half a second; fewer pairs, so a wider limit.
pub const ISOLATED: Limit = Limit { mode: Mode::Isolated, ratio: 1.05, looks: [30, 40, 50] };

/// What a batch says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// The whole interval lies below the limit.
    Held,
    /// The interval straddles the limit: no regression was shown.
    Unclear,
    /// The whole interval lies above the limit.
    Slower,
    /// The base differs from itself.
    VoidItself,
    /// The machine changed its pace.
    VoidDrift,
    /// There was no time left to repeat a regression.
    VoidTime,
}

/// A batch, judged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgment {
    /// Rounds in which both ran.
    pub pairs: u32,
    /// Medians of base and head, in nanoseconds.
    pub medians_ns: (u64, u64),
    /// Median ratio of head to base, with its 99 % interval.
    pub ratio: Estimate,
    /// Ratio of the 10th percentiles.
    pub p10_ratio: f64,
    /// The same ratio of the base to itself.
    pub itself: Estimate,
    /// What follows.
    pub finding: Finding,
}

/// All batches of one mode, and what follows from them together.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The limit.
    pub limit: Limit,
    /// The batches, in the order in which they ran.
    pub batches: Vec<Judgment>,
    /// Those that failed while they were measured, each with its reason.
    pub failed: BTreeMap<String, String>,
}

impl Finding {
    fn is_void(self) -> bool {
        matches!(self, Self::VoidItself | Self::VoidDrift | Self::VoidTime)
    }
}

impl Outcome {
    /// What counts: a regression only if two batches show it; void if nothing else was seen.
    #[must_use]
    pub fn finding(&self) -> Finding {
        match self.valid()[..] {
            [Finding::Slower, second, ..] => second,
            [Finding::Slower] | [] => self.batches.last().map_or(Finding::VoidItself, Judgment::void),
            [first, ..] => first,
        }
    }

    /// Whether one more batch has something to say: a regression waits to be repeated, a void batch to be replaced.
    fn wants_more(&self) -> bool {
        let undecided = matches!(self.valid()[..], [] | [Finding::Slower]);
        undecided && self.failed.is_empty() && self.batches.len() < MOST_BATCHES
    }

    fn valid(&self) -> Vec<Finding> {
        self.batches.iter().map(|batch| batch.finding).filter(|finding| !finding.is_void()).collect()
    }
}

impl Judgment {
    /// What makes the batch void; a regression that is the last word was not repeated.
    fn void(&self) -> Finding {
        if self.finding.is_void() { self.finding } else { Finding::VoidTime }
    }
}

/// Batches of one mode, at most: two that agree, and one that was void.
const MOST_BATCHES: usize = 3;

/// Runs as many batches as it takes, as far as they end by `until`; the field's first two runtimes are base and head.
///
/// # Errors
/// See [`RunError`].
pub fn run<W: Write>(
    session: &mut Session<'_, W>,
    field: &Field,
    limit: Limit,
    until: Instant,
) -> Result<Outcome, RunError> {
    let mut outcome = Outcome { limit, batches: Vec::new(), failed: BTreeMap::new() };
    while outcome.wants_more() && (outcome.batches.is_empty() || Instant::now() + BATCH < until) {
        let number = outcome.batches.len() as u64 + 1;
        let mut race = field.race(&RUN, limit.mode, session.effort.seed + number)?;
        race.scenario = format!("{}/{number}", race.scenario);
        let scenario = race.scenario.clone();
        let ends = Instant::now() + BATCH;
        let mut live = Live { session, race: &mut race, samples: Samples::default(), rounds: 0, ends };
        outcome.batches.extend(batch(&mut live, &scenario, limit)?);
        outcome.failed.extend(race.dropped().clone());
    }
    Ok(outcome)
}

/// Where the rounds of a batch come from.
trait Rounds {
    type Error;

    /// Goes on until there are so many rounds, or the batch's time is up; whether there is time for more.
    fn take_to(&mut self, rounds: u32) -> Result<bool, Self::Error>;

    fn samples(&self) -> &Samples;
}

/// Rounds that are run now.
struct Live<'run, 'session, W: Write> {
    session: &'run mut Session<'session, W>,
    race: &'run mut Race,
    samples: Samples,
    rounds: u32,
    ends: Instant,
}

impl<W: Write> Rounds for Live<'_, '_, W> {
    type Error = WriteError;

    fn take_to(&mut self, rounds: u32) -> Result<bool, WriteError> {
        let samples = &mut self.samples;
        let wanted = rounds - self.rounds;
        self.rounds +=
            self.session.extend_until(self.race, wanted, self.ends, |sample| samples.add(sample))?;
        Ok(self.rounds == rounds)
    }

    fn samples(&self) -> &Samples {
        &self.samples
    }
}

/// One batch, looked at until it says something; `None` where base or head could not be measured.
fn batch<R: Rounds>(rounds: &mut R, scenario: &str, limit: Limit) -> Result<Option<Judgment>, R::Error> {
    let mut judgment = None;
    for look in limit.looks {
        let goes_on = rounds.take_to(look)?;
        judgment = judge(rounds.samples(), scenario, limit);
        if !goes_on || judgment.is_none_or(|judgment| judgment.finding != Finding::Unclear) {
            break;
        }
    }
    Ok(judgment)
}

/// Judges what was sampled so far of one scenario; `None` where base or head was not.
#[must_use]
pub fn judge(samples: &Samples, scenario: &str, limit: Limit) -> Option<Judgment> {
    let series = |subject: &str| samples.series(FAMILY, scenario, subject, WALL);
    let base = series(BASE)?;
    let head = series(HEAD)?;
    let found = head.beside(base, Confidence::P990)?;
    let medians_ns = (base.median()?, head.median()?);
    let itself = series(&format!("{BASE}{AGAIN}"))?.beside(base, Confidence::P990)?.ratio;
    let tolerated = 1.0 + (limit.ratio - 1.0) * ITSELF;
    let finding = if itself.low > tolerated || itself.high < 1.0 / tolerated {
        Finding::VoidItself
    } else if series(FLOOR).is_some_and(Series::drifts) {
        Finding::VoidDrift
    } else {
        decide(found.ratio, limit.ratio)
    };
    let Comparison { pairs, ratio, p10_ratio, .. } = found;
    Some(Judgment { pairs, medians_ns, ratio, p10_ratio, itself, finding })
}

fn decide(ratio: Estimate, limit: f64) -> Finding {
    match ratio {
        Estimate { low, .. } if low > limit => Finding::Slower,
        Estimate { high, .. } if high < limit => Finding::Held,
        _ => Finding::Unclear,
    }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use record::{Sample, Unit};

    use super::*;

    const PLACE: &str = "run/hot/1";

    /// Samples of so many rounds: each subject takes its factor times what the round takes, give or take a tenth.
    fn samples(rounds: u32, factors: &[(&str, f64)]) -> Samples {
        let (mut random, mut samples) = (Rng::with_seed(7), Samples::default());
        for round in 1..=rounds {
            let pace = 1e6 * (1.0 + random.f64());
            for (subject, factor) in factors {
                let value = pace * factor * (0.95 + 0.1 * random.f64());
                samples.add(&sample(subject, round, value));
            }
        }
        samples
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "invented times")]
    fn sample(subject: &str, round: u32, value: f64) -> Sample {
        let own = str::to_owned;
        let (family, scenario, measure) = (own(FAMILY), own(PLACE), own(WALL));
        Sample {
            family,
            scenario,
            subject: own(subject),
            measure,
            unit: Unit::Ns,
            round,
            value: value as u64,
        }
    }

    fn finding(head: f64, again: f64) -> Finding {
        let again_name = format!("{BASE}{AGAIN}");
        let samples = samples(250, &[(BASE, 1.0), (HEAD, head), (&again_name, again)]);
        judge(&samples, PLACE, HOT).unwrap().finding
    }

    #[test]
    fn a_head_is_slower_only_where_the_whole_interval_is_above_the_limit() {
        assert_eq!(finding(1.0, 1.0), Finding::Held);
        assert_eq!(finding(0.5, 1.0), Finding::Held);
        assert_eq!(finding(1.02, 1.0), Finding::Unclear);
        assert_eq!(finding(1.06, 1.0), Finding::Slower);
    }

    #[test]
    fn a_base_that_differs_from_itself_voids_the_batch_whatever_the_head_does() {
        assert_eq!(finding(1.0, 1.05), Finding::VoidItself);
        assert_eq!(finding(1.5, 0.95), Finding::VoidItself);
    }

    #[test]
    fn a_machine_that_changes_its_pace_voids_the_batch() {
        let again = format!("{BASE}{AGAIN}");
        let mut all = samples(250, &[(BASE, 1.0), (HEAD, 1.0), (&again, 1.0)]);
        for round in 1..=250 {
            all.add(&sample(
                FLOOR,
                round,
                if round > 125 { 130_000.0 } else { 100_000.0 + f64::from(round) },
            ));
        }
        assert_eq!(judge(&all, PLACE, HOT).unwrap().finding, Finding::VoidDrift);
    }

    #[test]
    fn without_base_or_head_there_is_no_judgment() {
        assert_eq!(judge(&samples(10, &[(BASE, 1.0)]), PLACE, HOT), None);
    }

    fn outcome(findings: &[Finding]) -> Outcome {
        let one = Estimate { value: 1.0, low: 1.0, high: 1.0 };
        let batch = |finding: &Finding| Judgment {
            pairs: 1,
            medians_ns: (1, 1),
            ratio: one,
            p10_ratio: 1.0,
            itself: one,
            finding: *finding,
        };
        let batches = findings.iter().map(batch).collect();
        Outcome { limit: HOT, batches, failed: BTreeMap::new() }
    }

    #[test]
    fn a_regression_counts_when_a_second_batch_repeats_it() {
        use Finding::{Held, Slower, Unclear, VoidDrift, VoidItself, VoidTime};
        let told = |findings: &[Finding]| (outcome(findings).wants_more(), outcome(findings).finding());
        assert_eq!(told(&[Held]), (false, Held));
        assert!(told(&[Slower]).0);
        assert_eq!(told(&[Slower, Slower]), (false, Slower));
        assert_eq!(told(&[Slower, Unclear]), (false, Unclear));
        assert_eq!(told(&[VoidDrift, Slower, Slower]), (false, Slower));
        assert!(told(&[VoidDrift]).0);
        assert_eq!(told(&[VoidDrift, VoidItself, VoidDrift]), (false, VoidDrift));
        assert_eq!(told(&[VoidDrift, Slower, VoidItself]), (false, VoidItself));
        assert_eq!(outcome(&[Slower]).finding(), VoidTime, "nobody had time to repeat it");
        assert_eq!(told(&[VoidItself, Held]), (false, Held));
    }

    #[test]
    fn who_failed_is_not_measured_again() {
        let failed = BTreeMap::from([("start/run/hot/1/head".to_owned(), "no".to_owned())]);
        assert!(!Outcome { failed, ..outcome(&[]) }.wants_more());
    }
}
