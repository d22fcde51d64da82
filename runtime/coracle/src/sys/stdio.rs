//! The descriptors that every process has from its caller.

use rustix::fd::BorrowedFd;

/// Standard input; an error to use if the caller closed it.
pub(crate) fn stdin() -> BorrowedFd<'static> {
    // SAFETY: as for descriptor 1.
    unsafe { BorrowedFd::borrow_raw(0) }
}

/// Standard output; an error to use if the caller closed it.
pub(crate) fn stdout() -> BorrowedFd<'static> {
    // SAFETY: nothing here ever closes descriptor 1, and using it when it was never open is an error, not a mistake.
    unsafe { BorrowedFd::borrow_raw(1) }
}

/// Standard error; an error to use if the caller closed it.
pub(crate) fn stderr() -> BorrowedFd<'static> {
    // SAFETY: as for descriptor 1.
    unsafe { BorrowedFd::borrow_raw(2) }
}
