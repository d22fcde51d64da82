//! Descriptors by their numbers.

use core::ffi::c_int;

use rustix::io::Errno;

use super::number::CLOSE_RANGE;
use super::raw::syscall3;

/// What becomes of a range of descriptors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Closed by the next `execve(2)`.
    CloseOnExec,
}

/// Marks every descriptor from `first` on.
///
/// # Errors
/// `ENOSYS` before Linux 5.9, `EINVAL` before 5.11.
pub(crate) fn mark_from(first: c_int, fate: Fate) -> Result<(), Errno> {
    const CLOSE_ON_EXEC: usize = 1 << 2;
    const LAST: usize = u32::MAX as usize;
    let Fate::CloseOnExec = fate;
    // SAFETY: the call takes no pointer, and closes nothing now: no owned descriptor becomes invalid.
    unsafe { syscall3(CLOSE_RANGE, first.unsigned_abs() as usize, LAST, CLOSE_ON_EXEC) }.map(drop)
}
