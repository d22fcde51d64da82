//! Hooks: programs that run at points of a container's life, with its state on their standard input.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::io::{Errno, pwrite};
use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, kill_process_group, set_parent_process_death_signal, setpgid, waitid,
};
use rustix::time::{ClockId, clock_gettime};

use crate::cause::Cause;
use crate::config::Config;
use crate::config::hooks::Hook;
use crate::state::{Container, Record, State, Status};
use crate::sys::clone::{Lineage, Side, clone};
use crate::sys::exec::Image;
use crate::sys::signal::{self, Signals};
use crate::sys::{descriptor, exit};

/// The state of a container as hooks get it, but for what changes between them.
#[derive(Debug, Clone)]
pub(crate) struct HookState<'a> {
    state: State<'a>,
}

/// Why a list of hooks was not run to its end.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum HookError {
    #[error("prepare the state for the hook `{hook}`")]
    State { hook: String, source: Cause },

    #[error("start the hook `{hook}`")]
    Start { hook: String, source: Cause },

    #[error("the hook `{hook}` exited with code {code}")]
    Exit { hook: String, code: i32 },

    #[error("the hook `{hook}` could not be executed")]
    Execute { hook: String },

    #[error("the hook `{hook}` was killed by signal {signal}")]
    Killed { hook: String, signal: i32 },

    #[error("the hook `{hook}` took longer than {timeout_s} s, and was killed")]
    Timeout { hook: String, timeout_s: u64 },

    #[error("the hook `{hook}` was killed, as the runtime was told to end")]
    Interrupted { hook: String },
}

/// The exit code of a hook that could not be executed, as shells have it.
const NOT_EXECUTED: u8 = 127;

impl<'a> HookState<'a> {
    pub(crate) fn new(state: State<'a>) -> Self {
        Self { state }
    }

    /// The state of a container that exists.
    pub(crate) fn of(container: &'a Container, config: &Config<'a>) -> Self {
        Self::after(&container.record, config)
    }

    /// The state of a container, from what is kept about it.
    pub(crate) fn after(record: &'a Record, config: &Config<'a>) -> Self {
        let annotations = config.annotations.iter();
        Self::new(State {
            oci_version: config.oci_version,
            id: &record.id,
            status: Status::Stopped,
            pid: 0,
            bundle: &record.bundle,
            rootfs: None,
            created: None,
            annotations: annotations.map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        })
    }

    /// The state as JSON.
    pub(crate) fn with(&self, status: Status, pid: i32) -> String {
        // A structure of strings and numbers can always be written.
        serde_json::to_string(&self.at(status, pid)).unwrap_or_default()
    }

    /// The state.
    pub(crate) fn at(&self, status: Status, pid: i32) -> State<'a> {
        State { status, pid, ..self.state.clone() }
    }
}

/// What ends a hook before its time.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Interrupt<'a> {
    /// A signal, read from there, that tells the runtime to end; others are passed over, such as that of a hook's end.
    Signals(&'a OwnedFd),
    /// That the other side has hung up.
    HungUp(BorrowedFd<'a>),
}

impl<'a> Interrupt<'a> {
    fn watched(self) -> PollFd<'a> {
        match self {
            Self::Signals(signals) => PollFd::new(signals, PollFlags::IN),
            // Which needs no asking for.
            Self::HungUp(line) => PollFd::from_borrowed_fd(line, PollFlags::empty()),
        }
    }

    /// Whether what has happened there is a reason to end.
    fn ends(self) -> bool {
        match self {
            Self::Signals(signals) => {
                signal::next(signals).is_ok_and(|number| signal::ENDING.contains(&number))
            }
            Self::HungUp(_) => true,
        }
    }
}

/// An error with its cause.
pub(crate) fn told(error: &HookError) -> String {
    match core::error::Error::source(error) {
        Some(cause) => alloc::format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// Runs hooks one after another, until one fails.
///
/// Each gets a process group of its own, which is killed as a whole when its time is over, or when
/// `interrupt` says so: at a signal to the runtime, or at its end.
///
/// # Errors
/// The first hook that fails.
pub(crate) fn run(
    hooks: &[Hook<'_>],
    state: &str,
    interrupt: Option<Interrupt<'_>>,
) -> Result<(), HookError> {
    hooks.iter().try_for_each(|hook| run_one(hook, state, interrupt))
}

fn run_one(hook: &Hook<'_>, state: &str, interrupt: Option<Interrupt<'_>>) -> Result<(), HookError> {
    let name = || hook.path.to_string_lossy().into_owned();
    // A file in memory: a hook that does not read cannot block us, nor kill us by closing a pipe.
    let stdin = document(state).map_err(|errno| HookError::State { hook: name(), source: Cause(errno) })?;
    let (pid, pidfd) =
        start(hook, &stdin).map_err(|errno| HookError::Start { hook: name(), source: Cause(errno) })?;
    let outcome = wait(&pidfd, hook.timeout_s.map(core::num::NonZeroU64::get), interrupt);
    if outcome != Wait::Ended {
        // The group is gone if all of it has ended: that is as good.
        let _killed = kill_process_group(pid, Signal::KILL);
    }
    let status = waitid(WaitId::PidFd(pidfd.as_fd()), WaitIdOptions::EXITED)
        .map_err(|errno| HookError::Start { hook: name(), source: Cause(errno) })?;
    match (outcome, status) {
        (Wait::TimedOut, _) => Err(HookError::Timeout {
            hook: name(),
            timeout_s: hook.timeout_s.map_or(0, core::num::NonZeroU64::get),
        }),
        (Wait::Interrupted, _) => Err(HookError::Interrupted { hook: name() }),
        (Wait::Ended, None) => Ok(()),
        (Wait::Ended, Some(status)) => match (status.exit_status(), status.terminating_signal()) {
            (Some(0), _) => Ok(()),
            (Some(code), _) if code == i32::from(NOT_EXECUTED) => Err(HookError::Execute { hook: name() }),
            (Some(code), _) => Err(HookError::Exit { hook: name(), code }),
            (None, signal) => Err(HookError::Killed { hook: name(), signal: signal.unwrap_or_default() }),
        },
    }
}

fn document(text: &str) -> Result<OwnedFd, Errno> {
    let file = memfd_create(c"state", MemfdFlags::CLOEXEC)?;
    let mut written = 0;
    // The offset stays at the beginning, where the hook reads from.
    while let Some(rest) = text.as_bytes().get(written..).filter(|rest| !rest.is_empty()) {
        written += pwrite(&file, rest, written as u64)?;
    }
    Ok(file)
}

fn start(hook: &Hook<'_>, stdin: &OwnedFd) -> Result<(Pid, OwnedFd), Errno> {
    // A hook without arguments still gets its name.
    let args = if hook.args.is_empty() { Vec::from([hook.path]) } else { hook.args.clone() };
    let image = Image::new(args.iter().copied(), hook.env.iter().copied());
    match clone(0, None, Lineage::Child)? {
        Side::Parent(pid, pidfd) => Ok((pid, pidfd)),
        Side::Child => {
            let prepare = || {
                setpgid(None, None)?;
                set_parent_process_death_signal(Some(Signal::KILL))?;
                descriptor::become_stdin(stdin.as_fd())?;
                descriptor::close_on_exec_from(3)?;
                Signals::STANDARD.numbers().try_for_each(signal::reset)?;
                signal::block(Signals::NONE)
            };
            if prepare().is_ok() {
                image.execute(hook.path);
            }
            exit::exit(NOT_EXECUTED)
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    Ended,
    TimedOut,
    Interrupted,
}

/// Waits for the end of a process, for so long.
fn wait(pidfd: &OwnedFd, timeout_s: Option<u64>, interrupt: Option<Interrupt<'_>>) -> Wait {
    let started = clock_gettime(ClockId::Monotonic);
    let mut watched = Vec::from([PollFd::new(pidfd, PollFlags::IN)]);
    watched.extend(interrupt.map(Interrupt::watched));
    loop {
        let left = timeout_s.map(|seconds| left_of(seconds, started));
        match poll(&mut watched, left.as_ref()) {
            Ok(0) => return Wait::TimedOut,
            Ok(_) if watched.first().is_some_and(|first| !first.revents().is_empty()) => return Wait::Ended,
            Ok(_) if interrupt.is_some_and(Interrupt::ends) => return Wait::Interrupted,
            // A signal that is none of its business, or one that cannot be blocked.
            Ok(_) | Err(Errno::INTR) => {}
            Err(_) => return Wait::Ended,
        }
    }
}

/// What is left of so many seconds.
fn left_of(seconds: u64, started: Timespec) -> Timespec {
    let length = Timespec { tv_sec: i64::try_from(seconds).unwrap_or(i64::MAX / 2), tv_nsec: 0 };
    let passed = clock_gettime(ClockId::Monotonic).checked_sub(started).unwrap_or_default();
    length.checked_sub(passed).filter(|left| left.tv_sec >= 0).unwrap_or_default()
}
