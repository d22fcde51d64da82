//! `clone3(2)`: a new process in new namespaces, in its cgroup from its first instruction.

use rustix::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use rustix::io::Errno;
use rustix::process::Pid;

use super::number::CLONE3;
use super::raw::syscall3;

const PIDFD: u64 = 0x1000;
/// The new process is a sibling of the caller, not its child.
const PARENT: u64 = 0x8000;
const INTO_CGROUP: u64 = 0x2_0000_0000;
const SIGCHLD: u64 = 17;

/// `struct clone_args`, in the size of Linux 5.7.
#[repr(C)]
#[derive(Default)]
struct Arguments {
    flags: u64,
    pidfd: u64,
    child_tid: u64,
    parent_tid: u64,
    exit_signal: u64,
    stack: u64,
    stack_size: u64,
    tls: u64,
    set_tid: u64,
    set_tid_size: u64,
    cgroup: u64,
}

/// On which side of the call the caller finds itself.
#[derive(Debug)]
pub(crate) enum Side {
    /// The one that called: the new process, and a descriptor for it.
    Parent(Pid, OwnedFd),
    /// The new one.
    Child,
}

/// Whose child the new process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lineage {
    /// The caller's.
    Child,
    /// The caller's parent's.
    Sibling,
}

/// Copies the calling process, with the memory it has now, into new `namespaces` (`CLONE_NEW*`) and a version 2 cgroup.
///
/// # Errors
/// Those of `clone3(2)`: `EPERM` without the capability for a namespace, `EAGAIN` and `ENOMEM` at limits, `EOPNOTSUPP`
/// or `EBUSY` for a cgroup that takes no processes.
pub(crate) fn clone(
    namespaces: u64,
    cgroup: Option<BorrowedFd<'_>>,
    lineage: Lineage,
) -> Result<Side, Errno> {
    let mut pidfd: i32 = -1;
    let mut arguments = Arguments {
        flags: PIDFD | namespaces,
        pidfd: core::ptr::from_mut(&mut pidfd) as u64,
        exit_signal: SIGCHLD,
        ..Arguments::default()
    };
    if lineage == Lineage::Sibling {
        // The kernel then takes the exit signal of the caller.
        arguments.flags |= PARENT;
        arguments.exit_signal = 0;
    }
    if let Some(cgroup) = cgroup {
        arguments.flags |= INTO_CGROUP;
        arguments.cgroup = u64::from(cgroup.as_raw_fd().unsigned_abs());
    }
    let pointer = core::ptr::from_ref(&arguments) as usize;
    // SAFETY: pointer and size describe `arguments`, which points to a live `pidfd`. Without `CLONE_VM` the child has
    // its own copy of all memory and goes on from here like the parent; there is only one thread to copy.
    let pid = unsafe { syscall3(CLONE3, pointer, size_of::<Arguments>(), 0) }?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a pid is an int")]
    match Pid::from_raw(pid as i32) {
        None => Ok(Side::Child),
        // SAFETY: the kernel has stored a new close-on-exec descriptor there.
        Some(pid) => Ok(Side::Parent(pid, unsafe { OwnedFd::from_raw_fd(pidfd) })),
    }
}
