//! What starting a container costs, call by call, with any runtime.
//!
//! Everyone works on the same bundle and the same cgroup, one after the other; the harness makes both and clears them
//! away itself, so that no runtime is measured on what another left, or trusted to clean up.

mod berth;
pub mod calls;
mod cgroup;
pub mod crowd;
mod mode;
pub mod origin;
pub mod payload;
pub mod phases;
mod premise;
pub mod resident;
pub mod scenario;
pub mod stand;
pub mod variation;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

pub(crate) use berth::passed_on;
pub use berth::{Berth, DoubtError};
pub use calls::CallsError;
use calls::Traced;
use cgroup::Cgroup;
pub(crate) use cgroup::ROOT as CGROUPS;
use crowd::{ALIVE, AT_ONCE};
use drive::Runtime;
use fixtures::bundle::BundleError;
use fixtures::probe;
use mode::Caches;
pub use mode::{ForgetError, Mode, REST};
use payload::Payload;
use phases::Timed;
use record::setting::REFERENCE;
use record::{Header, Subject, WriteError};
use scenario::{DELETE, FIRST_INSTRUCTION, RUN};
pub use scenario::{SCENARIOS, Scenario};
use serde_json::Value;
pub use variation::VARIATIONS;

use crate::entrants::Entrants;
use crate::sampling::{AGAIN, Contender, FLOOR, Race, Reading, TakeError};
use crate::session::{Extent, Session};

/// Name of this family in samples.
pub const FAMILY: &str = "start";

/// Why there is nothing to start containers on.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum FieldError {
    #[error("write the bundle of `{scenario}` to `{path}`")]
    Bundle { scenario: &'static str, path: PathBuf, source: BundleError },

    #[error("make the directory `{path}` for the output and state of runtimes")]
    Scratch { path: PathBuf, source: io::Error },

    #[error(transparent)]
    Calls(#[from] CallsError),

    #[error("make the cgroup `{path}`")]
    Cgroup { path: PathBuf, source: io::Error },
}

/// Why the family was not measured to its end.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum RunError {
    #[error(transparent)]
    Field(#[from] FieldError),

    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Adds the runtimes to a header, and the name of the one that ratios are to.
#[must_use]
pub fn introduce(entrants: &Entrants, mut header: Header) -> Header {
    header.subjects = entrants.runtimes.iter().map(|runtime| runtime.subject.clone()).collect();
    header.subjects.push(Subject::without_binary(FLOOR));
    let reference = entrants.reference().map(|name| (REFERENCE.to_owned(), name.to_owned()));
    header.settings.extend(reference);
    header
}

/// Measures what needs no disk: the system calls of `run`, then each scenario in its modes, then containers beside each
/// other. Where root file systems come from is measured by [`origin::run`].
///
/// # Errors
/// See [`RunError`]. Without strace, calls are omitted.
pub fn run<W: Write>(session: &mut Session<'_, W>, field: &mut Field) -> Result<(), RunError> {
    let seed = session.effort.seed;
    field.keep_fit()?.into_iter().for_each(|(who, why)| session.record.omit(who, why));
    match field.traced(seed) {
        Ok(race) => session.run_rounds(race, calls::ROUNDS)?,
        Err(FieldError::Calls(error)) => session.record.omit("start/calls", crate::chain(&error)),
        Err(other) => return Err(other.into()),
    }
    if session.effort.extent == Extent::Whole {
        let place = (FAMILY, resident::SCENARIO);
        session.run_rounds(resident::race(field, &field.runtimes, place, seed)?, resident::ROUNDS)?;
        match field.phases(seed) {
            Ok(race) => session.run_rounds(race, phases::ROUNDS)?,
            Err(FieldError::Calls(error)) => session.record.omit("start/phases", crate::chain(&error)),
            Err(other) => return Err(other.into()),
        }
    }
    for (scenario, mode) in program(session.effort.extent) {
        session.run_longer(field.race(scenario, mode, seed)?, scenario.weight)?;
    }
    if session.effort.extent == Extent::Whole {
        crowds(session, field)?;
    }
    Ok(())
}

/// Several at once, and one among many.
fn crowds<W: Write>(session: &mut Session<'_, W>, field: &Field) -> Result<(), RunError> {
    let seed = session.effort.seed;
    for count in AT_ONCE {
        session.run_shorter(field.at_once(count, seed)?, 2)?;
    }
    for count in ALIVE {
        match field.among(count, seed) {
            Ok((race, alive)) => {
                session.run_shorter(race, 2)?;
                drop(alive);
            }
            Err(error) => session.record.omit(format!("start/run/among-{count}"), crate::chain(&*error)),
        }
    }
    Ok(())
}

/// What is measured, in this order. A look takes `run` alone after a rest: rests are most of what time it takes.
#[must_use]
pub fn program(extent: Extent) -> Vec<(&'static Scenario, Mode)> {
    let both = SCENARIOS.iter().flat_map(|scenario| Mode::USUAL.map(|mode| (*scenario, mode)));
    if extent == Extent::Whole {
        return both.chain(VARIATIONS.map(|scenario| (scenario, Mode::Hot))).collect();
    }
    both.filter(|(scenario, mode)| *mode == Mode::Hot || scenario.name == RUN.name).collect()
}

/// Bundles, runtimes and a cgroup: all that races need.
pub struct Field {
    runtimes: Vec<Runtime>,
    /// State and output of runtimes.
    home: PathBuf,
    bundles: PathBuf,
    cgroup: Rc<Cgroup>,
    caches: Caches,
}

impl Field {
    /// Writes the bundle of every scenario below `home`, and makes the cgroup that containers go into.
    ///
    /// `home` is best on a tmpfs: the state of runtimes goes there too.
    ///
    /// # Errors
    /// See [`FieldError`].
    pub fn lay_out(home: &Path, runtimes: &[Runtime]) -> Result<Self, FieldError> {
        let all: Vec<&Scenario> = SCENARIOS.into_iter().chain(VARIATIONS).collect();
        Self::lay_out_for(home, runtimes, &all)
    }

    /// The same with the bundles of these scenarios.
    ///
    /// # Errors
    /// See [`FieldError`].
    pub fn lay_out_for(
        home: &Path,
        runtimes: &[Runtime],
        scenarios: &[&Scenario],
    ) -> Result<Self, FieldError> {
        let cgroup = Cgroup::make().map_err(|(path, source)| FieldError::Cgroup { path, source })?;
        let field = Self {
            runtimes: runtimes.to_vec(),
            home: home.to_owned(),
            bundles: home.to_owned(),
            cgroup: Rc::new(cgroup),
            caches: Caches::of_machine(),
        };
        scenarios.iter().try_for_each(|scenario| field.write(scenario))?;
        Ok(field)
    }

    /// The same runtimes and cgroup, with bundles elsewhere, none of which is written yet.
    fn with_bundles_in(&self, place: &Path) -> Self {
        Self {
            runtimes: self.runtimes.clone(),
            home: self.home.clone(),
            bundles: place.to_owned(),
            cgroup: Rc::clone(&self.cgroup),
            caches: self.caches.clone(),
        }
    }

    /// Writes the bundle of one more scenario.
    ///
    /// # Errors
    /// [`FieldError::Bundle`].
    pub fn write(&self, scenario: &Scenario) -> Result<(), FieldError> {
        let path = self.bundles.join(scenario.name);
        let written = scenario.write(&path, &self.cgroup());
        written.map_err(|source| FieldError::Bundle { scenario: scenario.name, path, source })
    }

    /// `linux.cgroupsPath` of its containers.
    pub(crate) fn cgroup(&self) -> String {
        self.cgroup.name()
    }

    /// Where bundles and state are.
    pub(crate) fn home(&self) -> &Path {
        &self.home
    }

    /// Takes out the runtimes that cannot even create, start, kill and delete a container here, or whose container is not
    /// what the plainest configuration asks for: those, with reasons.
    ///
    /// # Errors
    /// [`FieldError::Scratch`].
    pub fn keep_fit(&mut self) -> Result<BTreeMap<String, String>, FieldError> {
        let mut unfit = self.doubts(&RUN)?;
        self.runtimes.retain(|runtime| !unfit.contains_key(&runtime.subject.name));
        for runtime in &self.runtimes {
            let berth = self.berth(runtime, &DELETE)?;
            let taken = take(&berth, &DELETE, || Ok(()));
            if let Err(error) = berth.clear().and(taken) {
                unfit.insert(runtime.subject.name.clone(), crate::chain(&*error));
            }
        }
        self.runtimes.retain(|runtime| !unfit.contains_key(&runtime.subject.name));
        Ok(unfit)
    }

    /// The runtimes whose containers are not what the configuration of a scenario asks for, each with what is amiss.
    fn doubts(&self, scenario: &Scenario) -> Result<BTreeMap<String, String>, FieldError> {
        let telling = Scenario { payload: Payload::Tells, ..*scenario };
        let mut doubts = BTreeMap::new();
        for runtime in &self.runtimes {
            // For each anew: a runtime may have written to it.
            self.write(&telling)?;
            let config = self.config(scenario)?;
            let berth = self.berth(runtime, &telling)?;
            let told = berth.told().map_err(|error| crate::chain(&*error));
            let broken = told.map_or_else(|error| vec![error], |report| premise::broken(&config, &report));
            let cleared = berth.clear().map_err(|error| crate::chain(&*error));
            let amiss: Vec<String> = broken.into_iter().chain(cleared.err()).collect();
            if !amiss.is_empty() {
                let why =
                    format!("its container is not what `{}` rests on: {}", scenario.name, amiss.join("; "));
                doubts.insert(runtime.subject.name.clone(), why);
            }
        }
        self.write(scenario)?;
        Ok(doubts)
    }

    fn config(&self, scenario: &Scenario) -> Result<Value, FieldError> {
        let path = self.bundles.join(scenario.name).join("config.json");
        let read = std::fs::read(&path).and_then(|text| Ok(serde_json::from_slice(&text)?));
        read.map_err(|source| FieldError::Scratch { path, source })
    }

    /// The race of one scenario over all runtimes, the first of them twice, and the floor.
    ///
    /// Where its configuration is not the plain one, which [`Self::keep_fit`] looks at, runtimes that do not do what it asks
    /// for take no part.
    ///
    /// # Errors
    /// [`FieldError::Scratch`].
    pub fn race(&self, scenario: &'static Scenario, mode: Mode, seed: u64) -> Result<Race, FieldError> {
        let name = format!("{}/{}", scenario.name, mode.name());
        let named = self.runtimes.iter().map(|runtime| (runtime.subject.name.clone(), runtime));
        let control = self.runtimes.first().map(|first| (format!("{}{AGAIN}", first.subject.name), first));
        let is_plain = SCENARIOS.iter().any(|plain| plain.name == scenario.name);
        let doubts = if is_plain { BTreeMap::new() } else { self.doubts(scenario)? };
        let (mut contenders, mut avoided) = (vec![self.floor(scenario, mode)?], Vec::new());
        for (subject, runtime) in named.chain(control) {
            let doubt = doubts.get(&runtime.subject.name).map(String::as_str);
            match scenario.avoided_by(&runtime.name).or(doubt) {
                Some(why) => avoided.push((subject, why)),
                None => contenders.push(self.contender(subject, runtime, (scenario, mode))?),
            }
        }
        let mut race = Race::new(FAMILY, name, contenders, seed);
        for (subject, why) in avoided {
            race.drop_out(&subject, why);
        }
        Ok(race)
    }

    /// The race that counts system calls, of `run` under strace.
    ///
    /// # Errors
    /// [`FieldError::Calls`] where strace is missing, [`FieldError::Scratch`].
    pub fn traced(&self, seed: u64) -> Result<Race, FieldError> {
        let mut contenders = Vec::new();
        for runtime in self.runtimes.iter().filter(|runtime| RUN.avoided_by(&runtime.name).is_none()) {
            let traced = Traced::wrap(&runtime.path, &self.home.join("traced").join(&runtime.subject.name))?;
            let berth = self.berth(&traced.runtime(runtime), &RUN)?;
            let take = move || {
                let taken = take(&berth, &RUN, || Ok(()));
                berth.clear()?;
                taken.and_then(|_| Ok(traced.readings()?))
            };
            contenders.push(Contender { subject: runtime.subject.name.clone(), take: Box::new(take) });
        }
        Ok(Race::new(FAMILY, calls::SCENARIO.to_owned(), contenders, seed))
    }

    /// The race that takes `run` apart, by a few of its calls under strace.
    ///
    /// # Errors
    /// As [`Self::traced`].
    pub fn phases(&self, seed: u64) -> Result<Race, FieldError> {
        let mut contenders = Vec::new();
        let fit = |runtime: &&Runtime| FIRST_INSTRUCTION.avoided_by(&runtime.name).is_none();
        for runtime in self.runtimes.iter().filter(fit) {
            let timed = Timed::wrap(&runtime.path, &self.home.join("phases").join(&runtime.subject.name))?;
            let berth = self.berth(&timed.runtime(runtime), &FIRST_INSTRUCTION)?;
            let take = move || {
                let first_ns = berth.container().run().map_err(TakeError::from).and_then(passed_on);
                let first_ns = first_ns.and_then(|_| berth.stamp_ns());
                berth.clear()?;
                Ok(timed.readings(probe::PATH, first_ns?)?)
            };
            contenders.push(Contender { subject: runtime.subject.name.clone(), take: Box::new(take) });
        }
        Ok(Race::new(FAMILY, phases::SCENARIO.to_owned(), contenders, seed))
    }

    /// A contender in a race of that scenario.
    pub(crate) fn contender(
        &self,
        subject: String,
        runtime: &Runtime,
        (scenario, mode): (&'static Scenario, Mode),
    ) -> Result<Contender, FieldError> {
        let (berth, caches) = (self.berth(runtime, scenario)?, self.caches.clone());
        let take = move || {
            let taken = take(&berth, scenario, || mode.prepare(&caches));
            let cleared = berth.clear();
            taken.and_then(|readings| cleared.map(|()| readings))
        };
        Ok(Contender { subject, take: Box::new(take) })
    }

    /// Where `runtime` acts on the container of `scenario`.
    pub(crate) fn berth(&self, runtime: &Runtime, scenario: &Scenario) -> Result<Berth, FieldError> {
        let path = self.home.join("of").join(&runtime.subject.name);
        let berth = Berth::new(runtime, &self.bundles.join(scenario.name), &path, &self.cgroup);
        berth.map_err(|source| FieldError::Scratch { path, source })
    }

    /// The same program, started without a container.
    fn floor(&self, scenario: &'static Scenario, mode: Mode) -> Result<Contender, FieldError> {
        let path = self.home.join("of").join(FLOOR);
        std::fs::create_dir_all(&path)
            .map_err(|source| FieldError::Scratch { path: path.clone(), source })?;
        let (bundle, payload) = (self.bundles.join(scenario.name), scenario.payload);
        let caches = self.caches.clone();
        let take = move || {
            mode.prepare(&caches)?;
            berth::floor(&bundle, &path, payload)
        };
        Ok(Contender { subject: FLOOR.to_owned(), take: Box::new(take) })
    }
}

fn take(
    berth: &Berth,
    scenario: &Scenario,
    prepare: impl FnOnce() -> Result<(), TakeError>,
) -> Result<Vec<Reading>, TakeError> {
    (scenario.before)(berth)?;
    prepare()?;
    let done = (scenario.timed)(berth)?;
    (scenario.after)(berth, done)
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::{Command, Stdio};

    use drive::{STEP_DEADLINE, wait};

    use super::*;

    /// A script that can be called, as nobody has it open for writing any more.
    pub(crate) fn script(path: &Path, text: &str) {
        fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        let call = || Command::new(path).stdout(Stdio::null()).stderr(Stdio::null()).status().ok();
        wait::until(STEP_DEADLINE, call).unwrap();
    }

    /// A field of one runtime that is a script, with a directory for a cgroup and a file for the switch of caches.
    pub(crate) fn field(home: &Path, text: &str) -> Field {
        let path = home.join("fake");
        script(&path, text);
        Field {
            runtimes: vec![Runtime { path, ..Runtime::known(Subject::without_binary("fake")) }],
            home: home.to_owned(),
            bundles: home.to_owned(),
            cgroup: Rc::new(Cgroup::at(home.join("cgroup")).unwrap()),
            caches: Caches::at(home.join("drop_caches")),
        }
    }

    #[test]
    fn before_every_cold_take_the_kernel_forgets_and_before_no_other() {
        let home = tempfile::tempdir().unwrap();
        let (switch, seen) = (home.path().join("drop_caches"), home.path().join("seen"));
        let noted = format!("cp {} {} && exit 42", switch.display(), seen.display());
        let field = field(home.path(), &noted);
        field.write(&RUN).unwrap();
        let noted = |mode| {
            let contender = field.contender("fake".to_owned(), &field.runtimes[0], (&RUN, mode));
            let mut take = contender.unwrap().take;
            let mut once = || {
                fs::write(&switch, "").unwrap();
                take().unwrap();
                fs::read_to_string(&seen).unwrap()
            };
            [once(), once()]
        };
        assert_eq!(noted(Mode::Cold), ["3", "3"]);
        assert_eq!(noted(Mode::Hot), ["", ""]);
        let mut floor = field.floor(&RUN, Mode::Cold).unwrap().take;
        floor().unwrap();
        assert_eq!(fs::read_to_string(&switch).unwrap(), "3");
    }

    #[test]
    fn bundles_elsewhere_leave_state_and_output_where_they_were() {
        let [home, other] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let here = field(home.path(), "exit 42");
        let there = here.with_bundles_in(other.path());
        there.write(&RUN).unwrap();
        assert!(!home.path().join("run").exists());
        let berth = there.berth(&there.runtimes[0], &RUN).unwrap();
        assert_eq!(berth.container().bundle, other.path().join("run"));
        assert!(berth.container().scratch.starts_with(home.path()));
    }
}
