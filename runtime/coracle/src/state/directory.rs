//! The directory of one container, and the files in it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use rustix::event::{PollFd, Timespec, poll};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{
    AtFlags, CWD, Dir, FlockOperation, Mode, OFlags, flock, fstat, openat, readlinkat, renameat, symlinkat,
    unlinkat,
};
use rustix::io::{Errno, write};

use super::anchor::Anchor;
use super::gate::Gate;
use super::id::Id;
use super::record::Record;
use crate::cause::Cause;
use crate::{cgroup, file};

/// The directory of one container, open.
#[derive(Debug)]
pub struct Directory {
    id: Id,
    path: String,
    fd: OwnedFd,
}

/// Why what is kept about a container could not be read or changed.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "each message names its fields")]
pub enum StateError {
    #[error("container `{id}` exists already; delete it or choose another id")]
    Exists { id: String },

    #[error("container `{id}` does not exist")]
    Unknown { id: String },

    #[error("container `{id}` is being created or deleted by another process")]
    Busy { id: String },

    #[error("make the directory `{path}`")]
    Make { path: String, source: Cause },

    #[error("open the directory `{path}`")]
    Open { path: String, source: Cause },

    #[error("read `{path}/{file}`")]
    Read { path: String, file: &'static str, source: Cause },

    #[error("write `{path}/{file}`")]
    Write { path: String, file: &'static str, source: Cause },

    #[error("remove `{path}`")]
    Remove { path: String, source: Cause },

    #[error("`{path}/record` is damaged; `delete --force` cleans up what is left of the container")]
    Damaged { path: String },
}

/// The file of a container that is complete.
const RECORD: &str = "record";
/// The same file, before the container is created.
const CREATING: &str = "creating";
const INTENT: &str = "intent";
const INIT: &str = "init";
const GATE: &str = "gate";

/// How long another verb on the same container may take before we give up.
const LOCK_DEADLINE_MS: u64 = 10_000;

impl Directory {
    /// Wraps the directory of container `id`, which is at `path`.
    ///
    /// # Errors
    /// [`StateError::Unknown`] when there is none.
    pub(super) fn open(id: &Id, path: String) -> Result<Self, StateError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match openat(CWD, path.as_str(), flags, Mode::empty()) {
            Ok(fd) => Ok(Self { id: id.clone(), path, fd }),
            Err(Errno::NOENT) => Err(StateError::Unknown { id: id.to_string() }),
            Err(errno) => Err(StateError::Open { path, source: Cause(errno) }),
        }
    }

    /// The container's id.
    #[must_use]
    pub fn id(&self) -> &Id {
        &self.id
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The open directory; its descriptor carries the lock, and must not survive in another process.
    #[must_use]
    pub fn descriptor(&self) -> &OwnedFd {
        &self.fd
    }

    /// Keeps other verbs from creating or deleting the container, until this value or the process ends.
    ///
    /// # Errors
    /// [`StateError::Busy`] when another process holds it for too long; [`StateError::Unknown`] when that process has
    /// deleted the container.
    pub fn lock(&self) -> Result<(), StateError> {
        const STEP_MS: u64 = 5;
        let mut waited_ms = 0;
        while !self.try_lock()? {
            if waited_ms >= LOCK_DEADLINE_MS {
                return Err(StateError::Busy { id: self.id.to_string() });
            }
            let step = Timespec { tv_sec: 0, tv_nsec: 1_000_000 * STEP_MS.cast_signed() };
            // A signal that cuts the pause short costs one more look.
            let _ready = poll(&mut [] as &mut [PollFd<'_>], Some(&step));
            waited_ms += STEP_MS;
        }
        Ok(())
    }

    /// The same without waiting; whether nobody else holds it.
    ///
    /// # Errors
    /// When the directory cannot be locked at all.
    pub fn try_lock(&self) -> Result<bool, StateError> {
        match flock(&self.fd, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(true),
            Err(Errno::WOULDBLOCK) => Ok(false),
            Err(errno) => Err(StateError::Open { path: self.path.clone(), source: Cause(errno) }),
        }
    }

    /// Whether the directory still has its name; asked after [`Directory::lock`] had to wait.
    ///
    /// # Errors
    /// [`StateError::Unknown`] when it was deleted.
    pub fn still_there(&self) -> Result<(), StateError> {
        let stat = fstat(&self.fd)
            .map_err(|errno| StateError::Open { path: self.path.clone(), source: Cause(errno) })?;
        if stat.st_nlink == 0 { Err(StateError::Unknown { id: self.id.to_string() }) } else { Ok(()) }
    }

    /// Notes which cgroups are about to be made: before the first side effect.
    ///
    /// # Errors
    /// When the link cannot be made.
    pub fn intend(&self, cgroup: &cgroup::Record) -> Result<(), StateError> {
        self.link(INTENT, &Anchor::text(None, cgroup))
    }

    /// Notes the process and its cgroups: as soon as there is one.
    ///
    /// # Errors
    /// When the link or the file cannot be made.
    pub fn anchor(&self, record: &Record, configuration: &[u8]) -> Result<(), StateError> {
        self.link(INIT, &Anchor::text(Some(record.init), &record.cgroup))?;
        self.write(record, configuration).map_err(|errno| self.write_error(CREATING, errno))
    }

    /// Makes the container known as created.
    ///
    /// # Errors
    /// When the file cannot be renamed.
    pub fn publish(&self) -> Result<(), StateError> {
        renameat(&self.fd, CREATING, &self.fd, RECORD).map_err(|errno| self.write_error(RECORD, errno))
    }

    /// The gate of the container.
    #[must_use]
    pub fn gate(&self) -> Gate<'_> {
        Gate::new(&self.path, GATE, self.fd.as_fd())
    }

    /// The record and the configuration, and whether the container is complete.
    ///
    /// # Errors
    /// [`StateError::Damaged`] when there is none that can be read.
    pub fn load(&self) -> Result<(Record, Vec<u8>, bool), StateError> {
        let (file, is_complete) = match self.slurp(RECORD) {
            Err(Errno::NOENT) => (self.slurp(CREATING), false),
            outcome => (outcome, true),
        };
        let damaged = || StateError::Damaged { path: self.path.clone() };
        let mut text = match file {
            Ok(text) => text,
            Err(Errno::NOENT) => return Err(damaged()),
            Err(source) => {
                return Err(StateError::Read {
                    path: self.path.clone(),
                    file: RECORD,
                    source: Cause(source),
                });
            }
        };
        let end = text.iter().position(|byte| *byte == b'\n').ok_or_else(damaged)?;
        let configuration = text.split_off(end + 1);
        let record = serde_json::from_slice(&text).map_err(|_| damaged())?;
        Ok((record, configuration, is_complete))
    }

    /// What must be cleaned up, from the links alone: the newer one counts.
    #[must_use]
    pub fn anchors(&self) -> Option<Anchor> {
        let read = |name: &str| {
            let target = readlinkat(&self.fd, name, Vec::new()).ok()?;
            target.to_str().ok().and_then(Anchor::parse)
        };
        read(INIT).or_else(|| read(INTENT))
    }

    /// Removes everything; the id is free again.
    ///
    /// # Errors
    /// When something cannot be removed.
    pub fn remove(self) -> Result<(), StateError> {
        for name in [RECORD, GATE, INIT, INTENT] {
            // What else there is, or cannot be removed, shows in the next step.
            let _removed = unlinkat(&self.fd, name, AtFlags::empty());
        }
        let remove = || unlinkat(CWD, self.path.as_str(), AtFlags::REMOVEDIR);
        let outcome = match remove() {
            Err(Errno::NOTEMPTY | Errno::EXIST) => self.clear().and_then(|()| remove()),
            outcome => outcome,
        };
        match outcome {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(StateError::Remove { path: self.path.clone(), source: Cause(errno) }),
        }
    }

    /// Removes whatever files are left.
    fn clear(&self) -> Result<(), Errno> {
        for entry in Dir::read_from(&self.fd)? {
            let entry = entry?;
            let name = entry.file_name();
            if name != c"." && name != c".." {
                unlinkat(&self.fd, name, AtFlags::empty())?;
            }
        }
        Ok(())
    }

    fn link(&self, name: &'static str, target: &str) -> Result<(), StateError> {
        match symlinkat(target, &self.fd, name) {
            // The record holds the same; only a path of thousands of bytes is without its second place.
            Ok(()) | Err(Errno::NAMETOOLONG) => Ok(()),
            Err(Errno::NOENT) => Err(StateError::Unknown { id: self.id.to_string() }),
            Err(errno) => Err(self.write_error(name, errno)),
        }
    }

    fn write(&self, record: &Record, configuration: &[u8]) -> Result<(), Errno> {
        let mut text = serde_json::to_vec(record).map_err(|_| Errno::INVAL)?;
        text.reserve_exact(configuration.len() + 1);
        text.push(b'\n');
        text.extend_from_slice(configuration);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(&self.fd, CREATING, flags, Mode::RUSR | Mode::WUSR)?;
        let mut rest = text.as_slice();
        while !rest.is_empty() {
            let written = write(&file, rest)?;
            rest = rest.get(written..).unwrap_or_default();
        }
        Ok(())
    }

    fn slurp(&self, name: &str) -> Result<Vec<u8>, Errno> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        openat(&self.fd, name, flags, Mode::empty()).and_then(file::drain_bytes)
    }

    fn write_error(&self, file: &'static str, errno: Errno) -> StateError {
        StateError::Write { path: self.path.clone(), file, source: Cause(errno) }
    }
}

/// The path of container `id` below the state root.
pub(super) fn path(root: &str, id: &Id) -> String {
    match root.strip_suffix('/') {
        Some(root) => format!("{root}/{id}"),
        None => format!("{root}/{id}"),
    }
}
