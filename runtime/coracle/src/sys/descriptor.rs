//! Descriptors by their numbers.

use core::ffi::c_int;

use rustix::fd::{AsRawFd, BorrowedFd};
use rustix::io::Errno;

use super::number::{CLOSE_RANGE, DUP3, FCNTL};
use super::raw::syscall3;

const CLOSE_ON_EXEC: usize = 1 << 2;
const LAST: c_int = c_int::MAX;

/// Has the next `execve(2)` close every descriptor from `first` on.
///
/// # Errors
/// `ENOSYS` before Linux 5.9, `EINVAL` before 5.11.
pub(crate) fn close_on_exec_from(first: c_int) -> Result<(), Errno> {
    range(first, LAST, CLOSE_ON_EXEC)
}

/// Closes every descriptor from `first` on but those of `kept`.
///
/// For a process about to become another program: no value that owned one of them may be used or dropped after this.
///
/// # Errors
/// `ENOSYS` before Linux 5.9.
pub(crate) fn close_all_but(first: c_int, kept: &mut [c_int]) -> Result<(), Errno> {
    kept.sort_unstable();
    let mut next = first;
    for keep in kept.iter().copied().filter(|keep| *keep >= first) {
        if next < keep {
            range(next, keep - 1, 0)?;
        }
        next = keep + 1;
    }
    range(next, LAST, 0)
}

fn range(first: c_int, last: c_int, flags: usize) -> Result<(), Errno> {
    let (first, last) = (first.unsigned_abs() as usize, last.unsigned_abs() as usize);
    // SAFETY: the call takes no pointer; that nobody uses what it closes is the contract of `close_all_but`.
    unsafe { syscall3(CLOSE_RANGE, first, last, flags) }.map(drop)
}

/// Makes `terminal` standard input, output and error.
///
/// # Errors
/// `EBADF` for a descriptor that is not open.
pub(crate) fn become_standard(terminal: BorrowedFd<'_>) -> Result<(), Errno> {
    (0..3).try_for_each(|standard| duplicate(terminal, standard))
}

/// Makes `file` standard input.
///
/// # Errors
/// `EBADF` for a descriptor that is not open.
pub(crate) fn become_stdin(file: BorrowedFd<'_>) -> Result<(), Errno> {
    duplicate(file, 0)
}

fn duplicate(file: BorrowedFd<'_>, standard: usize) -> Result<(), Errno> {
    let number = file.as_raw_fd().unsigned_abs() as usize;
    // SAFETY: the call takes no pointer; nothing here owns descriptors 0 to 2.
    unsafe { syscall3(DUP3, number, standard, 0) }.map(drop)
}

/// Whether there is a descriptor of this number.
pub(crate) fn is_open(number: u32) -> bool {
    const GET_FLAGS: usize = 1;
    // SAFETY: the call takes no pointer and changes nothing.
    unsafe { syscall3(FCNTL, number as usize, GET_FLAGS, 0) }.is_ok()
}
