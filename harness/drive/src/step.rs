//! One call of a binary: spawned lightly, timed, never waited for without end.

use std::ffi::{CString, OsStr, OsString};
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rustix::process::{Signal, pidfd_send_signal};

use crate::sys::held::{self, Program};
use crate::{sandbox, sys, tree, wait};

/// How long a step may take before it counts as hanging.
pub const STEP_DEADLINE: Duration = Duration::from_secs(10);

/// How much of an output file is read; the rest is cut off.
pub const OUTPUT_LIMIT_BYTES: u64 = 1 << 20;

/// The environment of every call: nothing of the caller's, so that two machines make the same call.
const ENVIRONMENT: [(&str, &str); 2] =
    [("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ("HOME", "/root")];

/// A call to be made.
#[derive(Debug, Clone)]
pub struct Step {
    /// What to call it in messages, such as `create`.
    pub name: String,
    /// The binary.
    pub program: PathBuf,
    /// Its arguments, without the name of the program.
    pub args: Vec<OsString>,
    /// Where its standard output and error go: `OUTPUT.out`, `OUTPUT.err`. Files, since a container inherits them.
    pub output: PathBuf,
    /// How long it may take.
    pub deadline: Duration,
}

/// A call that came to its end by itself.
#[derive(Debug, Clone)]
pub struct Done {
    /// What it was called, such as `create`.
    pub name: String,
    /// How it ended.
    pub status: ExitStatus,
    /// File of its standard output; a container started by it goes on writing there.
    pub stdout_path: PathBuf,
    /// File of its standard error.
    pub stderr_path: PathBuf,
    /// When it was started, in nanoseconds of `CLOCK_MONOTONIC`, which the probe reads inside a container too.
    pub began_ns: u64,
    /// Wall time from before the spawn until it was reaped, in nanoseconds of the same clock.
    pub wall_ns: u64,
    /// User and system time of it and its waited-for children, in nanoseconds.
    pub cpu_ns: u64,
}

/// Why a call told nothing, or not what it should.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum StepError {
    #[error("open `{path}` for the output of `{step}`")]
    Output { step: String, path: PathBuf, source: io::Error },

    #[error("start `{program}` for `{step}`")]
    Spawn { step: String, program: PathBuf, source: io::Error },

    #[error("wait for `{step}`")]
    Wait { step: String, source: io::Error },

    #[error("`{step}` did not end within {seconds} s and was killed{where_it_hung}")]
    Deadline { step: String, seconds: u64, where_it_hung: String },

    #[error("`{step}` ended with {status}{said}")]
    Exit { step: String, status: String, said: String },
}

impl Step {
    /// Makes the call and waits for its end.
    ///
    /// # Errors
    /// [`StepError::Deadline`] where it hangs, after killing it and everything below it; [`StepError::Spawn`] where it
    /// cannot be started. An exit status is no error here: see [`Done::success`].
    pub fn run(&self) -> Result<Done, StepError> {
        let mut command = self.command()?;
        let began_ns = now_ns();
        let child = command.spawn().map_err(|source| self.not_spawned(source))?;
        let ended = self.wait(child.id())?;
        Ok(self.done(began_ns, ended))
    }

    fn command(&self) -> Result<Command, StepError> {
        let (stdout, stderr) = self.open_output()?;
        let mut command = Command::new(&self.program);
        command.args(&self.args).env_clear().envs(ENVIRONMENT).stdin(Stdio::null());
        command.stdout(stdout).stderr(stderr);
        Ok(command)
    }

    /// Makes the call, and sends it the signal where it has not ended after that time; then waits for its end.
    ///
    /// # Errors
    /// As [`Step::run`].
    pub fn run_interrupted(&self, signal: Signal, after: Duration) -> Result<Done, StepError> {
        let mut command = self.command()?;
        let began_ns = now_ns();
        let child = command.spawn().map_err(|source| self.not_spawned(source))?;
        let broken = |source| StepError::Wait { step: self.name.clone(), source };
        let process = wait::pidfd(child.id()).map_err(broken)?;
        if !wait::ended(&process, after).map_err(broken)? {
            // Not reaped yet, so the number is still its own; one that has just ended is no matter.
            let _ = pidfd_send_signal(&process, signal);
        }
        let ended = self.wait(child.id())?;
        Ok(self.done(began_ns, ended))
    }

    /// Makes the call as a careless caller does, one that passes on much that a container must not get:
    ///
    /// SIGINT, SIGPIPE, SIGUSR1 and SIGHUP ignored; SIGTERM, SIGUSR2 and SIGCHLD blocked; umask 007; groups 0, 4 and 24;
    /// `LEAKME` in the environment; the directory and the file open as descriptors 3 to 30; one processor; nice 5; a low
    /// soft limit of open files; a raised OOM score; an alarm an hour from now.
    ///
    /// # Errors
    /// As [`Step::run`].
    pub fn run_carelessly(&self, left_open: [File; 2]) -> Result<Done, StepError> {
        let program = self.program(Some(left_open))?;
        let began_ns = now_ns();
        let held = held::spawn(&program).map_err(|source| self.not_spawned(source))?;
        let ended = self.wait(held.release())?;
        Ok(self.done(began_ns, ended))
    }

    /// The call as a process to be held; `left_open` where its caller is careless.
    pub(crate) fn program(&self, left_open: Option<[File; 2]>) -> Result<Program, StepError> {
        let (stdout, stderr) = self.open_output()?;
        let word = |word: &OsStr| CString::new(word.as_bytes()).map_err(io::Error::other);
        let mut env: Vec<String> =
            ENVIRONMENT.iter().map(|(name, value)| format!("{name}={value}")).collect();
        env.extend(left_open.is_some().then(|| "LEAKME=secret".to_owned()));
        let words =
            std::iter::once(self.program.as_os_str()).chain(self.args.iter().map(OsString::as_os_str));
        let made = || {
            Ok(Program {
                path: word(self.program.as_os_str())?,
                args: words.map(word).collect::<io::Result<_>>()?,
                env: env.iter().map(|entry| word(OsStr::new(entry))).collect::<io::Result<_>>()?,
                stdio: [File::open("/dev/null")?, stdout, stderr],
                left_open,
            })
        };
        made().map_err(|source| self.not_spawned(source))
    }

    pub(crate) fn not_spawned(&self, source: io::Error) -> StepError {
        StepError::Spawn { step: self.name.clone(), program: self.program.clone(), source }
    }

    /// What came of the call that began then and ended so.
    pub(crate) fn done(&self, began_ns: u64, ended: sys::Ended) -> Done {
        let sys::Ended { status, cpu_ns } = ended;
        Done {
            name: self.name.clone(),
            status,
            stdout_path: self.output_file("out"),
            stderr_path: self.output_file("err"),
            began_ns,
            wall_ns: now_ns() - began_ns,
            cpu_ns,
        }
    }

    /// Opens the files for its standard output and error.
    fn open_output(&self) -> Result<(File, File), StepError> {
        Ok((self.open(&self.output_file("out"))?, self.open(&self.output_file("err"))?))
    }

    fn output_file(&self, extension: &str) -> PathBuf {
        let mut path = self.output.clone().into_os_string();
        path.push(".");
        path.push(extension);
        path.into()
    }

    fn open(&self, path: &Path) -> Result<File, StepError> {
        let opened = File::options().create(true).append(true).open(path);
        opened.map_err(|source| StepError::Output { step: self.name.clone(), path: path.to_owned(), source })
    }

    fn wait(&self, pid: u32) -> Result<sys::Ended, StepError> {
        let broken = |source| StepError::Wait { step: self.name.clone(), source };
        let process = wait::pidfd(pid).map_err(broken)?;
        if wait::ended(&process, self.deadline).map_err(broken)? {
            return sys::wait(pid).map_err(broken);
        }
        let where_it_hung = end(pid);
        sys::wait(pid).map_err(broken)?;
        Err(self.hung(where_it_hung))
    }

    fn hung(&self, where_it_hung: String) -> StepError {
        StepError::Deadline { step: self.name.clone(), seconds: self.deadline.as_secs(), where_it_hung }
    }
}

/// Kills the process `pid` and everything that may have come of it; gives where each of them hung.
fn end(pid: u32) -> String {
    let hung = if sandbox::inside() { sandbox::members() } else { tree::below(pid) };
    let where_it_hung = tree::stuck(hung.clone()).iter().fold(String::new(), |mut text, one| {
        write!(text, "\n  {one}").expect("writing to a string cannot fail");
        text
    });
    tree::kill(&hung);
    where_it_hung
}

/// Ends a call that passes its deadline, for callers that wait for something else than its end.
#[derive(Debug)]
pub(crate) struct Watch<'a> {
    step: &'a Step,
    over: Sender<()>,
    watcher: JoinHandle<Option<String>>,
}

impl<'a> Watch<'a> {
    /// Watches the process `pid` of the step.
    pub(crate) fn over(pid: u32, step: &'a Step) -> Self {
        let (over, ends) = mpsc::channel();
        let deadline = step.deadline;
        let watcher = thread::spawn(move || match ends.recv_timeout(deadline) {
            Err(RecvTimeoutError::Timeout) => Some(end(pid)),
            _ => None,
        });
        Self { step, over, watcher }
    }

    /// Stops watching.
    ///
    /// # Errors
    /// [`StepError::Deadline`] where it had to end the call.
    pub(crate) fn end(self) -> Result<(), StepError> {
        drop(self.over);
        let hung = self.watcher.join().expect("the watcher does not panic");
        hung.map_or(Ok(()), |where_it_hung| Err(self.step.hung(where_it_hung)))
    }
}

impl Done {
    /// Passes a call that exited with 0.
    ///
    /// # Errors
    /// [`StepError::Exit`], with what it said, for every other end.
    pub fn success(self) -> Result<Self, StepError> {
        if self.status.success() {
            return Ok(self);
        }
        let (step, status) = (self.name.clone(), self.status_text());
        Err(StepError::Exit { step, status, said: self.said() })
    }

    /// How it ended, such as `exit status 1` or `signal 9`.
    #[must_use]
    pub fn status_text(&self) -> String {
        match (self.status.code(), self.status.signal()) {
            (Some(code), _) => format!("exit status {code}"),
            (None, Some(signal)) => format!("signal {signal}"),
            (None, None) => "no status".to_owned(),
        }
    }

    /// Its standard output so far, up to [`OUTPUT_LIMIT_BYTES`].
    #[must_use]
    pub fn stdout(&self) -> String {
        capped(&self.stdout_path)
    }

    /// Its standard error so far, up to [`OUTPUT_LIMIT_BYTES`].
    #[must_use]
    pub fn stderr(&self) -> String {
        capped(&self.stderr_path)
    }

    /// What it said last, for messages: `: TEXT`, or nothing. For people; a verdict must never rest on it.
    #[must_use]
    pub fn said(&self) -> String {
        let (out, err) = (self.stdout(), self.stderr());
        let last = err.lines().rev().chain(out.lines().rev()).find(|line| !line.trim().is_empty());
        last.map_or_else(String::new, |line| format!(": {}", line.trim()))
    }

    /// Removes the two output files, for callers that make many calls.
    pub fn discard_output(&self) {
        // A file that is gone already is as removed as can be.
        let _ = fs::remove_file(&self.stdout_path);
        let _ = fs::remove_file(&self.stderr_path);
    }
}

pub(crate) fn now_ns() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let part = |value: i64| u64::try_from(value).unwrap_or(0);
    part(now.tv_sec) * 1_000_000_000 + part(now.tv_nsec)
}

/// Reads the beginning of a file as text; empty where there is none.
fn capped(path: &Path) -> String {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(OUTPUT_LIMIT_BYTES).read_to_end(&mut bytes));
    read.map_or_else(|_| String::new(), |_| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, scratch: &Path) -> Step {
        Step {
            name: "shell".to_owned(),
            program: "/bin/sh".into(),
            args: vec!["-c".into(), script.into()],
            output: scratch.join("shell"),
            deadline: Duration::from_secs(5),
        }
    }

    #[test]
    fn a_call_gives_its_status_its_output_and_what_it_cost() {
        let scratch = tempfile::tempdir().unwrap();
        let done = shell("echo out; echo err >&2; exit 3", scratch.path()).run().unwrap();
        assert_eq!((done.stdout().as_str(), done.stderr().as_str()), ("out\n", "err\n"));
        assert_eq!(done.status.code(), Some(3));
        assert!(done.began_ns > 0 && done.wall_ns > 0);
        assert_eq!(done.success().unwrap_err().to_string(), "`shell` ended with exit status 3: err");
    }

    #[test]
    fn a_call_sees_nothing_of_the_callers_environment() {
        let scratch = tempfile::tempdir().unwrap();
        let done = shell("env | cut -d= -f1 | sort | tr '\\n' ' '", scratch.path()).run().unwrap();
        assert_eq!(done.stdout().replace("_ ", ""), "HOME PATH PWD ");
    }

    #[test]
    fn a_call_is_interrupted_unless_it_ends_before() {
        let scratch = tempfile::tempdir().unwrap();
        let (soon, late) = (Duration::from_millis(50), Duration::from_secs(5));
        let killed = shell("exec sleep 60", scratch.path()).run_interrupted(Signal::KILL, soon).unwrap();
        assert_eq!(killed.status_text(), "signal 9");
        let ended = shell("exit 3", scratch.path()).run_interrupted(Signal::KILL, late).unwrap();
        assert_eq!(ended.status_text(), "exit status 3");
    }

    #[test]
    fn a_careless_caller_passes_on_what_it_should_not() {
        let scratch = tempfile::tempdir().unwrap();
        let seen = ["status", "environ", "oom_score_adj", "fdinfo/30"]
            .map(|name| format!("/proc/self/{name}").into());
        let step = Step { program: "/bin/cat".into(), args: seen.to_vec(), ..shell("", scratch.path()) };
        let left_open = [File::open("/").unwrap(), File::open("/dev/null").unwrap()];
        let said = step.run_carelessly(left_open).unwrap().success().unwrap().stdout();
        let ignored = |status: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:\t")).unwrap();
            u64::from_str_radix(line, 16).unwrap() & 0xffff
        };
        // What these tests were started with is passed on too: a shell has its background jobs ignore some.
        let own = fs::read_to_string("/proc/self/status").unwrap();
        assert_eq!(ignored(&said), ignored(&own) | 0x1203);
        for expected in
            ["SigBlk:\t0000000000014800", "Umask:\t0007", "LEAKME=secret\0", "250\n", "Cpus_allowed:\t1\n"]
        {
            assert!(said.contains(expected), "{expected:?} is not in {said}");
        }
    }

    #[test]
    fn a_call_that_hangs_is_killed_with_its_children_and_says_where() {
        let scratch = tempfile::tempdir().unwrap();
        let step = Step { deadline: Duration::from_millis(200), ..shell("sleep 61 & wait", scratch.path()) };
        let error = step.run().unwrap_err().to_string();
        assert!(error.contains("did not end within 0 s") && error.contains("sleep, state S"), "{error}");
        let left = wait::until(Duration::from_secs(5), || {
            (!tree::all().iter().any(|process| process.ppid == std::process::id() && process.comm == "sh"))
                .then_some(())
        });
        assert!(left.is_some());
    }

    #[test]
    fn output_is_read_up_to_its_limit() {
        let scratch = tempfile::tempdir().unwrap();
        let done = shell("head -c 3000000 /dev/zero", scratch.path()).run().unwrap();
        assert_eq!(done.stdout().len() as u64, OUTPUT_LIMIT_BYTES);
    }

    #[test]
    fn a_program_that_is_not_there_cannot_be_started() {
        let scratch = tempfile::tempdir().unwrap();
        let step = Step { program: "/no/such/program".into(), ..shell("", scratch.path()) };
        assert_eq!(step.run().unwrap_err().to_string(), "start `/no/such/program` for `shell`");
    }
}
