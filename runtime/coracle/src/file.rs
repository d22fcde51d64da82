//! Small files, read and written whole, always relative to a descriptor.

use alloc::string::String;
use alloc::vec::Vec;

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags, openat};
use rustix::io::{Errno, read, write};
use rustix::path::Arg;

/// Opens the directory `path`, relative to `dir`, so that `bpf(2)` and `clone3(2)` accept it too.
pub(crate) fn open_directory(dir: impl AsFd, path: &str) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    openat(dir, path, flags, Mode::empty())
}

/// Writes `value` to `file` in one call, as cgroups and procfs ask.
pub(crate) fn put(dir: impl AsFd, file: impl Arg, value: &str) -> Result<(), Errno> {
    let flags = OFlags::WRONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let opened = openat(dir, file, flags, Mode::empty())?;
    let written = write(&opened, value.as_bytes())?;
    if written == value.len() { Ok(()) } else { Err(Errno::IO) }
}

/// Reads the whole of `file`.
pub(crate) fn take(dir: impl AsFd, file: &str) -> Result<String, Errno> {
    let opened = openat(dir, file, OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW, Mode::empty())?;
    drain(&opened)
}

/// Reads text from a descriptor to its end.
pub(crate) fn drain(opened: impl AsFd) -> Result<String, Errno> {
    String::from_utf8(drain_bytes(opened)?).map_err(|_| Errno::ILSEQ)
}

/// Reads from a descriptor to its end.
pub(crate) fn drain_bytes(opened: impl AsFd) -> Result<Vec<u8>, Errno> {
    const CHUNK_BYTES: usize = 4096;
    let mut bytes = Vec::new();
    loop {
        let filled = bytes.len();
        bytes.resize(filled + CHUNK_BYTES, 0);
        let count = read(&opened, bytes.get_mut(filled..).unwrap_or_default())?;
        bytes.truncate(filled + count);
        if count == 0 {
            return Ok(bytes);
        }
    }
}
