//! `unshare(2)` and `setns(2)`, with the flags of namespaces as numbers.

use rustix::fd::{AsRawFd, BorrowedFd};
use rustix::io::Errno;

use super::number::{SETNS, UNSHARE};
use super::raw::syscall3;

/// Makes namespaces of these kinds (`CLONE_NEW*`) and moves the process into them.
///
/// # Errors
/// Those of `unshare(2)`: `EPERM` without the capability, `ENOSPC` at a limit.
pub(crate) fn unshare(kinds: u32) -> Result<(), Errno> {
    // SAFETY: the call takes no pointer; namespaces do not touch what the process owns.
    unsafe { syscall3(UNSHARE, kinds as usize, 0, 0) }.map(drop)
}

/// Moves the process into a namespace, or into those of a process if `target` is one's descriptor.
///
/// # Errors
/// Those of `setns(2)`: `EINVAL` for a namespace of another kind, `EPERM` without the capability.
pub(crate) fn enter(target: BorrowedFd<'_>, kinds: u32) -> Result<(), Errno> {
    let target = target.as_raw_fd().unsigned_abs() as usize;
    // SAFETY: the call takes no pointer; namespaces do not touch what the process owns.
    unsafe { syscall3(SETNS, target, kinds as usize, 0) }.map(drop)
}
