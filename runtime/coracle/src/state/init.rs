//! The first process of a container, told from any later process with its number.

use rustix::fd::OwnedFd;
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::{Errno, read};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use serde::{Deserialize, Serialize};

use alloc::format;

/// A process: its id, and when it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Init {
    /// Process id.
    pub pid: i32,
    /// When it started: clock ticks since boot, field 22 of `/proc/<pid>/stat`.
    pub started_ticks: u64,
}

/// What `/proc/<pid>/stat` says about a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stat {
    /// One letter, such as `S`; `Z` and `X` for a process that has ended.
    pub(crate) state: u8,
    /// When it started, in clock ticks since boot.
    pub(crate) started_ticks: u64,
    /// Which of the signals 1 to 31 it ignores.
    pub(crate) ignored: u32,
}

/// A process that is alive and is the one meant.
#[derive(Debug)]
pub struct Alive(OwnedFd);

impl Init {
    /// Takes hold of the process, if it has not ended.
    ///
    /// The descriptor is opened first and the start time compared after, so that it cannot be another process's.
    #[must_use]
    pub fn find(&self) -> Option<Alive> {
        let pid = Some(self.pid).filter(|pid| *pid > 0).and_then(Pid::from_raw)?;
        let pidfd = pidfd_open(pid, PidfdFlags::empty()).ok()?;
        let stat = Stat::of(pid).ok()?;
        let is_it = stat.started_ticks == self.started_ticks && !matches!(stat.state, b'Z' | b'X');
        is_it.then_some(Alive(pidfd))
    }
}

impl Alive {
    /// Sends it a signal.
    ///
    /// # Errors
    /// Those of `pidfd_send_signal(2)`: `ESRCH` when it has ended meanwhile.
    pub fn signal(&self, signal: Signal) -> Result<(), Errno> {
        pidfd_send_signal(&self.0, signal)
    }

    /// The descriptor, readable when the process has ended.
    #[must_use]
    pub fn pidfd(&self) -> &OwnedFd {
        &self.0
    }
}

impl Stat {
    /// Reads it for one process; one read, since the file is shorter than the buffer.
    ///
    /// # Errors
    /// `ENOENT` or `ESRCH` when there is no such process; `EINVAL` for a line of another form.
    pub(crate) fn of(pid: Pid) -> Result<Self, Errno> {
        const LINE_BYTES: usize = 1024;
        let path = format!("/proc/{}/stat", pid.as_raw_pid());
        let file = openat(CWD, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        let mut line = [0; LINE_BYTES];
        let count = read(&file, &mut line)?;
        line.get(..count)
            .and_then(|line| core::str::from_utf8(line).ok())
            .and_then(Self::parse)
            .ok_or(Errno::INVAL)
    }

    /// The name, in parentheses, may contain anything: fields count from behind its last one.
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.rsplit_once(')')?.1.split_ascii_whitespace();
        let state = *fields.next()?.as_bytes().first()?;
        let started_ticks = fields.nth(18)?.parse().ok()?;
        let ignored = fields.nth(10)?.parse().ok()?;
        Some(Self { state, started_ticks, ignored })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_count_from_behind_the_name() {
        let line = "42 (a) b (c) S 1 42 42 0 -1 4194560 98 0 0 0 0 0 0 0 20 0 1 0 987654 2 3 4 5 6 7 8 9 10 11 4096 13";
        assert_eq!(Stat::parse(line), Some(Stat { state: b'S', started_ticks: 987_654, ignored: 4096 }));
        assert_eq!(Stat::parse("42 (a) S 1 2"), None);
        assert_eq!(Stat::parse(""), None);
    }

    #[test]
    fn no_process_is_found_under_a_number_that_is_none() {
        for pid in [0, -1, i32::MIN] {
            assert!(Init { pid, started_ticks: 0 }.find().is_none(), "{pid}");
        }
    }
}
