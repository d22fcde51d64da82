//! Scheduling, placement and execution domain of the calling thread.

use core::ptr::from_ref;

use rustix::io::Errno;

use super::number::{IOPRIO_SET, PERSONALITY, SCHED_SETAFFINITY, SCHED_SETATTR, SET_MEMPOLICY};
use super::raw::syscall3;
use crate::config::scheduling::Scheduler;

/// `struct sched_attr`, in the size that every kernel knows.
#[repr(C)]
struct Attributes {
    size: u32,
    policy: u32,
    flags: u64,
    nice: i32,
    priority: u32,
    runtime_ns: u64,
    deadline_ns: u64,
    period_ns: u64,
}

/// Sets policy and priority.
///
/// # Errors
/// Those of `sched_setattr(2)`: `EPERM`, `EINVAL`, `EBUSY` for a deadline that cannot be promised.
pub(crate) fn set_scheduling(scheduler: &Scheduler) -> Result<(), Errno> {
    #[expect(clippy::cast_possible_truncation, reason = "48 bytes")]
    let attributes = Attributes {
        size: size_of::<Attributes>() as u32,
        policy: scheduler.policy,
        flags: scheduler.flags,
        nice: scheduler.nice,
        priority: scheduler.priority,
        runtime_ns: scheduler.runtime_ns,
        deadline_ns: scheduler.deadline_ns,
        period_ns: scheduler.period_ns,
    };
    // SAFETY: the structure is live and says its own size.
    unsafe { syscall3(SCHED_SETATTR, 0, from_ref(&attributes) as usize, 0) }.map(drop)
}

/// Sets the priority of input and output: class and level together, as `ioprio_set(2)` takes them.
///
/// # Errors
/// `EPERM` for the realtime class without `CAP_SYS_ADMIN`.
pub(crate) fn set_io_priority(priority: u16) -> Result<(), Errno> {
    const PROCESS: usize = 1;
    // SAFETY: the call takes no pointer.
    unsafe { syscall3(IOPRIO_SET, PROCESS, 0, usize::from(priority)) }.map(drop)
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
pub(crate) fn set_memory_policy(mode: u32, nodes: &[u64]) -> Result<(), Errno> {
    // The kernel reads one bit fewer than it is told.
    let bits = if nodes.is_empty() { 0 } else { nodes.len() * 64 + 1 };
    // SAFETY: the kernel reads `bits - 1` bits, which is all of the words.
    unsafe { syscall3(SET_MEMPOLICY, mode as usize, nodes.as_ptr() as usize, bits) }.map(drop)
}

/// Sets the execution domain.
///
/// # Errors
/// None that can occur; that of `personality(2)` is passed on.
pub(crate) fn set_personality(persona: u32) -> Result<(), Errno> {
    // SAFETY: the call takes no pointer.
    unsafe { syscall3(PERSONALITY, persona as usize, 0, 0) }.map(drop)
}
