//! What can be seen of a container: what its program and its hooks report, and what the kernel shows.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use drive::leak::Snapshot;
use drive::{sandbox, tree, wait};
use fixtures::probe::Stamp;

use super::Container;
use crate::act::{Act, Trouble};
use crate::cgroup;
use crate::fault::{Fault, Judgment};
use crate::report::Report;
use crate::state::{State, Status};

/// How long what has been set off may take to show.
const SHOWS: Duration = Duration::from_secs(10);

impl Container {
    /// The report that its program wrote; waits until it is there, or nothing runs any more that could write it.
    pub fn report(&self) -> Act<Report> {
        let output = self.created.borrow().as_ref().map(|done| done.stdout_path.clone());
        let output = output.map(|stdout| self.bundle.report_path().unwrap_or(stdout));
        let found = output.map_or_else(
            || Err(Trouble::Missing("the container was not created".to_owned())),
            |path| self.await_report(&path),
        );
        Act::new("the report of the program", found)
    }

    /// Makes the file `name` in the root, for which the program or a hook waits.
    ///
    /// # Errors
    /// [`Fault::Broken`] where it cannot be made.
    pub fn release(&self, name: &str) -> Judgment {
        let made = fs::write(self.bundle.root().join(name), "");
        made.map_err(|error| Fault::broken("make a file in the root", &error))
    }

    /// The report that a hook of that kind and name has left.
    pub fn hook_report(&self, kind: &str, name: &str) -> Act<Report> {
        let found = self.find_report(&self.bundle.seen(kind, name));
        let missing = || Trouble::Missing(format!("the {kind} hook `{name}` left no report"));
        Act::new(format!("the report of the {kind} hook"), found.ok_or_else(missing))
    }

    /// A report that the program leaves in the root at `path`, some time after the first.
    pub fn later_report(&self, path: &str) -> Act<Report> {
        let found = self.await_report(&self.bundle.root().join(path.trim_start_matches('/')));
        Act::new(format!("the report `{path}` of the program"), found)
    }

    /// When the hook of that kind and name began, each time it ran, in nanoseconds of the monotonic clock.
    pub fn hook_times(&self, kind: &str, name: &str) -> Act<Vec<u64>> {
        let path = self.bundle.seen(kind, name).with_extension("stamps");
        let stamps = Stamp::all(&fs::read_to_string(path).unwrap_or_default()).unwrap_or_default();
        let ours = stamps.into_iter().filter(|stamp| stamp.nonce.as_deref() == Some(self.bundle.nonce()));
        let times: Vec<u64> = ours.map(|stamp| stamp.ns).collect();
        let missing = || Trouble::Missing("it did not run".to_owned());
        let found = Some(times).filter(|times| !times.is_empty()).ok_or_else(missing);
        Act::new(format!("the {kind} hook `{name}`"), found)
    }

    fn await_report(&self, path: &Path) -> Result<Report, Trouble> {
        let look = || match self.find_report(path) {
            Some(report) => Some(Ok(report)),
            // Looked at again, since it may have been written between the first look and its writer's end.
            None if sandbox::members().iter().all(|process| process.state == 'Z') => {
                Some(self.find_report(path).ok_or("the program ended, or never ran, without a word"))
            }
            None => None,
        };
        let found =
            wait::until(wait::patient(SHOWS), look).unwrap_or(Err("the program said nothing in time"));
        found.map_err(|why| Trouble::Missing(why.to_owned()))
    }

    /// The document with this container's nonce in the file, if there is one.
    fn find_report(&self, path: &Path) -> Option<Report> {
        Report::find(&fs::read_to_string(path).ok()?, self.bundle.nonce())
    }

    /// Whether the program has said anything yet.
    #[must_use]
    pub fn has_reported(&self) -> bool {
        self.created.borrow().as_ref().is_some_and(|done| self.find_report(&done.stdout_path).is_some())
    }

    /// The process of the running program, found by its arguments: what the kernel says, whatever the state says.
    pub fn process(&self) -> Act<u32> {
        let is_running = |pid: u32| self.is_program(pid) && tree::lives(pid);
        let running = || sandbox::members().into_iter().find(|member| is_running(member.pid));
        let missing = || Trouble::Missing("no process of the program".to_owned());
        Act::new("the process of the program", running().map(|process| process.pid).ok_or_else(missing))
    }

    /// Whether the process has the arguments of the program, so that the program was executed there; hooks have them too.
    #[must_use]
    pub fn is_program(&self, process: u32) -> bool {
        let mark = format!("nonce={}", self.bundle.nonce());
        let words = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
        words.split(|byte| *byte == 0).any(|word| word == mark.as_bytes())
    }

    /// The process that the runtime says is the container's; it must be one that lives in this sandbox.
    pub fn state_process(&self) -> Act<u32> {
        self.state().and_then(|state| {
            let pid = state.pid.ok_or_else(|| Trouble::Missing("the state has no pid".to_owned()))?;
            let ours = sandbox::members().iter().any(|member| member.pid == pid && member.state != 'Z');
            ours.then_some(pid)
                .ok_or_else(|| Trouble::Missing(format!("the state's pid {pid} is no live process here")))
        })
    }

    /// Waits until the status is the one wanted.
    pub fn until(&self, wanted: Status) -> Act<State> {
        let mut last = Err(Trouble::Missing("never asked".to_owned()));
        let found = wait::until(wait::patient(SHOWS), || {
            last = self.state().into_result();
            last.as_ref().is_ok_and(|state| state.status == wanted).then_some(())
        });
        let seen = match (found, last) {
            (None, Ok(state)) => Err(Trouble::Missing(format!("the status stays `{}`", state.status))),
            (_, last) => last,
        };
        Act::new(format!("status `{wanted}`"), seen)
    }

    /// The directory of the container's cgroup in the hierarchy of that controller, for the process `pid`.
    pub fn cgroup(&self, pid: u32, controller: &str) -> Act<PathBuf> {
        let membership = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
        let found = cgroup::directory(&membership, controller, self.setting.facts.v1(controller));
        let missing = || Trouble::Missing(format!("process {pid} is in no cgroup for `{controller}`"));
        Act::new("the container's cgroup", found.ok_or_else(missing))
    }

    /// The cgroup of the container, once it runs, in the hierarchy of that controller.
    ///
    /// # Errors
    /// [`Fault::Unreached`] where the container does not run.
    pub fn given_cgroup(&self, controller: &str) -> Result<PathBuf, Fault> {
        self.cgroup(self.given_running()?, controller).given()
    }

    /// The same, where what is configured of the cgroup is all that the clause is about: who refuses it breaks the clause.
    ///
    /// # Errors
    /// [`Fault::Failed`] where the container is not created, [`Fault::Unreached`] where it does not run.
    pub fn must_get_cgroup(&self, controller: &str) -> Result<PathBuf, Fault> {
        self.create().must_succeed()?;
        self.start().given()?;
        self.report().given()?;
        self.cgroup(self.process().given()?, controller).given()
    }
}

/// The monotonic clock, in nanoseconds: the one that the probe stamps with.
#[must_use]
pub fn now_ns() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs()
}

/// The namespace of that kind, such as `net`, that the process `pid` is in; the runtime's where it is `self`.
#[must_use]
pub fn namespace(pid: &str, kind: &str) -> String {
    let link = fs::read_link(format!("/proc/{pid}/ns/{kind}"));
    link.map(|target| target.display().to_string()).unwrap_or_default()
}

/// Nothing is there that was not there before.
///
/// # Errors
/// [`Fault::Failed`], with what was left.
pub fn must_leave_nothing(before: &Snapshot) -> Judgment {
    let left = before.left();
    if left.is_empty() {
        return Ok(());
    }
    let named: Vec<String> = left.iter().map(ToString::to_string).collect();
    Err(Fault::failed("nothing left behind", format!("left behind: {}", named.join(", "))))
}
