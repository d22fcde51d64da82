//! `prlimit64(2)`, with resources as numbers.

use core::ptr::{from_ref, null};

use rustix::io::Errno;

use super::number::PRLIMIT64;
use super::raw::syscall;

/// Sets a limit of the calling process; the greatest number is no limit.
///
/// # Errors
/// `EPERM` above the present hard limit without `CAP_SYS_RESOURCE`, `EINVAL` for an unknown resource.
pub(crate) fn set(resource: u32, soft: u64, hard: u64) -> Result<(), Errno> {
    let limits = [soft, hard];
    let arguments = [0, resource as usize, from_ref(&limits) as usize, null::<[u64; 2]>() as usize, 0, 0];
    // SAFETY: two live numbers are what the kernel reads; it writes nothing.
    unsafe { syscall(PRLIMIT64, arguments) }.map(drop)
}
