//! Interleaved sampling: every contender once a round, in random order, so that what the machine does to one it
//! does to all.

use std::collections::BTreeMap;
use std::error::Error;

use fastrand::Rng;
use record::{Sample, Unit};

/// Name of the contender that starts the same payload without any container: the floor, and the canary that shows
/// when the machine itself changes its pace.
pub const FLOOR: &str = "floor";

/// Added to the name of the first subject where it takes part a second time, as a control: a subject that differs
/// from itself shows that the run cannot tell differences of that size.
pub const AGAIN: &str = " again";

/// Wall time, in nanoseconds.
pub const WALL: &str = "wall";

/// Processor time, user and system, in nanoseconds.
pub const CPU: &str = "cpu";

/// Largest resident set of a runtime, from its own start on, in bytes.
pub const PEAK: &str = "peak";

/// Memory that the processes of a waiting container hold, in bytes: shared pages by their share. What the kernel holds for
/// it is not told apart from what else the kernel holds.
pub const HELD: &str = "held";

/// System calls, of the process and everything below it.
pub const CALLS: &str = "calls";

/// Why a contender could not be measured.
pub type TakeError = Box<dyn Error + Send + Sync>;

/// One thing measured once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// What was measured, such as [`WALL`].
    pub measure: &'static str,
    /// The unit of `value`.
    pub unit: Unit,
    /// The value.
    pub value: u64,
}

impl Reading {
    /// Wall time of `ns`.
    #[must_use]
    pub fn wall(ns: u64) -> Self {
        Self { measure: WALL, unit: Unit::Ns, value: ns }
    }
}

/// What takes part in a race.
pub struct Contender {
    /// Name of the subject.
    pub subject: String,
    /// Measures it once; whatever it set up for that is gone when it returns.
    pub take: Box<dyn FnMut() -> Result<Vec<Reading>, TakeError>>,
}

/// A scenario with everything that takes part in it.
pub struct Race {
    /// Family of the scenario.
    pub family: &'static str,
    /// The scenario, such as `run/hot`.
    pub scenario: String,
    contenders: Vec<Contender>,
    random: Rng,
    rounds: u32,
    dropped: BTreeMap<String, String>,
}

impl Race {
    /// A race whose order of takes follows from `seed`.
    #[must_use]
    pub fn new(family: &'static str, scenario: String, contenders: Vec<Contender>, seed: u64) -> Self {
        let random = Rng::with_seed(seed);
        Self { family, scenario, contenders, random, rounds: 0, dropped: BTreeMap::new() }
    }

    /// Notes that `subject` takes no part, and why.
    pub fn drop_out(&mut self, subject: &str, why: impl Into<String>) {
        self.contenders.retain(|contender| contender.subject != subject);
        self.dropped.insert(format!("{}/{}/{subject}", self.family, self.scenario), why.into());
    }

    /// Names of those that still take part.
    #[must_use]
    pub fn subjects(&self) -> Vec<String> {
        self.contenders.iter().map(|contender| contender.subject.clone()).collect()
    }

    /// Those that could not be measured, under the name that a footer notes them by, each with its reason.
    #[must_use]
    pub fn dropped(&self) -> &BTreeMap<String, String> {
        &self.dropped
    }

    /// Measures everyone once, in random order. The first call does so twice: the first round warms up.
    ///
    /// A contender that cannot be measured takes part no more.
    pub fn round(&mut self) -> Vec<Sample> {
        if self.rounds == 0 {
            self.everyone();
        }
        self.rounds += 1;
        self.everyone()
    }

    fn everyone(&mut self) -> Vec<Sample> {
        self.random.shuffle(&mut self.contenders);
        let mut samples = Vec::new();
        let mut failed = Vec::new();
        for contender in &mut self.contenders {
            let subject = &contender.subject;
            match (contender.take)() {
                Ok(readings) => samples.extend(readings.into_iter().map(|reading| Sample {
                    family: self.family.to_owned(),
                    scenario: self.scenario.clone(),
                    subject: subject.clone(),
                    measure: reading.measure.to_owned(),
                    unit: reading.unit,
                    round: self.rounds,
                    value: reading.value,
                })),
                Err(error) => failed.push((subject.clone(), crate::chain(&*error))),
            }
        }
        for (subject, why) in failed {
            self.drop_out(&subject, why);
        }
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;
    use std::rc::Rc;

    type Log = Rc<RefCell<Vec<String>>>;

    /// A contender that writes its name down and fails from the `last` take on.
    fn contender(subject: &str, log: &Log, last: usize) -> Contender {
        let (name, log, mut takes) = (subject.to_owned(), log.clone(), 0);
        let take = move || {
            log.borrow_mut().push(name.clone());
            takes += 1;
            if takes > last { Err("broken".into()) } else { Ok(vec![Reading::wall(takes as u64)]) }
        };
        Contender { subject: subject.to_owned(), take: Box::new(take) }
    }

    fn race(names: &[&str], last: usize, seed: u64) -> (Race, Log) {
        let log = Log::default();
        let contenders = names.iter().map(|name| contender(name, &log, last)).collect();
        (Race::new("start", "run/hot".into(), contenders, seed), log)
    }

    #[test]
    fn everyone_runs_once_a_round_and_the_first_round_is_dropped() {
        let (mut race, log) = race(&["a", "b", "c"], 100, 7);
        let first = race.round();
        assert_eq!(log.borrow().len(), 6, "a warming round, then the one that counts");
        assert!(first.iter().all(|sample| sample.value == 2 && sample.round == 1));
        let second = race.round();
        assert_eq!((second.len(), log.borrow().len()), (3, 9));
        for round in log.borrow().chunks(3) {
            let mut names = round.to_vec();
            names.sort();
            assert_eq!(names, ["a", "b", "c"]);
        }
    }

    #[test]
    fn the_order_changes_and_follows_from_the_seed() {
        let orders = |seed| {
            let (mut race, log) = race(&["a", "b", "c", "d"], 100, seed);
            (0..20).for_each(|_| drop(race.round()));
            log.take()
        };
        assert_eq!(orders(1), orders(1));
        assert_ne!(orders(1), orders(2));
        let mut first: Vec<String> = orders(1).chunks(4).map(|round| round[0].clone()).collect();
        first.sort();
        first.dedup();
        assert_eq!(first, ["a", "b", "c", "d"], "each comes first at some time");
    }

    #[test]
    fn who_fails_is_dropped_with_the_reason_and_the_others_go_on() {
        let log = Log::default();
        let contenders = vec![contender("good", &log, 100), contender("bad", &log, 2)];
        let mut race = Race::new("start", "run/hot".into(), contenders, 1);
        let takes: Vec<usize> = (0..3).map(|_| race.round().len()).collect();
        assert_eq!(takes, [2, 1, 1]);
        assert_eq!(race.dropped()["start/run/hot/bad"], "broken");
        assert_eq!(race.subjects(), ["good"]);
    }
}
