//! Making a container's cgroups: directories, controllers, limits, in that order and before the container exists.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, CWD, Mode, fstat, mkdirat, unlinkat};
use rustix::io::Errno;
use rustix::process::Pid;

use super::apply::{apply, close, guard};
use super::below::{self, Below, BelowError};
use super::controller::{Controller, Version};
use super::error::MakeError;
use super::layout::Layout;
use super::limits::Limits;
use super::place::{Place, prefixes};
use super::record::{Branch, Directory, Record};
use crate::cause::Cause;
use crate::file;

/// The cgroups of a container about to be started, open.
#[derive(Debug)]
pub struct Made {
    record: Record,
    /// One descriptor for each branch of the record, in the same order.
    directories: Vec<OwnedFd>,
}

impl Place {
    /// The record to write ahead: which directories would have to be made.
    ///
    /// If coracle dies while it makes them, this is enough to find and remove what it had made.
    #[must_use]
    pub fn intent(&self, layout: &Layout) -> Record {
        let mut record = self.empty(layout);
        for branch in &mut record.branches {
            let free = |path: &&str| !exists(&format!("{}{path}", branch.mount));
            let missing = prefixes(self.path()).filter(free);
            branch.made = missing.map(|path| Directory { path: path.to_owned(), inode: 0 }).collect();
        }
        record
    }

    /// Makes the cgroups of this place and applies the limits, but for [`Made::guard`]; what was made is removed again on failure.
    ///
    /// - **Returns** the open cgroups, for [`Made::unified`] and [`Made::join`].
    /// - **Errors**: a place with processes in it or frozen, an absent controller, a value that the kernel refuses.
    ///
    /// # Errors
    /// As above.
    pub fn make(&self, layout: &Layout, limits: &Limits) -> Result<Made, MakeError> {
        let mut made = Made { record: self.empty(layout), directories: Vec::new() };
        match made.build(limits) {
            Ok(()) => Ok(made),
            Err(error) => {
                made.record.remove_directories();
                Err(error)
            }
        }
    }

    /// The record of this place with nothing made yet.
    fn empty(&self, layout: &Layout) -> Record {
        let branch = |hierarchy: &str, mount: &str| Branch {
            hierarchy: hierarchy.to_owned(),
            mount: mount.to_owned(),
            made: Vec::new(),
        };
        let hierarchies =
            layout.hierarchies().iter().map(|hierarchy| branch(&hierarchy.name, &hierarchy.mount));
        let unified = layout.unified().map(|mount| branch("", mount));
        Record { path: self.path().to_owned(), branches: hierarchies.chain(unified).collect() }
    }
}

impl Made {
    /// The cgroups of a container that exists, or some below them, open for another process to enter.
    ///
    /// # Errors
    /// When one of them is not there.
    pub fn reopen(record: &Record, below: &[Below<'_>]) -> Result<Self, BelowError> {
        Ok(Self { record: record.clone(), directories: below::open(record, below)? })
    }

    /// The directory of the unified hierarchy, for `CLONE_INTO_CGROUP`; absent on a host without cgroup2.
    #[must_use]
    pub fn unified(&self) -> Option<BorrowedFd<'_>> {
        let last = self.record.branches.last().filter(|branch| branch.version() == Version::V2);
        last.and(self.directories.last()).map(AsFd::as_fd)
    }

    /// The branch in the unified hierarchy, its directory, and the path of the container's cgroup.
    pub(super) fn unified_mut(&mut self) -> Option<(&Branch, &mut OwnedFd, &str)> {
        let last = self.record.branches.last().filter(|branch| branch.version() == Version::V2)?;
        Some((last, self.directories.last_mut()?, &self.record.path))
    }

    /// Puts a process into every version 1 cgroup of the container; on cgroup2 alone there is nothing to do.
    ///
    /// The unified cgroup is not among them: a process is cloned into it, see [`Made::unified`].
    ///
    /// # Errors
    /// When the kernel refuses, such as `ESRCH` for a process that is gone.
    pub fn join(&self, pid: Pid) -> Result<(), MakeError> {
        let raw = pid.as_raw_pid();
        for (branch, directory) in self.branches().filter(|(branch, _)| branch.version() == Version::V1) {
            file::put(directory, "cgroup.procs", &raw.to_string()).map_err(|errno| MakeError::Join {
                pid: raw,
                path: branch.directory(&self.record.path),
                source: Cause(errno),
            })?;
        }
        Ok(())
    }

    /// Has the kernel refuse devices on cgroup2, where a program must; on version 1 the limits have done so already.
    ///
    /// It costs as much as a dozen mounts, so it is apart from [`Place::make`]: the process can make its mounts meanwhile,
    /// as long as nothing of the container runs before.
    ///
    /// # Errors
    /// [`MakeError::Devices`] when the kernel refuses the program.
    pub fn guard(&self, limits: &Limits) -> Result<(), MakeError> {
        guard(&self.record, &self.directories, limits)
    }

    /// Applies the limits under which no process could have been cloned into the cgroups.
    ///
    /// # Errors
    /// When the kernel refuses the value.
    pub fn close(&self, limits: &Limits) -> Result<(), MakeError> {
        close(&self.record, &self.directories, limits)
    }

    /// What the state file keeps.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Removes the directories again, if nothing runs in them: the inverse of [`Place::make`].
    pub fn undo(self) {
        self.record.remove_directories();
    }

    fn branches(&self) -> impl Iterator<Item = (&Branch, &OwnedFd)> {
        self.record.branches.iter().zip(&self.directories)
    }

    fn build(&mut self, limits: &Limits) -> Result<(), MakeError> {
        for branch in &mut self.record.branches {
            self.directories.push(descend(branch, &self.record.path)?);
        }
        for (branch, directory) in self.branches() {
            if !branch.owns(&self.record.path) {
                refuse_unfit(branch, directory, &self.record.path)?;
            }
        }
        apply(&self.record, &self.directories, limits)
    }
}

/// Makes the directories down to `path` that are missing, notes them in the branch, and opens the last.
///
/// A parent can vanish meanwhile, removed with the last container below it: then it is made anew.
fn descend(branch: &mut Branch, path: &str) -> Result<OwnedFd, MakeError> {
    const ATTEMPTS: usize = 5;
    let mut last = try_descend(branch, path);
    for _ in 1..ATTEMPTS {
        if !matches!(last, Err(MakeError::Directory { source: Cause(Errno::NOENT), .. })) {
            break;
        }
        last = try_descend(branch, path);
    }
    last
}

fn try_descend(branch: &mut Branch, path: &str) -> Result<OwnedFd, MakeError> {
    let error = |path: &str, errno| MakeError::Directory { path: path.to_owned(), source: Cause(errno) };
    let mut parent = file::open_directory(CWD, &branch.mount).map_err(|errno| error(&branch.mount, errno))?;
    let is_cpuset = branch.controllers().contains(Controller::Cpuset);
    for prefix in prefixes(path) {
        let (child, inode) =
            step(&parent, prefix).map_err(|errno| error(&branch.directory(prefix), errno))?;
        if let Some(inode) = inode {
            branch.made.push(Directory { path: prefix.to_owned(), inode });
        }
        if is_cpuset {
            inherit_cpuset(&parent, &child, &branch.directory(prefix))?;
        }
        parent = child;
    }
    Ok(parent)
}

/// Makes the last component of `prefix` in `parent` unless it is there; returns it open, and its inode if it was made.
fn step(parent: &OwnedFd, prefix: &str) -> Result<(OwnedFd, Option<u64>), Errno> {
    let name = prefix.rsplit('/').next().unwrap_or_default();
    let made = match mkdirat(parent, name, Mode::from_raw_mode(0o755)) {
        Ok(()) => true,
        Err(Errno::EXIST) => false,
        Err(errno) => return Err(errno),
    };
    let opened = file::open_directory(parent, name).and_then(|child| {
        let inode = if made { Some(fstat(&child)?.st_ino) } else { None };
        Ok((child, inode))
    });
    if made && opened.is_err() {
        // Nothing else knows of the directory yet; the error to report is why it could not be opened.
        let _removed = unlinkat(parent, name, AtFlags::REMOVEDIR);
    }
    opened
}

/// A version 1 cpuset takes no process before it has processors and memory nodes: those of its parent.
fn inherit_cpuset(parent: &OwnedFd, child: &OwnedFd, path: &str) -> Result<(), MakeError> {
    for file in ["cpuset.cpus", "cpuset.mems"] {
        let read = |directory: &OwnedFd| {
            file::take(directory, file).map_err(|errno| MakeError::Read {
                path: path.to_owned(),
                file: file.to_owned(),
                source: Cause(errno),
            })
        };
        if !read(child)?.trim().is_empty() {
            continue;
        }
        let value = read(parent)?;
        let value = value.trim();
        file::put(child, file, value).map_err(|errno| MakeError::Write {
            value: value.to_owned(),
            path: path.to_owned(),
            file: file.to_owned(),
            pointer: String::from("/linux/cgroupsPath"),
            source: Cause(errno),
        })?;
    }
    Ok(())
}

/// Refuses a cgroup that was there before and is in use: acting on one container must not act on another.
fn refuse_unfit(branch: &Branch, directory: &OwnedFd, path: &str) -> Result<(), MakeError> {
    let path = branch.directory(path);
    let holds =
        |file: &str, test: &dyn Fn(&str) -> bool| file::take(directory, file).is_ok_and(|text| test(&text));
    let (occupied, frozen) = match branch.version() {
        Version::V1 => (
            holds("cgroup.procs", &|text| !text.is_empty()),
            holds("freezer.state", &|text| !text.starts_with("THAWED")),
        ),
        Version::V2 => (
            holds("cgroup.events", &|text| text.lines().any(|line| line == "populated 1")),
            holds("cgroup.freeze", &|text| text.starts_with('1')),
        ),
    };
    match (occupied, frozen) {
        (true, _) => Err(MakeError::Occupied { path }),
        (_, true) => Err(MakeError::Frozen { path }),
        _ => Ok(()),
    }
}

fn exists(path: &str) -> bool {
    rustix::fs::access(path, rustix::fs::Access::EXISTS).is_ok()
}
