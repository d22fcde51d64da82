//! One runtime with one container to act on, and what shows that it did what it was asked to.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use drive::tree::Process;
use drive::{Container, Done, Runtime, STEP_DEADLINE, Step, StepError, wait};
use fixtures::probe::{Report, ReportError};
use record::Unit;

use super::cgroup::Cgroup;
use super::payload::{ENDS_WITH, Payload, REPORT, STAMP};
use crate::sampling::{CPU, HELD, Reading, TakeError};

/// Id of every container.
const ID: &str = "loadline";

/// How long the kernel may take to show what a runtime did.
const SHOWN: Duration = Duration::from_secs(5);

/// One runtime with one container to act on.
#[derive(Debug)]
pub struct Berth {
    container: Container,
    cgroup: Rc<Cgroup>,
}

/// Why a call that claims success is not believed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum DoubtError {
    #[error("`{step}` ended with {status}, and not with the container's exit status {ENDS_WITH}{said}")]
    Status { step: String, status: String, said: String },

    #[error("`create` left no process in the container's cgroup")]
    NoProcess,

    #[error("the program does not run, though `start` succeeded")]
    NotRunning,

    #[error("the container still has processes, though `kill` succeeded")]
    NotKilled,

    #[error("the container's cgroup is still there, though `delete` succeeded")]
    NotDeleted,

    #[error("the program wrote nothing to `{path}`")]
    NoReport { path: PathBuf },

    #[error("read what the program wrote to `{path}`")]
    Report { path: PathBuf, source: ReportError },

    #[error("the program left no time in `{path}`")]
    NoStamp { path: PathBuf },

    #[error("{running} of {count} containers are alive, though every `start` succeeded")]
    NotAlive { running: usize, count: usize },

    #[error("clear the cgroup of containers")]
    Cgroup { source: io::Error },

    #[error("clear the state of the runtime in `{path}`")]
    State { path: PathBuf, source: io::Error },
}

impl Berth {
    /// A container of `bundle` for `runtime`, with state and output in `home`.
    pub(super) fn new(
        runtime: &Runtime,
        bundle: &Path,
        home: &Path,
        cgroup: &Rc<Cgroup>,
    ) -> io::Result<Self> {
        let container = Container::new(runtime, ID, bundle, home)?;
        Ok(Self { container, cgroup: Rc::clone(cgroup) })
    }

    /// The container, for the call on the clock.
    #[must_use]
    pub fn container(&self) -> &Container {
        &self.container
    }

    /// Creates it.
    ///
    /// # Errors
    /// Where `create` fails, or left no process.
    pub fn create(&self) -> Result<(), TakeError> {
        self.container.create()?.success()?;
        self.created()
    }

    /// Creates and starts it.
    ///
    /// # Errors
    /// Where a call fails, or the program does not run.
    pub fn start(&self) -> Result<(), TakeError> {
        self.create()?;
        self.container.start()?.success()?;
        self.runs()
    }

    /// Creates and starts it, and kills its program.
    ///
    /// # Errors
    /// Where a call fails, or the program does not end.
    pub fn kill(&self) -> Result<(), TakeError> {
        self.start()?;
        self.container.kill("KILL")?.success()?;
        self.ended()
    }

    /// Creates and starts it, and reads what its program tells of it.
    ///
    /// # Errors
    /// Where a call fails, or the program tells nothing.
    pub(super) fn told(&self) -> Result<Report, TakeError> {
        let path = self.container.bundle.join("rootfs").join(REPORT);
        let _ = fs::remove_file(&path);
        self.start()?;
        let told = wait::until(SHOWN, || path.exists().then(|| Report::open(&path)));
        told.ok_or(DoubtError::NoReport { path: path.clone() })?
            .map_err(|source| DoubtError::Report { path, source }.into())
    }

    /// Whether `create` left a process.
    ///
    /// # Errors
    /// [`DoubtError::NoProcess`].
    pub fn created(&self) -> Result<(), TakeError> {
        if self.cgroup.processes().is_empty() { Err(DoubtError::NoProcess.into()) } else { Ok(()) }
    }

    /// Whether the program runs: a process in the cgroup has its name.
    ///
    /// # Errors
    /// [`DoubtError::NotRunning`].
    pub fn runs(&self) -> Result<(), TakeError> {
        let runs = |process: &Process| process.comm == "probe";
        let seen = wait::until(SHOWN, || self.cgroup.processes().iter().any(runs).then_some(()));
        seen.ok_or_else(|| DoubtError::NotRunning.into())
    }

    /// What its processes hold, shared pages by their share; see `Pss` in proc(5).
    #[must_use]
    pub fn held(&self) -> Reading {
        let of = |process: &Process| {
            let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", process.pid)).unwrap_or_default();
            pss_bytes(&text)
        };
        Reading { measure: HELD, unit: Unit::Bytes, value: self.cgroup.processes().iter().map(of).sum() }
    }

    /// Whether no process is left.
    ///
    /// # Errors
    /// [`DoubtError::NotKilled`].
    pub fn ended(&self) -> Result<(), TakeError> {
        let ended = wait::until(SHOWN, || self.cgroup.is_empty().then_some(()));
        ended.ok_or_else(|| DoubtError::NotKilled.into())
    }

    /// Whether the cgroup is gone.
    ///
    /// # Errors
    /// [`DoubtError::NotDeleted`].
    pub fn deleted(&self) -> Result<(), TakeError> {
        if self.cgroup.holds_container() { Err(DoubtError::NotDeleted.into()) } else { Ok(()) }
    }

    /// When the program began, as it wrote down itself, in nanoseconds of `CLOCK_MONOTONIC`.
    ///
    /// # Errors
    /// [`DoubtError::NoStamp`].
    pub fn stamp_ns(&self) -> Result<u64, TakeError> {
        stamp_ns(&self.container.bundle)
    }

    /// Takes everything away that the container left: processes, cgroups, state, output.
    pub(crate) fn clear(&self) -> Result<(), TakeError> {
        self.cgroup.clear().map_err(|source| DoubtError::Cgroup { source })?;
        let home = &self.container.scratch;
        let cleared = fs::remove_dir_all(home).and_then(|()| fs::create_dir_all(&self.container.state_root));
        cleared.map_err(|source| DoubtError::State { path: home.clone(), source })?;
        Ok(())
    }
}

/// Passes a call that passed the program's exit status on, which no runtime can without running it.
///
/// # Errors
/// [`DoubtError::Status`].
pub(crate) fn passed_on(done: Done) -> Result<Done, TakeError> {
    if done.status.code() == Some(ENDS_WITH) {
        return Ok(done);
    }
    let (step, status, said) = (done.name.clone(), done.status_text(), done.said());
    Err(DoubtError::Status { step, status, said }.into())
}

/// The sum of `Pss` in a `smaps_rollup`, which counts in KiB.
fn pss_bytes(rollup: &str) -> u64 {
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}

/// What a call cost.
pub(super) fn cost(done: &Done) -> Vec<Reading> {
    let reading = |measure, unit, value| Reading { measure, unit, value };
    vec![Reading::wall(done.wall_ns), reading(CPU, Unit::Ns, done.cpu_ns)]
}

/// The same program, started without a container.
pub(super) fn floor(bundle: &Path, scratch: &Path, payload: Payload) -> Result<Vec<Reading>, TakeError> {
    let done = passed_on(floor_call(bundle, scratch, payload)?)?;
    if payload == Payload::Stamps {
        return Ok(vec![Reading::wall(stamp_ns(bundle)?.saturating_sub(done.began_ns))]);
    }
    Ok(cost(&done))
}

/// That start alone; a program that waits ends in place of that, as nobody would kill it.
pub(super) fn floor_call(bundle: &Path, scratch: &Path, payload: Payload) -> Timed {
    let root = bundle.join("rootfs");
    let payload = if payload == Payload::Waits { Payload::Ends } else { payload };
    let step = Step {
        name: "floor".to_owned(),
        program: root.join("probe"),
        args: payload.arguments(&root).into_iter().map(Into::into).collect(),
        output: scratch.join("floor"),
        deadline: STEP_DEADLINE,
    };
    step.run()
}

/// Reads the stamp and removes it, so that none is read twice.
fn stamp_ns(bundle: &Path) -> Result<u64, TakeError> {
    let path = bundle.join("rootfs").join(STAMP);
    let text = fs::read_to_string(&path).unwrap_or_default();
    let _ = fs::remove_file(&path);
    let word = text.split_whitespace().next().unwrap_or_default();
    word.parse().map_err(|_| DoubtError::NoStamp { path }.into())
}

/// What a step returns on the clock.
pub(super) type Timed = Result<Done, StepError>;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use record::Subject;
    use tempfile::TempDir;

    use super::super::scenario::{CREATE, FIRST_INSTRUCTION, RUN, Scenario};
    use super::*;

    /// A runtime that does what the script says, with an empty bundle and a directory for a cgroup.
    struct Fake {
        home: TempDir,
        berth: Berth,
    }

    impl Fake {
        fn new(script: &str) -> Self {
            let home = tempfile::tempdir().unwrap();
            let (path, bundle) = (home.path().join("fake"), home.path().join("bundle"));
            let script = script.replace("{home}", &home.path().display().to_string());
            fs::create_dir_all(bundle.join("rootfs")).unwrap();
            fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
            let runtime = Runtime { path, ..Runtime::known(Subject::without_binary("fake")) };
            let cgroup = Rc::new(Cgroup::at(home.path().join("cgroup")).unwrap());
            let berth = Berth::new(&runtime, &bundle, &home.path().join("own"), &cgroup).unwrap();
            Self { home, berth }
        }

        fn take(&self, scenario: &Scenario) -> Result<Vec<Reading>, String> {
            let take = || {
                (scenario.before)(&self.berth)?;
                let done = (scenario.timed)(&self.berth)?;
                (scenario.after)(&self.berth, done)
            };
            // Another test may be between fork and exec with the script still open for writing: look again.
            let ready = |taken: Result<_, TakeError>| match taken {
                Err(error) if crate::chain(&*error).contains("busy") => None,
                taken => Some(taken.map_err(|error| crate::chain(&*error))),
            };
            wait::until(SHOWN, || ready(take())).unwrap()
        }
    }

    #[test]
    fn a_run_that_passes_the_programs_status_on_gets_figures() {
        let measures: Vec<&str> =
            Fake::new("exit 42").take(&RUN).unwrap().iter().map(|r| r.measure).collect();
        assert_eq!(measures, ["wall", CPU]);
    }

    #[test]
    fn a_run_that_claims_success_without_the_programs_status_gets_none() {
        let refusal = Fake::new("echo done").take(&RUN).unwrap_err();
        let expected = "`run` ended with exit status 0, and not with the container's exit status 42: done";
        assert_eq!(refusal, expected);
    }

    #[test]
    fn a_create_that_leaves_no_process_gets_no_figures() {
        let refusal = Fake::new("exit 0").take(&CREATE).unwrap_err();
        assert_eq!(refusal, DoubtError::NoProcess.to_string());
    }

    #[test]
    fn a_create_that_leaves_a_process_in_the_cgroup_gets_figures() {
        let fake =
            Fake::new("mkdir {home}/cgroup/container; echo $PPID > {home}/cgroup/container/cgroup.procs");
        assert_eq!(fake.take(&CREATE).unwrap().len(), 2);
        fs::remove_dir_all(fake.home.path().join("cgroup/container")).unwrap();
    }

    #[test]
    fn a_call_that_fails_is_told_with_what_it_said() {
        let refusal = Fake::new("echo no such thing >&2; exit 1").take(&CREATE).unwrap_err();
        assert_eq!(refusal, "`create` ended with exit status 1: no such thing");
    }

    #[test]
    fn the_first_instruction_is_timed_by_the_programs_stamp_and_never_by_an_old_one() {
        let late = u64::MAX;
        let fake = Fake::new(&format!("echo {late} > {{home}}/bundle/rootfs/stamp; exit 42"));
        assert!(fake.take(&FIRST_INSTRUCTION).unwrap()[0].value > late / 2);
        assert!(!fake.home.path().join("bundle/rootfs/stamp").exists());
        let refusal = Fake::new("exit 42").take(&FIRST_INSTRUCTION).unwrap_err();
        assert!(refusal.starts_with("the program left no time in"), "{refusal}");
    }

    #[test]
    fn what_is_held_is_read_in_bytes() {
        let text = "5580-7ffd ---p 00000000 00:00 0 [rollup]\nRss: 40 kB\nPss:  12 kB\nPss_Dirty: 8 kB\n";
        assert_eq!(pss_bytes(text), 12 * 1024);
        assert_eq!(pss_bytes(""), 0, "a process that is gone");
    }

    #[test]
    fn clearing_leaves_the_state_of_no_container() {
        let fake = Fake::new("exit 42");
        fake.take(&RUN).unwrap();
        fs::write(fake.berth.container.state_root.join("left"), "").unwrap();
        fake.berth.clear().unwrap();
        assert_eq!(fs::read_dir(&fake.berth.container.state_root).unwrap().count(), 0);
        assert_eq!(fs::read_dir(&fake.berth.container.scratch).unwrap().count(), 1, "the state root alone");
    }
}
