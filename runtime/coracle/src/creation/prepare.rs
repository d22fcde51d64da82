//! What the new process needs, made before it is.

use alloc::string::String;
use alloc::vec::Vec;
use core::ffi::CStr;

use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, openat, renameat};
use rustix::io::{Errno, write};

use super::error::CreateError;
use crate::cause::Cause;
use crate::config::namespaces::Kind;
use crate::handover;
use crate::sys::descriptor;

/// Checks that the descriptors to be preserved are the caller's: before one of ours could take their place.
pub(crate) fn check_preserved(count: u32) -> Result<(), CreateError> {
    const FIRST: u32 = 3;
    let end = FIRST.saturating_add(count);
    match (FIRST..end).find(|number| !descriptor::is_open(*number)) {
        Some(number) => Err(CreateError::Preserved { number }),
        None => Ok(()),
    }
}

/// Opens the namespaces that are joined.
pub(crate) fn namespaces(joins: &[(Kind, &CStr)]) -> Result<Vec<(Kind, OwnedFd)>, CreateError> {
    let open = |(kind, path): &(Kind, &CStr)| {
        let opened = openat(CWD, *path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty());
        opened
            .map(|fd| (*kind, fd))
            .map_err(|errno| CreateError::Open { path: lossy(path), source: Cause(errno) })
    };
    joins.iter().map(open).collect()
}

/// A connection to the socket at `path`.
pub(crate) fn connection(path: &CStr) -> Result<OwnedFd, CreateError> {
    handover::connection(path)
        .map_err(|errno| CreateError::Connect { path: lossy(path), source: Cause(errno) })
}

/// Sends the descriptor of a process to whoever listens on the socket at `path`, with the name that runc gives it.
pub(crate) fn send_pidfd(path: &CStr, name: &[u8], pidfd: &OwnedFd) -> Result<(), CreateError> {
    handover::hand_over(connection(path)?.as_fd(), name, pidfd.as_fd())
        .map_err(|errno| CreateError::Send { path: lossy(path), source: Cause(errno) })
}

/// Writes a process id to a file, so that nobody sees half of it.
pub(crate) fn write_pid(path: &CStr, pid: i32) -> Result<(), CreateError> {
    let put = || {
        let hidden = [path.to_bytes(), b".new"].concat();
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = openat(CWD, hidden.as_slice(), flags, Mode::from_raw_mode(0o644))?;
        let text = alloc::format!("{pid}");
        if write(&file, text.as_bytes())? != text.len() {
            return Err(Errno::NOSPC);
        }
        renameat(CWD, hidden.as_slice(), CWD, path)
    };
    put().map_err(|errno| CreateError::Write { path: lossy(path), source: Cause(errno) })
}

pub(super) fn lossy(path: &CStr) -> String {
    path.to_string_lossy().into_owned()
}
