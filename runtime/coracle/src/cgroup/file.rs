//! Reading and writing the small files of a cgroup directory, always relative to its descriptor.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags, openat};
use rustix::io::{Errno, read, write};

/// An error number as the cause of another error.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Cause(pub Errno);

impl core::error::Error for Cause {}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl From<Errno> for Cause {
    fn from(errno: Errno) -> Self {
        Self(errno)
    }
}

/// Opens the directory `path`, relative to `dir`, so that `bpf(2)` and `clone3(2)` accept it too.
pub(super) fn open_directory(dir: impl AsFd, path: &str) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    openat(dir, path, flags, Mode::empty())
}

/// Writes `value` to `file` of a cgroup in one call, as the kernel asks.
pub(super) fn put(dir: impl AsFd, file: &str, value: &str) -> Result<(), Errno> {
    let flags = OFlags::WRONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let opened = openat(dir, file, flags, Mode::empty())?;
    let written = write(&opened, value.as_bytes())?;
    if written == value.len() { Ok(()) } else { Err(Errno::IO) }
}

/// Reads the whole of `file` of a cgroup.
pub(super) fn take(dir: impl AsFd, file: &str) -> Result<String, Errno> {
    let opened = openat(dir, file, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW, Mode::empty())?;
    drain(&opened)
}

/// Reads from a descriptor to its end.
pub(super) fn drain(opened: impl AsFd) -> Result<String, Errno> {
    const CHUNK_BYTES: usize = 4096;
    let mut bytes = Vec::new();
    loop {
        let filled = bytes.len();
        bytes.resize(filled + CHUNK_BYTES, 0);
        let count = read(&opened, &mut bytes[filled..])?;
        bytes.truncate(filled + count);
        if count == 0 {
            return String::from_utf8(bytes).map_err(|_| Errno::ILSEQ);
        }
    }
}
