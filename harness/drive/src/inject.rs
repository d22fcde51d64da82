//! Makes chosen system calls of a runtime fail, or kills it at them: a tracer around one step.
//!
//! Terms: a *rule* is asked at each call that takes part and says what becomes of it; a [`Site`] names a call in a way
//! that survives small changes: by process, name, kind of place and how many such calls came before.
//!
//! The tracer seizes the runtime before it executes anything and follows every process that comes of it, until one
//! executes a program that is not the runtime's, or the called process has ended. Then it lets go, so that a created
//! container is a free one. Calls count from the first one that touches what the [`Scope`] says, so that loaders and
//! language runtimes are left alone. It works on static binaries, needs nothing of the runtime, and leaves no trace in
//! the container: tracing stops come before filters, and the filters are the container's own.
//!
//! ```no_run
//! # use std::path::Path;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let crun = drive::Runtime::open(Path::new("/usr/bin/crun"))?;
//! # let container = drive::Container::new(&crun, "one", Path::new("/run/bundle"), Path::new("/run/scratch"))?;
//! use drive::inject::{Ruling, Scope, trace};
//! let mut mounts = 0;
//! let done = trace(&container.step_create(), &Scope::of(&container), &mut |call| {
//!     mounts += u32::from(call.name == "mount");
//!     if mounts == 3 { Ruling::Fail(12) } else { Ruling::Go }
//! })?;
//! # Ok(())
//! # }
//! ```

mod call;
mod site;
mod table;
mod tracer;

use std::io;
use std::path::PathBuf;

pub use call::{Call, Place};
pub use site::{Site, Sites};
pub use table::Class;

use crate::step::{Watch, now_ns};
use crate::sys::held;
use crate::{Container, Done, Step, StepError, sys, tree};
use tracer::Tracer;

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// It is made.
    Go,
    /// It is not made, and fails with this error number.
    Fail(i32),
    /// It is made for half as many bytes; only for calls whose third argument is a length, such as `write`.
    Halve,
    /// It is not made, and somebody is killed with SIGKILL.
    Kill(Victim),
}

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Victim {
    /// The process that was called.
    Root,
    /// The process that makes the call: perhaps one that came of it.
    Caller,
}

/// Which calls take part, and what to call the places they act on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The first call on one of these paths, or below, is the first that counts.
    pub begins: Vec<PathBuf>,
    /// Kinds of place.
    pub places: Vec<Place>,
}

impl Scope {
    /// From the first look at the state root or the bundle on.
    #[must_use]
    pub fn of(container: &Container) -> Self {
        let place = |name, path: PathBuf| Place { name, path };
        let (state, bundle) = (container.state_root.clone(), container.bundle.clone());
        let places = vec![
            place("state", state.clone()),
            place("bundle", bundle.clone()),
            place("root", bundle.join("rootfs")),
            place("cgroup", "/sys/fs/cgroup".into()),
            place("proc", "/proc".into()),
            place("sys", "/sys".into()),
            place("dev", "/dev".into()),
            place("output", container.scratch.clone()),
        ];
        Self { begins: vec![state, bundle], places }
    }
}

/// Makes the call under a tracer that asks `rule` at each system call that takes part, before it is made.
///
/// The calling thread must have no child that somebody waits for. Cost: some 10 µs for each system call.
///
/// # Errors
/// As [`Step::run`]. A runtime that dies of what the rule does to it is no error: see [`Done::status`].
pub fn trace(
    step: &Step,
    scope: &Scope,
    rule: &mut (dyn FnMut(&Call) -> Ruling + '_),
) -> Result<Done, StepError> {
    let program = step.program(None)?;
    let began_ns = now_ns();
    let held = held::spawn(&program).map_err(|source| step.not_spawned(source))?;
    let lost = |source| StepError::Wait { step: step.name.clone(), source };
    let tracer = Tracer::seize(held.pid, &step.program, scope, rule).map_err(|error| {
        tree::kill_pid(held.pid);
        // Killed before it could do anything; all that is left of it is its status.
        let _ = sys::wait(held.pid);
        lost(error)
    })?;
    let watch = Watch::over(held.pid, step);
    held.release();
    let ended = tracer.follow();
    watch.end()?;
    let ended = ended.map_err(lost)?;
    if ended.status.code() == Some(held::NOT_EXECUTED) {
        return Err(step.not_spawned(io::ErrorKind::NotFound.into()));
    }
    Ok(step.done(began_ns, ended))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::time::Duration;

    use nix::libc;

    use super::*;

    /// A shell that runs `script` in the directory, and the scope of that directory.
    fn shell(script: &str, directory: &Path) -> (Step, Scope) {
        fs::write(directory.join("text"), "twelve bytes").unwrap();
        let step = Step {
            name: "shell".to_owned(),
            program: fs::canonicalize("/bin/sh").unwrap(),
            args: vec!["-c".into(), format!("cd {}; {script}", directory.display()).into()],
            output: directory.join("shell"),
            deadline: Duration::from_secs(5),
        };
        let places = vec![Place { name: "here", path: directory.to_owned() }];
        (step, Scope { begins: vec![directory.to_owned()], places })
    }

    /// What the rule makes of the first call of that name on the file called `text`.
    fn rule_of_first(name: &'static str, ruling: Ruling) -> impl FnMut(&Call) -> Ruling {
        let mut left = Some(ruling);
        move |call| {
            let is_it = call.name == name && call.object.as_ref().is_some_and(|path| path.ends_with("text"));
            left.take_if(|_| is_it).unwrap_or(Ruling::Go)
        }
    }

    #[test]
    fn a_run_without_faults_is_as_it_would_be_and_its_calls_are_told_by_place() {
        let scratch = tempfile::tempdir().unwrap();
        let (step, scope) = shell("read line <text; echo $line; exit 3", scratch.path());
        let (mut sites, mut seen) = (Sites::default(), Vec::new());
        let done = trace(&step, &scope, &mut |call| {
            seen.push(sites.site(call).to_string());
            Ruling::Go
        });
        let done = done.unwrap();
        assert_eq!((done.stdout().as_str(), done.status.code()), ("twelve bytes\n", Some(3)));
        let opens = seen.iter().filter(|site| site.contains("open"));
        assert_eq!(opens.collect::<Vec<_>>(), ["runtime, openat on here (1)"]);
        assert_eq!(seen[0], "runtime, chdir on here (1)");
    }

    #[test]
    fn a_call_that_is_to_fail_fails_with_that_number_and_is_not_made() {
        let scratch = tempfile::tempdir().unwrap();
        let (step, scope) = shell("echo more >text; echo $?", scratch.path());
        let mut rule = rule_of_first("openat", Ruling::Fail(libc::EMFILE));
        let done = trace(&step, &scope, &mut rule).unwrap();
        assert!(done.stderr().contains("Too many open files"), "{}", done.stderr());
        assert_eq!(fs::read_to_string(scratch.path().join("text")).unwrap(), "twelve bytes");
        assert_ne!(done.stdout(), "0\n");
    }

    #[test]
    fn a_write_can_be_cut_short_and_a_careful_program_writes_the_rest() {
        let scratch = tempfile::tempdir().unwrap();
        let (step, scope) = shell("exec >text; echo 1234567", scratch.path());
        let (mut cut, mut writes) = (rule_of_first("write", Ruling::Halve), 0);
        let traced = trace(&step, &scope, &mut |call| {
            writes += u32::from(call.name == "write");
            cut(call)
        });
        assert!(traced.unwrap().status.success());
        assert_eq!(fs::read_to_string(scratch.path().join("text")).unwrap(), "1234567\n");
        assert_eq!(writes, 2);
    }

    #[test]
    fn the_called_process_is_killed_at_the_call_of_a_child_and_the_child_goes_on() {
        let scratch = tempfile::tempdir().unwrap();
        let script = "(read line <text; echo $line >other; mv other done) & wait; echo never";
        let (step, scope) = shell(script, scratch.path());
        let done = trace(&step, &scope, &mut rule_of_first("openat", Ruling::Kill(Victim::Root))).unwrap();
        assert_eq!((done.status_text().as_str(), done.stdout().as_str()), ("signal 9", ""));
    }

    #[test]
    fn the_caller_is_killed_and_the_called_process_sees_it() {
        let scratch = tempfile::tempdir().unwrap();
        let (step, scope) = shell("(read line <text; echo never); echo $?", scratch.path());
        let done = trace(&step, &scope, &mut rule_of_first("openat", Ruling::Kill(Victim::Caller))).unwrap();
        assert_eq!((done.status.code(), done.stdout().as_str()), (Some(0), "137\n"));
    }

    #[test]
    fn other_programs_are_let_go() {
        let scratch = tempfile::tempdir().unwrap();
        let (step, scope) = shell("cat text", scratch.path());
        let mut by_others = 0;
        let done = trace(&step, &scope, &mut |call| {
            by_others += u32::from(call.object.as_ref().is_some_and(|path| path.ends_with("text")));
            Ruling::Go
        });
        assert_eq!((done.unwrap().stdout().as_str(), by_others), ("twelve bytes", 0));
    }

    #[test]
    fn what_outlives_the_called_process_is_let_go_and_goes_on() {
        let scratch = tempfile::tempdir().unwrap();
        let script = "(while read line <text; ! test -e go; do :; done; echo $line >late) >&2 &";
        let (step, scope) = shell(script, scratch.path());
        assert!(trace(&step, &scope, &mut |_| Ruling::Go).unwrap().status.success());
        fs::write(scratch.path().join("go"), "").unwrap();
        let late = scratch.path().join("late");
        let wrote = crate::wait::until(Duration::from_secs(5), || {
            fs::read_to_string(&late).ok().filter(|text| text == "twelve bytes\n")
        });
        assert!(wrote.is_some());
    }

    #[test]
    fn a_call_past_its_deadline_is_ended() {
        let scratch = tempfile::tempdir().unwrap();
        let (step, scope) = shell("while :; do read line <text; done", scratch.path());
        let step = Step { deadline: Duration::from_millis(200), ..step };
        let error = trace(&step, &scope, &mut |_| Ruling::Go).unwrap_err();
        assert!(matches!(error, StepError::Deadline { .. }), "{error}");
    }

    #[test]
    fn a_program_that_cannot_be_executed_is_told_from_one_that_fails() {
        let scratch = tempfile::tempdir().unwrap();
        let (step, scope) = shell("", scratch.path());
        let text = Step { program: scratch.path().join("text"), ..step };
        assert!(matches!(trace(&text, &scope, &mut |_| Ruling::Go), Err(StepError::Spawn { .. })));
    }
}
