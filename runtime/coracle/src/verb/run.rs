//! `run`: create, start, wait, delete.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fd::{AsFd, OwnedFd};
use rustix::io::Errno;
use rustix::process::{WaitId, WaitIdOptions, waitid};

use crate::cause::Cause;
use crate::creation::{Child, CreateError, Draft, Request, Start, with_inputs};
use crate::hooks::{self, Interrupt};
use crate::state::Status;
use crate::sys::signal;
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

/// A signal that only tells a parent of its children.
const SIGCHLD: u32 = 17;
/// What shells add to the number of the signal that ended a program.
const SIGNALED: u8 = 128;

/// Runs a container; returns the exit code of its program, or 0 for one that is [`Run::Detached`].
///
/// While it waits, signals to the runtime go to the program.
///
/// # Errors
/// As [`super::create`]; a program that cannot be executed.
pub fn run(request: &Request<'_>, how: Run) -> Result<u8, CreateError> {
    with_inputs(request, |inputs| {
        let mut draft = Draft::begin(inputs)?;
        match draft.bring_up(Start::Now).and_then(|()| run_poststart(&draft)) {
            Ok(()) if how == Run::Detached => Ok(0),
            Ok(()) => {
                let code = wait(draft.child()?, &draft.signals)?;
                inputs.trace.phase(Phase::Wait);
                if how == Run::Attached {
                    draft.undo();
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

/// Waits for the end of the program, and passes signals on to it.
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
            return Ok(status.map_or(0, code));
        }
        let number = signal::next(signals).map_err(failed)?;
        if number != SIGCHLD {
            // A program that has ended meanwhile shows in the next round.
            let _sent = signal::send_to(&child.pidfd, number.try_into().unwrap_or_default());
        }
    }
}

/// The exit code as shells give it.
fn code(status: rustix::process::WaitIdStatus) -> u8 {
    match (status.exit_status(), status.terminating_signal()) {
        (Some(code), _) => u8::try_from(code & 0xff).unwrap_or(u8::MAX),
        (None, Some(signal)) => {
            u8::try_from(signal).map_or(u8::MAX, |signal| SIGNALED.saturating_add(signal))
        }
        (None, None) => 0,
    }
}
