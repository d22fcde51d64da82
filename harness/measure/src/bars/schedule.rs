//! The one interleaved run: some rounds of every race, again and again.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use drive::Runtime;
use fixtures::floor;

use super::scenario::{LIFE, MOUNTS, SECCOMP_COLD, SECCOMP_WARM, VARIABLES};
use super::{BarsError, Entry, FAMILY, hard_coded};
use crate::progress::Progress;
use crate::sampling::Race;
use crate::session::{MIN_ROUNDS, Session};
use crate::start::scenario::{EXEC, RUN};
use crate::start::{Field, FieldError, Mode, Scenario};

/// Times that system calls are counted: they must be the same each time.
pub(super) const TRACED: u32 = 5;

/// Rounds in which peak memory is read.
pub(super) const RESIDENT: u32 = 20;

/// Who takes part in a race.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Everyone, and the floor.
    All,
    /// The judged runtime and its first peer.
    Pair,
}

/// A race, and its rounds in one cycle: many of what is short.
struct Heat {
    scenario: &'static Scenario,
    mode: Mode,
    who: Who,
    rounds: u32,
}

const fn hot(scenario: &'static Scenario, rounds: u32) -> Heat {
    Heat { scenario, mode: Mode::Hot, who: Who::Pair, rounds }
}

/// All races. Points of one line have as many rounds, so that they make pairs.
const HEATS: [Heat; 12] = [
    Heat { scenario: &RUN, mode: Mode::Hot, who: Who::All, rounds: 10 },
    Heat { scenario: &RUN, mode: Mode::Isolated, who: Who::Pair, rounds: 5 },
    hot(&LIFE, 5),
    hot(&EXEC, 5),
    hot(&SECCOMP_WARM, 3),
    hot(&SECCOMP_COLD, 3),
    hot(&MOUNTS[0], 1),
    hot(&MOUNTS[1], 1),
    hot(&MOUNTS[2], 1),
    hot(&VARIABLES[0], 2),
    hot(&VARIABLES[1], 2),
    hot(&VARIABLES[2], 2),
];

impl Heat {
    fn name(&self) -> String {
        format!("{}/{}", self.scenario.name, self.mode.name())
    }

    fn race(&self, field: &Field, runtimes: &[Runtime], seed: u64) -> Result<Race, FieldError> {
        let scenario = (self.scenario, self.mode);
        let contenders = runtimes.iter().map(|one| field.contender(one.subject.name.clone(), one, scenario));
        Ok(Race::new(FAMILY, self.name(), contenders.collect::<Result<_, _>>()?, seed))
    }
}

/// Names of all scenarios that samples are taken of.
#[cfg(test)]
pub(super) fn scenarios() -> Vec<String> {
    let alone = [crate::start::calls::SCENARIO, crate::start::resident::SCENARIO, super::crowd::SCENARIO]
        .map(str::to_owned);
    HEATS.iter().map(Heat::name).chain(alone).collect()
}

/// Measures everything, with bundles and state below `home`, which is best on a tmpfs.
///
/// # Errors
/// See [`BarsError`]. Who cannot be measured is omitted from the record, with the reason.
pub fn run<W: Write>(session: &mut Session<'_, W>, entry: &Entry, home: &Path) -> Result<(), BarsError> {
    let scenarios: Vec<&Scenario> = HEATS.iter().map(|heat| heat.scenario).collect();
    let field = Field::lay_out_for(home, std::slice::from_ref(&entry.judged), &scenarios)?;
    let path = home.join(RUN.name).join(floor::CGROUP);
    fs::write(&path, field.cgroup().trim_start_matches('/'))
        .map_err(|source| BarsError::Floor { path, source })?;
    let (all, pair) = (entry.all(&hard_coded(home)?), entry.pair());
    let race = |heat: &Heat| {
        let who = if heat.who == Who::All { &all } else { &pair };
        heat.race(&field, who, session.effort.seed)
    };
    let mut races = HEATS.iter().map(race).collect::<Result<Vec<_>, _>>()?;
    cycles(session, &mut races)?;
    super::run_alone(session, &field, entry)
}

fn cycles<W: Write>(session: &mut Session<'_, W>, races: &mut [Race]) -> Result<(), BarsError> {
    let (started, effort) = (Instant::now(), session.effort);
    let progress = Progress::new("bars".to_owned(), effort.rounds);
    for cycle in 0..effort.rounds {
        if cycle >= MIN_ROUNDS && started.elapsed() > effort.budget {
            break;
        }
        for (heat, race) in HEATS.iter().zip(&mut *races) {
            for sample in (0..heat.rounds).flat_map(|_| race.round()) {
                session.record.sample(sample)?;
            }
        }
        progress.step();
    }
    progress.done(started.elapsed());
    races.iter().flat_map(Race::dropped).for_each(|(what, why)| session.record.omit(what, why));
    Ok(())
}
