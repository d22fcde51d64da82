//! The two tracing calls that no safe crate offers: to go on with any signal, and to wait for this thread's own.

use std::io;
use std::mem::MaybeUninit;

use nix::libc;

use super::{Ended, ended};

/// Something that a child or tracee of this thread did.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event {
    pub(crate) pid: u32,
    /// As wait(2) encodes it.
    pub(crate) status: i32,
    /// What it used so far; how it ended, where it did.
    pub(crate) ended: Ended,
}

/// Waits for the next event of a child or tracee of this thread; other threads' are left to them.
pub(crate) fn next_event() -> io::Result<Event> {
    let mut status = 0;
    let mut usage = MaybeUninit::<libc::rusage>::zeroed();
    loop {
        let flags = libc::__WALL | libc::__WNOTHREAD;
        // SAFETY: both pointers are valid for writes, and all-zero bytes are a valid `rusage`.
        let pid = unsafe { libc::wait4(-1, &raw mut status, flags, usage.as_mut_ptr()) };
        if pid > 0 {
            // SAFETY: zeroed above, and filled in by the kernel.
            let usage = unsafe { usage.assume_init() };
            return Ok(Event { pid: pid.unsigned_abs(), status, ended: ended(status, usage) });
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    }
}

/// How a stopped tracee goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resume {
    /// To its next system call, or the end of this one.
    ToCall,
    /// On its own, no longer traced.
    Free,
}

/// Lets a stopped tracee go on, with a signal or 0 for none.
pub(crate) fn resume(pid: u32, how: Resume, signal: i32) -> io::Result<()> {
    let request = match how {
        Resume::ToCall => libc::PTRACE_SYSCALL,
        Resume::Free => libc::PTRACE_DETACH,
    };
    // SAFETY: neither request reads or writes memory of this process.
    let done = unsafe { libc::ptrace(request, pid.cast_signed(), 0_usize, libc::c_long::from(signal)) };
    if done == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
