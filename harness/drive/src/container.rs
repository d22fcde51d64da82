//! One container: the verbs of runc's command line, as calls.
//!
//! The convention is `BIN --root DIR --log FILE VERB [options] ID [args]`: options always before the id, `--bundle`
//! and its directory as two words, `kill` always with a signal. All known runtimes accept exactly this.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::{Done, Runtime, STEP_DEADLINE, Step, StepError, wait};

/// A container, created or not: what a runtime needs to know to act on it.
#[derive(Debug)]
pub struct Container {
    /// The runtime that acts.
    pub runtime: Runtime,
    /// Its id.
    pub id: String,
    /// Its bundle.
    pub bundle: PathBuf,
    /// Where the runtime keeps its state (`--root`).
    pub state_root: PathBuf,
    /// Where output and log of each step go.
    pub scratch: PathBuf,
    /// How long a step may take.
    pub deadline: Duration,
    /// Steps made so far: numbers the output files.
    steps: AtomicU32,
}

impl Container {
    /// A container of `runtime` with its state and output below `scratch`; makes these directories.
    ///
    /// # Errors
    /// Where the directories cannot be made.
    pub fn new(runtime: &Runtime, id: &str, bundle: &Path, scratch: &Path) -> io::Result<Self> {
        let state_root = scratch.join("state");
        fs::create_dir_all(&state_root)?;
        Ok(Self {
            runtime: runtime.clone(),
            id: id.to_owned(),
            bundle: bundle.to_owned(),
            state_root,
            scratch: scratch.to_owned(),
            deadline: wait::patient(STEP_DEADLINE),
            steps: AtomicU32::new(0),
        })
    }

    /// The same runtime and state root with another id and bundle.
    ///
    /// # Errors
    /// Where the directory for its output cannot be made.
    pub fn sibling(&self, id: &str, bundle: &Path) -> io::Result<Self> {
        let scratch = self.scratch.join(format!("of-{}", id.replace('/', "_")));
        let mut other = Self::new(&self.runtime, id, bundle, &scratch)?;
        other.state_root.clone_from(&self.state_root);
        other.deadline = self.deadline;
        Ok(other)
    }

    /// `create`: makes the container; its program waits.
    ///
    /// # Errors
    /// See [`Step::run`]; so for every verb.
    pub fn create(&self) -> Result<Done, StepError> {
        self.step_create().run()
    }

    /// `start`: runs the program.
    ///
    /// # Errors
    /// See [`Step::run`].
    pub fn start(&self) -> Result<Done, StepError> {
        self.call("start", &[], &[])
    }

    /// `state`: prints the state as JSON.
    ///
    /// # Errors
    /// See [`Step::run`].
    pub fn state(&self) -> Result<Done, StepError> {
        self.call("state", &[], &[])
    }

    /// `kill`: sends the signal, such as `KILL`, to the container process.
    ///
    /// # Errors
    /// See [`Step::run`].
    pub fn kill(&self, signal: &str) -> Result<Done, StepError> {
        self.call("kill", &[], &[OsStr::new(signal)])
    }

    /// `delete`: removes a stopped container.
    ///
    /// # Errors
    /// See [`Step::run`].
    pub fn delete(&self) -> Result<Done, StepError> {
        self.call("delete", &[], &[])
    }

    /// `delete --force`: removes the container in any state.
    ///
    /// # Errors
    /// See [`Step::run`].
    pub fn delete_force(&self) -> Result<Done, StepError> {
        self.call("delete", &[OsStr::new("--force")], &[])
    }

    /// `run`: creates, starts, waits and deletes in one call.
    ///
    /// # Errors
    /// See [`Step::run`].
    pub fn run(&self) -> Result<Done, StepError> {
        self.call("run", &[OsStr::new("--bundle"), self.bundle.as_os_str()], &[])
    }

    /// `exec`: runs one more program in the container and waits for it.
    ///
    /// # Errors
    /// See [`Step::run`].
    pub fn exec(&self, program: &[&str]) -> Result<Done, StepError> {
        self.call("exec", &[], &program.iter().map(OsStr::new).collect::<Vec<_>>())
    }

    /// Any verb, in the one form that all runtimes accept.
    ///
    /// # Errors
    /// See [`Step::run`].
    pub fn call(&self, verb: &str, options: &[&OsStr], args: &[&OsStr]) -> Result<Done, StepError> {
        let id = OsStr::new(&self.id);
        let words = options.iter().chain(std::iter::once(&id)).chain(args);
        self.raw(verb, words.map(OsString::from).collect())
    }

    /// Any verb with any words after it, not even an id: for calls that must fail.
    ///
    /// # Errors
    /// See [`Step::run`].
    pub fn raw(&self, verb: &str, words: Vec<OsString>) -> Result<Done, StepError> {
        self.step(verb, words).run()
    }

    /// The call that [`Container::raw`] makes, for callers that run it in their own way.
    #[must_use]
    pub fn step(&self, verb: &str, words: Vec<OsString>) -> Step {
        let number = self.steps.fetch_add(1, Ordering::Relaxed);
        let log = self.scratch.join("log");
        let mut args: Vec<OsString> = vec!["--root".into(), self.state_root.clone().into()];
        args.extend(["--log".into(), log.into(), verb.into()]);
        args.extend(words);
        let output = self.scratch.join(format!("{number:02}-{verb}"));
        let (name, program) = (verb.to_owned(), self.runtime.path.clone());
        Step { name, program, args, output, deadline: self.deadline }
    }

    /// The call that [`Container::create`] makes.
    #[must_use]
    pub fn step_create(&self) -> Step {
        self.step("create", vec!["--bundle".into(), self.bundle.clone().into(), self.id.clone().into()])
    }
}

#[cfg(test)]
mod tests {
    use crate::fake;

    #[test]
    fn options_stand_before_the_id_and_arguments_after_it() {
        let fake = fake::container("argv");
        let words = |done: crate::Done| {
            let line = done.stdout();
            line.split_once("/log ").map(|(_, words)| words.trim().to_owned()).unwrap()
        };
        assert_eq!(words(fake.create().unwrap()), "create --bundle /bundle argv");
        assert_eq!(words(fake.kill("KILL").unwrap()), "kill argv KILL");
        assert_eq!(words(fake.delete_force().unwrap()), "delete --force argv");
        assert_eq!(words(fake.exec(&["/probe", "true"]).unwrap()), "exec argv /probe true");
        assert_eq!(words(fake.raw("state", vec![]).unwrap()), "state");
    }

    #[test]
    fn each_step_has_output_files_of_its_own() {
        let fake = fake::container("argv");
        let (first, second) = (fake.state().unwrap(), fake.state().unwrap());
        assert_ne!(first.stdout_path, second.stdout_path);
        assert_eq!(first.stdout(), second.stdout());
    }

    #[test]
    fn a_runtime_that_fails_is_heard() {
        let error = fake::container("fails").create().unwrap().success().unwrap_err();
        assert_eq!(error.to_string(), "`create` ended with exit status 4: fake: cannot");
    }

    #[test]
    fn a_container_keeps_writing_to_the_output_of_its_create() {
        let fake = fake::container("writes");
        let created = fake.create().unwrap();
        let heard = crate::wait::until(std::time::Duration::from_secs(5), || {
            created.stdout().contains("from the container").then_some(())
        });
        assert!(heard.is_some());
    }

    #[test]
    fn a_sibling_shares_the_state_root_but_not_the_output() {
        let fake = fake::container("argv");
        let other = fake.sibling("other", std::path::Path::new("/bundle")).unwrap();
        assert_eq!(other.state_root, fake.state_root);
        assert_ne!(other.state().unwrap().stdout_path, fake.state().unwrap().stdout_path);
    }
}
