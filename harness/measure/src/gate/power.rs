//! How often the gate is right: comparisons replayed on stretches of one long race.
//!
//! In the race the base runs beside itself and beside binaries that were slowed down on purpose, in the same rounds. A
//! *replayed* comparison judges a stretch of consecutive rounds as if they had just been taken, and takes another stretch
//! for every further batch. No value is invented and no order is changed, so that what the machine did to neighboring
//! rounds stays in; comparisons share rounds, though, and so resemble each other more than as many real ones would.

use std::collections::BTreeMap;
use std::convert::Infallible;

use fastrand::Rng;
use record::Sample;

use super::{BASE, Finding, HEAD, Limit, Outcome, Rounds, batch};
use crate::sampling::{AGAIN, FLOOR, WALL};
use crate::start::FAMILY;
use crate::statistics::{Confidence, Estimate};
use crate::summary::Samples;

/// Scenario of the rounds that are judged.
const PLACE: &str = "replayed";

/// The wall times of a long race, round by round.
#[derive(Debug, Clone, Default)]
pub struct Recorded {
    rounds: BTreeMap<u32, Vec<Sample>>,
}

/// How a comparison is replayed.
#[derive(Debug, Clone, Copy)]
pub struct Replay<'a> {
    /// The subject that stands for the head.
    pub head: &'a str,
    /// The limit.
    pub limit: Limit,
    /// Rounds that a batch has time for.
    pub most: u32,
}

/// What so many comparisons found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Comparisons in all.
    pub all: u32,
    /// Those that told a regression.
    pub slower: u32,
    /// Those that said nothing: void.
    pub void: u32,
}

impl Tally {
    /// Adds what one comparison found, in all its modes.
    pub fn add(&mut self, findings: &[Finding]) {
        self.all += 1;
        if findings.contains(&Finding::Slower) {
            self.slower += 1;
        } else if findings.iter().any(|finding| finding.is_void()) {
            self.void += 1;
        }
    }
}

impl Recorded {
    /// Keeps a wall time; whatever else was sampled does not matter here.
    pub fn add(&mut self, sample: &Sample) {
        if sample.measure == WALL {
            self.rounds.entry(sample.round).or_default().push(sample.clone());
        }
    }

    /// How many rounds there are.
    #[must_use]
    pub fn len(&self) -> u32 {
        u32::try_from(self.rounds.len()).unwrap_or(u32::MAX)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rounds.is_empty()
    }

    /// What a subject takes beside the base, over all rounds; `None` where one of them was not measured.
    #[must_use]
    pub fn effect(&self, subject: &str) -> Option<Estimate> {
        let mut samples = Samples::default();
        self.rounds.values().flatten().for_each(|sample| samples.add(sample));
        let sample = self.rounds.values().flatten().next()?;
        let series = |subject: &str| samples.series(&sample.family, &sample.scenario, subject, WALL);
        Some(series(subject)?.beside(series(BASE)?, Confidence::P950)?.ratio)
    }

    /// One comparison, its batches on stretches that `random` picks.
    pub fn replay(&self, replay: Replay<'_>, random: &mut Rng) -> Outcome {
        let limit = replay.limit;
        let mut outcome = Outcome { limit, batches: Vec::new(), failed: BTreeMap::new() };
        let most = replay.most.min(self.len());
        while outcome.wants_more() {
            let first = random.u32(0..=self.len() - most);
            let samples = Samples::default();
            let mut stretch = Stretch { recorded: self, head: replay.head, first, most, samples, rounds: 0 };
            let Ok(judgment) = batch(&mut stretch, PLACE, limit);
            let Some(judgment) = judgment else { break };
            outcome.batches.push(judgment);
        }
        outcome
    }
}

/// Consecutive rounds of a race, in which one subject stands for the head.
struct Stretch<'a> {
    recorded: &'a Recorded,
    head: &'a str,
    first: u32,
    most: u32,
    samples: Samples,
    rounds: u32,
}

impl Rounds for Stretch<'_> {
    type Error = Infallible;

    fn take_to(&mut self, rounds: u32) -> Result<bool, Infallible> {
        let last = rounds.min(self.most);
        let wanted = (last.saturating_sub(self.rounds)) as usize;
        let skipped = (self.first + self.rounds) as usize;
        for sample in self.recorded.rounds.values().skip(skipped).take(wanted).flatten() {
            if let Some(subject) = part(&sample.subject, self.head) {
                self.samples.add(&Sample {
                    family: FAMILY.to_owned(),
                    scenario: PLACE.to_owned(),
                    subject,
                    ..sample.clone()
                });
            }
        }
        self.rounds = last;
        Ok(last == rounds)
    }

    fn samples(&self) -> &Samples {
        &self.samples
    }
}

/// What a subject is called in a comparison with `head`; `None` where it takes no part.
fn part(subject: &str, head: &str) -> Option<String> {
    let again = format!("{BASE}{AGAIN}");
    match subject {
        subject if subject == head => Some(HEAD.to_owned()),
        BASE | FLOOR => Some(subject.to_owned()),
        subject if subject == again => Some(again),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use record::Unit;

    use super::super::HOT;
    use super::*;

    /// A race in which everyone takes so many times what the round takes, give or take a twentieth.
    fn recorded(rounds: u32, factors: &[(&str, f64)]) -> Recorded {
        let (mut random, mut recorded) = (Rng::with_seed(3), Recorded::default());
        for round in 1..=rounds {
            let pace = 1e6 * (1.0 + random.f64());
            for (subject, factor) in factors {
                recorded.add(&sample(subject, round, pace * factor * (0.975 + 0.05 * random.f64())));
            }
        }
        recorded
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "invented times")]
    fn sample(subject: &str, round: u32, value: f64) -> Sample {
        let own = str::to_owned;
        let (family, scenario, measure) = (own(FAMILY), own("run/hot"), own(WALL));
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

    fn found(head: &str) -> Tally {
        let again = format!("{BASE}{AGAIN}");
        let race = recorded(600, &[(BASE, 1.0), (&again, 1.0), ("same", 1.0), ("slower", 1.06)]);
        let (mut tally, mut random) = (Tally::default(), Rng::with_seed(5));
        let limit = Limit { looks: [100, 200, 300], ..HOT };
        for _ in 0..5 {
            tally.add(&[race.replay(Replay { head, limit, most: 300 }, &mut random).finding()]);
        }
        tally
    }

    #[test]
    fn what_is_slower_is_found_and_what_is_the_same_is_not() {
        assert_eq!(found("slower"), Tally { all: 5, slower: 5, void: 0 });
        assert_eq!(found("same"), Tally { all: 5, slower: 0, void: 0 });
    }

    #[test]
    fn an_effect_is_the_ratio_to_the_base() {
        let race = recorded(200, &[(BASE, 1.0), ("slower", 1.06)]);
        assert!(race.effect("slower").unwrap().holds(1.06) && race.effect("nobody").is_none());
    }

    #[test]
    fn a_batch_takes_no_more_rounds_than_it_has_time_for() {
        let race = recorded(100, &[(BASE, 1.0), (&format!("{BASE}{AGAIN}"), 1.0), ("same", 1.03)]);
        let outcome = race.replay(Replay { head: "same", limit: HOT, most: 40 }, &mut Rng::with_seed(1));
        assert!(outcome.batches.iter().all(|batch| batch.pairs == 40), "{outcome:?}");
    }

    #[test]
    fn who_is_not_there_is_not_judged() {
        let race = recorded(10, &[(BASE, 1.0)]);
        let outcome = race.replay(Replay { head: "nobody", limit: HOT, most: 10 }, &mut Rng::with_seed(1));
        assert!(outcome.batches.is_empty());
    }

    #[test]
    fn a_regression_in_one_mode_counts_before_a_void_in_the_other() {
        let mut tally = Tally::default();
        tally.add(&[Finding::Held, Finding::VoidDrift]);
        tally.add(&[Finding::Slower, Finding::VoidDrift]);
        tally.add(&[Finding::Held, Finding::Unclear]);
        assert_eq!(tally, Tally { all: 3, slower: 1, void: 1 });
    }
}
