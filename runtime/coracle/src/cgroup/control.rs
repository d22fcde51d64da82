//! Acting on the cgroups of a container that exists, from its record alone.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::num::ParseIntError;

use rustix::event::{PollFd, Timespec, poll};
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, Dir, FileType, statat, unlinkat};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, getpid, kill_process};

use super::controller::{Controller, Version};
use super::record::{Branch, Directory, Record};
use crate::cause::Cause;
use crate::file;

/// Why a verb could not act on a container's cgroups.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum ControlError {
    #[error("open cgroup `{path}`")]
    Open { path: String, source: Cause },

    #[error("read `{path}/{file}`")]
    Read { path: String, file: &'static str, source: Cause },

    #[error("`{path}/{file}` has the line `{line}`, not a process id")]
    Line { path: String, file: &'static str, line: String, source: ParseIntError },

    #[error("write `{value}` to `{path}/{file}`")]
    Write { path: String, file: &'static str, value: &'static str, source: Cause },

    #[error(
        "the container has no cgroup in which it could be frozen; mount the `freezer` controller or cgroup2"
    )]
    NoFreezer,

    #[error("cgroup `{path}` did not become `{state}` in {deadline_ms} ms")]
    Deadline { path: String, state: &'static str, deadline_ms: u64 },

    #[error("cgroup `{path}` was not made for this container, so its processes are not killed")]
    NotOurs { path: String },

    #[error("cgroup `{path}` contains coracle itself, so its processes are not killed")]
    Ourselves { path: String },

    #[error("kill process {pid} of cgroup `{path}`")]
    Kill { path: String, pid: i32, source: Cause },

    #[error("remove cgroup `{path}`")]
    Remove { path: String, source: Cause },
}

const PROCESSES: &str = "cgroup.procs";
/// How long freezing may take: a process in uninterruptible sleep freezes late.
const FREEZE_DEADLINE_MS: u64 = 2000;
/// How long a dying process may keep its cgroup busy.
const REMOVE_DEADLINE_MS: u64 = 2000;

impl Record {
    /// The ids of all processes in the container's cgroup and below it.
    ///
    /// # Errors
    /// When the cgroup is gone or cannot be read.
    pub fn processes(&self) -> Result<Vec<i32>, ControlError> {
        let Some(branch) = self.tracker() else { return Ok(Vec::new()) };
        let mut pids = Vec::new();
        collect(&self.open(branch)?, &branch.directory(&self.path), &mut pids)?;
        Ok(pids)
    }

    /// Stops every process of the container until [`Record::thaw`].
    ///
    /// # Errors
    /// When the host has no freezer, or a process does not stop in two seconds; the container is then thawed again.
    pub fn freeze(&self) -> Result<(), ControlError> {
        let (branch, directory) = self.freezer()?;
        let result = set_frozen(branch, &directory, &self.path, true);
        if result.is_err() {
            // The error to report is that it did not freeze; thawing is all that can be done about it.
            let _thawed = set_frozen(branch, &directory, &self.path, false);
        }
        result
    }

    /// Whether the processes of the container are stopped by [`Record::freeze`].
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        let Ok((branch, directory)) = self.freezer() else { return false };
        match branch.version() {
            Version::V1 => file::take(directory, "freezer.state").is_ok_and(|text| text.starts_with("FR")),
            Version::V2 => file::take(directory, "cgroup.freeze").is_ok_and(|text| text.starts_with('1')),
        }
    }

    /// Lets the processes of the container run again.
    ///
    /// # Errors
    /// When the cgroup is gone or cannot be written.
    pub fn thaw(&self) -> Result<(), ControlError> {
        let (branch, directory) = self.freezer()?;
        set_frozen(branch, &directory, &self.path, false)
    }

    /// Kills every process in the container's cgroup and below it, frozen ones too.
    ///
    /// Only a cgroup that coracle made for this container, which is still the same directory, and which does not hold
    /// the caller. Returns at once; [`Record::wait_empty`] waits.
    ///
    /// # Errors
    /// A cgroup that is not ours; a process that cannot be signaled.
    pub fn kill_all(&self) -> Result<(), ControlError> {
        let Some(branch) = self.tracker() else { return Ok(()) };
        let path = branch.directory(&self.path);
        let directory = match self.open(branch) {
            Ok(directory) => directory,
            Err(ControlError::Open { source: Cause(Errno::NOENT), .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        let own = branch.made.iter().find(|made| made.path == self.path);
        if !own.is_some_and(|own| own.inode != 0 && inode(&path) == Ok(Some(own.inode))) {
            return Err(ControlError::NotOurs { path });
        }
        let mut pids = Vec::new();
        collect(&directory, &path, &mut pids)?;
        if pids.contains(&getpid().as_raw_pid()) {
            return Err(ControlError::Ourselves { path });
        }
        if branch.version() == Version::V2 {
            match file::put(&directory, "cgroup.kill", "1") {
                Ok(()) => return Ok(()),
                Err(Errno::NOENT) => {} // before Linux 5.14
                Err(errno) => return Err(write_error(&path, "cgroup.kill", "1", errno)),
            }
        }
        self.kill_each(&directory, &path)
    }

    /// Waits until no process is left in the container's cgroup or below it.
    ///
    /// # Errors
    /// When one is left after `deadline_ms`.
    pub fn wait_empty(&self, deadline_ms: u64) -> Result<(), ControlError> {
        let Some(branch) = self.tracker() else { return Ok(()) };
        let path = branch.directory(&self.path);
        let directory = match self.open(branch) {
            Ok(directory) => directory,
            Err(ControlError::Open { source: Cause(Errno::NOENT), .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        let empty = || {
            let mut pids = Vec::new();
            // A child cgroup may vanish while it is read: it is then as good as empty.
            collect(&directory, &path, &mut pids).is_ok() && pids.is_empty()
        };
        wait(deadline_ms, empty).then_some(()).ok_or(ControlError::Deadline {
            path,
            state: "empty",
            deadline_ms,
        })
    }

    /// Removes the directories that coracle made, and what the container made below them.
    ///
    /// A directory that someone else uses by now, or that has another inode than the one made, is left alone.
    ///
    /// # Errors
    /// When the container's own cgroup stays busy for two seconds.
    pub fn remove(&self) -> Result<(), ControlError> {
        let mut result = Ok(());
        for branch in self.branches.iter().rev() {
            for made in branch.made.iter().rev() {
                let own = made.path == self.path;
                let removed = remove_directory(branch, made, own);
                if own && let Err(errno) = removed {
                    let path = branch.directory(&made.path);
                    result = Err(ControlError::Remove { path, source: Cause(errno) });
                }
            }
        }
        result
    }

    /// As [`Record::remove`], where there is already another error to report.
    pub(super) fn remove_directories(&self) {
        let _outcome = self.remove();
    }

    /// The branch that knows all processes of the container: cgroup2 where there is one.
    fn tracker(&self) -> Option<&Branch> {
        self.unified()
            .or_else(|| self.branch_of(Controller::Freezer))
            .or_else(|| self.branch_of(Controller::Pids))
            .or_else(|| self.branches.first())
    }

    fn freezer(&self) -> Result<(&Branch, OwnedFd), ControlError> {
        let branch =
            self.unified().or_else(|| self.branch_of(Controller::Freezer)).ok_or(ControlError::NoFreezer)?;
        Ok((branch, self.open(branch)?))
    }

    pub(super) fn open(&self, branch: &Branch) -> Result<OwnedFd, ControlError> {
        let path = branch.directory(&self.path);
        file::open_directory(CWD, &path).map_err(|errno| ControlError::Open { path, source: Cause(errno) })
    }

    /// Kills process by process, frozen so that none is born meanwhile, then thawed so that the signal lands.
    fn kill_each(&self, directory: &OwnedFd, path: &str) -> Result<(), ControlError> {
        const ROUNDS: usize = 100; // against a process that forks faster than it is killed
        // Without a freezer, or with a process that does not freeze, the rounds below still end.
        let _frozen = self.freeze();
        for _ in 0..ROUNDS {
            let mut pids = Vec::new();
            collect(directory, path, &mut pids)?;
            if pids.is_empty() {
                break;
            }
            pids.iter().try_for_each(|pid| kill(*pid, path))?;
            let _thawed = self.thaw();
        }
        Ok(())
    }
}

fn kill(pid: i32, path: &str) -> Result<(), ControlError> {
    // 0 stands for a process of another PID namespace, and would signal our own group.
    let Some(target) = Pid::from_raw(pid).filter(|_| pid > 0) else { return Ok(()) };
    match kill_process(target, Signal::KILL) {
        Ok(()) | Err(Errno::SRCH) => Ok(()),
        Err(errno) => Err(ControlError::Kill { path: path.to_owned(), pid, source: Cause(errno) }),
    }
}

fn set_frozen(branch: &Branch, directory: &OwnedFd, path: &str, frozen: bool) -> Result<(), ControlError> {
    let path = branch.directory(path);
    let (file, value, seen, expected) = match (branch.version(), frozen) {
        (Version::V1, true) => ("freezer.state", "FROZEN", "freezer.state", "FROZEN"),
        (Version::V1, false) => ("freezer.state", "THAWED", "freezer.state", "THAWED"),
        (Version::V2, true) => ("cgroup.freeze", "1", "cgroup.events", "frozen 1"),
        (Version::V2, false) => ("cgroup.freeze", "0", "cgroup.events", "frozen 0"),
    };
    file::put(directory, file, value).map_err(|errno| write_error(&path, file, value, errno))?;
    let reached = || file::take(directory, seen).is_ok_and(|text| text.lines().any(|line| line == expected));
    let state = if frozen { "frozen" } else { "thawed" };
    wait(FREEZE_DEADLINE_MS, reached).then_some(()).ok_or(ControlError::Deadline {
        path,
        state,
        deadline_ms: FREEZE_DEADLINE_MS,
    })
}

/// Adds the processes of `directory` and of all cgroups below it.
fn collect(directory: &OwnedFd, path: &str, pids: &mut Vec<i32>) -> Result<(), ControlError> {
    let read = |errno| ControlError::Read { path: path.to_owned(), file: PROCESSES, source: Cause(errno) };
    let text = file::take(directory, PROCESSES).map_err(read)?;
    for line in text.lines() {
        let pid = line.parse().map_err(|source| ControlError::Line {
            path: path.to_owned(),
            file: PROCESSES,
            line: line.to_owned(),
            source,
        })?;
        pids.push(pid);
    }
    for name in children(directory).map_err(read)? {
        match file::open_directory(directory, &name) {
            Ok(child) => collect(&child, path, pids)?,
            Err(Errno::NOENT) => {} // removed since it was listed
            Err(errno) => return Err(read(errno)),
        }
    }
    Ok(())
}

/// The names of the cgroups in `directory`.
fn children(directory: &OwnedFd) -> Result<Vec<String>, Errno> {
    let mut names = Vec::new();
    for entry in Dir::read_from(directory)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().to_str() else { continue };
        if entry.file_type() == FileType::Directory && !matches!(name, "." | "..") {
            names.push(name.to_owned());
        }
    }
    Ok(names)
}

/// Removes one directory if it is still the one that was made; with all below it if it is the container's `own`.
fn remove_directory(branch: &Branch, made: &Directory, own: bool) -> Result<(), Errno> {
    let path = branch.directory(&made.path);
    match inode(&path)? {
        None => return Ok(()),
        Some(found) if made.inode != 0 && found != made.inode => return Ok(()),
        Some(_) => {}
    }
    if !own {
        return unlinkat(CWD, &path, AtFlags::REMOVEDIR);
    }
    let mut last = Ok(());
    wait(REMOVE_DEADLINE_MS, || {
        last = remove_tree(&path, made.inode != 0);
        !matches!(last, Err(Errno::BUSY))
    });
    last
}

/// Removes a cgroup; with `below`, also the cgroups in it, deepest first.
fn remove_tree(path: &str, below: bool) -> Result<(), Errno> {
    match unlinkat(CWD, path, AtFlags::REMOVEDIR) {
        Err(Errno::BUSY) if below => {}
        Err(Errno::NOENT) => return Ok(()),
        outcome => return outcome,
    }
    let directory = file::open_directory(CWD, path)?;
    for name in children(&directory)? {
        remove_tree(&alloc::format!("{path}/{name}"), below)?;
    }
    unlinkat(CWD, path, AtFlags::REMOVEDIR)
}

/// The inode number of a directory; nothing where it is gone.
fn inode(path: &str) -> Result<Option<u64>, Errno> {
    match statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(found) => Ok(Some(found.st_ino)),
        Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// Asks `reached` until it holds or the deadline has passed: at once, then in growing steps of up to 10 ms.
fn wait(deadline_ms: u64, mut reached: impl FnMut() -> bool) -> bool {
    const LONGEST_STEP_US: u64 = 10_000;
    let mut waited_us = 0;
    let mut step_us = 50;
    while !reached() {
        if waited_us >= deadline_ms * 1000 {
            return false;
        }
        pause(step_us);
        waited_us += step_us;
        step_us = (step_us * 2).min(LONGEST_STEP_US);
    }
    true
}

fn pause(duration_us: u64) {
    #[expect(clippy::cast_possible_wrap, reason = "at most 10 ms")]
    let duration = Timespec { tv_sec: 0, tv_nsec: (duration_us * 1000) as i64 };
    // A signal that cuts the pause short costs one more look.
    let _ready = poll(&mut [] as &mut [PollFd<'_>], Some(&duration));
}

fn write_error(path: &str, file: &'static str, value: &'static str, errno: Errno) -> ControlError {
    ControlError::Write { path: path.to_owned(), file, value, source: Cause(errno) }
}
