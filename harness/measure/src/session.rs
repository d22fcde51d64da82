//! A run: races, one after the other, into one record.

use std::io::Write;
use std::time::{Duration, Instant};

use record::{Header, Host, Kind, Sample, WriteError, Writer};

use crate::progress::Progress;
use crate::sampling::{AGAIN, Race, WALL};
use crate::statistics::Confidence;
use crate::summary::Samples;

/// Rounds that a race runs even when its time is up, as fewer would show nothing.
pub const MIN_ROUNDS: u32 = 5;

/// Whether everything is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What a newcomer asks for first, in a minute or so.
    Look,
    /// All of it.
    Whole,
}

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// What is measured at all.
    pub extent: Extent,
    /// Rounds of a race; up to four times as many while they do not tell enough and there is time.
    pub rounds: u32,
    /// Time of a race, at most, once it has run [`MIN_ROUNDS`].
    pub budget: Duration,
    /// What the order of takes follows from.
    pub seed: u64,
}

impl Effort {
    /// Enough for ratios within some 3 %, where rounds are short enough for all of them; ten minutes in all.
    pub const FULL: Self =
        Self { extent: Extent::Whole, rounds: 250, budget: Duration::from_secs(15), seed: 1 };

    /// A look, in a minute or so.
    pub const QUICK: Self =
        Self { extent: Extent::Look, rounds: 25, budget: Duration::from_secs(2), seed: 1 };
}

/// How often a race runs all its rounds, at most, while it has time and its control is not narrow enough.
const MOST_TIMES: u32 = 4;

/// What is narrow enough: a subject beside itself, from one end of the 95 % interval to the other.
const NARROW: f64 = 0.02;

/// Said of a scenario in which the canary drifted.
const DRIFTED: &str = "void: the machine changed its pace by more than 2 % meanwhile, so its figures stand here but do not \
                       count; run it again when the machine is quieter";

/// Whether the control tells differences that are small enough; one without a control cannot say, and is content.
fn is_narrow(samples: &Samples, race: &Race) -> bool {
    let subjects = race.subjects();
    let twice = subjects.iter().find_map(|again| Some((again, again.strip_suffix(AGAIN)?)));
    let Some((again, subject)) = twice else { return true };
    let series = |name| samples.series(race.family, &race.scenario, name, WALL);
    let control = series(again).zip(series(subject));
    let ratio = control.and_then(|(again, first)| again.beside(first, Confidence::P950));
    ratio.is_none_or(|found| found.ratio.high - found.ratio.low <= NARROW)
}

/// The header of a record of `host`, with the effort as its settings and no subjects yet.
#[must_use]
pub fn header(host: Host, effort: Effort) -> Header {
    let Effort { rounds, budget, seed, .. } = effort;
    let settings = [
        ("rounds", rounds.to_string()),
        ("seconds of a scenario, about", budget.as_secs().to_string()),
        ("seed", seed.to_string()),
    ];
    let mut header = Header::new(Kind::Bench, host);
    header.settings.extend(settings.map(|(name, value)| (name.to_owned(), value)));
    header
}

/// A record being written, and how much to measure for it.
pub struct Session<'a, W: Write> {
    /// Where samples and omissions go.
    pub record: &'a mut Writer<W>,
    /// How much is measured.
    pub effort: Effort,
}

impl<W: Write> Session<'_, W> {
    /// Runs a race to its end: all rounds, or all the time it has.
    ///
    /// # Errors
    /// [`WriteError`] where the record cannot be written. A contender that fails is noted as omitted.
    pub fn run(&mut self, race: Race) -> Result<(), WriteError> {
        self.race(race, self.effort, |_| ())
    }

    /// The same with `times` the usual time.
    ///
    /// # Errors
    /// See [`Session::run`].
    pub fn run_longer(&mut self, race: Race, times: u32) -> Result<(), WriteError> {
        self.race(race, Effort { budget: self.effort.budget * times, ..self.effort }, |_| ())
    }

    /// The same with a `part` of the usual time, such as 2 for a half.
    ///
    /// # Errors
    /// See [`Session::run`].
    pub fn run_shorter(&mut self, race: Race, part: u32) -> Result<(), WriteError> {
        self.race(race, Effort { budget: self.effort.budget / part.max(1), ..self.effort }, |_| ())
    }

    /// The same with exactly so many rounds, for what is counted rather than timed.
    ///
    /// # Errors
    /// See [`Session::run`].
    pub fn run_rounds(&mut self, race: Race, rounds: u32) -> Result<(), WriteError> {
        self.run_rounds_and(race, rounds, |_| ())
    }

    /// The same; `keep` sees each sample too.
    ///
    /// # Errors
    /// See [`Session::run`].
    pub fn run_rounds_and(
        &mut self,
        race: Race,
        rounds: u32,
        keep: impl FnMut(&Sample),
    ) -> Result<(), WriteError> {
        self.race(race, Effort { rounds, budget: Duration::MAX, ..self.effort }, keep)
    }

    fn race(
        &mut self,
        mut race: Race,
        effort: Effort,
        mut keep: impl FnMut(&Sample),
    ) -> Result<(), WriteError> {
        let started = Instant::now();
        let (mut samples, mut ran) = (Samples::default(), 0);
        loop {
            let late = |round| ran + round >= MIN_ROUNDS && started.elapsed() > effort.budget;
            let more = self.rounds(&mut race, effort.rounds, late, |sample| {
                samples.add(sample);
                keep(sample);
            })?;
            ran += more;
            let whole = more == effort.rounds && ran < effort.rounds.saturating_mul(MOST_TIMES);
            if effort.budget == Duration::MAX || !whole || is_narrow(&samples, &race) {
                break;
            }
        }
        if samples.drifted(race.family, &race.scenario) {
            self.record.omit(format!("{}/{}", race.family, race.scenario), DRIFTED);
        }
        race.dropped().iter().for_each(|(what, why)| self.record.omit(what, why));
        Ok(())
    }

    /// Runs so many more rounds of a race that goes on afterwards; `keep` sees each sample too.
    ///
    /// # Errors
    /// See [`Session::run`].
    pub fn extend(
        &mut self,
        race: &mut Race,
        rounds: u32,
        keep: impl FnMut(&Sample),
    ) -> Result<(), WriteError> {
        self.rounds(race, rounds, |_| false, keep).map(drop)
    }

    /// The same, but none begins after `ends`; how many there were.
    ///
    /// # Errors
    /// See [`Session::run`].
    pub fn extend_until(
        &mut self,
        race: &mut Race,
        rounds: u32,
        ends: Instant,
        keep: impl FnMut(&Sample),
    ) -> Result<u32, WriteError> {
        self.rounds(race, rounds, |_| Instant::now() > ends, keep)
    }

    fn rounds(
        &mut self,
        race: &mut Race,
        rounds: u32,
        late: impl Fn(u32) -> bool,
        mut keep: impl FnMut(&Sample),
    ) -> Result<u32, WriteError> {
        let started = Instant::now();
        let progress = Progress::new(format!("{} {}", race.family, race.scenario), rounds);
        let mut ran = 0;
        while ran < rounds && !late(ran) {
            for sample in race.round() {
                keep(&sample);
                self.record.sample(sample)?;
            }
            progress.step();
            ran += 1;
        }
        progress.done(started.elapsed());
        Ok(ran)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::sampling::{Contender, FLOOR, Reading};
    use record::CgroupMode;

    /// A header of no machine.
    pub(crate) fn invented() -> Header {
        let none = String::new;
        let host = Host {
            kernel: none(),
            machine: none(),
            cpu: none(),
            cpus: 1,
            memory_bytes: 1,
            cgroups: CgroupMode::V2,
            hypervisor: false,
            governor: none(),
        };
        header(host, Effort::QUICK)
    }

    fn run(
        effort: Effort,
        take: impl FnMut() -> Result<Vec<Reading>, crate::sampling::TakeError> + 'static,
    ) -> record::Record {
        let contender = Contender { subject: "a".into(), take: Box::new(take) };
        let mut record = Writer::new(Vec::new(), invented()).unwrap();
        let race = Race::new("start", "run/hot".into(), vec![contender], effort.seed);
        Session { record: &mut record, effort }.run(race).unwrap();
        record::read_from(&record.finish().unwrap()[..]).unwrap()
    }

    #[test]
    fn a_race_ends_after_its_rounds() {
        let record = run(Effort { rounds: 7, ..Effort::FULL }, || Ok(vec![Reading::wall(1)]));
        assert_eq!(record.samples.len(), 7);
        assert!(record.footer.omitted.is_empty());
    }

    #[test]
    fn a_race_ends_when_its_time_is_up_but_not_before_the_least_number_of_rounds() {
        let record = run(Effort { budget: Duration::ZERO, ..Effort::FULL }, || Ok(vec![Reading::wall(1)]));
        assert_eq!(record.samples.len(), MIN_ROUNDS as usize);
    }

    /// Runs a subject beside itself, whose times spread so far, and a floor of this pace; the rounds, and what was omitted.
    fn controlled(spread: u64, floor: impl Fn(u64) -> u64 + 'static) -> (usize, Vec<String>) {
        let mut turn = 0;
        let noisy = move || {
            turn += 7919;
            Ok(vec![Reading::wall(1_000_000 + turn % spread)])
        };
        let mut round = 0;
        let floor = move || {
            round += 1;
            Ok(vec![Reading::wall(floor(round))])
        };
        let contender = |subject: &str, take| Contender { subject: subject.to_owned(), take };
        let contenders = vec![
            contender("a", Box::new(|| Ok(vec![Reading::wall(1_000_000)]))),
            contender("a again", Box::new(noisy)),
            contender(FLOOR, Box::new(floor)),
        ];
        let effort = Effort { rounds: 20, ..Effort::FULL };
        let mut record = Writer::new(Vec::new(), invented()).unwrap();
        let race = Race::new("start", "run/hot".into(), contenders, effort.seed);
        Session { record: &mut record, effort }.run(race).unwrap();
        let record = record::read_from(&record.finish().unwrap()[..]).unwrap();
        (record.samples.len() / 3, record.footer.omitted.into_keys().collect())
    }

    #[test]
    fn a_race_goes_on_while_its_control_is_wide_and_there_is_time() {
        assert_eq!(controlled(10, |_| 1000), (20, Vec::new()));
        assert_eq!(controlled(900_000, |_| 1000), (80, Vec::new()));
    }

    #[test]
    fn a_canary_that_drifts_voids_its_scenario() {
        let (_, omitted) = controlled(10, |round| if round > 12 { 2000 } else { 1000 });
        assert_eq!(omitted, ["start/run/hot"]);
    }

    #[test]
    fn what_failed_is_noted_in_the_record() {
        let record = run(Effort::QUICK, || Err("no such thing".into()));
        assert_eq!(record.footer.omitted["start/run/hot/a"], "no such thing");
    }
}
