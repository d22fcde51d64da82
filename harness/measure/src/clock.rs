//! The clock, and processes that are waited for with a deadline.

use std::io;
use std::process::{Child, Command, ExitStatus};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of `CLOCK_MONOTONIC`: the same clock that the probe reads inside a container.
#[must_use]
pub fn now_ns() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    seconds * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap_or(0)
}

/// Processor time of all children waited for so far, user and system, in nanoseconds; its grain is a microsecond.
#[must_use]
pub fn children_cpu_ns() -> u64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN);
    usage.map_or(0, |usage| {
        let spent = usage.user_time().num_microseconds() + usage.system_time().num_microseconds();
        u64::try_from(spent).unwrap_or(0) * 1000
    })
}

/// Why a process was not waited for to its end.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum WaitError {
    #[error("start `{program}`")]
    Start { program: String, source: io::Error },

    #[error("wait for `{program}`")]
    Wait { program: String, source: io::Error },

    #[error("`{program}` did not end within {seconds} s and was killed")]
    Late { program: String, seconds: u64 },
}

/// Starts `command` and waits until it ends; kills it at the `deadline`.
///
/// # Errors
/// See [`WaitError`]. A process that fails is no error here: its status says so.
pub fn finish(command: &mut Command, deadline: Duration) -> Result<ExitStatus, WaitError> {
    let program = command.get_program().display().to_string();
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(source) => return Err(WaitError::Start { program, source }),
    };
    match ends_within(&child, deadline)
        .and_then(|ended| if ended { child.wait().map(Some) } else { Ok(None) })
    {
        Ok(Some(status)) => Ok(status),
        Ok(None) => {
            stop(&mut child);
            Err(WaitError::Late { program, seconds: deadline.as_secs() })
        }
        Err(source) => {
            stop(&mut child);
            Err(WaitError::Wait { program, source })
        }
    }
}

/// Waits on a pidfd, which wakes at the end of the process and costs nothing until then.
fn ends_within(child: &Child, deadline: Duration) -> io::Result<bool> {
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let process = pidfd_open(id.ok_or(io::ErrorKind::InvalidInput)?, PidfdFlags::empty())?;
    let limit = Timespec::try_from(deadline).map_err(io::Error::other)?;
    loop {
        match poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&limit)) {
            Err(rustix::io::Errno::INTR) => {}
            ready => return Ok(ready? > 0),
        }
    }
}

/// Kills and reaps; a process that is gone already is what was wanted.
fn stop(child: &mut Child) {
    if child.kill().is_ok() {
        child.wait().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_waited_for_and_its_status_returned() {
        let status = finish(Command::new("sh").args(["-c", "exit 3"]), Duration::from_secs(10)).unwrap();
        assert_eq!(status.code(), Some(3));
    }

    #[test]
    fn a_process_that_does_not_end_is_killed_at_the_deadline() {
        let late = finish(Command::new("sleep").arg("60"), Duration::from_millis(20)).unwrap_err();
        assert!(matches!(late, WaitError::Late { .. }), "{late}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let missing = finish(&mut Command::new("/no/such/program"), Duration::from_secs(1)).unwrap_err();
        assert_eq!(missing.to_string(), "start `/no/such/program`");
    }

    #[test]
    fn the_clock_goes_forward() {
        let before = now_ns();
        assert!(before > 0 && now_ns() >= before);
    }
}
