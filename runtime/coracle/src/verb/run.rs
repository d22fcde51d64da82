//! `run`: create, start, wait, delete.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use rustix::process::{Pid, WaitId, WaitIdOptions, WaitOptions, waitid};

use crate::cause::Cause;
use crate::config::namespaces::{Kind, Namespace};
use crate::creation::{Child, CreateError, Draft, Request, Start, with_inputs};
use crate::hooks::{self, Interrupt};
use crate::state::Status;
use crate::sys::{identity, signal};
use crate::trace::Phase;

/// What becomes of a container once it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// It is waited for, then deleted.
    Attached,
    /// It is waited for, and stays.
    Kept,
    /// It is left alone.
    Detached,
}

/// Whose children the processes become that a container leaves without a parent.
///
/// In a PID namespace of its own they become those of its first process, whatever is asked for here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orphans {
    /// The runtime's, as long as it waits for the program.
    Adopted,
    /// Those of whoever adopts the runtime's own orphans.
    Left,
}

/// A signal that only tells a parent of its children.
const SIGCHLD: u32 = 17;
/// What shells add to the number of the signal that ended a program.
const SIGNALED: u8 = 128;

/// Runs a container; returns the exit code of its program, or 0 for one that is [`Run::Detached`].
///
/// While it waits, signals to the runtime go to the program, and children that it was given are reaped.
///
/// # Errors
/// As [`super::create`]; a program that cannot be executed.
pub fn run(request: &Request<'_>, how: Run, orphans: Orphans) -> Result<u8, CreateError> {
    with_inputs(request, |inputs| {
        // The kernel looks for a new parent in the PID namespace only: in one of the container's own, the runtime is
        // none, and saying that it would be costs a system call.
        let can_adopt = inputs.config.linux.namespaces.of(Kind::Pid) != Namespace::Create;
        if how != Run::Detached && orphans == Orphans::Adopted && can_adopt {
            let failed = |errno| CreateError::Prepare { what: "to adopt orphans", source: Cause(errno) };
            identity::adopt_orphans().map_err(failed)?;
        }
        let mut draft = Draft::begin(inputs)?;
        match draft.bring_up(Start::Now).and_then(|()| run_poststart(&draft)) {
            Ok(()) if how == Run::Detached => Ok(0),
            Ok(()) => {
                let code = wait(draft.child()?, &draft.signals)?;
                inputs.trace.phase(Phase::Wait);
                if how == Run::Attached {
                    draft.clear();
                    inputs.trace.phase(Phase::CleanUp);
                }
                Ok(code)
            }
            Err(error) => {
                draft.undo();
                Err(error)
            }
        }
    })
}

fn run_poststart(draft: &Draft<'_>) -> Result<(), CreateError> {
    let poststart = &draft.inputs().config.hooks.poststart;
    if poststart.is_empty() {
        return Ok(());
    }
    let state = draft.state(Status::Running, draft.child()?.pid.as_raw_pid());
    Ok(hooks::run(poststart, &state, Some(Interrupt::Signals(&draft.signals)))?)
}

/// Waits for the end of the program, and passes signals on to it; reaps it, and whoever else is the runtime's child.
pub(super) fn wait(child: &Child, signals: &OwnedFd) -> Result<u8, CreateError> {
    let failed = |errno| CreateError::Prepare { what: "to wait for the program", source: Cause(errno) };
    loop {
        let mut watched = [PollFd::new(&child.pidfd, PollFlags::IN), PollFd::new(signals, PollFlags::IN)];
        match poll(&mut watched, None) {
            Err(Errno::INTR) => continue,
            outcome => outcome.map_err(failed)?,
        };
        if watched.first().is_some_and(|pidfd| !pidfd.revents().is_empty()) {
            let status = waitid(WaitId::PidFd(child.pidfd.as_fd()), WaitIdOptions::EXITED).map_err(failed)?;
            return Ok(status.map_or(0, |status| code(status.exit_status(), status.terminating_signal())));
        }
        match signal::next(signals).map_err(failed)? {
            SIGCHLD => {
                if let Some(code) = reap(child.pid).map_err(failed)? {
                    return Ok(code);
                }
            }
            number => {
                // A program that has ended meanwhile shows in the next round.
                let _sent = signal::send_to(&child.pidfd, number.try_into().unwrap_or_default());
            }
        }
    }
}

/// Reaps all children that have ended; returns the exit code of the program if it is among them.
///
/// Others are orphans: adopted, or given to the runtime since it is the first process of a PID namespace.
fn reap(program: Pid) -> Result<Option<u8>, Errno> {
    loop {
        match rustix::process::wait(WaitOptions::NOHANG) {
            Ok(Some((pid, status))) if pid == program => {
                return Ok(Some(code(status.exit_status(), status.terminating_signal())));
            }
            Ok(Some(_)) => {}
            Ok(None) | Err(Errno::CHILD) => return Ok(None),
            Err(errno) => return Err(errno),
        }
    }
}

/// The exit code as shells give it.
fn code(status: Option<i32>, signal: Option<i32>) -> u8 {
    match (status, signal) {
        (Some(code), _) => u8::try_from(code & 0xff).unwrap_or(u8::MAX),
        (None, Some(signal)) => {
            u8::try_from(signal).map_or(u8::MAX, |signal| SIGNALED.saturating_add(signal))
        }
        (None, None) => 0,
    }
}
