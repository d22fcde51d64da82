//! Scheduling, placement and execution domain of the calling thread.

use core::ptr::from_ref;

use rustix::io::Errno;

use super::number::{IOPRIO_SET, PERSONALITY, SCHED_SETAFFINITY, SCHED_SETATTR, SET_MEMPOLICY};
use super::raw::syscall3;

/// `struct sched_attr`, in the size that every kernel knows.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Scheduling {
    size: u32,
    /// One of `SCHED_*`.
    pub(crate) policy: u32,
    /// `SCHED_FLAG_*`.
    pub(crate) flags: u64,
    /// For `SCHED_OTHER` and `SCHED_BATCH`.
    pub(crate) nice: i32,
    /// For `SCHED_FIFO` and `SCHED_RR`.
    pub(crate) priority: u32,
    /// For `SCHED_DEADLINE`, as the two after it; in nanoseconds.
    pub(crate) runtime_ns: u64,
    /// See `runtime_ns`.
    pub(crate) deadline_ns: u64,
    /// See `runtime_ns`.
    pub(crate) period_ns: u64,
}

/// Sets policy and priority.
///
/// # Errors
/// Those of `sched_setattr(2)`: `EPERM`, `EINVAL`, `EBUSY` for a deadline that cannot be promised.
pub(crate) fn set_scheduling(scheduling: Scheduling) -> Result<(), Errno> {
    #[expect(clippy::cast_possible_truncation, reason = "48 bytes")]
    let sized = Scheduling { size: size_of::<Scheduling>() as u32, ..scheduling };
    // SAFETY: the structure is live and says its own size.
    unsafe { syscall3(SCHED_SETATTR, 0, from_ref(&sized) as usize, 0) }.map(drop)
}

/// Sets class (1 to 3) and level (0 to 7) of input and output.
///
/// # Errors
/// `EPERM` for the realtime class without `CAP_SYS_ADMIN`.
pub(crate) fn set_io_priority(class: u32, level: u32) -> Result<(), Errno> {
    const PROCESS: usize = 1;
    const CLASS_SHIFT: u32 = 13;
    // SAFETY: the call takes no pointer.
    unsafe { syscall3(IOPRIO_SET, PROCESS, 0, (class << CLASS_SHIFT | level) as usize) }.map(drop)
}

/// Restricts the thread to these processors: bit `n` of the words is processor `n`.
///
/// Processors that are absent, or that the cpuset does not allow, are left out by the kernel.
///
/// # Errors
/// `EINVAL` when none is left.
pub(crate) fn set_affinity(words: &[u64]) -> Result<(), Errno> {
    // SAFETY: pointer and size describe the words.
    unsafe { syscall3(SCHED_SETAFFINITY, 0, size_of_val(words), words.as_ptr() as usize) }.map(drop)
}

/// Sets the default memory policy: mode and flags together, bit `n` of the words is node `n`.
///
/// # Errors
/// `EINVAL` for nodes that do not fit the mode or the cpuset.
pub(crate) fn set_memory_policy(mode: i32, nodes: &[u64]) -> Result<(), Errno> {
    // The kernel reads one bit fewer than it is told.
    let bits = if nodes.is_empty() { 0 } else { nodes.len() * 64 + 1 };
    #[expect(clippy::cast_sign_loss, reason = "the kernel takes an int in a register")]
    // SAFETY: the kernel reads `bits - 1` bits, which is all of the words.
    unsafe { syscall3(SET_MEMPOLICY, mode as usize, nodes.as_ptr() as usize, bits) }.map(drop)
}

/// Sets the execution domain.
///
/// # Errors
/// None that can occur; that of `personality(2)` is passed on.
pub(crate) fn set_personality(persona: u64) -> Result<(), Errno> {
    #[expect(clippy::cast_possible_truncation, reason = "64-bit architectures only")]
    // SAFETY: the call takes no pointer.
    unsafe { syscall3(PERSONALITY, persona as usize, 0, 0) }.map(drop)
}
