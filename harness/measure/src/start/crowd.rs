//! Containers beside each other: several started at once, and one started among many that are alive.

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::thread;

use drive::{Container, Done, Runtime, StepError};
use record::Unit;

use super::berth::{self, Berth, DoubtError, passed_on};
use super::cgroup::Cgroup;
use super::payload::Payload;
use super::scenario::{CREATE, RUN};
use super::{FAMILY, Field, FieldError, Mode};
use crate::clock::now_ns;
use crate::sampling::{CPU, Contender, FLOOR, Race, Reading, TakeError};

/// How many are started at once.
pub const AT_ONCE: [usize; 3] = [1, 2, 4];

/// How many are alive while one is started.
pub const ALIVE: [usize; 4] = [0, 10, 100, 500];

/// Containers that wait; gone when they are dropped.
pub struct Alive {
    cgroup: Rc<Cgroup>,
    /// State of the runtime, and its output.
    own: PathBuf,
}

impl Alive {
    /// Starts `count` containers of `runtime`, with bundles and state below `home`.
    fn start(runtime: &Runtime, home: &Path, cgroup: &Rc<Cgroup>, count: usize) -> Result<Self, TakeError> {
        let alive = Self { cgroup: Rc::clone(cgroup), own: home.join("own") };
        for at in 0..count {
            let bundle = home.join(format!("bundle-{at}"));
            if !bundle.exists() {
                CREATE.write(&bundle, &cgroup.alive_name(at))?;
            }
            let container = Container::new(runtime, &format!("alive-{at}"), &bundle, &alive.own)?;
            container.create()?.success()?;
            container.start()?.success()?;
        }
        let running = cgroup.alive();
        if running < count { Err(DoubtError::NotAlive { running, count }.into()) } else { Ok(alive) }
    }
}

impl Drop for Alive {
    /// What cannot be removed stays visible by its name.
    fn drop(&mut self) {
        let _ = self.cgroup.clear_alive();
        let _ = fs::remove_dir_all(&self.own);
    }
}

impl Field {
    /// The race of `run` by `count` callers at once; a time is that of all, divided by their number.
    ///
    /// # Errors
    /// [`FieldError::Bundle`], [`FieldError::Scratch`].
    pub fn at_once(&self, count: usize, seed: u64) -> Result<Race, FieldError> {
        let mut contenders = vec![self.floor_at_once(count)?];
        let fit = |runtime: &&Runtime| RUN.avoided_by(&runtime.name).is_none();
        for runtime in self.runtimes.iter().filter(fit) {
            let berths = (0..count).map(|at| self.one_of_many(runtime, at));
            let berths = berths.collect::<Result<Vec<Berth>, FieldError>>()?;
            let take = move || {
                let taken = together(berths.iter().map(Berth::container).collect(), Container::run);
                let cleared = berths.iter().try_for_each(Berth::clear);
                taken.and_then(|readings| cleared.map(|()| readings))
            };
            contenders.push(Contender { subject: runtime.subject.name.clone(), take: Box::new(take) });
        }
        Ok(Race::new(FAMILY, format!("run/at-once-{count}"), contenders, seed))
    }

    /// The race of `run` among containers that are alive as long as the second value is kept.
    ///
    /// # Errors
    /// Where they cannot be started.
    pub fn among(&self, count: usize, seed: u64) -> Result<(Race, Option<Alive>), TakeError> {
        let mut race = self.race(&RUN, Mode::Hot, seed)?;
        race.scenario = format!("run/among-{count}");
        let crowd = |runtime| Alive::start(runtime, &self.home.join("alive"), &self.cgroup, count);
        let alive = self.runtimes.first().map(crowd).transpose()?;
        Ok((race, alive))
    }

    fn one_of_many(&self, runtime: &Runtime, at: usize) -> Result<Berth, FieldError> {
        let path = self.home.join("at-once").join(at.to_string());
        let written = RUN.write(&path, &format!("{}/{at}", self.cgroup.name()));
        written.map_err(|source| FieldError::Bundle { scenario: RUN.name, path: path.clone(), source })?;
        let home = self.home.join("of").join(&runtime.subject.name).join(format!("at-once-{at}"));
        let berth = Berth::new(runtime, &path, &home, &self.cgroup);
        berth.map_err(|source| FieldError::Scratch { path: home, source })
    }

    fn floor_at_once(&self, count: usize) -> Result<Contender, FieldError> {
        let path = self.home.join("of").join(FLOOR);
        let made = fs::create_dir_all(&path);
        made.map_err(|source| FieldError::Scratch { path: path.clone(), source })?;
        let bundle = self.home.join(RUN.name);
        let take = move || together(vec![(); count], |()| berth::floor_call(&bundle, &path, Payload::Ends));
        Ok(Contender { subject: FLOOR.to_owned(), take: Box::new(take) })
    }
}

/// Makes the same call for everyone at once, and waits for all.
fn together<T: Send>(
    everyone: Vec<T>,
    call: impl Fn(T) -> Result<Done, StepError> + Sync,
) -> Result<Vec<Reading>, TakeError> {
    let count = everyone.len().max(1) as u64;
    let began = now_ns();
    let ended: Vec<_> = thread::scope(|scope| {
        let call = &call;
        let started: Vec<_> = everyone.into_iter().map(|one| scope.spawn(move || call(one))).collect();
        started.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let spent = now_ns() - began;
    let mut cpu_ns = 0;
    for done in ended {
        let done = done.map_err(|_| "a thread that called the runtime panicked")?;
        cpu_ns += passed_on(done?)?.cpu_ns;
    }
    Ok(vec![Reading::wall(spent / count), Reading { measure: CPU, unit: Unit::Ns, value: cpu_ns / count }])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_does_not_pass_the_status_on_has_no_time_together_either() {
        let call = |words: &str| drive::Step {
            name: "call".to_owned(),
            program: "/bin/sh".into(),
            args: vec!["-c".into(), words.into()],
            output: std::env::temp_dir().join(format!("loadline-together-{}", std::process::id())),
            deadline: drive::STEP_DEADLINE,
        };
        let readings = together(vec!["exit 42"; 3], |words| call(words).run()).unwrap();
        assert_eq!(readings.len(), 2);
        together(vec!["exit 42", "exit 0"], |words| call(words).run()).unwrap_err();
        for end in ["out", "err"] {
            let _ = fs::remove_file(call("").output.with_extension(end));
        }
    }
}
